"""Repo.transaction, Repo.transact and Ecto.Multi (ecto 3.13, lib/ecto/repo/transaction.ex)."""

from __future__ import annotations

from checker.elixir.known.site import CallSite, is_function
from checker.elixir.patterns import ANY
from checker.elixir.scope import Transaction
from checker.model.shape import (
    OK,
    Alt,
    Atom,
    Func,
    Map,
    Opaque,
    Origin,
    Struct,
    Tup,
    Unknown,
    Value,
    join,
    of,
    one,
    only,
)  # fmt: skip
from checker.model.worker import Callback


def transaction(call: CallSite) -> Value:
    """Wraps what its function answers, and commits whatever that is."""
    return _run(call, "transaction", wraps=True)


def transact(call: CallSite) -> Value:
    """Gives back what its function answers; anything but a result raises."""
    return _run(call, "transact", wraps=False)


def _run(call: CallSite, kind: str, wraps: bool) -> Value:
    if not call.args:
        return call.unknown()
    step = call.step(kind)
    origin = call.origin(f"Repo.{kind}", step=step)
    found = []
    for alt in call.args[0]:
        shape = alt.shape
        if isinstance(shape, Func):
            found.append(_function(call, alt, kind, origin, wraps))
        elif isinstance(shape, Struct) and shape.name == "Ecto.Multi":
            step.traits |= {"multi", "fallible"}
            found.append(_multi(origin))
        else:
            found.append(call.unknown(f"Repo.{kind}"))
    step.result = join(step.result, *found)
    return join(*found)


def _multi(origin: Origin) -> Value:
    failed = Tup((one(Atom("error"), origin), of(Atom(None)), ANY, ANY))
    done = Tup((one(OK, origin), one(Map({}, open=True), origin)))
    return join(one(done, origin), one(failed, origin))


def _function(call: CallSite, alt: Alt, kind: str, origin: Origin, wraps: bool) -> Value:
    running = Transaction()
    given = [one(Opaque("repo"))] * (alt.shape.arity or 0)
    body = call.run((alt,), given, call.scope.with_(transaction=running))
    _record(call, kind, body)
    rolled_back = [_rolled_back(reason, place, origin) for reason, place in running.rollbacks]
    if wraps:
        return join(*(one(Tup((one(OK, origin), (a,))), origin) for a in body), *rolled_back)
    return join(tuple(a for a in body if _is_result(a.shape)), *rolled_back)


def _rolled_back(reason: Value, place: Origin, origin: Origin) -> Value:
    """What the transaction answers, decided where it is rolled back."""
    place.step = origin.step
    return one(Tup((one(Atom("error"), place), reason)), place)


def _is_result(shape) -> bool:
    if isinstance(shape, Unknown):
        return True
    if not isinstance(shape, Tup) or len(shape.items) != 2:
        return False
    head = only(shape.items[0])
    if isinstance(head, Atom):
        return head.name in ("ok", "error", None)
    return head is None or isinstance(head, Unknown)


def _record(call: CallSite, kind: str, body: Value) -> None:
    records, key = call.interpreter.callbacks_run, (call.node.span, kind)
    if key in records:
        records[key].value = join(records[key].value, body)
    else:
        records[key] = Callback(kind, call.node.span, body, call.scope.function)


def rollback(call: CallSite) -> Value:
    if call.scope.transaction is not None and call.args:
        call.scope.transaction.rollbacks.append((call.args[0], call.origin("Repo.rollback")))
    return ()


def multi_run(call: CallSite) -> Value:
    step = call.step("build", "multi")
    function = call.args[-1] if call.args else ()
    if is_function(function):
        given = [one(Opaque("repo")), one(Map({}, open=True))]
        body = call.run(function, given, call.scope.with_(transaction=Transaction()))
        _record(call, "multi_run", body)
    return one(Struct("Ecto.Multi"), call.origin("Ecto.Multi.run", step=step))


def checkout(call: CallSite) -> Value:
    if not call.args:
        return call.unknown()
    return call.run(call.args[0], call.anything(call.args[0]))


def bulk_write(call: CallSite) -> Value:
    """update_all, which may add to what is there."""
    value = call.library()
    step = call.recorded()
    if step is not None and ("inc" in step.options or "push" in step.options):
        step.traits |= {"relative"}
    return value


def is_multi(value: Value) -> bool:
    shape = only(value)
    return isinstance(shape, Struct) and shape.name == "Ecto.Multi"


REPO = {
    "transaction": transaction, "transact": transact, "rollback": rollback,
    "checkout": checkout, "update_all": bulk_write,
}  # fmt: skip
FUNCTIONS = {("Ecto.Multi", "run"): multi_run, ("Ecto.Multi", "update_all"): bulk_write}
