defmodule Shop.Workers.RefundOrder do
  @moduledoc """
  Gives money back, once: Stripe knows the job by its key.
  """

  use Oban.Worker, queue: :payments, max_attempts: 8

  alias Shop.Orders

  @impl Oban.Worker
  def perform(%Oban.Job{id: job_id, args: %{"order_id" => order_id, "amount" => amount}}) do
    case Orders.get_order(order_id) do
      nil -> {:cancel, :order_not_found}
      %{refund_ref: ref} when is_binary(ref) -> :ok
      order -> refund(order, amount, "refund-#{job_id}")
    end
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: attempt * 60

  @impl Oban.Worker
  def timeout(_job), do: :timer.seconds(30)

  defp refund(order, amount, key) do
    params = %{payment_intent: order.payment_ref, amount: amount}

    case Stripe.Refund.create(params, idempotency_key: key) do
      {:ok, refund} -> Orders.mark_refunded(order, refund.id)
      {:error, %Stripe.Error{code: :charge_already_refunded}} -> {:cancel, :already_refunded}
      {:error, %Stripe.Error{source: :network} = error} -> {:error, error}
      {:error, %Stripe.Error{} = error} -> {:cancel, error.message}
    end
  end
end
