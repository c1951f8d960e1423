"""The worker and what running it does: outcomes, steps, and what happens around them."""

from __future__ import annotations

from functools import cached_property

from checker.model.attempt import AttemptTest
from checker.model.clause import Clause
from checker.model.outcome import LATEST, Outcome, outcomes
from checker.model.shape import Span, Trail, Value
from checker.model.timing import Interval, NotAnInteger, Timing


class Option:
    """An option as written; `value` is unknown when it is not a literal.

    `key` is the place of its name and colon, where it is written so.
    """

    __slots__ = ("name", "value", "span", "key")

    def __init__(self, name: str, value: Value, span: Span, key: Span | None = None) -> None:
        self.name = name
        self.value = value
        self.span = span
        self.key = key


class Condition:
    """What decided that a step runs.

    `names`: fields, variables and functions that were looked at. `steps`: calls
    whose answer decided. `absent`: the step runs when the thing looked up is
    not there (nil, false, zero rows). `counts`: a number was asked for.
    `in_loop`: asked for each item, or about which items there are.
    """

    __slots__ = ("span", "names", "steps", "absent", "counts", "in_loop")

    def __init__(
        self, span: Span, names: frozenset[str], steps: tuple, absent: bool, counts: bool,
        in_loop: bool,
    ) -> None:  # fmt: skip
        self.span = span
        self.names = names
        self.steps = steps
        self.absent = absent
        self.counts = counts
        self.in_loop = in_loop


class Step:
    """One call that performing the job makes.

    `call` is its full name (`Repo.insert`, `Shop.Mailer.deliver`); `table_call`
    the table's name for it. `traits` says what it does (see the library table).
    `contexts` has one entry per way that leads to it. `function` is where it
    stands. `span` is the call, in a pipe its own step.
    """

    __slots__ = (
        "call", "traits", "span", "function", "args", "options", "result", "contexts",
        "order", "reads", "escapes", "matches", "words", "trail", "bound",
        "options_known",
    )  # fmt: skip

    def __init__(self, call: str, traits: frozenset, span: Span, function: str) -> None:
        self.call = call
        self.traits = traits
        self.span = span
        self.function = function
        self.args: list[Value] = []
        self.options: dict[str, Value] = {}
        self.result: Value = ()
        self.contexts: list[Context] = []
        self.order = 0
        self.reads: set[str] = set()  # fields of its answer that were looked at
        self.options_known = True
        self.bound = False  # its answer was given a name
        self.escapes = False  # its answer went somewhere we cannot follow
        self.matches: list[Match] = []
        self.words: frozenset[str] = frozenset()  # what a query names
        self.trail: Trail | None = None  # the function of another file that makes the call

    @property
    def answers_struct(self) -> bool:
        """Whether what it answers is an object whose fields are looked at one by one."""
        return any(
            getattr(inner.shape, "step", None) is self
            for alt in self.result
            for inner in (alt, *(i for item in getattr(alt.shape, "items", None) or () for i in item))
        )

    def has(self, *traits: str) -> bool:
        return not self.traits.isdisjoint(traits)


class Match:
    """A clause that took an answer of a step: its place and what it took.

    `failing` when it can only take failures, `specific` when it says which;
    `handler` is what such a clause then does. `ignores`: it takes a success
    without a look at its value.
    """

    __slots__ = ("span", "failing", "specific", "value", "handler", "ignores")

    def __init__(self, span: Span, failing: bool, specific: bool) -> None:
        self.span = span
        self.failing = failing
        self.specific = specific
        self.value: Value = ()
        self.handler: Handler | None = None
        self.ignores = False


class Context:
    """One way to a step: what decided it, and what it runs inside of."""

    __slots__ = ("conditions", "loop", "transaction", "handler", "before", "rescues", "apart")

    def __init__(
        self, conditions, loop, transaction, handler, before, rescues, apart=False
    ) -> None:
        self.conditions = conditions
        self.loop = loop  # runs once per item of a collection
        self.transaction = transaction
        self.handler = handler
        self.before = before  # steps that ran earlier on this way
        self.rescues = rescues  # names of exceptions that are rescued around it
        self.apart = apart  # in another process than the job's, or perhaps so


class Handler:
    """A clause that deals with a failure.

    `kind`: rescue, catch, clause (a pattern for an error) or else (of a `with`).
    `blanket`: takes any failure. `tail`: its value. `reraises`, `reports` (with
    the stack trace): what it does besides. `reasons`: shapes its pattern names.
    """

    __slots__ = (
        "kind", "blanket", "span", "tail", "reraises", "reports", "loop", "function", "reason",
        "exceptions", "awaits",
    )  # fmt: skip

    def __init__(self, kind: str, blanket: bool, span: Span, function: str, loop: bool) -> None:
        self.kind = kind
        self.blanket = blanket
        self.span = span
        self.function = function
        self.loop = loop
        self.tail: Value = ()
        self.reraises = False
        self.reports = False
        self.reason: Value = ()
        self.exceptions: tuple[str, ...] = ()
        self.awaits = False  # what it takes failures of awaits something


class Ending:
    """The value that follows a dropped one: what its block, or that of its caller, ends in."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Value = ()


class Drop:
    """A value in statement position that nothing looks at; `endings` follow it."""

    __slots__ = ("span", "value", "function", "loop", "per_item", "endings")

    def __init__(self, span: Span, value: Value, function: str, loop: bool, per_item: bool) -> None:
        self.span = span
        self.value = value
        self.function = function
        self.loop = loop
        self.per_item = per_item  # the answers of a function called once per item
        self.endings: list[Ending] = []


class Throw:
    """An uncaught throw or exit, or an exit signal to the job itself."""

    __slots__ = ("kind", "span", "value", "function")

    def __init__(self, kind: str, span: Span, value: Value, function: str) -> None:
        self.kind = kind
        self.span = span
        self.value = value
        self.function = function


class Raise:
    """A place that may raise, with nothing around it that rescues: a raise, a match that may
    not hold, clauses that may not take every value, a call that raises when it fails."""

    __slots__ = ("span", "function")

    def __init__(self, span: Span, function: str) -> None:
        self.span = span
        self.function = function


class Callback:
    """What the function given to a transaction answers."""

    __slots__ = ("kind", "span", "value", "function")

    def __init__(self, kind: str, span: Span, value: Value, function: str) -> None:
        self.kind = kind  # transaction, transact, multi_run
        self.span = span
        self.value = value
        self.function = function


class AtomKey:
    """An atom key used on the job's args; `fixed` is the text with a string key, to be put at
    `place`, which is in `span` or all of it."""

    __slots__ = ("span", "place", "key", "fixed", "function")

    def __init__(self, span: Span, place: Span, key: str, fixed: str, function: str) -> None:
        self.span = span
        self.place = place
        self.key = key
        self.fixed = fixed
        self.function = function


class AtomValue:
    """An atom that a value of the args is compared with, though it came as a text.

    `fixed` is the text to put there. `function` is where it stands.
    """

    __slots__ = ("span", "fixed", "function")

    def __init__(self, span: Span, fixed: str, function: str) -> None:
        self.span = span
        self.fixed = fixed
        self.function = function


class Unparsed:
    """A text from the args where a date or time has to be; `kind` names the module."""

    __slots__ = ("span", "kind", "function")

    def __init__(self, span: Span, kind: str, function: str) -> None:
        self.span = span
        self.kind = kind
        self.function = function


class Worker:
    """A worker as one file tells it.

    `options` as written at `use`; `options_known` is False when some could not
    be read. `environment`: calls among them that read it, by name and place. `missing` says
    what is wrong with perform (`absent`, `private`, `arity`, `process`) or is None.
    `delegated`: perform stands elsewhere.
    `recursive`: functions that call themselves.
    """

    def __init__(self, name: str, span: Span, use_span: Span) -> None:
        self.name = name
        self.language = "elixir"
        self.span = span
        self.use_span = use_span
        self.pro = False
        self.wrapper: str | None = None
        self.version = LATEST
        self.options: dict[str, Option] = {}
        self.options_known = True
        self.environment: list[tuple[str, Span]] = []
        self.args_cast = False
        self.callbacks: frozenset[str] = frozenset()
        self.missing: str | None = None
        self.missing_span: Span = use_span
        self.delegated = False
        self.broken = False
        self.exhausted = False
        self.recursive: frozenset[str] = frozenset()
        self.outcome: Value = ()
        self.steps: list[Step] = []
        self.drops: list[Drop] = []
        self.handlers: list[Handler] = []
        self.throws: list[Throw] = []
        self.raises: list[Raise] = []
        self.callbacks_run: list[Callback] = []
        self.atom_keys: list[AtomKey] = []
        self.atom_values: list[AtomValue] = []
        self.unparsed: list[Unparsed] = []
        self.read_mentions = frozenset
        self.around = None  # what the project tells, None where only the file is known
        self.read_enqueue_options = list
        self.read_clauses = list
        self.read_timing = lambda name: None
        self.read_waits = list
        self.read_attempt_tests = list
        self.read_jobs = list
        self.tail_at = lambda step: None  # where perform ends with a step: its Tail
        self._mentions: frozenset[str] | None = None
        self._enqueue_options: list[frozenset[str]] | None = None
        self.enqueues: list[Enqueue] = []
        self.trails: dict[Span, Trail] = {}  # calls into other files → what they lead to
        self.siblings: dict[str, Worker] = {}
        self.permanent_reasons: tuple[str, ...] = ()  # the project's own
        self.transient_reasons: tuple[str, ...] = ()

    @property
    def mentions(self) -> frozenset[str]:
        """Words that the worker's code uses: fields, functions, short strings."""
        if self._mentions is None:
            self._mentions = self.read_mentions()
        return self._mentions

    @property
    def enqueue_options(self) -> list[frozenset[str]]:
        """Names of the options that each known `new` of this worker gives."""
        if self._enqueue_options is None:
            self._enqueue_options = self.read_enqueue_options()
        return self._enqueue_options

    @cached_property
    def attempt_tests(self) -> list[AttemptTest]:
        """Where its code asks which attempt it is."""
        return self.read_attempt_tests()

    @cached_property
    def backoff(self) -> Timing | None:
        """Its own `backoff/1`; None where it has none."""
        return self.read_timing("backoff")

    @cached_property
    def timeout(self) -> Timing | None:
        """Its own `timeout/1`; None where it has none."""
        return self.read_timing("timeout")

    @cached_property
    def waits(self) -> list[Interval | NotAnInteger | None]:
        """Seconds from attempt 1, 2 … to the next one; none where they are not known."""
        return self.read_waits()

    @cached_property
    def clauses(self) -> list[Clause]:
        """The clauses of perform, with the args that each asks for."""
        return self.read_clauses()

    @cached_property
    def jobs(self) -> list:
        """Its jobs (`NewJob`) that this file builds, in order of their places."""
        return self.read_jobs()

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every way perform can end; asked once perform has been followed."""
        return outcomes(self.outcome, self.version)

    def option(self, name: str) -> Value | None:
        found = self.options.get(name)
        return found.value if found is not None else None


class Enqueue:
    """A job of `target` that a call inserts; `options` as given to `new/2`.

    `built` is the step that built the job, `step` the one that inserts it.
    """

    __slots__ = ("span", "target", "options", "function", "built", "step")

    def __init__(
        self, span: Span, target: str, options: dict, function: str, built: Step | None, step: Step
    ) -> None:
        self.span = span
        self.target = target
        self.options = options
        self.function = function
        self.built = built
        self.step = step
