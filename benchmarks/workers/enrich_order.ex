defmodule Shop.Workers.EnrichOrder do
  @moduledoc "Asks a scoring service how likely an order is fraudulent and where it comes from."

  use Oban.Worker,
    queue: :enrichment,
    max_attempts: 4,
    tags: ["fraud"],
    unique: [period: 300, fields: [:worker, :args]]

  require Logger

  alias Shop.Geo
  alias Shop.Orders
  alias Shop.Orders.Order
  alias Shop.Repo
  alias Shop.Scoring

  @hold_above 80
  @reject_above 95

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"order_id" => order_id} = args}) do
    order = Repo.get!(Order, order_id)

    if args["force"] || stale?(order) do
      enrich(order)
    end
  end

  defp stale?(%Order{scored_at: nil}), do: true

  defp stale?(%Order{scored_at: scored_at}) do
    DateTime.diff(DateTime.utc_now(), scored_at, :second) > 86_400
  end

  defp enrich(order) do
    with {:ok, place} <- locate(order.ip_address),
         {:ok, score} <- Scoring.score(order, place),
         {:ok, order} <- store(order, place, score) do
      act(order, score)
    else
      {:error, :unknown_address} -> :error
      {:error, %Mint.TransportError{reason: :timeout}} -> {:snooze, 120}
      {:error, reason} -> {:error, reason}
    end
  end

  defp locate(nil), do: {:ok, nil}

  defp locate(address) do
    case Geo.lookup(address) do
      %{country: country, city: city} -> {:ok, "#{city}, #{country}"}
      nil -> {:error, :unknown_address}
    end
  end

  defp store(order, place, score) do
    order
    |> Order.score_changeset(%{place: place, score: score, scored_at: DateTime.utc_now()})
    |> Repo.update()
  end

  defp act(order, score) when score > @reject_above do
    Logger.info("Order #{order.id} is rejected with a score of #{score}")
    Orders.reject(order, :fraud)
  end

  defp act(order, score) when score > @hold_above, do: Orders.hold(order, :review)
  defp act(_order, _score), do: :ok
end
