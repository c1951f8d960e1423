defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 4, priority: 2, tags: ["stock"]

  alias Shop.{Catalog, Repo}

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"step" => "one", "id" => id}}) do
    case Catalog.fetch(id) do
      {:ok, nil} -> {:cancel, :gone}
      {:ok, %{state: :busy}} -> {:snooze, 90}
      {:ok, %{state: :idle}} -> {:snooze, {5, :minutes}}
      {:ok, %{state: :far}} -> {:snooze, :timer.minutes(2)}
      {:ok, %{state: :old}} -> :discard
      {:ok, _} -> :retry
      {:error, reason} -> {:error, reason}
    end
  end

  def perform(%Oban.Job{args: %{"step" => "two", "id" => id}}) do
    if id > 1 do
      {:ok, "a text that is far too long to be shown in full, since it may hold secrets"}
    end
  end

  def perform(%Oban.Job{args: %{"step" => "three", "id" => id}}) do
    product = Repo.get!(Catalog.Product, id)
    if product.locked, do: throw(:locked)

    with {:ok, _} <- Repo.update(Catalog.changeset(product)) do
      Catalog.publish(product)
    end
  end
end
