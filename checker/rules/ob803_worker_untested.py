"""No test speaks of a worker.

## What it does

Points at workers that no file below `test/` names. A project without any test is left alone.

## Why is this bad?

What perform returns, which args it takes and what a second attempt does show only when it
runs. `perform_job/2` goes through JSON and checks the result, as nothing else does before
production.

## Invalid

```elixir
# lib/shop/workers/sweep.ex
defmodule Shop.Workers.Sweep do # reported
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(_job), do: Shop.Carts.sweep()
end
# test/shop_test.exs
defmodule ShopTest do
  use ExUnit.Case
end
```

```python
# shop/sweep.py
from oban import worker


@worker(queue="sync", max_attempts=3)
class Sweep:  # reported
    async def process(self, job):
        print(job.args)


# tests/test_carts.py
def test_carts():
    assert True
```

## Valid

```elixir
# lib/shop/workers/sweep.ex
defmodule Shop.Workers.Sweep do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(_job), do: Shop.Carts.sweep()
end
# test/shop/workers/sweep_test.exs
defmodule Shop.Workers.SweepTest do
  use ExUnit.Case
  use Oban.Testing, repo: Shop.Repo

  test "sweeps" do
    assert :ok = perform_job(Shop.Workers.Sweep, %{})
  end
end
```

```elixir
# lib/shop/workers/sweep.ex
defmodule Shop.Workers.Sweep do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(_job), do: Shop.Carts.sweep()
end
# test/shop/carts_test.exs
defmodule Shop.CartsTest do
  use ExUnit.Case

  alias Shop.Workers.{Mail, Sweep}

  test "asks for a sweep" do
    Shop.Carts.fill()
    assert_enqueued(worker: Sweep)
    refute_enqueued(worker: Mail)
  end
end
```

```elixir
# lib/shop/workers/sweep.ex
defmodule Shop.Workers.Sweep do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(_job), do: Shop.Carts.sweep()
end
```

```python
# shop/sweep.py
from oban import worker


@worker(queue="sync", max_attempts=3)
class Sweep:
    async def process(self, job):
        print(job.args)


# tests/test_sweep.py
from oban.testing import process_job

from shop.sweep import Sweep


def test_sweep():
    assert process_job(Sweep.new({})) is None
```

```python
# shop/sweep.py
from oban import worker


@worker(queue="sync", max_attempts=3)
class Sweep:
    async def process(self, job):
        print(job.args)
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB803"
NAME = "worker-untested"
SEVERITY = ADVICE
LANGUAGES = ("elixir", "python")


def check(worker: Worker):
    if worker.around is not None and worker.around.tested(worker.name) is False:
        yield Problem(
            worker.span,
            "is named by no test",
            f"Run `oban-guard new test {worker.name}`, and fill in what it skips"
            if worker.language == "elixir"
            else "Write a test: `await process_job(worker.new(args))` of `oban.testing`",
        )
