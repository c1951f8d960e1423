"""Writes workers of Python that compile, come to an end, and mostly do not raise by accident.

Every expression has a kind: "int", "text", "bool", "list" (of ints), "maybe" (an int or None)
or "result" (what `process` may return, right or wrong). A scope maps the variables that may be
used to their kinds. `«kind»` in a template is an expression of that kind.
"""

from __future__ import annotations

import random
import re
import textwrap
import warnings

KINDS = ("int", "text", "bool", "list", "maybe", "result")
ERRORS = ("Gone", "Late", "ValueError", "KeyError", "OSError", "FileNotFoundError", "Exception")
CAUGHT = (*ERRORS, "(Gone, KeyError)", "LookupError", "BaseException", "(ValueError, OSError)")
LITERALS = {
    "int": ("0", "1", "2", "7", "-1", "60"),
    "text": ("'a'", "''", "'gone'", "'error'", '"b c"'),
    "bool": ("True", "False"),
    "list": ("[]", "[1]", "[1, 2, 3]", "list(range(2))"),
    "maybe": ("None", "1", "0"),
    "result": (
        "None", "Cancel('gone')", "Snooze(60)", "True", "False", "'error'", "0", "1.5", "()",
        "('error', 'gone')", "{'error': 1}", "[]", "ValueError('x')", "Gone('x')", "Cancel",
        "('cancel', 1)", "{}", "b'x'", "{1, 2}", "...", "KeyboardInterrupt()", "len",
    ),
}  # fmt: skip
EXPRESSIONS = {
    "int": (
        "(«int» + «int»)", "(«int» - 1)", "len(«list»)", "(«int» if «bool» else «int»)",
        "max(«int», «int»)", "abs(«int»)", "job.attempt", "job.args['n']", "-(«int»)", "(«int» * 2)",
        "sum(x for x in «list»)", "int(«bool»)", "(«maybe» or «int»)", "len(«text»)",
        "(lambda x: x + «int»)(«int»)", "{'k': «int»}['k']", "(«int», «int»)[0]", "[«int»][-1]",
        "next(iter(«list»), «int»)", "min(«list», default=«int»)", "(«int» // 2)",
        "job.args.get('n', «int»)", "{**{'k': 1}, 'k': «int»}['k']", "[*«list», «int»][-1]",
    ),
    "text": (
        "f'{job.attempt}-a'", "(«text» + «text»)", "(«text» if «bool» else «text»)", "str(«int»)",
        "job.args['s']", "«text».upper()", "(«text» or «text»)","('%s-%s' % («text», «int»))",
        "job.args.get('s')", "«text».strip()", "','.join([«text», «text»])", "('%s' % «int»)",
        "'{}'.format(«text»)", "(«text» * 2)", "repr(«int»)",
    ),
    "bool": (
        "«int» > «int»", "«int» == «int»", "(not «bool»)", "(«bool» and «bool»)", "«maybe» is None",
        "(«bool» or «bool»)", "«maybe» is not None", "«text» == «text»", "«text» in ('a', 'b')",
        "bool(«list»)", "any(x > 1 for x in «list»)", "isinstance(«result», Cancel)",
        "«int» in «list»", "«text» != «text»", "1 < «int» < 9",
        "«text».startswith('a')", "bool(«result»)", "«result» == «result»", "all(«list»)",
        "isinstance(«result», (int, str))", "'n' in job.args", "(not «list»)", "callable(«result»)",
    ),
    "list": (
        "[x for x in «list»]", "[x + 1 for x in «list» if «bool»]", "(«list» + [«int»])",
        "[«int», «int»]", "job.args['l']", "sorted(«list»)", "(«list» if «bool» else «list»)",
        "[*«list», «int»]", "list(map(abs, «list»))", "«list»[1:]", "list({x: x for x in «list»})",
        "[y for x in «list» for y in («int», x)]", "list(filter(None, «list»))", "(«list» or [1])",
    ),
    "maybe": (
        "job.args.get('o')", "(«int» if «bool» else None)", "{'a': «int»}.get(«text»)",
        "next((x for x in «list» if x > 1), None)", "(«bool» and «int» or None)", "«int»",
        "dict(k=«int»).get('k')", "(None if «bool» else «maybe»)",
    ),
    "result": (
        "Cancel(«text»)", "Snooze(«int»)", "(«result» if «bool» else «result»)",
        "(«result» or «result»)", "(«result» and «result»)", "(«text», «result»)", "«int»", "«text»",
        "{'a': «int»}", "[«result»]", "«maybe»", "«list»", "«bool»", "(lambda: «result»)()",
        "ValueError(«text»)", "({'k': «result»})['k']", "[«result», «result»][0]",
        "Cancel(reason=«text»)", "(«result», «int»)", "(not «result»)",
        "{'k': «result»}.get('k')", "{'k': «result»}.pop('k', None)", "(lambda x: x)(«result»)",
        "[«result» for x in «list»]", "tuple(«list»)", "dict(a=«int»)", "{x for x in «list»}",
        "Late(«text»)", "next((r for r in [«result»] if r), «result»)",
    ),
}  # fmt: skip
CALLS = {"plain": "{name}({args})", "async": "await {name}({args})", "method": "self.{name}({args})",
         "async method": "await self.{name}({args})"}  # fmt: skip
HEAD = """\
import contextlib

from oban import Cancel, Snooze, worker


class Gone(Exception):
    pass


class Late(Gone):
    pass


"""
_HOLE = re.compile("«(\\w+)»")


def sync(scope: dict) -> dict:
    """A scope where nothing may be awaited."""
    return {name: kind for name, kind in scope.items() if name != "job"}


def indent(text: str, by: int = 4) -> str:
    return textwrap.indent(text, " " * by)


class Bodies:
    """Writes functions; `size` is about how many more expressions may be written."""

    def __init__(self, chance: random.Random, size: int) -> None:
        self.chance = chance
        self.size = size
        self.names = 0
        self.raises = 0
        self.functions: list[tuple[str, str, tuple, str]] = []  # how, name, kinds, kind

    def maybe(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    def fresh(self, start: str = "x") -> str:
        self.names += 1
        return f"{start}{self.names}"

    # -- expressions -----------------------------------------------------------------

    def expression(self, kind: str, scope: dict, depth: int = 3) -> str:
        self.size -= 1
        known = [name for name, other in scope.items() if other == kind]
        if known and self.maybe(40):
            return self.chance.choice(known)
        if depth <= 0 or self.size <= 0 or self.maybe(25):
            return self.chance.choice(LITERALS[kind])
        own = [each for each in self.functions if each[3] == kind]
        if own and scope.get("job") and self.maybe(30):
            return self.call(self.chance.choice(own), scope, depth - 1)
        template = self.chance.choice(EXPRESSIONS[kind])
        if "job" in template and "job" not in scope:
            return self.chance.choice(LITERALS[kind])
        if "lambda" in template:
            scope = sync(scope)
        return _HOLE.sub(lambda hole: self.expression(hole[1], scope, depth - 1), template)

    def call(self, function: tuple, scope: dict, depth: int) -> str:
        how, name, kinds, _kind = function
        given = ", ".join(self.expression(kind, scope, depth) for kind in kinds)
        called = CALLS[how].format(name=name, args=given)
        return f"({called})" if how.startswith("async") else called

    # -- statements ------------------------------------------------------------------

    def block(self, scope: dict, depth: int, loop: bool = False, most: int = 3) -> str:
        scope, lines = scope.copy(), []
        for _ in range(1 + self.chance.randrange(most)):
            lines.append(self.statement(scope, depth, loop))
        return "\n".join(lines)

    def statement(self, scope: dict, depth: int, loop: bool) -> str:
        """One statement; variables that are certainly bound after it join the scope."""
        if depth <= 0 or self.size <= 0 or self.maybe(25):
            return self.simple(scope, loop)
        write = self.chance.choice(
            (self.if_, self.if_, self.try_, self.try_, self.for_, self.while_, self.match,
             self.with_, self.nested, self.leave)
        )  # fmt: skip
        return write(scope, depth - 1, loop)

    def simple(self, scope: dict, loop: bool) -> str:
        if loop and self.maybe(20):
            return self.chance.choice(("break", "continue"))
        if self.maybe(12):
            return self.leave(scope, 0, loop)
        names = [name for name, kind in scope.items() if kind == "int" and name[0] == "x"]
        if names and self.maybe(15):
            return f"{self.chance.choice(names)} += {self.expression('int', scope)}"
        return self.assignment(scope)

    def assignment(self, scope: dict) -> str:
        kind = self.chance.choice(KINDS)
        value = self.expression(kind, scope)
        form = self.chance.randrange(8)
        if form == 0:
            other = self.chance.choice(KINDS)
            first, second = self.fresh(), self.fresh()
            line = f"{first}, {second} = {value}, {self.expression(other, scope)}"
            scope[first], scope[second] = kind, other
            return line
        held = [name for name, other in scope.items() if other == kind and name[0] == "x"]
        name = self.chance.choice(held) if held and self.maybe(50) else self.fresh()
        scope[name] = kind
        if form == 1:
            name = self.fresh()
            scope[name] = kind
            return f"{name}: object = {value}"
        if form == 2:
            second = self.fresh()
            scope[second] = kind
            return f"{name} = {second} = {value}"
        if form == 3:
            box = self.fresh("box")
            return f"{box} = {{}}\n{box}['k'] = {value}\n{name} = {box}['k']"
        if form == 4:
            box = self.fresh("box")
            return f"{box} = []\n{box}.append({value})\n{name} = {box}[0]"
        return f"{name} = {value}"

    def leave(self, scope: dict, depth: int, loop: bool) -> str:
        if self.maybe(35):
            return f"raise {self.chance.choice(ERRORS)}('x')"
        if self.maybe(10):
            return f"assert {self.expression('bool', scope)}"
        return f"return {self.expression(self.returns, scope)}" if self.maybe(90) else self.bare()

    returns = "result"

    def bare(self) -> str:
        return "return" if self.returns == "result" else "pass"

    def if_(self, scope: dict, depth: int, loop: bool) -> str:
        asked = self.expression("bool", scope)
        if self.maybe(20):
            kind, name = self.chance.choice(KINDS), self.fresh()
            asked = f"({name} := {self.expression(kind, scope)})" + self.chance.choice(
                ("", " is not None", " is None", " == 1", " != 'a'")
            )
            scope[name] = kind
        lines = [f"if {asked}:", indent(self.block(scope, depth, loop))]
        for _ in range(self.chance.randrange(2)):
            lines += [f"elif {self.expression(self.chance.choice(KINDS), scope)}:",
                      indent(self.block(scope, depth, loop))]  # fmt: skip
        if self.maybe(50):
            lines += ["else:", indent(self.block(scope, depth, loop))]
        return "\n".join(lines)

    def try_(self, scope: dict, depth: int, loop: bool) -> str:
        lines = ["try:", indent(self.block(scope, depth, loop))]
        finally_ = self.maybe(30)
        if not finally_ or self.maybe(70):
            for _ in range(1 + self.chance.randrange(2)):
                inner = {**scope, "error": "result"}
                lines += [f"except {self.chance.choice(CAUGHT)} as error:",
                          indent(self.block(inner, depth, loop))]  # fmt: skip
                if self.maybe(20):
                    lines.append(indent("raise"))
            if self.maybe(30):
                lines += ["else:", indent(self.block(scope, depth, loop))]
        if finally_:
            lines += ["finally:", indent(self.block(scope, depth, False))]
        return "\n".join(lines)

    def for_(self, scope: dict, depth: int, loop: bool) -> str:
        item = self.fresh()
        inner = {**scope, item: "int"}
        lines = [f"for {item} in {self.expression('list', scope)}:",
                 indent(self.block(inner, depth, True))]  # fmt: skip
        if self.maybe(30):
            lines += ["else:", indent(self.block(scope, depth, loop))]
        return "\n".join(lines)

    def while_(self, scope: dict, depth: int, loop: bool) -> str:
        count = self.fresh("count")
        lines = [f"{count} = 0", f"while {count} < {self.chance.choice(('1', '3', 'job.attempt'))}:"]
        if "job" not in scope:
            lines[-1] = f"while {count} < 2:"
        lines += [indent(f"{count} += 1"), indent(self.block(scope, depth, True))]
        if self.maybe(30):
            lines += ["else:", indent(self.block(scope, depth, loop))]
        return "\n".join(lines)

    def match(self, scope: dict, depth: int, loop: bool) -> str:
        kind = self.chance.choice(KINDS)
        lines = [f"match {self.expression(kind, scope)}:"]
        for _ in range(1 + self.chance.randrange(3)):
            name, inner = self.fresh(), dict(scope)
            pattern = self.chance.choice(
                ("0", "None", "1 | 2", "'a' | 'gone'", "True", "[]", "[_, *_]", f"int() as {name}",
                 f"{{'error': {name}}}", f"({name}, _)", "Cancel()", f"Cancel(reason={name})",
                 f"[{name}]", "ValueError()", "str()", "{}", "['error', _]", f"(1 | None) as {name}")
            )  # fmt: skip
            if name in pattern:
                inner[name] = "result"
            guard = f" if {self.expression('bool', inner)}" if self.maybe(25) else ""
            lines += [f"    case {pattern}{guard}:", indent(self.block(inner, depth, loop), 8)]
        if self.maybe(50):
            name = self.fresh()
            lines += [f"    case {name}:", indent(self.block({**scope, name: kind}, depth, loop), 8)]
        return "\n".join(lines)

    def with_(self, scope: dict, depth: int, loop: bool) -> str:
        name = self.fresh()
        manager, inner = self.chance.choice(
            (("contextlib.suppress(Gone)", scope), ("contextlib.suppress(KeyError, OSError)", scope),
             ("contextlib.suppress(Exception)", scope),
             (f"contextlib.nullcontext({self.expression('int', scope)}) as {name}",
              {**scope, name: "int"}))
        )  # fmt: skip
        return f"with {manager}:\n{indent(self.block(inner, depth, loop))}"

    def nested(self, scope: dict, depth: int, loop: bool) -> str:
        """A function in a function, called at once; it may change the outer one's variables."""
        name, param = self.fresh("inner"), self.fresh()
        is_async = "job" in scope and self.maybe(50)
        result = self.fresh()
        held = [n for n, kind in scope.items() if kind == "int" and n[0] == "x"]
        changed = self.chance.choice(held) if held and self.maybe(30) else None
        kept, self.returns = self.returns, "result"
        inner = {n: k for n, k in (scope if is_async else sync(scope)).items() if n != "error"}
        body = self.block({**inner, param: "int"}, depth, False)
        self.returns = kept
        if changed and changed != param:
            body = f"nonlocal {changed}\n{changed} = 5\n{body}"
        lines = [f"{'async ' if is_async else ''}def {name}({param}):", indent(body)]
        called = f"{name}({self.expression('int', scope)})"
        scope[result] = "result"
        return "\n".join([*lines, f"{result} = {'await ' if is_async else ''}{called}"])

    # -- modules ---------------------------------------------------------------------

    def function(self, name: str, kinds: tuple, kind: str, how: str) -> str:
        params = [self.fresh("p") for _ in kinds]
        scope = dict(zip(params, kinds, strict=True))
        self.returns = kind
        body = self.block(scope, 2) + f"\nreturn {self.expression(kind, scope)}"
        self.returns = "result"
        listed = ["self", *params] if "method" in how else params
        keyword = "async def" if how.startswith("async") else "def"
        return f"{keyword} {name}({', '.join(listed)}):\n{indent(body)}\n"


def worker(seed: int, size: int) -> str:
    """The source of a module with a worker `W`; now and then one does not compile."""
    chance = random.Random(seed)
    while True:
        source = _worker(Bodies(chance, size), size)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(source, "generated.py", "exec")
        except SyntaxError:
            continue
        return source


def _worker(bodies: Bodies, size: int) -> str:
    outside, methods, found = [], [], []
    for _ in range(bodies.chance.randrange(4) if size > 6 else 0):
        how = bodies.chance.choice(list(CALLS))
        kinds = tuple(bodies.chance.choice(KINDS) for _ in range(bodies.chance.randrange(3)))
        kind = bodies.chance.choice(("int", "result", "result", "bool", "maybe"))
        name = bodies.fresh("helper_")
        written = bodies.function(name, kinds, kind, how)
        (methods if "method" in how else outside).append(written)
        found.append((how, name, kinds, kind))
    bodies.functions = found
    bodies.size = max(bodies.size, size // 2)
    body = bodies.block({"job": "job"}, 4, most=5)
    if bodies.maybe(60):
        body += f"\nreturn {bodies.expression('result', {'job': 'job'})}"
    process = f"async def process(self, job):\n{indent(body)}\n"
    members = "\n".join([process, *methods])
    return HEAD + "\n\n".join([*outside, f"@worker(max_attempts=3)\nclass W:\n{indent(members)}"])
