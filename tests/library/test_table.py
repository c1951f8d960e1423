"""The table of library calls: well-formed, unambiguous, and right about what the rules need."""

from __future__ import annotations

import itertools
import os
import re

import pytest
import tree_sitter_elixir
from tree_sitter import Language, Parser

TABLE = os.path.join(
    os.path.dirname(__file__), os.pardir, os.pardir, "checker", "elixir", "library.tsv"
)

TRAITS = frozenset(
    """
    mail payment sms push chat webhook publish http_write
    http http_read http_idempotent http_method(1) http_method(2) http_method(3)
    insert insert_all update delete update_all delete_all lookup lookup_bang exists rows
    transaction transact multi rollback
    enqueue enqueue_all
    fallible best_effort raises exits build detached async await log reports fresh coarse
    per_item wraps sleep process_flag new_atom
    """.split()
)

WORDS = frozenset(
    """
    list nonempty_list map struct binary charlist atom boolean integer non_neg_integer float
    number pid port reference function stream term
    """.split()
)

FUNCTIONS = frozenset("list struct run truthy element none".split())

CALL = re.compile(
    r"""
    (?P<module> :[a-z]\w* | (?:[A-Z]\w*|\*)(?:\.(?:[A-Z]\w*|\*))* )
    \. (?P<functions> \* | [a-z_]\w*[?!]?(?:\|[a-z_]\w*[?!]?)* )
    / (?P<arities> \* | \d+\+ | \d+(?:,\d+)* )
    """,
    re.VERBOSE,
)

PARSER = Parser(Language(tree_sitter_elixir.language()))


class Row:
    def __init__(self, number: int, line: str) -> None:
        self.number = number
        self.columns = line.split("\t")
        padded = [*self.columns, "", "", "", ""]
        self.call, self.returns, self.does, self.note = padded[:4]

    def __repr__(self) -> str:
        return self.call

    def calls(self) -> list[str]:
        match = CALL.fullmatch(self.call)
        assert match, self.call
        arities = match["arities"]
        named = arities.split(",") if "+" not in arities else [arities]
        return [
            f"{match['module']}.{function}/{arity}"
            for function, arity in itertools.product(match["functions"].split("|"), named)
        ]

    def highest_arity(self) -> int:
        arities = self.call.rpartition("/")[2]
        return 255 if arities == "*" else max(int(a.rstrip("+")) for a in arities.split(","))


def rows() -> list[Row]:
    with open(TABLE, encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    return [Row(n, line) for n, line in enumerate(lines, 1) if line and not line.startswith("#")]


ROWS = rows()
BY_CALL = {call: row for row in ROWS for call in row.calls()}


def nodes(node):
    yield node
    for child in node.children:
        yield from nodes(child)


def wrong_rows(is_right) -> list[str]:
    return [f"line {row.number}: {row}" for row in ROWS if not is_right(row)]


def test_has_many_rows():
    assert len(ROWS) >= 150


def test_sections_are_titled_and_lines_end_plainly():
    with open(TABLE, encoding="utf-8", newline="") as file:
        text = file.read()
    assert "\r" not in text and text.endswith("\n")
    assert not re.search(r"[ \t]$", text, re.MULTILINE)
    titles = [line for line in text.split("\n") if line.startswith("#@")]
    assert titles and all(re.fullmatch(r"#@ \S.*", title) for title in titles)
    assert len(titles) == len(set(titles))


def test_rows_have_four_columns_and_a_note():
    assert not wrong_rows(lambda row: len(row.columns) == 4 and row.note)
    assert not wrong_rows(lambda row: all(c == c.strip() for c in row.columns))


def test_calls_are_well_formed():
    assert not wrong_rows(lambda row: CALL.fullmatch(row.call))


def test_no_call_is_listed_twice():
    calls = [call for row in ROWS for call in row.calls()]
    assert sorted(calls) == sorted(set(calls))


def test_traits_are_known():
    def is_right(row: Row) -> bool:
        traits = row.does.split(" ") if row.does else []
        return set(traits) <= TRAITS and len(traits) == len(set(traits))

    assert not wrong_rows(is_right)


def test_returns_parse():
    assert not wrong_rows(lambda row: not PARSER.parse(row.returns.encode()).root_node.has_error)


def test_returns_use_known_words():
    def is_known(node) -> bool:
        text = node.text.decode()
        if node.type == "identifier":
            return text in WORDS | FUNCTIONS | {"last"} or bool(re.fullmatch("arg[1-9]", text))
        if node.type == "call":
            return node.child_by_field_name("target").text.decode() in FUNCTIONS
        if node.type == "binary_operator":
            return node.child_by_field_name("operator").type == "|"
        return True

    def is_right(row: Row) -> bool:
        return all(map(is_known, nodes(PARSER.parse(row.returns.encode()).root_node)))

    assert not wrong_rows(is_right)


def test_named_arguments_exist():
    def is_right(row: Row) -> bool:
        named = re.findall(r"\barg(\d)", row.returns) + re.findall(r"method\((\d)\)", row.does)
        return all(int(n) <= row.highest_arity() for n in named)

    assert not wrong_rows(is_right)


def test_a_failure_is_either_an_answer_or_raised():
    def is_right(row: Row) -> bool:
        traits = set(row.does.split())
        return len(traits & {"fallible", "raises"}) < 2 and len(
            traits & {"fallible", "best_effort"}
        ) < 2

    assert not wrong_rows(is_right)


def test_fallible_calls_can_answer_a_failure():
    def is_right(row: Row) -> bool:
        traits = set(row.does.split())
        if "fallible" not in traits or traits & {"build", "transact"}:
            return True
        # without {:error, _}, the failure is told inside a map or struct, or the answer is unknown
        return re.search(r"\{:error|^map$|struct|BulkResult|^term$", row.returns)

    assert not wrong_rows(is_right)


def test_only_calls_that_run_a_function_return_its_value():
    def is_right(row: Row) -> bool:
        traits = set(row.does.split())
        return "run(" not in row.returns or traits & {"wraps", "per_item"}

    assert not wrong_rows(is_right)


def test_what_is_lazy_is_only_built():
    assert not wrong_rows(lambda row: row.returns != "stream" or "build" in row.does.split())


def test_the_method_is_known_or_named_by_an_argument():
    def is_right(row: Row) -> bool:
        methods = ("http_read", "http_write", "http_idempotent", "http_method")
        kinds = [trait for trait in row.does.split() if trait.startswith(methods)]
        return len(kinds) <= 1

    assert not wrong_rows(is_right)


@pytest.mark.parametrize(
    ("call", "returns", "does"),
    [
        ("Repo.insert_all/2", "{non_neg_integer, nil | list}", "insert_all raises"),
        ("File.rm_rf/1", "{:ok, list} | {:error, atom, binary}", ""),
        ("Integer.parse/1", "{integer, binary} | :error", ""),
        (
            "DateTime.from_iso8601/1",
            "{:ok, %DateTime{}, integer} | {:error, atom}",
            "",
        ),
        ("System.cmd/2", "{binary | list | struct, non_neg_integer}", ""),
        (":telemetry.span/3", "element(1, run(arg3))", "wraps"),
        ("Enum.each/2", ":ok", "per_item"),
    ],
)
def test_known_facts(call, returns, does):
    row = BY_CALL[call]
    assert (row.returns, row.does) == (returns, does)


@pytest.mark.parametrize(
    ("call", "trait"),
    [
        ("Mailer.deliver/1", "mail"),
        ("Mailer.deliver/1", "fallible"),
        ("Mailer.deliver_later/1", "detached"),
        ("Stripe.*.create/1", "http_write"),
        ("Stripe.Charge.create/2", "payment"),
        ("Req.post/2", "http_write"),
        ("Req.put/2", "http_idempotent"),
        ("Req.request/1", "http_method(1)"),
        ("ExTwilio.Message.create/1", "sms"),
        ("AMQP.Basic.publish/4", "publish"),
        ("ExAws.S3.*/*", "build"),
        ("Swoosh.Email.*/*", "build"),
        ("File.write/2", "fallible"),
        ("Phoenix.PubSub.broadcast/3", "best_effort"),
        ("Task.start/1", "detached"),
        ("Task.async/1", "async"),
        ("Task.await/1", "await"),
        ("DateTime.utc_now/0", "fresh"),
        ("Logger.error/1", "log"),
        ("Process.sleep/1", "sleep"),
    ],
)
def test_known_traits(call, trait):
    assert trait in BY_CALL[call].does.split()
