import ob157_bad as bad
import ob157_good as good
import pytest
from oban.testing import all_enqueued
from support import failing, ran

pytestmark = pytest.mark.asyncio


async def test_bad_options_do_nothing(monkeypatch):
    job = bad.ImportFeed.new({"feed_id": 1})
    assert job.max_attempts == 3
    assert job.extra == {"backoff": 10, "timeout": 60, "unique": True}
    for _ in range(2):
        await bad.ImportFeed.enqueue({"feed_id": 1})
    assert len(await all_enqueued(worker=bad.ImportFeed)) == 2


async def test_good_options_count(monkeypatch):
    monkeypatch.setattr(good, "load", failing(ValueError("x")))
    job = await ran(good.ImportFeed.new({"feed_id": 1}))
    assert (job.state, job.max_attempts, job.extra) == ("retryable", 3, {})
    assert 29 <= (job.scheduled_at - job.attempted_at).total_seconds() <= 33


async def test_good_times_out(monkeypatch):
    monkeypatch.setattr(good.ImportFeed, "timeout", lambda self, job: 0.01)
    monkeypatch.setattr(good, "load", lambda feed: good.asyncio.sleep(5))
    assert (await ran(good.ImportFeed.new({"feed_id": 1}))).state == "retryable"
