"""What README and docs say is so: the picture, the commands, the settings, the links."""

from __future__ import annotations

import re
from pathlib import Path

import click
import flask.cli
import pytest

from bot.cli import COMMANDS
from bot.config import Settings
from bot.conversations.wording import fill, texts
from bot.lazy import LazyCommand
from bot.messaging.segments import measure
from bot.simulator.account import Account
from bot.simulator.app import create_stand_in
from bot.simulator.stand_in import EXTENSION
from flows import FLOWS
from flows.diagram import mermaid

ROOT = Path(__file__).parent.parent
NAMED = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md")
PAGES = [*(ROOT / name for name in NAMED), *sorted((ROOT / "docs").glob("*.md"))]
page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def test_the_readme_draws_the_flow_as_it_is() -> None:
    drawn = re.search(r"```mermaid\n(.*?)```", PAGES[0].read_text(encoding="utf-8"), re.DOTALL)
    assert drawn
    assert drawn.group(1) == mermaid(FLOWS["opt_in"])


@page
def test_every_command_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"(?:^|`|bin/)flask ((?:[a-z]+ ?){1,2})", page.read_text(), re.MULTILINE)
    for words in named:
        first, *rest = words.split()
        assert first in COMMANDS or first in flask.cli.cli.commands, words
        if rest and first in COMMANDS:
            loaded = LazyCommand(first, *COMMANDS[first]).load()
            if isinstance(loaded, click.Group):
                assert rest[0] in loaded.commands, words


@page
def test_every_target_of_make_that_is_named_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(), re.MULTILINE)) <= set(targets)


@page
def test_every_file_that_is_linked_exists(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


def test_every_call_that_controls_the_stand_in_is_listed() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    app = create_stand_in(Account("AC" + "1" * 32, "token"))
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/control/")]
    app.extensions[EXTENSION].close()
    calls = {
        (method, without_names(rule.rule))
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = re.findall(r"^\| `([A-Z, ]+) (/control/[^`]+)`", page, re.MULTILINE)
    assert calls == {
        (method, without_names(path)) for methods, path in listed for method in methods.split(", ")
    }


def without_names(path: str) -> str:
    return re.sub(r"<[^>]+>", "<>", path)


def test_each_decision_is_a_paragraph() -> None:
    decisions = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    assert not re.findall(r"[^\n]\n(\*\*20[^*]+)", decisions)


def test_every_setting_is_explained_with_its_default() -> None:
    explained = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        (line,) = re.findall(rf"^\| `{name.upper()}` \|(.*)$", explained, re.MULTILINE)
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert f"`{field.default:g}`" in line, name


def test_every_language_is_named_with_its_version_and_who_reviewed_it() -> None:
    page = (ROOT / "docs" / "wording.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| .+ \((.+)\) \| (\d+) \| (.+) \| (\d+) \|$", page, re.MULTILINE)
    assert listed == [
        (
            tag,
            str(ours["version"]),
            ours["reviewed_by"] or "nobody yet",
            str(measure(fill(ours["contact"]["ask"], business="Acme")).segments),
        )
        for tag, ours in sorted(texts().items())
    ]
