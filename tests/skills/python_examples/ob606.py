import os

import ob606_bad as bad
import ob606_good as good
import pytest
import pytest_asyncio
from oban.testing import all_enqueued
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

pytestmark = pytest.mark.asyncio


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest_asyncio.fixture
async def session():
    engine = create_async_engine(os.environ["OBAN_DSN"].replace(":", "+psycopg:", 1))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        yield session
    await engine.dispose()


def fail(session):
    raise LookupError


async def jobs_after_a_rollback(example, session):
    event.listen(session.sync_session, "before_commit", fail)
    with pytest.raises(LookupError):
        await example.register(session, User())
    return len(await all_enqueued(worker=example.GreetUser))


async def test_bad_leaves_a_job_for_nobody(session):
    assert await jobs_after_a_rollback(bad, session) == 1


async def test_good_leaves_none(session):
    assert await jobs_after_a_rollback(good, session) == 0


async def test_good_enqueues(session):
    user = User()
    await good.register(session, user)
    (job,) = await all_enqueued(worker=good.GreetUser)
    await session.refresh(user)
    assert job.args == {"user_id": user.id}
