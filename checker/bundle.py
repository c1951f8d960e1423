"""The code of the modules that hooks import, in one file: to find and read them one by one
takes as long as to check a worker.

It is kept beside Python's own byte code and in the same way: a module whose source changed
is imported from there, and the hook that met it writes the file anew.
"""

from __future__ import annotations

import os
import sys
from marshal import dumps, loads

PACKAGE = "checker."


class Bundle:
    """Finds and loads the modules below `root`. `path` is the file, which need not exist.

    `codes` has for each module where its source is, that file's stamp, whether it is a
    package, and its code; they are read when the first module is asked for.
    """

    def __init__(self, path: str, root: str) -> None:
        self.path = path
        self.root = root
        self.codes: dict[str, tuple] | None = None
        self.missing: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None):
        """The module's spec; None when it is not ours, not here, or out of date."""
        if not name.startswith(PACKAGE):
            return None
        if self.codes is None:
            self.codes = self._read()
        found = self.codes.get(name)
        if found is None or found[1] != self._stamp(found[0]):
            self.missing.append(name)
            return None
        from importlib.machinery import ModuleSpec

        source, _stamp, package, _code = found
        spec = ModuleSpec(name, self, origin=os.path.join(self.root, source), is_package=package)
        spec.has_location = True
        if package:
            spec.submodule_search_locations = [os.path.dirname(spec.origin)]
        return spec

    def create_module(self, spec: object) -> None:
        """Modules are made as usual."""

    def exec_module(self, module) -> None:
        exec(self.codes[module.__name__][3], module.__dict__)

    def renew(self) -> None:
        """Write the file anew if a module that was imported was missing."""
        found = [name for name in self.missing if name in sys.modules]
        if not found:
            return
        try:
            self.codes.update((name, self._entry(name)) for name in found)
            new = f"{self.path}.{os.getpid()}"
            with open(new, "wb") as file:
                file.write(dumps(self.codes))
            os.replace(new, self.path)
        except OSError:  # the next hook tries again
            pass

    def _read(self) -> dict[str, tuple]:
        try:
            with open(self.path, "rb") as file:
                codes = loads(file.read())
        except (OSError, EOFError, ValueError, TypeError):
            codes = None
        return codes if isinstance(codes, dict) else {}

    def _entry(self, name: str) -> tuple:
        spec = sys.modules[name].__spec__
        source = os.path.relpath(spec.origin, self.root)
        package = spec.submodule_search_locations is not None
        return source, self._stamp(source), package, spec.loader.get_code(name)

    def _stamp(self, source: str) -> tuple[int, int] | None:
        try:
            status = os.stat(os.path.join(self.root, source))
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size


def install(root: str) -> Bundle:
    """Let modules of the plugin at `root` be imported from what was compiled for it."""
    name = f"{PACKAGE}{sys.implementation.cache_tag}-{sys.hexversion:x}-O{sys.flags.optimize}"
    bundle = Bundle(os.path.join(sys.pycache_prefix, name), root)
    sys.meta_path.insert(0, bundle)
    return bundle
