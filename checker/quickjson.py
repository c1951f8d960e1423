"""JSON, read and written without what `import json` costs."""

from __future__ import annotations


class _Reader:
    """What the scanner behind `json.loads` asks of its decoder."""

    strict = False
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


def read(raw: bytes) -> object:
    """The value that some JSON describes. Raises ValueError or RecursionError."""
    text = raw.decode("utf-8", "replace").strip()
    try:
        from _json import make_scanner

        value, end = make_scanner(_Reader)(text, 0)
        if end == len(text):
            return value
    except (ImportError, AttributeError, TypeError, StopIteration):
        pass
    import json

    return json.loads(text, strict=False)


def write(value: object) -> str:
    """The same text as `json.dumps` makes of a value."""
    try:
        from _json import encode_basestring_ascii, make_encoder

        encode = make_encoder(
            None, None, encode_basestring_ascii, None, ": ", ", ", False, False, True
        )
        return "".join(encode(value, 0))
    except (ImportError, TypeError):
        import json

        return json.dumps(value)
