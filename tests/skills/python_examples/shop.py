"""The project that the examples are part of."""

from oban import Cancel, worker

PAYMENTS = "https://pay.example"


@worker(queue="sync", max_attempts=5)
class SyncCustomer:
    async def process(self, job):
        if job.args["customer_id"] == 0:
            return Cancel("the customer is gone")


async def done(*arguments):
    pass


book = build = find = greet = load = push = ready = register = done
