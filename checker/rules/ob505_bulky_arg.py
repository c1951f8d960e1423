"""Args are no place for much: every change of the job writes them again.

## What it does

Points at args whose name says that they hold much (`body`, `html`, `content`, `payload`,
`file`, `csv`, `params`, `conn`), and at the content of a file.

## Why is this bad?

Args are a column of the job's row. PostgreSQL writes the whole row anew at each change
of state, the unique check compares them, and each error report and dashboard loads them
(oban 2.23.1, lib/oban/migrations/postgres/v01.ex: `args` is `jsonb`).

## Invalid

```elixir
defmodule Shop.Uploads do
  alias Shop.Workers.Import

  def import(user_id, csv), do: Oban.insert(Import.new(%{user_id: user_id, csv: csv})) # reported

  def import_file(path) do
    Oban.insert(Import.new(%{rows: File.read!(path)})) # reported
  end
end
```

```elixir
defmodule ShopWeb.HookController do
  def create(conn, params) do
    %{"params" => params} |> Shop.Workers.Hook.new() |> Oban.insert() # reported
    conn
  end
end
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["html"])


async def send(page):
    await SendMail.enqueue({"html": page.render()})  # reported
```

## Valid

```elixir
defmodule Shop.Uploads do
  alias Shop.Workers.Import

  def import(user_id, upload) do
    Oban.insert(Import.new(%{user_id: user_id, upload_id: upload.id, file_path: upload.path}))
  end
end
```

```elixir
defmodule Shop.Notes do
  alias Shop.Workers.Note

  def note(id), do: Oban.insert(Note.new(%{id: id, body: "Thank you", params: %{id: id}}))

  def render(id), do: Oban.insert(Note.new(%{id: id, html: true, content: nil}))
end
```

```elixir
defmodule Shop.Pages do
  def build(html), do: Shop.Page.new(%{html: html})
end
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["page_id"])


async def send(page):
    await SendMail.enqueue({"page_id": page.id})
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["body"])


async def send(mailer, page):
    await SendMail.enqueue({"body": "Your order is on its way."})
    mailer.send({"html": page.render()})
```
"""

from __future__ import annotations

from checker.model.args import Argument, arguments, each, plain_jobs
from checker.model.job import Jobs
from checker.model.shape import Alt, Args, Map, Text, Unknown
from checker.rules.problem import ADVICE, Problem
from checker.vocabulary import bulky_name

ID = "OB505"
NAME = "bulky-arg"
SEVERITY = ADVICE
LANGUAGES = ("elixir", "python")

READS = frozenset(("File.read!", "IO.read", "IO.binread"))


def check_jobs(jobs: Jobs):
    for job in plain_jobs(jobs):
        for argument in arguments(job):
            if _is_bulky(argument):
                yield Problem(
                    argument.span,
                    "may be large, and is written again with every change of the job",
                    "Store it, and pass its id or path",
                    function=argument.function,
                )


def _is_bulky(argument: Argument) -> bool:
    alts = each(argument.value)
    if any(alt.origin.call in READS for alt in alts):
        return True
    return bulky_name(argument.key) and any(map(_may_be_large, alts))


def _may_be_large(alt: Alt) -> bool:
    """Not what is written down here, and nothing as small as a number."""
    shape = alt.shape
    if isinstance(shape, Map):
        return shape.open
    if isinstance(shape, Text):
        return shape.value is None
    return isinstance(shape, (Args, Unknown))
