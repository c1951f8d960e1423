"""`oban-guard config`."""

from __future__ import annotations

import os

import click

from checker.commands.output import echo


@click.command()
@click.option(
    "--show", "path", required=True, type=click.Path(exists=True), metavar="PATH",
    help="The file or folder to tell it for.",
)  # fmt: skip
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def config(path: str, style: str) -> None:
    """Show the configuration that counts for a path, and where each value comes from."""
    from checker.config import ConfigError, load
    from checker.discover import shown
    from checker.report import settings
    from checker.report.text import printable

    try:
        found = load(path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path)))
    except ConfigError as error:
        told = f"{printable(shown(error.path))}: {printable(error.sentence)}"
        raise click.UsageError(told) from error
    if found.shadowed:
        echo(f"note: {printable(shown(found.shadowed))} does not count", err=True)
    echo((settings.as_json if style == "json" else settings.as_toml)(path, found))
