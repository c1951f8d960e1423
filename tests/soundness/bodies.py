"""Writes expressions of Elixir that compile and mostly do not raise.

Every expression has a kind: "int", "text", "bool", "atom", "map" (with the fields n, s and r),
"result" (what perform may return, right or wrong), "keyword", "any", ("list", kind) or
("pair", kind, kind). A scope maps the variables that may be used to their kinds.
"""

from __future__ import annotations

import re

from tests.soundness.choices import Choices
from tests.soundness.patterns import Patterns
from tests.soundness.ways import TABLES

LITERALS = {
    "int": ("0", "1", "2", "3", "10", "-1", "60", "1_000"),
    "text": ('"a"', '""', '"ab"', '"gone"', "~s(b c)", '"x\\ny"'),
    "bool": ("true", "false"),
    "atom": (":ok", ":error", ":gone", ":timeout", ":a", "nil", "Oban"),
    "result": (
        ":ok", "{:ok, 1}", "{:error, :gone}", "{:cancel, :gone}", ":discard", "{:snooze, 60}",
        ":error", "nil", "true", "{:discard, nil}", "{:snooze, -1}", "{:snooze, {5, :minutes}}",
        "{:error, :a, :b}", "{:ok, {:error, 1}}", "[]", '"ok"', "{:ok, 1.5}", "%{}", "1.0",
    ),
    "keyword": ("[]", "[n: 1]", "[s: :a, n: 2]", "[n: 1, n: nil]"),
}  # fmt: skip
SIMPLE = ("int", "text", "bool", "atom", "result", "map", "keyword")
ITEMS = ("int", "result", "text", "atom")
FIELDS = {"n": "int", "s": "text", "r": "result"}

_HOLE = re.compile(r"«([^»]+)»")
_WORD = re.compile(r"""[\w.@:?!]+|"[^"\\#]*\"""")
_LINE_START = re.compile(r"\n(?=[^\n])")
_BLOCK = re.compile(r"(if|unless|for|with|case|cond|try|receive)\b|.*\|> case do\b", re.DOTALL)


def indent(text: str, by: str = "  ") -> str:
    return "\n".join(by + line if line else line for line in text.split("\n"))


def as_argument(expr: str) -> str:
    return f"({expr})" if _BLOCK.match(expr) else expr


def as_operand(expr: str) -> str:
    return expr if _WORD.fullmatch(expr) else f"({expr})"


class Template:
    """One way being filled in: the wanted kind, and the variables it has of its own."""

    def __init__(self, kind: object, scope: dict, depth: int) -> None:
        self.kind = kind
        self.scope = scope
        self.depth = depth
        self.bound: dict[str, object] = {}
        self.later: dict[str, object] = {}  # bound once the next hole is filled
        self.letters: dict[str, str] = {}
        self.kinds: dict[str, object] = {}


class Bodies(Patterns):
    """Writes expressions for kinds. `functions` are (call name, kinds, kind) that may be called,
    `attributes` the module's, by kind. `branches` says whether anything may depend on a value:
    without, what is written runs straight on."""

    def __init__(self, choices: Choices, size: int, branches: bool = True) -> None:
        super().__init__(choices)
        self.size = size  # how many more expressions may be written
        self.branches = branches
        self.functions: list[tuple[str, tuple, object]] = []
        self.attributes: dict[object, list[str]] = {}

    # -- expressions -----------------------------------------------------------------

    def line(self, kind: object, scope: dict, depth: int) -> str:
        """An expression that stands on a line of its own, or after `->` or `=`."""
        self.size -= 1
        if depth <= 0 or self.size <= 0 or (depth <= 2 and not self.chance(85)):
            return self.leaf(kind, scope)
        kind = self.pick(SIMPLE) if kind == "any" else kind
        if self.chance(15) and any(returns == kind for _name, _kinds, returns in self.functions):
            return self.call_own(kind, scope, depth - 1)
        return self.filled(self.pick(self.ways(kind)), kind, scope, depth - 1)

    def ways(self, kind: object) -> list[str]:
        """A table of templates for a kind, as likely as the others."""
        name = kind[0] if isinstance(kind, tuple) else kind
        tables = [f"straight {name}", "straight any"]
        if self.branches:
            tables += ["branching any", f"branching {name}", "branching any"]
        return self.pick([TABLES[table] for table in tables if TABLES.get(table)])

    def leaf(self, kind: object, scope: dict) -> str:
        known = [name for name, other in scope.items() if kind in ("any", other)]
        if known and self.chance(60):
            return self.pick(known)
        written = self.attributes.get(kind)
        if written and self.chance(15):
            return f"@{self.pick(written)}"
        return self.literal(kind)

    def literal(self, kind: object) -> str:
        if kind == "any":
            kind = self.pick(SIMPLE)
        if kind == "map":
            n, s, r = (self.literal(part) for part in FIELDS.values())
            return f"%{{n: {n}, s: {s}, r: {r}}}"
        if not isinstance(kind, tuple):
            return self.pick(LITERALS[kind])
        if kind[0] == "list":
            return "[" + ", ".join(self.literal(kind[1]) for _ in range(self.below(4))) + "]"
        return f"{{{self.literal(kind[1])}, {self.literal(kind[2])}}}"

    def some_kind(self) -> object:
        kind = self.pick(("int", "text", "result", "atom", "map", "bool", "list", "pair"))
        if kind == "list":
            return ("list", self.pick(ITEMS))
        if kind == "pair":
            return ("pair", self.pick(("atom", "int", "result")), self.pick(("int", "result")))
        return kind

    def call_own(self, kind: object, scope: dict, depth: int) -> str:
        """A call of one of the module's functions."""
        name, kinds, _returns = self.pick([f for f in self.functions if f[2] == kind])
        args = [as_argument(self.line(k, scope, depth)) for k in kinds]
        if args and self.chance(25):
            return f"{as_operand(args[0])} |> {name}({', '.join(args[1:])})"
        if len(args) == 1 and self.chance(15):
            return f"then({args[0]}, &{name}/1)"
        return f"{name}({', '.join(args)})"

    # -- templates ---------------------------------------------------------------------

    def filled(self, template: str, kind: object, scope: dict, depth: int) -> str:
        return self.filled_in(template, Template(kind, scope, depth))

    def filled_in(self, text: str, template: Template) -> str:
        parts, at = [], 0
        for hole in _HOLE.finditer(text):
            parts.append(text[at : hole.start()])
            line = "".join(parts).rpartition("\n")[2]
            by = " " * (len(line) - len(line.lstrip()))
            later, template.later = template.later, {}
            written = self._hole(hole.group(1), template)
            template.bound.update(later)
            parts.append(_LINE_START.sub("\n" + by, written))
            at = hole.end()
        return "".join((*parts, text[at:]))

    def _hole(self, written: str, template: Template) -> str:
        if written in template.letters:
            return template.letters[written]
        if written[0] == "~":
            bound: dict = {}
            kind = self.kind(written.lstrip("~:"), template)
            pattern = self.pattern(kind, bound, template.scope)
            (template.later if written[1] == ":" else template.bound).update(bound)
            return pattern
        if "=" in written:
            return self._new_variable(*written.split("="), template.bound, template)
        if ":" in written:
            return self._new_variable(*written.split(":"), template.later, template)
        if written == "when":
            return self.guard({**template.scope, **template.bound}, template.bound)
        if written[0] == ".":
            kept = [template.letters[letter] for letter in written[1:]]
            template.bound = {name: template.bound[name] for name in kept}
            return ""
        scope = template.scope
        if written[0] == "+":
            written, scope = written[1:], {**scope, **template.bound}
        return self._expression_hole(written, scope, template)

    def _expression_hole(self, written: str, scope: dict, template: Template) -> str:
        depth = template.depth
        if written == "?":
            return self.condition(scope, depth)
        if written.endswith("->"):
            return self.clauses(self.kind(written[:-2], template), template.kind, scope, depth)
        if written == "leave":
            return self.filled(self.pick(TABLES["leaving"]), None, scope, depth - 1)
        if written == "block;":
            return self.block(template.kind, scope, depth)
        form = written[-1]
        kind = self.kind(written.rstrip(",;!"), template)
        if form == "!":
            return self.leaf(kind, scope)
        expr = self.line(kind, scope, depth)
        return expr if form == ";" else as_argument(expr) if form == "," else as_operand(expr)

    def _new_variable(self, letter: str, kind: str, into: dict, template: Template) -> str:
        known = self.kind(kind, template)
        alike = [n for n in template.scope if n not in template.bound]
        name = self.pick(alike) if alike and self.chance(12) else self.fresh()
        template.letters[letter] = name
        into[name] = known
        return name

    def kind(self, written: str, template: Template) -> object:
        if written[0] == "[":
            return ("list", self.kind(written[1:-1], template))
        if written[0] == "{":
            first, second = written[1:-1].split(",")
            return ("pair", self.kind(first, template), self.kind(second, template))
        if written == "same":
            return template.kind
        if written == "item":
            return template.kind[1]
        if written in ("first", "second"):
            return template.kind[1 if written == "first" else 2]
        if written in ("some", "other"):
            return template.kinds.setdefault(written, self.some_kind())
        return written

    # -- clauses, conditions, blocks ------------------------------------------------------

    def clauses(self, given: object, kind: object, scope: dict, depth: int) -> str:
        """Clauses for values of a kind; the last one mostly takes what is left."""
        lines = [self._clause(given, kind, scope, depth) for _ in range(1 + self.below(3))]
        if self.chance(85):
            name = self.pick(("_", "_other", self.fresh()))
            inner = scope if name.startswith("_") else {**scope, name: given}
            lines.append(f"{name} -> {self.line(kind, inner, depth)}")
        return "\n".join(lines)

    def _clause(self, given: object, kind: object, scope: dict, depth: int) -> str:
        bound: dict = {}
        pattern = self.pattern(given, bound, scope)
        inner = {**scope, **bound}
        guard = f" when {self.guard(inner, bound)}" if bound and self.chance(35) else ""
        if self.chance(20):
            return f"{pattern}{guard} ->\n{indent(self.block(kind, inner, depth))}\n"
        return f"{pattern}{guard} -> {self.line(kind, inner, depth)}"

    def condition(self, scope: dict, depth: int) -> str:
        """Something to branch by."""
        self.size -= 1
        if scope and (depth <= 0 or self.size <= 0 or self.chance(50)):
            return self.guard(scope)
        return self.filled(self.pick(TABLES["conditions"]), None, scope, depth - 1)

    def block(self, kind: object, scope: dict, depth: int) -> str:
        scope, lines = dict(scope), []
        for _ in range(self.below(3)):
            lines.append(self._statement(scope, depth))
        lines.append(self.line(kind, scope, depth))
        return "\n".join(lines)

    def _statement(self, scope: dict, depth: int) -> str:
        """One statement; the variables that it binds are added to the scope."""
        if self.branches and self.chance(25):
            return self.filled(self.pick(TABLES["idle"]), None, scope, depth - 1)
        template = Template(None, dict(scope), depth - 1)
        written = self.filled_in(self.pick(TABLES["binding"]), template)
        scope.update(template.bound)
        return written
