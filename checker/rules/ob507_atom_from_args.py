"""Every atom stays for ever, and args may hold any text.

## What it does

Reports `String.to_atom` (and `List.to_atom`, `:erlang.binary_to_atom`) of a value of the args.

## Why is this bad?

Atoms are never collected, and the VM ends when it has 1,048,576 of them (Erlang/OTP,
Efficiency Guide, "Atoms"). What somebody types into a form may reach the args; a misspelt
name becomes a new atom that no clause knows, instead of an error here.

## Invalid

```elixir
defmodule Shop.Workers.Flush do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"stream" => stream}}) do
    name = String.to_atom(stream) # reported
    Shop.Streams.flush(name)
  end
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: args}) do
    fields = Enum.map(args["fields"], &String.to_atom/1) # reported
    Shop.Sync.run(kind(args["kind"]), fields)
  end

  defp kind(text) when is_binary(text) do
    text |> String.to_atom() # reported
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Flush do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"stream" => stream}}) do
    stream |> String.to_existing_atom() |> Shop.Streams.flush()
  end
end
```

```elixir
defmodule Shop.Workers.Mapped do
  use Oban.Worker, queue: :events, max_attempts: 3

  @kinds ~w(full tail)

  def perform(%Oban.Job{args: %{"kind" => kind}}) when kind in @kinds do
    Shop.Streams.sync(String.to_atom(kind), String.to_atom("daily"))
  end

  def perform(%Oban.Job{args: %{"mode" => mode}}) do
    case mode do
      "slow" -> Shop.Streams.sync(String.to_atom(mode), :all)
      _ -> {:cancel, :unknown_mode}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Loaded do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    stream = Shop.Streams.get(id)
    stream.kind |> String.to_atom() |> Shop.Streams.flush()
    String.to_atom(Integer.to_string(node_count())) |> Shop.Streams.flush()
  end

  defp node_count do
    length(Node.list())
  end
end
```
"""

from __future__ import annotations

from checker.model.shape import Alt, Text, Unknown
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB507"
NAME = "atom-from-args"
SEVERITY = WARNING


def check(worker: Worker):
    for step in worker.steps:
        if step.has("new_atom") and step.args and any(map(_is_free_text, step.args[0])):
            yield Problem(
                step.span,
                "makes an atom of whatever the args hold, and atoms are never collected",
                "Use `String.to_existing_atom(…)`, or map each text that is known",
                function=step.function,
            )


def _is_free_text(alt: Alt) -> bool:
    """A value of the args that nothing has compared with what is known."""
    shape = alt.shape
    if isinstance(shape, Unknown):
        return shape.from_args
    return isinstance(shape, Text) and shape.value is None and alt.origin.arg is not None
