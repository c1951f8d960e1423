defmodule Shop.Workers.Pay do
  use Oban.Worker, queue: :pay, max_attempts: 3, unique: [period: 60, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}} = job) do
    order = Shop.Orders.find(id)
    Stripe.Charge.create(%{amount: order.cents}, idempotency_key: "order-#{id}")
    Stripe.Refund.create(%{amount: 1}, idempotency_key: "#{id}-#{job.attempt}")
    Req.post("https://shop.test/paid", headers: order.headers)
    :ok
  end
end

defmodule Shop.Workers.Remind do
  use Oban.Worker, queue: :mail, max_attempts: 3

  alias Shop.{Mailer, Repo}

  def perform(%Oban.Job{args: %{"ids" => ids}}) do
    for id <- ids do
      user = Repo.get(Shop.User, id)
      if is_nil(user.reminded_at), do: Mailer.deliver(Shop.Emails.reminder(user))
    end

    unless Repo.exists?(Shop.Receipt), do: Mailer.deliver(Shop.Emails.summary())

    for id <- ids, do: Mailer.deliver(Shop.Emails.bye(id))
    :ok
  end
end

defmodule Shop.Workers.Once do
  use Oban.Worker, max_attempts: 1

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Mailer.deliver(Shop.Emails.page(id)) do
      {:ok, _} -> :ok
      {:error, reason} -> {:error, reason}
    end
  end
end
