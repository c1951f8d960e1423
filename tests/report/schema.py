"""As much of JSON Schema as our schemas and SARIF's use. An unknown keyword is no pass: an error."""

from __future__ import annotations

import json
import re

SILENT = {"$schema", "$defs", "id", "definitions", "title", "description", "default"}
TYPES = {
    "object": {dict}, "array": {list}, "string": {str}, "boolean": {bool}, "integer": {int},
    "number": {int, float}, "null": {type(None)},
}  # fmt: skip
FORMATS = {
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]*"),
    "uri-reference": re.compile(r"[!-~]*"),
}


def faults(value, schema: dict, root: dict, at: str = "$") -> list[str]:
    """What is wrong with a value, each with its place."""
    found = _type(value, schema["type"], schema, root, at) if "type" in schema else []
    if found:  # the rest would ask what it does not have
        return found
    for keyword, wanted in schema.items():
        if keyword not in SILENT:
            found += _CHECKS[keyword](value, wanted, schema, root, at)
    return found


def _type(value, wanted, schema, root, at):
    names = wanted if isinstance(wanted, list) else [wanted]
    exact = any(type(value) in TYPES[name] for name in names)
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
    others = value.keys() - schema.get("properties", {}).keys()
    if wanted is False:
        return [f"{at}: unknown {key}" for key in others]
    if wanted is True:
        return []
    return [f for key in others for f in faults(value[key], wanted, root, f"{at}.{key}")]


def _items(value, wanted, schema, root, at):
    return [f for i, item in enumerate(value) for f in faults(item, wanted, root, f"{at}[{i}]")]


def _ref(value, wanted, schema, root, at):
    _, kind, name = wanted.split("/")
    return faults(value, root[kind][name], root, at)


def _pattern(value, wanted, schema, root, at):
    return [] if re.search(wanted, value) else [f"{at}: not {wanted}"]


def _format(value, wanted, schema, root, at):
    fits = wanted not in FORMATS or FORMATS[wanted].fullmatch(value)
    return [] if fits else [f"{at}: no {wanted}"]


def _unique(value, wanted, schema, root, at):
    texts = [json.dumps(item, sort_keys=True) for item in value]
    return [] if not wanted or len(set(texts)) == len(texts) else [f"{at}: repeats an item"]


def _one_of(value, wanted, schema, root, at):
    fitting = sum(not faults(value, one, root, at) for one in wanted)
    return [] if fitting == 1 else [f"{at}: fits {fitting}"]


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
    "oneOf": _one_of,
    "format": _format,
    "uniqueItems": _unique,
    "pattern": _pattern,
    "const": lambda v, want, s, r, at: [] if v == want else [f"{at}: not {want}"],
    "enum": lambda v, want, s, r, at: [] if v in want else [f"{at}: not in {want}"],
    "minimum": lambda v, want, s, r, at: [] if v >= want else [f"{at}: below {want}"],
    "maximum": lambda v, want, s, r, at: [] if v <= want else [f"{at}: above {want}"],
    "minItems": lambda v, want, s, r, at: [] if len(v) >= want else [f"{at}: too few"],
}
