import ob109_bad as bad
import ob109_good as good
import pytest
from oban import Oban
from oban.testing import drain_queue
from psycopg.errors import CannotCoerce
from support import giving, ran

pytestmark = pytest.mark.asyncio


async def test_bad_stays_executing():
    inserted = await bad.FetchExport.enqueue({"export_id": 1})
    with pytest.raises(CannotCoerce):
        await drain_queue("exports", with_safety=True)
    assert (await Oban.get_instance().get_job(inserted.id)).state == "executing"


async def test_good_comes_again_later():
    job = await ran(good.FetchExport.new({"export_id": 1}))
    assert (job.state, job.attempt, job.meta) == ("scheduled", 0, {"snoozed": 1})


async def test_good_ends():
    job = await ran(good.FetchExport.new({"export_id": 1}, meta={"snoozed": 12}))
    assert job.state == "cancelled"


async def test_good_completes(monkeypatch):
    monkeypatch.setattr(good, "ready", giving(True))
    assert (await ran(good.FetchExport.new({"export_id": 1}))).state == "completed"
