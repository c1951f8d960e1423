defmodule Shop.Workers.ChargeOrder do
  @moduledoc """
  Collects the money for an order, then thanks the customer.
  """

  use Oban.Worker, queue: :payments, max_attempts: 6

  alias Shop.{Mailer, Notifier, Orders}

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"order_id" => order_id}} = job) do
    order = Orders.get_order(order_id)

    if is_nil(order) or order.status == :withdrawn do
      throw({:cancel, :withdrawn})
    end

    payment = %{
      amount: order.total_cents,
      currency: "eur",
      customer: order.customer_ref,
      confirm: true
    }

    case Stripe.PaymentIntent.create(payment,
           idempotency_key: "order-#{order.id}-#{job.attempt}"
         ) do
      {:ok, intent} -> thank(order, intent)
      {:error, %Stripe.Error{source: :network}} -> {:snooze, :timer.minutes(2)}
      {:error, %Stripe.Error{code: :card_declined}} -> {:discard, :card_declined}
      {:error, error} -> {:error, error}
    end
  end

  defp thank(order, intent) do
    with {:ok, order} <- Orders.mark_paid(order, intent.id),
         {:ok, _receipt} <- order |> Notifier.payment_received() |> Mailer.deliver() do
      :ok
    end
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(15 * Integer.pow(2, attempt), 3_600)

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(1)
end

defmodule Shop.Workers.ReturnDeposit do
  @moduledoc """
  Gives back the deposit once the empty pots are in the greenhouse again.
  """

  use Oban.Worker, queue: :payments, max_attempts: 6, unique: [period: :infinity]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"payment_ref" => payment_ref, "cents" => cents}}) do
    case Stripe.Refund.create(%{payment_intent: payment_ref, amount: cents}) do
      {:ok, _refund} -> :ok
      {:error, %Stripe.Error{code: :charge_already_refunded}} -> {:cancel, :already_refunded}
      {:error, error} -> {:error, error}
    end
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(15 * Integer.pow(2, attempt), 3_600)

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(1)
end
