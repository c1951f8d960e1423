"""What the names of one Python file stand for: imports, functions, classes, constants."""

from __future__ import annotations

from functools import lru_cache

import libcst as cst

from checker.python.tree import Tree

# What `oban` offers, wherever it is imported from (oban-py 0.7, src/oban/__init__.py).
OBAN_NAMES = frozenset(
    ("Oban", "worker", "job", "Job", "Cancel", "Snooze", "Record", "Worker", "QueueInfo")
)
OBAN_MODULES = ("oban.job", "oban.worker", "oban.decorators", "oban.oban", "oban.types")


class FunctionDefinition:
    """A `def`: `label` names it in findings, `owner` is the class it stands in."""

    __slots__ = ("node", "name", "label", "owner", "file", "outer")

    def __init__(self, node: cst.FunctionDef, owner, file: File, outer: str = "") -> None:
        self.node = node
        self.name = node.name.value
        self.owner = owner
        self.file = file
        self.outer = outer
        inside = owner.name if owner is not None else outer
        self.label = f"{inside}.{self.name}" if inside else self.name

    @property
    def is_async(self) -> bool:
        return self.node.asynchronous is not None

    @property
    def decorators(self) -> list[str]:
        """Full names of its decorators, called or not."""
        return [self.file.dotted(_called(d.decorator)) or "" for d in self.node.decorators]

    @property
    def is_property(self) -> bool:
        return any(name.rpartition(".")[2] in PROPERTIES for name in self.decorators)

    @property
    def is_generator(self) -> bool:
        return _yields(self.node.body)


class ClassDefinition:
    """A class: `methods` by name, `constants` (name → expression) of its body."""

    __slots__ = ("node", "name", "file", "methods", "constants", "annotated", "outer")

    def __init__(self, node: cst.ClassDef, file: File, outer: str = "") -> None:
        self.node = node
        self.file = file
        self.outer = outer
        self.name = f"{outer}.{node.name.value}" if outer else node.name.value
        self.methods: dict[str, FunctionDefinition] = {}
        self.constants: dict[str, cst.BaseExpression] = {}
        self.annotated: list[str] = []
        for statement in statements(node.body):
            if isinstance(statement, cst.FunctionDef):
                self.methods[statement.name.value] = FunctionDefinition(statement, self, file)
            elif isinstance(statement, cst.Assign):
                for target in statement.targets:
                    if isinstance(target.target, cst.Name):
                        self.constants[target.target.value] = statement.value
            elif isinstance(statement, cst.AnnAssign) and isinstance(statement.target, cst.Name):
                self.annotated.append(statement.target.value)
                if statement.value is not None:
                    self.constants[statement.target.value] = statement.value

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def decorators(self) -> list[str]:
        return [self.file.dotted(_called(d.decorator)) or "" for d in self.node.decorators]

    @property
    def bases(self) -> list[str | None]:
        """Full names of its base classes, None for one that is no plain name."""
        return [self.file.dotted(arg.value) for arg in self.node.bases]


class File:
    """One file's names.

    `name` is its module's full name, empty when that is not known. `bound`: name →
    full name of what is imported, a FunctionDefinition, a ClassDefinition, or the
    expression that is assigned; None where more than one thing may be meant.
    """

    def __init__(self, tree: Tree, path: str, name: str = "", is_package: bool = False) -> None:
        self.tree = tree
        self.path = path
        self.name = name
        self.bound: dict[str, object] = {}
        self.stars: list[str] = []
        self.definitions: list = []
        self._globals: set[str] | None = None
        self._package = name if is_package else name.rpartition(".")[0]
        if tree.module is not None:
            self._bind(tree.module.body)

    @property
    def globals(self) -> set[str]:
        """Names of the file's top that its functions set."""
        if self._globals is None:
            asked = self.tree.module is not None and b"global" in self.tree.data
            self._globals = names_declared(self.tree.module, cst.Global) if asked else set()
        return self._globals

    def dotted(self, node: cst.CSTNode | None) -> str | None:
        """The full name that a name or a chain of attributes stands for at the file's top."""
        if isinstance(node, cst.Attribute):
            base = self.dotted(node.value)
            return canonical(f"{base}.{node.attr.value}") if base else None
        if not isinstance(node, cst.Name):
            return None
        return self.full_name(node.value)

    def full_name(self, name: str) -> str | None:
        """The full name that a name of the file's top stands for."""
        if name not in self.bound:
            return self._from_star(name)
        bound = self.bound[name]
        if isinstance(bound, str):
            return bound
        if isinstance(bound, (FunctionDefinition, ClassDefinition)):
            return f"{self.name}.{name}" if self.name else name
        if isinstance(bound, (cst.Name, cst.Attribute)):  # an alias: `task = oban.job`
            named = self.dotted(bound)
            return named if named != name else None
        return None

    def _from_star(self, name: str) -> str | None:
        if "oban" in self.stars and name in OBAN_NAMES:
            return f"oban.{name}"
        return None if self.stars else f"builtins.{name}"

    def imports(self, package: str) -> bool:
        """Whether something of a package is imported anywhere at the file's top."""
        start = package + "."
        named = [b for b in self.bound.values() if isinstance(b, str)] + self.stars
        return any(name == package or name.startswith(start) for name in named)

    def _bind(self, body) -> None:
        for statement in statements(body):
            self._bind_one(statement)

    def _bind_one(self, node: cst.CSTNode) -> None:
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            for name, full in imported(node, self._package):
                if name == "*":
                    self.stars.append(full)
                else:
                    self._set(name, full)
        elif isinstance(node, cst.FunctionDef):
            self._define(FunctionDefinition(node, None, self))
        elif isinstance(node, cst.ClassDef):
            self._define(ClassDefinition(node, self))
        elif isinstance(node, cst.Assign):
            for target in node.targets:
                if isinstance(target.target, cst.Name):
                    self._set(target.target.value, node.value)
                else:
                    self._forget(target.target)
        elif isinstance(node, cst.AnnAssign) and isinstance(node.target, cst.Name):
            if node.value is not None:
                self._set(node.target.value, node.value)
        elif isinstance(node, cst.AugAssign):
            self._forget(node.target)
        elif isinstance(node, (cst.If, cst.Try, cst.TryStar, cst.With, cst.For, cst.While)):
            self._bind_inside(node)

    def _bind_inside(self, node) -> None:
        """Both ways of an `if TYPE_CHECKING` or `try: import` bind; the first one counts."""
        known = dict(self.bound)
        for block in blocks(node):
            self._bind(block)
        for name, bound in known.items():
            self.bound[name] = bound
        if isinstance(node, cst.For):
            self._forget(node.target)

    def _set(self, name: str, bound: object) -> None:
        known = self.bound.get(name)
        if known is None and name in self.bound:
            return
        if isinstance(known, str) and isinstance(bound, str):
            return  # the same thing from elsewhere, where the first is not there
        self.bound[name] = bound if known is None else _either(known, bound)

    def _define(self, definition) -> None:
        self.definitions.append(definition)
        self._set(definition.name, definition)

    def line(self, node: cst.CSTNode) -> int:
        """The line that a node begins on."""
        start = self.tree.spans.get(node, (0, 0))[0]
        return self.tree.data.count(b"\n", 0, start) + 1

    def _forget(self, target: cst.CSTNode) -> None:
        if isinstance(target, cst.Name):
            self.bound[target.value] = None
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self._forget(element.value)


def _either(known: object, bound: object) -> object:
    """Of two definitions in a row the last one counts; of two values, neither is certain."""
    defined = (FunctionDefinition, ClassDefinition)
    return bound if isinstance(known, defined) and isinstance(bound, defined) else None


def imported(node: cst.Import | cst.ImportFrom, package: str) -> list[tuple[str, str]]:
    """(name here, full name) of everything that an import binds; `*` for a star."""
    if isinstance(node, cst.Import):
        found = []
        for alias in node.names:
            full = written(alias.name)
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                found.append((alias.asname.name.value, full))
            else:
                found.append((full.partition(".")[0], full.partition(".")[0]))
        return found
    module = written(node.module) if node.module is not None else ""
    if node.relative:
        module = _absolute(len(node.relative), module, package)
    if isinstance(node.names, cst.ImportStar):
        return [("*", module)]
    found = []
    for alias in node.names:
        name = written(alias.name)
        here = alias.asname.name.value if alias.asname is not None else name
        found.append((here, canonical(f"{module}.{name}" if module else name)))
    return found


def _absolute(dots: int, module: str, package: str) -> str:
    """A relative import's module; it keeps its dots where the package is not known."""
    parts = package.split(".") if package else []
    if len(parts) < dots - 1 or not parts:
        return "." * dots + module
    base = ".".join(parts[: len(parts) - (dots - 1)])
    return f"{base}.{module}".strip(".") if module else base


def canonical(name: str) -> str:
    """One name for what Oban offers under several: `oban.job.Cancel` is `oban.Cancel`."""
    module, _, last = name.rpartition(".")
    if module in OBAN_MODULES and last in OBAN_NAMES:
        return f"oban.{last}"
    return name


def written(node: cst.CSTNode | None) -> str:
    """A name or chain of attributes as it is written, else empty."""
    if isinstance(node, cst.Attribute):
        base = written(node.value)
        return f"{base}.{node.attr.value}" if base else ""
    return node.value if isinstance(node, cst.Name) else ""


def statements(body) -> list[cst.CSTNode]:
    """The statements of a block, those that share a line one by one."""
    if isinstance(body, (cst.IndentedBlock, cst.SimpleStatementSuite)):
        body = body.body if isinstance(body, cst.IndentedBlock) else [body]
    found: list[cst.CSTNode] = []
    for statement in body:
        if isinstance(statement, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            found.extend(statement.body)
        else:
            found.append(statement)
    return found


def blocks(node: cst.CSTNode) -> list:
    """The bodies of a compound statement, in order."""
    found = [node.body] if hasattr(node, "body") else []
    if isinstance(node, (cst.Try, cst.TryStar)):
        found += [handler.body for handler in node.handlers]
    orelse = getattr(node, "orelse", None)
    if isinstance(orelse, cst.If):
        found += blocks(orelse)
    elif orelse is not None:
        found.append(orelse.body)
    if getattr(node, "finalbody", None) is not None:
        found.append(node.finalbody.body)
    return found


def walk(node: cst.CSTNode):
    """A node and everything in it, outer first; bodies of nested functions and classes too."""
    todo = [node]
    while todo:
        inner = todo.pop()
        yield inner
        todo.extend(reversed(parts_of(inner)))


def own_nodes(node: cst.CSTNode):
    """As `walk`, without what stands in nested functions, lambdas and classes."""
    todo = [node]
    while todo:
        inner = todo.pop()
        yield inner
        if inner is not node and isinstance(inner, APART):
            continue
        todo.extend(reversed(parts_of(inner)))


@lru_cache(maxsize=20_000)
def parts_of(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """The children of a node, without spaces and punctuation; libcst takes long to tell."""
    return tuple([child for child in node.children if not _is_space(child)])


def names_declared(node: cst.CSTNode, kind: type) -> set[str]:
    """The names of `global` or `nonlocal` statements, inner functions' too."""
    return {
        item.name.value for inner in walk(node) if isinstance(inner, kind) for item in inner.names
    }


PROPERTIES = ("property", "cached_property", "hybrid_property")
APART = (cst.FunctionDef, cst.Lambda, cst.ClassDef)  # what stands in these runs at other times
_SPACE = (
    cst.SimpleWhitespace, cst.TrailingWhitespace, cst.EmptyLine, cst.Newline, cst.Comma, cst.Dot,
    cst.ParenthesizedWhitespace, cst.Colon, cst.AssignEqual, cst.LeftParen, cst.RightParen,
)  # fmt: skip


def _is_space(node: cst.CSTNode) -> bool:
    return isinstance(node, _SPACE)


def _called(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.func if isinstance(node, cst.Call) else node


def _yields(body: cst.CSTNode) -> bool:
    return any(isinstance(node, cst.Yield) for node in own_nodes(body))
