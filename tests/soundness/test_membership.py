"""The check that the other tests rest on."""

from __future__ import annotations

import pytest

from checker.model.shape import (
    NIL,
    Args,
    Atom,
    Float,
    Int,
    Map,
    Opaque,
    Seq,
    Struct,
    Text,
    Tup,
    Unknown,
    of,
)
from tests.soundness.membership import fits, is_among

OK, ONE, A = ("atom", "ok"), ("int", 1), ("text", "a")

FITTING = [
    (OK, Unknown()), (OK, Atom("ok")), (OK, Atom(None)), (A, Text("a")), (A, Text(None, "b")),
    (ONE, Int(1, 1)), (ONE, Int(0, None)), (("float", 1.5), Float()), (("float", 1.5), Float(1.5)),
    (("tuple", (OK, ONE)), Tup((of(Atom("ok")), of(Int(0, 2))))),
    (("list", ()), Seq(())), (("list", (ONE, A)), Seq(None, of(Int(), Text()))),
    (("list", ()), Seq(None, ())), (("map", {}), Map({})), (("map", {OK: ONE}), Map({}, open=True)),
    (("map", {A: ONE}), Map({Text("a").key: of(Int())})), (("map", {A: ONE}), Args()),
    (("struct", "Date", {OK: ONE}), Struct("Date")), (("struct", "Date", {}), Struct(None)),
    (("struct", "Date", {OK: ONE}), Map({Atom("ok").key: of(Int())}, open=True)),
    (("pid",), Opaque("self")), (("function",), Opaque("stream")),
]  # fmt: skip

NOT_FITTING = [
    (OK, Atom("error")), (OK, Text("ok")), (ONE, Int(2, None)), (ONE, Int(None, 0)), (ONE, Float()),
    (A, Text("b")), (("float", 1.5), Float(2.5)), (("tuple", (OK,)), Tup((of(NIL),))),
    (("tuple", (OK, ONE)), Tup((of(Atom("ok")),))), (("list", ()), Seq(None, of(Int()), True)),
    (("list", (A,)), Seq(None, of(Int()))), (("list", (ONE,)), Seq(())),
    (("map", {A: ONE}), Map({})), (("map", {}), Map({Text("a").key: of(Int())}, open=True)),
    (("map", {A: A}), Map({Text("a").key: of(Int())})), (("map", {OK: ONE}), Args()),
    (("struct", "Date", {}), Struct("Time")),
    (("struct", "Date", {OK: A}), Struct("Date", {Atom("ok").key: of(Int())})),
    (("map", {}), Struct(None)), (("improper",), Seq(None, of(Unknown()))),
    (("pid",), Opaque("port")),
]  # fmt: skip


@pytest.mark.parametrize(("term", "shape"), FITTING)
def test_fits(term, shape):
    assert fits(term, shape)


@pytest.mark.parametrize(("term", "shape"), NOT_FITTING)
def test_does_not_fit(term, shape):
    assert not fits(term, shape)


def test_one_alternative_is_enough():
    assert is_among(OK, of(Atom("error"), Atom("ok")))
    assert not is_among(OK, ())


def test_terms_arrive_as_they_are(beam):
    source = (
        "defmodule Worker do\nuse Oban.Worker\ndef perform(_) do\n"
        '{nil, [1, -2.5], "é\\n", %{1 => Date}, ~D[2026-01-02], [1 | 2], & &1, <<255>>}\nend\nend\n'
    )
    how, (kind, items) = beam.perform(source)[0]
    assert (how, kind) == ("returned", "tuple")
    nil, numbers, text, map_, date, improper, function, bytes_ = items
    assert nil == ("atom", "nil")
    assert numbers == ("list", (("int", 1), ("float", -2.5)))
    assert text == ("text", "é\n")
    assert map_ == ("map", {("int", 1): ("atom", "Date")})
    assert date[:2] == ("struct", "Date")
    assert date[2][("atom", "year")] == ("int", 2026)
    assert (improper, function) == (("improper",), ("function",))
    assert bytes_ == ("text", "\udcff")


def test_what_does_not_compile_is_told(beam):
    with pytest.raises(SyntaxError, match="undefined function nope/0"):
        beam.perform("defmodule Worker do\ndef perform(_), do: nope()\nend\n")


def test_every_way_to_end_is_told(beam):
    source = (
        "defmodule Worker do\ndef perform(%{attempt: 1}), do: throw({:a, 1})\n"
        'def perform(%{attempt: 2}), do: raise("x")\n'
        "def perform(_), do: exit(:gone)\nend\n"
    )
    threw, raised, exited = beam.perform(source)
    assert threw == ("threw", ("tuple", (("atom", "a"), ("int", 1))))
    assert raised[0] == "raised"
    assert exited == ("exited", ("atom", "gone"))
