"""Answers as the template of a worker's test sees them."""

from __future__ import annotations

from checker.scaffold.answers import Arg
from checker.scaffold.layout import WIDTH, Group, fill
from checker.scaffold.view import CASTS, WorkerView, listed

MOST_LISTED = 3
TRANSIENT_STATUSES = (401, 408, 409, 500, 503)
TRANSIENT_REASONS = ("timeout", "closed", "econnrefused")
# What the n-th arg of each type looks like, and what the client gets for it.
SAMPLES = {
    "integer": ("{n}", "{n}"),
    "string": ('"text-{n}"', '"text-{n}"'),
    "uuid": ('"0b9bf2f4-6e6f-4a0e-9d55-{n:012}"', '"0b9bf2f4-6e6f-4a0e-9d55-{n:012}"'),
    "boolean": ("{odd}", "{odd}"),
    "date": ('"2026-01-{day:02}"', "~D[2026-01-{day:02}]"),
    "datetime": ('"2026-01-{day:02}T09:30:00Z"', "~U[2026-01-{day:02} 09:30:00Z]"),
    "decimal": ('"{n}.50"', 'Decimal.new("{n}.50")'),
}
OTHER = 21  # odd, so that a boolean changes too


class WorkerTestView(WorkerView):
    """One worker and its test: besides what the worker prints, what the test does."""

    @property
    def same(self) -> str:
        """What makes two jobs the same, as a test's name says it."""
        keys = self.answers.unique_keys or tuple(self.arguments)
        if len(keys) > MOST_LISTED:
            return " for the same args"
        return f" for the same {listed(keys)}" if keys else ""

    @property
    def sample_args(self) -> str:
        return fill(self._args(None), "  @args ")

    @property
    def other_args(self) -> str:
        """Args that each differ in one of those that make two jobs different."""
        others = [("", self._args(arg)) for arg in self.telling]
        return fill(Group("[", others, "]"), "  @other_args ")

    @property
    def same_args(self) -> str:
        """Args that differ in all else, and still mean the same job."""
        return fill(self._args(*self.ignored), "  @same_args ")

    def _args(self, *changed: Arg | None) -> Group:
        items = []
        for number, arg in enumerate(self.answers.args, 1):
            number += OTHER if arg in changed else 0
            items.append(f"{arg.name}: {_sample(arg.type, number, 0)}")
        return Group("%{", items, "}")

    @property
    def configured(self) -> str:
        """What the configuration said before the test."""
        given = [f":{self.app}", self.short, "[]"]
        flat = f"    configured = Application.get_env({', '.join(given)})"
        if len(flat) <= WIDTH:
            return flat
        return fill(Group("Application.get_env(", given, ")"), "    configured =\n      ")

    @property
    def values(self) -> str:
        """What the client gets for the args, as an attribute, which a pattern may hold too."""
        args = enumerate(self.answers.args, 1)
        return fill(Group("[", [_sample(arg.type, n, 1) for n, arg in args], "]"), "  @values ")

    def called(self, key: str, values: str | None = None) -> str:
        """The message of a call, as a pattern; `key` is what stands for the idempotency key."""
        values = values or ("@values" if self.answers.args else "[]")
        with_key = f", {key}" if self.answers.idempotency == "key" else ""
        return f"{{:called, {values}{with_key}}}"

    @property
    def stub_params(self) -> list[str]:
        return self.arguments + (["key"] if self.answers.idempotency == "key" else [])

    @property
    def stub_head(self) -> str:
        return self._stub(self.call, self.stub_params)

    @property
    def stub_sent(self) -> str:
        key = ", key" if self.answers.idempotency == "key" else ""
        flat = f"      send(self(), {{:called, [{', '.join(self.arguments)}]{key}}})"
        if len(flat) <= WIDTH:
            return flat
        values = fill(Group("[", self.arguments, "]"), "      values = ")
        return f"{values}\n\n      send(self(), {{:called, values{key}}})"

    @property
    def stub_done_head(self) -> str:
        return self._stub("done?", [f"_{name}" for name in self.arguments])

    @staticmethod
    def _stub(name: str, params: list[str]) -> str:
        flat = f"    def {name}({', '.join(params)}) do" if params else f"    def {name} do"
        if len(flat) <= WIDTH:
            return flat
        inner = ",\n".join(" " * 10 + param for param in params)
        return f"    def {name}(\n{inner}\n{' ' * 8}) do"

    @property
    def telling(self) -> list[Arg]:
        """The args that make two jobs different."""
        names = self.answers.unique_keys or tuple(self.arguments)
        return [arg for arg in self.answers.args if arg.name in names]

    @property
    def ignored(self) -> list[Arg]:
        """The args that two jobs may differ in and still be the same."""
        return [arg for arg in self.answers.args if arg not in self.telling]

    @property
    def transient(self) -> str:
        """A reason to try again that is not one to wait for."""
        return next(f":{r}" for r in TRANSIENT_REASONS if r not in self.answers.snooze_on)

    @property
    def transient_statuses(self) -> str:
        waited = () if "rate_limited" in self.answers.snooze_on else (429,)
        return ", ".join(map(str, (*TRANSIENT_STATUSES, *waited)))

    @property
    def uncastable(self) -> list[str]:
        return [arg.name for arg in self.answers.args if arg.type in CASTS]

    @property
    def remembered(self) -> str:
        """Options that make two performs the attempts of one job."""
        return "" if self.answers.once_ever else ", inserted_at: @enqueued"


def _sample(type: str, number: int, form: int) -> str:
    """The value of the n-th arg in args (0), or as the client gets it (1)."""
    odd = "true" if number % 2 else "false"
    return SAMPLES[type][form].format(n=number, odd=odd, day=number % 28 + 1)
