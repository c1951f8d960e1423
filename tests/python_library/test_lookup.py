"""Looking up a name in the table of Python libraries, and the types it answers."""

from __future__ import annotations

import pytest

from checker.python.library import Library, library, parse_type

ROWS = [
    "web.Client\tnew\t\t",
    "web.Client.get|head\tweb.Response\thttp http_read blocking\t",
    "web.AsyncClient.*\t= async web.Client.*\t",
    "web.AsyncClient\tnew\t\t",
    "web.AsyncClient.head\tint\tfresh\t",
    "web.api\t= web\t\t",
    "cloud.client\tcloud.client[arg1]\t\t",
    "cloud.client[queue].send\tasync dict\tpublish\t",
    "*.objects.get\tinstance[*]\tlookup_bang\t",
    "*.tasks.*.delay\tunknown\tpublish\t",
]
TABLE = Library(ROWS)


def shown(name: str) -> tuple | None:
    entry = TABLE.call(name)
    traits = " ".join(sorted(entry.traits)) if entry else ""
    return entry and (entry.call, repr(entry.returns), entry.is_async, traits)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web.Client", ("web.Client", "(web.Client,)", False, "")),
        ("web.Client.head",
         ("web.Client.head", "(web.Response,)", False, "blocking http http_read")),
        ("web.api.Client.get",
         ("web.Client.get", "(web.Response,)", False, "blocking http http_read")),
        ("web.AsyncClient", ("web.AsyncClient", "(web.AsyncClient,)", False, "")),
        ("web.AsyncClient.get", ("web.AsyncClient.get", "(web.Response,)", True, "http http_read")),
        ("web.AsyncClient.head", ("web.AsyncClient.head", "(int,)", False, "fresh")),
        ("cloud.client", ("cloud.client", "(cloud.client[arg1],)", False, "")),
        ("cloud.client[queue].send", ("cloud.client[queue].send", "(dict,)", True, "publish")),
        ("shop.models.User.objects.get",
         ("*.objects.get", "(instance[shop.models.User],)", False, "lookup_bang")),
        ("shop.tasks.send.delay", ("*.tasks.*.delay", "(unknown,)", False, "publish")),
        ("objects.get", None),
        ("tasks.send.delay", None),
        ("shop.send.delay", None),
        ("web.Client.get.more", None),
        ("web.clients", None),
        ("web.AsyncClient.put", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_name_finds_its_row(name: str, expected) -> None:
    assert shown(name) == expected


def test_the_users_rows_win() -> None:
    table = library(effects={"httpx.get": "payment", "shop.mailer.send": "mail"})
    assert table.call("httpx.get").traits == {"payment"}
    assert table.call("shop.mailer.send").traits == {"mail"}
    assert table.call("httpx.head").traits == library().call("httpx.head").traits
    assert library().call("shop.mailer.send") is None


@pytest.mark.parametrize(
    "text",
    [
        "None", "bool | None", "list[int]", "tuple[bytes | None, int]", "with[web.Response]",
        "run[arg1]", "awaited[arg2]", "instance[arg1]", "cloud.client[arg1] | None", "arg2", "self",
        "list[tuple[str, web.Response | None]]",
    ],
)  # fmt: skip
def test_types_are_read_as_they_are_written(text: str) -> None:
    assert " | ".join(map(repr, parse_type(text))) == text


@pytest.mark.parametrize(
    "text", ["", "string", "list[", "list[int", "lists[int]", "x.y[int]", "int |", "a. b", "x.y]"]
)
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a type|no closing"):
        parse_type(text)


def test_an_argument_is_counted_from_zero() -> None:
    (result,) = parse_type("run[arg2]")
    assert result.items[0][0].index == 1
    assert parse_type("new", "web.Client")[0].name == "web.Client"
