defmodule Shop.Workers.ReconcileOrders do
  @moduledoc """
  Compares a day of orders with what the bank settled.

  Every settled line is matched to an order by reference, then by amount and day. What fits is
  booked; what does not becomes a discrepancy that a person looks at. A day is reconciled in one
  transaction: it is booked as a whole or not at all, and a second run finds nothing left to do.
  """

  use Oban.Worker,
    queue: :accounting,
    max_attempts: 10,
    priority: 1,
    unique: [period: :infinity, keys: [:account_id, :date], states: [:available, :executing]]

  import Ecto.Query

  require Logger

  alias Ecto.Multi
  alias Shop.Accounting.{Account, Booking, Discrepancy, Settlement}
  alias Shop.Bank
  alias Shop.Orders.Order
  alias Shop.Repo

  @tolerance Decimal.new("0.05")
  @settled_after_days 2
  @kinds ~w(payment refund chargeback fee)

  defmodule Match do
    @moduledoc false
    defstruct [:line, :order, :difference, certain: false]
  end

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"account_id" => account_id, "date" => date}} = job) do
    with {:ok, date} <- Date.from_iso8601(date),
         {:ok, account} <- fetch_account(account_id),
         :ok <- settled?(date),
         {:ok, lines} <- fetch_lines(account, date) do
      reconcile(account, date, lines, job)
    else
      {:error, :invalid_format} -> {:cancel, :bad_date}
      {:error, :invalid_date} -> {:cancel, :bad_date}
      {:error, :not_found} -> {:cancel, :account_gone}
      {:wait, seconds} -> {:snooze, seconds}
      {:error, {:bank, :maintenance, seconds}} -> {:snooze, seconds}
      {:error, {:bank, status}} when status in [401, 403] -> {:cancel, {:bank, status}}
      {:error, reason} -> {:error, reason}
    end
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(attempt * attempt * 60, 4 * 3600)

  defp fetch_account(id) do
    case Repo.get(Account, id) do
      %Account{closed_at: nil} = account -> {:ok, account}
      _ -> {:error, :not_found}
    end
  end

  defp settled?(date) do
    case Date.diff(Date.utc_today(), date) do
      days when days >= @settled_after_days -> :ok
      days -> {:wait, (@settled_after_days - days) * 86_400}
    end
  end

  defp fetch_lines(account, date) do
    case Bank.settlements(account.iban, date) do
      {:ok, %{"lines" => lines}} -> {:ok, Enum.flat_map(lines, &parse/1)}
      {:ok, _} -> {:error, {:bank, :unexpected_body}}
      {:error, %{status: 503}} -> {:error, {:bank, :maintenance, 1800}}
      {:error, %{status: status}} -> {:error, {:bank, status}}
      {:error, reason} -> {:error, reason}
    end
  end

  defp parse(%{"kind" => kind, "amount" => amount, "id" => id} = line) when kind in @kinds do
    case Decimal.parse(amount) do
      {amount, ""} ->
        [
          %{
            id: id,
            kind: String.to_existing_atom(kind),
            amount: signed(kind, amount),
            reference: normalise(line["reference"]),
            text: line["text"] || ""
          }
        ]

      _ ->
        Logger.warning("Settlement #{id} has no readable amount: #{inspect(amount)}")
        []
    end
  end

  defp parse(_line), do: []

  defp signed("payment", amount), do: Decimal.abs(amount)
  defp signed(_kind, amount), do: amount |> Decimal.abs() |> Decimal.negate()

  defp normalise(nil), do: nil
  defp normalise(text), do: text |> String.upcase() |> String.replace(~r/[^A-Z0-9]/, "")

  defp reconcile(account, date, lines, job) do
    orders = open_orders(account, date)
    {matches, left_lines, left_orders} = match(lines, orders)

    result =
      Multi.new()
      |> Multi.insert(:settlement, settlement(account, date, lines),
        on_conflict: {:replace, [:count, :total]},
        conflict_target: [:account_id, :date],
        returning: true
      )
      |> Multi.insert_all(:bookings, Booking, &bookings(&1.settlement, matches),
        on_conflict: :nothing,
        conflict_target: :line_id
      )
      |> Multi.insert_all(:discrepancies, Discrepancy, &discrepancies(&1, left_lines, left_orders),
        on_conflict: :nothing,
        conflict_target: [:settlement_id, :subject]
      )
      |> Repo.transaction()

    case result do
      {:ok, %{discrepancies: {0, _}}} ->
        :ok

      {:ok, %{discrepancies: {count, _}}} ->
        Logger.info("#{count} discrepancies on #{date} after #{job.attempt} attempts")
        :ok

      {:error, step, reason, _changes} ->
        {:error, {step, reason}}
    end
  end

  defp open_orders(account, date) do
    Repo.all(
      from order in Order,
        left_join: booking in Booking,
        on: booking.order_id == order.id,
        where: order.account_id == ^account.id and is_nil(booking.id),
        where: order.placed_on >= ^Date.add(date, -7) and order.placed_on <= ^date
    )
  end

  defp match(lines, orders) do
    Enum.reduce(lines, {[], [], orders}, fn line, {matches, left, orders} ->
      case by_reference(line, orders) || by_amount(line, orders) do
        nil -> {matches, [line | left], orders}
        match -> {[match | matches], left, List.delete(orders, match.order)}
      end
    end)
  end

  defp by_reference(%{reference: nil}, _orders), do: nil

  defp by_reference(line, orders) do
    if order = Enum.find(orders, &(normalise(&1.number) == line.reference)) do
      %Match{line: line, order: order, difference: difference(line, order), certain: true}
    end
  end

  defp by_amount(line, orders) do
    case Enum.filter(orders, &close?(line, &1)) do
      [order] -> %Match{line: line, order: order, difference: difference(line, order)}
      _ -> nil
    end
  end

  defp close?(line, order), do: Decimal.compare(difference(line, order), @tolerance) != :gt
  defp difference(line, order), do: line.amount |> Decimal.sub(order.total) |> Decimal.abs()

  defp settlement(account, date, lines) do
    total = Enum.reduce(lines, Decimal.new(0), &Decimal.add(&1.amount, &2))
    %Settlement{account_id: account.id, date: date, count: length(lines), total: total}
  end

  defp bookings(settlement, matches) do
    for %Match{line: line, order: order} = match <- matches do
      %{settlement_id: settlement.id, line_id: line.id, order_id: order.id, certain: match.certain}
    end
  end

  defp discrepancies(%{settlement: settlement}, lines, orders) do
    for(line <- lines, do: %{settlement_id: settlement.id, subject: "line #{line.id}"}) ++
      for(order <- orders, do: %{settlement_id: settlement.id, subject: "order #{order.number}"})
  end
end
