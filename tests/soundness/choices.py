"""Where a generator's decisions come from; the first option is the simplest one."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """`below(n)` gives a number from 0 to n - 1; everything else is made of it."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below

    @classmethod
    def seeded(cls, seed: int) -> Choices:
        """The same decisions for the same seed."""
        return cls(random.Random(seed).randrange)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))] if len(options) > 1 else options[0]

    def chance(self, percent: int) -> bool:
        return self.below(100) >= 100 - percent
