"""What the configuration file may hold, where it is found, and what is said when it is wrong."""

import json
import os
import pickle
import subprocess
import sys

import pytest

from checker import config, typetext
from checker.config import Config, ConfigError, load, parse
from checker.elixir import typespec
from checker.model.shape import Origin, Unknown

RULES = {
    "OB101": "unrecognised-return",
    "OB104": "permanent-error-retried",
    "OB201": "unguarded-effect",
    "OB204": "unstable-idempotency-key",
}


@pytest.fixture(autouse=True)
def known_rules(monkeypatch):
    monkeypatch.setattr(config, "rule_names", lambda: RULES)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


EVERYTHING = """
select = ["OB1", "OB2"]
ignore = ["OB104"]
exclude = ["lib/legacy/", "**/generated_*.ex"]
permanent = ["account_closed", ":card_lost"]
transient = ["bank_closed"]
wrappers = ["Shop.Worker"]
mode = "warn"

[severity]
OB201 = "error"

[effects]
"Shop.Billing.charge/2" = "payment"

[shapes]
"Shop.Bank.fetch/1" = "{:ok, map} | {:error, :not_found}"
"""


def test_every_key_is_read(tmp_path):
    path = write(tmp_path / ".oban-guard.toml", EVERYTHING)
    found = load(str(tmp_path))
    assert found.select == ("OB1", "OB2")
    assert found.ignore == ("OB104",)
    assert found.exclude == ("lib/legacy/", "**/generated_*.ex")
    assert found.permanent == ("account_closed", "card_lost")
    assert found.transient == ("bank_closed",)
    assert found.wrappers == ("Shop.Worker",)
    assert found.mode == "warn"
    assert found.severity == {"OB201": "error"}
    assert found.effects == {"Shop.Billing.charge/2": "payment"}
    assert found.shapes == {"Shop.Bank.fetch/1": "{:ok, map} | {:error, :not_found}"}
    assert found.path == str(path)


def test_without_a_file_everything_is_on(tmp_path):
    (tmp_path / ".git").mkdir()
    found = load(str(tmp_path))
    assert found.path is None and found.mode is None
    assert found.enables("OB101")
    assert not found.excludes(str(tmp_path / "a.ex"))


def test_pyproject_needs_our_table(tmp_path):
    (tmp_path / ".git").mkdir()
    write(tmp_path / "pyproject.toml", '[project]\nname = "oban-guard"\n')
    assert load(str(tmp_path)).path is None
    write(tmp_path / "pyproject.toml", '[tool.oban-guard]\nmode = "off"\n')
    assert load(str(tmp_path)).mode == "off"


def test_nearest_wins_and_a_pyproject_without_a_table_is_passed_by(tmp_path):
    write(tmp_path / ".oban-guard.toml", 'mode = "off"')
    write(tmp_path / "apps/shop/.oban-guard.toml", 'mode = "warn"')
    write(tmp_path / "apps/bank/pyproject.toml", "[tool.other]\nx = 1\n")
    (tmp_path / "apps/shop/lib/deep").mkdir(parents=True)
    assert load(str(tmp_path / "apps/shop/lib/deep")).mode == "warn"
    assert load(str(tmp_path / "apps/bank")).mode == "off"


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_search_ends_where_git_begins(tmp_path, kind):
    write(tmp_path / ".oban-guard.toml", 'mode = "off"')
    inner = tmp_path / "inner"
    (inner / "lib").mkdir(parents=True)
    if kind == "folder":
        (inner / ".git").mkdir()
    else:
        (inner / ".git").write_text("gitdir: elsewhere")
    assert load(str(inner / "lib")).mode is None
    write(inner / ".oban-guard.toml", 'mode = "warn"')
    assert load(str(inner / "lib")).mode == "warn"


def test_own_file_wins_over_pyproject_beside_it(tmp_path):
    write(tmp_path / ".oban-guard.toml", 'mode = "warn"')
    other = write(tmp_path / "pyproject.toml", '[tool.oban-guard]\nmode = "off"\n')
    found = load(str(tmp_path))
    assert found.mode == "warn"
    assert found.shadowed == str(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('selct = ["OB1"]', 'unknown key "selct"; did you mean "select"?'),
        ('mode = "blok"', 'key "mode": "blok" is none of block, warn, off; did you mean "block"?'),
        ("mode = 3", 'key "mode": 3 is none of block, warn, off'),
        ('select = "OB1"', 'key "select": must be a list of strings, such as ["OB201"]'),
        ("ignore = [1]", 'key "ignore": must be a list of strings'),
        ('ignore = [""]', 'key "ignore": must be a list of strings'),
        ('ignore = ["OB105"]', 'key "ignore": "OB105" begins no rule\'s id; did you mean "OB1'),
        ('ignore = ["ob201"]', '"ob201" begins no rule\'s id; did you mean "OB201"?'),
        ('ignore = ["unguarded-effect"]', 'id; did you mean "OB201"?'),
        ("severity = 3", 'key "severity": must be a table, such as {OB201 = "error"}'),
        ('severity.OB999 = "error"', '"OB999" is no rule\'s id; did you mean "OB'),
        ('severity.OB1 = "error"', '"OB1" is no rule\'s id'),
        (
            'severity.OB201 = "eror"',
            'key "severity.OB201": "eror" is none of error, warning, advice; did you mean "error"?',
        ),
        ('exclude = ["!"]', 'key "exclude": "!" is not a pattern'),
        ('effects.charge = "payment"', 'key "effects": "charge" is not a call'),
        ('effects."A.b/1" = "mail payed"', 'key "effects.A.b/1": "payed" is none of mail, '),
        ('effects."A.b/1" = "payed"', 'did you mean "payment"?'),
        ('shapes."A.b/1" = 3', 'key "shapes.A.b/1": must be a string'),
        ('shapes."A.b/1" = "{:ok, mapp}"', '"mapp" is not a type; did you mean "map"?'),
        ('shapes."A.b/1" = "lists(map)"', '"lists" is not a type; did you mean "list"?'),
        ('shapes."A.b/1" = "{:ok, map"', 'key "shapes.A.b/1": "{:ok, map" is not a type'),
        ('shapes."A.b/1" = "{:ok, x.y}"', '"x.y" is not a type'),
        ('wrappers = ["shop_worker"]', 'key "wrappers": "shop_worker" is not the name of a module'),
        ("mode = ", "is not TOML: "),
        ("x = " + "[" * 50_000, "is nested too deeply"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, expected):
    path = write(tmp_path / ".oban-guard.toml", text)
    with pytest.raises(ConfigError) as caught:
        load(str(tmp_path))
    assert str(caught.value).startswith(f"{path}: ")
    assert expected in str(caught.value)


def test_wrong_table_in_pyproject_is_named(tmp_path):
    path = write(tmp_path / "pyproject.toml", "[tool]\noban-guard = 3\n")
    with pytest.raises(ConfigError, match="must be a table"):
        load(str(tmp_path))
    path.write_text("[tool.oban-guard]\nselct = []\n")
    with pytest.raises(ConfigError, match='unknown key "selct"'):
        load(str(tmp_path))


def test_control_characters_in_a_key_are_escaped():
    with pytest.raises(ConfigError) as caught:
        parse(".oban-guard.toml", '"se\\u001b[31mlect" = 1')
    assert "\x1b" not in str(caught.value)
    assert "\\x1b" in str(caught.value)


def test_files_that_are_no_text_are_errors(tmp_path):
    path = tmp_path / ".oban-guard.toml"
    path.write_bytes(b'mode = "\xff"')
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load(str(tmp_path))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ConfigError, match="is not a regular file"):
        load(str(tmp_path))


def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    (tmp_path / ".oban-guard.toml").write_bytes(b'\xef\xbb\xbfmode = "warn"\r\nignore = []\r\n')
    assert load(str(tmp_path)).mode == "warn"


@pytest.mark.parametrize(
    ("select", "ignore", "on", "off"),
    [
        ([], [], ["OB101", "OB201"], []),
        (["OB1"], [], ["OB101"], ["OB201"]),
        ([], ["OB1"], ["OB201"], ["OB101"]),
        (["OB1"], ["OB104"], ["OB101"], ["OB104", "OB201"]),
        (["OB201"], ["OB2"], ["OB201"], ["OB204", "OB101"]),
        (["OB201"], ["OB201"], [], ["OB201"]),
    ],
)
def test_longest_prefix_decides(select, ignore, on, off):
    found = Config(select=tuple(select), ignore=tuple(ignore))
    assert [rule for rule in on + off if found.enables(rule)] == on


def test_severity_falls_back():
    found = Config(severity={"OB201": "error"})
    assert found.severity_of("OB201", "warning") == "error"
    assert found.severity_of("OB204", "warning") == "warning"


def test_exclude_is_relative_to_the_file(tmp_path):
    write(tmp_path / ".oban-guard.toml", 'exclude = ["lib/legacy/", "/top.ex", "gen_*.ex"]')
    found = load(str(tmp_path))
    excluded = ["lib/legacy/", "lib/legacy/a.ex", "top.ex", "lib/a/gen_b.ex"]
    kept = ["lib/", "lib/a.ex", "lib/top.ex", "other/lib/legacy/a.ex"]
    assert [p for p in excluded + kept if found.excludes(f"{tmp_path}/{p}")] == excluded
    assert not found.excludes("/elsewhere/gen_b.ex")


def test_survives_json_and_pickle(tmp_path):
    write(tmp_path / ".oban-guard.toml", EVERYTHING)
    found = load(str(tmp_path))
    assert found.excludes(f"{tmp_path}/lib/legacy/a.ex")
    for copy in (
        Config.from_dict(json.loads(json.dumps(found.to_dict()))),
        pickle.loads(pickle.dumps(found)),
    ):
        assert copy.to_dict() == found.to_dict()
        assert copy.digest() == found.digest()
        assert copy.excludes(f"{tmp_path}/lib/legacy/a.ex")


def test_digest_follows_the_settings_only(tmp_path):
    here = write(tmp_path / "a/.oban-guard.toml", 'mode = "warn"')
    write(tmp_path / "b/.oban-guard.toml", 'mode = "warn" # the same')
    assert load(str(tmp_path / "a")).digest() == load(str(tmp_path / "b")).digest()
    here.write_text('mode = "off"')
    assert load(str(tmp_path / "a")).digest() != load(str(tmp_path / "b")).digest()


@pytest.mark.parametrize("call", ["Shop.Bank.fetch/1", "Repo.insert!/1,2", ":hackney.get", "A.ok?", "shop.bank"])
def test_calls(call):
    assert config.is_call(call)


@pytest.mark.parametrize(
    "call", ["fetch", "Shop.Bank", "shop.bank/1", "shop..bank", "A.b/x", "A.b/", "A.b/1,", "A.b c", "."]
)
def test_no_calls(call):
    assert not config.is_call(call)


def test_rule_names_come_from_file_names(monkeypatch, tmp_path):
    monkeypatch.undo()
    write(tmp_path / "rules/ob104_permanent_error_retried.py", "")
    write(tmp_path / "rules/__init__.py", "")
    write(tmp_path / "rules/obvious.py", "")
    monkeypatch.setattr(config, "__file__", str(tmp_path / "config.py"))
    assert config.rule_names() == {"OB104": "permanent-error-retried"}


def test_without_a_file_nothing_heavy_is_imported(tmp_path):
    (tmp_path / ".git").mkdir()
    program = (
        "import sys; from checker.config import load; load(sys.argv[1]);"
        "print([m for m in ('tomllib', 'pathspec', 'difflib', 'json', 'typing', 'dataclasses',"
        " 'enum') if m in sys.modules])"
    )
    root = os.path.dirname(os.path.dirname(config.__file__))
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {root!r}); {program}",
         str(tmp_path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "text",
    ["{:ok, map} | {:error, :not_found}", "%Shop.Order{} | nil", "list({:ok, arg1})", "none()",
     "[integer]", "%{status: 200}", '"text"', "-1", "run(last)", "truthy(arg1)",
     "element(2, arg1)", "[]", "Shop.Order"],
)  # fmt: skip
def test_types_of_every_kind(tmp_path, text):
    write(tmp_path / ".oban-guard.toml", f"[shapes]\n\"A.b/1\" = {json.dumps(text)}")
    assert load(str(tmp_path)).shapes == {"A.b/1": text}


@pytest.mark.parametrize("word", typetext.WORDS)
def test_every_word_for_a_type_is_read(word):
    site = typespec.Site([], None, Origin(None, ""))
    shapes = [alt.shape for alt in typespec.value_of(typespec.parse(word), site)]
    assert word in ("any", "term") or not any(isinstance(shape, Unknown) for shape in shapes)
