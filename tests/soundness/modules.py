"""Writes whole workers: module attributes, functions of all sorts, and perform."""

from __future__ import annotations

from tests.soundness.bodies import Bodies, Template, indent
from tests.soundness.choices import Choices
from tests.soundness.ways import TABLES

KINDS = ("result", "int", "text", "atom", "bool", ("list", "int"))
JOB = "%Oban.Job{attempt: attempt, tags: tags, queue: queue, args: args}"
FIELDS = {"attempt": "int", "tags": ("list", "text"), "queue": "text"}


class Workers(Bodies):
    """Writes a worker called `Worker`, ready to be performed."""

    def worker(self, args: bool) -> str:
        parts = ["use Oban.Worker, queue: :default, max_attempts: 5", self._attributes()]
        parts += [self._function(f"f{number}") for number in range(self.below(4))]
        self.size = max(self.size, 30)
        parts += self._performs(args)
        body = "\n\n".join(part for part in parts if part)
        return f"defmodule Worker do\n{indent(body)}\nend\n"

    def _attributes(self) -> str:
        lines = []
        for number in range(self.below(3)):
            kind = self.pick(("int", "result", "atom", ("list", "atom"), "map"))
            lines.append(f"@a{number} {self.literal(kind)}")
            self.attributes.setdefault(kind, []).append(f"a{number}")
        return "\n".join(lines)

    def _function(self, name: str) -> str:
        kind = "branching" if self.branches and self.chance(75) else "straight"
        first, _, text = self.pick(TABLES[f"{kind} functions"]).partition("\n")
        call, *params = first.split()
        template = Template(self.pick(KINDS), {}, 3)
        template.letters["f"] = name
        if text.startswith("defmodule"):  # nothing of the worker is seen from there
            seen = self.functions, self.attributes
            self.functions, self.attributes = [], {}
            written = self.filled_in(text, template)
            self.functions, self.attributes = seen
        else:
            written = self.filled_in(text, template)
        called = self.filled_in(call, template)
        kinds = tuple(self.kind(param.lstrip("?"), template) for param in params)
        for count in range(len([p for p in params if p[0] != "?"]), len(kinds) + 1):
            self.functions.append((called, kinds[:count], template.kind))
        return written

    def _performs(self, args: bool) -> list[str]:
        kind = self.pick(("result", "result", "result", "any", self.some_kind()))
        clauses = []
        for _ in range(self.below(3) if self.branches else 0):
            clauses.append(self.filled(self.pick(TABLES["performs"]), kind, {}, 4))
        lines, scope = [], dict(FIELDS) if self.branches else {}
        if args:
            lines = ['id = args["id"]', '%{"kind" => kind} = Map.put_new(args, "kind", 1)']
            scope |= {"id": "any", "kind": "any"}
        lines.append(self.block(kind, scope, 4))
        body = indent("\n".join(lines))
        return [*clauses, f"def perform({JOB} = job) do\n{body}\nend"]


def worker(choices: Choices, size: int = 60, branches: bool = True, args: bool = False) -> str:
    """The source of a worker; what it does depends on the attempt and the tags of its job,
    and with `args` on those."""
    return Workers(choices, size, branches).worker(args)
