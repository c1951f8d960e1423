defmodule Shop.Workers.SyncCatalog do
  @moduledoc """
  Copies a supplier's catalogue, page by page. Each page is a job of its own, which puts the
  next one in the queue once its rows are stored.
  """

  use Oban.Worker,
    queue: :sync,
    max_attempts: 8,
    unique: [period: 600, keys: [:supplier_id, :page], states: [:available, :scheduled, :executing]]

  import Ecto.Query

  require Logger

  alias Shop.Catalog.Order
  alias Shop.Catalog.Supplier
  alias Shop.Repo

  @page_size 100
  @fields [:sku, :title, :price, :currency, :stock, :updated_at]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"supplier_id" => supplier_id, "page" => page} = args}) do
    since = since(args["since"])

    with {:ok, supplier} <- fetch_supplier(supplier_id),
         {:ok, body} <- fetch_page(supplier, page, since),
         {:ok, rows} <- parse(body) do
      store(supplier, rows)
      continue(supplier, page, length(rows), since)
    else
      {:error, :not_found} -> {:cancel, :supplier_gone}
      {:error, {:rate_limited, seconds}} -> {:snooze, seconds}
      {:error, {:unauthorized, status}} -> {:cancel, "the supplier refuses us: #{status}"}
      {:error, reason} -> {:error, reason}
    end
  end

  def perform(%Oban.Job{args: %{"supplier_id" => supplier_id}}) do
    %{supplier_id: supplier_id, page: 1}
    |> new()
    |> Oban.insert()
  end

  defp fetch_supplier(id) do
    case Repo.get(Supplier, id) do
      nil -> {:error, :not_found}
      %Supplier{active: false} -> {:error, :not_found}
      supplier -> {:ok, supplier}
    end
  end

  defp fetch_page(supplier, page, since) do
    options = [
      params: [page: page, per_page: @page_size, since: since && DateTime.to_iso8601(since)],
      auth: {:bearer, supplier.token},
      receive_timeout: 20_000,
      retry: false
    ]

    case Req.get("#{supplier.url}/orders", options) do
      {:ok, %Req.Response{status: 200, body: body}} ->
        {:ok, body}

      {:ok, %Req.Response{status: 429} = response} ->
        {:error, {:rate_limited, retry_after(response)}}

      {:ok, %Req.Response{status: status}} when status in [401, 403] ->
        {:error, {:unauthorized, status}}

      {:ok, %Req.Response{status: status}} ->
        {:error, {:unexpected_status, status}}

      {:error, exception} ->
        {:error, exception}
    end
  end

  defp retry_after(response) do
    case Req.Response.get_header(response, "retry-after") do
      [seconds | _] -> max(String.to_integer(seconds), 1)
      [] -> 60
    end
  end

  defp parse(%{"orders" => rows}) when is_list(rows) do
    rows
    |> Enum.map(&row/1)
    |> Enum.reject(&is_nil/1)
    |> then(&{:ok, &1})
  end

  defp parse(body), do: {:error, {:unexpected_body, inspect(body, limit: 5)}}

  defp row(%{"sku" => sku, "title" => title, "price" => price} = row) do
    %{
      sku: sku,
      title: String.trim(title),
      price: Decimal.new(price),
      currency: Map.get(row, "currency", "EUR"),
      stock: Map.get(row, "stock", 0),
      updated_at: DateTime.truncate(DateTime.utc_now(), :second)
    }
  end

  defp row(other) do
    Logger.warning("Skipped a row without sku, title or price: #{inspect(other)}")
    nil
  end

  defp store(supplier, rows) do
    entries = Enum.map(rows, &Map.put(&1, :supplier_id, supplier.id))

    Repo.insert_all(Order, entries,
      on_conflict: {:replace, @fields},
      conflict_target: [:supplier_id, :sku]
    )
  end

  defp continue(supplier, page, @page_size, since) do
    %{supplier_id: supplier.id, page: page + 1, since: since}
    |> new(schedule_in: 2)
    |> Oban.insert()
  end

  defp continue(supplier, _page, _count, _since) do
    Supplier
    |> where(id: ^supplier.id)
    |> Repo.update_all(set: [synced_at: DateTime.utc_now()])

    :ok
  end

  defp since(nil), do: nil

  defp since(text) do
    case DateTime.from_iso8601(text) do
      {:ok, since, _offset} -> since
      {:error, _reason} -> nil
    end
  end
end
