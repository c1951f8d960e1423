defmodule Shop.Orders do
  @moduledoc "Orders: placing, changing and finding them."

  import Ecto.Query

  alias Shop.Orders.{Line, Order}
  alias Shop.Repo
  alias Shop.Workers.ChargeOrder

  @topic "orders"

  @doc "Tells the caller about every change of an account's orders."
  def subscribe(account), do: Phoenix.PubSub.subscribe(Shop.PubSub, "#{@topic}:#{account.id}")

  @doc "The orders of an account, newest first."
  def list_orders(account, options \\ []) do
    Order
    |> where(account_id: ^account.id)
    |> filter(options)
    |> order_by(desc: :placed_on, desc: :id)
    |> limit(^Keyword.get(options, :limit, 50))
    |> Repo.all()
    |> Repo.preload([:customer, :lines])
  end

  defp filter(query, options) do
    Enum.reduce(options, query, fn
      {:state, state}, query -> where(query, state: ^state)
      {:from, date}, query -> where(query, [order], order.placed_on >= ^date)
      {:to, date}, query -> where(query, [order], order.placed_on <= ^date)
      {:search, text}, query -> where(query, [order], ilike(order.number, ^"%#{text}%"))
      _, query -> query
    end)
  end

  def get_order!(account, id), do: Repo.get_by!(Order, id: id, account_id: account.id)

  def fetch_order(id) do
    case Repo.get(Order, id) do
      nil -> {:error, :not_found}
      order -> {:ok, Repo.preload(order, :lines)}
    end
  end

  @doc "Places an order, and charges for it in the background."
  def place_order(account, attributes) do
    Ecto.Multi.new()
    |> Ecto.Multi.insert(:order, Order.changeset(%Order{account_id: account.id}, attributes))
    |> Oban.insert(:charge, fn %{order: order} -> ChargeOrder.new(%{order_id: order.id}) end)
    |> Repo.transaction()
    |> case do
      {:ok, %{order: order}} -> {:ok, broadcast(order, :placed)}
      {:error, :order, changeset, _} -> {:error, changeset}
      {:error, :charge, changeset, _} -> {:error, changeset}
    end
  end

  def update_order(%Order{} = order, attributes) do
    with {:ok, order} <- order |> Order.changeset(attributes) |> Repo.update() do
      {:ok, broadcast(order, :updated)}
    end
  end

  def cancel_order(%Order{state: state} = order) when state in ~w(draft pending) do
    update_order(order, %{state: "cancelled", cancelled_at: DateTime.utc_now()})
  end

  def cancel_order(%Order{}), do: {:error, :too_late}

  def add_line(%Order{} = order, attributes) do
    %Line{order_id: order.id}
    |> Line.changeset(attributes)
    |> Repo.insert(on_conflict: {:replace, [:quantity]}, conflict_target: [:order_id, :sku])
  end

  def total(%Order{lines: lines}) do
    lines
    |> Enum.map(&Decimal.mult(&1.unit_price, &1.quantity))
    |> Enum.reduce(Decimal.new(0), &Decimal.add/2)
  end

  def change_order(%Order{} = order, attributes \\ %{}), do: Order.changeset(order, attributes)

  defp broadcast(order, what) do
    Phoenix.PubSub.broadcast(Shop.PubSub, "#{@topic}:#{order.account_id}", {what, order})
    order
  end
end
