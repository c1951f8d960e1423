"""What is generated beside workers does what it says, with the real oban and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from tests.oban_py import run_project

from .generated import new
from .python_cases import project

CHECKS = """\
import os
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from oban._config import Config
from oban.testing import process_job

from shop import job_receipts
from shop.workers import charge_order as module
from shop.workers.charge_order import ChargeOrder

pytestmark = pytest.mark.asyncio


class Client:
    calls = 0

    async def charge_order(self, order_id):
        self.calls += 1


async def connect():
    return await psycopg.AsyncConnection.connect(os.environ["OBAN_DSN"])


class Connection:
    async def __aenter__(self):
        self.conn = await connect()
        return await self.conn.__aenter__()

    async def __aexit__(self, *error):
        return await self.conn.__aexit__(*error)


@pytest_asyncio.fixture(autouse=True)
async def table(monkeypatch):
    sql = Path("migrations/create_job_receipts.sql").read_text()
    for _time in range(2):  # twice is no error
        async with Connection() as conn:
            await conn.execute(sql)
    monkeypatch.setattr(job_receipts, "connection", Connection)


async def test_receipts_are_kept():
    assert not await job_receipts.exists("a")
    await job_receipts.put("a")
    await job_receipts.put("a")
    assert await job_receipts.exists("a")
    assert not await job_receipts.exists("b")


async def test_an_order_is_charged_once(monkeypatch):
    client = Client()
    monkeypatch.setattr(module, "client", lambda: client)
    for order in (1, 1, 2):
        await process_job(ChargeOrder.new({"order_id": order}))
    assert client.calls == 2


async def test_oban_reads_its_configuration():
    config = Config.load()
    assert config.queues == {"billing": 10}
    assert config.pruner == {"max_age": 86_400}
    assert config.lifeline == {"rescue_after": 300.0}
"""


def test_next_steps_receipts_and_configuration(tmp_path: Path) -> None:
    """The test of the worker too, with the conftest.py that the next steps tell."""
    shop = project(tmp_path / "shop")
    (shop / "tests" / "conftest.py").unlink()
    told = new(
        shop, "worker", "ChargeOrder", "--effect", "charge", "--idempotency", "receipt",
        "--arg", "order_id:integer", "--unique-keys", "order_id", "--queue", "billing",
    )  # fmt: skip
    new(shop, "oban-toml")
    snippets = {step["file"]: step["snippet"] for step in told["next_steps"]}
    conftest = snippets["tests/conftest.py"].replace("TEST_DATABASE_URL", "OBAN_DSN")
    files = {
        path.relative_to(shop).as_posix(): path.read_text()
        for path in shop.rglob("*")
        if path.is_file()
    }
    more = {"conftest.py": "", "tests/conftest.py": conftest, "tests/test_checks.py": CHECKS}
    result = run_project(files | more)
    assert result.passed, result.output
    names = {name.partition("::")[0] for name in result.outcomes}
    assert names == {"tests/test_checks.py", "tests/test_charge_order.py"}
