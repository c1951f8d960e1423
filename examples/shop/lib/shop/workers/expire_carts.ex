defmodule Shop.Workers.ExpireCarts do
  @moduledoc """
  Puts plants back on sale that lie in forgotten carts. Runs every hour.
  """

  use Oban.Worker, queue: :ledger, max_attempts: 3, unique: [period: {30, :minutes}]

  require Logger

  alias Shop.Orders

  @impl Oban.Worker
  def perform(%Oban.Job{}) do
    count =
      DateTime.utc_now()
      |> DateTime.add(-2, :hour)
      |> Orders.delete_carts_before()

    Logger.info("#{count} carts expired")
  end

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(1)
end
