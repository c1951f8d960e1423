"""What oban for Python takes for a result, and what for a failure.

As read by `_record_stopped` (oban-py 0.7.0, src/oban/_executor.py).
"""

from __future__ import annotations

RESULTS = frozenset(("oban.Cancel", "oban.Snooze", "oban.Record"))
STUCK = "stuck"  # the acknowledgement fails, and the job stays `executing`


def is_exception(name: str) -> bool:
    """Whether a full name is that of a builtin exception."""
    return _is_a(name, BaseException)


def is_failure(name: str) -> bool:
    """Whether it is one that fails an attempt, raised or returned: not `KeyboardInterrupt`."""
    return _is_a(name, Exception)


def _is_a(name: str, base: type) -> bool:
    plain = name.removeprefix("builtins.")
    found = getattr(__import__("builtins"), plain, None) if plain != name else None
    return isinstance(found, type) and issubclass(found, base)
