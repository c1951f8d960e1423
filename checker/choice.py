"""Which rules the command line asks for, on top of each project's configuration."""

from __future__ import annotations

from checker.config import Config, rule_names


class UnknownRule(Exception):
    """A word that names no rule; the message is a sentence that gives the nearest."""


class Choice:
    """The rules to `select` and to `ignore`: ids or beginnings of ids, as the user gave them.

    Where several match a rule the longest decides. Of two that are equal,
    ignoring wins, and the command line wins over the configuration.
    """

    def __init__(self, select: tuple[str, ...], ignore: tuple[str, ...]) -> None:
        self._select = select
        self._ignore = ignore

    def enables(self, rule: str, config: Config) -> bool:
        """Whether a rule is on where a configuration counts."""
        wanted = _longest(self._select, rule)
        unwanted = _longest(self._ignore, rule)
        if self._select:
            return wanted > unwanted and wanted >= _longest(config.ignore, rule)
        return not unwanted and config.enables(rule)

    def apply(self, config: Config) -> Config:
        """The configuration with exactly the chosen rules on."""
        off = [rule for rule in rule_names() if not self.enables(rule, config)]
        return Config.from_dict({**config.to_dict(), "select": [], "ignore": off})

    def configure(self, files: list) -> None:
        """Give files (checker.discover.File) the configuration with the chosen rules."""
        if not self._select and not self._ignore:
            return
        applied: dict[str | None, Config] = {}
        for file in files:
            place = file.config.path
            if place not in applied:
                applied[place] = self.apply(file.config)
            file.config = applied[place]


def prefixes(words: tuple[str, ...]) -> tuple[str, ...]:
    """The ids, or beginnings of ids, that words ask for: ids, beginnings or names of rules.

    A word may hold several, separated by commas. Raises UnknownRule.
    """
    known = rule_names()
    by_name = {name: rule for rule, name in known.items()}
    return tuple(
        by_name.get(word.lower()) or _prefix(word, known)
        for joined in words
        for word in map(str.strip, joined.split(","))
    )


def _prefix(word: str, known: dict[str, str]) -> str:
    prefix = word.upper()
    if not prefix:
        raise UnknownRule("a rule is missing; name some, such as OB104,OB2")
    if not any(rule.startswith(prefix) for rule in known):
        from checker.report.catalogue import nearest
        from checker.rules import all_rules

        raise UnknownRule(f"no rule {word!r}; did you mean {nearest(all_rules(), word)}?")
    return prefix


def _longest(prefixes: tuple[str, ...], rule: str) -> int:
    """How much of a rule's id the longest of some prefixes names; 0 for none."""
    return max((len(prefix) for prefix in prefixes if rule.startswith(prefix)), default=0)
