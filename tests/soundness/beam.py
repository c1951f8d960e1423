"""Workers performed by the real Elixir, all in one process of it."""

from __future__ import annotations

import base64
import json
import os
import subprocess

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "perform.exs")

ANSWER = b"answer "


class CompilerBug(Exception):
    """Elixir 1.14 and OTP 25 fail on some correct sources."""


class Beam:
    """A running Elixir; `perform` may be called any number of times."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["elixir", SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # compiler warnings
        )

    def perform(self, source: str) -> list[tuple]:
        """What each job of a worker comes to: (how, value), `how` being returned, raised,
        threw, exited, killed or endless. The worker's module is called `Worker`.

        Raises SyntaxError when Elixir does not compile it, CompilerBug when it fails to.
        """
        self._process.stdin.write(base64.b64encode(source.encode()) + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._answer())
        if answer[0] == "broken":
            raise SyntaxError(f"{_text(answer[1])}\n{source}")
        if answer[0] == "bug":
            raise CompilerBug
        return [(how, term(value)) for how, value in answer]

    def _answer(self) -> bytes:
        """The next answer; a compiler that fails prints things in between."""
        for line in self._process.stdout:
            if line.startswith(ANSWER):
                return line[len(ANSWER) :]
        raise EOFError("Elixir ended")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def term(written: list) -> tuple:
    """A term: its type and its content, keys of maps being terms too."""
    kind, *content = written
    if kind == "atom":
        return "atom", _text(content[0]).removeprefix("Elixir.")
    if kind == "text":
        return "text", _text(content[0])
    if kind == "float":
        return "float", float(content[0])
    if kind in ("tuple", "list"):
        return kind, tuple(term(item) for item in content[0])
    if kind == "map":
        return "map", _pairs(content[0])
    if kind == "struct":
        return "struct", term(content[0])[1], _pairs(content[1])
    return kind, *content


def _pairs(written: list) -> dict[tuple, tuple]:
    return {term(key): term(value) for key, value in written}


def _text(hexed: str) -> str:
    return bytes.fromhex(hexed).decode("utf-8", "surrogateescape")
