"""Answers as the template of a worker sees them: pieces of Elixir, laid out."""

from __future__ import annotations

import re
import textwrap

from checker.elixir.library import library
from checker.project.conventions import underscore
from checker.scaffold.answers import RESERVED, TAKEN, WorkerAnswers
from checker.scaffold.layout import WIDTH, Group, fill
from checker.vocabulary import permanent_reason

GROUPS = (2, 20)  # the version of Oban from which `states: :incomplete` is known …
PERIODS = (2, 17)  # … and from which periods may be written `{1, :hour}`
INCOMPLETE = ("available", "scheduled", "executing", "retryable")
PROSE = 88
MAY_MEET = "# oban-guard: ignore[OB307] a job that still retries may meet the next one"
MOST_KERNEL_ARGS = 5
PERMANENT_STATUSES = (400, 404, 410, 422)  # 401 and 403 pass once the credentials are right
MOST_SNOOZES = 1_440  # a day of minutes
TYPESPECS = {
    "integer": "integer", "string": "String.t()", "uuid": "Ecto.UUID.t()", "boolean": "boolean",
    "date": "Date.t()", "datetime": "DateTime.t()", "decimal": "Decimal.t()",
}  # fmt: skip
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
        same = f" for the same {listed(keys)}" if keys else ""
        period = self.answers.unique_period
        until = "while one waits or runs" if period is None else f"within {period}"
        ever = f" What was done once is never done again{same}." if self.answers.once_ever else ""
        return f"A second job{same} is not enqueued {until}.{ever}"


def _means_something_else(name: str) -> bool:
    """A word of the language, of these templates, or a function that every module has."""
    if name in RESERVED | TAKEN:
        return True
    return any(library().find("Kernel", name, arity) for arity in range(MOST_KERNEL_ARGS))


def receipt_module(repo: str) -> str:
    """The schema of receipts beside a repository: `Shop.Repo` → `Shop.JobReceipt`."""
    return f"{repo.rpartition('.')[0]}.JobReceipt".lstrip(".")


def listed(names: tuple[str, ...]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
