"""Which expression perform ends with, as far as a fix can tell where it begins and ends."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.modules import ModuleDef
from checker.model.shape import Span
from checker.model.tail import Tail

WIDTH = 98  # of the formatter
AROUND = len("case  do")


def tail_at(module: ModuleDef, data: bytes, step: Span) -> Tail | None:
    """The last expression of a clause of perform whose last step is at `step`.

    None where there is none, where more follows on its line, and where `rescue` and its like
    take what it answers. `data` is the file.
    """
    for name in ("perform", "process"):
        function = module.functions.get((name, 1))
        for clause in function.clauses if function is not None else ():
            exprs = clause.blocks["do"].exprs if list(clause.blocks) == ["do"] else []
            if exprs and isinstance(exprs[-1], syntax.Call) and exprs[-1].span == step:
                return _tail(exprs[-1], data, alone=len(exprs) == 1)
    return None


def _tail(call: syntax.Call, data: bytes, alone: bool) -> Tail | None:
    start = syntax.pipe_starts([call]).get(call.span, call.span[0])
    span = start, call.span[1]
    before = data[data.rfind(b"\n", 0, start) + 1 : start]
    after = data[span[1] :].partition(b"\n")[0].strip()
    if before.strip() or (after and not after.startswith(b"#")):
        return None
    indent = before.decode()
    if b"\n" not in data[start : span[1]]:
        fits = len(indent) + len(data[start : span[1]].decode("utf-8", "replace")) + AROUND
        follows = None if alone else _follows(data, start)
        return Tail(span, indent, False, follows) if fits <= WIDTH else None
    head = data[data.rfind(b"\n", 0, call.span[0]) + 1 : call.span[0]].strip()
    return Tail(span, indent, True, None) if call.piped and head == b"|>" else None


def _follows(data: bytes, place: int) -> int | None:
    """Where the lines of a statement begin, comments above it included, unless below a blank."""
    begins = data.rfind(b"\n", 0, place) + 1
    while begins:
        above = data.rfind(b"\n", 0, begins - 1) + 1
        line = data[above : begins - 1].strip()
        if not line.startswith(b"#"):
            return begins if line else None
        begins = above
    return None
