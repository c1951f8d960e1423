"""Python workers and job functions as `oban-guard new` writes them, in projects made for them."""

from __future__ import annotations

import json
from pathlib import Path

from .combinations import ARGS, paired
from .generated import run

PYPROJECT = """[project]
name = "shop"
version = "0.1.0"
requires-python = ">=3.12"
dependencies = ["oban>=0.7"]

[dependency-groups]
dev = ["pytest", "pytest-asyncio"]
"""
AUTO = '\n[tool.pytest.ini_options]\nasyncio_mode = "auto"\n'
CONFTEST = "import oban\n\nOBAN = oban.Oban\n"
NAMES = {
    "worker": (
        "shop.workers.sync_customer.SyncCustomer", "Send", "HTTPSync2",
        "shop.invoicing.jobs.reconcile.ReconcileTheBankStatementsOfSuppliers",
    ),
    "job": (
        "shop.jobs.sync_customer", "send", "http_sync_2",
        "shop.invoicing.jobs.reconcile_bank_statements_of_suppliers",
    ),
}  # fmt: skip
OPTIONS = {
    "kind": ("worker", "job"),
    "name": (0, 1, 2, 3),
    "queue": ("default", "billing_of_quarterly_reports"),
    "max_attempts": (1, 3, 20),
    "arg": tuple(ARGS),
    "unique_keys": (0, 1, 2),
    "effect": ("none", "email", "http", "charge", "publish"),
    "idempotency": (None, "receipt", "key", "marker"),
    "cron": (None, "0 * * * *", "@daily", "30 4 * * 7"),
    "backoff": ("exponential", "linear", "constant"),
    "timeout": ("30s", "4m"),
    "snooze_on": ((), ("rate_limited",), ("timeout", "not_ready"), ("not_found",)),
    "width": (None, 100),
    "auto": (False, True),
}
LEAST = 48


def combinations() -> list[dict]:
    """Answers as the command line would have them."""
    return [_answers(combination) for combination in paired(OPTIONS, LEAST)]


def _answers(combination: dict) -> dict:
    answers = dict(combination)
    kind = answers["kind"]
    answers["name"] = NAMES[kind][answers["name"]]
    answers["arg"] = ARGS[answers["arg"]]
    keyed = answers["idempotency"] in ("receipt", "key") or (
        answers["idempotency"] is None and answers["effect"] != "none"
    )
    names = [arg.partition(":")[0] for arg in answers["arg"]]
    answers["unique_keys"] = tuple(names[: answers["unique_keys"]] if keyed else ())
    if kind == "job":
        del answers["backoff"]
    return answers


def project(folder: Path, width: int | None = None, auto: bool = False) -> Path:
    """A Python project with nothing in it yet but what its tests need."""
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "__init__.py").touch()
    (folder / "tests").mkdir()
    (folder / "tests" / "conftest.py").write_text(CONFTEST)
    ruff = f"\n[tool.ruff]\nline-length = {width}\n" if width else ""
    (folder / "pyproject.toml").write_text(PYPROJECT + ruff + (AUTO if auto else ""))
    return folder


def arguments(answers: dict) -> list[str]:
    """The command line that gives these answers."""
    given = ["new", answers["kind"], answers["name"]]
    for name, value in answers.items():
        if name in ("kind", "name", "width", "auto") or value is None:
            continue
        values = value if isinstance(value, tuple) else (value,)
        for item in values:
            given += [f"--{name.replace('_', '-')}", str(item)]
    return given


def generated(folder: Path, answers: dict) -> dict[str, Path]:
    """The files of a new worker or job by their kind."""
    project(folder, answers["width"], answers["auto"])
    told = json.loads(run(folder, *arguments(answers), "--json").output)
    return {file["kind"]: folder / file["path"] for file in told["files"]}


def root(path: Path) -> Path:
    """The folder of the project that a file is in."""
    return next(parent for parent in path.parents if (parent / "pyproject.toml").exists())
