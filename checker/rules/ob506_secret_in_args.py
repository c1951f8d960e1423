"""Args are stored and shown in plain text: a secret in them is one no more.

## What it does

Reports args whose name says that they hold a secret: `password`, `token`, `secret`,
`api_key`, `ssn`, `card_number` and the like.

## Why is this bad?

Args lie in `oban_jobs` as plain JSON until the job is pruned, and in every backup. Oban Web
shows them, error reporters send them along, and Oban's own telemetry events carry them
(oban 2.23.1, lib/oban/telemetry.ex).

Names that end in `_id`, `_hash` or `_ref` hold none; nor do the tokens of a page or a
device. With `encrypted` of Oban Pro args are safe.

## Invalid

```elixir
defmodule Shop.Accounts do
  alias Shop.Workers.{Connect, Welcome}

  def reset(user, token) do
    %{user_id: user.id, token: token} |> Welcome.new() |> Oban.insert() # reported
  end

  def connect(shop, params) do
    args = %{
      "shop_id" => shop.id,
      "credentials" => %{
        "api_key" => params["key"] # reported
      }
    }

    Oban.insert(Connect.new(args))
  end
end
```

```elixir
defmodule Shop.Workers.Provision do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def enqueue(user), do: Oban.insert(new(%{id: user.id, initial_password: user.password})) # reported

  def perform(%Oban.Job{args: %{"id" => id, "initial_password" => password}}) do
    Shop.Directory.create(id, password)
  end
end
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


async def reset(user, password):
    await SendMail.enqueue({"to": user.email, "password": password})  # reported
```

## Valid

```elixir
defmodule Shop.Accounts do
  alias Shop.Workers.Welcome

  def reset(user, token) do
    %{user_id: user.id, token_id: token.id, password_hash: user.hash, page_token: nil}
    |> Welcome.new()
    |> Oban.insert()
  end

  def list(page), do: Oban.insert(Welcome.new(%{page_token: page, password: true, token: nil}))

  def sealed(user, token) do
    Oban.insert(Welcome.new(%{user_id: user.id, token: Shop.Vault.encrypt!(token)}))
  end
end
```

```elixir
defmodule Shop.Workers.Connect do
  use Oban.Pro.Worker, queue: :shop, max_attempts: 3, encrypted: [key: {Shop.Vault, :key, []}]

  def enqueue(id, token), do: Oban.insert(new(%{id: id, token: token}))

  def process(%Oban.Job{args: %{"id" => id, "token" => token}}), do: Shop.Api.connect(id, token)
end
```

```elixir
defmodule Shop.Clients do
  def client(token), do: Shop.Client.new(%{token: token})

  def usage(count), do: Oban.insert(Shop.Workers.Usage.new(%{tokens: count, max_tokens: 100}))
end
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["user_id"])


async def reset(user):
    await SendMail.enqueue({"user_id": user.id, "token_id": user.token.id})
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args)


async def fetch(page, login, password):
    await login({"password": password})
    await SendMail.enqueue({"page_token": page.token, "password_hash": page.hash})
```
"""

from __future__ import annotations

from checker.model.args import Argument, arguments, built_here, each
from checker.model.job import Jobs, NewJob
from checker.model.shape import Alt, Text, Unknown
from checker.rules.problem import WARNING, Problem
from checker.vocabulary import seals, secret_name

ID = "OB506"
NAME = "secret-in-args"
SEVERITY = WARNING
LANGUAGES = ("elixir", "python")


def check_jobs(jobs: Jobs):
    for job in built_here(jobs):
        if _encrypted(job):
            continue
        for argument in arguments(job):
            if _is_secret(argument):
                yield Problem(
                    argument.span,
                    "is stored in plain text, and shown by dashboards and error reporters",
                    "Pass an id, and read the secret in `perform/1`",
                    function=argument.function,
                )


def _encrypted(job: NewJob) -> bool:
    return job.worker is not None and job.worker.pro and (
        "encrypted" in job.worker.options or not job.worker.options_known
    )


def _is_secret(argument: Argument) -> bool:
    return secret_name(argument.key) and any(map(_may_be_secret, each(argument.value)))


def _may_be_secret(alt: Alt) -> bool:
    """A text, or what may be one, that nothing has sealed."""
    if not isinstance(alt.shape, (Text, Unknown)):
        return False
    return not seals((alt.origin.call or "").rpartition(".")[2])
