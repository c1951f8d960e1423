"""Functions whose answer takes more than a row of the library table to tell."""

from __future__ import annotations

from checker.elixir.known import (
    changesets,
    dates,
    enumerables,
    jobs,
    kernel,
    maps,
    processes,
    sequences,
    timers,
    transactions,
)

_EXACT = {
    **kernel.FUNCTIONS,
    **maps.FUNCTIONS,
    **sequences.FUNCTIONS,
    **changesets.FUNCTIONS,
    **transactions.FUNCTIONS,
    **processes.FUNCTIONS,
    **jobs.FUNCTIONS,
    **dates.FUNCTIONS,
    **timers.FUNCTIONS,
}


def known_function(module: str, name: str):
    """The function that follows a call (`CallSite` → value), or None."""
    if module == "Enum" and name in sequences.ENUM:
        return sequences.ENUM[name]
    if module in ("Enum", "Stream"):
        return enumerables.FUNCTIONS.get(name)
    found = _EXACT.get((module, name))
    if found is None and any(part.endswith("Repo") for part in module.split(".")):
        return transactions.REPO.get(name)
    return found
