"""What a worker's own `backoff` answers, attempt by attempt, worked out and never run.

Values are Python's own; a number that chance decides is a `Range`. Where something is not
known, the answer is not known either.
"""

from __future__ import annotations

import datetime
import math
import operator

import libcst as cst

from checker.model.timing import RAISES, Interval, NotAnInteger
from checker.python.names import ClassDefinition, FunctionDefinition, statements

LARGEST = 10**15  # of a number that is told
LONGEST = 1_000  # items of a sequence
MOST_BITS = 128
FUEL = 4_000
MOST_DEEP = 6
BELOW_ONE = 1 - 2**-53  # the largest number that random.random() gives
DEFAULT_POWER, CLAMPED = 10, 20  # (oban-py 0.7.0, src/oban/_backoff.py)


def default_wait(attempt: int, max_attempts: int) -> Interval:
    """Seconds that Oban waits where a worker has no `backoff`: 15 + 2^attempt and up to a tenth
    more; above 20 attempts the exponent is scaled to 20 (`jittery_clamped` there)."""
    clamped = attempt
    if max_attempts > CLAMPED:
        clamped = round(attempt / max_attempts * CLAMPED)
    least = 15 + 2 ** min(clamped, 100)
    return Interval(least, least + int(BELOW_ONE * 0.1 * least))


def waits(
    method: FunctionDefinition, worker: ClassDefinition, find, attempts: int, max_attempts
) -> tuple[list[Interval | NotAnInteger | None], str | None]:
    """What `backoff` of a worker answers after attempt 1, 2 … `attempts`, in seconds; and why it
    cannot be worked out, where that is so.

    `find(name)` gives the worker's method or constant of a name, None where it has none.
    `max_attempts` is the job's, None when it is not known. Oban stores whole seconds: it rounds
    a float, None and no wait are the same to it, and a `timedelta` or what raises leaves the job
    `executing` (oban-py 0.7.0, measured).
    """
    return _answers(method, worker, find, attempts, max_attempts, _wait)


def timeouts(
    method: FunctionDefinition, worker: ClassDefinition, find, attempts: int, max_attempts
) -> tuple[list[Interval | NotAnInteger | None], str | None]:
    """As `waits`, of `timeout` in attempt 1, 2 …, in milliseconds; None is no limit."""
    return _answers(method, worker, find, attempts, max_attempts, _limit)


def _answers(method, worker, find, attempts: int, max_attempts, worth):
    if method.is_async:
        return [NotAnInteger("a coroutine")] * attempts, None
    found, reason = [], None
    for attempt in range(1, attempts + 1):
        calculator = _Calculator(worker, find, attempt, max_attempts)
        try:
            answer = worth(calculator.call(method, [_SELF, _JOB], {}, 0))
        except _Raises:
            answer = NotAnInteger(RAISES)
        except (_Unknown, RecursionError) as error:
            answer, reason = None, reason or (str(error) or None)
        if isinstance(answer, Interval) and calculator.may_raise:
            answer = NotAnInteger(RAISES, False)
        found.append(answer)
    return found, reason


class Range:
    """A number from `low` to `high`, both included; an integer when `whole`."""

    __slots__ = ("low", "high", "whole")

    def __init__(self, low: float, high: float, whole: bool) -> None:
        self.low = low
        self.high = high
        self.whole = whole


class _Unknown(Exception):
    """Something cannot be worked out; the text says what."""


class _Raises(Exception):
    """The code raises here."""


class _Mark:
    """Something that has a place in the code and no value."""


_SELF, _JOB = _Mark(), _Mark()
_NUMBERS = (int, float)
_OPERATORS = {
    cst.Add: operator.add, cst.Subtract: operator.sub, cst.Multiply: operator.mul,
    cst.Divide: operator.truediv, cst.FloorDivide: operator.floordiv,
    cst.Modulo: operator.mod, cst.LeftShift: operator.lshift, cst.RightShift: operator.rshift,
}  # fmt: skip
_AUGMENTED = {
    cst.AddAssign: cst.Add, cst.SubtractAssign: cst.Subtract, cst.MultiplyAssign: cst.Multiply,
    cst.DivideAssign: cst.Divide, cst.FloorDivideAssign: cst.FloorDivide,
    cst.PowerAssign: cst.Power,
}  # fmt: skip
_COMPARISONS = {
    cst.LessThan: operator.lt, cst.LessThanEqual: operator.le, cst.GreaterThan: operator.gt,
    cst.GreaterThanEqual: operator.ge, cst.Equal: operator.eq, cst.NotEqual: operator.ne,
}  # fmt: skip
_GROWING = {  # functions of one number that never fall
    "builtins.int": int, "builtins.float": float, "math.ceil": math.ceil,
    "math.floor": math.floor, "math.trunc": math.trunc, "math.sqrt": math.sqrt,
    "math.log": math.log, "math.log2": math.log2, "math.exp": math.exp,
}  # fmt: skip
_WIDE = {"builtins.len": len, "builtins.sum": sum, "builtins.abs": abs, "math.pow": math.pow}
_MADE = {"builtins.list": list, "builtins.tuple": tuple, "builtins.str": str, "builtins.bool": bool}


def _wait(value) -> Interval | NotAnInteger | None:
    if isinstance(value, bool):
        return None
    if value is None:
        return Interval(0, 0)
    if isinstance(value, _NUMBERS):
        return Interval(round(value), round(value))
    if isinstance(value, Range):
        return Interval(round(value.low), round(value.high))
    if isinstance(value, datetime.timedelta):
        return NotAnInteger("a `timedelta`")
    if isinstance(value, str) and value.strip().lstrip("-").isascii():
        if value.strip().lstrip("-").isdigit():
            return Interval(int(value), int(value))
        return NotAnInteger("a string")
    return None


def _limit(value) -> Interval | NotAnInteger | None:
    if value is None:
        return Interval(math.inf, math.inf)
    if _is_number(value):
        held = _ranged(value)
        return Interval(round(held.low * 1000), round(held.high * 1000))
    return NotAnInteger("a `timedelta`") if isinstance(value, datetime.timedelta) else None


def _either(a, b):
    """What a value is that may be one or the other."""
    if type(a) is type(b) and a == b:
        return a
    if not (_is_number(a) and _is_number(b)):
        raise _Unknown("it depends on something that is not known")
    a, b = _ranged(a), _ranged(b)
    return Range(min(a.low, b.low), max(a.high, b.high), a.whole and b.whole)


def _is_number(value) -> bool:
    return isinstance(value, (Range, *_NUMBERS)) and not isinstance(value, bool)


def _ranged(value) -> Range:
    if isinstance(value, Range):
        return value
    return Range(value, value, isinstance(value, int))


class _Calculator:
    """Follows the code of one attempt."""

    def __init__(self, worker: ClassDefinition, find, attempt: int, max_attempts) -> None:
        self._worker = worker
        self._find = find
        self._job = {"attempt": attempt, "max_attempts": max_attempts}
        self._fuel = FUEL
        self.may_raise = False

    # -- statements --------------------------------------------------------------------

    def call(self, function: FunctionDefinition, given: list, named: dict, depth: int):
        """What a function gives. Raises _Unknown and _Raises."""
        if depth > MOST_DEEP or function.is_async or function.is_generator:
            raise _Unknown(f"`{function.name}` cannot be followed")
        env = self._parameters(function, given, named, depth)
        returned: list = []
        if self._block(statements(function.node.body), env, function, depth, returned):
            returned.append(None)
        if not returned:
            raise _Raises
        value = returned[0]
        for other in returned[1:]:
            value = _either(value, other)
        return value

    def _parameters(self, function, given: list, named: dict, depth: int) -> dict:
        params = function.node.params
        listed = [*params.posonly_params, *params.params]
        env = dict(zip((param.name.value for param in listed), given, strict=False))
        for param in [*listed[len(given) :], *params.kwonly_params]:
            name = param.name.value
            if name in named:
                env[name] = named[name]
            elif param.default is not None:
                env[name] = self._eval(param.default, {}, function, depth)
            else:
                raise _Raises
        return env

    def _block(self, body: list, env: dict, function, depth: int, returned: list) -> bool:
        """Follow statements; whether the end of them is reached."""
        for node in body:
            if not self._statement(node, env, function, depth, returned):
                return False
        return True

    def _statement(self, node, env: dict, function, depth: int, returned: list) -> bool:
        self._burn()
        if isinstance(node, cst.Return):
            value = node.value
            returned.append(None if value is None else self._eval(value, env, function, depth))
            return False
        if isinstance(node, cst.If):
            return self._if(node, env, function, depth, returned)
        if isinstance(node, cst.Assign) and len(node.targets) == 1:
            self._assign(node.targets[0].target, self._eval(node.value, env, function, depth), env)
            return True
        if isinstance(node, cst.AnnAssign) and node.value is not None:
            self._assign(node.target, self._eval(node.value, env, function, depth), env)
            return True
        if isinstance(node, cst.AugAssign) and type(node.operator) in _AUGMENTED:
            kind = _AUGMENTED[type(node.operator)]
            held = self._eval(node.target, env, function, depth)
            value = self._binary(kind, held, self._eval(node.value, env, function, depth))
            self._assign(node.target, value, env)
            return True
        if isinstance(node, cst.Match):
            return self._match(node, env, function, depth, returned)
        if isinstance(node, cst.Raise):
            raise _Raises
        if isinstance(node, (cst.Pass, cst.Import, cst.ImportFrom)) or _is_remark(node):
            return True
        raise _Unknown(f"`{_first_word(node)}` is not followed in it")

    def _assign(self, target, value, env: dict) -> None:
        if isinstance(target, cst.Name):
            env[target.value] = value
        elif isinstance(target, cst.Tuple) and isinstance(value, (list, tuple)):
            if len(value) != len(target.elements):
                raise _Raises
            for element, item in zip(target.elements, value, strict=True):
                self._assign(element.value, item, env)
        else:
            raise _Unknown("it changes something that is not followed")

    def _if(self, node: cst.If, env: dict, function, depth: int, returned: list) -> bool:
        orelse = node.orelse
        other = [] if orelse is None else [orelse]
        if isinstance(orelse, cst.Else):
            other = statements(orelse.body)
        truth = self._truth(self._eval(node.test, env, function, depth))
        if truth is not None:
            body = statements(node.body) if truth else other
            return self._block(body, env, function, depth, returned)
        return self._both((statements(node.body), other), env, function, depth, returned)

    def _both(self, ways, env: dict, function, depth: int, returned: list) -> bool:
        """Follow two ways of which either may be taken."""
        ends = []
        raised = 0
        for body in ways:
            inner = dict(env)
            try:
                if self._block(body, inner, function, depth, returned):
                    ends.append(inner)
            except _Raises:
                raised += 1
        if raised == len(ways):
            raise _Raises
        self.may_raise |= raised > 0
        if ends:
            merged = ends[0]
            for end in ends[1:]:
                merged = {n: _either(v, end[n]) for n, v in merged.items() if n in end}
            env.clear()
            env.update(merged)
        return bool(ends)

    def _match(self, node: cst.Match, env: dict, function, depth: int, returned: list) -> bool:
        subject = self._eval(node.subject, env, function, depth)
        for case in node.cases:
            if not self._matches(case.pattern, subject, env, function, depth):
                continue
            guard = case.guard
            holds = guard is None or self._truth(self._eval(guard, env, function, depth))
            if holds is None:
                raise _Unknown("it depends on something that is not known")
            if holds:
                return self._block(statements(case.body), env, function, depth, returned)
        return True

    def _matches(self, pattern, subject, env: dict, function, depth: int) -> bool:
        if isinstance(pattern, cst.MatchValue):
            value = self._eval(pattern.value, env, function, depth)
            truth = self._compared(cst.Equal, subject, value)
            if truth is None:
                raise _Unknown("it depends on something that is not known")
            return truth
        if isinstance(pattern, cst.MatchOr):
            return any(
                self._matches(p.pattern, subject, env, function, depth) for p in pattern.patterns
            )
        if isinstance(pattern, cst.MatchAs):
            inner = pattern.pattern
            if inner is not None and not self._matches(inner, subject, env, function, depth):
                return False
            if pattern.name is not None:
                env[pattern.name.value] = subject
            return True
        raise _Unknown("a pattern in it is not followed")

    # -- expressions -------------------------------------------------------------------

    def _eval(self, node, env: dict, function, depth: int):
        self._burn()
        method = getattr(self, f"_{type(node).__name__}", None)
        if method is None:
            raise _Unknown(f"`{_first_word(node)}` is not followed in it")
        return method(node, env, function, depth)

    def _Integer(self, node, env, function, depth):
        return node.evaluated_value

    _Float = _Integer

    def _SimpleString(self, node, env, function, depth):
        return node.evaluated_value

    def _Name(self, node, env, function, depth):
        name = node.value
        if name in env:
            return env[name]
        if name in ("None", "True", "False"):
            return {"None": None, "True": True, "False": False}[name]
        bound = function.file.bound.get(name)
        if isinstance(bound, cst.BaseExpression):
            return self._eval(bound, {}, function, depth)
        raise _Unknown(f"`{name}` is not known here")

    def _Attribute(self, node, env, function, depth):
        name = node.attr.value
        if isinstance(node.value, cst.Name) and node.value.value in (self._worker.name, "cls"):
            return self._own(name, function, depth)
        full = function.file.dotted(node)
        if full == "math.e":
            return math.e
        held = self._eval(node.value, env, function, depth)
        if held is _SELF:
            return self._own(name, function, depth)
        if held is _JOB and self._job.get(name) is not None:
            return self._job[name]
        if held is _JOB:
            raise _Unknown(f"it depends on the job's `{name}`")
        raise _Unknown(f"`.{name}` is not known here")

    def _own(self, name: str, function, depth: int):
        found = self._find(name)
        if isinstance(found, cst.BaseExpression):
            return self._eval(found, {}, function, depth)
        raise _Unknown(f"`self.{name}` is not known here")

    def _Tuple(self, node, env, function, depth):
        return tuple(self._elements(node, env, function, depth))

    def _List(self, node, env, function, depth):
        return self._elements(node, env, function, depth)

    def _elements(self, node, env, function, depth) -> list:
        if any(isinstance(element, cst.StarredElement) for element in node.elements):
            raise _Unknown("a `*` is not followed in it")
        return [self._eval(element.value, env, function, depth) for element in node.elements]

    def _Dict(self, node, env, function, depth):
        found = {}
        for element in node.elements:
            if not isinstance(element, cst.DictElement):
                raise _Unknown("a `**` is not followed in it")
            key = self._eval(element.key, env, function, depth)
            if not isinstance(key, (str, int)):
                raise _Unknown("a key in it is not known")
            found[key] = self._eval(element.value, env, function, depth)
        return found

    def _UnaryOperation(self, node, env, function, depth):
        held = self._eval(node.expression, env, function, depth)
        if isinstance(node.operator, cst.Not):
            truth = self._truth(held)
            if truth is None:
                raise _Unknown("it depends on something that is not known")
            return not truth
        if isinstance(node.operator, cst.Minus) and _is_number(held):
            return self._binary(cst.Subtract, 0, held)
        raise _Unknown("an operator in it is not followed")

    def _BinaryOperation(self, node, env, function, depth):
        left = self._eval(node.left, env, function, depth)
        return self._binary(type(node.operator), left, self._eval(node.right, env, function, depth))

    def _binary(self, kind: type, left, right):
        if isinstance(left, Range) or isinstance(right, Range):
            return _ranged_operation(kind, left, right)
        if kind is cst.Power:
            return _bounded(_power(left, right))
        if kind not in _OPERATORS:
            raise _Unknown("an operator in it is not followed")
        if isinstance(left, (str, list, tuple)) or isinstance(right, (str, list, tuple)):
            if kind is not cst.Add:
                raise _Unknown("an operator in it is not followed")
        if kind is cst.LeftShift and not (isinstance(right, int) and right <= MOST_BITS):
            raise _Unknown("a number in it is too large")
        return _bounded(_done(_OPERATORS[kind], left, right))

    def _BooleanOperation(self, node, env, function, depth):
        left = self._eval(node.left, env, function, depth)
        truth = self._truth(left)
        if truth is None:
            raise _Unknown("it depends on something that is not known")
        if truth == isinstance(node.operator, cst.Or):
            return left
        return self._eval(node.right, env, function, depth)

    def _Comparison(self, node, env, function, depth):
        left = self._eval(node.left, env, function, depth)
        for target in node.comparisons:
            right = self._eval(target.comparator, env, function, depth)
            truth = self._compared(type(target.operator), left, right)
            if truth is None:
                return Range(0, 1, True)
            if not truth:
                return False
            left = right
        return True

    def _compared(self, kind: type, left, right) -> bool | None:
        """Whether a comparison holds; None when either may be."""
        if isinstance(left, Range) or isinstance(right, Range):
            if kind not in _COMPARISONS or not (_is_number(left) and _is_number(right)):
                raise _Unknown("a comparison in it is not followed")
            return _ranged_comparison(kind, _ranged(left), _ranged(right))
        if kind in (cst.In, cst.NotIn):
            if isinstance(right, range):
                return (left in right) == (kind is cst.In)
            return bool(_done(lambda a, b: a in b, left, right)) == (kind is cst.In)
        if kind in (cst.Is, cst.IsNot) and (left is None or right is None):
            return (left is right) == (kind is cst.Is)
        if kind not in _COMPARISONS:
            raise _Unknown("a comparison in it is not followed")
        return bool(_done(_COMPARISONS[kind], left, right))

    def _truth(self, value) -> bool | None:
        if isinstance(value, Range):
            return None if value.low <= 0 <= value.high else True
        if isinstance(value, _Mark):
            return True
        return bool(value)

    def _IfExp(self, node, env, function, depth):
        truth = self._truth(self._eval(node.test, env, function, depth))
        if truth is None:
            ways = (node.body, node.orelse)
            return _either(*(self._eval(way, env, function, depth) for way in ways))
        return self._eval(node.body if truth else node.orelse, env, function, depth)

    def _Subscript(self, node, env, function, depth):
        held = self._eval(node.value, env, function, depth)
        index = node.slice[0].slice if len(node.slice) == 1 else None
        if not isinstance(index, cst.Index) or not isinstance(held, (list, tuple, dict)):
            raise _Unknown("an item in it is not known")
        key = self._eval(index.value, env, function, depth)
        if isinstance(key, Range):
            raise _Unknown("it takes an item by chance")
        return _done(operator.getitem, held, key)

    # -- calls -------------------------------------------------------------------------

    def _Call(self, node, env, function, depth):
        if any(arg.star for arg in node.args):
            raise _Unknown("a `*` is not followed in it")
        given = [self._eval(a.value, env, function, depth) for a in node.args if a.keyword is None]
        named = {
            a.keyword.value: self._eval(a.value, env, function, depth)
            for a in node.args
            if a.keyword is not None
        }
        func = node.func
        if isinstance(func, cst.Attribute):
            own = self._method_call(func, given, named, env, function, depth)
            if own is not NotImplemented:
                return own
        bound = function.file.bound.get(func.value) if isinstance(func, cst.Name) else None
        if isinstance(bound, FunctionDefinition) and not bound.node.decorators:
            return self.call(bound, given, named, depth + 1)
        return self._known(function.file.dotted(func) or "", given, named)

    def _method_call(self, func, given, named, env, function, depth):
        """A method of the worker, a dictionary or a duration; NotImplemented for all else."""
        name = func.attr.value
        if isinstance(func.value, cst.Name) and func.value.value not in env:
            if func.value.value in function.file.bound or func.value.value == "super":
                if not isinstance(function.file.bound.get(func.value.value), cst.BaseExpression):
                    return NotImplemented
        held = self._eval(func.value, env, function, depth)
        if held is _SELF:
            found = self._find(name)
            if not isinstance(found, FunctionDefinition):
                raise _Unknown(f"`self.{name}` is not known here")
            kinds = found.decorators
            if kinds not in ([], ["builtins.staticmethod"]):
                raise _Unknown(f"`self.{name}` is not followed")
            return self.call(found, given if kinds else [_SELF, *given], named, depth + 1)
        if isinstance(held, dict) and name == "get" and not named and 1 <= len(given) <= 2:
            if isinstance(given[0], Range):
                raise _Unknown("it takes an item by chance")
            return held.get(*given)
        if isinstance(held, datetime.timedelta) and name == "total_seconds":
            return held.total_seconds()
        raise _Unknown(f"`.{name}(…)` is not known here")

    def _known(self, name: str, given: list, named: dict):
        """What a function of Python or of Oban gives."""
        if name in ("builtins.min", "builtins.max") and not named:
            return _extreme(name == "builtins.min", given)
        if name == "builtins.round" and not named:
            return _rounded(given)
        if name in _GROWING and len(given) == 1 and not named:
            function = _GROWING[name]
            if isinstance(given[0], Range):
                ends = (_done(function, given[0].low), _done(function, given[0].high))
                return Range(*ends, isinstance(ends[0], int))
            return _bounded(_done(function, given[0]))
        if name.startswith("random."):
            return _by_chance(name.removeprefix("random."), given, named)
        if name.startswith("oban._backoff."):
            return _of_oban(name.removeprefix("oban._backoff."), given, named)
        if any(isinstance(value, Range) for value in (*given, *named.values())):
            raise _Unknown(f"`{name}` is not known here")
        if name == "datetime.timedelta":
            return _done(datetime.timedelta, *given, **named)
        if name == "builtins.range" and all(isinstance(value, int) for value in given):
            return _done(range, *given)
        if name in _WIDE and not named:
            return _bounded(_done(_WIDE[name], *given))
        if name in _MADE and len(given) == 1 and not isinstance(given[0], (range, _Mark)):
            return _done(_MADE[name], given[0])
        raise _Unknown(f"`{name.removeprefix('builtins.') or 'a call'}` is not known here")

    def _burn(self) -> None:
        self._fuel -= 1
        if self._fuel < 0:
            raise _Unknown("it is too long to be followed")


# -- numbers ----------------------------------------------------------------------------


def _done(function, *given, **named):
    """What a pure function gives; its exceptions are those of the code."""
    if any(isinstance(value, _Mark) for value in given):
        raise _Unknown("it depends on something that is not known")
    try:
        return function(*given, **named)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        raise _Raises from None


def _bounded(value):
    if isinstance(value, (int, float)) and not abs(value) <= LARGEST:
        raise _Unknown("a number in it is too large")
    if isinstance(value, (str, list, tuple)) and len(value) > LONGEST:
        raise _Unknown("a value in it is too large")
    if isinstance(value, complex):
        raise _Raises
    return value


def _power(left, right):
    if isinstance(left, int) and isinstance(right, int) and right > 0:
        if left.bit_length() * right > MOST_BITS:
            raise _Unknown("a number in it is too large")
    return _done(operator.pow, left, right)


def _ranged_operation(kind: type, left, right) -> Range:
    if not (_is_number(left) and _is_number(right)):
        raise _Unknown("an operator in it is not followed")
    a, b = _ranged(left), _ranged(right)
    whole = a.whole and b.whole
    if kind in (cst.Divide, cst.FloorDivide) and b.low <= 0 <= b.high:
        raise _Unknown("it may divide by zero")
    if kind is cst.Power and (a.low < 1 or b.low < 0):
        raise _Unknown("a power in it is not followed")
    if kind is not cst.Power and kind not in (
        cst.Add, cst.Subtract, cst.Multiply, cst.Divide, cst.FloorDivide
    ):  # fmt: skip
        raise _Unknown("an operator in it is not followed")
    function = _power if kind is cst.Power else _OPERATORS[kind]
    ends = [_bounded(_done(function, x, y)) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Range(min(ends), max(ends), whole and kind is not cst.Divide)


def _ranged_comparison(kind: type, a: Range, b: Range) -> bool | None:
    compare = _COMPARISONS[kind]
    if kind in (cst.Equal, cst.NotEqual):
        apart = a.high < b.low or b.high < a.low
        same = a.low == a.high == b.low == b.high
        return None if not (apart or same) else same == (kind is cst.Equal)
    answers = {compare(x, y) for x in (a.low, a.high) for y in (b.low, b.high)}
    return answers.pop() if len(answers) == 1 else None


def _extreme(least: bool, given: list):
    values = list(given[0]) if len(given) == 1 and isinstance(given[0], (list, tuple)) else given
    function = min if least else max
    if not any(isinstance(value, Range) for value in values):
        return _done(function, values)
    if not all(map(_is_number, values)):
        raise _Unknown("an operator in it is not followed")
    ranges = [_ranged(value) for value in values]
    low, high = function(r.low for r in ranges), function(r.high for r in ranges)
    return Range(low, high, all(r.whole for r in ranges))


def _rounded(given: list):
    if len(given) == 1 and isinstance(given[0], Range):
        return Range(round(given[0].low), round(given[0].high), True)
    if any(isinstance(value, Range) for value in given):
        raise _Unknown("`round` is not followed")
    return _done(round, *given)


def _by_chance(name: str, given: list, named: dict) -> Range:
    """The numbers that a function of `random` may give."""
    numbers = all(_is_number(value) for value in given) and not named
    if name == "random" and not given and not named:
        return Range(0.0, BELOW_ONE, False)
    if name in ("randint", "uniform") and len(given) == 2 and numbers:
        low, high = _ranged(given[0]).low, _ranged(given[1]).high
        if low > high and name == "randint":
            raise _Raises
        return Range(min(low, high), max(low, high), name == "randint")
    if name == "randrange" and 1 <= len(given) <= 2 and all(isinstance(v, int) for v in given):
        low, high = (0, *given)[-2:]
        if low >= high:
            raise _Raises
        return Range(low, high - 1, True)
    if name == "choice" and len(given) == 1 and isinstance(given[0], (list, tuple)):
        if not given[0]:
            raise _Raises
        return _either(_least(given[0]), _most(given[0]))
    raise _Unknown(f"`random.{name}` is not followed")


def _least(values):
    return _extreme(True, list(values)) if all(map(_is_number, values)) else _same(values)


def _most(values):
    return _extreme(False, list(values)) if all(map(_is_number, values)) else _same(values)


def _same(values):
    if any(value != values[0] for value in values):
        raise _Unknown("it takes an item by chance")
    return values[0]


def _of_oban(name: str, given: list, named: dict):
    """What Oban's own helpers give (oban-py 0.7.0, src/oban/_backoff.py)."""
    if not all(isinstance(value, (int, float, str)) for value in (*given, *named.values())):
        raise _Unknown(f"`{name}` is not followed")
    if name == "jitter" and len(given) == 1:
        return _jittered(given[0], named.get("mode", "both"), named.get("mult", 0.1))
    if name in ("exponential", "jittery_exponential") and len(given) == 1:
        power = min(given[0], named.get("max_pow", DEFAULT_POWER))
        base = named.get("min_pad", 0) + named.get("mult", 1) * _power(2, power)
        return base if name == "exponential" else _jittered(base, "both", 0.1)
    if name == "jittery_clamped" and len(given) == 2 and not named:
        wait = default_wait(*given)
        return Range(wait.low, wait.high, True)
    raise _Unknown(f"`{name}` is not followed")


def _jittered(time: float, mode: str, share: float) -> Range:
    """`rand` adds from a half on and takes away below it where it may do `both`."""
    most = int(BELOW_ONE * share * time)
    least = int((0.5 - 2**-53) * share * time) if mode == "both" else most
    whole = isinstance(time, int)
    if mode == "inc":
        return Range(time, time + most, whole)
    if mode == "dec":
        return Range(time - most, time, whole)
    return Range(time - least, time + most, whole)


def _is_remark(node) -> bool:
    """A docstring, or a call of a logger."""
    if not isinstance(node, cst.Expr):
        return False
    value = node.value
    if isinstance(value, (cst.SimpleString, cst.Ellipsis)):
        return True
    func = value.func if isinstance(value, cst.Call) else None
    return isinstance(func, cst.Attribute) and func.attr.value in (
        "debug", "info", "warning", "error",
    )  # fmt: skip


def _first_word(node) -> str:
    names = {cst.For: "for", cst.While: "while", cst.Try: "try", cst.With: "with",
             cst.Await: "await", cst.ListComp: "for", cst.GeneratorExp: "for",
             cst.FormattedString: "f\"\""}  # fmt: skip
    return names.get(type(node), type(node).__name__)
