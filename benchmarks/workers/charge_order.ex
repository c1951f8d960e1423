defmodule Shop.Workers.ChargeOrder do
  @moduledoc """
  Charges the card of an order's customer once the order has been confirmed.

  Stripe keeps the idempotency key for a day, and the worker gives up well before that.
  """

  use Oban.Worker,
    queue: :payments,
    max_attempts: 5,
    unique: [period: {1, :day}, keys: [:order_id]]

  require Logger

  alias Shop.Orders
  alias Shop.Orders.Order
  alias Shop.Payments.Charge
  alias Shop.Repo

  @gone ["resource_missing", "customer_deleted"]
  @final ["card_declined", "expired_card", "incorrect_cvc", "fraudulent"]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"order_id" => order_id}} = job) do
    case Repo.get(Order, order_id) do
      nil -> {:cancel, :order_gone}
      %Order{state: :charged} -> :ok
      %Order{state: :cancelled} -> {:cancel, :order_cancelled}
      %Order{} = order -> charge(order, job)
    end
  end

  @impl Oban.Worker
  def timeout(_job), do: :timer.seconds(30)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}) do
    trunc(:math.pow(attempt, 4) + 15 + :rand.uniform(30) * attempt)
  end

  defp charge(order, job) do
    order = Repo.preload(order, [:customer, :lines])

    params = %{
      amount: total(order.lines),
      currency: order.currency,
      customer: order.customer.stripe_id,
      metadata: %{order_id: order.id}
    }

    case Stripe.Charge.create(params, idempotency_key: "order-#{order.id}-charge") do
      {:ok, charge} ->
        record(order, charge)

      {:error, %Stripe.Error{extra: %{card_code: code}}} when code in @final ->
        decline(order, code)

      {:error, %Stripe.Error{code: code}} when code in @gone ->
        {:cancel, code}

      {:error, %Stripe.Error{source: :network} = error} ->
        Logger.warning("Stripe cannot be reached: #{inspect(error.message)}")
        {:snooze, 30 * job.attempt}

      {:error, error} ->
        {:error, error}
    end
  end

  defp record(order, charge) do
    changeset =
      Charge.changeset(%Charge{}, %{
        order_id: order.id,
        reference: charge.id,
        amount: charge.amount,
        currency: charge.currency
      })

    case Repo.insert(changeset, on_conflict: :nothing, conflict_target: :reference) do
      {:ok, _charge} -> Orders.mark_charged(order)
      {:error, changeset} -> {:error, changeset}
    end
  end

  defp decline(order, code) do
    Logger.info("The card for order #{order.id} was declined: #{code}")

    with {:ok, _order} <- Orders.mark_declined(order, code) do
      {:cancel, {:declined, code}}
    end
  end

  defp total(lines) do
    Enum.reduce(lines, 0, fn line, sum -> sum + line.quantity * line.unit_price end)
  end
end
