"""A test sleeps until a job has run.

## What it does

Reports `Process.sleep` and `:timer.sleep` in a test between enqueueing and an assertion, and
before an assertion on what is enqueued.

## Why is this bad?

With `testing: :manual` nothing runs however long the test waits, with `:inline` the job has run
already; with real queues the test is as slow as the sleep and fails when the machine is slower.
`perform_job/2` and `Oban.drain_queue/1` run the job at once, and `assert_enqueued/2` waits no
longer than it must (lib/oban/testing.ex).

A test that starts an Oban of its own, with real queues, is left alone.

In Python it is `time.sleep` and `asyncio.sleep`; `process_job` and `drain_queue` of
`oban.testing` run the job at once, and `assert_enqueued(…, timeout=1)` waits.

## Invalid

```elixir
defmodule Shop.ResizeTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "resizes" do
    Oban.insert!(Shop.Workers.Resize.new(%{id: 1}))
    Process.sleep(500) # reported

    assert Shop.Photos.width(1) == 20
  end

  test "is enqueued" do
    Shop.Photos.upload("a.png")
    :timer.sleep(100) # reported
    assert_enqueued worker: Shop.Workers.Resize
  end
end
```

```python
# tests/test_resize.py
import asyncio

from oban.testing import assert_enqueued

from shop.photos import Resize, upload


async def test_upload():
    await upload("a.png")
    await asyncio.sleep(0.5)  # reported
    await assert_enqueued(worker=Resize)
```

## Valid

```elixir
defmodule Shop.ResizeTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "resizes" do
    Oban.insert!(Shop.Workers.Resize.new(%{id: 1}))
    assert %{success: 1} = Oban.drain_queue(queue: :photos)

    assert Shop.Photos.width(1) == 20
  end

  test "is enqueued by another process" do
    Shop.Photos.upload_later("a.png")
    assert_enqueued [worker: Shop.Workers.Resize], 500
  end
end
```

```elixir
defmodule Shop.LimiterTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "needs a moment" do
    Shop.Limiter.take()
    Process.sleep(20)
    assert Shop.Limiter.free?()
  end
end
```

```elixir
defmodule Shop.OrderTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "the second one is later" do
    Oban.insert!(Shop.Workers.Resize.new(%{id: 1}))
    Process.sleep(1_000)
    Oban.insert!(Shop.Workers.Resize.new(%{id: 2}))

    assert length(all_enqueued(worker: Shop.Workers.Resize)) == 2
  end

  test "a slow service" do
    Oban.insert!(Shop.Workers.Resize.new(%{id: 1}))
    expect(Shop.MockService, :call, fn _ -> Process.sleep(50) end)
    assert_enqueued worker: Shop.Workers.Resize
  end
end
```

```python
# tests/test_resize.py
from oban.testing import assert_enqueued, drain_queue

from shop.photos import Resize, upload, width


async def test_upload():
    await upload("a.png")
    await assert_enqueued(worker=Resize, timeout=1)
    assert (await drain_queue("photos"))["completed"] == 1
    assert width("a.png") == 20
```

```python
# tests/test_pausing.py
import asyncio

import pytest

from shop.photos import Resize, width


@pytest.mark.oban(queues={"photos": 2})
async def test_a_paused_queue_waits(oban_instance):
    async with oban_instance() as oban:
        await oban.pause_queue("photos")
        await Resize.enqueue({"id": 1})
        await asyncio.sleep(0.05)
        assert width("a.png") == 0
```

```python
# tests/test_limiter.py
import time

from oban.testing import process_job

from shop.limiter import Limiter, Take


def test_needs_a_moment():
    assert process_job(Take.new({"id": 1})) is None
    time.sleep(0.02)
    assert Limiter().is_free()
```
"""

from __future__ import annotations

from checker.model.tests import (
    ASSERT,
    ASSERT_ENQUEUED,
    BY_HAND,
    DRAIN,
    ENQUEUE,
    OTHER,
    REFUTE_ENQUEUED,
    RUN,
    SLEEP,
    Action,
    Test,
    Tests,
)
from checker.rules.problem import WARNING, Problem

ID = "OB801"
NAME = "sleeping-test"
SEVERITY = WARNING
EXAMPLE = "test/shop/example_test.exs"

RUNS = frozenset((RUN, DRAIN, BY_HAND))
ABOUT_JOBS = frozenset((ASSERT_ENQUEUED, REFUTE_ENQUEUED))


def check_tests(tests: Tests):
    if tests.runs_queues:
        return
    for test in tests.tests:
        for action in test.actions:
            if action.kind == SLEEP and not action.nested and _waits(test, action):
                yield Problem(
                    action.span,
                    "waits for a job that this test can run, or look for, at once",
                    "Run it with `perform_job/2` or `Oban.drain_queue/1`, or let "
                    "`assert_enqueued/2` wait: `assert_enqueued([worker: …], 500)`",
                    function=test.name if test.helper else "",
                )


def _waits(test: Test, sleep: Action) -> bool:
    """Whether what comes next looks at what jobs did, or at which there are."""
    following = next((a.kind for a in test.after(sleep) if a.kind not in (OTHER, SLEEP)), None)
    if following in ABOUT_JOBS:
        return True
    kinds = [action.kind for action in test.before(sleep) if action.kind in RUNS | {ENQUEUE}]
    return following == ASSERT and kinds[:1] == [ENQUEUE]


def check_python_tests(tests: Tests):
    if tests.runs_queues:
        return
    for test in tests.tests:
        for action in test.actions:
            if action.kind == SLEEP and _waits(test, action):
                yield Problem(
                    action.span,
                    "waits for a job that this test can run, or look for, at once",
                    "Run it with `process_job` or `drain_queue`, or let "
                    "`assert_enqueued(…, timeout=1)` wait",
                    function=test.name,
                )
