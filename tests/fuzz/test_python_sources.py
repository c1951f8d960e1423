"""Whatever a Python source holds: no exception, no failing rule, and findings that lie inside it."""

from __future__ import annotations

import ast
import os
import random
import time
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.check import check_source
from checker.config import Config
from checker.language import PYTHON
from checker.project import forget, project_of
from checker.python import oban_toml
from checker.rules import all_rules
from checker.source import Source, decode
from tests.fuzz.broken import assert_sound, mutated, truncated
from tests.rules.examples import examples

SOURCES = [
    e.code
    for rule in all_rules()
    for kind in ("invalid", "valid")
    for e in examples(rule, kind)
    if e.language == PYTHON
]
PIECES = [
    "(", ")", "[", "]", "{", "}", ":", ",", ";", "=", ":=", "->", "*", "**", "@", ".", "...", "'",
    '"', '"""', "'''", "f'{", 'f"""{x!r:>{w}}', "rb'", "\\", "\\\n", "\n", "\r\n", "\r", "\t", "\f",
    "\0", "\ufeff", "é", "變", "😀", "\u202e", "\u2028", "0x", "1_", "1e", "async ", "await ",
    "lambda x: ", "yield ", "return ", "raise ", "del ", "global x\n", "if x:\n", "else:\n",
    "match job.args:\n", "case {'a': a, **rest}:\n", "case W(x=1) | [*_]:\n", "try:\n", "except*",
    "except:\n", "finally:\n", "with a as b, c:\n", "while (x := f()):\n", "for x in y:\n",
    "class A[T]:\n", "def f(a, /, *b, c=1, **d):\n", "type X = int\n", "print 1", "`x`", "<>",
    "# oban-guard: ignore[OB101]", "@worker(", "@job()\n", "from oban import *\n", "Cancel",
    "Snooze(", ".enqueue(", "job.args[", "self.", "None", "import oban as o, x.y\n",
]  # fmt: skip
SLOW = 5  # seconds, for what no person writes
FUZZ = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", 130)), deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def check(text: str, project=None, path: str = "shop/fuzzed.py"):
    source = Source(path, text)
    began = time.monotonic()
    report = check_source(source, Config.default(), project)
    assert time.monotonic() - began < SLOW
    assert_sound(report, text)
    return report


def found(text: str) -> list[tuple[str, int, int]]:
    return [(f.rule, f.line, f.column) for f in check(text).findings]


@FUZZ
@given(truncated(SOURCES))
def test_truncated(text):
    check(text)


@FUZZ
@given(mutated(SOURCES, PIECES))
def test_mutated(text):
    check(text)


@FUZZ
@given(st.sampled_from(SOURCES), st.data())
def test_lines_moved(text, data):
    """Lines taken out, doubled and indented: still Python, quite often."""
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        what = data.draw(st.sampled_from(("out", "twice", "in", "back")))
        if what == "out" and len(lines) > 1:
            del lines[at]
        elif what == "twice":
            lines.insert(data.draw(st.integers(0, len(lines))), lines[at])
        else:
            lines[at] = "    " + lines[at] if what == "in" else lines[at].removeprefix("    ")
    check("\n".join(lines))


@FUZZ
@given(st.sampled_from(SOURCES), st.randoms(use_true_random=False))
def test_words_exchanged(text, chance: random.Random):
    """Words that stand for others: Python that means nothing anybody meant."""
    words = text.split(" ")
    for _ in range(8):
        words[chance.randrange(len(words))] = chance.choice(words)
    check(" ".join(words))


@FUZZ
@given(st.binary(max_size=400))
def test_bytes(data):
    check(decode(b"import oban\n" + data))


@pytest.mark.parametrize("text", SOURCES[::4])
def test_line_endings_indents_and_marks_change_nothing(text):
    """What stands where is the same with CRLF, tabs, form feeds, and a byte order mark."""
    expected = found(text)
    assert found(text.replace("\n", "\r\n")) == expected
    assert found(decode(b"\xef\xbb\xbf" + text.encode())) == expected
    assert found(decode(b"\xff\xfe" + text.encode("utf-16-le"))) == expected
    by_line = [(rule, line) for rule, line, _column in expected]
    tabbed = "\n".join(_tabbed(line) for line in text.split("\n"))
    assert [(rule, line) for rule, line, _column in found(tabbed)] == by_line
    fed = text.replace("\n\n\n", "\n\f\n\n")
    assert [(rule, line) for rule, line, _column in found(fed)] == by_line


def _tabbed(line: str) -> str:
    bare = line.lstrip(" ")
    depth = len(line) - len(bare)
    return "\t" * (depth // 4) + " " * (depth % 4) + bare


@pytest.mark.parametrize("name", ["größe", "變數", "ｆｕｌｌ", "_1", "µ"])
def test_names_of_any_alphabet(name):
    code = (
        f"from oban import worker as {name}\n\n\n"
        f"@{name}(max_attempts=3)\nclass Ω{name}:\n    async def process(self, job):\n"
        f"        {name} = '🚀é'; return ('error', {name})\n"
    )
    finding = next(f for f in check(code).findings if f.rule == "OB101")
    assert finding.line == 7
    assert code.split("\n")[6][finding.column - 1 :].startswith("'error'")


@pytest.mark.parametrize(
    "data",
    [
        b"# -*- coding: latin-1 -*-\nx = '\xe9\xff'\n",
        b"# coding: klingon\nx = 1\n",
        b"x = b'\\xff' '\xc3'\n",
        b"x = '\\ud800'\n",
        b"x = '\xed\xa0\x80'\n",
        b"x = 1\r\ry = 2\r",
        b"\x0c\x0cx = 1\n",
        b"x = 1 \\\n\\\n  + 2\n",
        b"if x:\n\treturn 1\n        return 2\n",
        b"\x1a",
        b"x = 1\0\n",
        b"#" * 900_000 + b"\n",
        b"x = '" + b"a" * 900_000 + b"'\n",
        b"x = " + b"9" * 50_000 + b"\n",
        b"\n" * 20_000,
        b"x = 1\n" * 2_000,
    ],
    ids=lambda data: repr(data[:16]),
)
def test_odd_bytes(data):
    check(decode(b"from oban import worker\n" + data))
    check(decode(data + b"\nfrom oban import worker\n"))


def nested(opening: str, closing: str = "", times: int = 60, inside: str = "pass") -> str:
    """Blocks within blocks, each a step further in."""
    lines = [" " * level + opening for level in range(times)]
    lines.append(" " * times + inside)
    for level in reversed(range(times)):
        if closing:
            lines.append(" " * level + closing)
    return "\n".join(lines)


BODIES = {
    "parentheses": "(" * 5000 + "1" + ")" * 5000,
    "unclosed parentheses": "(" * 5000,
    "brackets": "[" * 3000 + "]" * 3000,
    "dictionaries": "{1: " * 2000 + "1" + "}" * 2000,
    "calls": "f(" * 3000 + "1" + ")" * 3000,
    "chained calls": "x" + ".f()" * 3000,
    "attributes": "x" + ".a" * 5000,
    "subscripts": "x" + "[0]" * 3000,
    "sum": "x" + " + y" * 5000,
    "power": "x" + " ** y" * 3000,
    "comparison": "x" + " < y" * 3000,
    "and": "x" + " and y" * 3000,
    "not": "not " * 5000 + "x",
    "minus": "-" * 5000 + "x",
    "await": "await " * 3000 + "x",
    "lambda": "lambda: " * 3000 + "1",
    "conditional": "1 if x else " * 3000 + "2",
    "star": "return " + "*" * 3000 + "x",
    "elif": "if x:\n    pass\n" + "elif y:\n    return 1\n" * 3000,
    "if": nested("if x:"),
    "deeper if": nested("if x:", times=95),
    "if and else": nested("if x:", "else: return 2", times=40, inside="return 1"),
    "too deep if": nested("if x:", times=2500),
    "try": nested("try:", "except E: pass", times=40),
    "for": nested("for x in y:", times=19),
    "while": nested("while x:", "else: y = x", times=19, inside="break"),
    "with": nested("with a as b:"),
    "functions": nested("def f(x):"),
    "coroutines": nested("async def f(x):", times=40, inside="return await f(1)"),
    "classes": nested("class A:"),
    "match": nested("match x:", times=1, inside="case [1, *_]: return 1"),
    "parentheses in an f-string": "x = f'{" + "(" * 5000 + ")" * 5000 + "}'",
    "words in an f-string": 'x = rF"""{' + "not " * 5000 + 'x}"""',
    "many cases": "match x:\n" + "  case {'a': 1, 'b': [y, *z]} if y: return y\n" * 1500,
    "pattern": "match x:\n  case " + "[" * 1500 + "y" + "]" * 1500 + ": return y",
    "or pattern": "match x:\n  case " + "1 | " * 3000 + "2: return 1",
    "f-string": "f'{" * 3 + "1" + "}'" * 3,
    "wide f-string": "f'" + "{x!r:>{w}}" * 3000 + "'",
    "f-strings within": 'f"{' + "f'{x}' + " * 1500 + 'x}"',
    "string parts": "x = " + "'a' " * 4000,
    "comprehension": "[x" + " for x in y if x" * 400 + "]",
    "arguments": "f(" + "a, b=1, *c, **d, " * 2000 + ")",
    "parameters": "def f(" + ", ".join(f"p{n}={n}" for n in range(3000)) + "): pass",
    "returns": "if x: return 1\n" * 2000,
    "targets": " = ".join(f"x{n}" for n in range(2000)) + " = 1",
    "names": "x, " * 5000 + "y = z",
    "continued": "x = 1 " + "\\\n + 1 " * 900,
    "semicolons": "x = 1; " * 4000,
    "walrus": "(x := " * 150 + "1" + ")" * 150,
    "yields": "x = yield " * 1000 + "1",
    "global": "global x\n" * 2000,
    "many tries": "try:\n    f()\nexcept (A, B) as e:\n    x = e\n" * 300,
    "bytes": "x = b'" + "\\x00" * 20_000 + "'",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_deeply_nested_and_long(body):
    indented = "\n".join(" " * 8 + line for line in body.split("\n"))
    head = "from oban import Cancel, worker\n\n\n@worker()\nclass A:\n"
    check(f"{head}    async def process(self, job):\n        x = job.args\n{indented}\n")


def test_decorators_without_end():
    check("from oban import worker\n" + "@worker()\n" * 3000 + "class A:\n    pass\n")
    check("from oban import job\n" + "@job(queue=f(" * 60 + "))" * 60 + "\ndef f(): pass\n")


HEAD = "from oban import worker\n\n\n@worker()\nclass A:\n    async def process(self, job):\n"


def test_many_ways_through_end():
    """Branches multiply; the work does not."""
    lines = [
        f"        x{n} = x{n - 1} if a{n}(job) else (x{n - 1}, {n})\n"
        f"        if b{n}:\n            x{n} = [x{n}]\n"
        for n in range(1, 60)
    ]
    check(HEAD + "        x0 = 1\n" + "".join(lines) + "        return x59\n")


def test_values_that_double_end():
    lines = [f"        x{n} = (x{n - 1}, x{n - 1})\n" for n in range(1, 60)]
    lines += [f"        y{n} = {{'a': y{n - 1}, 'b': y{n - 1}}}\n" for n in range(1, 60)]
    code = "        x0 = y0 = 1\n" + "".join(lines)
    check(HEAD + code + "        await A.enqueue(y59)\n        return x59\n")


def test_functions_that_call_each_other_end():
    functions = "".join(
        f"\n\nasync def f{n}(x):\n"
        f"    return await f{(n * 7) % 40}([x]) if x > {n} else await f{(n * 3 + 1) % 40}((x,))\n"
        for n in range(40)
    )
    check(HEAD + "        return await f1(job.id)\n" + functions)


def test_names_that_stand_for_each_other_end():
    check(HEAD + "        return a(job)\n\n\na = b\nb = c\nc = a\nclass B(B): pass\nclass C(D): pass\n"
          "class D(C): pass\n@worker()\nclass E(C): pass\n")  # fmt: skip


BROKEN = {
    "def f(:\n    pass\n": 1,
    "x = 1\nif x\n    y = 2\n": 2,
    "x = (1,\n     2\ny = 3\n": 1,
    "class A:\n    def f(self):\n  x = 1\n": 3,
    "x = 'abc\n": 1,
    "x = '''abc\n\n": 1,
    "\n\n)\n": 3,
    "print 'x'\n": 1,
    "try:\n    pass\nx = 1\n": 3,
    "for x in y:\n": 2,
    "x = 1 +\n": 1,
    "def f():\n    pass\n   x = 1\n": 3,
    "match x:\n    case 1 | :\n        pass\n": 2,
    "x = 0777l\n": 1,
    "é = 'ü' 1\n": 1,
    "x ?= 1\n": 1,
}


@pytest.mark.parametrize(("text", "line"), BROKEN.items(), ids=repr)
def test_what_python_refuses_is_said_to_be_unread(text, line):
    """Within a line of where Python itself sees it, or where the open bracket or block begins."""
    with pytest.raises(SyntaxError):
        ast.parse(text)
    report = check("from oban import worker\n" + text)
    assert [f.rule for f in report.findings] == ["OB904"]
    assert 1 <= report.findings[0].line <= text.count("\n") + 2
    assert abs(report.findings[0].line - 1 - line) <= 2


@FUZZ
@given(st.sampled_from(SOURCES), st.floats(0, 1), st.sampled_from(PIECES))
def test_what_is_read_and_what_python_reads_are_the_same(text, share, piece):
    """Nothing that Python compiles is called unreadable."""
    at = int(len(text) * share)
    text = text[:at] + piece + text[at:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return
    assert "OB904" not in {f.rule for f in check(text).findings}


# -- what stands around a source ---------------------------------------------------------

OBAN_TOML = (
    'dsn = "postgresql://x"\n[queues]\ndefault = 10\nmailers = { limit = 5 }\n'
    "[lifeline]\nrescue_after = 300\n[pruner]\nmax_age = 60\n"
)
PYPROJECT = (
    '[project]\nname = "shop"\ndependencies = ["oban>=0.7"]\n[tool.ruff]\nline-length = 99\n'
    '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n[tool.hatch.build.targets.wheel]\n'
    'packages = ["src/shop"]\n[tool.oban-guard]\nmode = "warn"\n'
)
VALUES = [
    "inf", "-inf", "nan", "1e400", "-1", "0", "1" + "0" * 400, '"x"', "[]", "{}", "true",
    "2026-01-01", "[[1]]", '"\\u0000"', "{ a = { b = 1 } }", "\ufeff", "[", "]", "=", "\n", "#",
    "[queues]", "[[queues]]", "[lifeline]", "queues = 1", "lifeline = 3", "project = 1", "tool = []",
]  # fmt: skip
WORKER = HEAD + "        return None\n\n    def timeout(self, job):\n        return 400\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.py").write_text(WORKER)
    return folder


@FUZZ
@given(
    st.sampled_from((("oban.toml", OBAN_TOML), ("pyproject.toml", PYPROJECT))),
    st.floats(0, 1), st.integers(0, 30), st.sampled_from(VALUES),
)  # fmt: skip
def test_configuration_of_any_kind(shop, file, share, taken, piece):
    name, text = file
    at = int(len(text) * share)
    changed = text[:at] + piece + text[at + taken :]
    (shop / "oban.toml").write_text(OBAN_TOML)
    (shop / "pyproject.toml").write_text(PYPROJECT)
    (shop / name).write_bytes(changed.encode())
    _judge(shop)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("key", ["rescue_after", "max_age", "default", "line-length", "packages",
                                 "testpaths", "dependencies", "name", "limit"])  # fmt: skip
def test_values_of_any_kind(shop, key, value):
    for name, text in (("oban.toml", OBAN_TOML), ("pyproject.toml", PYPROJECT)):
        lines = [
            f"{key} = {value}" if line.startswith(key + " ") else line for line in text.split("\n")
        ]
        (shop / name).write_bytes("\n".join(lines).encode())
    _judge(shop)


@FUZZ
@given(st.binary(max_size=200))
def test_bytes_of_oban_toml(data):
    oban_toml.read(data)
    config = oban_toml.read(b"[queues]\n" + data)
    if config is not None:
        oban_toml.unknown_keys(config), oban_toml.rescue_after(config), oban_toml.max_age(config)


def _judge(folder) -> None:
    forget()
    path = str(folder / "shop.py")
    check(WORKER, project_of(path), path)
