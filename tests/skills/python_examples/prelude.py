"""Stands above every Python example of the skills: what the pages leave out."""

import asyncio
import subprocess
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from oban import Cancel, Oban, Record, Snooze, job, worker
from oban.testing import assert_enqueued, process_job
from shop import PAYMENTS, SyncCustomer, book, build, find, greet, load, push, ready, register


class Retried:
    def backoff(self, job):
        return 15 * 2**job.attempt

    def timeout(self, job):
        return 60


@worker(queue="greetings", max_attempts=5)
class GreetUser:
    async def process(self, job):
        await greet(job.args["user_id"])


@worker(queue="invoices", max_attempts=5)
class BookInvoice:
    async def process(self, job):
        await book(job.args["order_id"], datetime.fromisoformat(job.args["at"]))


