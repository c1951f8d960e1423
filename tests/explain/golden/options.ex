defmodule Shop.Workers.Wrapped do
  use Shop.Worker, queue: :mail

  def perform(%Oban.Job{}), do: :ok
end

defmodule Shop.Workers.Computed do
  @attempts String.to_integer("5")
  use Oban.Worker, max_attempts: @attempts

  def perform(%Oban.Job{}), do: :ok
  def backoff(%Oban.Job{attempt: attempt}), do: attempt

  def enqueue(id), do: %{id: id} |> new(max_attempts: 2, unique: [period: 60]) |> Oban.insert()
end

defmodule Shop.Workers.Nothing do
  use Oban.Worker, max_attempts: 2

  def run(_), do: :ok
end

defmodule Shop.Workers.Elsewhere do
  use Oban.Worker, max_attempts: 2

  defdelegate perform(job), to: Shop.Run
end

defmodule Shop.Workers.Raising do
  use Oban.Worker, max_attempts: 2

  def perform(_job), do: raise "never"
end
