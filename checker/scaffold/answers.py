"""What a new worker is asked for, read from text and checked before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from checker.elixir import cron

MODULE = re.compile(r"[A-Z][A-Za-z0-9_]*(\.[A-Z][A-Za-z0-9_]*)*")
NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = frozenset(
    "after and catch do else end false fn in nil not or rescue true when"
    " case cond def defp else for if import quote raise receive require self super throw try"
    " unless unquote use with alias".split()
)
# The names that a generated worker and its test have for themselves.
TAKEN = frozenset(
    "args client job new perform backoff timeout reason status answer due receipt done key"
    " idempotency_key values otherwise snoozes configured module_info behaviour_info".split()
)
# Modules of Elixir, Ecto and Oban that generated code calls by their short names.
SHADOWED = frozenset(
    "Application Date DateTime Decimal Ecto Enum Integer JobReceipt Keyword Oban Process String"
    " Client".split()
)
TYPES = ("integer", "string", "uuid", "boolean", "date", "datetime", "decimal")
EFFECTS = ("none", "email", "http", "charge", "publish")
IDEMPOTENCY = ("receipt", "key", "unique", "marker")
BACKOFFS = ("exponential", "linear", "constant")
# What makes each effect safe to repeat when nothing else is asked for.
USUAL = {"none": "unique", "email": "receipt", "http": "key", "charge": "key", "publish": "key"}
ONCE_EVER = frozenset(("email", "charge", "publish"))
UNITS = {"s": ("second", 1), "m": ("minute", 60), "h": ("hour", 3600), "d": ("day", 86_400)}
FOREVER = "infinity"
LONGEST_MODULE = 100
LONGEST_NAME = 30  # of a key, and …
LONGEST_REASON = 24  # … of a reason; lines then fit
LONGEST_SEGMENT = 40
LONGEST_QUEUE = 127  # (oban 2.24, lib/oban/job.ex)
MOST_ATTEMPTS = 20
LONGEST_TIMEOUT = 3600  # Lifeline rescues what runs for longer (oban 2.24, plugins/lifeline.ex)


class AnswerError(ValueError):
    """An answer that cannot be taken: which option, why, and one that can."""

    def __init__(self, option: str, problem: str, example: str) -> None:
        super().__init__(f"{option}: {problem}; for example {example}")
        self.option = option


@dataclass(frozen=True)
class Duration:
    """`count` of `unit` (second, minute, hour, day)."""

    count: int
    unit: str

    @property
    def seconds(self) -> int:
        return self.count * {name: size for name, size in UNITS.values()}[self.unit]

    @property
    def units(self) -> str:
        return self.unit if self.count == 1 else self.unit + "s"

    def __str__(self) -> str:
        return f"{self.count} {self.units}"


@dataclass(frozen=True)
class Arg:
    """One key of the job's args, and the type of what stands there."""

    name: str
    type: str


@dataclass(frozen=True)
class WorkerAnswers:
    """Everything that decides what a worker and its test look like; all of it is valid.

    `unique_period` None: as long as a job is waiting or running.
    """

    module: str
    queue: str
    max_attempts: int
    args: tuple[Arg, ...]
    unique_keys: tuple[str, ...]
    unique_period: Duration | None
    effect: str
    idempotency: str
    cron: str | None
    backoff: str
    timeout: Duration
    snooze_on: tuple[str, ...] = field(default=())

    @property
    def once_ever(self) -> bool:
        """Whether equal keys always mean the same work, however often it is enqueued.

        So it is where the keys that name the work were given, and nothing says that it recurs.
        """
        recurs = self.cron is not None or self.unique_period is not None
        return self.effect in ONCE_EVER and bool(self.unique_keys) and not recurs

    @property
    def fans_out(self) -> bool:
        """Whether cron's job, which has no args, enqueues one with args for each thing due."""
        return self.cron is not None and bool(self.args)


def read(module: str, options: dict) -> WorkerAnswers:
    """The answers that options give, as the command line has them.

    Keys are named as the options; lists hold what was repeated. Raises AnswerError
    for the first that is wrong.
    """
    args = tuple(arg(text) for text in options["arg"])
    once("--arg", [one.name for one in args], "--arg order_id:integer --arg day:date")
    effect = options["effect"]
    return WorkerAnswers(
        module=module,
        queue=queue_name(options["queue"]),
        max_attempts=attempts(options["max_attempts"]),
        args=args,
        unique_keys=unique_keys(options["unique_keys"], args),
        unique_period=_period(options["unique_period"]),
        effect=effect,
        idempotency=options["idempotency"] or USUAL[effect],
        cron=cron_expression(options["cron"]),
        backoff=options["backoff"],
        timeout=_timeout(options["timeout"]),
        snooze_on=snooze_reasons(options["snooze_on"]),
    )


def module_name(text: str) -> str:
    """A module's name as it may be asked for. Raises AnswerError."""
    example = "Shop.Workers.SyncCustomer"
    if text.startswith("Elixir."):
        raise AnswerError("NAME", f"`{text}` begins with `Elixir.`", text[len("Elixir.") :] or example)
    if not MODULE.fullmatch(text):
        raise AnswerError("NAME", f"`{text}` is not the name of a module", example)
    last = text.rpartition(".")[2]
    if len(text) > LONGEST_MODULE or len(last) > LONGEST_SEGMENT:
        raise AnswerError("NAME", f"`{text[:60]}…` is too long", example)
    if last in SHADOWED:
        problem = f"`{last}` would hide a module that its test calls"
        raise AnswerError("NAME", problem, f"{text}Worker")
    return text


def arg(text: str, unusable: frozenset[str] = RESERVED | TAKEN) -> Arg:
    """`key:type`; `unusable` are the names that mean something else where it is used."""
    name, colon, kind = text.partition(":")
    example = "--arg customer_id:integer"
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise AnswerError("--arg", f"`{name}` is not the name of a key", example)
    if name in unusable:
        problem = f"`{name}` means something else in a worker"
        raise AnswerError("--arg", problem, f"--arg {name}_id:{kind or 'integer'}")
    if not colon or kind not in TYPES:
        problem = f"`{text}` has no type; types are {', '.join(TYPES)}"
        if colon:
            problem = f"`{kind}` is not a type; types are {', '.join(TYPES)}"
        raise AnswerError("--arg", problem, f"--arg {name}:integer")
    return Arg(name, kind)


def once(option: str, names: list[str], example: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise AnswerError(option, f"`{name}` is given twice", example)


def queue_name(text: str, unusable: frozenset[str] = RESERVED) -> str:
    if not NAME.fullmatch(text) or len(text) > LONGEST_QUEUE or text in unusable:
        raise AnswerError("--queue", f"`{text}` is not the name of a queue", "--queue billing")
    return text


def attempts(number: int) -> int:
    if not 1 <= number <= MOST_ATTEMPTS:
        problem = f"{number} is not between 1 and {MOST_ATTEMPTS}"
        raise AnswerError("--max-attempts", problem, "--max-attempts 5")
    return number


def unique_keys(texts: tuple[str, ...], args: tuple[Arg, ...]) -> tuple[str, ...]:
    keys = [key for text in texts for key in text.replace(",", " ").split()]
    names = [arg.name for arg in args]
    if texts and not keys:
        raise AnswerError("--unique-keys", "names no arg", f"--unique-keys {names[0] if names else 'id'}")
    for key in keys:
        if key not in names:
            given = f"the args are {', '.join(names)}" if names else "there are no args"
            example = names[0] if names else "customer_id --arg customer_id:integer"
            problem = f"`{key}` is not an arg ({given})"
            raise AnswerError("--unique-keys", problem, f"--unique-keys {example}")
    once("--unique-keys", keys, f"--unique-keys {','.join(names)}")
    return tuple(keys)


def _period(text: str | None) -> Duration | None:
    if text is None or text == FOREVER:
        return None
    return duration("--unique-period", text, "--unique-period 1h, or infinity")


def _timeout(text: str) -> Duration:
    given = duration("--timeout", text, "--timeout 30s")
    if given.seconds >= LONGEST_TIMEOUT:
        problem = f"`{text}` is not shorter than the 60 minutes after which Lifeline runs it again"
        raise AnswerError("--timeout", problem, "--timeout 10m")
    return given


def duration(option: str, text: str, example: str) -> Duration:
    match = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if match is None:
        units = "s, m, h or d"
        raise AnswerError(option, f"`{text}` is not a whole number with {units}", example)
    return Duration(int(match[1]), UNITS[match[2]][0])


def cron_expression(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        cron.parse(text)
    except cron.CronError as error:
        raise AnswerError("--cron", str(error), '--cron "0 * * * *"') from None
    if '"' in text or "\\" in text or not text.isprintable():
        raise AnswerError("--cron", f"`{text}` is no cron expression", '--cron "0 * * * *"')
    return text


def snooze_reasons(
    texts: tuple[str, ...], unusable: frozenset[str] = RESERVED
) -> tuple[str, ...]:
    example = "--snooze-on rate_limited"
    for text in texts:
        if not NAME.fullmatch(text) or len(text) > LONGEST_REASON or text in unusable:
            raise AnswerError("--snooze-on", f"`{text}` is not a reason", example)
    once("--snooze-on", list(texts), example)
    return texts
