defmodule Shop.Workers.ExpireOrders do
  @moduledoc """
  Runs every ten minutes: cancels the orders that nobody paid for, gives their stock back and
  removes drafts that were left alone for a month.
  """

  use Oban.Worker, queue: :maintenance, max_attempts: 1

  import Ecto.Query

  require Logger

  alias Shop.Orders.Order
  alias Shop.Repo
  alias Shop.Stock

  @unpaid_for_hours 48
  @draft_for_days 30

  @impl Oban.Worker
  def perform(_job) do
    now = DateTime.utc_now()
    expired = expire(now)
    removed = remove_drafts(now)

    :telemetry.execute([:shop, :orders, :expired], %{count: expired, drafts: removed}, %{})
    :ok
  end

  defp expire(now) do
    deadline = DateTime.add(now, -@unpaid_for_hours * 3600, :second)

    query =
      from order in Order,
        where: order.state == "pending" and order.inserted_at < ^deadline,
        limit: 1000,
        preload: [:lines]

    query
    |> Repo.all()
    |> Enum.count(&expire_order/1)
  end

  defp expire_order(order) do
    result =
      Repo.transaction(fn ->
        case Repo.update(Order.state_changeset(order, "expired")) do
          {:ok, order} -> Enum.each(order.lines, &Stock.release(&1.sku, &1.quantity))
          {:error, changeset} -> Repo.rollback(changeset)
        end
      end)

    case result do
      {:ok, :ok} ->
        true

      {:error, reason} ->
        Logger.warning("Order #{order.id} could not be expired: #{inspect(reason)}")
        false
    end
  end

  defp remove_drafts(now) do
    before = DateTime.add(now, -@draft_for_days * 86_400, :second)

    {removed, _rows} =
      Order
      |> where([order], order.state == "draft" and order.updated_at < ^before)
      |> Repo.delete_all()

    removed
  end
end
