"""A test calls perform with a job that it made by hand.

## What it does

Points at `Worker.perform(%Oban.Job{args: …})` in a test. It is an error when the args have
atom keys.

## Why is this bad?

`perform_job/2` sends the args through JSON, as the database does, builds the job with the
worker's own options and checks that the result is one that Oban knows (oban 2.23.1,
lib/oban/testing.ex). A call by hand does none of it. With atom keys the test passes for a
worker that matches atom keys, and that worker fails at every attempt in production.

## Invalid

```elixir
defmodule Shop.ResizeTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  alias Oban.Job
  alias Shop.Workers.Resize

  test "resizes" do
    assert :ok = Resize.perform(%Oban.Job{args: %{photo_id: 1, width: 20}}) # reported
  end

  test "resizes again" do
    assert :ok = Resize.perform(%Job{args: %{"photo_id" => 1}, attempt: 2}) # reported
  end
end
```

```elixir
defmodule Shop.PlainTest do
  use Shop.DataCase

  describe "perform/1" do
    test "resizes", %{photo: photo} do
      job = %{photo_id: photo.id}
      assert {:ok, _} = %Oban.Job{args: job} |> Shop.Workers.Resize.perform() # reported
    end
  end
end
```

## Valid

```elixir
defmodule Shop.ResizeTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "resizes" do
    assert :ok = perform_job(Shop.Workers.Resize, %{photo_id: 1, width: 20})
  end
end
```

```elixir
defmodule Shop.ScriptTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "performs a scene" do
    assert :ok = Shop.Stage.perform(%Shop.Scene{args: %{id: 1}})
    assert :ok = Shop.Stage.perform(%{id: 1})
  end
end
```

```elixir
defmodule Shop.FactoryTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  test "a job of the factory", %{job: job} do
    assert :ok = Shop.Workers.Resize.perform(job)
  end

  defmodule Flaky do
    use Oban.Worker, queue: :default

    def perform(%Oban.Job{args: %{"id" => id}}), do: {:ok, id}
  end
end
```
"""

from __future__ import annotations

from checker.model.tests import BY_HAND, Action, Tests
from checker.rules.problem import ADVICE, ERROR, Problem

ID = "OB802"
NAME = "hand-made-job"
SEVERITY = ADVICE
EXAMPLE = "test/shop/example_test.exs"

UNTRUE = "has atom keys in its args, which the database never gives: this passes where jobs fail"
SKIPS = "skips JSON and the checks of `perform_job/2`"


def check_tests(tests: Tests):
    for test in tests.tests:
        for action in test.actions:
            if action.kind == BY_HAND:
                untrue = action.job.is_struct and action.job.atom_keys
                yield Problem(
                    action.span,
                    UNTRUE if untrue else SKIPS,
                    "Use `perform_job(Worker, %{…})` of `Oban.Testing`",
                    severity=ERROR if untrue else ADVICE,
                    function=test.name if test.helper else "",
                    edits=_edits(action) if tests.helped else (),
                    safe=action.job.plain and action.job.is_struct,
                )


def _edits(action: Action) -> tuple:
    """`Worker.perform(%Oban.Job{args: args})` as `perform_job(Worker, args)`."""
    job = action.job
    if not job.alone or job.piped:
        return ()
    start, end = action.span
    return (
        ((start, start), "perform_job("),
        ((job.target[1], job.args[0]), ", "),
        ((job.args[1], end), ")"),
    )
