"""An assertion that nothing is enqueued, which cannot fail.

## What it does

Reports `refute_enqueued` and `assert all_enqueued(…) == []` where jobs run as they are inserted
(`:inline`), and right after the queue was drained of a job that the test itself enqueued.

## Why is this bad?

In `:inline` mode nothing is stored, so nothing is ever found (lib/oban/engines/inline.ex). Only
jobs that are available, scheduled or suspended are looked for (lib/oban/testing.ex): one that
has run is not among them. The test says nothing about what the code enqueues.

## Invalid

```elixir
defmodule Shop.InlineTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "is not enqueued" do
    Oban.Testing.with_testing_mode(:inline, fn ->
      Shop.Photos.touch(1)
      refute_enqueued worker: Shop.Workers.Resize # reported
      assert all_enqueued(worker: Shop.Workers.Crop) == [] # reported
    end)
  end
end
```

```elixir
defmodule Shop.DrainedTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  alias Shop.Workers.Resize

  test "the queue was drained before" do
    Oban.insert!(Resize.new(%{id: 1}))
    assert %{success: 1} = Oban.drain_queue(queue: :photos)

    refute_enqueued(worker: Resize) # reported
  end
end
```

## Valid

```elixir
defmodule Shop.ManualTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "is not enqueued" do
    Oban.Testing.with_testing_mode(:manual, fn ->
      Shop.Photos.touch(1)
      refute_enqueued worker: Shop.Workers.Resize
    end)
  end
end
```

```elixir
defmodule Shop.ChildTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "a muted album enqueues no photos" do
    Oban.insert!(Shop.Workers.Album.new(%{id: 1}))
    assert %{success: 1} = Oban.drain_queue(queue: :albums)
    refute_enqueued worker: Shop.Workers.Resize
  end
end
```

```elixir
defmodule Shop.AgainTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "is not enqueued again" do
    Oban.insert!(Shop.Workers.Resize.new(%{id: 1}))
    assert %{success: 1} = Oban.drain_queue(queue: :photos)
    Shop.Photos.touch(1)
    refute_enqueued worker: Shop.Workers.Resize
  end

  test "is enqueued in the end" do
    Oban.Testing.with_testing_mode(:inline, fn -> Shop.Photos.touch(1) end)
    assert all_enqueued(worker: Shop.Workers.Resize) == []
  end
end
```
"""

from __future__ import annotations

from checker.model.tests import ASSERT, DRAIN, ENQUEUE, INLINE, REFUTE_ENQUEUED, Action, Test, Tests
from checker.rules.problem import ERROR, Problem

ID = "OB804"
NAME = "vacuous-refute"
SEVERITY = ERROR
EXAMPLE = "test/shop/example_test.exs"


def check_tests(tests: Tests):
    for test in tests.tests:
        for action in test.actions:
            if action.kind != REFUTE_ENQUEUED:
                continue
            if tests.mode_of(test, action) == INLINE:
                yield Problem(
                    action.span,
                    "cannot fail: in `:inline` mode a job runs at once and is never stored",
                    "Wrap the test in `Oban.Testing.with_testing_mode(:manual, fn -> … end)`",
                    function=test.name if test.helper else "",
                )
            elif _has_run(test, action):
                yield Problem(
                    action.span,
                    "cannot find the job that was enqueued here: the queue has been drained",
                    "Look for it before `Oban.drain_queue/1`",
                    function=test.name if test.helper else "",
                )


def _has_run(test: Test, refute: Action) -> bool:
    """Whether its job is one that the test enqueued, and has just drained."""
    before = [action for action in test.before(refute) if action.kind != ASSERT]
    if not refute.workers or not before or before[0].kind != DRAIN or before[0].partial:
        return False
    return any(a.kind == ENQUEUE and refute.workers <= a.workers for a in before[1:])
