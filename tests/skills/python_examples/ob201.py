import functools

import httpx
import ob201_bad as bad
import ob201_good as good
import pytest
from oban import Oban
from oban.testing import drain_queue

pytestmark = pytest.mark.asyncio


class Payments:
    """A service that knows idempotency keys, and whose first answer is lost."""

    def __init__(self):
        self.charges = []
        self.keys = set()
        self.requests = 0

    def answer(self, request):
        self.requests += 1
        key = request.headers.get("Idempotency-Key")
        if key is None or key not in self.keys:
            self.charges.append(request.content)
            self.keys.add(key)
        return httpx.Response(502 if self.requests == 1 else 201)


async def charges(example, monkeypatch):
    """How often the customer paid once the job is done."""
    payments = Payments()
    client = functools.partial(httpx.AsyncClient, transport=httpx.MockTransport(payments.answer))
    monkeypatch.setattr(httpx, "AsyncClient", client)
    inserted = await example.ChargeOrder.enqueue({"order_id": 7, "cents": 500})
    await drain_queue("billing", with_safety=True)
    job = await Oban.get_instance().get_job(inserted.id)
    assert (job.state, job.attempt) == ("completed", 2)
    return len(payments.charges)


async def test_bad_charges_twice(monkeypatch):
    assert await charges(bad, monkeypatch) == 2


async def test_good_charges_once(monkeypatch):
    assert await charges(good, monkeypatch) == 1
