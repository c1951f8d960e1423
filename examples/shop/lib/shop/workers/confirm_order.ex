defmodule Shop.Workers.ConfirmOrder do
  @moduledoc """
  Mails the customer what was ordered and when it leaves the greenhouse.
  """

  use Oban.Worker, queue: :mailers

  require Logger

  alias Shop.{Mailer, Notifier, Orders}

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{order_id: order_id}}) do
    case Orders.get_order(order_id) do
      nil -> {:error, :order_not_found}
      order -> order |> Notifier.order_confirmed() |> deliver(order)
    end
  end

  defp deliver(email, order) do
    case Mailer.deliver(email) do
      {:ok, _receipt} ->
        :ok

      {:error, :timeout} ->
        {:cancel, :timeout}

      {:error, reason} ->
        Logger.error("order #{order.number} is not confirmed: #{inspect(reason)}")
    end
  end
end

defmodule Shop.Workers.PackingList do
  @moduledoc """
  Prints the packing list of an order in the greenhouse.
  """

  use Oban.Worker, queue: :suppliers, max_attempts: 3

  alias Shop.Orders.Order
  alias Shop.{Printing, Repo}

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"order_id" => order_id}}) do
    order = Repo.get!(Order, order_id)
    sheet = Printing.packing_list(order)

    File.write("/var/spool/greenhouse/#{order.number}.txt", sheet)
    :ok
  end
end
