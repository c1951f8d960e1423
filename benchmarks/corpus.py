"""Files of a Phoenix project, made from the templates beside this module."""

from __future__ import annotations

import random
import re
from pathlib import Path

TEMPLATES = Path(__file__).parent
APPLICATIONS = ("Shop", "Harbor", "Ledgerly", "Clinic", "Foundry", "Orchard", "Tramway", "Atlas")
THINGS = ("Order", "Parcel", "Invoice", "Booking", "Ticket", "Claim", "Lesson", "Permit")
ATTEMPTS = re.compile(r"max_attempts: \d+")


def template(name: str) -> str:
    """The text of a template, such as `workers/charge_order.ex`."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


MIX = """defmodule Shop.MixProject do
  use Mix.Project

  def project do
    [app: :shop, version: "1.0.0", elixirc_paths: elixirc_paths(Mix.env()), deps: deps()]
  end

  def application, do: [mod: {Shop.Application, []}, extra_applications: [:logger]]

  defp elixirc_paths(:test), do: ["lib", "test/support"]
  defp elixirc_paths(_), do: ["lib"]

  defp deps, do: [{:phoenix, "~> 1.7"}, {:ecto_sql, "~> 3.12"}, {:oban, "~> 2.20"}]
end
"""
CONFIG = """import Config

config :shop, ecto_repos: [Shop.Repo]

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10, payments: 5, mail: 20],
  plugins: [{Oban.Plugins.Pruner, max_age: 86_400}, Oban.Plugins.Lifeline]
"""
TEST_CONFIG = "import Config\n\nconfig :shop, Oban, testing: :manual\n"
LOCKED = '  "{name}": {{:hex, :{name}, "{version}", "{hash}", [:mix], [], "hexpm", "{hash}"}},\n'
OBAN = "Oban"
PACKAGES = 70  # of a Phoenix project's lock file


def write(folder: Path, workers: int, others: int) -> list[Path]:
    """Write so many files with workers and without; every run writes the same."""
    chance = random.Random(7)
    return [
        *_write(folder, "workers", workers, chance),
        *_write(folder, "others", others, chance),
    ]


def write_project(folder: Path, workers: int, callers: int, others: int) -> None:
    """Write a Mix project, a git root: so many files with workers, with code that enqueues
    jobs, and with code and tests that know nothing of jobs."""
    chance = random.Random(7)
    _write(folder, "workers", workers, chance)
    _write(folder, "others", callers, chance, lambda text: OBAN in text)
    for path in _write(folder, "others", others, chance, lambda text: OBAN not in text):
        if path.suffix == ".exs":
            target = folder / "test" / path.name
            target.parent.mkdir(exist_ok=True)
            path.rename(target)
    names = ["oban", *(f"package_{number}" for number in range(PACKAGES))]
    lock = "".join(LOCKED.format(name=n, version="2.20.1", hash=n.ljust(64, "0")) for n in names)
    (folder / "config").mkdir()
    (folder / ".git").mkdir()
    for name, text in (("mix.exs", MIX), ("mix.lock", f"%{{\n{lock}}}\n"),
                       ("config/config.exs", CONFIG), ("config/test.exs", TEST_CONFIG)):  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")


def _write(
    folder: Path, kind: str, count: int, chance: random.Random, wanted=lambda text: True
) -> list[Path]:
    """Write files made in turns from the templates of a kind whose texts are wanted."""
    templates = sorted((TEMPLATES / kind).glob("*.ex*"))
    texts = [(path, path.read_text(encoding="utf-8")) for path in templates]
    texts = [(path, text) for path, text in texts if wanted(text)]
    written = []
    for number in range(count):
        path, text = texts[number % len(texts)]
        target = folder / "lib" / kind / f"{path.stem}_{number}{path.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_variant(text, number, chance), encoding="utf-8")
        written.append(target)
    return written


def _variant(text: str, number: int, chance: random.Random) -> str:
    """The text about something else, in another application."""
    thing, application = chance.choice(THINGS), chance.choice(APPLICATIONS)
    text = text.replace("Order", thing).replace("order", thing.lower())
    text = text.replace("Shop", f"{application}{number}").replace("shop", application.lower())
    return ATTEMPTS.sub(lambda _: f"max_attempts: {chance.randint(2, 20)}", text)
