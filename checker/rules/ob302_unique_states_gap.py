"""`states:` leaves a gap through which duplicates come in.

## What it does

Reports an explicit list of `states:` without any state that a job is inserted in, with
`:scheduled` and not `:available` (or the other way round), and one that leaves out
`:executing` or `:retryable` while it has the states around it.

It is advice where `:executing` alone is missing: then one job may wait while another runs,
which is right if the one that waits must see what changed meanwhile.

A group (`:incomplete`), `[:scheduled]` alone, and a list that only lacks `:suspended` are fine.
So is one without `:executing` in a worker that enqueues itself, and without `:retryable` where
nothing is retried.

## Why is this bad?

A job is compared with those whose state is in the list (oban 2.23.1,
lib/oban/engines/basic.ex). While the first one is in a state that is missing, a second
one is taken; both run. With `[:completed]` two jobs that are inserted one after the other are
both taken (measured). Oban warns of this at compile time since 2.23 (`warn_unique`,
lib/oban/job.ex), but not at `new/2`.

Groups exist since Oban 2.20; before, list the states.

## Invalid

```elixir
defmodule Shop.Workers.Pull do
  use Oban.Worker,
    queue: :sync,
    max_attempts: 5,
    unique: [period: 600, states: [:available, :scheduled, :executing]] # reported

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.pull(id)
end
```

```elixir
defmodule Shop.Workers.Push do
  use Oban.Worker,
    queue: :sync,
    max_attempts: 5,
    unique: [
      period: {10, :minutes},
      states: ~w(executing completed)a # reported
    ]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.push(id)

  def later(id) do
    %{id: id}
    |> new(schedule_in: 60, unique: [period: 60, states: [:available, :executing, :retryable]]) # reported
    |> Oban.insert()
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Incomplete do
  use Oban.Worker, queue: :sync, max_attempts: 5, unique: [period: 600, states: :incomplete]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.pull(id)
end
```

```elixir
defmodule Shop.Workers.Computed do
  use Oban.Worker,
    queue: :sync,
    max_attempts: 5,
    unique: [period: 600, states: Oban.Job.states() -- [:retryable]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.pull(id)
end
```

```elixir
defmodule Shop.Workers.Debounced do
  use Oban.Worker, queue: :sync, max_attempts: 5, unique: [period: 600, states: [:scheduled]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.pull(id)
end
```

```elixir
defmodule Shop.Workers.Chain do
  @states [:suspended, :available, :scheduled, :retryable]
  use Oban.Worker, queue: :sync, max_attempts: 5, unique: [period: :infinity, states: @states]

  def perform(%Oban.Job{args: %{"page" => page}}) do
    case Shop.Sync.page(page) do
      :last -> :ok
      :more -> Oban.insert(new(%{page: page + 1}))
    end
  end
end
```

```elixir
defmodule Shop.Workers.Once do
  @states [:available, :scheduled, :executing]
  use Oban.Worker, queue: :sync, max_attempts: 1, unique: [period: 600, states: @states]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.pull(id)
end
```

```elixir
defmodule Shop.Workers.Cancels do
  @states [:available, :scheduled, :executing]
  use Oban.Worker, queue: :sync, max_attempts: 5, unique: [period: 600, states: @states]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Sync.pull(id) do
      :ok -> :ok
      {:error, reason} -> {:cancel, reason}
    end
  end
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.model.outcome import CANCELLED, DISCARDED, RETRIED
from checker.model.shape import Int, Value, only
from checker.model.uniqueness import (
    GROUPS,
    HAS_GROUPS,
    INCOMPLETE,
    INSERTED,
    Unique,
    atoms,
    members,
    of_worker,
    states_known,
    unique_jobs,
)
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, WARNING, Problem

ID = "OB302"
NAME = "unique-states-gap"
SEVERITY = WARNING

WIDER = ("incomplete", "successful", "all")
DEBOUNCED = frozenset(("scheduled",))
LATER = frozenset(("retryable", "completed", "cancelled", "discarded"))  # than executing
LISTED = ("available", "scheduled", "executing", "retryable", "completed", "cancelled", "discarded")


def check(worker: Worker):
    unique = of_worker(worker)
    if unique is not None:
        yield from _problems(unique, worker, only_once(worker.option("max_attempts")), "")


def check_jobs(jobs: Jobs):
    for job, unique in unique_jobs(jobs):
        given = job.options.get("max_attempts")
        once = only_once(given.value if given is not None else None)
        yield from _problems(unique, job.worker, once, job.function)


def _problems(unique: Unique, worker: Worker | None, once: bool, function: str):
    given = unique.entries.get("states")
    states = atoms(given.value) if given is not None else None
    if not states or not states <= states_known(unique.version):
        return
    message = _gap(states, worker, once)
    if message:
        may_wait = "executing" not in states and states | {"suspended", "executing"} == INCOMPLETE
        text = _mended(states, unique.version)
        place = _literal(given.value)
        grouped = unique.version >= HAS_GROUPS
        yield Problem(
            given.span,
            message,
            f"Replace it with `states: {text}`",
            severity=ADVICE if may_wait else WARNING,
            function=function,
            edits=((place, text),) if grouped and place is not None else (),
            safe=not may_wait,
        )


def _gap(states: frozenset[str], worker: Worker | None, once: bool) -> str | None:
    """What comes in that should not; nothing where the worker may have a reason."""
    if not states & INSERTED:
        return "has no state that a job is inserted in: duplicates come in until the first one runs"
    if states == DEBOUNCED:
        return None
    for lacking, other in (("available", "scheduled"), ("scheduled", "available")):
        if other in states and lacking not in states:
            return f"lacks `:{lacking}`: a duplicate comes in while the first one is {lacking}"
    if worker is None or "available" not in states:
        return None
    if "executing" not in states and states & LATER and not _continues(worker):
        return "lacks `:executing`: a duplicate comes in while the first one runs"
    if "retryable" not in states and "executing" in states and not (once or _never_retries(worker)):
        return "lacks `:retryable`: a duplicate comes in while the first one waits for its retry"
    return None


def only_once(given: Value | None) -> bool:
    """Whether `max_attempts` is 1."""
    shape = only(given or ())
    return isinstance(shape, Int) and shape.value == 1


def _continues(worker: Worker) -> bool:
    """Whether perform builds the next job of its own worker."""
    return any(step.call == f"{worker.name}.new" for step in worker.steps)


def _never_retries(worker: Worker) -> bool:
    """Whether `max_attempts` is 1, or what fails is cancelled as far as that is known."""
    if only_once(worker.option("max_attempts")):
        return True
    kinds = {outcome.kind for outcome in worker.outcomes}
    return RETRIED not in kinds and bool(kinds & {CANCELLED, DISCARDED})


def _mended(states: frozenset[str], version: tuple) -> str:
    """The smallest group that has all of these; in old versions its states."""
    group = next(name for name in WIDER if states <= GROUPS[name])
    if version >= HAS_GROUPS:
        return f":{group}"
    return f"[{', '.join(f':{state}' for state in LISTED if state in GROUPS[group])}]"


def _literal(value: Value):
    """The place of the list where it is written out there, None when it stands elsewhere."""
    place = value[0].origin.span
    held = [alt.origin.span for alt in members(value) or ()]
    if place is None or any(span is None for span in held):
        return None
    return place if all(place[0] <= s[0] and s[1] <= place[1] for s in held) else None
