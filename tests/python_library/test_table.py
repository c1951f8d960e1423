"""The table of Python libraries: well-formed, unambiguous, and right about what was measured."""

from __future__ import annotations

import re

import pytest

from checker.python.library import TABLE, Type, library, parse_type

TRAITS = frozenset(
    """
    mail payment sms push chat webhook publish http_write
    http http_read http_idempotent http_method(1) status
    insert insert_all update delete update_all delete_all upsert lookup lookup_bang exists rows
    sql(1) lock transaction commit rollback
    blocking sleep fallible reports log build async settles await wraps thread per_item
    fresh coarse exits attribute
    """.split()
)
METHODS = frozenset(("http_read", "http_write", "http_idempotent", "http_method(1)"))
SEGMENT = r"(?:[A-Za-z_]\w*(?:\[\w+\])?)"
CALL = re.compile(rf"(?:\*\.)?(?:(?:{SEGMENT}|\*)\.)*(?:{SEGMENT}(?:\|\w+)*|\*)")


class Row:
    def __init__(self, number: int, line: str) -> None:
        self.number = number
        self.columns = line.split("\t")
        padded = [*self.columns, "", "", "", ""]
        self.call, self.returns, self.does, self.note = padded[:4]
        self.traits = self.does.split(" ") if self.does else []
        self.is_alias = self.returns.startswith("= ")
        self.is_async = self.returns.startswith("async ")

    def __repr__(self) -> str:
        return f"line {self.number}: {self.call}"

    def calls(self) -> list[str]:
        owner, dot, functions = self.call.rpartition(".")
        return [owner + dot + function for function in functions.split("|")]

    def types(self) -> list[Type]:
        """Its types, and those that they are made of."""
        found = list(parse_type(self.returns.removeprefix("async "), "some.Class"))
        for inner in found:
            found += [part for union in inner.items for part in union]
        return found


def rows() -> list[Row]:
    with open(TABLE, encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    return [Row(n, line) for n, line in enumerate(lines, 1) if line and not line.startswith("#")]


ROWS = rows()
CALLS = [row for row in ROWS if not row.is_alias]
NAMES = {name for row in CALLS for name in row.calls()}


def wrong(chosen: list[Row], is_right) -> list[Row]:
    return [row for row in chosen if not is_right(row)]


def test_has_many_rows() -> None:
    assert len(ROWS) >= 800


def test_sections_are_titled_and_lines_end_plainly() -> None:
    with open(TABLE, encoding="utf-8", newline="") as file:
        text = file.read()
    assert "\r" not in text and text.endswith("\n")
    assert not re.search(r"[ \t]$", text, re.MULTILINE)
    titles = [line for line in text.split("\n") if line.startswith("#@")]
    assert titles and all(re.fullmatch(r"#@ \S.*", title) for title in titles)
    assert len(titles) == len(set(titles))


def test_rows_have_four_columns_and_a_note() -> None:
    assert not wrong(ROWS, lambda row: len(row.columns) == 4 and row.note)
    assert not wrong(ROWS, lambda row: all(c == c.strip() for c in row.columns))


def test_calls_are_well_formed() -> None:
    assert not wrong(ROWS, lambda row: CALL.fullmatch(row.call))


def test_no_name_is_listed_twice() -> None:
    names = [name for row in ROWS for name in row.calls()]
    assert sorted(names) == sorted(set(names))


def test_traits_are_known() -> None:
    def is_right(row: Row) -> bool:
        return set(row.traits) <= TRAITS and len(row.traits) == len(set(row.traits))

    assert not wrong(ROWS, is_right)
    assert not wrong([row for row in ROWS if row.is_alias], lambda row: not row.traits)


def test_every_trait_is_explained_and_used() -> None:
    with open(TABLE, encoding="utf-8") as file:
        head = file.read().partition("\n#@ ")[0]
    explained = set(re.split(r"[\s,;]+", head.partition("# does")[2]))
    assert explained >= TRAITS
    used = {trait for row in ROWS for trait in row.traits}
    assert TRAITS - used == {"webhook"}  # for users to name calls of their own


def test_types_parse_and_name_classes_as_the_table_does() -> None:
    known = library()

    def is_right(row: Row) -> bool:
        names = [t.name for t in row.types() if t.kind == "object"]
        return all(known.class_name(name) == name for name in names)

    assert not wrong(CALLS, is_right)


def test_other_names_are_of_what_is_listed() -> None:
    def is_right(row: Row) -> bool:
        other = row.returns.removeprefix("= ").removeprefix("async ").removesuffix(".*")
        return any(name == other or name.startswith(f"{other}.") for name in NAMES)

    assert not wrong([row for row in ROWS if row.is_alias], is_right)


def test_only_members_become_coroutine_functions() -> None:
    def is_right(row: Row) -> bool:
        return row.call.endswith(".*") == row.returns.startswith("= async ")

    assert not wrong(ROWS, is_right)


def test_what_is_awaited_does_not_stall_the_loop() -> None:
    assert not wrong(CALLS, lambda row: not (row.is_async and "blocking" in row.traits))


def test_what_is_read_is_not_awaited() -> None:
    assert not wrong(CALLS, lambda row: not (row.is_async and "attribute" in row.traits))


def test_a_request_has_one_method() -> None:
    assert not wrong(CALLS, lambda row: len(METHODS & set(row.traits)) <= 1)


def test_only_calls_that_run_something_give_its_value() -> None:
    def is_right(row: Row) -> bool:
        return "wraps" in row.traits or not {"run", "awaited"} & {t.kind for t in row.types()}

    assert not wrong(CALLS, is_right)


def test_patterns_alone_speak_of_what_stands_before() -> None:
    assert not wrong(CALLS, lambda row: "[*]" not in row.returns or row.call.startswith("*."))


# What calls gave when they were tried with the releases that the notes name.
MEASURED = [
    ("requests.post", "requests.Response", "http http_write blocking"),
    ("requests.request", "requests.Response", "http http_method(1) blocking"),
    ("requests.Session.put", "requests.Response", "http http_idempotent blocking"),
    ("requests.Response.raise_for_status", "None", "status"),
    ("requests.Response.ok", "bool", "attribute status"),
    ("httpx.get", "httpx.Response", "http http_read blocking"),
    ("httpx.Response.raise_for_status", "self", "status"),
    ("httpx.Response.is_success", "bool", "attribute status"),
    ("httpx.AsyncClient.post", "async httpx.Response", "http http_write"),
    ("aiohttp.ClientSession.post", "async aiohttp.ClientResponse", "http http_write"),
    ("urllib.request.urlopen", "http.client.HTTPResponse", "http_method(1) blocking"),
    ("urllib3.PoolManager.request", "urllib3.BaseHTTPResponse", "http http_method(1) blocking"),
    ("sqlalchemy.orm.Session.add", "None", "insert"),
    ("sqlalchemy.ext.asyncio.AsyncSession.add", "None", "insert"),
    ("sqlalchemy.ext.asyncio.AsyncSession.commit", "async None", "commit"),
    ("sqlalchemy.ext.asyncio.AsyncSession.execute", "async sqlalchemy.Result", "sql(1)"),
    ("sqlalchemy.ext.asyncio.AsyncSession.get", "async instance[arg1] | None", "lookup"),
    ("sqlalchemy.ext.asyncio.AsyncSession.merge", "async arg1", "upsert"),
    ("sqlalchemy.ext.asyncio.AsyncSession.begin", "with[unknown]", "transaction"),
    ("sqlalchemy.Result.scalar_one", "unknown", "lookup_bang"),
    ("sqlalchemy.ScalarResult.all", "list", "rows"),
    ("sqlalchemy.Result.rowcount", "int", "attribute rows"),
    ("sqlalchemy.dialects.postgresql.Insert.on_conflict_do_nothing", "self", "build upsert"),
    ("psycopg.AsyncConnection.execute", "async psycopg.AsyncCursor", "sql(1)"),
    ("asyncpg.Connection.execute", "async str", "sql(1)"),
    ("asyncpg.Pool.acquire", "async asyncpg.Connection", ""),
    ("shop.models.User.objects.get", "instance[shop.models.User]", "lookup_bang blocking"),
    ("shop.models.User.objects.afirst", "async instance[shop.models.User] | None", "lookup"),
    ("shop.models.User.objects.create", "instance[shop.models.User]", "insert blocking"),
    ("shop.models.User.objects.get_or_create",
     "tuple[instance[shop.models.User], bool]", "upsert blocking"),
    ("django.db.models.QuerySet.update", "int", "update_all blocking"),
    ("aiosmtplib.send", "async tuple[dict, str]", "mail"),
    ("smtplib.SMTP.send_message", "dict", "mail blocking"),
    ("django.core.mail.send_mail", "int", "mail blocking"),
    ("stripe.PaymentIntent.create", "stripe.StripeObject", "payment blocking"),
    ("stripe.PaymentIntent.create_async", "async stripe.StripeObject", "payment"),
    ("boto3.client", "boto3.client[arg1]", ""),
    ("boto3.client[s3].put_object", "dict", "http_idempotent blocking"),
    ("boto3.client[sqs].send_message", "dict", "publish blocking"),
    ("boto3.client[sqs].send_message_batch", "dict", "publish fallible blocking"),
    ("boto3.client[firehose].put_record_batch", "dict", "publish fallible blocking"),
    ("aioboto3.client[sqs].send_message", "async dict", "publish"),
    ("twilio.rest.Client.messages.create", "unknown", "sms blocking"),
    ("slack_sdk.WebClient.chat_postMessage", "slack_sdk.web.SlackResponse", "chat blocking"),
    ("firebase_admin.messaging.send", "str", "push blocking"),
    ("firebase_admin.messaging.send_each",
     "firebase_admin.messaging.BatchResponse", "push fallible blocking"),
    ("kafka.KafkaProducer.send", "kafka.producer.future.FutureRecordMetadata", "publish"),
    ("aiokafka.AIOKafkaProducer.send", "async asyncio.Future", "publish"),
    ("aio_pika.abc.AbstractExchange.publish", "async unknown", "publish"),
    ("redis.Redis.set", "bool | None", "exists blocking"),
    ("redis.asyncio.Redis.incr", "async int", "exists"),
    ("celery.Task.delay", "celery.result.AsyncResult", ""),
    ("subprocess.run", "subprocess.CompletedProcess", "blocking"),
    ("asyncio.gather", "async list", "async await"),
    ("asyncio.wait", "async tuple[set, set]", "await"),
    ("asyncio.wait_for", "async awaited[arg1]", "await wraps"),
    ("asyncio.create_task", "asyncio.Task", "async"),
    ("asyncio.to_thread", "async run[arg1]", "wraps thread"),
    ("asyncio.sleep", "async None", "sleep"),
    ("time.sleep", "None", "sleep blocking"),
    ("os.remove", "None", ""),
    ("os.system", "int", "blocking"),
    ("logging.Logger.exception", "None", "log"),
    ("sentry_sdk.capture_exception", "str | None", "reports"),
    ("sys.exit", "never", "exits"),
    ("uuid.uuid4", "uuid.UUID", "fresh"),
    ("datetime.datetime.now", "datetime.datetime", "fresh"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "returns", "does"), MEASURED, ids=[m[0] for m in MEASURED])
def test_as_measured(name: str, returns: str, does: str) -> None:
    entry = library().call(name)
    assert entry is not None
    shown = " | ".join(map(repr, entry.returns))
    assert ("async " * entry.is_async + shown, entry.traits) == (returns, set(does.split()))


@pytest.mark.parametrize(
    "name",
    [
        "requests.Response.close.x", "datetime.date.today", "uuid.uuid5", "multiprocessing.Pool",
        "shop.pool.apply_async", "shop.tasks.delay", "reactivex.delay", "boto3.client[glue].x",
    ],
)  # fmt: skip
def test_what_is_not_meant_says_nothing(name: str) -> None:
    entry = library().call(name)
    assert entry is None or not entry.traits


def test_another_import_path_is_the_same_call() -> None:
    known = library()
    assert known.class_name("redis.asyncio.client.Redis") == "redis.asyncio.Redis"
    entry = known.call("sqlalchemy.orm.session.Session.commit")
    assert entry.call == "sqlalchemy.orm.Session.commit"
    assert known.call("stripe.StripeClient.v1.charges.create").has("payment")
