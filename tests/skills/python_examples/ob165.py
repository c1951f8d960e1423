from datetime import UTC, datetime

import ob165_bad as bad
import ob165_good as good
import pytest
from oban import Oban, worker
from oban._scheduler import clear_scheduled, register_scheduled
from oban.testing import all_enqueued, assert_enqueued, drain_queue

pytestmark = pytest.mark.asyncio
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


@worker(queue="reports")
class Other:
    async def process(self, job):
        pass


async def at(minute, *workers):
    """Let the scheduler do what it does in that minute."""
    clear_scheduled()
    for entry in workers:
        register_scheduled("0 9 * * MON-FRI", entry)
    await Oban.get_instance()._scheduler._evaluate(minute)


async def test_bad_takes_the_others_of_its_minute_with_it():
    with pytest.raises(TypeError, match="day"):
        await at(MONDAY, Other, bad.daily_report)
    assert await all_enqueued() == []


async def test_good_is_enqueued_and_runs():
    await at(MONDAY, Other, good.daily_report)
    await assert_enqueued(worker=Other)
    await assert_enqueued(worker=good.daily_report, args={"day": None})
    assert (await drain_queue("reports"))["completed"] == 2


async def test_good_only_on_working_days():
    await at(MONDAY.replace(day=4), good.daily_report)
    assert await all_enqueued() == []
