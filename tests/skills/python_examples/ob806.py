from types import SimpleNamespace

import ob806_bad as bad
import ob806_good as good
import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:coroutine")]
USER = SimpleNamespace(id=7)


async def forgetful(session, user):
    pass


def registering(example):
    async def register(session, user):
        await example.GreetUser.enqueue({"user_id": user.id})

    return register


async def test_bad_passes_when_nothing_is_enqueued(monkeypatch):
    monkeypatch.setattr(bad, "register", forgetful)
    await bad.test_register(None, USER)


async def test_good_fails_when_nothing_is_enqueued(monkeypatch):
    monkeypatch.setattr(good, "register", forgetful)
    with pytest.raises(AssertionError, match="to be enqueued"):
        await good.test_register(None, USER)


async def test_good_passes_when_it_is(monkeypatch):
    monkeypatch.setattr(good, "register", registering(good))
    await good.test_register(None, USER)


async def test_good_sees_what_the_worker_returns(monkeypatch):
    await good.test_a_customer_who_is_gone()
    monkeypatch.setattr(good, "Cancel", str)
    with pytest.raises(AssertionError):
        await good.test_a_customer_who_is_gone()
