"""A job is run in a test, and nothing looks at how it ended.

## What it does

Points at `perform_job/2` and `Oban.drain_queue/1` whose result is dropped.

## Why is this bad?

`perform_job/2` answers what perform returned: `{:error, _}` or `{:cancel, _}` do not fail the
test. `Oban.drain_queue/1` catches what jobs raise and counts it (`with_safety: true`,
oban 2.23.1, lib/oban/queue/drainer.ex): the test goes on as if the job had worked.

In Python `process_job` raises what the job raises, and answers `Cancel` and `Snooze`;
`drain_queue` counts how the jobs ended.

## Invalid

```elixir
defmodule Shop.ResizeTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "resizes" do
    perform_job(Shop.Workers.Resize, %{id: 1}) # reported
    Oban.drain_queue(queue: :photos) # reported

    assert Shop.Photos.width(1) == 20
  end
end
```

```elixir
defmodule Shop.EachTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  describe "resize" do
    test "all of them" do
      for id <- 1..3 do
        perform_job(Shop.Workers.Resize, %{id: id}) # reported
      end
    end
  end

  defp resize(id) do
    perform_job(Shop.Workers.Resize, %{id: id}) # reported
    Shop.Photos.get(id)
  end
end
```

```python
# tests/test_resize.py
from oban.testing import drain_queue, process_job

from shop.photos import Resize


async def test_resize():
    await process_job(Resize.new({"id": 1}))  # reported
    await drain_queue("photos")  # reported
```

## Valid

```elixir
defmodule Shop.ResizeTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "resizes" do
    assert :ok = perform_job(Shop.Workers.Resize, %{id: 1})
    assert %{success: 1, failure: 0} = Oban.drain_queue(queue: :photos)
    result = perform_job(Shop.Workers.Resize, %{id: 2})
    assert result == :ok
  end
end
```

```elixir
defmodule Shop.RaisesTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "raises" do
    assert_raise FunctionClauseError, fn -> perform_job(Shop.Workers.Resize, %{}) end
    assert capture_log(fn -> perform_job(Shop.Workers.Resize, %{id: 0}) end) =~ "gone"
    _ = perform_job(Shop.Workers.Resize, %{id: 3})
  end

  defp resize(id), do: perform_job(Shop.Workers.Resize, %{id: id})
end
```

```elixir
defmodule Shop.OwnTest do
  use Shop.DataCase

  test "a helper of its own" do
    perform_job(Shop.Workers.Resize, %{id: 1})
  end

  defp perform_job(worker, args) do
    assert :ok = Oban.Testing.perform_job(worker, args, repo: Shop.Repo)
  end
end
```

```python
# tests/test_resize.py
from oban.testing import drain_queue, process_job

from shop.photos import Resize


async def test_resize():
    assert await process_job(Resize.new({"id": 1})) is None
    result = await drain_queue("photos")
    assert result["completed"] == 1
```

```python
# tests/test_resize.py
import pytest

from oban.testing import process_job

from shop.photos import Resize, resize_all


def run(id):
    return process_job(Resize.new({"id": id}))


async def test_resize():
    _ = await process_job(Resize.new({"id": 1}))
    await resize_all([1, 2])


def test_gone():
    with pytest.raises(LookupError):
        run(0)
```
"""

from __future__ import annotations

from checker.model.tests import DRAIN, RUN, Tests
from checker.rules.problem import ADVICE, Problem

ID = "OB805"
NAME = "unasserted-result"
SEVERITY = ADVICE
EXAMPLE = "test/shop/example_test.exs"

HOW = {
    RUN: (
        "passes when the job fails: nothing looks at what perform returned",
        "Assert it: `assert :ok = perform_job(…)`",
    ),
    DRAIN: (
        "passes when jobs fail: nothing looks at how many did",
        "Assert it: `assert %{success: 1, failure: 0} = Oban.drain_queue(…)`",
    ),
}


def check_tests(tests: Tests):
    for test in tests.tests:
        for action in test.actions:
            if action.dropped and action.kind in HOW:
                message, help = HOW[action.kind]
                function = test.name if test.helper else ""
                yield Problem(action.span, message, help, function=function)


PYTHON_HOW = {
    RUN: (
        "passes when the job is cancelled or snoozes: nothing looks at what it returned",
        "Assert it: `assert await process_job(job) is None`",
    ),
    DRAIN: (
        "passes when jobs fail: nothing looks at how many did",
        "Assert it: `assert (await drain_queue(…))[\"completed\"] == 1`",
    ),
}


def check_python_tests(tests: Tests):
    for test in tests.tests:
        for action in test.actions:
            if action.dropped and action.kind in PYTHON_HOW and not action.waiting:
                message, help = PYTHON_HOW[action.kind]
                yield Problem(action.span, message, help, function=test.name)
