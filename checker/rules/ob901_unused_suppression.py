"""A suppression that suppresses nothing.

## What it does

Points at an `oban-guard: ignore[…]` comment whose rule reports nothing there.

## Why is this bad?

It will hide the next problem that comes up on that line.

## Invalid

```elixir
defmodule Shop.Workers.Drop do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    # oban-guard: ignore[OB104] the row may come back
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

from checker.rules.problem import ADVICE, Problem

ID = "OB901"
NAME = "unused-suppression"
SEVERITY = ADVICE
IN_TESTS = True


def check_file(facts):
    for rule, span, ids in facts.problems:
        if rule == ID:
            yield Problem(span, f"suppresses nothing: {', '.join(ids)} reports nothing there",
                          "Remove the comment")  # fmt: skip
