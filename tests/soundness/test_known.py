"""What the model of a worker got wrong once, or easily could: names, scopes, order, loops."""

from __future__ import annotations

import os

import pytest

from tests.soundness.judged import inferred, missed

CALLS = os.path.join(os.path.dirname(__file__), os.pardir, "library", "calls.txt")

BODIES = {
    "a key that is a text": 'case %{"a" => attempt} do\n %{"a" => 1} -> :ok\n _ -> :error\nend',
    "a key that is not certain": '%{"a" <> queue => :x, "amail" => :y} |> Map.get("amail", :none)',
    "an update by a key that is not certain": "key = if attempt > 1, do: :a, else: :b\n"
    "%{%{a: 1, b: 2} | key => 3}",
    "a variable bound anew by a clause": "r = {:ok, {:error, 1}}\n"
    "case r do\n {:ok, r} -> r\n _ -> :error\nend",
    "a variable bound anew by a with": "r = {:ok, {:error, 1}}\nwith {:ok, r} <- r, do: r",
    "a rest that shadows": 'rest = :gone\ncase queue do\n "m" <> rest -> rest\n _ -> rest\nend',
    "a segment that shadows": "c = :gone\ncase queue do\n <<c, _::binary>> -> c\n _ -> c\nend",
    "a name twice in a tuple": "case {attempt, 1} do\n {x, x} -> :same\n {x, _} -> {:ok, x}\nend",
    "a name twice in a list": "case [attempt, 1] do\n [x, x] -> :same\n [x | _] -> {:ok, x}\nend",
    "an underscored name twice": "case {attempt, 1} do\n {_x, _x} -> :same\n _ -> :different\nend",
    "a name twice in a with": "with {x, x} <- {attempt, 1}, do: :same",
    "a name twice in match?": "if match?({x, x}, {attempt, 1}), do: :same, else: :different",
    "a pin of what may be anything": "x = attempt\ncase 2 do\n ^x -> :two\n _ -> :other\nend",
    "an integer equal to a float": "x = attempt * 1.0\nif x == 1, do: :ok, else: :error",
    "a float equal to an integer": "x = attempt\nif x == 1.0, do: :ok, else: :error",
    "a float in no range": "x = attempt / 1\nif x in 1..20, do: :inside, else: :outside",
    "an order between kinds": 'x = if attempt > 1, do: "a", else: 5\nif x > 9, do: x, else: :less',
    "a guard that raises": "x = if attempt > 1, do: :a, else: [1]\n"
    "case x do\n x when length(x) > 3 or is_atom(x) -> :taken\n x -> {:left, x}\nend",
    "a guard that is no boolean": "x = if attempt > 1, do: 5, else: true\n"
    "case x do\n x when x -> :taken\n x -> {:left, x}\nend",
    "a guard that negates no boolean": "x = if attempt > 1, do: nil, else: false\n"
    "case x do\n x when not x -> :taken\n x -> {:left, x}\nend",
    "parts narrowed by a guard": "x = if attempt > 1, do: attempt, else: :none\n"
    "case {x, 1} do\n {y, 1} when y == :none or y > 5 -> y\n {y, _} -> {:left, y}\nend",
    "the arity of a function": "f = fn x -> x end\nif is_function(f, 2), do: :two, else: :one",
    "a pid of its own": "p = self()\nif is_pid(p), do: :pid, else: :other",
    "a stream may be a struct": "s = Stream.map([1], & &1)\nif is_map(s), do: :map, else: :other",
    "minus a float": "x = if attempt > 1, do: 1.5, else: 2\n-x",
    "a throw to the second handler": "try do\n try do\n throw({:b, attempt})\n catch\n"
    " {:a, x} -> {:inner, x}\n end\ncatch\n {:b, x} -> {:outer, x}\nend",
    "a throw to nobody": "try do\n if attempt > 1, do: throw(:b)\n :ok\n"
    "catch\n :a -> :caught\nend",
    "an exit is no throw": "try do\n if attempt > 1, do: exit(:b)\n :ok\n"
    "catch\n x -> x\nend",
    "an error caught with its kind": 'try do\n if attempt > 1, do: throw(:b), else: raise("x")\n'
    "catch\n kind, reason -> {kind, reason}\nend",
    "a guard on what is caught": "try do\n try do\n throw(attempt)\n catch\n"
    " x when x > 5 -> :inner\n end\ncatch\n x -> {:outer, x}\nend",
    "variables of a try's body": "x = 1\ntry do\n x = 2\n {:ok, x}\nrescue\n _ -> x\n"
    "else\n _ -> x\nend",
    "reduce's start is outside": "x = :start\n"
    "for x <- [attempt], reduce: x do\n acc -> {acc, x}\nend",
    "into a list that holds something": "for x <- [attempt], into: [:first], do: x",
    "into a map that holds something": "for x <- tags, into: %{a: 1, b: 2}, do: {:a, x}",
    "closures of one place": "make = fn x -> fn -> x end end\n"
    "f = if attempt > 1, do: make.(:many), else: make.(:one)\nf.()",
    "closures in a list": "fs = for x <- [:a, :b], do: fn -> x end\n"
    "Enum.at(fs, min(attempt, 2) - 1).()",
    "a halt decided inside": "Enum.reduce_while([1, 2], :none, fn x, _ ->\n"
    " {if(x == attempt, do: :halt, else: :cont), {:ok, x}}\nend)",
    "reverse onto a tail": "Enum.reverse([1], [:tail])",
    "a keyword put twice": "Keyword.put([n: 1, s: 2], :n, attempt)",
    "a keyword put once": "Keyword.put_new([n: 1], :n, attempt)",
    "a keyword merged": "Keyword.merge([n: 1, s: 2], n: attempt)",
    "put_new keeps": "Map.put_new(%{n: 1}, :n, attempt)",
    "get_lazy runs": "Map.get_lazy(%{}, :n, fn -> attempt end)",
    "a merge with anything": "Map.merge(%{n: 1}, Map.new(tags, &{:n, &1}))",
    "what an argument binds": "x = 1\n{(x = 2; x), x}",
    "what a block binds": "x = 1\ny = (x = 2; x)\n{x, y}",
    "what the left of an operator binds": "x = 1\n_ = (x = tags == []) || 2\nx",
    "what the right of an operator binds": "x = 1\n"
    "if tags == [] and (x = [2]) != [], do: {:yes, x}, else: {:no, x}",
    "what a value looked under binds": "x = 1\n%{k: (x = 2; x)}.k\nx",
    "an operator of Kernel": "attempt |> Kernel.+(1) |> Kernel.==(2)",
    "a reduce over nothing": "Enum.reduce([], :none, fn _, _ -> :some end)",
    "nil and keys": "x = if attempt > 1, do: %{k: 1}\n{x[:k], get_in(x, [:k, :j])}",
    "an empty parenthesis": "x = ()\nx",
    "a case on several": "case {attempt, tags} do\n {n, [_ | _]} when n > 2 -> {:many, n}\n"
    " {n, []} -> {:none, n}\n {_, t} -> {:some, t}\nend",
    "escapes": '"\\x41\\u00e9\\u{1F600}\\a" == "A\u00e9\U0001f600\\a" && "a\\\nb"',
    "a heredoc": '"""\n  a\n    b\n  """ == "a\\n  b\\n"',
    "an escape in a heredoc": '"""\n  a\\n  b\n  """ == "a\\n  b\\n"',
    "a raw sigil": 'case ~S(a\\nb) do\n "a\\\\nb" -> :raw\n _ -> :other\nend',
    "words": "case ~w(a b)a do\n [:a | rest] -> rest\n _ -> :other\nend",
    "a charlist": "case 'ab' do\n [c | _] -> c\n _ -> :other\nend",
    "characters": "case ?a do\n 97 -> :a\n _ -> :other\nend",
    "a negative clause after an empty line": "case attempt - 2 do\n 0 ->\n  x = {:ok, 0}\n"
    "  elem(x, 1)\n\n -1 -> :one\n\n -2 when true -> :two\n _ -> :many\nend",
    "numbers as written": "{0x1F, 0b11, 0o17, 1_000, 1.0e3, 010}",
}  # fmt: skip

MODULES = {
    "an attribute set again": "@a :first\ndef f, do: @a\n@a :second\ndef perform(_), do: {f(), @a}",
    "an attribute made of itself": "@a [1]\n@a [0 | @a]\ndef perform(_), do: @a",
    "an attribute that adds up": "Module.register_attribute(__MODULE__, :a, accumulate: true)\n"
    "@a 1\n@a 2\ndef perform(_), do: @a",
    "an attribute set by a condition": "@a 1\nif 1 + 1 == 2 do\n @a 2\nend\ndef perform(_), do: @a",
    "defaults from the left": "def f(a \\\\ 1, b, c \\\\ 3), do: {a, b, c}\n"
    "def perform(_), do: {f(:x), f(:x, :y)}",
    "recursion that deepens": "defp f(0), do: :end\ndefp f(n), do: {:ok, f(n - 1)}\n"
    "def perform(%{attempt: n}), do: f(n)",
    "recursion that builds a list": "defp f(0), do: []\ndefp f(n), do: [n | f(n - 1)]\n"
    "def perform(%{attempt: n}), do: f(n)",
    "recursion with a growing text": 'defp f(0, t), do: t\ndefp f(n, t), do: f(n - 1, t <> "a")\n'
    'def perform(%{attempt: n}), do: f(n, "")',
    "a throw from one place, of several values": "defp f(x), do: throw({:at, x})\n"
    "def perform(%{attempt: 1}), do: f(:one)\ndef perform(_), do: f(:more)",
    "a call by another name": "def perform(job), do: Worker.Inner.run(job.attempt)\n"
    "defmodule Inner do\n def run(n), do: {:ok, n}\nend",
    "the clauses of a function in order": "defp f(x) when x > 5, do: :many\ndefp f(1), do: :one\n"
    "defp f(x), do: {:some, x}\ndef perform(%{attempt: n}), do: f(n)",
    "perform with a rescue": "def perform(%{attempt: n}) do\n {:ok, _} = if n > 1, do: {:ok, n}\n"
    "rescue\n MatchError -> {:error, :no_match}\nend",
    "an operator of one's own": "def a <~> b, do: {:ok, {a, b}}\ndef perform(_), do: 1 <~> 2",
    "a private function named like one of Kernel's": "import Kernel, except: [max: 2]\n"
    "defp max(_, _), do: :mine\ndef perform(_), do: max(1, 2)",
}  # fmt: skip


def in_perform(body: str) -> str:
    head = "%Oban.Job{attempt: attempt, tags: tags, queue: queue}"
    return f"def perform({head} = _job) do\n{body}\nend"


def in_module(content: str) -> str:
    return f"defmodule Worker do\nuse Oban.Worker\n{content}\nend\n"


SOURCES = {
    **{name: in_module(in_perform(body)) for name, body in BODIES.items()},
    **{name: in_module(content) for name, content in MODULES.items()},
}


@pytest.mark.parametrize("name", SOURCES)
def test_what_was_wrong_once(beam, name):
    source = SOURCES[name]
    model = inferred(source)
    assert not missed(model, beam, source), f"not among {model.outcome}"


def test_calls_of_the_library_table(beam, tmp_path):
    """Also those that code of their own follows, and with exact arguments."""
    with open(CALLS, encoding="utf-8") as file:
        calls = [line.strip() for line in file if line.strip() and line[0] != "#"]
    wrong = []
    for call in calls:
        body = f'require Logger\nrequire Integer\ndir = "{tmp_path}"\n_ = dir\n{{:ok, ({call})}}'
        source = in_module(in_perform(body))
        wrong += [(call, term) for term in missed(inferred(source), beam, source)]
    assert not wrong
