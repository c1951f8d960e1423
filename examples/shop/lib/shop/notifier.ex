defmodule Shop.Mailer do
  @moduledoc false

  use Swoosh.Mailer, otp_app: :shop
end

defmodule Shop.Notifier do
  @moduledoc """
  The mails of the shop. They are only built here; jobs deliver them.
  """

  import Swoosh.Email

  @from {"Fern & Fig", "hello@fern-and-fig.example"}

  def order_confirmed(order) do
    base(order.email, "We are potting your plants")
    |> text_body("Order #{order.number} leaves the greenhouse on #{order.ships_on}.")
  end

  def payment_received(order) do
    base(order.email, "Thank you for your payment")
    |> text_body("We received #{order.total} for order #{order.number}.")
  end

  def newsletter(subscriber, issue) do
    base(subscriber.email, issue.title)
    |> html_body(issue.html)
  end

  def stock_alarm(sku) do
    base("buying@fern-and-fig.example", "#{sku} is nearly gone")
  end

  defp base(to, subject) do
    new()
    |> from(@from)
    |> to(to)
    |> subject(subject)
  end
end
