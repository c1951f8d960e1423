defmodule Shop.Workers.Jitter do
  use Oban.Worker, max_attempts: 5

  def perform(_job), do: Shop.run()

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: trunc(:math.pow(attempt, 4)) + :rand.uniform(30)

  @impl Oban.Worker
  def timeout(%Oban.Job{attempt: attempt}), do: attempt * :timer.seconds(45)
end

defmodule Shop.Workers.Float do
  use Oban.Worker, max_attempts: 5

  def perform(_job), do: Shop.run()
  def backoff(%Oban.Job{attempt: 1}), do: 10
  def backoff(%Oban.Job{attempt: attempt}), do: :math.pow(2, attempt)
  def timeout(_job), do: nil
end

defmodule Shop.Workers.Unknown do
  use Oban.Worker, max_attempts: 5

  def perform(_job), do: Shop.run()
  def backoff(_job), do: Application.get_env(:shop, :wait)
  def timeout(_job), do: Application.get_env(:shop, :timeout)
end

defmodule Shop.Workers.Partly do
  use Oban.Worker, max_attempts: 5

  def perform(_job), do: Shop.run()
  def backoff(%Oban.Job{attempt: attempt}) when attempt < 3, do: 60
  def backoff(job), do: Shop.wait(job)
  def timeout(%Oban.Job{args: %{"slow" => true}}), do: :infinity
  def timeout(_job), do: 1_500
end

defmodule Shop.Workers.Many do
  use Oban.Worker, max_attempts: 200

  def perform(_job), do: Shop.run()
  def backoff(_job), do: 0
end

defmodule Shop.Workers.Delegating do
  use Oban.Worker, max_attempts: 3

  def perform(_job), do: Shop.run()
  defdelegate backoff(job), to: Shop.Waits
  defdelegate timeout(job), to: Shop.Waits
end
