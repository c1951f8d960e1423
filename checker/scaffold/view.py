"""Answers as the templates of a worker and its test see them: pieces of Elixir, laid out."""

from __future__ import annotations

import re
import textwrap

from checker.elixir.library import library
from checker.project.conventions import underscore
from checker.scaffold.answers import RESERVED, TAKEN, Arg, WorkerAnswers
from checker.scaffold.layout import WIDTH, Group, fill
from checker.vocabulary import permanent_reason

GROUPS = (2, 20)  # the version of Oban from which `states: :incomplete` is known …
PERIODS = (2, 17)  # … and from which periods may be written `{1, :hour}`
INCOMPLETE = ("available", "scheduled", "executing", "retryable")
PROSE = 88
MAY_MEET = "# oban-guard: ignore[OB307] a job that still retries may meet the next one"
MOST_LISTED = 3
MOST_KERNEL_ARGS = 5
PERMANENT_STATUSES = (400, 404, 410, 422)  # 401 and 403 pass once the credentials are right
TRANSIENT_STATUSES = (401, 408, 409, 500, 503)
TRANSIENT_REASONS = ("timeout", "closed", "econnrefused")
MOST_SNOOZES = 1_440  # a day of minutes
TYPESPECS = {
    "integer": "integer", "string": "String.t()", "uuid": "Ecto.UUID.t()", "boolean": "boolean",
    "date": "Date.t()", "datetime": "DateTime.t()", "decimal": "Decimal.t()",
}  # fmt: skip
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
# How a value that JSON carries as a string is read back.
CASTS = {
    "date": ("{{:ok, {0}}}", "Date.from_iso8601({0})"),
    "datetime": ("{{:ok, {0}, _offset}}", "DateTime.from_iso8601({0})"),
    "decimal": ('{{%Decimal{{coef: coef}} = {0}, ""}} when is_integer(coef)', "Decimal.parse({0})"),
}


class Effect:
    """What a kind of effect means for the worker: what its client answers, and when to stop."""

    def __init__(self, does: str, ok: str, okays: str, type: str, permanent: tuple[str, ...]):
        self.does = does
        self.ok = ok  # the pattern of a success …
        self.okays = okays  # … and one as the client gives it
        self.type = type
        self.permanent = permanent


_ANY_OK = ("{:ok, _done}", '{:ok, "done"}', "{:ok, any} | {:error, any}")
_PLAIN_OK = (":ok", ":ok", ":ok | {:error, any}")
EFFECTS = {
    "none": Effect("one piece of work", *_PLAIN_OK, (":not_found",)),
    "email": Effect("one mail", *_ANY_OK, (":invalid_recipient", ":unsubscribed")),
    "charge": Effect("one payment", *_ANY_OK, (":card_declined", ":not_found")),
    "publish": Effect("one message", *_PLAIN_OK, (":invalid_message", ":unknown_topic")),
    "http": Effect(
        "one HTTP write",
        "{:ok, %{status: status}} when status in 200..299",
        "{:ok, %{status: 200}}",
        "{:ok, %{required(:status) => 100..599, optional(any) => any}} | {:error, any}",
        tuple(map(str, PERMANENT_STATUSES)),
    ),
}


class WorkerView:
    """One worker, and the names of what it lives among; attributes are what templates print."""

    def __init__(
        self, answers: WorkerAnswers, version: tuple, app: str, repo: str, data_case: str
    ) -> None:
        self.answers = answers
        self.app = app
        self.version = version
        self.repo = repo
        self.data_case = data_case
        self.effect = EFFECTS[answers.effect]
        self.module = answers.module
        self.short = answers.module.rpartition(".")[2]
        self.receipt = receipt_module(repo)
        self.repo_short = repo.rpartition(".")[2]
        name = underscore(self.short)
        self.call = f"run_{name}" if _means_something_else(name) else name
        self.http = answers.effect == "http"
        self.key_name = {"key": "idempotency_key", "receipt": "receipt"}.get(answers.idempotency)

    # -- the worker -------------------------------------------------------------------

    @property
    def casts(self) -> list[tuple[str, str]]:
        """`{:ok, day} <- Date.from_iso8601(day)` as pairs of its sides."""
        return [
            tuple(side.format(arg.name) for side in CASTS[arg.type])
            for arg in self.answers.args
            if arg.type in CASTS
        ]

    @property
    def use_options(self) -> str:
        """Each on a line of its own, which `mix format` keeps."""
        attempts = "@max_attempts" if self.answers.snooze_on else self.answers.max_attempts
        options = [f"queue: :{self.answers.queue}", f"max_attempts: {attempts}"]
        unique = fill(Group("[", self._unique(), "]"), "    unique: ")
        period = self.answers.unique_period
        if period is not None and period.seconds < self._retrying:
            unique = f"    {MAY_MEET}\n{unique}"
        return "    " + ",\n    ".join(options) + ",\n" + unique

    @property
    def _retrying(self) -> int:
        """Seconds from the first attempt to the last, at the least."""
        waits = {
            "exponential": lambda attempt: min(10 * 2**attempt, 3_600),
            "linear": lambda attempt: min(60 * attempt, 3_600),
            "constant": lambda attempt: 60,
        }[self.answers.backoff]
        return sum(waits(attempt) + 1 for attempt in range(1, self.answers.max_attempts))

    def _unique(self) -> list:
        period = self.answers.unique_period
        items: list = ["period: :infinity"]
        if period is not None:
            tuples = self.version >= PERIODS and period.unit != "second"
            written = f"{{{period.count:_}, :{period.units}}}" if tuples else f"{period.seconds:_}"
            items = [f"period: {written}"]
        elif self.version >= GROUPS:
            items.append("states: :incomplete")
        else:
            items.append(("states: ", Group("[", [f":{state}" for state in INCOMPLETE], "]")))
        if self.answers.unique_keys:
            keys = [f":{key}" for key in self.answers.unique_keys]
            items.append(("keys: ", Group("[", keys, "]")))
        return items

    @property
    def permanent(self) -> list[str]:
        """What retrying cannot mend; a reason that is waited for is not among it."""
        waited = {f":{reason}" for reason in self.answers.snooze_on}
        return [reason for reason in self.effect.permanent if reason not in waited]

    @property
    def permanent_attribute(self) -> str:
        return fill(Group("[", self.permanent, "]"), "  @permanent ")

    @property
    def callback(self) -> str:
        params = [f"{arg.name} :: {TYPESPECS[arg.type]}" for arg in self.answers.args]
        if self.answers.idempotency == "key":
            params.append("idempotency_key :: String.t()")
        return self._spec(self.call, params, "answer")

    @property
    def done_callback(self) -> str:
        params = [f"{arg.name} :: {TYPESPECS[arg.type]}" for arg in self.answers.args]
        return self._spec("done?", params, "boolean")

    @staticmethod
    def _spec(name: str, params: list[str], result: str) -> str:
        before, after = f"  @callback {name}", f" :: {result}"
        flat = f"{before}({', '.join(params)}){after}"
        if len(flat) <= WIDTH:
            return flat
        inner = ",\n".join(" " * 14 + param for param in params)
        return f"{before}(\n{inner}\n{' ' * 12}){after}"

    @property
    def needs_job(self) -> bool:
        """Whether what is done with the args looks at the job too."""
        return bool(self.key_name or self.answers.snooze_on)

    @property
    def head(self) -> str:
        """The first line, or lines, of the clause that does the work."""
        job = " = job" if self.needs_job else ""
        if not self.answers.args:
            return f"  def perform(%Oban.Job{{}}{job}) do"
        pairs = [f'"{arg.name}" => {arg.name}' for arg in self.answers.args]
        flat = f"  def perform(%Oban.Job{{args: %{{{', '.join(pairs)}}}}}{job}) do"
        if len(flat) <= WIDTH:
            return flat
        matched = fill(Group("%{", pairs, "}"), "    ", " = args")
        return f"  def perform(%Oban.Job{{args: args}}{job}) do\n{matched}\n"

    @property
    def arguments(self) -> list[str]:
        return [arg.name for arg in self.answers.args]

    def run_call(self, indent: int) -> str:
        given = self.arguments + (["job"] if self.needs_job else [])
        return fill(Group("run(", given, ")"), " " * indent)

    @property
    def run_head(self) -> str:
        params = self.arguments + (["job"] if self.needs_job else [])
        return self._definition("run", params)

    @staticmethod
    def _definition(name: str, params: list[str]) -> str:
        flat = f"  defp {name}({', '.join(params)}) do"
        if len(flat) <= WIDTH:
            return flat
        inner = ",\n".join(" " * 9 + param for param in params)
        return f"  defp {name}(\n{inner}\n{' ' * 7}) do"

    def asked(self, indent: int) -> str:
        """The `case` line that calls the client; the answer on a line of its own if need be."""
        given = list(self.arguments)
        if self.answers.idempotency == "key":
            given.append("idempotency_key(job)")
        space = " " * indent
        flat = f"{space}case client().{self.call}({', '.join(given)}) do"
        if len(flat) <= WIDTH:
            return flat
        call = fill(Group(f"client().{self.call}(", given, ")"), f"{space}  ")
        return f"{space}answer =\n{call}\n\n{space}case answer do"

    @property
    def done_call(self) -> str:
        flat = f"    if client().done?({', '.join(self.arguments)}) do"
        if len(flat) <= WIDTH:
            return flat
        call = fill(Group("client().done?(", self.arguments, ")"), "      ")
        return f"    done =\n{call}\n\n    if done do"

    @property
    def clauses(self) -> list[str]:
        """What becomes of each answer, the more special before the more general."""
        ok = "JobReceipt.put!(receipt)" if self.answers.idempotency == "receipt" else ":ok"
        waits = [reason for reason in self.answers.snooze_on]
        lines = [f"{self.effect.ok} -> {ok}"]
        if self.http:
            if "rate_limited" in waits:
                waits.remove("rate_limited")
                lines.append(f"{{:ok, %{{status: 429}}}} -> {self._snooze('rate_limited')}")
            lines.append(
                "{:ok, %{status: status}} when status in @permanent -> {:cancel, {:status, status}}"
            )
            lines.append("{:ok, %{status: status}} -> {:error, {:status, status}}")
        lines += [f"{{:error, :{reason}}} -> {self._snooze(reason)}" for reason in waits]
        if not self.http and self.permanent:
            lines.append("{:error, reason} when reason in @permanent -> {:cancel, reason}")
        return [*lines, "{:error, reason} -> {:error, reason}"]

    def _snooze(self, reason: str) -> str:
        return f"snooze(job, {self.given_up(reason)})"

    @staticmethod
    def given_up(reason: str) -> str:
        """The outcome once waiting for a reason to go away has taken too long."""
        return f"{{:{'cancel' if permanent_reason(reason) else 'error'}, :{reason}}}"

    @property
    def key_head(self) -> str:
        fields = ["args: args"] if self.answers.args else []
        if not self.answers.once_ever:
            fields.append("inserted_at: inserted_at")
        return f"  defp {self.key_name}(%Oban.Job{{{', '.join(fields)}}}) do"

    @property
    def key(self) -> str:
        """Joins the name of the work, what tells it from other work, and when it was asked for."""
        names = self.answers.unique_keys or tuple(self.arguments)
        parts = [f'"{self.call}"', *(f'args["{name}"]' for name in names)]
        if not self.answers.once_ever:
            parts.append("DateTime.to_unix(inserted_at, :microsecond)")
        work = fill(Group("{", parts, "}"), "    work = ")
        return work + "\n" if "\n" in work else work

    @property
    def backoff(self) -> str:
        """Seconds after an attempt that failed; at most an hour."""
        base = {
            "exponential": "min(10 * Integer.pow(2, attempt), 3_600)",
            "linear": "min(60 * attempt, 3_600)",
            "constant": "60",
        }[self.answers.backoff]
        return f"{base} + :rand.uniform(10)"

    @property
    def timeout(self) -> str:
        timeout = self.answers.timeout
        return f":timer.{timeout.unit}s({timeout.count})"

    @property
    def moduledoc(self) -> str:
        first, *rest = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", self.short).split()
        title = " ".join([first, *(w if w.isupper() else w.lower() for w in rest)])
        paragraphs = [
            f"{title}: {self.effect.does} for each job.",
            f"{self._repeats} {self._uniqueness}",
        ]
        if self.answers.fans_out:
            paragraphs.append(
                f"Cron runs it without args (`{self.answers.cron}`); that job enqueues one with"
                " args for each thing that is due."
            )
        elif self.answers.cron:
            paragraphs.append(f"Cron runs it: `{self.answers.cron}`.")
        paragraphs.append("The work itself is done by the module that the configuration names:")
        wrapped = ["\n".join(textwrap.wrap(text, PROSE)) for text in paragraphs]
        return textwrap.indent("\n\n".join(wrapped), "  ")

    @property
    def _repeats(self) -> str:
        call = f"`{self.call}`"
        return {
            "receipt": "Safe to repeat: a receipt remembers that it is done, and an attempt that"
            " finds one does nothing. Only an attempt that dies between the two is repeated.",
            "key": f"Safe to repeat: every attempt gives {call} the same idempotency key, so that"
            " the service acts once.",
            "marker": f"Safe to repeat: nothing happens when `done?` says that it is done, which"
            f" {call} must set.",
            "unique": f"An attempt that failed is repeated from the start, so {call} must be safe"
            " to repeat: one transaction, or an upsert.",
        }[self.answers.idempotency]

    @property
    def _uniqueness(self) -> str:
        keys = self.answers.unique_keys or tuple(self.arguments)
        same = f" for the same {_listed(keys)}" if keys else ""
        period = self.answers.unique_period
        until = "while one waits or runs" if period is None else f"within {period}"
        ever = f" What was done once is never done again{same}." if self.answers.once_ever else ""
        return f"A second job{same} is not enqueued {until}.{ever}"

    @property
    def same(self) -> str:
        """What makes two jobs the same, as a test's name says it."""
        keys = self.answers.unique_keys or tuple(self.arguments)
        if len(keys) > MOST_LISTED:
            return " for the same args"
        return f" for the same {_listed(keys)}" if keys else ""

    # -- its test ---------------------------------------------------------------------

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


def _means_something_else(name: str) -> bool:
    """A word of the language, of these templates, or a function that every module has."""
    if name in RESERVED | TAKEN:
        return True
    return any(library().find("Kernel", name, arity) for arity in range(MOST_KERNEL_ARGS))


def _sample(type: str, number: int, form: int) -> str:
    """The value of the n-th arg in args (0), or as the client gets it (1)."""
    odd = "true" if number % 2 else "false"
    return SAMPLES[type][form].format(n=number, odd=odd, day=number % 28 + 1)


def receipt_module(repo: str) -> str:
    """The schema of receipts beside a repository: `Shop.Repo` → `Shop.JobReceipt`."""
    return f"{repo.rpartition('.')[0]}.JobReceipt".lstrip(".")


def _listed(names: tuple[str, ...]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
