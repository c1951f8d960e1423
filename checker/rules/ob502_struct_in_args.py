"""Args are JSON: a record in them is a copy that grows old, or that cannot be stored.

## What it does

Reports a struct among the args of a job: a record of the database, a changeset, any
struct that a pattern or a known call says it is.

## Why is this bad?

Args are encoded when the job is inserted. A struct without an encoder makes the insert
raise (`Protocol.UndefinedError`; seen with oban 2.23.1, lib/oban/job.ex). One with an
encoder arrives as a plain map with string keys, and tells what the record was when the
job was enqueued, not what it is when the job runs.

Dates, times and decimals are encoded as strings, and structs of the project that derive
an encoder are left alone.

## Invalid

```elixir
defmodule Shop.Accounts do
  alias Shop.{Repo, User, Workers.Welcome}

  def greet(%User{} = user) do
    %{user: user, source: "web"} |> Welcome.new() |> Oban.insert() # reported
  end

  def greet_again(id) do
    user = Repo.get!(User, id)

    Oban.insert(
      Welcome.new(%{
        source: "admin",
        user: user # reported
      })
    )
  end
end
```

```elixir
defmodule Shop.Signups do
  alias Shop.Workers.Welcome

  def finish(params) do
    changeset = Ecto.Changeset.change(%Shop.User{}, params)
    Oban.insert(Welcome.new(%{"changeset" => changeset})) # reported
  end

  def remind(%Shop.User{} = user), do: user |> Welcome.new() |> Oban.insert() # reported
end
```

## Valid

```elixir
defmodule Shop.Accounts do
  alias Shop.{Repo, User, Workers.Welcome}

  def greet(%User{} = user), do: Oban.insert(Welcome.new(%{user_id: user.id}))

  def greet_all do
    Oban.insert_all(for user <- Repo.all(User), do: Welcome.new(%{user_id: user.id}))
  end

  def greet_later(user, %Date{} = day) do
    %{user_id: user.id, on: day, at: DateTime.utc_now(), cents: Decimal.new("1.10")}
    |> Welcome.new()
    |> Oban.insert()
  end
end
```

```elixir
defmodule Shop.Cart do
  @derive Jason.Encoder
  defstruct [:items]

  def check_out(%Shop.Cart{} = cart), do: Oban.insert(Shop.Workers.CheckOut.new(%{cart: cart}))
end
```

```elixir
defmodule Shop.Workers.Import do
  use Oban.Pro.Worker, queue: :shop, max_attempts: 3

  args_schema do
    embeds_one :range, Shop.Range
  end

  def enqueue(%Shop.Range{} = range), do: Oban.insert(new(%{range: range}))

  def process(%Oban.Job{args: %{range: range}}), do: Shop.Imports.run(range)
end
```

```elixir
defmodule Shop.Exports do
  def start(user), do: Oban.insert(Shop.Workers.Export.new(%{user: user}))

  def build(%Shop.User{} = user), do: Shop.Export.new(%{user: user})
end
```

```elixir
# lib/shop/workers/export.ex
defmodule Shop.Workers.Export do
  use Oban.Worker, queue: :shop, max_attempts: 3

  defmodule Query do
    @derive Jason.Encoder
    defstruct [:from, :to]
  end

  def perform(%Oban.Job{args: %{"query" => query}}), do: Shop.Exports.run(query)
end

# lib/shop/orders.ex
defmodule Shop.Orders do
  alias Shop.Workers.Export

  def export(%Export.Query{} = query), do: Oban.insert(Export.new(%{query: query}))
end
```
"""

from __future__ import annotations

from checker.model.args import arguments, each, plain_jobs
from checker.model.job import Jobs
from checker.model.shape import Alt, Struct, Value
from checker.rules.problem import WARNING, Problem
from checker.vocabulary import identifier_name

ID = "OB502"
NAME = "struct-in-args"
SEVERITY = WARNING

ENCODED = frozenset(("Date", "Time", "DateTime", "NaiveDateTime", "Decimal"))
# OB504: what has no encoder, whatever the project says.
NEVER_ENCODED = frozenset(("MapSet", "Range", "Regex", "Date.Range"))


def check_jobs(jobs: Jobs):
    for job in plain_jobs(jobs):
        name = _struct(job.args, jobs)
        if name is not None:
            yield Problem(
                job.args[0].origin.span or job.span,
                f"is {name}: the job gets a copy of it as plain JSON, if it can be encoded at all",
                "Give a map with its id, `%{id: ….id}`, and load it in `perform/1`",
                function=job.function,
            )
        for argument in arguments(job):
            name = _struct(argument.value, jobs)
            if name is not None:
                yield Problem(
                    argument.span,
                    f"puts {name} into the args: a copy as plain JSON, if it can be encoded at all",
                    f"Pass its id, `{_id_key(argument.key)}: ….id`, and load it in `perform/1`",
                    function=argument.function,
                )


def _id_key(key: str) -> str:
    return key if identifier_name(key) else f"{key}_id"


def _struct(value: Value, jobs: Jobs) -> str | None:
    """What a message calls the struct that a value is; None when it may be something else."""
    alts = each(value)
    if not alts or not all(_is_record(alt, jobs) for alt in alts):
        return None
    name = alts[0].shape.name
    return f"a `{name}` struct" if name else "a whole record"


def _is_record(alt: Alt, jobs: Jobs) -> bool:
    shape = alt.shape
    if not isinstance(shape, Struct):
        return False
    if shape.name is None:
        return (alt.origin.call or "").startswith("Repo.")
    if shape.name in ENCODED | NEVER_ENCODED | jobs.encoded:
        return False
    return jobs.around is None or not jobs.around.encodes(shape.name)

