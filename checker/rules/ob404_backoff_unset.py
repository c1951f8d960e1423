"""An effect is retried at Oban's own pace.

## What it does

Points at workers with an effect on the outside world that do not say how long they wait between
attempts, and says what that amounts to.

## Why is this bad?

The default is `15 + 2^attempt` seconds and up to a tenth more (oban 2.23.1,
lib/oban/worker.ex): quick at first, and very slow later. Whether that fits the other side, its
rate limits and its outages, only the worker's author knows.

## Invalid

```elixir
defmodule Shop.Workers.Voucher do
  use Oban.Worker, queue: :mailers, max_attempts: 5, unique: [period: {1, :day}, keys: [:id]] # reported

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- id |> Shop.Emails.voucher() |> Shop.Mailer.deliver(), do: :ok
  end
end
```

```elixir
defmodule Shop.Workers.Voucher do
  use Oban.Worker, queue: :mailers, max_attempts: 20, unique: [period: {1, :day}, keys: [:id]] # reported

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- id |> Shop.Emails.voucher() |> Shop.Mailer.deliver(), do: :ok
  end

  @impl Oban.Worker
  def timeout(_job), do: :timer.seconds(30)
end
```

## Valid

```elixir
defmodule Shop.Workers.Voucher do
  use Oban.Worker, queue: :mailers, max_attempts: 5, unique: [period: {1, :day}, keys: [:id]]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- id |> Shop.Emails.voucher() |> Shop.Mailer.deliver(), do: :ok
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(30 * Integer.pow(2, attempt), 3_600)
end
```

```elixir
defmodule Shop.Workers.Voucher do
  use Oban.Worker, queue: :mailers, max_attempts: 1, unique: [period: {1, :day}, keys: [:id]]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- id |> Shop.Emails.voucher() |> Shop.Mailer.deliver(), do: :ok
  end
end
```

```elixir
defmodule Shop.Workers.Compact do
  use Oban.Worker, queue: :search, max_attempts: 5

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Search.compact(shard)
end
```
"""

from __future__ import annotations

from checker.model.duration import human
from checker.model.idempotency import at_most_once, effects
from checker.model.timing import Interval
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB404"
NAME = "backoff-unset"
SEVERITY = ADVICE


def check(worker: Worker):
    if worker.wrapper is not None or "backoff/1" in worker.callbacks or at_most_once(worker):
        return
    if not effects(worker):
        return
    waits = [wait for wait in worker.waits if isinstance(wait, Interval)]
    if waits and len(waits) == len(worker.waits):
        total = human(sum(wait.low for wait in waits))
        yield Problem(
            worker.use_span,
            f"leaves the waits to Oban: {len(waits) + 1} attempts within {total}",
            "Define `backoff/1`, such as `min(30 * Integer.pow(2, attempt), 3_600)` seconds",
        )
