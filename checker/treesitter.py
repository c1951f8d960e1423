"""tree-sitter's parser, without what its package's `__init__` imports beside it.

That is typing, for one class which nothing here uses; it takes longer than parsing a file.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

__all__ = ["Language", "Parser"]


def _without_init(package: str) -> None:
    """Let the modules of a package be imported, but not run its own code."""
    found = PathFinder.find_spec(package)
    if found is not None and package not in sys.modules:
        module = sys.modules[package] = type(sys)(package)
        module.__path__ = found.submodule_search_locations


_known = sys.modules.get("tree_sitter")
_without_init("tree_sitter")
try:
    from tree_sitter._binding import Language, Parser
finally:
    if _known is None:  # whoever imports the package later gets all of it
        sys.modules.pop("tree_sitter", None)
