from types import SimpleNamespace

import ob504_bad as bad
import ob504_good as good
import pytest
from oban.testing import assert_enqueued, drain_queue, refute_enqueued

pytestmark = pytest.mark.asyncio
ORDER = SimpleNamespace(id=7)


async def test_bad_is_refused():
    with pytest.raises(TypeError, match="datetime is not JSON serializable"):
        await bad.close(ORDER)
    await refute_enqueued(worker=bad.BookInvoice)


async def test_good_is_enqueued_and_read_back():
    await good.close(ORDER)
    await assert_enqueued(worker=good.BookInvoice, args={"order_id": 7})
    assert (await drain_queue("invoices"))["completed"] == 1
