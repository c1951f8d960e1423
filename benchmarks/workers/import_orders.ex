defmodule Shop.Workers.ImportOrders do
  @moduledoc "Imports the orders of an uploaded file, all of them or none."

  use Oban.Worker, queue: :imports, max_attempts: 3, unique: [period: :infinity]

  require Logger

  alias Ecto.Multi
  alias Shop.Imports
  alias Shop.Imports.Import
  alias Shop.Orders.Order
  alias Shop.Repo

  @required ~w(number customer_email placed_on total)

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"import_id" => import_id}}) do
    with %Import{} = import <- Repo.get(Import, import_id),
         {:ok, text} <- File.read(import.path),
         {:ok, rows} <- decode(text) do
      import
      |> plan(rows)
      |> Repo.transaction()
      |> report(import)
    else
      nil -> {:cancel, :import_gone}
      {:error, :enoent} -> {:cancel, :file_gone}
      {:error, reason} -> {:error, reason}
    end
  end

  defp decode(text) do
    [header | lines] = String.split(text, ["\r\n", "\n"], trim: true)
    names = String.split(header, ";")

    case @required -- names do
      [] ->
        {:ok, Enum.map(lines, &(names |> Enum.zip(String.split(&1, ";")) |> Map.new()))}

      missing ->
        {:error, {:missing_columns, missing}}
    end
  end

  defp plan(import, rows) do
    rows
    |> Enum.with_index(1)
    |> Enum.reduce(Multi.new(), fn {row, index}, multi ->
      Multi.insert(multi, {:order, index}, changeset(import, row),
        on_conflict: :nothing,
        conflict_target: [:account_id, :number]
      )
    end)
    |> Multi.update(:import, Import.finished_changeset(import, length(rows)))
  end

  defp changeset(import, row) do
    Order.import_changeset(%Order{account_id: import.account_id}, %{
      number: row["number"],
      customer_email: String.downcase(row["customer_email"]),
      placed_on: row["placed_on"],
      total: amount(row["total"]),
      currency: row["currency"] || import.currency
    })
  end

  defp amount(nil), do: nil

  defp amount(text) do
    case Decimal.parse(String.replace(text, ",", ".")) do
      {amount, ""} -> amount
      _ -> nil
    end
  end

  defp report({:ok, %{import: import}}, _import) do
    Phoenix.PubSub.broadcast(Shop.PubSub, "imports:#{import.account_id}", {:imported, import.id})
    :ok
  end

  defp report({:error, {:order, index}, changeset, _changes}, import) do
    Logger.warning("Import #{import.id} stops at line #{index}: #{inspect(changeset.errors)}")
    Imports.fail(import, index, changeset)
  end

  defp report(failure, _import), do: failure
end
