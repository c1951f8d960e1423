"""An option of `new/2` that Oban does not know: the job is never inserted.

## What it does

Reports options such as `delay:`, `run_at:`, `retries:` and `timeout:` where a job is built.

## Why is this bad?

An unknown option makes the changeset invalid: `Oban.insert` answers `{:error, changeset}`,
`Oban.insert!` and `Oban.insert_all` raise (oban 2.23.1, lib/oban/job.ex, `validate_keys/3`).
`scheduled_in:` is known from 2.24 on, before that it is `schedule_in:`.

## Invalid

```elixir
defmodule Shop.Carts do
  alias Shop.Workers.Expire

  def expire_tomorrow(cart) do
    Oban.insert(Expire.new(%{cart_id: cart.id}, delay: 86_400)) # reported
  end

  def expire_at(cart, at) do
    %{cart_id: cart.id}
    |> Expire.new(
      queue: :slow,
      run_at: at # reported
    )
    |> Oban.insert()
  end
end

defmodule Shop.Workers.Expire do
  use Oban.Worker, queue: :carts, max_attempts: 3

  def perform(%Oban.Job{args: %{"cart_id" => id}}), do: Shop.Carts.expire(id)
end
```

```elixir
defmodule Shop.Workers.Poll do
  use Oban.Worker, queue: :polls, max_attempts: 3

  def start(id), do: Oban.insert(new(%{id: id}, max_attempt: 5)) # reported

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Polls.run(id)
end
```

## Valid

```elixir
defmodule Shop.Carts do
  alias Shop.Workers.Expire

  def expire(cart, at) do
    Oban.insert(
      Expire.new(%{cart_id: cart.id, delay: 5},
        scheduled_at: at,
        priority: 1,
        tags: ["cart"],
        meta: %{timeout: 5},
        replace: [scheduled: [:scheduled_at]],
        unique: [period: 60]
      )
    )
  end
end

defmodule Shop.Workers.Expire do
  use Oban.Worker, queue: :carts, max_attempts: 3

  def perform(%Oban.Job{args: %{"cart_id" => id}}), do: Shop.Carts.expire(id)
end
```

```elixir
defmodule Shop.Sync do
  def start(id), do: Oban.insert(Shop.Workers.Pull.new(%{id: id}, deadline: {1, :hour}))
end

defmodule Shop.Workers.Pull do
  use Oban.Pro.Worker, queue: :sync, max_attempts: 3

  def process(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.pull(id)
end
```

```elixir
defmodule Shop.Mails do
  def later(id), do: Oban.insert(Shop.Workers.Send.new(%{id: id}, delay: 60))
end

defmodule Shop.Workers.Send do
  use Oban.Worker, queue: :mailers, max_attempts: 3

  def new(args, options) do
    super(args, schedule_in: Keyword.get(options, :delay, 0))
  end

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Mails.send_out(id)
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs, NewJob
from checker.rules.problem import ERROR, Problem

ID = "OB608"
NAME = "job-option-unknown"
SEVERITY = ERROR

KNOWN = frozenset("""
    args attempt attempted_by attempted_at completed_at discarded_at cancelled_at errors
    inserted_at max_attempts meta priority queue scheduled_at state tags worker
    replace replace_args schedule_in unique
""".split())  # fmt: skip
NEWER = {"scheduled_in": (2, 24)}
REFUSED_SINCE = (2, 13)  # before, what is unknown was left out
DELAYS = frozenset("delay in wait wait_for perform_in run_in enqueue_in after".split())
TIMES = frozenset("at run_at perform_at schedule_at wait_until not_before start_at".split())
ATTEMPTS = frozenset("retry retries max_retries attempts tries".split())
CALLBACKS = frozenset(("timeout", "backoff"))
UNIQUE = frozenset(("period", "keys", "fields", "states", "timestamp"))


def check_jobs(jobs: Jobs):
    for job in jobs.built:
        if not _takes_obans_options(job):
            continue
        known = KNOWN | {name for name, since in NEWER.items() if job.worker.version >= since}
        for name, option in job.options.items():
            if name not in known:
                newer = NEWER.get(name)
                since = f" before {newer[0]}.{newer[1]}" if newer else ""
                yield Problem(
                    option.span,
                    f"is no option of a job{since}, which is invalid with it: it is not inserted",
                    _help(name),
                    function=job.function,
                )


def _takes_obans_options(job: NewJob) -> bool:
    """Whether it is `new/2` of Oban itself: Pro, wrappers and workers have their own."""
    worker = job.worker
    if worker is None or worker.pro or worker.wrapper is not None or job.elsewhere:
        return False
    own = worker.callbacks & {"new/1", "new/2"}
    return not own and worker.version >= REFUSED_SINCE


def _help(name: str) -> str:
    from difflib import get_close_matches  # rarely needed, slow to load

    if name in DELAYS or name in NEWER:
        return "Replace it with `schedule_in:`, in seconds"
    if name in TIMES:
        return "Replace it with `scheduled_at:`, a `DateTime`"
    if name in ATTEMPTS:
        return "Replace it with `max_attempts:`"
    if name in CALLBACKS:
        return f"Define `{name}/1` in the worker"
    if name in UNIQUE:
        return f"Move it into `unique: [{name}: …]`"
    close = get_close_matches(name, sorted(KNOWN), 1)
    return f"Replace it with `{close[0]}:`" if close else "Remove it, or put it into `meta:`"
