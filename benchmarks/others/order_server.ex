defmodule Shop.Orders.Prices do
  @moduledoc """
  Keeps the prices that orders are calculated with in memory, and fetches them anew when they
  are older than five minutes.
  """

  use GenServer

  require Logger

  @table __MODULE__
  @refresh :timer.minutes(5)

  def start_link(options) do
    GenServer.start_link(__MODULE__, options, name: Keyword.get(options, :name, __MODULE__))
  end

  @doc "The price of a sku in a currency, or nil."
  @spec price(String.t(), String.t()) :: Decimal.t() | nil
  def price(sku, currency \\ "EUR") do
    case :ets.lookup(@table, {sku, currency}) do
      [{_key, price}] -> price
      [] -> nil
    end
  end

  def refresh(server \\ __MODULE__), do: GenServer.cast(server, :refresh)

  @impl true
  def init(options) do
    :ets.new(@table, [:named_table, :protected, read_concurrency: true])
    state = %{source: Keyword.fetch!(options, :source), failures: 0, timer: nil}
    {:ok, state, {:continue, :refresh}}
  end

  @impl true
  def handle_continue(:refresh, state), do: {:noreply, fetch(state)}

  @impl true
  def handle_cast(:refresh, state), do: {:noreply, fetch(state)}

  @impl true
  def handle_info(:refresh, state), do: {:noreply, fetch(state)}

  def handle_info(message, state) do
    Logger.warning("Prices got #{inspect(message)}")
    {:noreply, state}
  end

  defp fetch(%{source: source} = state) do
    case source.() do
      {:ok, prices} ->
        :ets.insert(@table, for({sku, currency, price} <- prices, do: {{sku, currency}, price}))
        schedule(%{state | failures: 0}, @refresh)

      {:error, reason} ->
        Logger.error("Prices could not be fetched: #{inspect(reason)}")
        failures = state.failures + 1
        schedule(%{state | failures: failures}, min(failures * 1000, @refresh))
    end
  end

  defp schedule(state, pause) do
    if state.timer, do: Process.cancel_timer(state.timer)
    %{state | timer: Process.send_after(self(), :refresh, pause)}
  end
end
