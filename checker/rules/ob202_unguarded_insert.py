"""A retry inserts the row again.

## What it does

Reports `Repo.insert`, `insert!` and `insert_all` of a row built here, without
`on_conflict`, when nothing asks whether it is there and nothing deals with a
constraint.

## Why is this bad?

Oban runs a job at least once. When a later step fails, or the node dies before
the acknowledgement, the row is inserted twice; with a unique index the retry of
a success looks like a failure.

`unique:` on the worker, `max_attempts: 1`, a check before, a constraint in the
changeset and a rescued `Ecto.ConstraintError` are fine.

In Python it is `session.add` of a new object and `insert(…)` without `on_conflict_do_nothing`;
an `except IntegrityError` around it deals with the constraint.

## Invalid

```elixir
defmodule Shop.Workers.Visit do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, Visit}

  def perform(%Oban.Job{args: %{"user_id" => id, "path" => path}}) do
    Repo.insert!(%Visit{user_id: id, path: path}) # reported
    :ok
  end
end
```

```python
from oban import worker
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Base, engine


class Receipt(Base):
    __tablename__ = "receipts"


@worker(queue="orders", max_attempts=3)
class WriteReceipt:
    async def process(self, job):
        async with AsyncSession(engine) as session:
            session.add(Receipt(order_id=job.args["order_id"]))  # reported
            await session.commit()
```

```elixir
defmodule Shop.Workers.Forget do
  use Oban.Worker, queue: :shop, max_attempts: 3

  import Ecto.Query
  alias Shop.{Report, Repo, Visit}

  def perform(%Oban.Job{args: %{"day" => day}}) do
    old = from row in Visit, where: row.day == ^day
    Repo.delete_all(old)
    %Report{} |> Report.changeset(%{day: day, visits: Visit.count(day)}) |> Repo.insert!() # reported
    :ok
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Replace do
  use Oban.Worker, queue: :shop, max_attempts: 3

  import Ecto.Query
  alias Shop.{Report, Repo, Visit}

  def perform(%Oban.Job{args: %{"day" => day}}) do
    old = from row in Report, where: row.day == ^day
    Repo.delete_all(old)
    %Report{} |> Report.changeset(%{day: day, visits: Visit.count(day)}) |> Repo.insert!()
    :ok
  end
end
```

```elixir
defmodule Shop.Workers.Visit do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, Visit}

  def perform(%Oban.Job{args: %{"visit_id" => id, "path" => path}}) do
    Repo.insert!(%Visit{id: id, path: path}, on_conflict: :nothing, conflict_target: :id)
    :ok
  end
end
```

```elixir
defmodule Shop.Workers.Badge do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Badge, Repo}

  def perform(%Oban.Job{args: %{"user_id" => id}}) do
    case Repo.get_by(Badge, user_id: id) do
      nil -> Repo.insert(%Badge{user_id: id})
      badge -> {:ok, badge}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Elsewhere do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"user_id" => id}}) do
    changeset = Shop.Badges.build(id)
    Shop.Repo.insert(changeset)
  end
end
```

```python
from oban import worker
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Receipt, engine


@worker(queue="orders", max_attempts=3)
class WriteReceipt:
    async def process(self, job):
        row = insert(Receipt).values(order_id=job.args["order_id"]).on_conflict_do_nothing()

        async with AsyncSession(engine) as session:
            await session.execute(row)
            await session.commit()
```

```python
from oban import worker
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Receipt, engine


@worker(queue="orders", max_attempts=3)
class WriteReceipt:
    async def process(self, job):
        async with AsyncSession(engine) as session:
            try:
                session.add(Receipt(order_id=job.args["order_id"]))
                await session.commit()
            except IntegrityError:
                print("written before")


@worker(queue="orders", max_attempts=3)
class TouchReceipt:
    async def process(self, job):
        async with AsyncSession(engine) as session:
            receipt = await session.get(Receipt, job.args["id"])
            receipt.touched = True
            session.add(receipt)
            await session.commit()
```
"""

from __future__ import annotations

from checker.model.idempotency import at_most_once, decided, handled, is_unique
from checker.model.shape import Atom, Map, Seq, Struct, Unknown, Value
from checker.model.worker import Step, Worker
from checker.rules.problem import WARNING, Problem

ID = "OB202"
NAME = "unguarded-insert"
SEVERITY = WARNING

CONSTRAINTS = frozenset(("unique_constraint", "unsafe_validate_unique", "exclusion_constraint"))
BUILDERS = frozenset(("Kernel.struct", "Kernel.struct!", "Ecto.build_assoc"))
CONFLICTS = frozenset((
    "sqlalchemy.exc.IntegrityError", "psycopg.errors.UniqueViolation", "psycopg.IntegrityError",
    "asyncpg.UniqueViolationError", "asyncpg.exceptions.UniqueViolationError",
    "django.db.IntegrityError", "django.db.utils.IntegrityError", "builtins.Exception",
))  # fmt: skip
RESCUES = frozenset(("Ecto.ConstraintError", "Ecto.InvalidChangesetError", "*"))


def check(worker: Worker):
    if at_most_once(worker) or is_unique(worker):
        return
    for step in worker.steps:
        if not step.has("insert", "insert_all") or not step.args:
            continue
        if _may_settle_conflicts(step) or decided(step) or _deals_with_constraint(step):
            continue
        if _asked_for_rows(step) or _replaces(step):
            continue
        if _built_here(step) and not worker.mentions & CONSTRAINTS:
            yield Problem(
                step.span,
                "inserts the row again when the job is retried",
                "Add `on_conflict: :nothing, conflict_target: […]` (or look for the row first)",
                function=step.function,
            )


def _may_settle_conflicts(step: Step) -> bool:
    """`on_conflict:` is given, or options that cannot be read."""
    given = step.args[2:] if step.has("insert_all") else step.args[1:]
    return "on_conflict" in step.options or any(
        isinstance(alt.shape, Unknown) or (isinstance(alt.shape, Seq) and alt.shape.items is None)
        for value in given[-1:]
        for alt in value
    )


def _deals_with_constraint(step: Step) -> bool:
    if handled(step):
        return True
    return bool(step.contexts) and all(RESCUES & set(context.rescues) for context in step.contexts)


def _asked_for_rows(step: Step) -> bool:
    """What decided looked at rows of this kind: `tokens` before a `%Token{}` is inserted."""
    names = {_snake(name) for name in _schemas(step.args[0], 0)}
    return (
        bool(names)
        and bool(step.contexts)
        and all(
            any(
                any(name in word for name in names)
                for condition in context.conditions
                for word in condition.names
            )
            for context in step.contexts
        )
    )


def _schemas(value: Value, depth: int):
    for alt in value if depth < 4 else ():
        shape, built = alt.shape, alt.origin.step
        if isinstance(shape, Atom) and shape.name:
            yield shape.name.rpartition(".")[2]
        elif isinstance(shape, Struct) and shape.name and not shape.name.startswith("Ecto."):
            yield shape.name.rpartition(".")[2]
        elif alt.origin.on_new:
            yield alt.origin.call.split(".")[-2]
        if built is not None and built.args:
            yield from _schemas(built.args[0], depth + 1)


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def _replaces(step: Step) -> bool:
    """Rows were deleted before: of this kind, or in the same transaction."""
    kinds = set(_schemas(step.args[0], 0))
    return bool(step.contexts) and all(
        any(
            s.has("delete_all", "delete")
            and (context.transaction or not kinds.isdisjoint(_schemas(s.args[0], 0)))
            for s in context.before
            if s.args
        )
        for context in step.contexts
    )


def _built_here(step: Step) -> bool:
    """The row is made of a struct or map that this code writes down."""
    rows = step.args[1] if step.has("insert_all") and len(step.args) > 1 else step.args[0]
    return _is_new(rows, 0)


def _is_new(value: Value, depth: int) -> bool:
    if depth > 4 or not value:
        return False
    for alt in value:
        shape, built = alt.shape, alt.origin.step
        if isinstance(shape, Seq):
            if shape.element and _is_new(shape.element, depth + 1):
                continue
            return False
        if isinstance(shape, (Map, Struct)) and alt.origin.literal:
            continue
        if isinstance(shape, Struct) and alt.origin.call in BUILDERS:
            continue
        if isinstance(shape, Struct) and _changeset_of_new(alt, depth):
            continue
        if built is not None and built.args and _is_new(built.args[0], depth + 1):
            continue
        if isinstance(shape, Unknown) and _called_on_new(alt):
            continue
        return False
    return True


def _changeset_of_new(alt, depth: int) -> bool:
    data = alt.shape.fields.get(("atom", "data"))
    return data is not None and _is_new(data, depth + 1)


def _called_on_new(alt) -> bool:
    """`Visit.changeset(%Visit{}, params)`: a project call that was given a new struct."""
    return alt.origin.on_new


def check_python(worker: Worker):
    """`INSERT` without `ON CONFLICT`, of a row that is made here."""
    if at_most_once(worker):
        return
    for step in worker.steps:
        if not step.has("insert", "insert_all") or decided(step) or step.trail is not None:
            continue
        rescued = bool(step.contexts) and all(CONFLICTS & set(c.rescues) for c in step.contexts)
        if not rescued and _made_here(step):
            yield Problem(
                step.span,
                "inserts the row again when the job is retried",
                "Use `insert(…).on_conflict_do_nothing(…)`, or look for the row first",
                function=step.function,
            )


def _made_here(step: Step) -> bool:
    """An object that is made from values in this code, or the row of `insert(…)`."""
    value = step.args[1] if len(step.args) > 2 else step.args[0]
    return bool(value) and all(
        isinstance(alt.shape, Struct) and alt.origin.literal and alt.origin.handler is None
        for alt in value
    )
