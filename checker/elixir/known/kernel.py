"""Kernel's tests and numbers, where the arguments tell the answer."""

from __future__ import annotations

from checker.elixir.conditions import KINDS
from checker.elixir.known.site import CallSite
from checker.model.shape import FALSE, TRUE, Float, Int, Unknown, Value, join, one, only


def kind_test(call: CallSite) -> Value:
    """is_nil, is_map and the like."""
    verdicts = set()
    for alt in call.args[0]:
        verdict = None if isinstance(alt.shape, Unknown) else KINDS[call.name](alt.shape)
        verdicts.add(None if verdict and len(call.args) > 1 else verdict)
    answers = {TRUE, FALSE} if None in verdicts else {TRUE if v else FALSE for v in verdicts}
    origin = call.origin(call.full_name)
    return join(*(one(answer, origin) for answer in (TRUE, FALSE) if answer in answers))


def absolute(call: CallSite) -> Value:
    found = []
    for alt in call.args[0]:
        shape = alt.shape
        if isinstance(shape, Int) and shape.value is not None:
            found.append(Int(abs(shape.value), abs(shape.value)))
        elif isinstance(shape, (Int, Unknown)):
            found.append(Int(0, None))
        if isinstance(shape, (Float, Unknown)):
            found.append(Float())
    return join(*(one(shape, call.origin()) for shape in found))


def extreme(call: CallSite) -> Value:
    """max and min of two integers: within what bounds."""
    shapes = [only(arg) for arg in call.args]
    if len(shapes) != 2 or not all(isinstance(shape, Int) for shape in shapes):
        return call.library()
    lows, highs = [s.low for s in shapes], [s.high for s in shapes]
    if call.name == "max":
        known = [low for low in lows if low is not None]
        low, high = max(known, default=None), None if None in highs else max(highs)
    else:
        known = [high for high in highs if high is not None]
        low, high = None if None in lows else min(lows), min(known, default=None)
    return one(Int(low, high), call.origin())


FUNCTIONS = {
    **{("Kernel", name): kind_test for name in KINDS},
    ("Kernel", "abs"): absolute, ("Kernel", "max"): extreme, ("Kernel", "min"): extreme,
}  # fmt: skip
