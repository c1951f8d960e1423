"""Answers as the templates of workers and job functions see them: pieces of Python."""

from __future__ import annotations

import re
import textwrap

from checker.scaffold.answers import Arg
from checker.scaffold.python.answers import (
    JOB,
    REPEATED,
    PythonAnswers,
    error_name,
    is_builtin,
    parsed,
    snake,
)
from checker.scaffold.python.layout import INDENT, Layout
from checker.scaffold.view import MOST_SNOOZES, PERMANENT_STATUSES, listed
from checker.vocabulary import permanent_reason

PROSE = 84
RATE_LIMITED = "rate_limited"
TOO_MANY = 429  # the status that says so
# What the client is given for an arg of each type, and what a job function is.
TYPES = {
    "integer": ("int", "int"), "string": ("str", "str"), "boolean": ("bool", "bool"),
    "uuid": ("UUID", "str"), "date": ("dt.date", "str"), "datetime": ("dt.datetime", "str"),
    "decimal": ("Decimal", "str"),
}  # fmt: skip
PLAIN = frozenset(("integer", "string", "boolean"))  # JSON has them: a parameter is the value
# How a value is read from what JSON carries; JSON has text and booleans of its own.
CASTS = {
    "integer": "int",
    "uuid": "UUID",
    "date": "dt.date.fromisoformat",
    "datetime": "dt.datetime.fromisoformat",
    "decimal": "Decimal",
}
# What these raise for values that they cannot read (CPython 3.12 to 3.14).
RAISES = {
    "integer": ("TypeError", "ValueError"),
    "uuid": ("AttributeError", "TypeError", "ValueError"),
    "date": ("TypeError", "ValueError"),
    "datetime": ("TypeError", "ValueError"),
    "decimal": ("ArithmeticError", "TypeError", "ValueError"),
}


class Effect:
    """What a kind of effect means: what it does, and the reasons that no attempt can mend."""

    def __init__(self, does: str, *permanent: str) -> None:
        self.does = does
        self.permanent = permanent


EFFECTS = {
    "none": Effect("one piece of work", "not_found"),
    "email": Effect("one mail", "invalid_recipient", "unsubscribed"),
    "charge": Effect("one payment", "card_declined", "not_found"),
    "publish": Effect("one message", "invalid_message", "unknown_topic"),
    "http": Effect("one HTTP write"),
}


class ModuleView:
    """One worker or job function; attributes are what templates print.

    `receipts`: the module of receipts, by the name that it is imported by.
    """

    def __init__(self, answers: PythonAnswers, receipts: str, width: int) -> None:
        self.answers = answers
        self.layout = Layout(width)
        self.receipts = receipts
        self.name = answers.name
        self.is_job = answers.kind == JOB
        self.call = snake(answers.name)
        self.effect = EFFECTS[answers.effect]
        self.http = answers.effect == "http"
        self.idempotency = answers.idempotency
        self.keyed = answers.idempotency in ("key", "receipt")
        self.due = f"{self.name}_due" if self.is_job else f"{self.name}Due"
        self.most_snoozes = f"{MOST_SNOOZES:_}"
        # What stands in the function is laid out as if its indentation were not there.
        self._narrow = Layout(width - (INDENT if self.is_job else 2 * INDENT))

    # -- errors -------------------------------------------------------------------------

    @property
    def waiting(self) -> list[str]:
        """The errors to wait out, then to raise again."""
        return [error_name(r) for r in self._waited if not permanent_reason(r)]

    @property
    def waiting_then_permanent(self) -> list[str]:
        """The errors to wait out, and then to give up on."""
        return [error_name(r) for r in self._waited if permanent_reason(r)]

    @property
    def _waited(self) -> list[str]:
        return [r for r in self.answers.snooze_on if not (self.http and r == RATE_LIMITED)]

    @property
    def waits_on_status(self) -> bool:
        return self.http and RATE_LIMITED in self.answers.snooze_on

    @property
    def permanent(self) -> list[str]:
        """The errors that no attempt can mend."""
        reasons = self.effect.permanent
        return [error_name(r) for r in reasons if r not in self.answers.snooze_on]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Name and docstring of each error that the module defines."""
        meant = [(name, "No attempt can mend this.") for name in self.permanent]
        waited = self.waiting + self.waiting_then_permanent
        meant += [(name, "This passes: it is waited for.") for name in waited]
        return [(name, text) for name, text in meant if not is_builtin(name)]

    @property
    def caught(self) -> bool:
        """Whether what the client raises decides anything."""
        return bool(self.permanent or self.waiting or self.waiting_then_permanent)

    @property
    def permanent_statuses(self) -> str:
        return f"({', '.join(map(str, PERMANENT_STATUSES))})"

    def except_line(self, errors: list[str], bound: str = "") -> str:
        if len(errors) == 1:
            return f"except {errors[0]}{bound}:"
        return self._narrow.collection("except (", errors, f"){bound}:")

    # -- the top ------------------------------------------------------------------------

    @property
    def summary(self) -> str:
        first, *rest = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", self.name).split()
        words = [w if w.isupper() else w.lower() for w in rest]
        title = " ".join([first[0].upper() + first[1:], *words])
        return f"{title}: {self.effect.does} for each job."

    @property
    def imports(self) -> str:
        """The standard library's, in order; empty or with a blank line after them."""
        types = {arg.type for arg in self.answers.args}
        whole = {
            "asyncio": self.is_job,
            "datetime as dt": bool(types & {"date", "datetime"}),
            "hashlib": self.hashed,
            "json": self.hashed,
            "random": self.has_backoff and self.answers.backoff != "constant",
        }
        parts = {
            "collections.abc import Iterable": self.answers.fans_out,
            "decimal import Decimal": "decimal" in types,
            "typing import Any, Protocol": self.answers.fans_out,
            "typing import Protocol": not self.answers.fans_out,
            "uuid import UUID": "uuid" in types,
        }
        lines = [f"import {name}" for name, wanted in whole.items() if wanted]
        lines += [f"from {name}" for name, wanted in parts.items() if wanted]
        return "\n".join(lines)

    @property
    def oban_imports(self) -> str:
        snoozes = bool(self.answers.snooze_on)
        wanted = {
            "Cancel": self.can_cancel,
            "Job": not self.is_job or self.needs_running,
            "Oban": self.answers.fans_out,
            "Snooze": snoozes,
            "current_job": self.is_job and self.needs_running,
            "job": self.is_job,
            "worker": not self.is_job,
        }
        names = [name for name, is_wanted in wanted.items() if is_wanted]
        return self.layout.imported("oban", names)

    @property
    def receipts_import(self) -> str:
        space, _, name = self.receipts.rpartition(".")
        return f"from {space} import {name}" if space else f"import {name}"

    @property
    def receipts_name(self) -> str:
        return self.receipts.rpartition(".")[2]

    @property
    def can_cancel(self) -> bool:
        waited = bool(self.waiting_then_permanent)
        return self.http or bool(self.permanent) or waited or bool(self.read_lines)

    @property
    def result(self) -> str:
        named = [("Cancel", self.can_cancel), ("Snooze", bool(self.answers.snooze_on))]
        return " | ".join([name for name, wanted in named if wanted] + ["None"])

    # -- the client ---------------------------------------------------------------------

    @property
    def client_class(self) -> str:
        """What a client's class may be called."""
        return "".join(part.capitalize() for part in self.call.split("_")) + "Client"

    @property
    def _parameters(self) -> list[str]:
        return [f"{arg.name}: {TYPES[arg.type][0]}" for arg in self.answers.args]

    @property
    def client_head(self) -> str:
        params = ["self", *self._parameters]
        if self.idempotency == "key":
            params += ["*", "idempotency_key: str"]
        result = "Response" if self.http else "None"
        return self.layout.call(f"    async def {self.call}(", params, f") -> {result}:")

    @property
    def done_head(self) -> str:
        params = ["self", *self._parameters]
        return self.layout.call("    async def is_done(", params, ") -> bool:")

    # -- what it does -------------------------------------------------------------------

    def options(self, decorator: str, cron: bool) -> str:
        given = [f'queue="{self.answers.queue}"', f"max_attempts={self.answers.max_attempts}"]
        if cron:
            given.append(f'cron="{self.answers.cron}"')
        return self.layout.call(f"@{decorator}(", given, ")")

    @property
    def has_cron(self) -> bool:
        """Whether cron runs the one that does the work."""
        return self.answers.cron is not None and not self.answers.fans_out

    @property
    def function_head(self) -> str:
        params = [f"{arg.name}: {TYPES[arg.type][1]}" for arg in self.answers.args]
        return self.layout.call(f"async def {self.name}(", params, f") -> {self.result}:")

    @property
    def read_lines(self) -> list[str]:
        """What takes the args apart, each one step into the function."""
        return [line for arg in self.answers.args if (line := self._read(arg))]

    def _read(self, arg: Arg) -> str | None:
        """The line, or lines; None where the parameter is the value."""
        cast = CASTS.get(arg.type)
        space = " " * INDENT
        if self.is_job and arg.type in PLAIN:
            return None
        if self.is_job:
            return self._narrow.call(f"{space}{parsed(arg.name)} = {cast}(", [arg.name], ")")
        if cast is None:
            annotated = f"{space}{arg.name}: {TYPES[arg.type][0]} = job.args["
            return self._narrow.call(annotated, [f'"{arg.name}"'], "]")
        return self._narrow.call(f"{space}{arg.name} = {cast}(", [f'job.args["{arg.name}"]'], ")")

    @property
    def unreadable(self) -> str:
        """The line that catches args which cannot be read."""
        types = {arg.type for arg in self.answers.args}
        if self.is_job:
            types -= PLAIN
        raised = {name for type in types for name in RAISES.get(type, ())}
        if not self.is_job:
            raised.add("KeyError")
        named = sorted(raised)
        return self.except_line(named, " as error")

    @property
    def values(self) -> list[str]:
        """What the client gets for the args."""
        if not self.is_job:
            return [arg.name for arg in self.answers.args]
        return [arg.name if arg.type in PLAIN else parsed(arg.name) for arg in self.answers.args]

    def asked(self, depth: int) -> str:
        """The line that calls the client, or lines, `depth` steps into the function."""
        given = list(self.values)
        if self.idempotency == "key":
            given.append(f"idempotency_key={'key' if self.is_job else 'idempotency_key(job)'}")
        answer = "response = " if self.http else ""
        return self._line(f"{answer}await client().{self.call}(", given, ")", depth)

    def done_asked(self, depth: int) -> str:
        return self._line("if await client().is_done(", self.values, "):", depth)

    def _line(self, before: str, items: list[str], after: str, depth: int) -> str:
        return self._narrow.call(" " * (INDENT * depth) + before, items, after)

    # -- idempotency --------------------------------------------------------------------

    @property
    def by_args(self) -> bool:
        return bool(self.answers.work_keys)

    @property
    def hashed(self) -> bool:
        """Whether a key is made of more than the job's id."""
        return self.keyed and (self.by_args or self.answers.fans_out)

    @property
    def needs_running(self) -> bool:
        """Whether a job function has to know which job it runs for."""
        return (self.keyed and not self.by_args) or bool(self.answers.snooze_on)

    @property
    def key_args(self) -> list[str]:
        """The names that tell one work from another in a key, as far as the args do."""
        names = self.answers.work_keys or tuple(arg.name for arg in self.answers.args)
        return list(names) if self.hashed else []

    def key_made(self, name: str) -> str:
        """The line that gives a name to the key of what runs."""
        given = self.key_args if self.is_job else ["job"]
        return self._line(f"{name} = idempotency_key(", given, ")", 0)

    @property
    def key_head(self) -> str:
        if not self.is_job:
            return "def idempotency_key(job: Job) -> str:"
        types = {arg.name: TYPES[arg.type][1] for arg in self.answers.args}
        params = [f"{name}: {types[name]}" for name in self.key_args]
        return self.layout.call("def idempotency_key(", params, ") -> str:")

    @property
    def key_work(self) -> str:
        """The line with what a hash is made of."""
        parts = [f'"{self.call}"']
        if not self.by_args:
            parts.append(f'{self.the_job}.meta.get("run", {self.the_job}.id)')
        parts += self.key_args if self.is_job else [f'job.args["{n}"]' for n in self.key_args]
        return self.layout.collection("    work = [", parts, "]")

    @property
    def the_job(self) -> str:
        return "current" if self.is_job else "job"

    @property
    def may_wait(self) -> str:
        job = "running()" if self.is_job else "job"
        return f'{job}.meta.get("snoozed", 0) < MOST_SNOOZES'

    # -- time ---------------------------------------------------------------------------

    @property
    def has_backoff(self) -> bool:
        return not self.is_job and self.answers.max_attempts > 1

    @property
    def backoff(self) -> str:
        """Seconds after an attempt that failed; at most an hour."""
        return {
            "exponential": "min(10 * 2**job.attempt, 3_600) + random.randrange(10)",
            "linear": "min(60 * job.attempt, 3_600) + random.randrange(10)",
            "constant": "60",
        }[self.answers.backoff]

    # -- words --------------------------------------------------------------------------

    @property
    def docstring(self) -> list[str]:
        """Paragraphs after the first line, wrapped."""
        paragraphs = [f"{self._repeats} {self._second}"]
        if self.answers.fans_out:
            paragraphs.append(f"Cron runs `{self.due}`, which enqueues one for each thing due.")
        elif self.answers.cron:
            paragraphs.append(f"Cron runs it: `{self.answers.cron}`.")
        if self.is_job:
            paragraphs.append(
                f"`await Oban.get_instance().enqueue({self.name}.new(…))` enqueues it. Its own"
                " `enqueue` loses the names of the args (oban 0.7.0)."
            )
        wide = min(PROSE, self.layout.width - INDENT)
        return [line for text in paragraphs for line in ["", *textwrap.wrap(text, wide)]]

    @property
    def _repeats(self) -> str:
        call = f"`{self.call}`"
        return {
            "receipt": "Safe to repeat: a receipt remembers that it is done, and an attempt that"
            " finds one does nothing. Only an attempt that dies between the two is repeated.",
            "key": f"Safe to repeat: every attempt gives {call} the same idempotency key, so that"
            " the service acts once.",
            "marker": f"Safe to repeat: nothing happens when `is_done` says that it is done, which"
            f" {call} must set.",
            REPEATED: f"An attempt that failed is repeated from the start, so {call} must be safe"
            " to repeat: one transaction, or an upsert.",
        }[self.idempotency]

    @property
    def _second(self) -> str:
        if self.by_args:
            same = listed(self.answers.work_keys)
            return f"What was done once is never done again for the same {same}."
        if self.idempotency == "marker":
            return ""
        return "A second job is enqueued and done even when its args are the same."
