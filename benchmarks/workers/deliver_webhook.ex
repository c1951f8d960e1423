defmodule Shop.Workers.DeliverWebhook do
  @moduledoc """
  Posts an event to an endpoint that a customer registered.

  Deliveries are signed, carry a stable id that receivers can tell duplicates by, and are
  retried for about two days. An endpoint that keeps failing is switched off.
  """

  use Oban.Worker, queue: :webhooks, max_attempts: 12

  require Logger

  alias Shop.Repo
  alias Shop.Webhooks
  alias Shop.Webhooks.{Attempt, Endpoint, Event}

  @limit 64 * 1024
  @failures_allowed 50

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"endpoint_id" => endpoint_id, "event_id" => event_id}} = job) do
    with {:ok, endpoint} <- fetch(Endpoint, endpoint_id),
         :ok <- enabled(endpoint),
         {:ok, event} <- fetch(Event, event_id),
         {:ok, body} <- encode(event) do
      started = System.monotonic_time(:millisecond)
      result = post(endpoint, event, body)
      took = System.monotonic_time(:millisecond) - started

      log(endpoint, event, job, result, took)
      conclude(result, endpoint, job)
    end
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}) do
    Enum.at([10, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600, 43_200, 43_200], attempt - 1, 43_200)
  end

  @impl Oban.Worker
  def timeout(_job), do: :timer.seconds(20)

  defp fetch(schema, id) do
    case Repo.get(schema, id) do
      nil -> {:cancel, "#{inspect(schema)} #{id} is gone"}
      found -> {:ok, found}
    end
  end

  defp enabled(%Endpoint{enabled: true}), do: :ok
  defp enabled(%Endpoint{}), do: {:cancel, :endpoint_disabled}

  defp encode(event) do
    case Jason.encode(%{id: event.id, type: event.type, data: event.payload}) do
      {:ok, body} when byte_size(body) <= @limit -> {:ok, body}
      {:ok, _body} -> {:cancel, :payload_too_large}
      {:error, error} -> {:cancel, Exception.message(error)}
    end
  end

  defp post(endpoint, event, body) do
    headers = [
      {"content-type", "application/json"},
      {"user-agent", "Shop-Webhooks/2"},
      {"shop-event", event.type},
      {"shop-delivery", event.id},
      {"shop-signature", signature(endpoint.secret, event, body)}
    ]

    :post
    |> Finch.build(endpoint.url, headers, body)
    |> Finch.request(Shop.Finch, receive_timeout: 15_000)
  end

  defp signature(secret, event, body) do
    time = DateTime.to_unix(event.inserted_at)
    mac = :crypto.mac(:hmac, :sha256, secret, "#{time}.#{body}")
    "t=#{time},v1=#{Base.encode16(mac, case: :lower)}"
  end

  defp log(endpoint, event, job, result, took) do
    %Attempt{endpoint_id: endpoint.id, event_id: event.id}
    |> Attempt.changeset(%{number: job.attempt, took: took, outcome: outcome(result)})
    |> Repo.insert(
      on_conflict: {:replace, [:took, :outcome]},
      conflict_target: [:endpoint_id, :event_id, :number]
    )
  end

  defp outcome({:ok, %Finch.Response{status: status}}), do: Integer.to_string(status)
  defp outcome({:error, exception}), do: Exception.message(exception)

  defp conclude({:ok, %Finch.Response{status: status}}, endpoint, _job) when status in 200..299 do
    Webhooks.reset_failures(endpoint)
    :ok
  end

  defp conclude({:ok, %Finch.Response{status: 410}}, endpoint, _job) do
    Webhooks.disable(endpoint, :gone)
    {:cancel, :gone}
  end

  defp conclude({:ok, %Finch.Response{status: 429, headers: headers}}, _endpoint, _job) do
    case List.keyfind(headers, "retry-after", 0) do
      {_name, seconds} -> {:snooze, seconds |> String.to_integer() |> min(3600)}
      nil -> {:snooze, 60}
    end
  end

  defp conclude({:ok, %Finch.Response{status: status}}, endpoint, job) do
    count_failure(endpoint, job)
    {:error, {:unexpected_status, status}}
  end

  defp conclude({:error, exception}, endpoint, job) do
    count_failure(endpoint, job)
    {:error, exception}
  end

  defp count_failure(endpoint, %Oban.Job{attempt: attempt, max_attempts: attempt}) do
    failures = Webhooks.count_failure(endpoint)

    if failures > @failures_allowed do
      Logger.warning("Endpoint #{endpoint.id} is switched off after #{failures} failures")
      Webhooks.disable(endpoint, :failing)
    end
  end

  defp count_failure(_endpoint, _job), do: :ok
end
