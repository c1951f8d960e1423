defmodule Shop.Workers.SyncStock do
  @moduledoc """
  Keeps our shelves in step with the nursery that grows the plants.
  """

  use Oban.Worker, queue: :suppliers, max_attempts: 8

  alias Shop.Stock

  @nursery "https://api.greenfields.example"

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"step" => "pull", "sku" => sku}}) do
    case Req.get("#{@nursery}/plants/#{sku}") do
      {:ok, %{status: 200, body: plant}} -> shelve(sku, plant)
      {:ok, %{status: 429}} -> :retry
      {:ok, %{status: status}} -> {:error, {:nursery, status}}
      {:error, exception} -> {:error, exception}
    end
  end

  def perform(%Oban.Job{args: %{"step" => "order", "sku" => sku}}) do
    case Req.post("#{@nursery}/orders", json: %{sku: sku, pots: 24}) do
      {:ok, _response} -> :ok
      {:error, exception} -> {:error, exception}
    end
  end

  def perform(%Oban.Job{args: %{"step" => "price", "sku" => sku}}) do
    sku
    |> Stock.recalculate_price()
    |> Stock.publish_price()

    :ok
  rescue
    error -> {:error, Exception.message(error)}
  end

  def perform(%Oban.Job{args: %{"step" => "wait", "sku" => sku}}) do
    if Stock.delivery_arrived?(sku) do
      :ok
    else
      {:snooze, 900}
    end
  end

  defp shelve(sku, plant) do
    with {:ok, pots} <- Map.fetch(plant, "pots") do
      Stock.set_level!(sku, pots)
      :ok
    end
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(15 * Integer.pow(2, attempt), 3_600)

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(1)
end

defmodule Shop.Workers.StockAlarm do
  @moduledoc """
  Tells the buyers that a plant is nearly gone.
  """

  use Oban.Worker, queue: :mailers, max_attempts: 4

  alias Shop.{Notifier, Stock}

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"sku" => sku}}) do
    if Stock.low?(sku) do
      Swoosh.Email.cc(Notifier.stock_alarm(sku), "greenhouse@fern-and-fig.example")
    else
      :ok
    end
  end
end

defmodule Shop.Workers.ReorderPots do
  @moduledoc """
  Buys clay pots when the shelf is nearly empty.
  """

  use Oban.Worker, queue: :suppliers, max_attempts: 4

  alias Shop.Stock

  def process(%Oban.Job{args: %{"size" => size}}) do
    Stock.reorder_pots(size)
  end
end
