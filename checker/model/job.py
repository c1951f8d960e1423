"""Jobs that code builds and inserts: what an enqueue site says of them."""

from __future__ import annotations

from checker.model.shape import Map, Span, Value, only
from checker.model.worker import Option, Step, Worker

INSERTED, IN_BULK, BY_REPO, DROPPED, UNKNOWN = "inserted", "in bulk", "by the repo", "dropped", ""


class NewJob:
    """`Worker.new(args, options)`, or `Oban.Job.new(args, worker: Worker)`.

    `target` is the full name of the worker's module; `worker` its model when this file
    defines it. `span` is the call, in a pipe its own step. `args` is the value given, with
    the places that decide it. `options` as given at the call, the worker's own left out;
    `options_known` is False when some could not be read. `fate` says what becomes of it
    where that is known: inserted, in bulk, by the repo, dropped. `function` is where it
    stands, `performing` the worker whose perform leads there, if one does. `named` is the
    name of the variable or field that is given as args, if it is one. `places`: where each
    entry of a map stands that the file writes down, by the map's place and the key.
    `inserter` is the call of the repo that it is given to, if one is.
    `elsewhere`: another file builds it, in a function that is called here.
    """

    __slots__ = (
        "target", "worker", "span", "args", "options", "options_known", "fate", "function",
        "performing", "certain", "named", "places", "elsewhere", "inserter",
    )  # fmt: skip

    def __init__(self, target: str, span: Span, args: Value, function: str) -> None:
        self.target = target
        self.worker: Worker | None = None
        self.span = span
        self.args = args
        self.options: dict[str, Option] = {}
        self.options_known = True
        self.fate = UNKNOWN
        self.function = function
        self.performing: Worker | None = None
        self.certain = False  # the target is known to be a worker
        self.named: str | None = None
        self.places: dict[tuple, Span] = {}
        self.elsewhere = False
        self.inserter: Span | None = None

    @property
    def fields(self) -> dict[str, Value] | None:
        """Each key of the args, atom or string, with its value; None when not all are known."""
        shape = only(self.args)
        if not isinstance(shape, Map) or shape.open:
            return None
        return {key[1]: value for key, value in shape.fields.items() if key[0] in ("atom", "text")}


class Insertion:
    """A call that inserts jobs: `Oban.insert`, `insert!` or `insert_all`.

    `call` is its name; `jobs` those it is known to insert. `dropped`: nothing looks at what
    it answers. `transaction`: it runs inside of one, or adds to a Multi. `performing` is the
    worker whose perform leads there, if one does. `mismatch` is a pattern that can not take
    its answer, `distinct` says that the code around it takes care of duplicates. `elsewhere`:
    it stands in a function of another file, which is called here.
    """

    __slots__ = (
        "call", "span", "jobs", "dropped", "transaction", "multi", "function", "performing",
        "mismatch", "distinct", "elsewhere",
    )  # fmt: skip

    def __init__(self, call: str, span: Span, function: str) -> None:
        self.call = call
        self.span = span
        self.jobs: list[NewJob] = []
        self.dropped = False
        self.transaction = False
        self.multi = False
        self.function = function
        self.performing: Worker | None = None
        self.mismatch: Span | None = None
        self.distinct = False
        self.elsewhere = False


class DirectPerform:
    """`Worker.perform(…)`, called from a module that is no worker."""

    __slots__ = ("target", "span", "function")

    def __init__(self, target: str, span: Span, function: str) -> None:
        self.target = target
        self.span = span
        self.function = function


class Jobs:
    """The jobs of a file: `built` and `insertions`, each in order of its place.

    `others`: modules of the file that are no workers, and whether each has a `perform/1` and
    nothing that could make it a worker. `performs`: calls of a worker's perform. `transacted`:
    steps that run inside of a transaction. `pro`: the file tells of Oban Pro.
    `encoded`: structs of the file that say how they become JSON.
    """

    def __init__(self) -> None:
        self.built: list[NewJob] = []
        self.insertions: list[Insertion] = []
        self.around = None  # what the project tells, None where only the file is known
        self.others: dict[str, bool] = {}
        self.performs: list[DirectPerform] = []
        self.transacted: list[Step] = []
        self.pro = False
        self.encoded: frozenset[str] = frozenset()
