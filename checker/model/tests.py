"""What a test does with jobs, in the order of its text."""

from __future__ import annotations

from checker.model.shape import Span

RUN, DRAIN, BY_HAND, ENQUEUE = "run", "drain", "by hand", "enqueue"
ASSERT_ENQUEUED, REFUTE_ENQUEUED, ASSERT, SLEEP, OTHER = (
    "assert enqueued", "refute enqueued", "assert", "sleep", "other",
)  # fmt: skip
INLINE = "inline"


class Action:
    """One call in a test.

    `kind`: runs a job (`perform_job`), drains a queue, calls a worker's perform `by hand`,
    enqueues, asserts on what is enqueued or on anything else, sleeps, or is any other call.
    `workers` it names; `dropped`: nothing looks at its result; `mode`: the testing mode around
    it, where the test sets one; `nested`: in a function that something else calls, perhaps.
    `job` is what a call by hand is given. `partial`: a drain that may leave jobs behind.
    """

    __slots__ = ("kind", "span", "workers", "dropped", "mode", "nested", "job", "partial")

    def __init__(self, kind: str, span: Span) -> None:
        self.kind = kind
        self.span = span
        self.workers: frozenset[str] = frozenset()
        self.dropped = False
        self.mode: str | None = None
        self.nested = False
        self.job: HandMade | None = None
        self.partial = False


class HandMade:
    """A job written down in a call of perform.

    `target` is the place of the worker's name, `args` that of its args, None without any.
    `is_struct`: an `%Oban.Job{}` and no other map. `alone`: args are all that it is given;
    `atom_keys`: they have some, `plain`: they hold nothing but literals. `piped`: into perform.
    """

    __slots__ = ("target", "args", "is_struct", "alone", "atom_keys", "plain", "piped")

    def __init__(self, target: Span, args: Span | None) -> None:
        self.target = target
        self.args = args
        self.is_struct = False
        self.alone = False
        self.atom_keys = False
        self.plain = False
        self.piped = False


class Test:
    """One test: `actions` in order, `name` as written. `helper`: a function beside the tests,
    which they may call from anywhere."""

    __slots__ = ("name", "helper", "actions")

    def __init__(self, name: str, helper: bool, actions: list[Action]) -> None:
        self.name = name
        self.helper = helper
        self.actions = actions

    def before(self, action: Action) -> list[Action]:
        """What is done before an action, last first."""
        return [other for other in reversed(self.actions) if other.span[0] < action.span[0]]

    def after(self, action: Action) -> list[Action]:
        return [other for other in self.actions if other.span[0] >= action.span[1]]


class Tests:
    """The tests of a file. `helped`: it uses `Oban.Testing`; `runs_queues`: it starts an Oban
    whose queues run jobs by themselves."""

    def __init__(self) -> None:
        self.tests: list[Test] = []
        self.around = None  # what the project tells, None where only the file is known
        self.helped = False
        self.runs_queues = False

    def mode_of(self, test: Test, action: Action) -> str | None:
        """The testing mode that an action is in; None where it is not known."""
        if action.mode is not None or test.helper or self.runs_queues or self.around is None:
            return action.mode
        return self.around.testing
