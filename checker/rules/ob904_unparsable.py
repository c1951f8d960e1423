"""A part of the file that could not be read.

## What it does

Points at source that does not parse, and at files that are binary or larger
than 1 MB. Nothing else is reported about what could not be read.

## Why is this bad?

The checker cannot tell anything about it. Elixir or Python will say what is wrong.

## Invalid

```elixir
defmodule Shop.Workers.Half do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Items.drop(id) do
      {:error, reason} -> {:error,
  end
end
```

```python
from oban import worker


@worker(queue="shop", max_attempts=3)
class Half:
    async def process(self, job):
        return await drop(job.args["id"]
```

## Valid

```elixir
defmodule Shop.Workers.Whole do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Items.drop(id)
end
```

```python
from oban import worker

from shop.items import drop


@worker(queue="shop", max_attempts=3)
class Whole:
    async def process(self, job):
        await drop(job.args["id"])
```
"""

from __future__ import annotations

from checker.language import ELIXIR, PYTHON
from checker.rules.problem import ADVICE, Problem

ID = "OB904"
NAME = "unparsable"
SEVERITY = ADVICE
IN_TESTS = True

ASKED = {ELIXIR: "mix compile", PYTHON: "python -m py_compile"}
PARTS = {ELIXIR: "this part", PYTHON: "this file"}


def check_file(facts):
    if facts.unreadable is not None:
        yield Problem((0, 0), f"{facts.unreadable}, so nothing in it was checked",
                      "Check it by other means")  # fmt: skip
    elif facts.errors:
        start, end = facts.errors[0]
        asked, part = ASKED[facts.language], PARTS[facts.language]
        yield Problem((start, end), f"does not parse, so {part} was not checked",
                      f"Mend the syntax; `{asked}` says what is wrong")  # fmt: skip
