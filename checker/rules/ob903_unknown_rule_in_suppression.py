"""A suppression that names a rule that does not exist.

## What it does

Reports an `oban-guard: ignore[…]` comment with an unknown rule, or with none.

## Why is this bad?

It suppresses nothing, and looks as if it did.

## Invalid

```elixir
defmodule Shop.Workers.Drop do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    # oban-guard: ignore[OB199] no such rule
    Shop.Items.drop(id)
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

ID = "OB903"
NAME = "unknown-rule-in-suppression"
SEVERITY = WARNING
IN_TESTS = True


def check_file(facts):
    for rule, span, ids in facts.problems:
        if rule == ID:
            named = f"names {', '.join(ids)}, no rule" if ids else "names no rule"
            yield Problem(span, f"{named} of this checker",
                          "Name the rule that is reported there, see `oban-guard rules`")  # fmt: skip
