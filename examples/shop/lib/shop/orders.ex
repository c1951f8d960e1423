defmodule Shop.Orders do
  @moduledoc """
  Orders of potted plants, from the basket to the doorstep.
  """

  import Ecto.Query

  alias Ecto.Multi
  alias Shop.Orders.{Cart, Order}
  alias Shop.Repo
  alias Shop.Workers.{ChargeOrder, ConfirmOrder, RefundOrder}

  def get_order(id), do: Repo.get(Order, id)

  @doc """
  Places an order. The jobs that charge and confirm it are part of the transaction.
  """
  def place_order(attrs) do
    Multi.new()
    |> Multi.insert(:order, Order.changeset(%Order{}, attrs))
    |> Oban.insert(:charge, fn %{order: order} -> ChargeOrder.new(%{order_id: order.id}) end)
    |> Oban.insert(:confirm, fn %{order: order} -> ConfirmOrder.new(%{order_id: order.id}) end)
    |> Repo.transaction()
    |> case do
      {:ok, %{order: order}} -> {:ok, order}
      {:error, _step, changeset, _changes} -> {:error, changeset}
    end
  end

  def request_refund(%Order{} = order, amount) do
    %{order_id: order.id, amount: amount}
    |> RefundOrder.new()
    |> Oban.insert()
  end

  def mark_paid(%Order{} = order, payment_ref) do
    order
    |> Ecto.Changeset.change(payment_ref: payment_ref, status: :paid)
    |> Repo.update()
  end

  def mark_refunded(%Order{} = order, refund_ref) do
    order
    |> Ecto.Changeset.change(refund_ref: refund_ref)
    |> Repo.update()
  end

  @doc """
  Deletes the carts nobody touched since the given time.
  """
  def delete_carts_before(%DateTime{} = time) do
    {count, nil} = Repo.delete_all(from(c in Cart, where: c.updated_at < ^time))
    count
  end
end
