"""Finds the workers of a file and models them."""

from __future__ import annotations

from functools import partial
from itertools import chain

from checker.elixir import syntax
from checker.elixir.attempts import attempt_tests
from checker.elixir.clauses import clauses
from checker.elixir.either_key import asked_as_text_too
from checker.elixir.foreign import OtherFiles
from checker.elixir.infer import HERE, NO_EFFECTS, Interpreter
from checker.elixir.library import Library
from checker.elixir.modules import Function, ModuleDef, Use
from checker.elixir.scope import Env, Scope
from checker.elixir.sites import reads_of_environment
from checker.elixir.subject import key_name, word_of
from checker.elixir.wrappers import OBAN_WORKERS, PRO_WORKERS, Wrapper
from checker.elixir.wrappers import wrappers as wrappers_of
from checker.model.shape import (
    Args,
    Atom,
    Int,
    Origin,
    Seq,
    Struct,
    Text,
    Unknown,
    Value,
    of,
    one,
    only,
)  # fmt: skip
from checker.model.timing import Timing
from checker.model.worker import AtomKey, Option, Worker

DEFAULT_ATTEMPTS = 20  # (oban 2.24, lib/oban/job.ex)
MOST_ATTEMPTS = 40
QUIET_MACROS = frozenset(("defstruct", "defexception", "defoverridable", "defimpl", "defprotocol",
                          "doctest", "put_attribute", "register_attribute"))  # fmt: skip
QUIET_USES = frozenset(("Gettext", "Bitwise"))  # known to define no perform


def workers(
    found: list[ModuleDef], library: Library, wrappers: tuple[str, ...] = (),
    others: OtherFiles | None = None,
) -> list[Worker]:  # fmt: skip
    """A model of each worker among a file's modules, in order.

    `wrappers` are modules of the project whose `use` makes a worker. `others` finds
    functions of other files.
    """
    by_name = {module.name: module for module in found}
    local = wrappers_of(found)
    models: dict[str, Worker] = {}
    for module in found:
        known = _elsewhere(module, local, others) | local
        use = _worker_use(module, {*wrappers, *known})
        if use is None:
            continue
        interpreter = Interpreter(by_name, library, others)
        models[module.name] = _model(module, use, interpreter, known, use.name in local)
    for worker in models.values():
        worker.siblings = models
    return list(models.values())


def _elsewhere(
    module: ModuleDef, local: dict[str, Wrapper], others: OtherFiles | None
) -> dict[str, Wrapper]:
    """The wrappers in other files that a module uses."""
    if others is None:
        return {}
    names = [use.name for use in module.uses if use.name not in local]
    found = {name: others.wrapper(name) for name in names}
    return {name: wrapper for name, wrapper in found.items() if wrapper is not None}


def _worker_use(module: ModuleDef, wrappers: set[str]) -> Use | None:
    for use in module.uses:
        if use.name in OBAN_WORKERS or use.name in PRO_WORKERS:
            return use
    for use in module.uses:
        if use.name in wrappers:
            return use
    if module.uses and _performs_jobs(module):
        return module.uses[0]
    return None


def _performs_jobs(module: ModuleDef) -> bool:
    """A perform/1 that takes an `%Oban.Job{}`: a worker by way of some wrapper."""
    function = module.functions.get(("perform", 1))
    if function is None or function.private:
        return False
    for clause in function.clauses:
        for node in syntax.walk(clause.params):
            if isinstance(node, syntax.Map) and isinstance(node.struct, syntax.Module):
                if module.resolve(node.struct.name) in ("Oban.Job", "Job"):
                    module.aliases.setdefault("Job", "Oban.Job")
                    return True
    return False


def _model(
    module: ModuleDef, use: Use, interpreter: Interpreter, known: dict[str, Wrapper], local: bool
) -> Worker:
    """The model of a worker. `known` wrappers; `local`: the one that it uses is in this file."""
    wrapper = known.get(use.name)
    worker = Worker(module.name, module.head_span, use.span)
    worker.broken = module.broken
    worker.pro = use.name in PRO_WORKERS or (wrapper is not None and wrapper.pro)
    plain = use.name in OBAN_WORKERS or use.name in PRO_WORKERS
    worker.wrapper = None if plain else use.name
    scope = Scope(module, "")
    worker.options_known = plain
    if use.options is not None:
        worker.options_known = _read_options(use.options, worker, interpreter, scope) and plain
    if wrapper is not None:
        _inherit(wrapper, local, worker, interpreter, scope)
    worker.args_cast = worker.pro and (
        _calls_macro(module, "args_schema") or "structured" in worker.options
    )
    own = {f"{name}/{arity}" for name, arity in module.functions}
    worker.callbacks = frozenset(own | (wrapper.defines if wrapper is not None else set()))
    worker.read_mentions = lambda: _mentions(module)
    worker.read_enqueue_options = lambda: _enqueue_options(module, interpreter.modules)
    worker.environment = reads_of_environment(use.options, module)
    perform = _perform(module, worker, wrapper)
    worker.read_clauses = lambda: clauses(perform)
    worker.read_timing = partial(_timing, worker, module, interpreter)
    worker.read_waits = partial(_waits, worker)
    worker.read_attempt_tests = lambda: attempt_tests(module) if _speaks_of_attempts(worker) else []
    if perform is not None:
        try:
            worker.outcome = interpreter.run(perform, [_job(worker)])
        except RecursionError:  # nested deeper than any code that people write
            worker.broken = True
        _collect(worker, interpreter)
    return worker


def _perform(module: ModuleDef, worker: Worker, wrapper: Wrapper | None) -> Function | None:
    """The function Oban calls; says on the worker what is wrong when there is none."""
    name = "process" if worker.pro else "perform"
    function = module.functions.get((name, 1))
    if function is not None and not function.private:
        return function
    if (name, 1) in module.delegates:
        worker.delegated = True
        return None
    if module.function(name, 1) is not None and not module.function(name, 1).private:
        return module.function(name, 1)
    if worker.wrapper is not None and (wrapper is None or wrapper.performs):
        return None
    if module.broken or _may_define_more(module, worker.wrapper):
        return None
    if function is not None:
        worker.missing = "private"
    elif any(other == name for other, _arity in module.functions):
        worker.missing = "arity"
    elif not worker.pro and ("process", 1) in module.functions:
        worker.missing = "process"
    elif worker.pro and ("perform", 1) in module.functions:
        worker.missing = "perform"
    else:
        worker.missing = "absent"
    return None


def _may_define_more(module: ModuleDef, wrapper: str | None) -> bool:
    """Other `use`s, or macros called in the body, may define perform."""
    known = OBAN_WORKERS | PRO_WORKERS | QUIET_USES | {wrapper}
    if any(use.name not in known for use in module.uses):
        return True
    return bool(module.called_macros - QUIET_MACROS) or "before_compile" in module.attributes


def _timing(worker: Worker, module: ModuleDef, interpreter, name: str) -> Timing | None:
    """The worker's own backoff or timeout, in the attempts that it may have."""
    function = module.functions.get((name, 1))
    if function is None or function.private or function.broken or not function.clauses:
        return None
    from checker.elixir.arithmetic import backoff_waits, timeouts  # slow to load

    inner = Interpreter(interpreter.modules, interpreter.library, interpreter.others)
    shape = only(worker.option("max_attempts") or ())
    most = shape.value if isinstance(shape, Int) else None
    shown = max(1, min(most or DEFAULT_ATTEMPTS, MOST_ATTEMPTS))
    known = (list(interpreter.modules.values()), interpreter.library, interpreter.others)
    if name == "backoff":  # it is not asked after the last attempt
        each = backoff_waits(module, shown - 1, most, *known)
    else:
        each = timeouts(module, shown, most, *known)
    value = inner.run(function, [_job(worker)])
    pipes = syntax.pipe_starts([clause.blocks for clause in function.clauses])
    return Timing(function.clauses[0].span, function.label, value, each, pipes)


def _waits(worker: Worker) -> list:
    """Its own waits, else Oban's; none where a wrapper or a delegate decides."""
    if worker.backoff is not None:
        return worker.backoff.each
    if worker.wrapper is not None or "backoff/1" in worker.callbacks:
        return []
    given = worker.option("max_attempts")
    shape = only(given) if given is not None else Int(DEFAULT_ATTEMPTS, DEFAULT_ATTEMPTS)
    most = shape.value if isinstance(shape, Int) else None
    if most is None or not worker.options_known:
        return []
    from checker.elixir.arithmetic import default_wait

    return [default_wait(attempt, most) for attempt in range(1, min(most, MOST_ATTEMPTS))]


def _speaks_of_attempts(worker: Worker) -> bool:
    return "attempt" in worker.mentions


def _inherit(wrapper: Wrapper, local: bool, worker: Worker, interpreter, scope: Scope) -> None:
    """Options that the wrapper sets and the worker does not.

    What another file sets is judged there: of its values only numbers and names count.
    """
    for name, node in wrapper.options.items():
        if name in worker.options:
            continue
        value, span = interpreter.eval(node, Env({}, NO_EFFECTS), scope), node.span
        if not local:
            span, shape = worker.use_span, only(value)
            plain = shape if isinstance(shape, (Int, Text, Atom)) else Unknown()
            value = one(plain, Origin(span))
        worker.options[name] = Option(name, value, span)


def _read_options(node: syntax.Node, worker: Worker, interpreter, scope: Scope) -> bool:
    """Options of a `use`; False when some of them could not be read."""
    if isinstance(node, syntax.Attr):
        node = scope.module.attribute(node)
    if not isinstance(node, syntax.List) or node.tail is not None:
        return False
    known = True
    for item in node.items:
        if not isinstance(item, syntax.Tuple) or len(item.items) != 2:
            known = False
            continue
        key, value = item.items
        if isinstance(key, syntax.Atom):
            read = interpreter.eval(value, Env({}, NO_EFFECTS), scope)
            named = key.span if key.span[0] == item.span[0] else None
            worker.options.setdefault(key.name, Option(key.name, read, item.span, named))
    return known


def _calls_macro(module: ModuleDef, name: str) -> bool:
    return name in module.called_macros


def _enqueue_options(module: ModuleDef, modules: dict[str, ModuleDef]) -> list[frozenset[str]]:
    """The option names of each `new` of this worker in the file; without options: none."""
    found = []
    for other in modules.values():
        for function in other.functions.values():
            for node in function.nodes:
                if isinstance(node, syntax.Call) and node.name == "new" and node.args:
                    if _target(node, other) == module.name:
                        found.append(_option_names(node.args[1:]))
    return found


def _target(node: syntax.Call, module: ModuleDef) -> str | None:
    if node.target is None:
        return module.name
    return module.resolve(node.target.name) if isinstance(node.target, syntax.Module) else None


def _option_names(args: list[syntax.Node]) -> frozenset[str]:
    names = set()
    for arg in args:
        for node in syntax.walk(arg):
            if isinstance(node, syntax.Tuple) and node.items:
                if isinstance(node.items[0], syntax.Atom):
                    names.add(node.items[0].name)
    return frozenset(names)


def _mentions(module: ModuleDef) -> frozenset[str]:
    """What perform and its helpers speak of; how long to wait bounds nothing that they do."""
    words: set[str] = set()
    for function in module.functions.values():
        if function.label in ("backoff/1", "timeout/1"):
            continue
        heads = syntax.walk([[clause.params, clause.guard] for clause in function.clauses])
        for node in chain(heads, function.nodes):
            word = word_of(node)
            if word is not None:
                words.add(word)
            elif isinstance(node, syntax.Map):
                words.update(filter(None, (key_name(key) for key, _ in node.pairs)))
            elif isinstance(node, syntax.Str) and node.value and len(node.value) < 40:
                words.add(node.value)
    return frozenset(words)


def _job(worker: Worker) -> Value:
    """The `%Oban.Job{}` that perform gets (oban 2.23 lib/oban/job.ex)."""
    args = one(Unknown("args")) if worker.args_cast else one(Args())
    fields = {
        "args": args,
        "id": of(Int(1, None)),
        "attempt": one(Int(1, None), Origin(None, fresh=HERE)),
        "max_attempts": of(Int(1, None)),
        "queue": of(Text()),
        "worker": of(Text()),
        "state": of(Text()),
        "priority": of(Int(0, 9)),
        "tags": of(Seq(None, of(Text()))),
        "inserted_at": of(Struct("DateTime")),
        "scheduled_at": of(Struct("DateTime")),
        "attempted_at": one(Struct("DateTime"), Origin(None, fresh=HERE)),
        "conflict?": of(Atom("false")),
    }
    keyed = {("atom", name): value for name, value in fields.items()}
    return one(Struct("Oban.Job", keyed))


def _collect(worker: Worker, interpreter: Interpreter) -> None:
    worker.steps = sorted(interpreter.steps.values(), key=lambda step: step.order)
    worker.drops = sorted(interpreter.drops.values(), key=lambda drop: drop.span)
    worker.handlers = sorted(interpreter.handlers.values(), key=lambda h: h.span)
    worker.raises = sorted(interpreter.raises.values(), key=lambda r: r.span)
    worker.throws = sorted(interpreter.throws.values(), key=lambda t: t.span)
    worker.callbacks_run = sorted(interpreter.callbacks_run.values(), key=lambda c: c.span)
    worker.atom_keys = _atom_keys(interpreter)
    worker.atom_values = sorted(interpreter.atom_values.values(), key=lambda v: v.span)
    worker.unparsed = sorted(interpreter.unparsed.values(), key=lambda u: u.span)
    worker.enqueues = sorted(interpreter.enqueues.values(), key=lambda e: e.span)
    worker.trails = interpreter.trails
    worker.recursive = frozenset(interpreter.recursive)
    worker.exhausted = interpreter.fuel < 0


def _atom_keys(interpreter: Interpreter) -> list[AtomKey]:
    """In order; without those that are asked for as texts in the same breath."""
    found = sorted(interpreter.atom_keys.values(), key=lambda k: k.span)
    if not found:
        return found
    either = asked_as_text_too([module.node for module in interpreter.modules.values()])
    return [
        key
        for key in found
        if not any(s[0] <= key.span[0] < s[1] and key.key in texts for s, texts in either)
    ]
