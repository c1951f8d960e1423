"""A value that Oban refuses for `unique:`.

## What it does

Reports an unknown option, field, state, group or timestamp, a period that is not a positive
integer, `{n, unit}` or `:infinity`, an empty list, and anything but a boolean or a keyword
list.

## Why is this bad?

At `use` the module does not compile; at `new/2` the changeset is invalid, so the insert fails
(`validate_unique`, oban 2.23.1, lib/oban/job.ex; measured one by one). Groups of states such
as `:incomplete` exist since Oban 2.20, `:suspended` since 2.21, months since 2.24.

## Invalid

```elixir
defmodule Shop.Workers.Daily do
  use Oban.Worker,
    queue: :rank,
    max_attempts: 3,
    unique: [
      period: {1, :fortnight}, # reported
      scope: :worker, # reported
      states: [:available, :scheduled, :running, :retryable], # reported
      fields: [:worker, :priority], # reported
      timestamp: :updated_at # reported
    ]

  def perform(%Oban.Job{args: %{"board" => board}}), do: Shop.Boards.close(board)
end
```

```elixir
defmodule Shop.Workers.Weekly do
  use Oban.Worker, queue: :rank, max_attempts: 3, unique: [period: -1] # reported

  def perform(%Oban.Job{args: %{"board" => board}}), do: Shop.Boards.close(board)

  def enqueue(board) do
    %{board: board}
    |> new(unique: [period: 60, states: :pending]) # reported
    |> Oban.insert()
  end
end
```

```elixir
defmodule Shop.Workers.Number do
  use Oban.Worker, queue: :rank, max_attempts: 3, unique: 60 # reported

  def perform(%Oban.Job{args: %{"board" => board}}), do: Shop.Boards.close(board)
end
```

## Valid

```elixir
defmodule Shop.Workers.Daily do
  use Oban.Worker,
    queue: :rank,
    max_attempts: 3,
    unique: [
      period: {1, :day},
      states: ~w(available scheduled executing retryable)a,
      fields: [:worker, :args],
      keys: [:board],
      timestamp: :scheduled_at
    ]

  def perform(%Oban.Job{args: %{"board" => board}}), do: Shop.Boards.close(board)

  def enqueue(board), do: Oban.insert(new(%{board: board}, unique: nil))
end
```

```elixir
defmodule Shop.Workers.Computed do
  @period Application.compile_env(:shop, :period, 60)
  use Oban.Worker, queue: :rank, max_attempts: 3, unique: [period: @period, states: :successful]

  def perform(%Oban.Job{args: %{"board" => board}}), do: Shop.Boards.close(board)
end
```

```elixir
defmodule Shop.Workers.Off do
  use Oban.Worker, queue: :rank, max_attempts: 3, unique: false

  def perform(%Oban.Job{args: %{"board" => board}}), do: Shop.Boards.close(board)
end
```

```elixir
defmodule Shop.Workers.Wrapped do
  use Shop.Worker, queue: :rank, unique: :board

  def perform(%Oban.Job{args: %{"board" => board}}), do: Shop.Boards.close(board)
end
```
"""

from __future__ import annotations

from checker.model.duration import in_milliseconds, is_forever, seconds
from checker.model.job import Jobs
from checker.model.outcome import period
from checker.model.shape import Atom, Seq, Text, Unknown, Value, only
from checker.model.uniqueness import (
    FIELDS,
    GROUPS,
    HAS_GROUPS,
    HAS_SUSPENDED,
    NAMES,
    TIMESTAMPS,
    Unique,
    atoms,
    members,
    of_worker,
    states_known,
    unique_jobs,
)
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem
from checker.vocabulary import misspelt

ID = "OB306"
NAME = "unique-option-invalid"
SEVERITY = ERROR
IN_TESTS = True

SWITCHES = frozenset(("true", "false"))


def check(worker: Worker):
    unique = of_worker(worker)
    if unique is None or worker.wrapper is not None:
        return
    effect = "the module does not compile"
    if not _is_refused(unique.value, SWITCHES):
        yield from _problems(unique, effect, "", strange=not worker.pro)
    else:
        yield _refused(unique, effect, "")


def check_jobs(jobs: Jobs):
    for job, unique in unique_jobs(jobs):
        effect = "the insert fails"
        strange = not (jobs.pro or job.worker is not None and job.worker.pro)
        if not _is_refused(unique.value, SWITCHES | {"nil"}):
            yield from _problems(unique, effect, job.function, strange)
        else:
            yield _refused(unique, effect, job.function)


def _is_refused(value: Value, switches: frozenset) -> bool:
    """Whether the whole is neither a switch nor a list that holds anything."""
    shape = only(value)
    if isinstance(shape, Atom):
        return shape.name is not None and shape.name not in switches
    if isinstance(shape, Seq):
        return shape.items == () or any(isinstance(only(i), Atom) for i in shape.items or ())
    return shape is not None and not isinstance(shape, Unknown)


def _refused(unique: Unique, effect: str, function: str) -> Problem:
    return Problem(
        unique.span,
        f"is neither a boolean nor a list of options, so {effect}",
        "Write `unique: true`, or say what is compared: `unique: [period: 60]`",
        function=function,
    )


def _problems(unique: Unique, effect: str, function: str, strange: bool):
    """What is wrong with each entry; `strange` names are only Oban Pro's."""
    for name, option in unique.entries.items():
        if name in NAMES:
            found = CHECKS[name](option.value, unique.version)
        elif strange:
            found = "is no option of `unique`", _instead(name, NAMES)
        else:
            found = None
        if found is not None:
            wrong, help = found
            yield Problem(option.span, f"{wrong}, so {effect}", help, function=function)


def _period(value: Value, version: tuple) -> tuple[str, str] | None:
    if is_forever(value) or in_milliseconds(value):
        return None
    if period(value, version) is not False and seconds(value) != 0:
        return None
    return (
        "is neither a positive integer nor `{n, unit}` with a unit that Oban "
        f"{version[0]}.{version[1]} knows",
        "Give seconds, `period: 300`, or a unit, `period: {5, :minutes}`",
    )


def _fields(value: Value, version: tuple) -> tuple[str, str] | None:
    return _names(value, FIELDS, "field", "fields: [:worker, :args]")


def _keys(value: Value, version: tuple) -> tuple[str, str] | None:
    held = members(value)
    shape = only(value)
    if held is None and (shape is None or isinstance(shape, (Unknown, Seq))):
        return None
    if held is not None and all(isinstance(a.shape, (Atom, Text, Unknown)) for a in held):
        return None
    return "is no list of atoms", "List the keys as atoms: `keys: [:id]`"


def _states(value: Value, version: tuple) -> tuple[str, str] | None:
    shape = only(value)
    if isinstance(shape, Atom) and shape.name in GROUPS and version < HAS_GROUPS:
        return (
            "names a group of states, which exist since Oban 2.20",
            "List the states: `states: [:available, :scheduled, :executing, :retryable]`",
        )
    if isinstance(shape, Atom):
        if shape.name is None or shape.name in GROUPS:
            return None
        return f"is no group of states: {_listed(GROUPS)}", _instead(shape.name, frozenset(GROUPS))
    if version < HAS_SUSPENDED and "suspended" in (atoms(value) or ()):
        return "holds `:suspended`, a state since Oban 2.21", "Leave it out"
    return _names(value, states_known(version), "state", "states: :incomplete")


def _timestamp(value: Value, version: tuple) -> tuple[str, str] | None:
    shape = only(value)
    if shape is None or isinstance(shape, Unknown) or shape == Atom(None):
        return None
    if isinstance(shape, Atom) and shape.name in TIMESTAMPS:
        return None
    return "is no timestamp that Oban compares", "Write `timestamp: :scheduled_at`, or leave it out"


def _names(value: Value, known: frozenset, kind: str, example: str) -> tuple[str, str] | None:
    """What is wrong with a list of names."""
    held = members(value)
    shape = only(value)
    if held is None:
        if shape is None or isinstance(shape, (Unknown, Seq)):
            return None
        return f"is no list of {kind}s", f"Write a list: `{example}`"
    if not held:
        return f"is an empty list of {kind}s", f"Leave it out, or write `{example}`"
    for alt in held:
        if isinstance(alt.shape, Text):
            return f"holds a string, which is no {kind}", f"Write atoms: `{example}`"
        if isinstance(alt.shape, Atom) and alt.shape.name and alt.shape.name not in known:
            return f"holds `:{alt.shape.name}`, which is no {kind}", _instead(alt.shape.name, known)
    return None


def _instead(name: str, known: frozenset) -> str:
    meant = [other for other in sorted(known) if misspelt(name, other)]
    return f"Replace it with `{meant[0]}`" if meant else f"Use one of {_listed(known)}"


def _listed(names) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


CHECKS = {
    "period": _period,
    "fields": _fields,
    "keys": _keys,
    "states": _states,
    "timestamp": _timestamp,
}
