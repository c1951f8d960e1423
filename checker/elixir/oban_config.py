"""Reads Oban's configuration: scripts in config/, and the code that starts Oban."""

from __future__ import annotations

import os

from checker.elixir import syntax
from checker.elixir.cron import NICKNAMES, REBOOT, CronError, parse
from checker.elixir.infer import NO_EFFECTS, Interpreter
from checker.elixir.library import Library
from checker.elixir.modules import ModuleDef, declare_alias
from checker.elixir.scope import Env, Scope
from checker.model.oban_config import (
    BASE,
    CRON,
    RUNTIME,
    CronEntry,
    ObanConfig,
    Plugin,
    Schedule,
    Setting,
    named,
)
from checker.model.shape import Span, Text, Value, only

SERVICES = {
    "cron": "Oban.Cron",
    "pruner": "Oban.Pruner",
    "lifeline": "Oban.Lifeline",
    "reindexer": "Oban.Reindexer",
}
CRONTABS = CRON | {"Oban.Pro.Plugins.DynamicCron"}
PLACES = {"config.exs": BASE, "runtime.exs": RUNTIME}
STARTERS = frozenset(("repo", "queues", "plugins"))  # what else has a list is something else
# Calls that leave out or add items; what is written in their arguments may be in the list.
PASSING = frozenset((
    "Enum.filter", "Enum.reject", "Enum.concat", "Enum.uniq", "List.flatten", "Keyword.merge",
))  # fmt: skip


def script_configs(tree: syntax.Tree, path: str, library: Library) -> list[ObanConfig]:
    """What a script in config/ says of Oban."""
    module = _script_module(tree)
    reader = _Reader(module, _assigned(tree.exprs), library)
    name = os.path.basename(path)
    found = []
    for call in _configs(tree.exprs):
        if any(call.span[0] <= end and start <= call.span[1] for start, end in tree.errors):
            continue
        config = _of_call(call, reader)
        if config is not None:
            config.place = PLACES.get(name, name.removesuffix(".exs"))
            config.conditional = not any(call is expr for expr in tree.exprs)
            found.append(config)
    return found


def code_configs(modules: list[ModuleDef], library: Library) -> list[ObanConfig]:
    """What code says that starts Oban: `{Oban, queues: …}`, `Oban.start_link(queues: …)`."""
    found: list[ObanConfig] = []
    for module in modules:
        reader = _Reader(module, {}, library)
        written = [c.blocks for function in module.functions.values() for c in function.clauses]
        for node in () if module.broken else _unquoted(written):
            options = _started_with(node, module)
            if options is not None:
                config = reader.config("Oban", _head(node), options)
                if config.settings.keys() & STARTERS:
                    found.append(config)
    return found


# -- where a configuration is -----------------------------------------------------------


def _script_module(tree: syntax.Tree) -> ModuleDef:
    """A script as if it were a module: it has aliases."""
    module = ModuleDef("", syntax.Call((0, 0), None, "defmodule", [], {}, False), None, False)
    for expr in tree.exprs:
        if isinstance(expr, syntax.Call) and expr.target is None and expr.name == "alias":
            declare_alias(expr, module.aliases, module.resolve)
    return module


def _assigned(exprs: list[syntax.Node]) -> dict[str, syntax.Node]:
    """Variables that a script sets once, at its top."""
    found: dict[str, list[syntax.Node]] = {}
    for node in syntax.walk(exprs):
        if isinstance(node, syntax.Match) and isinstance(node.pattern, syntax.Var):
            found.setdefault(node.pattern.name, []).append(node)
    return {
        name: matches[0].value
        for name, matches in found.items()
        if len(matches) == 1 and any(matches[0] is expr for expr in exprs)
    }


def _configs(exprs: list[syntax.Node]):
    """`config :app, key, options`, also inside of conditions."""
    for node in _unquoted(exprs):
        if isinstance(node, syntax.Call) and node.target is None and node.name == "config":
            if len(node.args) == 3:
                yield node


def _unquoted(node: object):
    """Every node that is no part of quoted code."""
    quoted: list[Span] = []
    for inner in syntax.walk(node):
        if any(start <= inner.span[0] and inner.span[1] <= end for start, end in quoted):
            continue
        if isinstance(inner, syntax.Call) and inner.target is None and inner.name == "quote":
            quoted.append(inner.span)
        else:
            yield inner


def _of_call(call: syntax.Call, reader: _Reader) -> ObanConfig | None:
    """Its configuration when it is one of Oban: so is what has a repo, and queues or plugins."""
    _app, key, options = call.args
    if not isinstance(key, (syntax.Module, syntax.Atom)):
        return None
    name = reader.module.resolve(key.name) if isinstance(key, syntax.Module) else key.name
    config = reader.config(name, (call.span[0], key.span[1]), options)
    keys = config.settings.keys()
    if name == "Oban" or ("repo" in keys and keys & {"queues", "plugins"}):
        return config
    return None


def _started_with(node: syntax.Node, module: ModuleDef) -> syntax.List | None:
    """The options that Oban is started with, where they are a list."""
    options = None
    if isinstance(node, syntax.Tuple) and len(node.items) == 2:
        if isinstance(node.items[0], syntax.Module) and _is_oban(node.items[0], module):
            options = node.items[1]
    elif isinstance(node, syntax.Call) and node.name == "start_link" and len(node.args) == 1:
        if isinstance(node.target, syntax.Module) and _is_oban(node.target, module):
            options = node.args[0]
    return options if isinstance(options, syntax.List) and options.items else None


def _is_oban(node: syntax.Module, module: ModuleDef) -> bool:
    return module.resolve(node.name) == "Oban"


def _head(node: syntax.Node) -> Span:
    name = node.items[0] if isinstance(node, syntax.Tuple) else node.target
    return name.span


# -- what it says ----------------------------------------------------------------------


class _Reader:
    """Reads lists and pairs as written, and values as the interpreter does."""

    def __init__(self, module: ModuleDef, names: dict[str, syntax.Node], library: Library) -> None:
        self.module = module
        self.names = names
        self.interpreter = Interpreter({module.name: module}, library)
        self.scope = Scope(module, "")

    def config(self, instance: str, span, options: syntax.Node) -> ObanConfig:
        config = ObanConfig(instance, span)
        pairs, config.known = self.pairs(options)
        config.keys = [self.setting(pair) for pair in pairs]
        config.settings = {setting.name: setting for setting in config.keys}
        nodes = {pair.items[0].name: pair.items[1] for pair in pairs}
        if "queues" in nodes:
            queues, config.queues_known = self.pairs(nodes["queues"])
            config.queues = [self.setting(pair) for pair in queues]
        if "plugins" in nodes:
            self._plugins(config, nodes["plugins"])
        if "crontab" in nodes:
            self._crontab(config, nodes["crontab"])
        for key, module in SERVICES.items():
            if key in nodes and not config.is_off(key):
                self._plugin(config, nodes[key], module)
        return config

    def value(self, node: syntax.Node) -> Value:
        return self.interpreter.eval(self.seen(node), Env({}, NO_EFFECTS), self.scope)

    def seen(self, node: syntax.Node) -> syntax.Node:
        """A node, or what stands behind the variable or attribute that it is."""
        if isinstance(node, syntax.Var) and node.name in self.names:
            return self.names[node.name]
        if isinstance(node, syntax.Attr):
            return self.module.attribute(node) or node
        return node

    def setting(self, pair: syntax.Tuple) -> Setting:
        key, value = pair.items
        return Setting(key.name, self.value(value), pair.span, value.span)

    def groups(self, node: syntax.Node) -> tuple[list[list[syntax.Node]], bool]:
        """The items of a list, one group for each list written, and whether that is all."""
        node = self.seen(node)
        if isinstance(node, syntax.List):
            groups, known = [node.items], True
            if node.tail is not None:
                tail, known = self.groups(node.tail)
                groups += tail
            return groups, known
        if isinstance(node, syntax.Atom) and node.name in ("false", "nil"):
            return [], True
        if isinstance(node, syntax.Op) and node.op == "++":
            left, left_known = self.groups(node.left)
            right, right_known = self.groups(node.right)
            return left + right, left_known and right_known
        groups = []
        for part in _parts(node):
            groups += self.groups(part)[0]
        return groups, False

    def pairs(self, node: syntax.Node) -> tuple[list[syntax.Tuple], bool]:
        """The `key: value` pairs of a list, and whether that is all."""
        groups, known = self.groups(node)
        items = [item for group in groups for item in group]
        pairs = [item for item in items if _is_pair(item)]
        return pairs, known and len(pairs) == len(items)

    def _plugins(self, config: ObanConfig, node: syntax.Node) -> None:
        groups, config.plugins_known = self.groups(node)
        for item in (self.seen(item) for group in groups for item in group):
            head, options = item, None
            if isinstance(item, syntax.Tuple) and len(item.items) == 2:
                head, options = item.items
            module = named(self.value(head)) if isinstance(head, syntax.Module) else None
            if module is None:
                config.plugins_known = False
            else:
                self._add(config, Plugin(module, head.span), options)

    def _plugin(self, config: ObanConfig, node: syntax.Node, module: str) -> None:
        """A plugin with a key of its own: its options, another module, or both."""
        node = self.seen(node)
        if isinstance(node, syntax.Tuple) and len(node.items) == 2:
            head, options = node.items
            self._add(config, Plugin(named(self.value(head)) or module, node.span), options)
        elif isinstance(node, syntax.Module):
            self._add(config, Plugin(named(self.value(node)) or module, node.span), None)
        else:
            self._add(config, Plugin(module, node.span), node)

    def _add(self, config: ObanConfig, plugin: Plugin, options: syntax.Node | None) -> None:
        config.plugins.append(plugin)
        if options is None:
            return
        pairs, plugin.known = self.pairs(options)
        plugin.settings = {pair.items[0].name: self.setting(pair) for pair in pairs}
        if plugin.module in CRONTABS:
            if not plugin.known:
                config.crontabs_known = False
            for pair in pairs:
                if pair.items[0].name == "crontab":
                    self._crontab(config, pair.items[1])

    def _crontab(self, config: ObanConfig, node: syntax.Node) -> None:
        groups, known = self.groups(node)
        config.crontabs_known &= known
        for group in groups:
            entries = [self._entry(self.seen(item)) for item in group]
            config.crontabs_known &= None not in entries
            config.crontabs.append([entry for entry in entries if entry is not None])

    def _entry(self, node: syntax.Node) -> CronEntry | None:
        if not isinstance(node, syntax.Tuple) or len(node.items) not in (2, 3):
            return None
        expression, worker = node.items[:2]
        entry = CronEntry(node.span, expression.span)
        entry.worker_span = worker.span
        entry.worker = named(self.value(worker))
        written = self.value(expression)
        shape = only(written)
        if isinstance(shape, Text) and shape.value is not None:
            entry.place = written[0].origin.span or entry.place
            _schedule(entry, shape.value)
        if len(node.items) == 3:
            pairs, entry.options_known = self.pairs(node.items[2])
            entry.options = {pair.items[0].name: self.setting(pair) for pair in pairs}
        return entry


def _is_pair(node: syntax.Node) -> bool:
    return (
        isinstance(node, syntax.Tuple)
        and len(node.items) == 2
        and isinstance(node.items[0], syntax.Atom)
    )


def _parts(node: syntax.Node) -> list[syntax.Node]:
    """The lists that a list may be made of: branches of an `if`, arguments of a filter."""
    if not isinstance(node, syntax.Call):
        return []
    if node.target is None and node.name in ("if", "unless"):
        return [_last(block) for block in node.blocks.values() if not isinstance(block, list)]
    if isinstance(node.target, syntax.Module) and f"{node.target.name}.{node.name}" in PASSING:
        return node.args
    return []


def _last(block: syntax.Node) -> syntax.Node:
    return block.exprs[-1] if isinstance(block, syntax.Block) and block.exprs else block


def _schedule(entry: CronEntry, expression: str) -> None:
    try:
        values = parse(expression)
    except CronError as error:
        entry.error = str(error)
        return
    written = () if expression in NICKNAMES or expression == REBOOT else tuple(expression.split())
    entry.schedule = Schedule(written, values)
