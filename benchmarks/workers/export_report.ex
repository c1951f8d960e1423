defmodule Shop.Workers.ExportReport do
  @moduledoc """
  Writes a month of orders as CSV, stores it in S3 and tells the person who asked for it.
  """

  use Oban.Worker,
    queue: :exports,
    max_attempts: 3,
    unique: [period: 3600, keys: [:export_id]]

  import Ecto.Query

  require Logger

  alias Shop.Exports
  alias Shop.Exports.Export
  alias Shop.Orders.Order
  alias Shop.Repo

  @bucket "shop-exports"
  @chunk 500
  @header ["Number", "Date", "Customer", "Country", "Net", "Tax", "Gross", "Currency"]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"export_id" => export_id}} = job) do
    case Repo.get(Export, export_id) do
      nil ->
        {:discard, :export_gone}

      %Export{state: "done"} ->
        :ok

      export ->
        path = Path.join(System.tmp_dir!(), "export-#{export.id}.csv")

        try do
          run(export, path)
        rescue
          error in [File.Error, DBConnection.ConnectionError] ->
            note_failure(export, job, Exception.message(error))
            {:error, Exception.message(error)}
        after
          File.rm(path)
        end
    end
  end

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(10)

  defp run(export, path) do
    with {:ok, from, to} <- bounds(export.month),
         {:ok, count} <- write(path, from, to),
         {:ok, _result} <- upload(export, path) do
      Exports.finish(export, %{rows: count, key: key(export)})
    end
  end

  defp bounds(month) do
    case Date.from_iso8601(month <> "-01") do
      {:ok, from} -> {:ok, from, Date.end_of_month(from)}
      {:error, reason} -> {:error, {:month, reason}}
    end
  end

  defp write(path, from, to) do
    query =
      from order in Order,
        where: order.placed_on >= ^from and order.placed_on <= ^to,
        order_by: [asc: order.placed_on, asc: order.id],
        preload: [:customer]

    file = File.open!(path, [:write, :utf8])
    IO.write(file, line(@header))

    {:ok, count} =
      Repo.transaction(
        fn ->
          query
          |> Repo.stream(max_rows: @chunk)
          |> Stream.chunk_every(@chunk)
          |> Enum.reduce(0, fn orders, count ->
            orders = Repo.preload(orders, :customer)
            IO.write(file, Enum.map(orders, &(&1 |> row() |> line())))
            count + length(orders)
          end)
        end,
        timeout: :infinity
      )

    File.close(file)
    {:ok, count}
  end

  defp row(order) do
    [
      order.number,
      Date.to_iso8601(order.placed_on),
      order.customer.name,
      order.customer.country,
      Decimal.to_string(order.net),
      Decimal.to_string(order.tax),
      Decimal.to_string(Decimal.add(order.net, order.tax)),
      order.currency
    ]
  end

  defp line(cells) do
    [cells |> Enum.map(&cell/1) |> Enum.intersperse(","), "\r\n"]
  end

  defp cell(text) do
    if String.contains?(text, [",", "\"", "\n"]) do
      [?", String.replace(text, "\"", "\"\""), ?"]
    else
      text
    end
  end

  defp upload(export, path) do
    path
    |> ExAws.S3.Upload.stream_file()
    |> ExAws.S3.upload(@bucket, key(export), content_type: "text/csv")
    |> ExAws.request()
  end

  defp key(export), do: "#{export.account_id}/#{export.month}/#{export.id}.csv"

  defp note_failure(export, %Oban.Job{attempt: attempt, max_attempts: attempt}, message) do
    Logger.error("Export #{export.id} failed for good: #{message}")
    Exports.fail(export, message)
  end

  defp note_failure(export, _job, message) do
    Logger.warning("Export #{export.id} failed: #{message}")
  end
end
