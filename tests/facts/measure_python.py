"""Runs facts on the real oban: facts as JSON on stdin, what happened to each on stdout.

Run by the interpreter that has oban, with OBAN_DSN naming a database that has its tables.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import sys
import types

from oban import Oban
from oban._scheduler import Expression
from oban.testing import drain_queue, reset_oban
from python_source import source

ROW = """
SELECT state::text, attempt, args, meta, tags, errors,
       round(extract(epoch FROM scheduled_at - timezone('UTC', now())))::int
FROM oban_jobs ORDER BY id
"""
FOLLOWER = """
from oban import worker

@worker()
class F:
    async def process(self, job): ...
"""
BEHIND = "SELECT queue, state::text FROM oban_jobs WHERE worker = 'follower.F'"
PATIENCE = 4  # seconds for a job behind another one; an idle queue takes its next in 0.01


async def main(facts: dict) -> dict:
    async with await Oban.create_pool() as pool:
        oban = Oban(pool=pool)
        measured = {fact["id"]: await ran(fact, pool, oban) for fact in facts["jobs"]}
        behind = await followers([f for f in facts["jobs"] if "follower" in f], pool)
        for name, follower in behind.items():
            measured[name]["follower"] = follower
        values = {fact["id"]: await evaluated(fact, pool) for fact in facts["values"]}
        await reset_oban()
    crons = {fact["cron"]: parsed(fact["cron"]) for fact in facts["crons"]}
    return {"jobs": measured, "values": values, "crons": crons}


async def ran(fact: dict, pool, oban: Oban) -> dict:
    """What one execution made of the job: its row, or where an exception came out.

    `enqueue` inserts the job and may name `W` and `oban`.
    """
    await reset_oban()
    when = "definition"
    try:
        namespace = defined(fact["id"], source(fact))
        when = "enqueue"
        enqueued = await eval(fact.get("enqueue", "W.enqueue({})"), namespace | {"oban": oban})
        inserted = row(*(await queried(pool, ROW))[0])
        when = "run"
        await drain_queue(enqueued.queue, with_recursion=False, with_safety=True)
    except BaseException as error:
        found = {"raised_by": when, "raises": said(error)}
    else:
        found = {}
    if when == "run":
        if inserted["state"] != "available":
            found["inserted"] = {name: inserted[name] for name in ("state", "wait")}
        found |= row(*(await queried(pool, ROW))[0])
    return found


def row(state, attempt, args, meta, tags, errors, wait) -> dict:
    """What a job's row says: seconds to `wait`, and the last line of its last `error`.

    Columns that hold nothing are left out.
    """
    found = {"state": state, "attempt": attempt, "errors": len(errors)}
    if errors:
        found["error"] = last_line(errors[-1]["error"])
    if state in ("scheduled", "retryable", "suspended"):
        found["wait"] = wait
    columns = {"args": args, "meta": meta, "tags": tags}
    return found | {name: value for name, value in columns.items() if value}


def last_line(traceback: str) -> str:
    """Of an exception group that is the last of its exceptions, out of its frame."""
    lines = [line.lstrip(" |+-") for line in traceback.splitlines()]
    return [line for line in lines if line.strip()][-1]


async def followers(facts: list[dict], pool) -> dict[str, str]:
    """Whether a running queue of one slot goes on to the next job, by id."""
    await reset_oban()
    follower = defined("follower", FOLLOWER)["F"]
    oban = Oban(pool=pool, queues={fact["id"]: 1 for fact in facts}, shutdown_grace_period=0)
    async with oban:
        for fact in facts:
            first = eval("W.new({})", defined(f"queued_{fact['id']}", source(fact)))
            await oban.enqueue(first.update({"queue": fact["id"]}))
            await follower.enqueue({}, queue=fact["id"])
        await asyncio.sleep(PATIENCE)
        states = dict(await queried(pool, BEHIND))
    return {name: "runs" if state == "completed" else "waits" for name, state in states.items()}


async def evaluated(fact: dict, pool) -> dict:
    """The repr of an expression's value, awaited where it can be, or what it raised.

    It may name `W` and `pool`; `as_it_is` leaves a coroutine alone.
    """
    try:
        namespace = defined(fact["id"], source(fact))
        value = eval(fact["expr"], namespace | {"pool": pool})
        if inspect.isawaitable(value) and not fact.get("as_it_is"):
            value = await value
        return {"value": repr(value)}
    except Exception as error:
        return {"raises": said(error)}


def parsed(expression: str) -> dict:
    """How many values each field of a cron expression takes, or what is wrong."""
    try:
        entry = Expression.parse(expression)
    except Exception as error:
        return {"raises": said(error)}
    fields = (entry.minutes, entry.hours, entry.days, entry.months, entry.weekdays)
    return {"fields": [len(field) for field in fields]}


def defined(name: str, text: str) -> dict:
    """The namespace of a new module."""
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name, "exec"), module.__dict__)
    return module.__dict__


def said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


async def queried(pool, sql: str) -> list[tuple]:
    async with pool.connection() as connection:
        return await (await connection.execute(sql)).fetchall()


if __name__ == "__main__":
    logging.disable()
    json.dump(asyncio.run(main(json.load(sys.stdin))), sys.stdout)
