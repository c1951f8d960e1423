"""Times of commands, measured in turns, so that a busy moment meets all of them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median


@dataclass
class Command:
    """A process to run: `arguments`, `folder` to run in, `variables` beside PATH, `given` on stdin.

    `given` is called before each run, `expected` (of its exit code and output) afterwards.
    """

    arguments: list[str]
    folder: str
    expected: Callable[[int, bytes], bool]
    variables: dict[str, str] = field(default_factory=dict)
    given: Callable[[], bytes] = bytes

    def seconds(self) -> float:
        """Run it once; how long that took. Raises RuntimeError when it did something else."""
        given = self.given()
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, **self.variables}
        start = time.perf_counter()
        done = subprocess.run(
            self.arguments, cwd=self.folder, env=environment, input=given, capture_output=True
        )
        took = time.perf_counter() - start
        if done.stderr or not self.expected(done.returncode, done.stdout):
            raise RuntimeError(f"{self.arguments}: {done}")
        return took


def medians(commands: dict[str, Command], rounds: int) -> dict[str, float]:
    """The median time of each command, in seconds, over some rounds after one to warm up."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            times[name].append(command.seconds())
    return {name: median(taken[1:]) for name, taken in times.items()}
