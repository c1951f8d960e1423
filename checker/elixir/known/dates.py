"""Dates and times: functions that take them, and would be given a text out of the args."""

from __future__ import annotations

from checker.elixir.json_values import from_json
from checker.elixir.known.site import CallSite
from checker.model.shape import Value

# Which arguments have to be dates or times.
_BOTH = {name: (0, 1) for name in ("diff", "compare", "before?", "after?")}
_FIRST = {name: (0,) for name in ("add", "shift", "to_iso8601", "to_string")}
_OF_TIMES = {"truncate": (0,), **_BOTH, **_FIRST}
_OF_DATES = {
    name: (0,)
    for name in (
        "beginning_of_month", "end_of_month", "beginning_of_week", "end_of_week", "day_of_week",
        "day_of_year", "days_in_month", "quarter_of_year", "leap_year?", "to_erl",
        "to_gregorian_days",
    )
}  # fmt: skip
_CONVERTED = {name: (0,) for name in ("to_date", "to_time")}
TAKEN = {
    "Date": {"range": (0, 1), **_BOTH, **_FIRST, **_OF_DATES},
    "Time": _OF_TIMES,
    "NaiveDateTime": {**_OF_TIMES, **_CONVERTED, "to_erl": (0,)},
    "DateTime": {
        **_OF_TIMES, **_CONVERTED, "to_unix": (0,), "to_naive": (0,), "shift_zone": (0,),
    },
    "Calendar": {"strftime": (0,)},
}  # fmt: skip


def takes_dates(call: CallSite) -> Value:
    """The table's answer; a text from the args where a date has to be is noted."""
    given = TAKEN[call.module][call.name]
    if any(from_json(call.args[index]) for index in given if index < len(call.args)):
        kind = "DateTime" if call.module == "Calendar" else call.module
        call.interpreter.record_unparsed(call.node, kind, call.scope)
    return call.library()


FUNCTIONS = {(module, name): takes_dates for module, names in TAKEN.items() for name in names}
