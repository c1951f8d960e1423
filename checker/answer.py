"""From the text of an event to the text of the answer. Whatever goes wrong, the edit passes."""

from __future__ import annotations

import os
import sys

from checker import quickjson
from checker.guard import decide
from checker.world import World

MAX_BYTES = 64_000_000
SECONDS = 8.0
TRACE = "OBAN_GUARD_TRACE"


class TooSlow(BaseException):
    """Checking takes longer than the client waits. Not for a rule's own handlers to catch."""


def answer(raw: bytes, data: str, env) -> str:
    """What to print about an event; empty when there is nothing to say. Raises nothing.

    `raw` is the event as it came, `data` the data folder, `env` the environment.
    What goes wrong is told to the user, once per session and cause.
    """
    event, world = None, None
    try:
        if len(raw) > MAX_BYTES:
            raise ValueError("an event of this size")
        event = quickjson.read(raw)
        world = World(event if isinstance(event, dict) else {}, data, env)
        _limit(SECONDS)
        decision = decide(event, world)
        output, trace = decision.output(), f"{decision.trace} {decision.verdict}"
    except (Exception, TooSlow) as error:
        output, trace = _failed(error, world), f"failed {type(error).__name__}"
    finally:
        _limit(0)
    _trace(env.get(TRACE), trace, event)
    if output is None:
        return ""
    return quickjson.write(output) + "\n"


def _limit(seconds: float) -> None:
    """Raise TooSlow in so many seconds; not at all for 0."""
    from _signal import ITIMER_REAL, SIGALRM, setitimer, signal

    signal(SIGALRM, _too_slow)
    setitimer(ITIMER_REAL, seconds)


def _too_slow(*_: object) -> None:
    raise TooSlow(f"it took longer than {SECONDS:.0f} s")


def _failed(error: BaseException, world: World | None) -> dict | None:
    from checker.source import one_line

    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    try:
        if world is not None and not world.session.first(_place(error)):
            return None
    except Exception:  # what cannot be remembered is told again
        pass
    return {"systemMessage": f"oban-guard: an edit was not checked ({one_line(what)})."}


def _place(error: BaseException) -> str:
    """Names a failure by where it happened."""
    trail = error.__traceback__
    while trail.tb_next is not None:
        trail = trail.tb_next
    return f"{type(error).__name__} {trail.tb_frame.f_code.co_filename}:{trail.tb_lineno}"


def _trace(path: str | None, trace: str, event: object) -> None:
    """Add a line to the trace: what was done, whether a parser was started, tool and path."""
    if not path:
        return
    from checker.source import one_line

    parser = "parser" if "tree_sitter._binding" in sys.modules else "-"
    event = event if isinstance(event, dict) else {}
    given = event.get("tool_input")
    file = given.get("file_path") if isinstance(given, dict) else None
    names = [one_line(name) for name in (event.get("tool_name"), file) if isinstance(name, str)]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="replace") as opened:
            opened.write(" ".join((trace, parser, *names)) + "\n")
    except OSError:
        pass
