"""docs/rules and the skill's list of rules are generated, and current."""

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("gen_docs", ROOT / "scripts/gen_docs.py")
gen_docs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(gen_docs)


def rule(documentation="Wrong | always.\n\nMore.", id="OB999", **ways):
    stand_in = ModuleType("ob999_wrong_always", documentation)
    vars(stand_in).update(
        **(ways or {"check": list}),
        ID=id, NAME="wrong-always", SEVERITY="error",
        __file__=str(ROOT / "checker/rules/ob999_wrong_always.py"),
    )  # fmt: skip
    return stand_in


def test_pages_are_current():
    from checker.rules import all_rules

    outdated = gen_docs.stale(gen_docs.FOLDER, gen_docs.pages(all_rules()))
    outdated += gen_docs.stale(gen_docs.SKILL, gen_docs.skill_pages(all_rules()))
    assert outdated == [], "run python scripts/gen_docs.py"


def test_a_page_names_its_source_and_how_to_suppress():
    page = gen_docs.pages([rule()])["OB999.md"]
    assert page.startswith("<!-- Generated from checker/rules/ob999_wrong_always.py by ")
    assert "\n# OB999 wrong-always (error)\n\nWrong | always.\n\nMore.\n" in page
    assert page.endswith("# oban-guard: ignore[OB999] why this is right\n```\n")


def test_a_page_tells_the_languages_of_its_rule():
    shared = gen_docs.pages([rule(check=list, check_python=list)])["OB999.md"]
    assert "\n## Languages\n\nElixir and Python.\n\n## Suppress\n" in shared
    assert "\n```elixir\n# oban-guard: ignore" in shared
    page = gen_docs.pages([rule(check_jobs=list, LANGUAGES=("python",))])["OB999.md"]
    assert "\n## Languages\n\nPython.\n" in page
    assert "\n```python\n# oban-guard: ignore" in page


def test_rules_about_files_are_for_both_languages():
    page = gen_docs.pages([rule(check_file=list)])["OB999.md"]
    assert "\nElixir and Python.\n" in page


def test_the_index_is_a_table():
    assert gen_docs.pages([rule()])["README.md"].endswith(
        "| [OB999](OB999.md) | wrong-always | error | Wrong \\| always. | Elixir |\n"
    )


def test_the_skill_lists_every_rule_under_its_family():
    from checker.rules import all_rules

    page = gen_docs.skill_pages(all_rules())["rules.md"]
    assert [r.ID for r in all_rules() if f"\n| {r.ID} | {r.NAME} | {r.SEVERITY} | " not in page] == []
    page = gen_docs.skill_pages([rule(id="OB199"), rule()])["rules.md"]
    assert "## What a job returns (OB1xx)\n\n| Rule |" in page
    assert page.endswith("| OB999 | wrong-always | error | Wrong \\| always. | Elixir |\n")
    assert "OB2xx" not in page


def test_pages_that_are_written_by_hand_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(gen_docs, "SKILL", tmp_path)
    (tmp_path / "args.md").write_text("by hand")
    (tmp_path / "rules.md").write_text("old")
    assert gen_docs.stale(tmp_path, gen_docs.skill_pages([rule()])) == ["rules.md"]
    gen_docs.write(tmp_path, gen_docs.skill_pages([rule()]))
    assert (tmp_path / "args.md").read_text() == "by hand"
    assert "OB999" in (tmp_path / "rules.md").read_text()


def test_missing_outdated_and_left_over_pages_are_found_and_mended(tmp_path):
    gen_docs.write(tmp_path, gen_docs.pages([rule()]))
    wanted = gen_docs.pages([rule("Other.")])
    (tmp_path / "OB998.md").write_text("gone")
    (tmp_path / "README.md").unlink()
    assert gen_docs.stale(tmp_path, wanted) == ["OB998.md", "OB999.md", "README.md"]
    gen_docs.write(tmp_path, wanted)
    assert gen_docs.stale(tmp_path, wanted) == []


def test_the_documented_configuration_is_valid_and_whole(monkeypatch):
    from checker import config

    ids = ("OB104", "OB116", "OB201", "OB501")
    monkeypatch.setattr(config, "rule_names", lambda: dict.fromkeys(ids))
    text = (ROOT / "docs/configuration.md").read_text("utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    assert set(config.parse(".oban-guard.toml", example).to_dict()) >= set(config.KEYS)
    assert all(f"\n{key} = " in example or f"\n[{key}]" in example for key in config.KEYS)
    assert all(f" {word}" in example for word in config.EFFECTS)
