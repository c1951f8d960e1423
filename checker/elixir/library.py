"""What calls of common libraries return and do: the table in `library.tsv`."""

from __future__ import annotations

import os

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "library.tsv")

_ANY = "*"


class Entry:
    """A row: `returns` is a type expression, `traits` what the call does."""

    __slots__ = ("call", "returns", "traits", "low", "high", "exact")

    def __init__(self, call: str, arities: str, returns: str, traits: frozenset[str]) -> None:
        self.call = call
        self.returns = returns
        self.traits = traits
        if arities == _ANY:
            self.low, self.high, self.exact = 0, 255, None
        elif arities.endswith("+"):
            self.low, self.high, self.exact = int(arities[:-1]), 255, None
        else:
            self.exact = frozenset(int(a) for a in arities.split(","))
            self.low, self.high = min(self.exact), max(self.exact)

    def takes(self, arity: int) -> bool:
        if self.exact is not None:
            return arity in self.exact
        return self.low <= arity <= self.high


class Library:
    """The table, plus rows from the user's configuration (which win)."""

    def __init__(self, rows: list[str]) -> None:
        self._rows: dict[str, list[str]] = {}
        self._entries: dict[str, list[tuple[list[str], Entry]]] = {}
        self._found: dict[tuple[str, str, int], Entry | None] = {}
        for row in rows:
            call = row[: row.index("\t")]
            functions = call[call.rindex(".") + 1 : call.rindex("/")]
            for function in functions.split("|"):
                self._rows.setdefault(function, []).append(row)

    def _named(self, function: str) -> list[tuple[list[str], Entry]]:
        """The rows for functions of one name, read when a call of that name is met."""
        found = self._entries.get(function)
        if found is None:
            found = self._entries[function] = []
            for row in self._rows.get(function, ()):
                call, returns, does = row.split("\t")[:3]
                name, _, arities = call.rpartition("/")
                module = name.rpartition(".")[0]
                entry = Entry(f"{module}.{function}", arities, returns, frozenset(does.split()))
                found.append((module.split("."), entry))
        return found

    def find(self, module: str, function: str, arity: int) -> Entry | None:
        """The most specific row for a call, or None: then nothing is known."""
        wanted = (module, function, arity)
        if wanted not in self._found:
            self._found[wanted] = self._search(module.split("."), function, arity)
        return self._found[wanted]

    def _search(self, segments: list[str], function: str, arity: int) -> Entry | None:
        best, best_rank = None, 0
        for name in (function, _ANY):
            for parts, entry in self._named(name):
                if not entry.takes(arity):
                    continue
                rank = _rank(parts, segments)
                if name == function and rank:
                    rank += 10
                if rank > best_rank:
                    best, best_rank = entry, rank
        return best


def _rank(parts: list[str], segments: list[str]) -> int:
    """How well a row's module fits (0: not at all); exact beats kind beats wildcard."""
    if parts == segments:
        return 5
    if parts == ["Repo"]:
        return 3 if segments[-1].endswith("Repo") or "Repo" in segments else 0
    if parts in (["Mailer"], ["Endpoint"]):
        return 3 if segments[-1].endswith(parts[0]) else 0
    if parts[-1] == _ANY and len(segments) >= len(parts):
        return 2 if segments[: len(parts) - 1] == parts[:-1] else 0
    return 0


_tables: dict[tuple, Library] = {}


def library(shapes: dict[str, str] | None = None, effects: dict[str, str] | None = None) -> Library:
    """The standard table; with the user's `shapes` (call → type) and `effects` (call → trait)."""
    own = _user_rows(shapes or {}, effects or {})
    found = _tables.get(tuple(own))
    if found is None:
        found = _tables[tuple(own)] = Library([*own, *_standard_rows()])
    return found


def _standard_rows() -> list[str]:
    with open(TABLE, encoding="utf-8") as file:
        return [line for line in file.read().split("\n") if line and line[0] != "#"]


def _user_rows(shapes: dict[str, str], effects: dict[str, str]) -> list[str]:
    return [
        "\t".join((call if "/" in call else f"{call}/*", shapes.get(call, "term"),
                   effects.get(call, "")))
        for call in dict.fromkeys((*shapes, *effects))
    ]  # fmt: skip
