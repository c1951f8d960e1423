"""The templates in scaffolds/, filled in."""

from __future__ import annotations

import os

import jinja2

HERE = os.path.dirname(os.path.abspath(__file__))
# In a clone or the plugin they are at the top, in a wheel inside the package.
PLACES = (
    os.path.join(HERE, "..", "..", "scaffolds"),
    os.path.join(HERE, "..", "scaffolds"),
)


def render(template: str, **names: object) -> str:
    """A template's text; a name that is not given is an error (StrictUndefined)."""
    return _environment().get_template(template).render(names)


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([os.path.normpath(place) for place in PLACES]),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
