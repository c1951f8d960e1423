"""An HTTP answer counts as success whatever its status.

## What it does

Reports the answer of an HTTP client (Req, Finch, HTTPoison, Tesla …) that ends a
job in success without its status being looked at.

## Why is this bad?

These clients give `{:ok, response}` for every status. A 500 completes the job,
and the request is never tried again; a 404 page is stored as if it were data.

It is a warning when the request writes, and when the answer is returned as it
is; for a read it is advice. Clients told to raise (`http_errors: :raise`), and
answers handed to a function that cannot be followed, are left alone.

In Python `raise_for_status()` is looking at it, and so is asking for `status_code` or `ok`.

## Invalid

```elixir
defmodule Shop.Workers.Hook do
  use Oban.Worker, queue: :hooks, max_attempts: 3, unique: [keys: [:id], period: 60]

  def perform(%Oban.Job{args: %{"url" => url, "body" => body}}) do
    case HTTPoison.post(url, body, []) do
      {:ok, _response} -> :ok # reported
      {:error, %HTTPoison.Error{reason: reason}} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Ping do
  use Oban.Worker, queue: :hooks, max_attempts: 3, unique: true

  def perform(%Oban.Job{args: %{"url" => url}}) do
    Req.post(url, json: %{ping: true}) # reported
  end
end
```

```python
import httpx
from oban import worker


@worker(queue="web", max_attempts=3)
class PutContact:
    def timeout(self, job):
        return 60

    async def process(self, job):
        async with httpx.AsyncClient(timeout=10) as client:
            response = await client.put("https://crm.example/", json=job.args)  # reported
            print(response.text)
```

## Valid

```elixir
defmodule Shop.Workers.Hook do
  use Oban.Worker, queue: :hooks, max_attempts: 3, unique: [keys: [:id], period: 60]

  def perform(%Oban.Job{args: %{"url" => url, "body" => body}}) do
    case HTTPoison.post(url, body, []) do
      {:ok, %{status_code: code}} when code in 200..299 -> :ok
      {:ok, %{status_code: code}} -> {:error, {:http, code}}
      {:error, %HTTPoison.Error{reason: reason}} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Handled do
  use Oban.Worker, queue: :hooks, max_attempts: 3, unique: true

  def perform(%Oban.Job{args: %{"url" => url}}) do
    with {:ok, response} <- Req.post(url, json: %{ping: true}), do: handle(response)
  end

  defp handle(%{status: status}) when status in 200..299, do: :ok
  defp handle(%{status: status}), do: {:error, {:http, status}}
end
```

```elixir
defmodule Shop.Workers.Elsewhere do
  use Oban.Worker, queue: :hooks, max_attempts: 3, unique: true

  def perform(%Oban.Job{args: %{"url" => url}}) do
    with {:ok, response} <- Req.get(url), do: Shop.Pages.handle(response)
  end
end
```

```python
import httpx
from oban import worker


@worker(queue="web", max_attempts=3)
class PutContact:
    def timeout(self, job):
        return 60

    async def process(self, job):
        async with httpx.AsyncClient(timeout=10) as client:
            response = await client.put("https://crm.example/", json=job.args)
            response.raise_for_status()
```

```python
import httpx
from oban import Cancel, worker

from shop.crm import checked


@worker(queue="web", max_attempts=3)
class PutContact:
    def timeout(self, job):
        return 60

    async def process(self, job):
        async with httpx.AsyncClient(timeout=10) as client:
            response = await client.put("https://crm.example/", json=job.args)

            if response.status_code == 404:
                return Cancel("gone")

            checked(await client.get("https://crm.example/"))
```

```python
import aiohttp
from oban import worker


@worker(queue="web", max_attempts=3)
class DropContact:
    def timeout(self, job):
        return 60

    async def process(self, job):
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            async with session.delete(job.args["url"]) as response:
                await response.read()
```
"""

from __future__ import annotations

from checker.model.idempotency import client_unknown, http_method, named_arguments
from checker.model.outcome import COMPLETED, UNKNOWN
from checker.model.shape import Tup, Value, only_atom
from checker.model.worker import Step, Worker
from checker.rules.problem import ADVICE, WARNING, Problem

ID = "OB113"
NAME = "unchecked-status"
SEVERITY = ADVICE

STATUS = frozenset(("status", "status_code"))
READS = frozenset(("get", "head", "options", None))
HELP = (
    "Match on the status: 2xx completes, 408, 429 and 5xx are `{:error, {:http, status}}`, other"
    " 4xx are `{:cancel, {:http, status}}`"
)


def check(worker: Worker):
    completing = {
        id(o.origin.step)
        for o in worker.outcomes
        if o.kind == COMPLETED and o.origin.step is not None
    }
    completes = any(o.kind in (COMPLETED, UNKNOWN) for o in worker.outcomes)
    for step in worker.steps:
        if not step.has("http") or STATUS & step.reads or _raises(step) or client_unknown(step):
            continue
        if id(step) in completing and _returned(step, worker):
            yield _problem(step, step.span, WARNING, "is returned for every status, 500 included,"
                           " and completes the job")  # fmt: skip
        elif completes and not step.escapes:
            place = _success(step)
            if place is not None:
                writes = http_method(step) not in READS
                yield _problem(
                    step,
                    place,
                    WARNING if writes else ADVICE,
                    "takes the answer of `" + step.call + "` for a success whatever its status",
                )


def _problem(step: Step, span, severity: str, message: str) -> Problem:
    return Problem(span, message, HELP, severity, step.function)


def _raises(step: Step) -> bool:
    """Told to raise for a bad status, here or where its request or client was made."""
    return any(
        name == "http_errors" and only_atom(value) == "raise"
        for name, value in named_arguments(step)
    )


def _returned(step: Step, worker: Worker) -> bool:
    """The answer itself is the job's result, not something made of it."""
    return any(
        alt.origin.step is step
        and alt.origin.span == step.span
        or (alt.origin.step is step and alt.origin.implicit == "with")
        for alt in worker.outcome
        if _is_success(alt.shape)
    )


def _is_success(shape) -> bool:
    return isinstance(shape, Tup) and shape.head == "ok"


def _success(step: Step):
    """Where the successful answer is taken without a look at its status."""
    for match in step.matches:
        if match.failing or (match.specific and not step.answers_struct):
            continue
        if _takes_answer(match.value):
            return match.span
    return step.span if step.reads else None


def _takes_answer(value: Value) -> bool:
    for alt in value:
        shape = alt.shape
        if _is_success(shape):
            return True
        if isinstance(shape, Tup):
            if any(_is_success(inner.shape) for item in shape.items for inner in item):
                return True
    return False


def _told_to_raise(step: Step) -> bool:
    """Whether the call, or the client that it is made with, asks for bad answers to be raised."""
    client = step.args[0][0].origin.step if step.args and step.args[0] else None
    return any("raise_for_status" in each.options for each in (step, client) if each is not None)


def check_python(worker: Worker):
    """An answer that nothing asks for its status; `raise_for_status` is asking."""
    completes = any(o.kind in (COMPLETED, UNKNOWN) for o in worker.outcomes)
    for step in worker.steps:
        if not step.has("http") or "status" in step.reads or step.escapes or not completes:
            continue
        if step.trail is not None or _told_to_raise(step):
            continue
        writes = http_method(step) not in READS
        yield Problem(
            step.span,
            "takes any answer for a success, 500 included",
            "Call `raise_for_status()` on it, or look at its status",
            WARNING if writes and step.bound else ADVICE,
            step.function,
        )
