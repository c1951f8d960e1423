"""A suppression has to say why.

## What it does

Reports an `oban-guard: ignore[…]` comment without a reason of at least two words.
It does not count: the finding stays.

## Why is this bad?

The next reader cannot tell a decision from a way around the checker.

## Invalid

```elixir
defmodule Shop.Workers.Drop do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Items.drop(id) do
      # oban-guard: ignore[OB104]
      :none -> {:error, :not_found}
      other -> other
    end
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Drop do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Items.drop(id) do
      # oban-guard: ignore[OB104] the row may come back
      :none -> {:error, :not_found}
      other -> other
    end
  end
end
```
"""

from __future__ import annotations

from checker.rules.problem import WARNING, Problem

ID = "OB902"
NAME = "suppression-without-reason"
SEVERITY = WARNING
IN_TESTS = True


def check_file(facts):
    for rule, span, ids in facts.problems:
        if rule == ID:
            named = ", ".join(ids)
            yield Problem(
                span,
                "gives no reason of two words or more, so it does not count",
                f"Write why it is right: `# oban-guard: ignore[{named}] because …`",
            )
