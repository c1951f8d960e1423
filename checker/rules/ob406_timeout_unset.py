"""A call to the outside has no limit of time.

## What it does

Points at workers that call something outside and define no `timeout/1`.

## Why is this bad?

The default is `:infinity`: a call that hangs keeps its place in the queue for ever. When all
places hang the queue stands still, silently, and after an hour Lifeline starts a second copy of
each job (oban 2.23.1, lib/oban/worker.ex and lib/oban/plugins/lifeline.ex).

In Python the lifeline starts a second copy after 300 seconds. A `@job` function has no place
for a `timeout`, and is left alone.

## Invalid

```elixir
defmodule Shop.Workers.Probe do
  use Oban.Worker, queue: :probes, max_attempts: 3 # reported

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"url" => url}}) do
    case Req.get(url, retry: false) do
      {:ok, %{status: 200}} -> :ok
      {:ok, %{status: status}} -> {:error, {:status, status}}
      {:error, reason} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Voucher do
  use Oban.Worker, queue: :mailers, max_attempts: 5, unique: [period: {1, :day}, keys: [:id]] # reported

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- id |> Shop.Emails.voucher() |> Shop.Mailer.deliver(), do: :ok
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(30 * Integer.pow(2, attempt), 3_600)
end
```

```python
import httpx
from oban import worker


@worker(queue="web", max_attempts=3)  # reported
class Fetch:
    async def process(self, job):
        async with httpx.AsyncClient() as client:
            response = await client.get(job.args["url"])
            response.raise_for_status()
```

## Valid

```elixir
defmodule Shop.Workers.Probe do
  use Oban.Worker, queue: :probes, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"url" => url}}) do
    case Req.get(url, retry: false) do
      {:ok, %{status: 200}} -> :ok
      {:ok, %{status: status}} -> {:error, {:status, status}}
      {:error, reason} -> {:error, reason}
    end
  end

  @impl Oban.Worker
  def timeout(_job), do: :timer.seconds(30)
end
```

```elixir
defmodule Shop.Workers.Compact do
  use Oban.Worker, queue: :search, max_attempts: 5

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Search.compact(shard)
end
```

```elixir
defmodule Shop.Workers.Probe do
  use Shop.Worker, queue: :probes

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"url" => url}}) do
    with {:ok, %{status: 200}} <- Req.get(url), do: :ok
  end
end
```

```python
import httpx
from oban import worker


@worker(queue="web", max_attempts=3)
class Fetch:
    async def process(self, job):
        async with httpx.AsyncClient() as client:
            response = await client.get(job.args["url"])
            response.raise_for_status()

    def timeout(self, job):
        return 60
```

```python
import httpx
from oban import job


@job(queue="web", max_attempts=3)
async def fetch(url: str):
    async with httpx.AsyncClient() as client:
        response = await client.get(url)
        response.raise_for_status()
```
"""

from __future__ import annotations

from checker.model.idempotency import effects
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB406"
NAME = "timeout-unset"
SEVERITY = ADVICE


def check(worker: Worker):
    if worker.wrapper is not None or "timeout/1" in worker.callbacks:
        return
    if any(step.has("http") for step in worker.steps) or effects(worker):
        yield Problem(
            worker.use_span,
            "sets no `timeout/1`: a call that hangs keeps its place in the queue for ever",
            "Define `timeout/1`, such as `:timer.seconds(30)`, shorter than Lifeline's"
            " `rescue_after`",
        )


def check_python(worker: Worker):
    if worker.declaration.function or "timeout/1" in worker.callbacks:
        return
    if any(step.has("http") for step in worker.steps) or effects(worker):
        yield Problem(
            worker.use_span,
            "sets no `timeout`: after 300 s the lifeline starts it a second time, beside this one",
            "Define `def timeout(self, job): return 60`, in seconds",
        )
