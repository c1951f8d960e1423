"""What calls do: into functions of the project, into libraries, and into the unknown."""

from __future__ import annotations

import libcst as cst

from checker.model.job import DROPPED
from checker.model.shape import (
    FALSE,
    NEVER,
    NIL,
    TRUE,
    Alt,
    Args,
    Atom,
    Float,
    Func,
    Int,
    Map,
    Opaque,
    Seq,
    Struct,
    Text,
    Trail,
    Tup,
    Unknown,
    Value,
    join,
    of,
    one,
    only,
)  # fmt: skip
from checker.model.worker import Context, Step
from checker.python.changes import READING
from checker.python.expressions import fresh_in, field_key, words_of
from checker.python.names import PROPERTIES, ClassDefinition, FunctionDefinition, own_nodes
from checker.python.scope import Env, Frame, Scope
from checker.python.shapes import JOB, SWALLOWING, Class, Coroutine, Ref, unknown
from checker.vocabulary import own_effect

MOST_DEEP = 8
# Decorators under which a function gives what it gives.
PLAIN_DECORATORS = frozenset((
    "builtins.staticmethod", "builtins.classmethod", "functools.cache", "functools.lru_cache",
    "functools.wraps", "typing.override", "typing.no_type_check", "typing.final",
    "abc.abstractmethod", "contextlib.contextmanager", "contextlib.asynccontextmanager",
))  # fmt: skip
MANAGERS = frozenset(("contextlib.contextmanager", "contextlib.asynccontextmanager"))
TRANSACTIONS = frozenset(("begin", "begin_nested", "transaction", "atomic"))
INSERTS = frozenset(("enqueue", "enqueue_many"))
NAIVE = {"datetime.datetime.utcnow", "datetime.datetime.today", "datetime.datetime.utcfromtimestamp"}
AWARE_BY_ARGUMENT = {"datetime.datetime.now": 0, "datetime.datetime": 7}


class Given:
    """What a call is given. `open`: by `*` or `**` too, which cannot be read."""

    __slots__ = ("positional", "keywords", "open", "nodes")

    def __init__(self) -> None:
        self.positional: list[Value] = []
        self.keywords: dict[str, Value] = {}
        self.nodes: dict[str | int, cst.Arg] = {}
        self.open = False

    def get(self, index: int, name: str | None = None) -> Value | None:
        if name is not None and name in self.keywords:
            return self.keywords[name]
        return self.positional[index] if index < len(self.positional) else None

    @property
    def values(self) -> list[Value]:
        return [*self.positional, *self.keywords.values()]


class Calling:
    """The part of the interpreter that follows calls."""

    def _Call(self, node: cst.Call, env: Env, scope: Scope) -> Value:
        if isinstance(node.func, cst.Attribute):
            name = node.func.attr.value
            self.mentions.add(name)
            base = self.eval(node.func.value, env, scope)
            given = self._given(node, env, scope)
            if base == NEVER or given is None:
                return NEVER
            found = [self._method_call(alt, name, given, node, env, scope) for alt in base]
        else:
            callee = self.eval(node.func, env, scope)
            given = self._given(node, env, scope)
            if callee == NEVER or given is None:
                return NEVER
            found = [self.call(alt, given, node, env, scope) for alt in callee]
        return join(*found) if found else NEVER

    def _given(self, node: cst.Call, env: Env, scope: Scope) -> Given | None:
        """The arguments; None when one of them does not come to an end."""
        given = Given()
        for arg in node.args:
            value = self.eval(arg.value, env, scope)
            if value == NEVER:
                return None
            if arg.star:
                if arg.star == "**" and self._spread(value, given):
                    continue
                given.open = True
                self._use_spread(value, env, scope)
            elif arg.keyword is not None:
                given.keywords[arg.keyword.value] = value
                given.nodes[arg.keyword.value] = arg
            else:
                given.nodes[len(given.positional)] = arg
                given.positional.append(value)
        return given

    def _spread(self, value: Value, given: Given) -> bool:
        shape = only(value)
        if not isinstance(shape, Map) or shape.open:
            return False
        for key, held in shape.fields.items():
            given.keywords.setdefault(str(key[1]), held)
        return True

    def _use_spread(self, value: Value, env: Env, scope: Scope) -> None:
        """`*tasks`: each of them is handed on."""
        for alt in value:
            element = getattr(alt.shape, "element", None)
            if element:
                self.use(element, env, scope)
        self.use(value, env, scope)

    def call(self, alt: Alt, given: Given, node, env: Env, scope: Scope) -> Value:
        """What calling a value gives."""
        shape = alt.shape
        if isinstance(shape, Class):
            return self._made(shape.definition, given, node, env, scope)
        if isinstance(shape, Func) and isinstance(shape.call, tuple):
            definition, closure = shape.call
            if isinstance(definition, cst.Lambda):
                return self._lambda(definition, closure, given, env, scope)
            if self.is_decorated(definition, "oban.job"):
                self.called_jobs[self.place(node, scope)] = definition.name
                return self.unknown(node, scope)
            return self.follow(definition, given, node, env, scope, closure=closure)
        if isinstance(shape, Ref):
            return self.library_call(shape.name, None, given, node, env, scope)
        return self._opaque(alt, None, given, node, env, scope)

    # -- methods ---------------------------------------------------------------------

    def _method_call(self, alt: Alt, name: str, given: Given, node, env: Env, scope: Scope):
        shape = alt.shape
        if isinstance(shape, Ref):
            full = f"{shape.name}.{name}"
            found = self.reference(full, node.func, scope)
            return join(*(self.call(inner, given, node, env, scope) for inner in found))
        if isinstance(shape, Class):
            return self._class_call(shape.definition, name, given, node, env, scope)
        if isinstance(shape, Func) and isinstance(shape.call, tuple):
            definition = shape.call[0]
            is_function = isinstance(definition, FunctionDefinition)
            if is_function and self.is_decorated(definition, "oban.job"):
                return self._job_call(definition, name, given, node, env, scope)
        if isinstance(shape, Args):
            return self._args_call(name, given, node, env, scope)
        if isinstance(shape, Struct) and shape.name:
            return self._object_call(alt, name, given, node, env, scope)
        return self._plain_call(alt, name, given, node, env, scope)

    def is_decorated(self, definition, wanted: str) -> bool:
        """Whether one of Oban's decorators stands on a definition, as itself or handed on."""
        for name in definition.decorators:
            if name == wanted:
                return True
            if name and not name.startswith("builtins.") and self.project is not None:
                if self.project.definition(name) == wanted:
                    return True
        return False

    def _class_call(self, definition, name: str, given: Given, node, env: Env, scope: Scope):
        if name in ("enqueue", "new") and self.is_decorated(definition, "oban.worker"):
            return self._job_call(definition, name, given, node, env, scope)
        method = self.method(definition, name)
        if method is None:
            return self._opaque(None, name, given, node, env, scope)
        kinds = method.decorators
        bound = None
        if "builtins.classmethod" in kinds:
            bound = one(self.class_value(definition), self.origin(node, scope))
        return self.follow(method, given, node, env, scope, bound=bound)

    def _object_call(self, alt: Alt, name: str, given: Given, node, env: Env, scope: Scope):
        shape = alt.shape
        held = shape.fields.get(("atom", name))
        if held is not None:
            return join(*(self.call(inner, given, node, env, scope) for inner in held))
        definition = self.definition_of(shape)
        if definition is None:
            if shape.name == JOB and name == "meta":
                return unknown()
            return self.library_call(f"{shape.name}.{name}", alt, given, node, env, scope)
        if name in ("enqueue", "new") and self.is_decorated(definition, "oban.worker"):
            return self._job_call(definition, name, given, node, env, scope)
        method = self.method(definition, name)
        if method is None:
            constant = self.class_constant(definition, name)
            if constant is not None:
                inner = self._constant(constant, node, scope)
                return join(*(self.call(i, given, node, env, scope) for i in inner))
            return self._opaque(alt, name, given, node, env, scope)
        bound: Value | None = (alt,)
        if "builtins.staticmethod" in method.decorators:
            bound = None
        elif "builtins.classmethod" in method.decorators:
            bound = one(self.class_value(definition), self.origin(node, scope))
        return self.follow(method, given, node, env, scope, bound=bound)

    def _args_call(self, name: str, given: Given, node, env: Env, scope: Scope) -> Value:
        origin = self.origin(node, scope)
        key = only(given.positional[0]) if given.positional else None
        if name == "get" and isinstance(key, Text) and key.value is not None:
            origin.arg = key.value
            default = given.get(1)
            return join(one(Unknown(None, True), origin), default or ())
        return one(Unknown(None, True), origin)

    def _plain_call(self, alt: Alt, name: str, given: Given, node, env: Env, scope: Scope):
        """A method of a text, a list, a mapping, or of something unknown."""
        shape = alt.shape
        origin = self.origin(node, scope, fresh=fresh_in((alt,), *given.values))
        origin.words = words_of(node)
        if isinstance(shape, Text):
            return one(_text_method(name, shape), origin)
        if isinstance(shape, Map) and name == "get":
            key = field_key(given.positional[0]) if given.positional else None
            missing = given.get(1) or one(NIL, origin)
            if key is None:
                return join(*shape.fields.values(), missing, unknown(None, origin))
            if key in shape.fields:
                return self.current(shape.fields[key])
            if not shape.open:
                return missing
        if isinstance(shape, (Map, Seq)) and name == "copy":
            return one(shape, origin)
        if isinstance(shape, (Map, Seq, Opaque)) and name in ("items", "keys", "values", "copy"):
            element = getattr(shape, "element", ()) or unknown()
            return one(Seq(None, element), origin)
        for value in given.values:
            self.use(value, env, scope)
        if isinstance(shape, Seq) and name in ("append", "add", "extend", "insert", "remove"):
            self._grown(name, alt, node, given, env, scope)
            return one(NIL, origin)
        if name not in READING:
            self.change((alt,))
        if isinstance(shape, Unknown) and shape.from_args:
            return one(Unknown(None, True), origin)
        return self._opaque(alt, name, given, node, env, scope)

    def _grown(self, name: str, alt: Alt, node, given: Given, env: Env, scope: Scope) -> None:
        """A list that something was added to, or taken from."""
        base = node.func.value
        if not isinstance(base, cst.Name) or base.value not in env.vars:
            self.change((alt,))
        else:
            added = given.positional[-1:] if name != "remove" else []
            if name == "extend":
                added = [self.item_of(value, node, scope) for value in added]
            lists = [a.shape for a in env.vars[base.value] if isinstance(a.shape, Seq)]
            element = join(alt.shape.element, *(shape.element for shape in lists), *added)
            self.replace(base.value, Seq(None, element or unknown()), env, scope)

    # -- functions of the project ----------------------------------------------------

    def follow(
        self, definition: FunctionDefinition, given: Given, node, env: Env, scope: Scope,
        bound: Value | None = None, closure: Env | None = None,
    ) -> Value:  # fmt: skip
        """What a function of the project gives, followed where the call stands."""
        if definition.is_generator:
            self._run_body(definition, given, node, env, scope, bound, closure)
            kind = SWALLOWING if _is_swallowing_manager(definition) else "generator"
            return one(Opaque(kind, unknown()), self.origin(node, scope))
        plain = all(map(_is_plain, definition.decorators))

        def run(awaiting: Env, around: Scope) -> Value:
            value = self._run_body(definition, given, node, awaiting, around, bound, closure)
            return value if plain else join(value, self.unknown(node, around))

        if not definition.is_async:
            return run(env, scope)

        return self.coroutine(run, definition.label, node, scope)

    def coroutine(self, run, name: str, node, scope: Scope, enqueues: bool = False) -> Value:
        place = self.place(node, scope)
        made = Coroutine(run, place, name, scope.function, enqueues)
        if scope.frame.site is None:
            self.coroutines.setdefault(place, made)
        return one(made, self.origin(node, scope, call=name))

    def _run_body(self, definition, given, node, env: Env, scope: Scope, bound, closure) -> Value:
        too_deep = scope.frame.depth >= MOST_DEEP or self.is_following(definition.node)
        if too_deep or self.fuel < 0:
            for value in given.values:
                self.use(value, env, scope)
                self.change(value)
            return self.unknown(node, scope, definition.label)
        frame = Frame(
            definition.file, definition.owner, definition.label, closure, scope.frame.depth + 1
        )
        frame.site = scope.frame.site
        if definition.file.path != self.file.path and frame.site is None:
            place = self.place(node, scope)
            line = definition.file.line(definition.node)
            trail = Trail(f"{definition.file.name}.{definition.label}", definition.file.path, line)
            frame.site = (place, trail)
            self.trails[place] = trail
        variables = self._bound_parameters(definition, given, bound, frame, env, scope)
        inner = env.inner(variables)
        value = self._body_inside(definition, inner, frame, scope)
        env.done = inner.done
        if value == NEVER and scope.handler is not None:
            scope.handler.reraises = True
        return value

    def _body_inside(self, definition, env: Env, frame: Frame, around: Scope) -> Value:
        """Follow a body with what encloses the call around it."""
        self._following.append(definition.node)
        scope = Scope(frame).with_(
            loop=around.loop, transaction=around.transaction, rescues=around.rescues,
            apart=around.apart,
        )  # fmt: skip
        try:
            after = self.block(definition.node.body, env, scope)
        finally:
            self._following.pop()
        if after is not None:
            self._falls_off(definition, after, frame, scope)
            env.take(after)
        return join(*frame.returns) if frame.returns else NEVER

    def _bound_parameters(self, definition, given: Given, bound, frame, env, scope):
        params = definition.node.params
        variables = self.parameters(params, frame)
        names = [p.name.value for p in (*params.posonly_params, *params.params)]
        if bound is not None and names:
            variables[names.pop(0)] = bound
        elif definition.owner is not None and names and bound is None:
            if "builtins.staticmethod" not in definition.decorators:
                names.pop(0)
        for param in (*params.posonly_params, *params.params, *params.kwonly_params):
            if param.default is not None:
                inner = Scope(frame)
                variables[param.name.value] = self.eval(param.default, Env({}), inner)
        if given.open:
            for name in names[len(given.positional) :]:
                variables[name] = unknown()
        for name, value in zip(names, given.positional, strict=False):
            variables[name] = value
        for name, value in given.keywords.items():
            if name in variables:
                variables[name] = value
        return variables

    def _lambda(self, node: cst.Lambda, closure: Env, given: Given, env: Env, scope: Scope):
        variables = dict(closure.vars)
        variables.update(self.parameters(node.params, scope.frame))
        for param, value in zip(node.params.params, given.positional, strict=False):
            variables[param.name.value] = value
        inner = env.inner(variables)
        value = self.eval(node.body, inner, scope)
        env.done = inner.done
        return value

    def _made(self, definition: ClassDefinition, given: Given, node, env: Env, scope: Scope):
        """An instance of a class of the project."""
        fields: dict[tuple, Value] = {}
        for value in given.values:
            self.use(value, env, scope)
        if definition.annotated and "__init__" not in definition.methods:
            for name, value in zip(definition.annotated, given.positional, strict=False):
                fields[("atom", name)] = value
            for name, value in given.keywords.items():
                fields[("atom", name)] = value
        self.definitions.setdefault(definition.name, definition)
        instance = one(Struct(definition.name, fields), self.origin(node, scope, literal=True))
        method = self.method(definition, "__init__")
        if method is None or self.fuel < 0 or self.is_following(method.node):
            return instance
        frame = Frame(method.file, method.owner, method.label, None, scope.frame.depth + 1)
        frame.site = scope.frame.site
        if scope.frame.depth >= MOST_DEEP:
            return instance
        variables = self._bound_parameters(method, given, instance, frame, env, scope)
        inner = env.inner(variables)
        self._body_inside(method, inner, frame, scope)
        params = method.node.params.params
        own = inner.vars.get(params[0].name.value) if params else None
        shape = only(own) if own else None
        return one(shape, instance[0].origin) if isinstance(shape, Struct) else instance

    def definition_of(self, shape: Struct) -> ClassDefinition | None:
        """The class of the project that an instance is of."""
        return self.definitions.get(shape.name or "")

    def method(self, definition: ClassDefinition, name: str) -> FunctionDefinition | None:
        """A method, the class's own or one that it inherits."""
        for each in self.lineage(definition):
            if name in each.methods:
                return each.methods[name]
        return None

    def class_constant(self, definition: ClassDefinition, name: str):
        for each in self.lineage(definition):
            if name in each.constants:
                return each.constants[name]
            if name in each.methods:
                return None
        return None

    def lineage(self, definition: ClassDefinition, deep: int = 0) -> list[ClassDefinition]:
        """The class and those of its bases that are known."""
        found = [definition]
        for base in definition.bases if deep < MOST_DEEP else ():
            parent = self.class_named(base, definition.file)
            if parent is not None and parent is not definition:
                found += self.lineage(parent, deep + 1)
        return found

    def has_unknown_base(self, definition: ClassDefinition) -> bool:
        """Whether a base class is not known, so that it may define anything."""
        return any(
            self.class_named(base, each.file) is None and base not in PLAIN_BASES
            for each in self.lineage(definition)
            for base in each.bases
        )

    def class_named(self, full: str | None, file) -> ClassDefinition | None:
        if not full:
            return None
        own = full.removeprefix(f"{file.name}.") if file.name else full
        bound = file.bound.get(own)
        if isinstance(bound, ClassDefinition):
            return bound
        found = self.project.definition(full) if self.project is not None else None
        return found if isinstance(found, ClassDefinition) else None

    # -- libraries ---------------------------------------------------------------------

    def library_call(
        self, name: str, owner: Alt | None, given: Given, node, env: Env, scope: Scope
    ) -> Value:
        """What a call of a library gives, as the table says, or a builtin."""
        special = self._special(name, owner, given, node, env, scope)
        if special is not None:
            return special
        entry = self.library.call(name)
        if entry is None:
            return self._unlisted(name, owner, given, node, env, scope)
        if entry.has("status") and owner is not None:
            self._read_status(owner)
        if entry.has("settles") and owner is not None and isinstance(owner.shape, Struct):
            self._settle(owner.shape)
        if entry.has("wraps", "await", "thread", "per_item") and (
            given.positional or given.open
        ):
            return self._wrapping(entry, given, node, env, scope)
        if entry.has("async"):
            return self._task(entry, given, node, env, scope)

        def run(awaiting: Env, around: Scope) -> Value:
            step = self.step(entry, owner, given, node, awaiting, around)
            if entry.has("exits"):
                return NEVER
            return self.typed(entry, node, around, owner, given, step)

        if entry.is_async:
            for value in given.values:
                self._hand_over(value, entry, env, scope)
            return self.coroutine(run, name, node, scope)
        for value in given.values:
            self._hand_over(value, entry, env, scope)
        return run(env, scope)

    @staticmethod
    def _settle(task: Struct) -> None:
        """Somebody sees to what a task comes to."""
        if task.step is not None:
            task.step.escapes = True

    def _hand_over(self, value: Value, entry, env: Env, scope: Scope) -> None:
        """What a library is given it may await or call; of a log line nothing comes."""
        if entry.has("log"):
            return
        self.use(value, env, scope)
        self.run_functions(value, env, scope)

    def run_functions(self, value: Value, env: Env, scope: Scope) -> None:
        """A function that is handed on is called once, perhaps, and perhaps by another thread."""
        scope = scope.with_(apart=True)
        for alt in value:
            shape = alt.shape
            if isinstance(shape, Func) and isinstance(shape.call, tuple):
                definition, closure = shape.call
                if isinstance(definition, cst.Lambda):
                    way = env.copy()
                    self._lambda(definition, closure, Given(), way, scope)
                    env.done |= way.done
                elif not definition.decorators and not self.is_following(definition.node):
                    way = env.copy()
                    result = self.follow(
                        definition, _unknowns(definition), definition.node.name, way, scope,
                        closure=closure,
                    )  # fmt: skip
                    self.use(result, way, scope)
                    env.done |= way.done

    def _wrapping(self, entry, given: Given, node, env: Env, scope: Scope) -> Value:
        """`gather`, `wait_for`, `to_thread` …: what they are given runs once they are awaited."""
        for value in given.positional:  # they are handed on, whatever becomes of the call
            for alt in value:
                if isinstance(alt.shape, Coroutine):
                    self.awaited.add(alt.shape.span)
                elif isinstance(alt.shape, Struct) and alt.shape.step is not None:
                    self.awaited.add(alt.shape.step.span)

        def run(awaiting: Env, around: Scope) -> Value:
            inner = around.with_(apart=True) if entry.has("thread") else around
            if entry.has("per_item"):
                inner = inner.with_(loop=True)
            results = [self._result_of(v, given, i, node, awaiting, inner)
                       for i, v in enumerate(given.positional)]  # fmt: skip
            if entry.call == "asyncio.gather":
                return one(Seq(None, join(*results) if results else unknown()),
                           self.origin(node, around))  # fmt: skip
            kind = entry.returns[0]
            if kind.kind in ("run", "awaited") and kind.items:
                index = kind.items[0][0].index
                if index is not None and index < len(results):
                    return results[index]
            return self.typed(entry, node, around, None, given)

        if entry.has("async"):  # it runs, awaited or not
            step = self.step(entry, None, given, node, env, scope)
            origin = self.origin(node, scope, step=step)
            results = tuple(Alt(alt.shape, origin) for alt in run(env, scope))
            return one(Struct("asyncio.Future", None, step, results), origin)
        if entry.is_async:
            return self.coroutine(run, entry.call, node, scope)
        return run(env, scope)

    def _result_of(self, value: Value, given: Given, index: int, node, env: Env, scope: Scope):
        """What a coroutine, a task or a function gives that is handed to be run."""
        found = []
        for alt in value:
            shape = alt.shape
            if isinstance(shape, Coroutine):
                self.awaited.add(shape.span)
                found.append(shape.run(env, scope))
            elif isinstance(shape, Struct) and shape.result is not None:
                found.append(shape.result)
            elif isinstance(shape, (Func, Ref)) and not isinstance(shape, Class):
                rest = Given()
                rest.positional = given.positional[index + 1 :]
                rest.keywords = given.keywords
                found.append(self._called(alt, rest, node, env, scope))
            else:
                self.use((alt,), env, scope)
                found.append(unknown())
        return join(*found) if found else unknown()

    def _called(self, alt: Alt, given: Given, node, env: Env, scope: Scope) -> Value:
        value = self.call(alt, given, node, env, scope)
        results = []
        for inner in value:
            if isinstance(inner.shape, Coroutine):
                self.awaited.add(inner.shape.span)
                results.append(inner.shape.run(env, scope))
            else:
                results.append((inner,))
        return join(*results) if results else NEVER

    def _task(self, entry, given: Given, node, env: Env, scope: Scope) -> Value:
        """`create_task`: it begins to run, and nobody waits until it is awaited."""
        step = self.step(entry, None, given, node, env, scope)
        result = unknown()
        for value in given.positional:
            for alt in value:
                if isinstance(alt.shape, Coroutine):
                    self.awaited.add(alt.shape.span)
                    result = alt.shape.run(env, scope.with_(apart=True))
        return one(Struct(entry.returns[0].name, None, step, result), self.origin(node, scope, step=step))

    def _unlisted(self, name: str, owner, given: Given, node, env: Env, scope: Scope) -> Value:
        if name.startswith("builtins."):
            return self._builtin(name, given, node, env, scope)
        return self._opaque(owner, name, given, node, env, scope)

    def _builtin(self, name: str, given: Given, node, env: Env, scope: Scope) -> Value:
        origin = self.origin(node, scope, fresh=fresh_in(*given.values), call=name)
        origin.words = words_of(node)
        plain = name.removeprefix("builtins.")
        first = given.get(0)
        for value in given.values:
            if plain not in ("print", "len", "isinstance", "str", "repr"):
                self.use(value, env, scope)
        if plain in BUILTIN_KINDS:
            origin.step = first[0].origin.step if first and len(first) == 1 else None
            return one(BUILTIN_KINDS[plain], origin)
        if plain in ("bool", "isinstance", "callable", "hasattr", "any", "all", "issubclass"):
            return (Alt(TRUE, origin), Alt(FALSE, origin))
        if plain == "print":
            return one(NIL, origin)
        if plain in ("min", "max", "abs", "round", "int", "float", "sum", "pow"):
            return one(_number_of(plain, given), origin)
        if plain in ("list", "sorted", "tuple", "reversed", "set", "iter", "filter"):
            item = self.item_of(first, node, scope) if first else unknown()
            return one(Seq(None, item), origin)
        if plain in ("enumerate", "zip", "range"):
            if plain == "range":
                return one(Opaque("range", of(Int())), origin)
            return one(Opaque("generator", self._paired(plain, given, node, scope)), origin)
        if plain == "map":
            return self._mapped(given, node, env, scope)
        if plain == "getattr":
            return unknown(None, origin)
        if plain == "dict":
            fields = {("text", key): value for key, value in given.keywords.items()}
            return one(Map(fields, given.open or bool(given.positional)), origin)
        if plain[:1].isupper():  # an exception
            origin.literal = True
            shape = Struct(name, {("atom", "args"): one(Tup(tuple(given.positional)))})
            return one(shape, origin)
        return unknown(None, origin)

    def _paired(self, plain: str, given: Given, node, scope: Scope) -> Value:
        items = [self.item_of(value, node, scope) for value in given.positional]
        if plain == "enumerate":
            items = [of(Int()), *items[:1]]
        return one(Tup(tuple(items)), self.origin(node, scope))

    def _mapped(self, given: Given, node, env: Env, scope: Scope) -> Value:
        if len(given.positional) < 2:
            return self.unknown(node, scope)
        inner = Given()
        inner.positional = [self.item_of(v, node, scope) for v in given.positional[1:]]
        found = [self.call(alt, inner, node, env, scope.with_(loop=True)) for alt in given.positional[0]]
        return one(Opaque("generator", join(*found)), self.origin(node, scope))

    def _special(self, name: str, owner, given: Given, node, env: Env, scope: Scope):
        """What the table cannot say: results of a job, moments with a zone or without."""
        if name in ("builtins.setattr", "builtins.delattr") and given.positional:
            self.change(given.positional[0])
        if name in ("oban.Cancel", "oban.Snooze", "oban.Record"):
            return self._result(name, given, node, scope)
        if name in NAIVE or name in AWARE_BY_ARGUMENT:
            origin = self.origin(node, scope, call=name)
            index = AWARE_BY_ARGUMENT.get(name, 99)
            if name != "datetime.datetime":
                origin.fresh = self.place(node, scope)
            zone = given.get(index, "tz" if name.endswith("now") else "tzinfo")
            naive = (zone is None and not given.open) or name in NAIVE
            known = {("atom", "naive"): of(TRUE)} if naive else {}
            return one(Struct("datetime.datetime", known), origin)
        if owner is not None and owner.shape.name == "datetime.datetime":
            method = name.rpartition(".")[2]
            if method in ("replace", "astimezone"):
                zoned = method == "astimezone" or "tzinfo" in given.keywords or given.open
                fields = {} if zoned else owner.shape.fields
                origin = self.origin(node, scope, fresh=owner.origin.fresh)
                return one(Struct("datetime.datetime", fields), origin)
        if owner is not None and owner.shape.name in ("oban.Oban",) and name.endswith(
            (".enqueue", ".enqueue_many")
        ):
            return self._insertion(given, node, scope)
        return None

    def _result(self, name: str, given: Given, node, scope: Scope) -> Value:
        """`Cancel(…)` and its kin: what they hold, and whether Python takes it."""
        first = {"oban.Cancel": "reason", "oban.Snooze": "seconds", "oban.Record": "value"}[name]
        other = {"oban.Snooze": "meta", "oban.Record": "limit"}.get(name)
        fields: dict[tuple, Value] = {}
        value = given.get(0, first)
        if value is not None:
            fields[("atom", first)] = value
        strange = [k for k in given.keywords if k not in (first, other)]
        most = 1 if other is None else 2
        if (value is None and not given.open) or strange or len(given.positional) > most:
            fields[("atom", "refused")] = of(Text(strange[0] if strange else None))
        return one(Struct(name, fields), self.origin(node, scope, literal=True))

    def typed(self, entry, node, scope, owner=None, given=None, step=None) -> Value:
        """The table's types as a value."""
        origin = self.origin(node, scope, call=entry.call, step=step)
        origin.words = words_of(node)
        if entry.has("fresh"):
            origin.fresh = self.place(node, scope)
        else:
            origin.fresh = fresh_in(*(given.values if given is not None else ()))
            if owner is not None and not origin.fresh:
                origin.fresh = owner.origin.fresh
        if step is None and owner is not None:
            origin.step = owner.origin.step
        found = [self._of_type(kind, origin, owner, given, step) for kind in entry.returns]
        value = join(*found) if found else unknown(None, origin)
        if step is not None:
            step.result = value
        return value

    def _of_type(self, kind, origin, owner, given, step) -> Value:
        word = kind.kind
        if word in _SIMPLE:
            return tuple(Alt(shape, origin) for shape in _SIMPLE[word])
        if word == "never":
            return NEVER
        if word == "self" and owner is not None:
            return (Alt(owner.shape, origin),)
        if word in ("list", "set"):
            element = self._union(kind.items, 0, origin, owner, given)
            shape = Seq(None, element) if word == "list" else Opaque("set", element)
            return one(shape, origin)
        if word == "tuple":
            if not kind.items:
                return one(Opaque("tuple"), origin)
            parts = [self._union(kind.items, i, origin, owner, given) for i in range(len(kind.items))]
            return one(Tup(tuple(parts)), origin)
        if word == "object":
            name = kind.name
            if kind.index is not None:
                text = only(given.get(kind.index) or ()) if given is not None else None
                if not isinstance(text, Text) or text.value is None:
                    return one(Unknown(), origin)
                name = f"{name}[{text.value}]"
            asks = step if step is not None and step.has("http") else None
            return one(Struct(name, None, asks), origin)
        if word == "with":
            entered = self._union(kind.items, 0, origin, owner, given, step)
            return one(Struct("with", {("atom", "entered"): entered}), origin)
        if word == "instance" and not kind.items:
            return one(Struct(kind.name), origin)
        if word in ("arg", "instance") and given is not None:
            index = kind.index if word == "arg" else None
            if word == "instance":
                index = kind.items[0][0].index
            value = given.get(index) if index is not None else None
            if word == "arg" and value is not None:
                return value
            if word == "instance" and value is not None and isinstance(only(value), Class):
                definition = only(value).definition
                self.definitions.setdefault(definition.name, definition)
                return one(Struct(definition.name), origin)
        return one(Unknown(), origin)

    def _union(self, items, index: int, origin, owner, given, step=None) -> Value:
        if not items or index >= len(items):
            return unknown(None, origin)
        return join(*(self._of_type(kind, origin, owner, given, step) for kind in items[index]))

    def step(self, entry, owner, given: Given, node, env: Env, scope: Scope) -> Step:
        """The record of a library call on this way."""
        return self.record(entry.call, entry.traits, owner, given, node, env, scope)

    def record(self, call, traits, owner, given: Given, node, env: Env, scope: Scope) -> Step:
        place = self.place(node, scope)
        key = (place, call)
        found = self.steps.get(key)
        if found is None:
            found = self.steps[key] = Step(call, frozenset(traits), place, scope.function)
            found.order = len(self.steps)
            if scope.frame.site is not None:
                found.trail = scope.frame.site[1]
            pairs = [one(Tup((of(Atom(name)), value))) for name, value in given.keywords.items()]
            named = one(Seq(None, unknown()) if given.open else Seq(tuple(pairs)))
            mine = [(owner,)] if owner is not None else []
            if mine:
                found.traits = frozenset(map(_with_owner, found.traits))
            found.args = [*mine, *given.positional, named]
            found.options = dict(given.keywords)
            found.options_known = not given.open
            found.words = words_of(node)
        found.contexts.append(
            Context(
                env.conditions, scope.loop, scope.transaction is not None, scope.handler, env.done,
                scope.rescues, scope.apart,
            )
        )  # fmt: skip
        env.done = env.done | {found}
        return found

    # -- what cannot be followed -------------------------------------------------------

    def _opaque(self, alt: Alt | None, name: str | None, given, node, env, scope: Scope) -> Value:
        """A call that cannot be followed: it may do anything with what it is given."""
        for value in given.values:
            self.use(value, env, scope)
            self.run_functions(value, env, scope)
            self.change(tuple(a for a in value if not isinstance(a.shape, Struct)))
        jobs = [v for v in given.values if any(_is_job(a.shape) for a in v)]
        if name in INSERTS and jobs:
            return self._insertion(given, node, scope)
        full = name
        if isinstance(alt, Alt) and isinstance(alt.shape, Ref):
            full = alt.shape.name
        origin = self.origin(node, scope, call=full, fresh=None)
        origin.words = words_of(node)
        kind = self._own_kind(full)
        if kind is None:
            return unknown(full, origin)

        def run(awaiting: Env, around: Scope) -> Value:
            step = self.record(full, {kind, "own"}, None, given, node, awaiting, around)
            origin.step = step
            return unknown(full, origin)

        return run(env, scope)

    def _own_kind(self, full: str | None) -> str | None:
        """What a function of the project does that cannot be followed, by its name."""
        if not full or not self.is_own(full):
            return None
        *module, function = full.split(".")
        segments = tuple("".join(p.capitalize() for p in s.split("_")) for s in module if s)
        return own_effect(segments, function)

    def is_own(self, full: str) -> bool:
        """Whether a name is of this project."""
        if full.startswith("."):
            return True
        root = self.file.name.partition(".")[0]
        return "." in self.file.name and full.partition(".")[0] == root

    # -- jobs --------------------------------------------------------------------------

    def _job_call(self, target, name: str, given: Given, node, env: Env, scope: Scope) -> Value:
        """`Worker.new(…)`, `await Worker.enqueue(…)`, or the same of a job function."""
        for value in given.values:
            self.use(value, env, scope)
        if name not in ("new", "enqueue"):
            return self.unknown(node, scope)
        job = self._new_job(target, name, given, node, env, scope)
        fields = {("atom", "args"): job.args}
        made = one(Struct(JOB, fields), self.origin(node, scope, call=f"{target.name}.{name}"))
        if name == "new":
            return made

        def run(awaiting: Env, around: Scope) -> Value:
            traits = {"enqueue"}
            step = self.record(f"{target.name}.enqueue", traits, None, given, node, awaiting, around)
            return one(Struct(JOB, fields), self.origin(node, around, step=step))

        return self.coroutine(run, f"{target.name}.enqueue", node, scope, enqueues=True)

    def _new_job(self, target, name: str, given: Given, node, env: Env, scope: Scope):
        from checker.python.jobs import new_job

        place = self.place(node, scope)
        if place not in self.jobs:
            transaction = scope.transaction is not None
            self.jobs[place] = new_job(
                target, name, given, place, scope.frame.file, scope, transaction
            )
        return self.jobs[place]

    def drop_job(self, place) -> None:
        """A job that is built in a statement of its own goes nowhere."""
        if place in self.jobs:
            self.jobs[place].fate = DROPPED

    def _insertion(self, given: Given, node, scope: Scope) -> Value:
        """`await oban.enqueue(job)`, `enqueue_many(jobs)`."""

        def run(awaiting: Env, around: Scope) -> Value:
            self.record("oban.Oban.enqueue", {"enqueue_all"}, None, given, node, awaiting, around)
            return self.unknown(node, around)

        return self.coroutine(run, "oban.Oban.enqueue", node, scope, enqueues=True)

    # -- with ----------------------------------------------------------------------------

    def is_transaction(self, node, value: Value) -> bool:
        """Whether what a `with` enters is a transaction: a library's, or called so."""
        for alt in value:
            entry = self.library.call(alt.origin.call) if alt.origin.call else None
            if entry is not None:
                return entry.has("transaction")
        func = node.func if isinstance(node, cst.Call) else None
        return isinstance(func, cst.Attribute) and func.attr.value in TRANSACTIONS

    def entered(self, value: Value, node, is_async: bool, env: Env, scope: Scope) -> Value:
        """What `with … as x` gives."""
        found = []
        for alt in value:
            shape = alt.shape
            if isinstance(shape, Coroutine):
                self.awaited.add(shape.span)
                found.append(self.entered(shape.run(env, scope), node, is_async, env, scope))
            elif isinstance(shape, Struct) and ("atom", "entered") in shape.fields:
                found.append(shape.fields[("atom", "entered")])
            elif isinstance(shape, Struct) and shape.name:
                found.append(self._entered_object(alt, node, is_async, env, scope))
            else:
                origin = self.origin(node, scope, call=alt.origin.call)
                origin.words = words_of(node)
                found.append(unknown(None, origin))
        return join(*found) if found else unknown()

    def _entered_object(self, alt: Alt, node, is_async: bool, env: Env, scope: Scope) -> Value:
        name = "__aenter__" if is_async else "__enter__"
        definition = self.definition_of(alt.shape)
        if definition is not None:
            method = self.method(definition, name)
            if method is None:
                return unknown(None, self.origin(node, scope))
            value = self.follow(method, Given(), node, env, scope, bound=(alt,))
            return self.awaited_value(value, node, env, scope) if is_async else value
        entry = self.library.call(f"{alt.shape.name}.{name}")
        if entry is None:
            return unknown(None, self.origin(node, scope))
        value = self.typed(entry, node, scope, owner=alt)
        return tuple(
            Alt(a.shape, alt.origin) if a.shape is alt.shape else a for a in value
        )


PLAIN_BASES = frozenset((
    "builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "builtins.Exception",
))  # fmt: skip

_SIMPLE = {
    "None": (NIL,), "True": (TRUE,), "False": (FALSE,), "bool": (TRUE, FALSE), "int": (Int(),),
    "str": (Text(),), "float": (Float(),), "bytes": (Opaque("bytes"),), "dict": (Map({}, True),),
    "unknown": (Unknown(),),
}  # fmt: skip
BUILTIN_KINDS = {
    "str": Text(), "repr": Text(), "format": Text(), "ascii": Text(), "len": Int(0, None),
    "hash": Int(), "id": Int(), "ord": Int(), "chr": Text(), "bytes": Opaque("bytes"),
    "bytearray": Opaque("bytes"), "frozenset": Opaque("set"), "hex": Text(), "bin": Text(),
}  # fmt: skip
_TO_TEXT = frozenset(
    "format join strip lower upper title replace lstrip rstrip capitalize zfill removeprefix"
    " removesuffix".split()
)


def _is_plain(decorator: str) -> bool:
    """Whether a function gives what it gives under a decorator."""
    return decorator in PLAIN_DECORATORS or decorator.rpartition(".")[2] in PROPERTIES


def _is_swallowing_manager(definition: FunctionDefinition) -> bool:
    """Whether a generator is a manager that catches what is raised where it yields."""
    if not MANAGERS & set(definition.decorators):
        return False
    return any(
        isinstance(node, cst.ExceptHandler) and not any(
            isinstance(inner, cst.Raise) for inner in own_nodes(node)
        )
        for node in own_nodes(definition.node.body)
    )


def _with_owner(trait: str) -> str:
    """`http_method(1)`, counted with the object that the method is called on."""
    name, bracket, number = trait.partition("(")
    return f"{name}({int(number[:-1]) + 1})" if bracket else trait


def _text_method(name: str, shape: Text):
    if name in _TO_TEXT:
        return Text(None, shape.value or shape.written)
    if name in ("split", "rsplit", "splitlines", "partition", "rpartition"):
        return Seq(None, of(Text()))
    if name == "encode":
        return Opaque("bytes")
    return Unknown()


def _number_of(plain: str, given: Given):
    shapes = [only(value) for value in given.positional]
    if plain in ("round", "int"):
        first = shapes[0] if shapes else None
        if isinstance(first, (Int, Float)) and first.value is not None and len(shapes) == 1:
            number = round(first.value) if plain == "round" else int(first.value)
            return Int(number, number)
        return Int() if plain == "int" or len(shapes) == 1 else Unknown()
    if plain == "float":
        return Float()
    if plain in ("min", "max") and shapes and all(isinstance(s, (Int, Float)) for s in shapes):
        if all(s.value is not None for s in shapes):
            best = (min if plain == "min" else max)(shapes, key=lambda s: s.value)
            return best
        return Float() if any(isinstance(s, Float) for s in shapes) else Int()
    return Unknown()


def _unknowns(definition: FunctionDefinition) -> Given:
    given = Given()
    given.open = True
    return given


def _is_job(shape) -> bool:
    if isinstance(shape, Struct):
        return shape.name == JOB
    element = getattr(shape, "element", None)
    return bool(element) and any(_is_job(alt.shape) for alt in element)


