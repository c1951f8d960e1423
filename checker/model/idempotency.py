"""Effects on the world, and what makes one safe to repeat."""

from __future__ import annotations

from checker.model.shape import (
    Alt,
    Atom,
    Int,
    Map,
    Seq,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    only,
    only_atom,
)  # fmt: skip
from checker.model.worker import Condition, Context, Step, Worker
from checker.vocabulary import guard_call, key_name, marker_field

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
CLAIMS = ("insert", "insert_all", "update", "update_all", "delete", "delete_all", "enqueue")
LOOKUPS = ("lookup", "exists")
SAFE_METHODS = frozenset(("get", "head", "options", "put", "delete", "trace"))
MOST_DEEP = 6


def effect(step: Step) -> str | None:
    """The kind of an effect that must not happen twice, or None."""
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
    """The effects that performing the job has, in order."""
    return [step for step in worker.steps if effect(step)]


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
    shape = only(value)
    if isinstance(shape, Atom):
        return shape.name
    named = only_atom(step.options.get("method", ()))
    if named is not None:
        return named
    for alt in value:
        built = alt.origin.step
        if built is not None and built is not step and built.args:
            return _method(built.args[0], built)
    if isinstance(shape, (Unknown, Struct)) or shape is None:
        return None
    return "get"


# -- guards of the whole worker -----------------------------------------------------


def at_most_once(worker: Worker) -> bool:
    """`max_attempts: 1`: a job that failed is not tried again, and not rescued either."""
    value = worker.option("max_attempts")
    shape = only(value) if value is not None else None
    return isinstance(shape, Int) and shape.value == 1


def is_unique(worker: Worker) -> bool:
    """Whether `unique:` is set, or may be."""
    if not worker.options_known and "unique" not in worker.options:
        return True
    value = worker.option("unique")
    return value is not None and only_atom(value) not in ("false", "nil")


# -- guards of one effect -------------------------------------------------------------


def keys(step: Step) -> list[Value]:
    """The idempotency keys that a call passes: options, fields and headers."""
    found: list[Value] = []
    for name, value in _named(step.args, 0):
        if key_name(name):
            found.append(value)
    return found


def _named(values: list[Value], depth: int):
    """Every (name, value) among arguments, in lists and maps, and in what was built before."""
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
    shape = only(value)
    return [shape.value] if isinstance(shape, Text) and shape.value else []


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
        yield from _named([shape.items[1]], depth + 1)
    elif isinstance(shape, Seq):
        items = list(shape.items) if shape.items is not None else [shape.element]
        for item in items:
            yield from _named([item], depth + 1)
    elif isinstance(shape, (Map, Struct)):
        for key, value in shape.fields.items():
            if isinstance(key[1], str):
                yield key[1], value
            yield from _named([value], depth + 1)


def decided(step: Step, per_item: bool = False) -> bool:
    """Whether every way to a step asks first if it was done before.

    With `per_item`, only what is asked inside the loop counts.
    """
    return bool(step.contexts) and all(_asks(context, step) for context in step.contexts)


def _asks(context: Context, step: Step) -> bool:
    if any(_is_guard(condition, step) for condition in context.conditions):
        return True
    return any(before.has("lock") for before in context.before) and context.transaction


def _is_guard(condition: Condition, step: Step) -> bool:
    asked = [s for s in condition.steps if s is not step]
    if any(s.has(*CLAIMS) for s in asked):
        return True
    if condition.absent and any(s.has(*LOOKUPS) for s in asked):
        return True
    if any(s.has("exists") for s in asked):
        return True
    return any(_guard_word(name) for name in condition.names)


def _guard_word(name: str) -> bool:
    return name == "attempt" or marker_field(name) or guard_call(name)


def guarded(worker: Worker, step: Step) -> bool:
    """Whether anything makes an effect safe to repeat, `unique:` included."""
    return at_most_once(worker) or is_unique(worker) or bool(keys(step)) or decided(step)


def in_loop(step: Step) -> bool:
    return any(context.loop for context in step.contexts)
