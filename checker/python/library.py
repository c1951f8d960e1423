"""What calls of common Python libraries return and do: the table in `library.tsv`."""

from __future__ import annotations

import os

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "library.tsv")

ASYNC = "async "
ANY = "*"
WORDS = frozenset(
    "None True False bool int str float bytes list dict tuple set self never unknown".split()
)
# Types made of others: what enters a `with`, what a call gives, what awaiting gives.
MADE_OF = frozenset(("list", "tuple", "set", "with", "run", "awaited", "instance"))
_ARGUMENTS = frozenset(f"arg{n}" for n in range(1, 10))
_MOST_ALIASES = 8  # one name may be another's, which is another's


class Type:
    """What a value can be.

    `kind` is a word of WORDS; `object`, an instance of the class `name`, where with an `index`
    the text of that argument (from 0) follows the name in brackets; `arg`, argument `index`,
    unchanged; or one of MADE_OF, whose `items` are unions: for `list` and `set` what they hold,
    for `tuple` one for each element (without items that is not known), for `with` what entering
    it gives, for `run` and `awaited` the function or coroutine that is run, for `instance` the
    class (without items it is `name`).
    """

    __slots__ = ("kind", "name", "index", "items")

    def __init__(
        self, kind: str, name: str = "", index: int | None = None,
        items: tuple[tuple[Type, ...], ...] = (),
    ) -> None:  # fmt: skip
        self.kind = kind
        self.name = name
        self.index = index
        self.items = items

    def __repr__(self) -> str:
        inner = ", ".join(" | ".join(map(repr, union)) for union in self.items)
        number = "" if self.index is None else f"arg{self.index + 1}"
        if self.kind == "object":
            return f"{self.name}[{number}]" if number else self.name
        return number or (f"{self.kind}[{inner or self.name}]" if inner or self.name else self.kind)


class Entry:
    """What is known of a name.

    `call`: the row's name for it, whichever way it was imported. `returns`: a union
    (tuple) of types; with `is_async` that is what awaiting the call gives. `traits`: what it
    does, in the words of the table's head.
    """

    __slots__ = ("call", "returns", "traits", "is_async")

    def __init__(
        self, call: str, returns: tuple[Type, ...], traits: frozenset[str], is_async: bool
    ) -> None:
        self.call = call
        self.returns = returns
        self.traits = traits
        self.is_async = is_async

    def has(self, *traits: str) -> bool:
        return not self.traits.isdisjoint(traits)


class Library:
    """The table. A name is looked up when it is met; the rows are only then read."""

    def __init__(self, rows: list[str]) -> None:
        self._rows: dict[str, str] = {}
        self._patterns: dict[str, list[tuple[list[str], str]]] = {}
        self._names: dict[str, str] = {}
        self._members: dict[str, str] = {}
        self._found: dict[str, Entry | None] = {}
        for row in rows:
            call, returns, _rest = row.split("\t", 2)
            if returns.startswith("= "):
                self._alias(call, returns[2:])
                continue
            owner, _, functions = call.rpartition(".")
            for function in functions.split("|"):
                self._add(f"{owner}.{function}" if owner else function, row)

    def call(self, name: str) -> Entry | None:
        """What is known of a full dotted name, None when nothing is.

        `name` is the import path of a function or class (`httpx.post`), or the class of an
        object and the attributes that lead from it: `twilio.rest.Client.messages.create`.
        """
        if name not in self._found:
            self._found[name] = self._search(name)
        return self._found[name]

    def class_name(self, name: str) -> str:
        """The table's own name of a class that may be imported from several places."""
        for _ in range(_MOST_ALIASES):
            other = _moved(name, self._names)
            if other is None:
                break
            name = other
        return name

    def _alias(self, name: str, other: str) -> None:
        if name.endswith(".*"):
            self._members[name.removesuffix(".*")] = other.removesuffix(".*")
        else:
            self._names[name] = other

    def _add(self, name: str, row: str) -> None:
        if not name.startswith("*."):
            self._rows[name] = row
            return
        parts = name.split(".")
        self._patterns.setdefault(parts[-1], []).append((parts, row))

    def _search(self, name: str) -> Entry | None:
        name = self.class_name(name)
        if name in self._rows:
            return _read(name, self._rows[name], name)
        owner = _moved(name, self._members)
        if owner is not None:
            awaited = owner.startswith(ASYNC)
            entry = self.call(owner.removeprefix(ASYNC))
            return _as_coroutine(entry, name) if entry is not None and awaited else entry
        parts = name.split(".")
        for pattern, row in self._patterns.get(parts[-1], ()):
            before = _before(pattern, parts)
            if before is not None:
                return _read(".".join(pattern), row, before)
        return None


def _moved(name: str, places: dict[str, str], whole: bool = True) -> str | None:
    """A name with its longest beginning that is in `places` replaced; `whole` may be all of it."""
    beginning = name if whole else name.rpartition(".")[0]
    while beginning:
        if beginning in places:
            return places[beginning] + name[len(beginning) :]
        beginning = beginning.rpartition(".")[0]
    return None


def _before(pattern: list[str], parts: list[str]) -> str | None:
    """What stands where the `*` is that a pattern begins with; None where it does not fit."""
    rest = pattern[1:]
    if len(parts) < len(pattern) or any(
        wanted not in (ANY, part)
        for wanted, part in zip(rest, parts[-len(rest) :], strict=True)
    ):
        return None
    return ".".join(parts[: -len(rest)])


def _read(call: str, row: str, owner: str) -> Entry:
    _call, returns, does = row.split("\t")[:3]
    waits = returns.startswith(ASYNC)
    types = parse_type(returns.removeprefix(ASYNC), owner)
    return Entry(call, types, frozenset(does.split()), waits)


def _as_coroutine(entry: Entry, name: str) -> Entry:
    return Entry(name, entry.returns, entry.traits - {"blocking"}, not entry.has("attribute"))


# -- types -------------------------------------------------------------------------------


def parse_type(text: str, owner: str = "") -> tuple[Type, ...]:
    """The union that a type expression is; `owner` is the class that a `*` stands for.

    Raises ValueError where it is none.
    """
    return tuple(_type(part, owner) for part in _split(text, " | "))


def _type(text: str, owner: str) -> Type:
    if text in WORDS:
        return Type(text)
    if text == "new":
        return Type("object", owner)
    if text in _ARGUMENTS:
        return _argument("arg", "", text)
    head, bracket, inner = text.partition("[")
    if bracket and not inner.endswith("]"):
        raise ValueError(f"no closing bracket: {text!r}")
    inner = inner[:-1]
    if head in MADE_OF:
        if inner == ANY:
            return Type(head, owner)
        return Type(head, items=tuple(parse_type(item, owner) for item in _split(inner, ", ")))
    if "." in head and inner in _ARGUMENTS:
        return _argument("object", head, inner)
    if all(part.isidentifier() for part in head.split(".")) and "." in head and not bracket:
        return Type("object", head)
    raise ValueError(f"not a type: {text!r}")


def _argument(kind: str, name: str, word: str) -> Type:
    return Type(kind, name, int(word.removeprefix("arg")) - 1)


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth == 0 and text.startswith(separator, at):
            parts.append(text[start:at])
            start = at + len(separator)
    return [*parts, text[start:]]


# -- the table ---------------------------------------------------------------------------

_tables: dict[tuple[str, ...], Library] = {}


def library(effects: dict[str, str] | None = None) -> Library:
    """The standard table; with the user's `effects` (full name → traits), which win."""
    own = tuple(f"{name}\tunknown\t{does}\t" for name, does in (effects or {}).items())
    found = _tables.get(own)
    if found is None:
        found = _tables[own] = Library([*_standard_rows(), *own])
    return found


def _standard_rows() -> list[str]:
    with open(TABLE, encoding="utf-8") as file:
        return [line for line in file.read().split("\n") if line and line[0] != "#"]
