"""Effects on the world, and what makes one safe to repeat."""

from __future__ import annotations

from checker.model.outcome import CANCELLED, COMPLETED, SNOOZED, kind_of
from checker.model.shape import (
    Alt,
    Atom,
    Int,
    Map,
    Seq,
    Span,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    only,
    only_atom,
)  # fmt: skip
from checker.model.worker import Condition, Context, Step, Worker
from checker.vocabulary import (
    guard_call,
    key_name,
    marker_field,
    marks_record,
    only_asks,
    speaks_of_key,
    traces,
)

# What each kind of effect is called in a message.
EFFECTS = {
    "payment": "a payment",
    "mail": "a mail",
    "sms": "a text message",
    "push": "a push notification",
    "chat": "a chat message",
    "webhook": "a webhook",
    "publish": "a published message",
    "http_write": "an HTTP write",
}
KEYED = frozenset(("payment", "http_write", "publish", "webhook"))
CARRIERS = frozenset(("headers", "header", "opts", "options"))
# Clients whose options follow a body, and clients that may be given as first argument.
BODY_FIRST = ("HTTPoison.", "Tesla.", ":hackney.", "Finch.", "Mint.")
CLIENT_FIRST = ("Req.", "Tesla.", "Finch.")
CLIENT_MAKERS = frozenset(("new", "client", "build", "request", "base", "req"))
CONSTRAINT_ERROR = "Ecto.ConstraintError"
SETTLED = frozenset((COMPLETED, CANCELLED, SNOOZED))
SAFE_METHODS = frozenset(("get", "head", "options", "put", "delete", "trace"))
MOST_DEEP = 6

# What can make an effect safe to repeat.
AT_MOST_ONCE = "at_most_once"
UNIQUE = "unique"
PERHAPS_UNIQUE = "perhaps_unique"
KEY = "key"
PERHAPS_KEY = "perhaps_key"
KEY_ELSEWHERE = "key_elsewhere"
MARKER = "marker"
LOOKUP = "lookup"
CLAIM = "claim"
LOCK = "lock"
CONSTRAINT = "constraint"


class Guard:
    """Something that makes an effect safe to repeat, or may do so.

    `kind`: `at_most_once` (`max_attempts: 1`), `unique` (on the worker, or where it is
    enqueued: then without a span), `perhaps_unique` (in options that cannot be read), `key` (an
    idempotency key that the call passes), `perhaps_key` (in options that cannot be read),
    `key_elsewhere` (the code speaks of one), `marker` (a field or function that tells what was done), `lookup` (a row is looked up),
    `claim` (a write that only one attempt wins), `lock`, `constraint` (of the database, whose
    violation is rescued). `name`: of the key, the marker, or the call that answers. `fresh`:
    where something is made that is new on every attempt, of a key that stops nothing.
    """

    __slots__ = ("kind", "name", "span", "fresh")

    def __init__(self, kind: str, name: str, span=None, fresh=None) -> None:
        self.kind = kind
        self.name = name
        self.span = span
        self.fresh = fresh


def effect(step: Step) -> str | None:
    """The kind of an effect that must not happen twice, or None."""
    kind = _kind(step)
    return None if kind == "http_write" and _only_asks(step) else kind


def _only_asks(step: Step) -> bool:
    """A POST that fetches: a token, what a query asks for."""
    where = step.function if step.trail is None else step.trail.name.rpartition(".")[2]
    return only_asks(where.rpartition("/")[0] or where)


def _kind(step: Step) -> str | None:
    for kind in EFFECTS:
        if kind in step.traits:
            return kind
    if _method_argument(step) is not None and http_method(step) not in SAFE_METHODS:
        return "http_write" if http_method(step) else None
    return None


def _method_argument(step: Step) -> int | None:
    """The index of the argument that says the HTTP method: trait `http_method(2)` is 1."""
    for trait in step.traits:
        if trait.startswith("http_method("):
            return int(trait[len("http_method(") : -1]) - 1
    return None


def effects(worker: Worker) -> list[Step]:
    """The effects that performing the job has, in order; not those of what never runs."""
    idle = {id(alt.origin.step) for alt in worker.outcome}
    idle.update(id(alt.origin.step) for drop in worker.drops for alt in drop.value)
    return [
        step
        for step in worker.steps
        if effect(step) and not (step.has("build") and id(step) in idle)
    ]


def http_method(step: Step) -> str | None:
    """get, post … of an HTTP call, None when it cannot be told."""
    if step.has("http_write"):
        return "post"
    if step.has("http_read"):
        return "get"
    if step.has("http_idempotent"):
        return "put"
    index = _method_argument(step)
    if index is None or index >= len(step.args):
        return None
    return _method(step.args[index], step)


def _method(value: Value, step: Step) -> str | None:
    named = _method_named(value)
    if named is not None:
        return named
    shape = only(value)
    if isinstance(shape, Struct) and ("atom", "method") in shape.fields:
        return _method(shape.fields[("atom", "method")], step)
    if "method" in step.options:
        return _method_named(step.options["method"])
    for alt in value:
        built = alt.origin.step
        if built is not None and built is not step and built.args:
            named = _method_named(built.options.get("method", ()))
            return named or _method(built.args[0], built)
    if isinstance(shape, (Unknown, Struct)) or shape is None:
        return None
    return "get"


def _method_named(value: Value) -> str | None:
    shape = only(value)
    if isinstance(shape, Atom):
        return shape.name
    if isinstance(shape, Text) and shape.value and shape.value.isalpha():
        return shape.value.lower()
    return None


# -- guards of the whole worker -----------------------------------------------------


def at_most_once(worker: Worker) -> bool:
    """`max_attempts: 1`: a job that failed is not tried again, and not rescued either."""
    value = worker.option("max_attempts")
    shape = only(value) if value is not None else None
    return isinstance(shape, Int) and shape.value == 1


def is_unique(worker: Worker) -> bool:
    """Whether `unique:` is set, or may be; on the worker or at every known enqueue."""
    if not worker.options_known and "unique" not in worker.options:
        return True
    value = worker.option("unique")
    if value is not None:
        return only_atom(value) not in ("false", "nil")
    given = worker.enqueue_options
    return bool(given) and all("unique" in options for options in given)


# -- guards of one effect -------------------------------------------------------------


def keys(step: Step) -> list[tuple[str, Value]]:
    """Name and value of the idempotency keys that a call passes: options, fields and headers."""
    return [
        (name, value)
        for name, value in _named(step.args, 0)
        if key_name(name) and only_atom(value) != "nil"
    ]


def new_each_time(name: str, key: Value) -> Span | None:
    """The place of what makes an idempotency key new on every attempt, or None.

    It may be new only where the args have none; a key that is as often a mere trace of the
    request is left alone, and so is one that may have been stored.
    """
    fresh = [alt.origin.fresh for alt in key if isinstance(alt.origin.fresh, tuple)]
    rest = [alt.shape for alt in key if not isinstance(alt.origin.fresh, tuple)]
    given = all(isinstance(shape, Unknown) and shape.from_args for shape in rest)
    return fresh[0] if fresh and given and not traces(name) else None


def may_have_key(step: Step) -> bool:
    """Whether a key may be in something that cannot be read: options, headers, a client."""
    if step.has("own") or effect(step) not in KEYED:
        return False
    if any(_may_get_headers(alt) for value in step.args[:1] for alt in value):
        return True
    first = 2 if step.call.startswith(BODY_FIRST) else 1
    if any(_open(value) for value in step.args[first:][-1:]):
        return True
    if any(name in CARRIERS and _open(value) for name, value in _named(step.args, 0)):
        return True
    return client_unknown(step)


def _may_get_headers(alt: Alt) -> bool:
    """A client whose headers something set after it was made."""
    made = alt.origin.step
    return made is not None and made.has("build") and made.escapes


def client_unknown(step: Step) -> bool:
    """The request or client it is made with comes from somewhere else."""
    if not step.args or not step.call.startswith(CLIENT_FIRST):
        return False
    given = only(step.args[0])
    if not isinstance(given, Unknown) or given.from_args:
        return False
    if step.call.startswith("Tesla."):
        return len(step.args) > 2 or (effect(step) is None and len(step.args) > 1)
    if not step.call.startswith("Req.") or "url" in step.options:
        return True
    return (given.call or "").rpartition(".")[2] in CLIENT_MAKERS


def _open(value: Value) -> bool:
    """Unknown, or a list or map with more in it than can be read."""
    for alt in value:
        shape = alt.shape
        if isinstance(shape, Unknown):
            return True
        if isinstance(shape, Map) and shape.open:
            return True
        if isinstance(shape, Seq) and shape.items is None:
            if any(isinstance(inner.shape, Unknown) for inner in shape.element):
                return True
    return False


def named_arguments(step: Step):
    """Every (name, value) that a call is given, in options, maps, headers and what was built."""
    return _named(step.args, 0)


def _named(values: list[Value], depth: int):
    if depth > MOST_DEEP:
        return
    texts: list[str] = []
    for value in values:
        if texts:
            yield texts[-1], value
        texts = _texts(value)
        for alt in value:
            yield from _named_in(alt, depth)


def _texts(value: Value) -> list[str]:
    """What may name the argument after it: `put_header("…", value)`, `put_option(:…, value)`."""
    shape = only(value)
    name = shape.name if isinstance(shape, Atom) else getattr(shape, "value", None)
    return [name] if isinstance(name, str) else []


def _named_in(alt: Alt, depth: int):
    shape = alt.shape
    built = alt.origin.step
    if built is not None and built.has("build"):
        yield from _named(built.args, depth + 1)
    if isinstance(shape, Tup) and len(shape.items) == 2:
        name = only(shape.items[0])
        text = name.name if isinstance(name, Atom) else getattr(name, "value", None)
        if isinstance(text, str):
            yield text, shape.items[1]
    if isinstance(shape, Tup):
        yield from _named(list(shape.items), depth + 1)
    elif isinstance(shape, Seq):
        for item in list(shape.items) if shape.items is not None else [shape.element]:
            yield from _named([item], depth + 1)
    elif isinstance(shape, (Map, Struct)):
        for key, value in shape.fields.items():
            if isinstance(key[1], str):
                yield key[1], value
            yield from _named([value], depth + 1)


def decided(step: Step, per_item: bool = False) -> bool:
    """Whether every way to a step asks first if it was done before.

    With `per_item`, only what is asked of each item (or chose the items) counts.
    """
    return bool(step.contexts) and all(
        next(_asked(context, step, per_item), None) is not None for context in step.contexts
    )


def _asked(context: Context, step: Step, per_item: bool):
    """The guards on one way to a step."""
    for condition in context.conditions:
        if condition.in_loop or not per_item:
            yield from _guards_in(condition, step)
    if per_item:
        return
    if context.transaction:
        for before in _in_order(context.before, "lock"):
            yield Guard(LOCK, before.call, before.span)
    if CONSTRAINT_ERROR in context.rescues:
        for before in _in_order(context.before, "insert"):
            yield Guard(CONSTRAINT, before.call, before.span)


def _in_order(steps: frozenset, trait: str) -> list[Step]:
    return sorted((s for s in steps if s.has(trait)), key=lambda step: step.order)


def _guards_in(condition: Condition, step: Step):
    """What a condition asks that tells whether a step was done before."""
    for asked in condition.steps:
        if asked is step:
            continue
        if _claims(asked, condition):
            yield Guard(CLAIM, asked.call, asked.span)
        elif asked.has("exists") or (condition.absent and asked.has("lookup", "rows")):
            yield Guard(LOOKUP, asked.call, asked.span)
    for name in sorted(filter(_guard_word, condition.names)):
        yield Guard(MARKER, name, condition.span)


def _claims(step: Step, condition: Condition) -> bool:
    """Whether a write's answer tells if this attempt is the one that may go on."""
    if step.has("update_all", "delete_all"):
        return condition.counts
    upsert = "on_conflict" in step.options and only_atom(step.options["on_conflict"]) != "raise"
    if step.has("insert_all"):
        return upsert
    if step.has("insert"):
        return upsert or not _bare(step) or handled(step)
    return step.has("enqueue") and "conflict?" in condition.names


def claims_in_query(step: Step) -> bool:
    """Whether an `update_all` sets a field that its query asks for: it finds no row again."""
    asked = [alt.origin.step.words for query in step.args[:1] for alt in query if alt.origin.step]
    pairs = [pair for given in step.options.get("set", ()) for pair in _named([(given,)], 0)]
    return bool(asked) and all(any(name in words for name, _ in pairs) for words in asked)


def _bare(step: Step) -> bool:
    """A struct inserted as it stands: no changeset that could know of a constraint."""
    shape = only(step.args[0]) if step.args else None
    return isinstance(shape, Struct) and step.args[0][0].origin.literal


def handled(step: Step) -> bool:
    """Whether a failure of a write is dealt with as something else than a failure of the job."""
    for match in step.matches:
        if not match.failing:
            continue
        if match.specific:
            return True
        tail = match.handler.tail if match.handler is not None else ()
        if any(kind_of(alt.shape) in SETTLED for alt in tail):
            return True
    return False


def _guard_word(name: str) -> bool:
    return name == "attempt" or marker_field(name) or guard_call(name)


def guarded(worker: Worker, step: Step) -> bool:
    """Whether anything makes an effect safe to repeat, `unique:` included, or may do so."""
    return next(_all_guards(worker, step, False), None) is not None


def guards(worker: Worker, step: Step) -> list[Guard]:
    """Everything that makes an effect safe to repeat, or may do so; `unique:` is among it.

    Of an effect in a loop only what is asked of each item counts. None is told twice.
    """
    told = {}
    for guard in _all_guards(worker, step, in_loop(step)):
        told.setdefault((guard.kind, guard.name, guard.span), guard)
    return list(told.values())


def has_guard(step: Step, per_item: bool = False) -> bool:
    """Whether an effect itself is guarded, or may be."""
    return next(_own_guards(step, per_item), None) is not None


def _all_guards(worker: Worker, step: Step, per_item: bool):
    if at_most_once(worker):
        yield Guard(AT_MOST_ONCE, "max_attempts", worker.options["max_attempts"].span)
    if is_unique(worker):
        yield _uniqueness(worker)
    yield from _own_guards(step, per_item)
    if _key_elsewhere(worker):
        yield Guard(KEY_ELSEWHERE, "")


def _uniqueness(worker: Worker) -> Guard:
    """What `is_unique` found."""
    option = worker.options.get("unique")
    if option is not None:
        return Guard(UNIQUE, "unique", option.span)
    return Guard(UNIQUE if worker.options_known else PERHAPS_UNIQUE, "unique")


def _own_guards(step: Step, per_item: bool):
    for name, value in keys(step):
        yield Guard(KEY, name, fresh=new_each_time(name, value))
    if may_have_key(step):
        yield Guard(PERHAPS_KEY, "", step.span)
    if decided(step, per_item):
        for context in step.contexts:
            yield from _asked(context, step, per_item)


def _key_elsewhere(worker: Worker) -> bool:
    """The code speaks of an idempotency key that no call is seen to get: it may well get there."""
    if not any(speaks_of_key(word) for word in worker.mentions):
        return False
    return not any(keys(step) for step in effects(worker))


def in_loop(step: Step) -> bool:
    return any(context.loop for context in step.contexts)


def marks_item(worker: Worker, step: Step) -> bool:
    """Whether what runs for each item also notes on it that it is done, or deletes it: what
    chooses the items most likely leaves it out the next time."""
    chosen_by = frozenset().union(
        *(c.names for context in step.contexts for c in context.conditions if c.in_loop)
    )
    return any(
        other is not step and in_loop(other) and _same_way(step, other) and _marks(other, chosen_by)
        for other in worker.steps
    )


def _same_way(one: Step, other: Step) -> bool:
    return any(one in context.before for context in other.contexts) or any(
        other in context.before for context in one.contexts
    )


def _marks(step: Step, chosen_by: frozenset[str]) -> bool:
    if step.has("delete", "delete_all"):
        return True
    if not step.has("update", "update_all", "change"):
        return False
    if step.has("change") and marks_record(step.call.rpartition(".")[2]):
        return True
    return any(marker_field(name) or name in chosen_by for name, _ in named_arguments(step))
