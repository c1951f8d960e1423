"""Answers as the template of a test sees them."""

from __future__ import annotations

from checker.scaffold.answers import Arg
from checker.scaffold.python.layout import INDENT
from checker.scaffold.python.view import CASTS, PLAIN, TOO_MANY, ModuleView

SUCCESSES = (200, 201, 204)
TRANSIENT_STATUSES = (401, 408, 409, 500, 503)
# What the n-th arg of each type looks like in args, and as the client gets it.
SAMPLES = {
    "integer": ("{n}", "{n}"),
    "string": ('"text-{n}"', '"text-{n}"'),
    "uuid": ('"0b9bf2f4-6e6f-4a0e-9d55-{n:012}"', 'UUID("0b9bf2f4-6e6f-4a0e-9d55-{n:012}")'),
    "boolean": ("{odd}", "{odd}"),
    "date": ('"2026-01-{day:02}"', "dt.date(2026, 1, {day})"),
    "datetime": (
        '"2026-01-{day:02}T09:30:00+00:00"',
        "dt.datetime(2026, 1, {day}, 9, 30, tzinfo=dt.UTC)",
    ),
    "decimal": ('"{n}.50"', 'Decimal("{n}.50")'),
}
OTHER = 21  # odd, so that a boolean changes too


class ModuleTestView(ModuleView):
    """What the test of a module prints; `module` is the name that it is imported by."""

    def __init__(self, answers, receipts: str, width: int, asyncio_auto: bool) -> None:
        super().__init__(answers, receipts, width)
        self.asyncio_auto = asyncio_auto

    # -- the top ------------------------------------------------------------------------

    @property
    def test_summary(self) -> str:
        """The docstring; shorter where a long name would make it wider than a line."""
        line = f'"""What becomes of a job of `{self.name}`, and what a second attempt does."""'
        short = f'"""What becomes of a job of `{self.name}`."""'
        return line if len(line) <= self.layout.width else short

    @property
    def test_imports(self) -> str:
        types = {arg.type for arg in self.answers.args}
        wanted = {
            "import datetime as dt": bool(types & {"date", "datetime"}),
            "from decimal import Decimal": "decimal" in types,
            "from types import SimpleNamespace": self.http,
            "from uuid import UUID": "uuid" in types,
        }
        return "\n".join(line for line, is_wanted in wanted.items() if is_wanted)

    @property
    def oban_names(self) -> str:
        wanted = [name for name in ("Cancel", "Snooze") if name in self.result]
        if self.is_job:  # to enqueue it
            wanted.insert(wanted.index("Snooze") if "Snooze" in wanted else len(wanted), "Oban")
        return f"from oban import {', '.join(wanted)}" if wanted else ""

    @property
    def testing_import(self) -> str:
        names = ["assert_enqueued", "process_job"]
        if self.answers.fans_out:
            names.insert(0, "all_enqueued")
        return f"from oban.testing import {', '.join(names)}"

    @property
    def first_party(self) -> list[str]:
        """The module itself, to replace what is in it, names from it, and the receipts."""
        space, _, last = self.answers.module.rpartition(".")
        lines = [(space, f"from {space} import {last} as module")]
        if not space:
            lines = [("", f"import {last} as module")]
        names = self.layout.imported(self.answers.module, self._imported)
        lines.append((self.answers.module, names))
        if self.idempotency == "receipt":
            lines.append((self.receipts.rpartition(".")[0], self.receipts_import))
        return [line for _, line in sorted(lines, key=lambda one: (one[0], one[1]))]

    @property
    def _imported(self) -> list[str]:
        """Names of the module, in isort's order: constants, classes, functions."""
        constants = ["MOST_SNOOZES", "WAIT"] if self.answers.snooze_on else []
        classes = [name for name, _text in self.errors] + (["StatusError"] if self.http else [])
        jobs = [self.name] + ([self.due] if self.answers.fans_out else [])
        if self.is_job:
            return [*constants, *sorted(classes), *sorted(jobs)]
        return constants + sorted(classes + jobs)

    @property
    def asserted(self) -> str:
        """The line that looks for the job that was enqueued."""
        looked_for = [f"worker={self.name}"]
        if self.answers.args:
            looked_for.append("args=ARGS")
        looked_for += [f'queue="{self.answers.queue}"', f"max_attempts={self.answers.max_attempts}"]
        return self.layout.call("    await assert_enqueued(", looked_for, ")")

    # -- values -------------------------------------------------------------------------

    @property
    def sample_args(self) -> str:
        args = enumerate(self.answers.args, 1)
        pairs = [f'"{arg.name}": {_sample(arg.type, n, 0)}' for n, arg in args]
        return self.layout.collection("ARGS = {", pairs, "}")

    @property
    def sample_values(self) -> str:
        args = enumerate(self.answers.args, 1)
        values = [_sample(arg.type, n, 1) for n, arg in args]
        after = ",)" if len(values) == 1 else ")"
        return self.layout.collection("VALUES = (", values, after)

    @property
    def telling(self) -> list[Arg]:
        """The args that make two jobs different work."""
        names = self.answers.work_keys or tuple(arg.name for arg in self.answers.args)
        return [arg for arg in self.answers.args if arg.name in names]

    @property
    def ignored(self) -> list[Arg]:
        return [arg for arg in self.answers.args if arg not in self.telling]

    @property
    def uses_other_args(self) -> bool:
        return self.answers.fans_out or self.by_args

    @property
    def other_args(self) -> str:
        """Args that each differ in one of those that make two jobs different work."""
        return self._changes("OTHER_ARGS", self.telling)

    @property
    def same_args(self) -> str:
        """Args that each differ in something else."""
        return self._changes("SAME_ARGS", self.ignored)

    def _changes(self, name: str, args: list[Arg]) -> str:
        items = []
        for arg in args:
            number = self.answers.args.index(arg) + 1 + OTHER
            items.append(f'{{**ARGS, "{arg.name}": {_sample(arg.type, number, 0)}}}')
        return self.layout.collection(f"{name} = [", items, "]")

    @property
    def uncastable(self) -> list[str]:
        """Args of types that not every text can be read as."""
        cast = CASTS.keys() - PLAIN if self.is_job else CASTS.keys()
        return [arg.name for arg in self.answers.args if arg.type in cast]

    def each(self, name: str, items: list[str]) -> str:
        """The decorator that repeats a test."""
        values = f"[{', '.join(items)}]"
        flat = self.layout.call("@pytest.mark.parametrize(", [f'"{name}"', values], ")")
        if max(map(len, flat.splitlines())) <= self.layout.width:
            return flat
        inner = self.layout.collection(f"{' ' * INDENT}[", items, "],")
        return f'@pytest.mark.parametrize(\n    "{name}",\n{inner}\n)'

    def named(self, arguments: list[str]) -> list[str]:
        return [f'"{name}"' for name in arguments]

    # -- outcomes -----------------------------------------------------------------------

    @property
    def successes(self) -> list[str]:
        return list(map(str, SUCCESSES))

    @property
    def permanent_list(self) -> list[str]:
        return self.permanent_statuses.strip("()").split(", ")

    @property
    def transient_list(self) -> list[str]:
        waited = () if self.waits_on_status else (TOO_MANY,)
        return [str(status) for status in (*TRANSIENT_STATUSES, *waited)]

    @staticmethod
    def made(errors: list[str]) -> list[str]:
        return [f"{name}()" for name in errors]

    @property
    def stub_head(self) -> str:
        key = ["idempotency_key"] if self.idempotency == "key" else []
        return self.layout.call(f"    async def {self.call}(", ["self", "*values", *key], "):")


def _sample(type: str, number: int, form: int) -> str:
    return SAMPLES[type][form].format(n=number, odd=bool(number % 2), day=number % 28 + 1)
