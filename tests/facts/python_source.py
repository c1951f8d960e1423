"""The Python source of a fact in python_results.json; run by the interpreter that has oban too."""

from __future__ import annotations

import textwrap

HEAD = """\
import asyncio
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from oban import Cancel, Record, Snooze, job, worker
"""
WORKER = """\


@worker(queue="default", max_attempts=3)
class W:
    async def process(self, job):
"""


def source(fact: dict) -> str:
    """The module that defines the worker `W`: from a `body` of process, or as `code` says."""
    if "code" in fact:
        return f"{HEAD}\n\n{fact['code']}\n"
    return HEAD + WORKER + textwrap.indent(fact.get("body", "pass"), " " * 8) + "\n"
