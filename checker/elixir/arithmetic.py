"""The numbers that `backoff/1` and `timeout/1` of a worker answer, attempt by attempt.

The interpreter that follows `perform/1` runs here too, with one difference: it knows the job's
attempt, and it calculates. Where chance decides (`:rand.uniform/1`, `Enum.random/1`) the answer
is a range.
"""

from __future__ import annotations

from checker.elixir import intervals, syntax
from checker.elixir.foreign import FUEL as FOREIGN_FUEL
from checker.elixir.foreign import Foreign, OtherFiles
from checker.elixir.infer import Interpreter
from checker.elixir.intervals import INFINITE, Number, whole
from checker.elixir.library import Library, library
from checker.elixir.modules import ModuleDef
from checker.elixir.patterns import exact
from checker.elixir.scope import Env, Scope
from checker.model.shape import (
    FALSE,
    NEVER,
    TRUE,
    Alt,
    Args,
    Atom,
    Float,
    Int,
    Map,
    Seq,
    Shape,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    is_unknown,
    join,
    of,
    one,
    only,
    only_atom,
)  # fmt: skip
from checker.model.timing import RAISES, Interval, NotAnInteger

MOST_EACH = 12  # alternatives of an operand that are told apart
INFINITY = Atom("infinity")
UNKNOWN_NUMBER = whole(1, INFINITE)


def backoff_waits(
    module: ModuleDef,
    attempts: int,
    max_attempts: int | None = None,
    modules: list[ModuleDef] = (),
    known: Library | None = None,
    others: OtherFiles | None = None,
) -> list[Interval | NotAnInteger | None]:
    """What the module's own `backoff/1` answers after attempt 1, 2 … `attempts`, in seconds.

    `max_attempts` is the job's, None when it is not known. `modules` are those of the same
    file, whose functions are followed, `others` finds those of other files. None stands for an answer that cannot be worked out,
    also when there is no `backoff/1` here. An interval does not tell whether it may raise now
    and then, by chance. Raises nothing.

    Oban calls it with the job that has failed, and wants an integer: with anything else, and
    when it raises, the job stays `executing` (oban 2.23.1, lib/oban/engines/basic.ex
    `error_job`; measured). It is not called after the last attempt.
    """
    return _answers(module, "backoff", attempts, max_attempts, modules, known, others)


def timeouts(
    module: ModuleDef,
    attempts: int,
    max_attempts: int | None = None,
    modules: list[ModuleDef] = (),
    known: Library | None = None,
    others: OtherFiles | None = None,
) -> list[Interval | NotAnInteger | None]:
    """What the module's own `timeout/1` answers in attempt 1, 2 … `attempts`, in milliseconds.

    As `backoff_waits`; `:infinity` is an infinite bound. With anything else than an integer
    or `:infinity`, or when it raises, the attempt fails before `perform/1` runs (oban 2.23.1,
    lib/oban/queue/executor.ex `start_timeout`; measured).
    """
    return _answers(module, "timeout", attempts, max_attempts, modules, known, others)


def default_wait(attempt: int, max_attempts: int) -> Interval:
    """Seconds that Oban waits after an attempt where a worker has no `backoff/1`: 15 + 2^attempt
    and up to a tenth more; above 20 attempts the exponent is scaled to 20 (lib/oban/worker.ex)."""
    (wait,) = intervals.oban_backoff(whole(attempt), whole(max_attempts))
    return Interval(wait.low, wait.high)


def constant(node: syntax.Node, module: ModuleDef, known: Library | None = None) -> Interval | None:
    """The integer that an expression without variables stands for, as in `:timer.minutes(5)`;
    None when it is no integer, or cannot be worked out."""
    if any(isinstance(inner, syntax.Var) for inner in syntax.walk(node)):
        return None
    calculator = Calculator({module.name: module}, known or library())
    try:
        answer = _answer(calculator.eval(node, Env({}, frozenset()), Scope(module, "")), False)
    except RecursionError:
        return None
    return answer if isinstance(answer, Interval) else None


def _answers(
    module: ModuleDef, name: str, attempts: int, max_attempts, modules, known, others
) -> list:
    function = module.function(name, 1)
    if function is None or function.private or function.broken or module.broken:
        return [None] * attempts
    by_name = {m.name: m for m in modules} or {module.name: module}
    if others is not None:  # what it remembers was not calculated
        others = OtherFiles(others.find, others.wrapper, others.worker)
    found: list = []
    for attempt in range(1, attempts + 1):
        calculator = Calculator(by_name, known or library(), others)
        try:
            value = calculator.run(function, [_job(attempt, max_attempts)])
        except RecursionError:  # nested deeper than any code that people write
            value = of(Unknown())
        found.append(_answer(value, infinity=name == "timeout"))
        if calculator.fuel < 0:  # the next would take as long, and tell as little
            break
    return found + [None] * (attempts - len(found))


def _job(attempt: int, max_attempts: int | None) -> Value:
    most = whole(max_attempts) if max_attempts is not None else UNKNOWN_NUMBER
    fields = {"attempt": _shape(whole(attempt)), "max_attempts": _shape(most), "args": Args()}
    return one(Struct("Oban.Job", {("atom", name): one(s) for name, s in fields.items()}))


def _answer(value: Value, infinity: bool) -> Interval | NotAnInteger | None:
    if is_unknown(value):
        return None
    shapes = [alt.shape for alt in value]
    endless = infinity and INFINITY in shapes
    numbers = [s for s in shapes if isinstance(s, Int)]
    others = [s for s in shapes if not isinstance(s, Int) and not (infinity and s == INFINITY)]
    if any(s == Atom(None) for s in others):
        return None
    if others or not shapes:
        return NotAnInteger(_named(others), not numbers and not endless)
    if any(s.low is None or s.high is None for s in numbers):
        return None
    lows = [s.low for s in numbers] or [INFINITE]
    return Interval(min(lows), INFINITE if endless else max(s.high for s in numbers))


_KINDS = {Float: "a float", Tup: "a tuple", Text: "a string", Seq: "a list", Map: "a map"}


def _named(shapes: list[Shape]) -> str:
    if not shapes:
        return RAISES
    shape = shapes[0]
    if isinstance(shape, Atom):
        return shape.name if shape.name in ("nil", "true", "false") else f":{shape.name}"
    return next((words for kind, words in _KINDS.items() if isinstance(shape, kind)), "no number")


# -- shapes and numbers --------------------------------------------------------------------


class Real(Float):
    """A float within bounds."""

    __slots__ = ("low", "high")

    def __init__(self, low: float, high: float) -> None:
        super().__init__(low if low == high else None)
        self.low = low
        self.high = high
        if low != high:
            self.key = ("float", low, high)


def _shape(number: Number) -> Shape:
    if not number.whole:
        return Real(float(number.low), float(number.high))
    low, high = number.low, number.high
    return Int(None if low == -INFINITE else low, None if high == INFINITE else high)


def _number(shape: Shape) -> Number | None:
    if isinstance(shape, Int):
        low = -INFINITE if shape.low is None else shape.low
        return whole(low, INFINITE if shape.high is None else shape.high)
    if isinstance(shape, Real):
        return intervals.real(shape.low, shape.high)
    if isinstance(shape, Float):
        known = shape.value is not None
        return intervals.real(shape.value) if known else intervals.real(-INFINITE, INFINITE)
    return None


def _numbers(value: Value) -> list[Number] | None:
    """The numbers a value can be; None when it may be something unknown. What is no number is
    left out: to calculate with it raises."""
    if is_unknown(value):
        return None
    found = [n for n in (_number(alt.shape) for alt in value) if n is not None]
    return found if len(found) <= MOST_EACH else intervals.hull(found)


def _calculated(operation, args: list[Value]) -> list[Number] | None:
    """What an operation gives for every choice of its arguments; None when that is unknown."""
    rows: list[tuple] = [()]
    for arg in args:
        numbers = _numbers(arg)
        if numbers is None:
            return None
        rows = [(*row, number) for row in rows for number in numbers]
    found = [result for row in rows for result in operation(*row)]
    return found if len(found) <= MOST_EACH else intervals.hull(found)


OPERATORS = {
    "+": intervals.add, "-": intervals.subtract, "*": intervals.multiply, "/": intervals.divide,
    "**": intervals.operator_power, "<<<": intervals.shift_left, ">>>": intervals.shift_right,
}  # fmt: skip
OWN_OPERATORS = frozenset(("/", "**", "..", "<<<", ">>>"))  # of which the interpreter knows less
COMPARISONS = frozenset(("==", "!=", "===", "!==", "<", ">", "<=", ">="))


def _times(factor: int):
    return lambda number: intervals.multiply(number, whole(factor))


def _plain_decimals(function):
    """`Float.ceil/1` and the like, without a precision."""
    return lambda number: function(number, whole(0))


def _uniform() -> list[Number]:
    return [intervals.real(0.0, intervals.BELOW_ONE)]


def _uniform_to(most: Number) -> list[Number]:
    """`:rand.uniform(n)`: from 1 to n; raises for less than one."""
    return [whole(1, most.high)] if most.whole and most.high >= 1 else []


def _hms(hours: Number, minutes: Number, seconds: Number) -> list[Number]:
    return [
        total
        for h in intervals.multiply(hours, whole(3_600_000))
        for m in intervals.multiply(minutes, whole(60_000))
        for s in intervals.multiply(seconds, whole(1000))
        for part in intervals.add(h, m)
        for total in intervals.add(part, s)
    ]


FUNCTIONS = {
    ("Kernel", "div", 2): intervals.quotient,
    ("Kernel", "rem", 2): intervals.remainder,
    ("Kernel", "abs", 1): intervals.absolute,
    ("Kernel", "max", 2): intervals.larger,
    ("Kernel", "min", 2): intervals.smaller,
    ("Kernel", "trunc", 1): intervals.truncated,
    ("Kernel", "round", 1): intervals.rounded,
    ("Kernel", "ceil", 1): intervals.ceiling,
    ("Kernel", "floor", 1): intervals.floored,
    ("Kernel", "**", 2): intervals.operator_power,
    ("Bitwise", "bsl", 2): intervals.shift_left,
    ("Bitwise", "bsr", 2): intervals.shift_right,
    ("Integer", "pow", 2): intervals.integer_power,
    ("Integer", "mod", 2): intervals.modulo,
    ("Integer", "floor_div", 2): intervals.floor_quotient,
    ("Float", "pow", 2): lambda a, b: [] if a.whole else intervals.real_power(a, b),
    ("Float", "round", 1): _plain_decimals(intervals.round_decimals),
    ("Float", "ceil", 1): _plain_decimals(intervals.ceil_decimals),
    ("Float", "floor", 1): _plain_decimals(intervals.floor_decimals),
    ("Float", "round", 2): intervals.round_decimals,
    ("Float", "ceil", 2): intervals.ceil_decimals,
    ("Float", "floor", 2): intervals.floor_decimals,
    (":math", "pow", 2): intervals.real_power,
    (":math", "exp", 1): intervals.exponential,
    (":math", "sqrt", 1): intervals.square_root,
    (":math", "log", 1): intervals.logarithm,
    (":math", "log2", 1): intervals.binary_logarithm,
    (":math", "log10", 1): intervals.decimal_logarithm,
    (":math", "ceil", 1): lambda a: _plain_decimals(intervals.ceil_decimals)(_as_float(a)),
    (":math", "floor", 1): lambda a: _plain_decimals(intervals.floor_decimals)(_as_float(a)),
    (":rand", "uniform", 0): _uniform,
    (":rand", "uniform_real", 0): _uniform,
    (":rand", "uniform", 1): _uniform_to,
    (":timer", "seconds", 1): _times(1000),
    (":timer", "minutes", 1): _times(60_000),
    (":timer", "hours", 1): _times(3_600_000),
    (":timer", "hms", 3): _hms,
}


def _as_float(number: Number) -> Number:
    return intervals.real(float(number.low), float(number.high))


class Calculator(Interpreter):
    """The interpreter, with numbers kept as exactly as their bounds are known."""

    def below(self, foreign: Foreign) -> Calculator:
        inner = Calculator(foreign.modules, self.library, self.others)
        inner.fuel = FOREIGN_FUEL
        inner.way = (*self.way, foreign.trail)
        return inner

    # -- operators -----------------------------------------------------------------

    def _operator(self, node: syntax.Op, env: Env, scope: Scope) -> Value:
        if node.op == "//":  # first..last//step
            return self.eval(node.left, env, scope)
        if node.op not in OWN_OPERATORS:
            return super()._operator(node, env, scope)
        sides = self.eval_all([node.left, node.right], env, scope)
        if sides is None:
            return NEVER
        if node.op == "..":
            return self._literal(_range(*sides), node, scope)
        return self._calculate(OPERATORS[node.op], sides, node, scope)

    def _products(self, op: str, left: Value, right: Value, origin) -> Value:
        numbers = _calculated(OPERATORS[op], [left, right])
        return _valued(numbers, origin)

    def _comparison(self, node: syntax.Op, env: Env, scope: Scope) -> Value:
        if node.op not in COMPARISONS:
            return super()._comparison(node, env, scope)
        sides = self.eval_all([node.left, node.right], env, scope)
        if sides is None:
            return NEVER
        if not all(_number(alt.shape) for side in sides for alt in side):
            return super()._comparison(node, env, scope)
        left, right = ([_number(alt.shape) for alt in side] for side in sides)
        answers = {intervals.compare(node.op, a, b) for a in left for b in right}
        told = {TRUE, FALSE} if None in answers else {TRUE if a else FALSE for a in answers}
        origin = self.origin(node, scope, literal=True)
        return tuple(Alt(answer, origin) for answer in (TRUE, FALSE) if answer in told)

    def _order(self, value: Value, op: str, other: syntax.Node, env: Env, scope: Scope):
        """Floats too are on one side of a bound, where that can be told."""
        decided = self._sides(value, op, other, env, scope)
        return decided or super()._order(value, op, other, env, scope)

    def _equality(self, value: Value, other: syntax.Node, strict: bool, env: Env, scope: Scope):
        decided = self._sides(value, "===" if strict else "==", other, env, scope)
        return decided or super()._equality(value, other, strict, env, scope)

    def _sides(self, value: Value, op: str, other: syntax.Node, env: Env, scope: Scope):
        """(where a comparison holds, where it fails) for numbers; None where some may do both."""
        bounds = _numbers(self.eval(other, env, scope))
        numbers = [_number(alt.shape) for alt in value]
        if None in numbers or bounds is None or len(bounds) != 1:
            return None
        answers = [intervals.compare(op, number, bounds[0]) for number in numbers]
        if None in answers:
            return None
        told = list(zip(value, answers, strict=True))
        return tuple(a for a, holds in told if holds), tuple(a for a, holds in told if not holds)

    def guard(self, node: syntax.Node, env: Env, scope: Scope):
        """With exact numbers a guard such as `rem(n, 2) == 0` cannot but hold, or fail."""
        holds, fails = self.branch(node, env, scope)
        if holds is not None and _asks_exact(node, env):
            return holds, fails
        return super().guard(node, env, scope)

    # -- calls ---------------------------------------------------------------------

    def _unqualified(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        if node.name == "super":
            callback = scope.function.partition("/")[0]
            call = syntax.Call(node.span, None, callback, node.args, {}, False)
            return self._remote("Oban.Worker", call, env, scope)
        for imported in scope.module.imports:
            if (imported, node.name, len(node.args)) in FUNCTIONS:
                return self._remote(imported, node, env, scope)
        return super()._unqualified(node, env, scope)

    def _remote(self, module: str, node: syntax.Call, env: Env, scope: Scope) -> Value:
        wanted = (module, node.name, len(node.args))
        if module in self.modules or (wanted not in FUNCTIONS and wanted not in SPECIAL):
            return super()._remote(module, node, env, scope)
        args = self.eval_all(node.args, env, scope)
        if args is None:
            return NEVER
        if wanted in FUNCTIONS:
            return self._calculate(FUNCTIONS[wanted], args, node, scope)
        found = SPECIAL[wanted](args)
        if found is None:
            return self.unknown(node, scope)
        if isinstance(found, list):
            return _valued(found, self.origin(node, scope, literal=True))
        return found

    def _calculate(self, operation, args: list[Value], node: syntax.Node, scope: Scope) -> Value:
        return _valued(_calculated(operation, args), self.origin(node, scope, literal=True))


def _asks_exact(node: syntax.Node, env: Env) -> bool:
    """Whether every variable that a guard asks has one certain value."""
    names = [inner.name for inner in syntax.walk(node) if isinstance(inner, syntax.Var)]
    shapes = [only(env.vars.get(name, NEVER)) for name in names]
    return all(shape is not None and exact(shape) for shape in shapes)


def _valued(numbers: list[Number] | None, origin) -> Value:
    if numbers is None:
        return one(Unknown(), origin)
    return join(*(one(_shape(number), origin) for number in numbers))


# -- calls whose arguments are more than numbers: numbers, a value, or None for unknown --------


def _range(first: Value, last: Value) -> Struct:
    return Struct("Range", {("atom", "first"): first, ("atom", "last"): last})


def _random(args: list[Value]) -> list[Number] | Value | None:
    """`Enum.random`: of a range, or one of the items of a list."""
    shape = only(args[0])
    if isinstance(shape, Seq):
        return shape.element
    if not isinstance(shape, Struct) or shape.name != "Range" or not shape.fields:
        return None
    ends = [_numbers(shape.fields[("atom", name)]) for name in ("first", "last")]
    if None in ends:
        return None
    return intervals.hull([n for end in ends for n in end if n.whole])


def _folded(operation):
    """`Enum.min`, `max` and `sum` of a list whose items are known."""

    def fold(args: list[Value]) -> list[Number] | None:
        shape = only(args[0])
        if not isinstance(shape, Seq) or shape.items is None or len(shape.items) > MOST_EACH:
            return None
        result = _numbers(shape.items[0]) if shape.items else None
        for item in shape.items[1:]:
            numbers = _numbers(item)
            if result is None or numbers is None:
                return None
            result = intervals.hull([n for a in result for b in numbers for n in operation(a, b)])
        return result

    return fold


def _default_backoff(args: list[Value]) -> list[Number] | None:
    """`Oban.Worker.backoff(job)`, which is also what `super(job)` calls."""
    job = only(args[0])
    if not isinstance(job, Struct):
        return None
    given = [job.fields.get(("atom", name)) for name in ("attempt", "max_attempts")]
    return None if None in given else _calculated(intervals.oban_backoff, given)


def _no_timeout(args: list[Value]) -> Value:
    return of(INFINITY)


def _exponential(args: list[Value]) -> list[Number] | None:
    options = _options(args[1:], {"mult": of(Int(1, 1)), "max_pow": of(Int(10, 10)),
                                  "min_pad": of(Int(0, 0))})  # fmt: skip
    if options is None:
        return None
    given = [args[0], *(options[name] for name in ("mult", "max_pow", "min_pad"))]
    return _calculated(intervals.oban_exponential, given)


def _jitter(args: list[Value]) -> list[Number] | None:
    options = _options(args[1:], {"mode": of(Atom("both")), "mult": of(Float(0.1))})
    if options is None or only_atom(options["mode"]) not in ("inc", "dec", "both"):
        return None
    mode = only_atom(options["mode"])
    return _calculated(
        lambda time, mult: intervals.oban_jitter(time, mode, mult), [args[0], options["mult"]]
    )


MILLISECONDS = {
    "week": 604_800_000, "day": 86_400_000, "hour": 3_600_000, "minute": 60_000, "second": 1000,
    "millisecond": 1,
}  # fmt: skip


def _to_timeout(args: list[Value]) -> list[Number] | Value | None:
    """`to_timeout(minute: 5)` (Elixir 1.17); a timeout stays what it is."""
    shape = only(args[0])
    if shape == INFINITY or isinstance(shape, Int):
        return args[0]
    parts = _options(args, {unit: of(Int(0, 0)) for unit in MILLISECONDS})
    if parts is None:
        return None
    total = [whole(0)]
    for unit, milliseconds in MILLISECONDS.items():
        counts = _numbers(parts[unit])
        if counts is None:
            return None
        added = [n for c in counts for n in intervals.multiply(c, whole(milliseconds))]
        total = intervals.hull([s for t in total for n in added for s in intervals.add(t, n)])
    return total


def _options(args: list[Value], defaults: dict[str, Value]) -> dict[str, Value] | None:
    """Keyword options over their defaults; None when they cannot be read."""
    options = dict(defaults)
    shape = only(args[0]) if args else Seq(())
    if not isinstance(shape, Seq) or shape.items is None:
        return None
    for item in reversed(shape.items):  # of two with one name the first counts
        pair = only(item)
        name = only_atom(pair.items[0]) if isinstance(pair, Tup) and len(pair.items) == 2 else None
        if name not in options:
            return None
        options[name] = pair.items[1]
    return options


SPECIAL = {
    ("Enum", "random", 1): _random,
    ("Enum", "min", 1): _folded(intervals.smaller),
    ("Enum", "max", 1): _folded(intervals.larger),
    ("Enum", "sum", 1): _folded(intervals.add),
    ("Oban.Worker", "backoff", 1): _default_backoff,
    ("Oban.Worker", "timeout", 1): _no_timeout,
    ("Oban.Backoff", "exponential", 1): _exponential,
    ("Oban.Backoff", "exponential", 2): _exponential,
    ("Oban.Backoff", "jitter", 1): _jitter,
    ("Oban.Backoff", "jitter", 2): _jitter,
    ("Kernel", "to_timeout", 1): _to_timeout,
}
