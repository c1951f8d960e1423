"""What the checks of the examples share."""

import asyncio

from oban import Oban
from oban.testing import drain_queue, process_job


async def ran(job):
    """The job as its row says after one execution."""
    oban = Oban.get_instance()
    inserted = await oban.enqueue(job)
    await drain_queue(job.queue, with_recursion=False, with_safety=True)
    return await oban.get_job(inserted.id)


async def ticks(job):
    """How often the loop came round while the job ran."""
    count = 0

    async def tick():
        nonlocal count
        while True:
            await asyncio.sleep(0.01)
            count += 1

    task = asyncio.create_task(tick())
    await asyncio.sleep(0)
    assert await process_job(job) is None
    task.cancel()
    return count


def failing(error):
    """An async function that raises."""

    async def fail(*arguments):
        raise error

    return fail


def giving(value):
    """An async function that returns a value."""

    async def give(*arguments):
        return value

    return give
