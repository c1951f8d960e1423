"""Configuration: `.oban-guard.toml`, or `[tool.oban-guard]` in `pyproject.toml`.

The nearest one above a checked file counts; the search ends at the folder that
holds `.git`. On the hook path: nothing heavy is imported unless a file exists.
"""

from __future__ import annotations

import os
import stat

from checker.finding import SEVERITIES
from checker.source import one_line

FILE = ".oban-guard.toml"
PYPROJECT = "pyproject.toml"
MAX_BYTES = 1_000_000

MODES = ("block", "warn", "off")
EFFECTS = (
    "mail", "payment", "sms", "push", "chat", "webhook", "publish", "http_write",
    "http_read", "http_idempotent", "fallible", "best_effort", "raises", "none",
)  # fmt: skip


class ConfigError(Exception):
    """The configuration is wrong. `path`: the file; `sentence`: the key and what would be right."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}")
        self.path = path
        self.sentence = sentence


class Config:
    """What a project asks of the checker.

    `select`, `ignore`: tuples of rule id prefixes (an empty `select` is all).
    `severity`: rule id → severity. `exclude`: git-style patterns, relative to
    the folder of the file. `effects`, `shapes`: call (`Module.function/arity`,
    the arity may be missing) → words of EFFECTS, or the shapes it answers.
    `permanent`, `transient`: reasons without their colon. `wrappers`: modules
    whose `use` makes a worker. `mode`: of the guard, None when not set.
    `written`: the keys that the file has; `to_dict` leaves them out. `path`:
    absolute path of the file all this came from, or None. `shadowed`: a file
    beside it that has a table too and does not count, or None.
    """

    __slots__ = (
        "select", "ignore", "severity", "exclude", "effects", "shapes", "permanent",
        "transient", "wrappers", "mode", "written", "path", "shadowed", "_spec",
    )  # fmt: skip

    def __init__(self, **values: object) -> None:
        for key, kind in KEYS.items():
            setattr(self, key, values.get(key, kind.empty))
        self.written = values.get("written", ())
        self.path = values.get("path")
        self.shadowed = values.get("shadowed")
        self._spec = None

    @classmethod
    def default(cls) -> Config:
        """The configuration of a project that has none."""
        return cls()

    @classmethod
    def from_dict(cls, values: dict) -> Config:
        """The configuration that `to_dict` described."""
        lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
        return cls(**{**values, **lists})

    def __reduce__(self) -> tuple:
        return Config.from_dict, (self.to_dict(),)

    def to_dict(self) -> dict:
        """A description that JSON can hold."""
        values = {key: getattr(self, key) for key in (*KEYS, "path", "shadowed")}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    def digest(self) -> str:
        """Names the settings, wherever they are written: 64 hexadecimal digits."""
        import json
        from hashlib import sha256

        settings = {key: value for key, value in self.to_dict().items() if key in KEYS}
        return sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()

    def enables(self, rule: str) -> bool:
        """Whether a rule is on: the longest prefix decides, `ignore` when equal."""
        chosen = _longest(self.select, rule) if self.select else 0
        return chosen is not None and chosen > (_longest(self.ignore, rule) or -1)

    def severity_of(self, rule: str, default: str) -> str:
        """The severity the project gives a rule, else `default`."""
        return self.severity.get(rule, default)

    def excludes(self, path: str) -> bool:
        """Whether an absolute path (of a folder: with a `/` at the end) is excluded."""
        if not self.exclude or not self.path:
            return False
        root = os.path.dirname(self.path)
        inside = os.path.relpath(path, root).replace(os.sep, "/")
        if inside == "." or inside.startswith("../"):
            return False
        if self._spec is None:
            self._spec = _spec(self.exclude)
        return self._spec.match_file(inside + "/" if path.endswith("/") else inside)


class Configs:
    """The configuration of each folder, each file read once."""

    def __init__(self) -> None:
        self._known: dict[str, Config | ConfigError] = {}

    def of(self, folder: str) -> Config:
        """What counts for the files of a folder (an absolute path). Raises ConfigError."""
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._find(folder)
        if isinstance(known, ConfigError):
            raise known
        return known

    def _find(self, folder: str) -> Config | ConfigError:
        try:
            own = _in_folder(folder)
            if own is not None:
                return own
            above = os.path.dirname(folder)
            if above == folder or os.path.lexists(os.path.join(folder, ".git")):
                return Config.default()
            return self.of(above)
        except ConfigError as error:
            return error


def load(start_dir: str) -> Config:
    """The configuration that counts for the files of a folder. Raises ConfigError."""
    return Configs().of(os.path.abspath(start_dir))


def parse(path: str, text: str) -> Config | None:
    """The configuration in a file's text; None for a `pyproject.toml` without a table of ours.

    Raises ConfigError.
    """
    pyproject = os.path.basename(path) == PYPROJECT
    if pyproject and "oban-guard" not in text:
        return None
    table = _toml(path, text)
    if pyproject:
        tool = table.get("tool")
        if not isinstance(tool, dict) or "oban-guard" not in tool:
            return None
        table = tool["oban-guard"]
        if not isinstance(table, dict):
            raise ConfigError(path, "[tool.oban-guard] must be a table")
    values = {}
    for key, value in table.items():
        kind = KEYS.get(key)
        if kind is None:
            raise ConfigError(path, f"unknown key {_quoted(key)}{_instead_of_key(key)}")
        values[key] = kind.read(Place(path, key), value)
    return Config(**values, written=tuple(values), path=path)


def _instead_of_key(key: str) -> str:
    if key == "tool":
        return f"; in {FILE} the keys of [tool.oban-guard] stand by themselves"
    if key.upper() in rule_names():
        return f'; did you mean "severity.{key.upper()}"?'
    return _nearest(key, KEYS)


def _in_folder(folder: str) -> Config | None:
    found = []
    for name in (FILE, PYPROJECT):
        path = os.path.join(folder, name)
        text = _text(path)
        config = parse(path, text) if text is not None else None
        if config is not None:
            found.append(config)
    if not found:
        return None
    if len(found) == 2:
        found[0].shadowed = found[1].path
    return found[0]


def _text(path: str) -> str | None:
    """The text of a configuration file, or None when there is none."""
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(path, f"cannot be read: {error.strerror}") from None
    if stat.S_ISDIR(status.st_mode):
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
        raise ConfigError(path, f"is not a regular file of at most {MAX_BYTES:,} bytes")
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(path, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(path, "is not UTF-8; save it as UTF-8") from None


def _toml(path: str, text: str) -> dict:
    import tomllib

    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, f"is not TOML: {one_line(str(error))}") from None
    except RecursionError:
        raise ConfigError(path, "is nested too deeply") from None


class Place:
    """Where a value stands, for the message about it."""

    def __init__(self, path: str, key: str) -> None:
        self.path = path
        self.key = key

    def error(self, sentence: str) -> ConfigError:
        return ConfigError(self.path, f"key {_quoted(self.key)}: {sentence}")

    def below(self, key: str) -> Place:
        return Place(self.path, f"{self.key}.{key}")


class _Kind:
    """One kind of value: what it is when missing, and how it is read."""

    def __init__(self, empty: object, read) -> None:
        self.empty = empty
        self.read = read


def _strings(place: Place, value: object, example: str) -> tuple:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise place.error(f"must be a list of strings, such as [{_quoted(example)}]")
    return tuple(value)


def _prefixes(place: Place, value: object) -> tuple:
    known = rule_names()
    prefixes = _strings(place, value, "OB201")
    for prefix in prefixes:
        if not any(rule.startswith(prefix) for rule in known):
            near = _nearest_rule(prefix, known)
            raise place.error(f"{_quoted(prefix)} begins no rule's id{near}")
    return prefixes


def _severities(place: Place, value: object) -> dict:
    known = rule_names()
    for rule, severity in _table(place, value, 'OB201 = "error"').items():
        if rule not in known:
            raise place.error(f"{_quoted(rule)} is no rule's id{_nearest_rule(rule, known)}")
        _one_of(place.below(rule), severity, SEVERITIES)
    return dict(value)


def _patterns(place: Place, value: object) -> tuple:
    patterns = _strings(place, value, "lib/legacy/")
    for pattern in patterns:
        try:
            _spec((pattern,))
        except ValueError:
            raise place.error(f"{_quoted(pattern)} is not a pattern of git's kind") from None
    return patterns


def _calls(place: Place, value: object, example: str) -> dict[str, str]:
    for call, answer in _table(place, value, example).items():
        if not is_call(call):
            raise place.error(f"{_quoted(call)} is not a call, such as `Shop.Billing.charge/2`")
        if not isinstance(answer, str) or not answer.strip():
            raise place.below(call).error(f"must be a string: {example}")
    return dict(value)


def _shapes(place: Place, value: object) -> dict[str, str]:
    shapes = _calls(place, value, '"Shop.Bank.fetch/1" = "{:ok, map} | {:error, :not_found}"')
    if shapes:
        from checker.typetext import TypeFault, examine
    for call, text in shapes.items():
        try:
            examine(text)
        except TypeFault as fault:
            near = _nearest(fault.wrong, fault.choices)
            raise place.below(call).error(f"{_quoted(fault.wrong)} is not a type{near}") from None
    return shapes


def _effects(place: Place, value: object) -> dict[str, str]:
    effects = _calls(place, value, '"Shop.Billing.charge/2" = "payment"')
    for call, words in effects.items():
        for word in words.split():
            _one_of(place.below(call), word, EFFECTS)
    return effects


def _reasons(place: Place, value: object) -> tuple:
    reasons = _strings(place, value, "account_closed")
    return tuple(reason.removeprefix(":") for reason in reasons)


def _modules(place: Place, value: object) -> tuple:
    modules = _strings(place, value, "Shop.Worker")
    for module in modules:
        if not is_module(module):
            raise place.error(f"{_quoted(module)} is not the name of a module")
    return tuple(module.removeprefix("Elixir.") for module in modules)


def _mode(place: Place, value: object) -> str:
    return _one_of(place, value, MODES)


def _one_of(place: Place, value: object, choices: tuple) -> str:
    if value not in choices:
        shown = _quoted(value) if isinstance(value, str) else one_line(str(value))
        raise place.error(f"{shown} is none of {', '.join(choices)}{_nearest(value, choices)}")
    return value


def _table(place: Place, value: object, example: str) -> dict:
    if not isinstance(value, dict):
        raise place.error(f"must be a table, such as {{{example}}}")
    return value


KEYS = {
    "select": _Kind((), _prefixes),
    "ignore": _Kind((), _prefixes),
    "severity": _Kind({}, _severities),
    "exclude": _Kind((), _patterns),
    "effects": _Kind({}, _effects),
    "shapes": _Kind({}, _shapes),
    "permanent": _Kind((), _reasons),
    "transient": _Kind((), _reasons),
    "wrappers": _Kind((), _modules),
    "mode": _Kind(None, _mode),
}


def is_module(text: str) -> bool:
    """Whether a text is the name of an Elixir module, such as `Shop.Worker`."""
    return all(part.isidentifier() and part[0].isupper() for part in text.split("."))


def is_call(text: str) -> bool:
    """Whether a text names a function: `Shop.Bank.fetch/1`, `Repo.insert!/1,2`, `:hackney.get`.

    Python's have no arity: `shop.bank.fetch`, `shop.bank.Client.fetch`.
    """
    name, slash, arities = text.partition("/")
    if not slash and name[:1].islower() and "." in name:
        return all(part.isidentifier() for part in name.split("."))
    module, dot, function = name.rpartition(".")
    named = module[1:].isidentifier() if module.startswith(":") else is_module(module)
    numbered = all(a.isascii() and a.isdigit() for a in arities.split(",")) if slash else True
    called = function.rstrip("!?").isidentifier() and not function[0].isupper()
    return bool(dot) and named and numbered and called


def rule_names() -> dict[str, str]:
    """Rule id → name, read off the rules' file names: no rule is imported."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules")
    names = {}
    for file in sorted(os.listdir(folder)):
        stem, extension = os.path.splitext(file)
        rule, _, name = stem.partition("_")
        if extension == ".py" and rule[:2] == "ob" and rule[2:].isdigit():
            names[rule.upper()] = name.replace("_", "-")
    return names


def _longest(prefixes: tuple, rule: str) -> int | None:
    return max((len(prefix) for prefix in prefixes if rule.startswith(prefix)), default=None)


def _spec(patterns: tuple):
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)


def _quoted(text: str) -> str:
    return f'"{one_line(text)}"'


def _nearest(wrong: object, choices) -> str:
    from difflib import get_close_matches

    near = get_close_matches(str(wrong), list(choices), 1, 0.0)
    return f'; did you mean "{near[0]}"?' if near else ""


def _nearest_rule(wrong: str, known: dict[str, str]) -> str:
    by_name = {name: rule for rule, name in known.items()}
    if wrong.lower() in by_name:
        return f'; did you mean "{by_name[wrong.lower()]}"?'
    return _nearest(wrong.upper(), known)
