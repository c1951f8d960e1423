"""Jobs run by themselves during tests.

## What it does

Points at the configuration of Oban where nothing tells it that tests run: neither `testing:`,
nor `queues: false` with `plugins: false`.

## Why is this bad?

The queues start with the application and take the jobs that a test inserts, in processes
that do not share its sandbox: they fail with `DBConnection.OwnershipError`, or take a job away
before `assert_enqueued` looks (oban 2.12 and later have `testing:`, lib/oban/config.ex).

## Invalid

```elixir
# config/config.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: [default: 10]
# config/test.exs
import Config

config :shop, Oban, log: false # reported
# test/shop_test.exs
defmodule ShopTest do
  use ExUnit.Case
end
```

```elixir
# config/config.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: [default: 10] # reported
# config/test.exs
import Config

config :shop, Shop.Repo, pool: Ecto.Adapters.SQL.Sandbox
# test/shop_test.exs
defmodule ShopTest do
  use ExUnit.Case
end
```

## Valid

```elixir
# config/config.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: [default: 10]
# config/test.exs
import Config

config :shop, Oban, testing: :manual
# test/shop_test.exs
defmodule ShopTest do
  use ExUnit.Case
end
```

```elixir
# config/config.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: [default: 10]
# config/test.exs
import Config

config :shop, Oban, queues: false, plugins: false
# test/shop_test.exs
defmodule ShopTest do
  use ExUnit.Case
end
```

```elixir
# config/config.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: [default: 10], testing: :manual
# config/test.exs
import Config

config :shop, Shop.Repo, pool: Ecto.Adapters.SQL.Sandbox
# test/shop_test.exs
defmodule ShopTest do
  use ExUnit.Case
end
```
"""

from __future__ import annotations

from checker.model.oban_config import BASE, CODE, ObanConfig
from checker.rules.problem import WARNING, Problem

ID = "OB706"
NAME = "test-mode-unset"
SEVERITY = WARNING
EXAMPLE = "config/config.exs"

TEST = "test"


def check_config(config: ObanConfig):
    around = config.around
    if around is None or not around.has_tests or config.place not in (TEST, BASE):
        return
    same = [c for c in around.configs if c.instance == config.instance and c.place != CODE]
    merged = [c for c in same if c.place in (TEST, BASE)]
    if any(_is_told(c) for c in merged) or not all(c.known for c in merged):
        return
    if not any(c.queues for c in merged):
        return
    if config.place == TEST or not any(c.place == TEST for c in same):
        yield Problem(
            config.span,
            "starts queues and plugins in tests too: they take jobs away from the tests",
            f"Add `config :app, {config.instance}, testing: :manual` to config/test.exs",
        )


def _is_told(config: ObanConfig) -> bool:
    """Whether it says how tests are run, or switches the queues off for them."""
    off = config.is_off("queues") or (config.place == TEST and _none(config))
    return "testing" in config.settings or (off and config.place == TEST)


def _none(config: ObanConfig) -> bool:
    return "queues" in config.settings and config.queues_known and not config.queues
