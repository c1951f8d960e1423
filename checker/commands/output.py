"""Printing, as every command does it."""

from __future__ import annotations

import os
import sys

import click


def echo(text: str, err: bool = False) -> None:
    """Print; quiet when the reader has gone away (`| head`)."""
    try:
        click.echo(text, err=err, color=False if os.environ.get("NO_COLOR") else None)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (sys.stderr if err else sys.stdout).fileno())


def on_terminal() -> bool:
    """Whether people see the output, and want it coloured."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
