"""A date that went into the args comes back as text.

## What it does

Reports values of the args that are given to functions of `Date`, `Time`, `DateTime`,
`NaiveDateTime` or `Calendar.strftime` as they came, or compared with a date or time.

## Why is this bad?

Args are stored as JSON: `~D[2024-01-01]` comes back as `"2024-01-01"` (seen with oban
2.23.1, Basic engine). `Date.diff/2` then raises a FunctionClauseError on every attempt,
`==` is never true, and `<` compares a text with a map.

## Invalid

```elixir
defmodule Shop.Workers.Close do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"due_on" => due_on, "stream" => stream}}) do
    if Date.diff(due_on, Date.utc_today()) > 0 do # reported
      {:snooze, {1, :day}}
    else
      Shop.Streams.close(stream)
    end
  end
end
```

```elixir
defmodule Shop.Workers.Expire do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: args}) do
    now = DateTime.utc_now()
    late = DateTime.compare(now, args["at"]) == :gt # reported
    today = args["on"] == Date.utc_today() # reported
    label = args["at"] |> Calendar.strftime("%d.%m.") # reported
    Shop.Streams.expire(late, today, label)
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Close do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"due_on" => due_on, "at" => at, "stream" => stream}}) do
    {:ok, at, _offset} = DateTime.from_iso8601(at)
    day = Date.from_iso8601!(due_on)

    if Date.diff(day, Date.utc_today()) > 0 or DateTime.after?(at, DateTime.utc_now()) do
      {:snooze, {1, :day}}
    else
      Shop.Streams.close(stream)
    end
  end
end
```

```elixir
defmodule Shop.Workers.Age do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"days" => days}, inserted_at: at}) do
    until = DateTime.add(at, days, :day)
    Shop.Streams.keep(until, Date.add(Date.utc_today(), -days))
  end
end
```

```elixir
defmodule Shop.Workers.Text do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"on" => day}}) do
    if day == Date.to_iso8601(Date.utc_today()) do
      Shop.Streams.close(day)
    else
      Shop.Streams.keep(parse(day))
    end
  end

  defp parse(text) do
    case Date.from_iso8601(text) do
      {:ok, date} -> Date.add(date, 1)
      {:error, _reason} -> nil
    end
  end
end
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB510"
NAME = "unparsed-date"
SEVERITY = WARNING


def check(worker: Worker):
    for found in worker.unparsed:
        yield Problem(
            found.span,
            f"takes a value of the args for a `{found.kind}`, but it came back from JSON as text",
            f"Parse it first: `{_parser(found.kind)}`",
            function=found.function,
        )


def _parser(kind: str) -> str:
    if kind == "DateTime":
        return "{:ok, at, _} = DateTime.from_iso8601(…)"
    return f"{kind}.from_iso8601!(…)"
