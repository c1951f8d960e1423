"""A delay that Oban refuses, or that is a thousand times longer than meant.

## What it does

Reports `schedule_in:` (and `scheduled_in:`) with milliseconds where seconds are meant, a
string, a float, a date, an unknown unit.

## Why is this bad?

The delay is a whole number of seconds, or `{n, unit}` with a unit from `:second` to `:week`
(`:month` from oban 2.24). `:timer.minutes(5)` is 300,000 seconds: the job runs in three and a
half days. Anything else makes the changeset invalid, and `Oban.insert` answers
`{:error, changeset}` (oban 2.23.1, lib/oban/job.ex, `put_scheduling/2`).

In Python a number is seconds and a `timedelta` is taken; a text and a moment raise.

## Invalid

```elixir
defmodule Shop.Carts do
  alias Shop.Workers.Expire

  def expire_later(cart) do
    %{cart_id: cart.id}
    |> Expire.new(schedule_in: :timer.minutes(5)) # reported
    |> Oban.insert()
  end

  def expire_at(cart, at) do
    Oban.insert(Expire.new(%{cart_id: cart.id}, schedule_in: DateTime.add(at, 60))) # reported
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

  def start(id) do
    %{id: id} |> new(schedule_in: {5, :mins}) |> Oban.insert() # reported
  end

  def restart(id) do
    %{id: id} |> new(scheduled_in: "60") |> Oban.insert!() # reported
  end

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Polls.run(id)
end
```

```python
from datetime import UTC, datetime

from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


async def sign_up(user):
    await SendMail.enqueue({"to": user.email}, scheduled_in="5m")  # reported
    await SendMail.enqueue({"to": user.email}, scheduled_in=datetime.now(UTC))  # reported
```

## Valid

```elixir
defmodule Shop.Carts do
  alias Shop.Workers.Expire

  @grace 300

  def expire_later(cart, seconds) do
    Oban.insert!(Expire.new(%{cart_id: cart.id}, schedule_in: @grace))
    Oban.insert!(Expire.new(%{cart_id: cart.id}, schedule_in: {5, :minutes}))
    Oban.insert!(Expire.new(%{cart_id: cart.id}, schedule_in: seconds))
  end

  def expire_soon(cart) do
    Oban.insert(Expire.new(%{cart_id: cart.id}, schedule_in: div(:timer.minutes(5), 1000)))
  end
end

defmodule Shop.Workers.Expire do
  use Oban.Worker, queue: :carts, max_attempts: 3

  def perform(%Oban.Job{args: %{"cart_id" => id}}), do: Shop.Carts.expire(id)
end
```

```elixir
defmodule Shop.Carts do
  alias Shop.Workers.Expire

  def expire_at(cart, at) do
    Oban.insert(Expire.new(%{cart_id: cart.id}, scheduled_at: DateTime.add(at, 60)))
  end

  def expire(cart, delay \\\\ nil) do
    Oban.insert(Expire.new(%{cart_id: cart.id}, schedule_in: delay || -5))
  end
end
```

```elixir
defmodule Shop.Timers do
  def start(pid), do: Process.send_after(pid, :tick, :timer.minutes(5))
  def plan(plan), do: Shop.Plan.new(plan, schedule_in: :timer.minutes(5))
end
```

```python
from datetime import timedelta

from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


async def sign_up(user):
    await SendMail.enqueue({"to": user.email}, scheduled_in=300)
    await SendMail.enqueue({"to": user.email}, scheduled_in=timedelta(minutes=5))
```

```python
from oban import job

from shop.mail import schedule


@job(queue="mail", max_attempts=3)
async def remind(to: str, scheduled_in: str = "soon"):
    print(to, scheduled_in)


async def sign_up(user):
    await remind.enqueue(user.email, scheduled_in="tomorrow")
    schedule(user.email, scheduled_in="5m")
```
"""

from __future__ import annotations

from checker.model.duration import in_milliseconds
from checker.model.job import Jobs
from checker.model.outcome import LATEST, period
from checker.model.shape import Alt, Float, Int, Struct, Text, Tup, Value, only
from checker.model.worker import Option
from checker.rules.problem import ERROR, Problem

ID = "OB607"
NAME = "schedule-unit"
SEVERITY = ERROR

OPTIONS = ("schedule_in", "scheduled_in")
MILLISECONDS = {":timer.minutes": (60_000, "minute"), ":timer.hours": (3_600_000, "hour")}
WITH_UNITS = (2, 8)  # `{5, :minutes}`


def check_jobs(jobs: Jobs):
    for job in jobs.built:
        version = job.worker.version if job.worker is not None else LATEST
        options = [job.options[name] for name in OPTIONS if name in job.options]
        for option in () if job.elsewhere else options:
            if in_milliseconds(option.value):
                yield _milliseconds(option, job.function, version)
            elif _is_refused(option.value, version):
                yield Problem(
                    option.span,
                    f"is no delay that Oban {version[0]}.{version[1]} knows:"
                    " the job is invalid and is not inserted",
                    _help(option, version),
                    function=job.function,
                )


def _is_refused(value: Value, version: tuple) -> bool:
    """Whether every way the delay is one that is not taken; a negative one is due at once."""
    shape = only(value)
    if isinstance(shape, (Text, Float, Struct)):
        return True
    return isinstance(shape, Tup) and period(value, version) is False


def _help(option: Option, version: tuple) -> str:
    if isinstance(only(option.value), Struct):
        return "Replace it with `scheduled_at:`, which takes a `DateTime`"
    return _in_seconds(option, version)


def _in_seconds(option: Option, version: tuple) -> str:
    unit = f", or a unit, `{option.name}: {{5, :minutes}}`" if version >= WITH_UNITS else ""
    return f"Give whole seconds, `{option.name}: 300`{unit}"


def _milliseconds(option: Option, function: str, version: tuple) -> Problem:
    units = MILLISECONDS if version >= WITH_UNITS else {}
    edits = [
        (alt.origin.span, text) for alt in option.value if (text := _fixed(alt, option, units))
    ]
    help = _in_seconds(option, version)
    if len(edits) == 1:
        help = f"Replace it with `{option.name}: {edits[0][1]}`"
    shape = only(option.value)
    number = shape.value if isinstance(shape, Int) else None
    length = f": {number // 3600} hours" if number is not None else ""
    return Problem(
        option.span,
        f"gives milliseconds where Oban reads seconds{length}",
        help,
        function=function,
        edits=tuple(edits),
        safe=True,
    )


def _fixed(alt: Alt, option: Option, units: dict) -> str | None:
    """The same length in seconds or with its unit, where it stands in the option itself."""
    place, shape = alt.origin.span, alt.shape
    inside = place is not None and option.span[0] <= place[0] and place[1] <= option.span[1]
    if not inside or not isinstance(shape, Int) or shape.value is None:
        return None
    size, unit = units.get(alt.origin.call, (1000, ""))
    count, rest = divmod(shape.value, size)
    if rest:
        return None
    if unit:
        return f"{{{count}, :{unit}{'s' if count != 1 else ''}}}"
    return str(count)


def check_python_jobs(jobs: Jobs):
    """Numbers are seconds, a `timedelta` is taken; a moment belongs to `scheduled_at`."""
    for job in jobs.built:
        for name in OPTIONS:
            option = job.options.get(name)
            shape = only(option.value) if option is not None and not job.elsewhere else None
            if isinstance(shape, Struct) and shape.name == "datetime.datetime":
                yield Problem(
                    option.span,
                    "is a moment where a delay is asked for: enqueuing raises",
                    "Give it to `scheduled_at=`",
                    function=job.function,
                )
            elif isinstance(shape, Text):
                yield Problem(
                    option.span,
                    "is a text where a delay is asked for: enqueuing raises",
                    f"Give seconds or a `timedelta`: `{name}=300`",
                    function=job.function,
                )
