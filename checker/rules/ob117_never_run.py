"""Something is built and never run.

## What it does

Reports an `Ecto.Multi`, an `Ecto.Query`, a `Swoosh.Email`, an `ExAws` operation or
a lazy `Stream` that is the result of perform, or stands in a statement, and never
reaches what runs it.

## Why is this bad?

Nothing happens: no row, no mail, no upload. As a result it is a struct that Oban
does not know, so the job completes.

## Invalid

```elixir
defmodule Shop.Workers.Store do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"key" => key, "body" => body}}) do
    ExAws.S3.put_object("shop", key, body) # reported
  end
end
```

```elixir
defmodule Shop.Workers.Menu do
  use Oban.Worker, queue: :shop, max_attempts: 3

  import Swoosh.Email

  def perform(%Oban.Job{args: %{"to" => to}}) do
    new() |> to(to) |> subject("Menu") # reported
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Store do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"key" => key, "body" => body}}) do
    operation = ExAws.S3.put_object("shop", key, body)

    with {:ok, _} <- ExAws.request(operation), do: :ok
  end
end
```

```elixir
defmodule Shop.Workers.Count do
  use Oban.Worker, queue: :shop, max_attempts: 3

  import Ecto.Query

  def perform(%Oban.Job{args: %{"id" => id}}) do
    query = from(i in Shop.Item, where: i.parent_id == ^id)
    {:ok, Shop.Repo.aggregate(query, :count)}
  end
end
```

```elixir
defmodule Shop.Workers.Lines do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"path" => path}}) do
    path |> File.stream!() |> Stream.map(&String.trim/1) |> Stream.run()
  end
end
```
"""

from __future__ import annotations

from checker.model.shape import Alt, Opaque, Struct
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB117"
NAME = "never-run"
SEVERITY = ERROR

RUNNERS = {
    "Ecto.Multi": "Repo.transaction()",
    "Ecto.Query": "Repo.all()",
    "Swoosh.Email": "Mailer.deliver()",
    "Bamboo.Email": "Mailer.deliver_now()",
    "Req.Request": "Req.request()",
    "Finch.Request": "Finch.request(MyFinch)",
}
STREAM = "Stream.run()"


def check(worker: Worker):
    dropped = [alt for drop in worker.drops for alt in drop.value]
    for alt in (*worker.outcome, *dropped):
        runner = _runner(alt)
        if runner is not None and alt.origin.span is not None:
            yield Problem(
                alt.origin.span,
                "only builds it; nothing runs it, so nothing happens",
                f"Pipe it into `{runner}`",
                function=alt.origin.function,
            )


def _runner(alt: Alt) -> str | None:
    shape, step = alt.shape, alt.origin.step
    if isinstance(shape, Opaque) and shape.kind == "stream":
        return STREAM
    if not isinstance(shape, Struct) or shape.name == "Ecto.Changeset":
        return None
    if step is None or not step.has("build", "multi"):
        return None
    if shape.name in RUNNERS:
        return RUNNERS[shape.name]
    if step.call.startswith("ExAws."):
        return "ExAws.request()"
    return None
