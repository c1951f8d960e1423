"""Scratch projects, and the turns of a model that works in them."""

from __future__ import annotations

from pathlib import Path

from .messages_api import Block, use

MIX = """\
defmodule Shop.MixProject do
  use Mix.Project

  def project, do: [app: :shop, version: "0.1.0", elixir: "~> 1.14", deps: deps()]

  defp deps do
    [
      {:phoenix, "~> 1.7"}%s
    ]
  end
end
"""


class Project:
    """A folder with a `mix.exs`, which names Oban unless told otherwise."""

    def __init__(self, root: Path, oban: bool = True) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        self.put("mix.exs", MIX % (',\n      {:oban, "~> 2.19"}' if oban else ""))

    def path(self, name: str) -> Path:
        """Where a file of the project is."""
        return self.root / name

    def put(self, name: str, content: str | bytes) -> Path:
        """Put a file there as a person would, outside any session; returns its path."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def text(self, name: str) -> str:
        """What a file holds."""
        return self.path(name).read_bytes().decode()

    def write(self, name: str, content: str) -> Block:
        """The model writes a file."""
        return use("Write", file_path=str(self.path(name)), content=content)

    def read(self, name: str) -> Block:
        """The model reads a file, as the client wants before an edit of it."""
        return use("Read", file_path=str(self.path(name)))

    def edit(self, name: str, old: str, new: str, replace_all: bool = False) -> Block:
        """The model edits a file."""
        return use(
            "Edit",
            file_path=str(self.path(name)),
            old_string=old,
            new_string=new,
            replace_all=replace_all,
        )
