"""Modules of a file: their functions, attributes, aliases and what they use."""

from __future__ import annotations

from checker.elixir.syntax import (
    Atom,
    Attr,
    Block,
    Call,
    Clause,
    List,
    Module,
    Node,
    Op,
    SetAttr,
    Tree,
    Tuple,
    Var,
    parse,
    walk,
)  # fmt: skip

DEFINERS = {"def": False, "defp": True}
MACROS = frozenset(("defmacro", "defmacrop", "defguard", "defguardp"))


class Function:
    """A function by name and arity: its clauses (params, guard, body) in order."""

    __slots__ = (
        "name", "arity", "private", "clauses", "span", "broken", "defaults", "module", "_nodes",
    )  # fmt: skip

    def __init__(self, module: ModuleDef, name: str, arity: int, private: bool, span) -> None:
        self.module = module
        self.name = name
        self.arity = arity
        self.private = private
        self.span = span
        self.clauses: list[FunctionClause] = []
        self.broken = False
        self.defaults: dict[int, Node] = {}
        self._nodes: list[Node] | None = None

    @property
    def label(self) -> str:
        return f"{self.name}/{self.arity}"

    @property
    def nodes(self) -> list[Node]:
        """Every node in the bodies of its clauses, kept for all who look through them."""
        if self._nodes is None:
            self._nodes = list(walk([clause.blocks for clause in self.clauses]))
        return self._nodes


class FunctionClause:
    """`blocks` holds do, and rescue, catch, after, else of the implicit try."""

    __slots__ = ("params", "guard", "blocks", "span", "words")

    def __init__(self, params: list[Node], guard: Node | None, blocks: dict, span) -> None:
        self.params = params
        self.guard = guard
        self.blocks = blocks
        self.span = span
        self.words = None


class Use:
    """`use Name, options`."""

    __slots__ = ("name", "options", "span", "node")

    def __init__(self, name: str, options: Node | None, node: Call) -> None:
        self.name = name
        self.options = options
        self.span = node.span
        self.node = node


class ModuleDef:
    """One `defmodule`."""

    __slots__ = (
        "name", "span", "aliases", "imports", "uses", "attributes", "functions", "delegates",
        "behaviours", "broken", "outer", "macros", "called_macros", "head_span", "node", "computed",
        "_nodes",
    )  # fmt: skip

    def __init__(self, name: str, node: Call, outer: ModuleDef | None, broken: bool) -> None:
        self.name = name
        self.node = node
        self.span = node.span
        self.head_span = (node.span[0], node.args[0].span[1] if node.args else node.span[1])
        self.outer = outer
        self.broken = broken
        self.aliases: dict[str, str] = dict(outer.aliases) if outer else {}
        self.imports: list[str] = list(outer.imports) if outer else []
        self.uses: list[Use] = []
        self.attributes: dict[str, list[SetAttr]] = {}
        self.computed: set[str] = set()  # attributes that code sets in some other way
        self.functions: dict[tuple[str, int], Function] = {}
        self.delegates: dict[tuple[str, int], Call] = {}
        self.behaviours: list[str] = []
        self.macros: set[str] = set()
        self.called_macros: set[str] = set()
        self._nodes: list[Node] | None = None

    @property
    def nodes(self) -> list[Node]:
        """Every node in its body, kept for all who look through it."""
        if self._nodes is None:
            self._nodes = list(walk(self.node.blocks))
        return self._nodes

    def resolve(self, written: str) -> str:
        """The full name of a module as written here."""
        first, dot, rest = written.partition(".")
        if first == "__MODULE__":
            return self.name + dot + rest
        if first == "Elixir":
            return rest
        return self.aliases.get(first, first) + dot + rest

    def attribute(self, node: Attr) -> Node | None:
        """What `@name` stands for where it is read: the value set last above, None if unclear."""
        if node.name in self.computed:
            return None
        above = [s for s in self.attributes.get(node.name, ()) if s.span[1] <= node.span[0]]
        return above[-1].value if above else None

    def function(self, name: str, arity: int) -> Function | None:
        """The function a call with `arity` arguments reaches, defaults counted."""
        found = self.functions.get((name, arity))
        if found is not None:
            return found
        for (other, full), function in self.functions.items():
            if other == name and full > arity >= full - len(function.defaults):
                return function
        return None


def modules(tree: Tree) -> list[ModuleDef]:
    """Every module a file defines, outer before inner. Quoted code is left alone."""
    found: list[ModuleDef] = []
    _collect(tree.exprs, None, tree.errors, found)
    return found


def defined_names(text: str) -> tuple[set[str], set[str]]:
    """The modules that a text defines, and the functions (`name/arity`) in them."""
    found = modules(parse(text.encode("utf-8", "replace")))
    functions = {function.label for module in found for function in module.functions.values()}
    return {module.name for module in found}, functions


def _collect(exprs: list[Node], outer: ModuleDef | None, errors: list, found: list) -> None:
    for expr in exprs:
        if not isinstance(expr, Call) or expr.target is not None:
            if isinstance(expr, SetAttr) and outer is not None:
                _attribute(expr, outer)
            elif isinstance(expr, Call) and outer is not None:
                _computed_attribute(expr, outer)
                outer.called_macros.add(expr.name)
            continue
        if expr.name == "defmodule":
            _module(expr, outer, errors, found)
        elif outer is not None and _definition(expr, outer, errors):
            continue
        elif outer is not None and expr.name not in ("if", "unless", "case", "cond"):
            outer.called_macros.add(expr.name)
        elif expr.name in ("if", "unless", "case", "cond"):
            for block in expr.blocks.values():
                for inner in _exprs(block):
                    _collect([inner], outer, errors, found)
                    if isinstance(inner, SetAttr) and outer is not None:
                        outer.computed.add(inner.name)


def _exprs(block) -> list[Node]:
    if isinstance(block, Block):
        return block.exprs
    if isinstance(block, list):
        return [e for clause in block if isinstance(clause, Clause) for e in _exprs(clause.body)]
    return [block]


def _module(node: Call, outer: ModuleDef | None, errors: list, found: list) -> None:
    name_node = node.args[0] if node.args else None
    if not isinstance(name_node, Module):
        return
    written = name_node.name
    if outer is not None and not written.startswith("Elixir."):
        first = written.split(".")[0]
        name = outer.resolve(written) if first == "__MODULE__" else f"{outer.name}.{written}"
        outer.aliases[first] = f"{outer.name}.{first}"
    else:
        name = written.removeprefix("Elixir.")
    broken = _touched(node, errors)
    module = ModuleDef(name, node, outer, broken)
    found.append(module)
    body = node.blocks.get("do")
    if body is not None:
        _collect(_exprs(body), module, errors, found)


def _touched(node: Node, errors: list) -> bool:
    """Whether something did not parse inside of it, or is missing at its end."""
    return any(start <= node.span[1] and end >= node.span[0] for start, end in errors)


def _computed_attribute(node: Call, module: ModuleDef) -> None:
    """`Module.register_attribute`, `put_attribute` and the like: who knows what it holds."""
    if isinstance(node.target, Module) and node.target.name == "Module" and len(node.args) > 1:
        if isinstance(node.args[1], Atom):
            module.computed.add(node.args[1].name)


def _attribute(expr: SetAttr, module: ModuleDef) -> None:
    if expr.name == "behaviour" and isinstance(expr.value, Module):
        module.behaviours.append(module.resolve(expr.value.name))
    module.attributes.setdefault(expr.name, []).append(expr)


def _definition(node: Call, module: ModuleDef, errors: list) -> bool:
    name = node.name
    if name in DEFINERS:
        _function(node, module, errors)
    elif name == "alias":
        declare_alias(node, module.aliases, module.resolve)
    elif name in ("import", "require"):
        _import(node, module)
    elif name == "use":
        _use(node, module)
    elif name == "defdelegate":
        _delegate(node, module)
    elif name in MACROS:
        head = node.args[0] if node.args else None
        head = head.left if isinstance(head, Op) and head.op == "when" else head
        if isinstance(head, (Call, Var)):
            module.macros.add(head.name)
    else:
        return False
    return True


def declare_alias(node: Call, aliases: dict[str, str], resolve) -> None:
    """`alias A.B`, `alias A.{B, C}`, `alias A.B, as: C`."""
    if not node.args:
        return
    target = node.args[0]
    if isinstance(target, Call) and target.name == "{}" and isinstance(target.target, Module):
        base = resolve(target.target.name)
        for item in target.args:
            if isinstance(item, Module):
                aliases[item.name.split(".")[-1]] = f"{base}.{item.name}"
        return
    if not isinstance(target, Module):
        return
    full = resolve(target.name)
    short = keyword(node.args[1:], "as")
    name = short.name if isinstance(short, Module) else full.split(".")[-1]
    aliases[name] = full


def _import(node: Call, module: ModuleDef) -> None:
    target = node.args[0] if node.args else None
    if not isinstance(target, Module):
        return
    if node.name == "import":
        module.imports.append(module.resolve(target.name))
    short = keyword(node.args[1:], "as")
    if isinstance(short, Module):
        module.aliases[short.name] = module.resolve(target.name)


def _use(node: Call, module: ModuleDef) -> None:
    target = node.args[0] if node.args else None
    if isinstance(target, Module):
        options = node.args[1] if len(node.args) > 1 else None
        name = module.resolve(target.name)
        module.uses.append(Use(name, options, node))
        if name in ("Oban.Worker", "Oban.Pro.Worker"):  # `use` aliases these (lib/oban/worker.ex)
            module.aliases.setdefault("Job", "Oban.Job")
            module.aliases.setdefault("Worker", "Oban.Worker")


def _delegate(node: Call, module: ModuleDef) -> None:
    head = node.args[0] if node.args else None
    if isinstance(head, Call):
        module.delegates[(head.name, len(head.args))] = node


def _function(node: Call, module: ModuleDef, errors: list) -> None:
    head = node.args[0] if node.args else None
    guard = None
    if isinstance(head, Op) and head.op == "when":
        head, guard = head.left, head.right
    if isinstance(head, Var):
        name, params = head.name, []
    elif isinstance(head, Call) and head.target is None:
        name, params = head.name, head.args
    else:
        return
    private = DEFINERS[node.name]
    function = module.functions.get((name, len(params)))
    if function is None:
        function = Function(module, name, len(params), private, node.span)
        module.functions[(name, len(params))] = function
    if _touched(node, errors):
        function.broken = True
    plain = []
    for index, param in enumerate(params):
        if isinstance(param, Op) and param.op == "\\\\":
            function.defaults[index] = param.right
            param = param.left
        plain.append(param)
    if "do" in node.blocks:
        function.clauses.append(FunctionClause(plain, guard, node.blocks, node.span))


def keyword(args: list[Node], name: str) -> Node | None:
    """The value of a keyword among call arguments (or in a keyword list)."""
    for arg in args:
        if isinstance(arg, List):
            for item in arg.items:
                if isinstance(item, Tuple) and len(item.items) == 2:
                    key = item.items[0]
                    if isinstance(key, Atom) and key.name == name:
                        return item.items[1]
    return None
