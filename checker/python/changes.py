"""Lists, mappings and objects that change while others hold them.

A value is a picture of what a variable held; the thing itself may be held under several names,
handed to functions and changed there. What was changed is marked by its origin, of which there
is one for each thing made: who looks at an older picture of it sees that it is not certain.
"""

from __future__ import annotations

import copy
import re

import libcst as cst

from checker.model.shape import Alt, Map, Seq, Struct, Tup, Value, join, one
from checker.python.names import names_declared
from checker.python.scope import Env, Scope
from checker.python.shapes import JOB, unknown

ANY = "*"  # every attribute of an object
# Methods of lists, mappings and sets that leave them as they are.
READING = frozenset("get items keys values copy index count union intersection difference".split())
OWN = frozenset((JOB, "oban.Cancel", "oban.Snooze", "oban.Record"))
_CHANGES = (
    r"\b{0}\s*(?:\[[^\n]*\]\s*(?:[-+*|]?=(?!=))|[-+*|]=|\.(?:append|extend|insert|add|update|pop"
    r"|popitem|clear|remove|discard|sort|reverse|setdefault)\()|\bdel\s+{0}\["
)


class Changes:
    """The part of the interpreter that knows what has changed.

    `changed`: id of an origin → the origin, and the attributes that were set on what it made.
    `assigned`: attributes set on anything else. `shared`: variables that inner functions set.
    """

    def change(self, value: Value, attribute: str = ANY) -> None:
        """Lists and mappings of a value are not as they were; of objects an attribute."""
        for alt in value:
            if isinstance(alt.shape, (Seq, Map, Struct)):
                _origin, attributes = self.changed.setdefault(id(alt.origin), (alt.origin, set()))
                attributes.add(attribute)

    def is_changed(self, alt: Alt, attribute: str) -> bool:
        """Whether an attribute of an object may have been set since it was made."""
        _origin, attributes = self.changed.get(id(alt.origin), (None, ()))
        return attribute in attributes or ANY in attributes

    def current(self, value: Value) -> Value:
        """A value as it may look by now."""
        if not self.changed:
            return value
        found = tuple([self._current(alt) for alt in value])
        return value if all(a is b for a, b in zip(found, value, strict=True)) else found

    def _current(self, alt: Alt) -> Alt:
        shape = alt.shape
        if id(alt.origin) in self.changed:
            loose = self._loosened(alt)
            return alt if loose is shape else Alt(loose, alt.origin)
        if isinstance(shape, Tup) or isinstance(shape, Seq) and shape.items is not None:
            parts = tuple([self.current(part) for part in shape.items])
            if any(a is not b for a, b in zip(parts, shape.items, strict=True)):
                return Alt(type(shape)(parts), alt.origin)
        elif isinstance(shape, Map):
            fields = {key: self.current(part) for key, part in shape.fields.items()}
            if any(fields[key] is not shape.fields[key] for key in fields):
                return Alt(Map(fields, shape.open), alt.origin)
        return alt

    def _loosened(self, alt: Alt):
        shape = alt.shape
        if isinstance(shape, Seq):
            return Seq(None, unknown())
        if isinstance(shape, Map):
            return Map({}, True)
        if self.is_own_object(shape):
            fields = {k: v for k, v in shape.fields.items() if not self.is_changed(alt, k[1])}
            return Struct(shape.name, fields, shape.step, shape.result)
        return shape

    def replace(
        self, name: str, shape, env: Env, scope: Scope, attribute: str = ANY
    ) -> None:
        """What a variable holds was changed, and is known to be this now."""
        old = env.vars[name]
        if scope.frame.lends or self._held_elsewhere(name, env, scope):
            self.change(old, attribute)
        self.assign(name, one(shape, copy.copy(old[0].origin)), env, scope)

    def _held_elsewhere(self, name: str, env: Env, scope: Scope) -> bool:
        """Whether something else than a variable may hold what that holds."""
        held = env.vars[name]
        if any(alt.origin.function != scope.function for alt in held):
            return True  # it was made in another function
        made = {id(alt.origin) for alt in held}
        return any(_holds(value, made) for other, value in env.vars.items() if other != name)

    def assign(self, name: str, value: Value, env: Env, scope: Scope) -> None:
        """Give a variable a value; whoever catches an exception may find it."""
        env.vars[name] = value
        for found in scope.watching:
            found[name] = join(found.get(name, ()), value)

    def is_own_object(self, shape) -> bool:
        """Whether it is an instance of a class of the project."""
        return isinstance(shape, Struct) and self.definition_of(shape) is not None

    def fields_set(self, shape: Struct, name: str, value: Value) -> Struct | None:
        """An object with an attribute set, where it is one whose attributes are known."""
        if shape.name not in OWN and not self.is_own_object(shape):
            return None
        return Struct(shape.name, {**shape.fields, ("atom", name): value}, shape.step, shape.result)

    def shares(self, node: cst.FunctionDef) -> None:
        """Note what an inner function sets of the one around it."""
        if self.file.tree.data.find(b"nonlocal") >= 0:
            self.shared |= names_declared(node, cst.Nonlocal)


def _holds(value: Value, made: set[int]) -> bool:
    """Whether a value is one of those things, or has one in it."""
    for alt in value:
        if id(alt.origin) in made:
            return True
        shape = alt.shape
        parts = getattr(shape, "items", None) or ()
        if isinstance(shape, (Map, Struct)):
            parts = shape.fields.values()
        if any(_holds(part, made) for part in parts):
            return True
    return False


def is_changed_in(name: str, text: bytes) -> bool:
    """Whether a file changes what one of its own names holds."""
    return re.search(_CHANGES.format(re.escape(name)).encode(), text) is not None
