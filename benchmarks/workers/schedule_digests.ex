defmodule Shop.Workers.ScheduleDigests do
  @moduledoc """
  Every morning, puts a job for each subscriber's digest of orders in the queue, at eight in
  the subscriber's own time zone.
  """

  use Oban.Worker, queue: :digests, max_attempts: 3

  import Ecto.Query

  alias Shop.Accounts.Subscriber
  alias Shop.Repo
  alias Shop.Workers.SendDigest

  @batch 500
  @hour 8

  @impl Oban.Worker
  def perform(%Oban.Job{args: args}) do
    today = date(args["date"])

    Subscriber
    |> where([subscriber], subscriber.digest == true and is_nil(subscriber.paused_at))
    |> select([subscriber], %{id: subscriber.id, time_zone: subscriber.time_zone})
    |> Repo.all()
    |> Enum.chunk_every(@batch)
    |> Enum.each(&schedule(&1, today))
  end

  defp date(nil), do: Date.utc_today()

  defp date(text) do
    case Date.from_iso8601(text) do
      {:ok, date} -> date
      {:error, _} -> Date.utc_today()
    end
  end

  defp schedule(subscribers, today) do
    subscribers
    |> Enum.map(fn subscriber ->
      SendDigest.new(
        %{subscriber_id: subscriber.id, date: today},
        scheduled_at: at(subscriber, today)
      )
    end)
    |> Oban.insert_all()
  end

  defp at(%{time_zone: nil} = subscriber, today) do
    at(%{subscriber | time_zone: "Etc/UTC"}, today)
  end

  defp at(%{time_zone: time_zone}, today) do
    case DateTime.new(today, Time.new!(@hour, 0, 0), time_zone) do
      {:ok, time} -> DateTime.shift_zone!(time, "Etc/UTC")
      {:ambiguous, first, _second} -> DateTime.shift_zone!(first, "Etc/UTC")
      {:gap, _before, later} -> DateTime.shift_zone!(later, "Etc/UTC")
      {:error, _reason} -> DateTime.new!(today, Time.new!(@hour, 0, 0))
    end
  end
end
