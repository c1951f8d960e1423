"""What `from oban import …` gives to generated workers, and jobs to run them with."""

from __future__ import annotations

import asyncio
import itertools
import sys
import types
import warnings
from contextlib import contextmanager

ARGS = [
    {"n": n, "s": s, "l": items, "o": o}
    for n, s, items, o in (
        (0, "", [], None), (1, "a", [1], 1), (2, "b", [0, 2], 0), (-1, "gone", [3, 1, 2], None),
    )
]  # fmt: skip


class Cancel:
    __match_args__ = ("reason",)

    def __init__(self, reason) -> None:
        self.reason = reason


class Snooze:
    def __init__(self, seconds, meta=None) -> None:
        self.seconds = seconds


class Job:
    def __init__(self, args: dict, attempt: int) -> None:
        self.args = args
        self.attempt = attempt


def _worker(**_options):
    return lambda given: given


@contextmanager
def _installed(**modules: types.ModuleType):
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            del sys.modules[name]
            if module is not None:
                sys.modules[name] = module


def _oban() -> types.ModuleType:
    module = types.ModuleType("oban")
    module.Cancel, module.Snooze, module.worker = Cancel, Snooze, _worker
    return module


FILE = "generated.py"


def performed(source: str) -> list[tuple[str, object]]:
    """What each job comes to: ("returned", value), or ("raised", line) where a `raise` of the
    source ended it. What raises by accident is left out, as any code may.
    """
    module = types.ModuleType("generated")
    with _installed(oban=_oban(), generated=module), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, FILE, "exec"), vars(module))
        found = []
        for args, attempt in itertools.product(ARGS, (1, 2)):
            try:
                job = Job({key: _copied(value) for key, value in args.items()}, attempt)
                found.append(("returned", asyncio.run(module.W().process(job))))
            except Exception as error:
                line = _raised_at(error)
                if source.split("\n")[line - 1].strip().startswith("raise "):
                    found.append(("raised", line))
        return found


def _copied(value):
    return list(value) if isinstance(value, list) else value


def _raised_at(error: BaseException) -> int:
    at, line = error.__traceback__, 1
    while at is not None:
        if at.tb_frame.f_code.co_filename == FILE:
            line = at.tb_lineno
        at = at.tb_next
    return line
