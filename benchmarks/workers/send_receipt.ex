defmodule Shop.Workers.SendReceipt do
  @moduledoc "Mails the receipt of an order as PDF, in the language of its customer."

  use Oban.Worker, queue: :mailers, max_attempts: 5

  require Logger

  alias Shop.{Accounts, Mailer, Orders}
  alias Shop.Emails.ReceiptEmail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"order_id" => order_id, "locale" => locale}}) do
    Gettext.put_locale(Shop.Gettext, locale)

    with {:ok, order} <- Orders.fetch_order(order_id),
         {:ok, customer} <- Accounts.fetch_customer(order.customer_id),
         {:ok, pdf} <- render(order, customer) do
      deliver(order, customer, pdf)
    else
      {:error, :not_found} -> {:cancel, :not_found}
      {:error, reason} -> {:error, reason}
    end
  end

  defp render(order, customer) do
    html =
      Phoenix.Template.render_to_string(Shop.ReceiptHTML, "receipt", "html",
        order: order,
        customer: customer,
        lines: Enum.sort_by(order.lines, & &1.position)
      )

    case ChromicPDF.print_to_pdf({:html, html}) do
      {:ok, blob} -> Base.decode64(blob)
      {:error, reason} -> {:error, {:pdf, reason}}
    end
  end

  defp deliver(order, customer, pdf) do
    email =
      ReceiptEmail.new(
        to: {customer.name, customer.email},
        subject: subject(order),
        attachment: %Swoosh.Attachment{
          filename: "receipt-#{order.number}.pdf",
          content_type: "application/pdf",
          data: pdf
        }
      )

    case Mailer.deliver(email) do
      {:ok, _metadata} ->
        Logger.info("Receipt of order #{order.number} sent")
        :ok

      {:error, {code, _body}} when code in 400..499 ->
        {:cancel, {:rejected, code}}

      {:error, reason} ->
        {:error, reason}
    end
  end

  defp subject(%{state: :refunded, number: number}), do: "Your refund for #{number}"
  defp subject(%{number: number}), do: "Your receipt for #{number}"
end
