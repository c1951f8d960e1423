import ob101_bad as bad
import ob101_good as good
import pytest
from support import failing, giving, ran

pytestmark = pytest.mark.asyncio
SLOW = failing(TimeoutError("slow"))


async def test_bad_a_failure_completes_the_job(monkeypatch):
    monkeypatch.setattr(bad, "push", SLOW)
    job = await ran(bad.SyncCustomer.new({"customer_id": 1}))
    assert (job.state, job.errors) == ("completed", [])


async def test_good_a_failure_is_retried(monkeypatch):
    monkeypatch.setattr(good, "find", giving("customer"))
    monkeypatch.setattr(good, "push", SLOW)
    job = await ran(good.SyncCustomer.new({"customer_id": 1}))
    assert (job.state, len(job.errors)) == ("retryable", 1)


async def test_good_a_customer_who_is_gone_is_not_retried():
    assert (await ran(good.SyncCustomer.new({"customer_id": 0}))).state == "cancelled"


async def test_good_completes(monkeypatch):
    monkeypatch.setattr(good, "find", giving("customer"))
    assert (await ran(good.SyncCustomer.new({"customer_id": 1}))).state == "completed"
