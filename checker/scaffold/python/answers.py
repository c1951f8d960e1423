"""What a new worker or job function of Oban for Python is asked for, checked beforehand."""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import dataclass

from checker.python import cron
from checker.scaffold.answers import (
    LONGEST_MODULE,
    LONGEST_SEGMENT,
    NAME,
    USUAL,
    AnswerError,
    Arg,
    attempts,
    duration,
    once,
    queue_name,
    snooze_reasons,
    unique_keys,
)
from checker.scaffold.answers import arg as read_arg

WORKER, JOB = "worker", "job"
EXAMPLES = {WORKER: "shop.workers.sync_customer.SyncCustomer", JOB: "shop.jobs.sync_customer"}
CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
REPEATED = "repeated"  # nothing guards it: it does no harm to do it twice
IDEMPOTENCY = ("receipt", "key", "marker")
WORDS = frozenset(keyword.kwlist)
# The names that generated code has for itself, in a function …
TAKEN = WORDS | frozenset(
    "self job client key args error status response receipt running current due idempotency_key"
    " conn asyncio dt hashlib json random str int job_receipts idempotency_key_of perform".split()
)
# … and in a module, or its test.
TAKEN_NAMES = TAKEN | frozenset(
    "Any Cancel Client Decimal Iterable Job Oban PERMANENT Protocol Response Snooze StandIn"
    " StatusError UUID VALUES ARGS WAIT MOST_SNOOZES module worker process_job pytest current_job"
    " all_enqueued assert_enqueued receipts calls done due_args each fields jobs name pytestmark"
    " run value".split()
)
TEST = "test_"  # what begins so is a test
UNIQUE = "there is no `unique` in Oban for Python, outside of Oban Pro: "


@dataclass(frozen=True)
class PythonAnswers:
    """Everything that decides what a worker and its test look like; all of it is valid.

    `kind` is WORKER, a class, or JOB, a function; `module` holds it. `work_keys`: the args
    that name the work, which is then done once for equal ones; empty: once for each job.
    `timeout` in seconds.
    """

    kind: str
    module: str
    name: str
    queue: str
    max_attempts: int
    args: tuple[Arg, ...]
    work_keys: tuple[str, ...]
    effect: str
    idempotency: str
    cron: str | None
    backoff: str
    timeout: int
    snooze_on: tuple[str, ...]

    @property
    def fans_out(self) -> bool:
        """Whether cron's job, which has no args, enqueues one with args for each thing due."""
        return self.cron is not None and bool(self.args)


def read(kind: str, module: str, name: str, options: dict, rescued: float) -> PythonAnswers:
    """The answers that options give, as the command line has them.

    `rescued`: the seconds after which Lifeline runs a job again. Raises AnswerError for the
    first that is wrong.
    """
    args = tuple(arg(text) for text in options["arg"])
    once("--arg", [one.name for one in args], "--arg order_id:integer --arg day:date")
    if kind == JOB:
        _no_parsed_twins(args)
    effect = options["effect"]
    idempotency = idempotency_of(options["idempotency"], effect)
    return PythonAnswers(
        kind=kind,
        module=module,
        name=name,
        queue=queue_name(options["queue"], WORDS),
        max_attempts=attempts(options["max_attempts"]),
        args=args,
        work_keys=_work_keys(options, args, idempotency),
        effect=effect,
        idempotency=idempotency,
        cron=cron_expression(options["cron"]),
        backoff=options["backoff"],
        timeout=_timeout(options["timeout"], rescued),
        snooze_on=_reasons(options["snooze_on"]),
    )


def name_of(text: str, kind: str) -> tuple[str | None, str]:
    """The module, None where it is left to the project, and the name in it.

    A class is named with its module, `shop.workers.sync.Sync`; a function is the one that its
    module is called after, `shop.jobs.sync`. Raises AnswerError.
    """
    space, _, last = text.rpartition(".")
    example = EXAMPLES[kind]
    if not _is_name(last, kind) or not all(map(_is_module, space.split(".") if space else ())):
        what = "a class" if kind == WORKER else "a function"
        raise AnswerError("NAME", f"`{text}` is not the name of {what}", example)
    if len(text) > LONGEST_MODULE or len(last) > LONGEST_SEGMENT:
        raise AnswerError("NAME", f"`{text[:60]}…` is too long", example)
    if _means_something(last):
        other = other_name(last, kind)
        raise AnswerError(
            "NAME", f"`{last}` means something else there", f"{space}.{other}".lstrip(".")
        )
    if kind == WORKER:
        return space or None, last
    if space.rpartition(".")[2] == last:  # named as Oban stores it
        return space, last
    return (text if space else None), last


def other_name(name: str, kind: str) -> str:
    """One like it, where it is taken."""
    if kind == WORKER:
        return f"{name}Worker"
    return f"{name.removeprefix(TEST)}_job"


def _means_something(name: str) -> bool:
    """Whether it, or the method that the client has for it, is something else already."""
    taken = name in TAKEN_NAMES or hasattr(builtins, name) or snake(name) in WORDS
    return taken or name.startswith(TEST)


def snake(name: str) -> str:
    """`SyncHTTPLogs` → `sync_http_logs`."""
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", text).lower()


def importable(module: str, named: str | None, kind: str) -> None:
    """Raises AnswerError where the file that --path names is no module, or not the `named` one."""
    example = f"--path shop/{kind}s"
    if not all(map(_is_module, module.split("."))):
        raise AnswerError("--path", f"`{module}` cannot be imported", example)
    if named not in (None, module):
        raise AnswerError("--path", f"`{module}` is not `{named}`, as NAME has it", example)


def _is_name(text: str, kind: str) -> bool:
    return bool(CLASS.fullmatch(text)) if kind == WORKER else _is_module(text)


def _is_module(text: str) -> bool:
    return bool(NAME.fullmatch(text)) and text not in WORDS and len(text) <= LONGEST_SEGMENT


def arg(text: str) -> Arg:
    """`key:type`. Raises AnswerError."""
    return read_arg(text, TAKEN)


def idempotency_of(text: str | None, effect: str) -> str:
    """What makes it safe to repeat; what is usual for the effect when it is not said."""
    if text == "unique":
        problem = UNIQUE + "a second job with the same args is inserted"
        raise AnswerError("--idempotency", problem, "--idempotency receipt")
    return text or (REPEATED if effect == "none" else USUAL[effect])


def cron_expression(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        cron.parse(text)
    except cron.CronError as error:
        raise AnswerError("--cron", str(error), '--cron "0 * * * *"') from None
    if not text.isprintable() or not text.isascii():
        raise AnswerError("--cron", f"`{text}` is no cron expression", '--cron "0 * * * *"')
    return text


def error_name(reason: str) -> str:
    """The exception that stands for a reason: `rate_limited` → `RateLimitedError`."""
    return "".join(part.capitalize() for part in reason.split("_")) + "Error"


def is_builtin(name: str) -> bool:
    return hasattr(builtins, name)


def parsed(name: str) -> str:
    """What a job function calls an arg once it is read."""
    return f"parsed_{name}"


def _no_parsed_twins(args: tuple[Arg, ...]) -> None:
    twins = {one.name for one in args} & {parsed(one.name) for one in args}
    if twins:
        name = min(twins)
        problem = f"`{name}` is what another arg is called once it is read"
        raise AnswerError("--arg", problem, f"--arg {name}_value:string")


def _work_keys(options: dict, args: tuple[Arg, ...], idempotency: str) -> tuple[str, ...]:
    if options["unique_period"] is not None:
        problem = UNIQUE + "no job keeps out another one"
        raise AnswerError("--unique-period", problem, "--idempotency receipt")
    keys = unique_keys(options["unique_keys"], args)
    if keys and idempotency not in ("receipt", "key"):
        problem = UNIQUE + "they can only name the work in a receipt or a key"
        raise AnswerError(
            "--unique-keys", problem, f"--unique-keys {','.join(keys)} --idempotency receipt"
        )
    return keys


def _timeout(text: str, rescued: float) -> int:
    seconds = duration("--timeout", text, "--timeout 30s").seconds
    if seconds >= rescued:
        problem = f"`{text}` is not shorter than the {rescued:g} s after which Lifeline runs a"
        raise AnswerError("--timeout", f"{problem} job again", "--timeout 30s")
    return seconds


def _reasons(texts: tuple[str, ...]) -> tuple[str, ...]:
    for reason in snooze_reasons(texts, frozenset()):
        error = error_name(reason)
        known = getattr(builtins, error, None)
        if error == "StatusError" or not (known is None or issubclass(known, OSError)):
            problem = f"`{error}`, which stands for `{reason}`, means something else"
            raise AnswerError("--snooze-on", problem, "--snooze-on rate_limited")
    return texts
