"""A progress bar, where somebody sees it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from time import monotonic

EVERY = 0.1  # seconds from one drawing to the next


def wanted() -> bool:
    """Whether standard error is a terminal that a bar may be drawn on."""
    refused = os.environ.get("NO_COLOR") or os.environ.get("CI")
    dumb = os.environ.get("TERM") in (None, "", "dumb", "unknown")
    return sys.stderr.isatty() and not refused and not dumb


def bar(results: Iterable, total: int) -> Iterator:
    """Pass results on as they come and draw how many did; at the end the bar is gone."""
    from rich.console import Console
    from rich.progress import Progress

    # No thread draws: processes are forked below, and a fork takes no threads along.
    console = Console(stderr=True)
    with Progress(console=console, transient=True, auto_refresh=False) as progress:
        task, drawn = progress.add_task("Checking", total=total), 0.0
        for done, result in enumerate(results, 1):
            if monotonic() - drawn > EVERY:
                progress.update(task, completed=done, refresh=True)
                drawn = monotonic()
            yield result
