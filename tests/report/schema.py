"""As much of JSON Schema as docs/schema uses. An unknown keyword is an error, not a pass."""

from __future__ import annotations

import re

SILENT = {"$schema", "$defs", "title", "description"}
TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
    "null": type(None),
}  # fmt: skip


def faults(value, schema: dict, root: dict, at: str = "$") -> list[str]:
    """What is wrong with a value, each with its place."""
    found = []
    for keyword, wanted in schema.items():
        if keyword not in SILENT:
            found += _CHECKS[keyword](value, wanted, schema, root, at)
    return found


def _type(value, wanted, schema, root, at):
    names = wanted if isinstance(wanted, list) else [wanted]
    exact = {type(value)} & {TYPES[name] for name in names}
    return [] if exact else [f"{at}: not {wanted}"]


def _required(value, wanted, schema, root, at):
    return [f"{at}: no {key}" for key in wanted if key not in value]


def _properties(value, wanted, schema, root, at):
    return [
        fault
        for key in wanted.keys() & value.keys()
        for fault in faults(value[key], wanted[key], root, f"{at}.{key}")
    ]


def _additional(value, wanted, schema, root, at):
    assert wanted is False
    return [f"{at}: unknown {key}" for key in value.keys() - schema["properties"].keys()]


def _items(value, wanted, schema, root, at):
    return [f for i, item in enumerate(value) for f in faults(item, wanted, root, f"{at}[{i}]")]


def _ref(value, wanted, schema, root, at):
    return faults(value, root["$defs"][wanted.removeprefix("#/$defs/")], root, at)


def _any_of(value, wanted, schema, root, at):
    return [] if any(not faults(value, one, root, at) for one in wanted) else [f"{at}: fits none"]


_CHECKS = {
    "type": _type,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "$ref": _ref,
    "anyOf": _any_of,
    "const": lambda v, want, s, r, at: [] if v == want else [f"{at}: not {want}"],
    "enum": lambda v, want, s, r, at: [] if v in want else [f"{at}: not in {want}"],
    "minimum": lambda v, want, s, r, at: [] if v >= want else [f"{at}: below {want}"],
    "pattern": lambda v, want, s, r, at: [] if re.search(want, v) else [f"{at}: not {want}"],
}
