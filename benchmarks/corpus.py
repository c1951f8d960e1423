"""Files of a Phoenix project, made from the templates beside this module."""

from __future__ import annotations

import random
import re
from pathlib import Path

TEMPLATES = Path(__file__).parent
APPLICATIONS = ("Shop", "Harbor", "Ledgerly", "Clinic", "Foundry", "Orchard", "Tramway", "Atlas")
THINGS = ("Order", "Parcel", "Invoice", "Booking", "Ticket", "Claim", "Lesson", "Permit")
ATTEMPTS = re.compile(r"max_attempts: \d+")


def template(name: str) -> str:
    """The text of a template, such as `workers/charge_order.ex`."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def write(folder: Path, workers: int, others: int) -> list[Path]:
    """Write so many files with workers and without; every run writes the same."""
    chance = random.Random(7)
    return [
        *_write(folder, "workers", workers, chance),
        *_write(folder, "others", others, chance),
    ]


def _write(folder: Path, kind: str, count: int, chance: random.Random) -> list[Path]:
    templates = sorted((TEMPLATES / kind).glob("*.ex*"))
    texts = [(path, path.read_text(encoding="utf-8")) for path in templates]
    written = []
    for number in range(count):
        path, text = texts[number % len(texts)]
        target = folder / "lib" / kind / f"{path.stem}_{number}{path.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_variant(text, number, chance), encoding="utf-8")
        written.append(target)
    return written


def _variant(text: str, number: int, chance: random.Random) -> str:
    """The text about something else, in another application."""
    thing, application = chance.choice(THINGS), chance.choice(APPLICATIONS)
    text = text.replace("Order", thing).replace("order", thing.lower())
    text = text.replace("Shop", f"{application}{number}").replace("shop", application.lower())
    return ATTEMPTS.sub(lambda _: f"max_attempts: {chance.randint(2, 20)}", text)
