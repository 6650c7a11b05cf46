"""The rules that the tree keeps, read from the source without running it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from flows import FLOWS

ROOT = Path(__file__).parent.parent
PLACES = ("flows/**/*.py", "bot/**/*.py", "wsgi.py")
SOURCES = sorted(path for place in PLACES for path in ROOT.glob(place))
MIGRATIONS = ROOT / "bot" / "store" / "migrations"
WRITTEN = [path for path in SOURCES if MIGRATIONS not in path.parents]
"""Everything but migrations, which are history and not rewritten."""

Function = ast.FunctionDef | ast.AsyncFunctionDef

HEAVY = 200_000
"""Bytes that no text of ours has, nor a picture of a page."""

LONGEST_FILE = 200
LONGEST_FUNCTION = 40

IMPURE = {
    "asyncio", "multiprocessing", "os", "random", "secrets", "select", "socket",
    "sqlite3", "ssl", "subprocess", "threading", "time", "urllib", "uuid",
}  # fmt: skip
"""What gives another answer each time, or reaches out of the process."""

HOMES = ("/" + "home/", "/" + "root/", "/" + "Users/", "/" + "work/")
"""Where developers keep their work, which is nobody else's business."""

STATELESS = (
    "bot/conversations", "bot/messaging", "bot/people", "bot/store", "bot/worker.py",
)  # fmt: skip
"""Code that runs any flow, and so knows no state by name."""

OTHER_MEANINGS = {
    # Twilio's status of a message, and the kind of a failure that keeps it from arriving.
    "bot/messaging": {"undelivered", "unreachable"},
}
"""Words that name a state of a flow and something else too."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    """A file the way a person writes it."""
    return path.relative_to(ROOT).as_posix()


def module(path: Path) -> str:
    """A file the way Python imports it."""
    return name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")


MODULES = {module(path): path for path in SOURCES}


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, wherever in it, with the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(path, node)
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                yield whole if whole in MODULES else source, node.lineno


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module(path).split(".")
    package = package if path.name == "__init__.py" else package[:-1]
    kept = package[: len(package) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def inside(path: Path, *places: str) -> bool:
    """Whether a file stands in one of these folders, or is one of these files."""
    return any(name(path) == place or name(path).startswith(f"{place}/") for place in places)


def importers(package: str, *allowed: str) -> list[str]:
    """Every file that imports a package and stands nowhere it is allowed."""
    return [
        f"{name(path)}:{line} imports {imported}"
        for path in SOURCES
        if not inside(path, *allowed)
        for imported, line in imports(path)
        if imported == package or imported.startswith(f"{package}.")
    ]


def literals(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


# Who may import what


def test_flows_import_themselves_transitions_and_the_standard_library() -> None:
    allowed = {"flows", "transitions", *sys.stdlib_module_names}
    strangers = [
        f"{name(path)}:{line} imports {imported}"
        for path in WRITTEN
        if inside(path, "flows")
        for imported, line in imports(path)
        if imported.split(".")[0] not in allowed
    ]
    assert not strangers


def test_flows_are_pure() -> None:
    found = [
        f"{name(path)}:{line} imports {imported}"
        for path in WRITTEN
        if inside(path, "flows")
        for imported, line in imports(path)
        if imported.split(".")[0] in IMPURE
    ]
    found += [
        f"{name(path)}:{node.lineno} asks what time it is"
        for path in WRITTEN
        if inside(path, "flows")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today"}
    ]
    assert not found


def test_the_bot_imports_no_flow() -> None:
    modules = {f"flows.{flow}" for flow in FLOWS}
    found = [
        f"{name(path)}:{line} imports {imported}"
        for path in SOURCES
        if inside(path, "bot")
        for imported, line in imports(path)
        if imported in modules
    ]
    assert not found


def test_the_bot_names_no_flow() -> None:
    found = [
        f"{name(path)}:{line} says {text!r}"
        for path in WRITTEN
        if inside(path, "bot")
        for text, line in literals(path)
        if text in FLOWS
    ]
    assert not found


def test_what_runs_flows_names_no_state() -> None:
    states = {state.name for flow in FLOWS.values() for state in flow.states}
    found = []
    for path in (path for path in WRITTEN if inside(path, *STATELESS)):
        meant = (words for place, words in OTHER_MEANINGS.items() if inside(path, place))
        telling = states.difference(*meant)
        found += [
            f"{name(path)}:{at} says {text!r}" for text, at in literals(path) if text in telling
        ]
    assert not found


def test_only_commands_import_the_simulator() -> None:
    assert not importers("bot.simulator", "bot/simulator", "bot/cli")


def test_only_the_worker_imports_apscheduler() -> None:
    assert not importers("apscheduler", "bot/worker.py")


def test_only_messaging_imports_twilio() -> None:
    assert not importers("twilio", "bot/messaging", "bot/simulator")


def test_imports_stand_at_the_top_of_files() -> None:
    found = []
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import | ast.ImportFrom) and node not in tree(path).body:
                found.append(f"{name(path)}:{node.lineno} imports inside something")
    assert not found


def test_nothing_is_imported_for_types_alone() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in SOURCES
        for imported, line in _names(path)
        if imported == "TYPE_CHECKING"
    ]
    assert not found, "that hides a cycle"


def _names(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno


def test_modules_import_each_other_in_one_direction() -> None:
    graph = {
        importer: {imported for imported, _ in imports(path) if imported in MODULES} - {importer}
        for importer, path in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]))


# How long, and what is said about it


def test_files_are_short() -> None:
    long = {
        name(path): lines
        for path in WRITTEN
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long


def test_functions_are_short() -> None:
    long = {
        f"{name(path)}:{function.lineno} {function.name}": lines
        for path in WRITTEN
        for function in functions(path)
        if (lines := own_lines(function)) > LONGEST_FUNCTION
    }
    assert not long


def own_lines(function: Function) -> int:
    """The lines of a function without those of functions in it: a factory is as long as its own."""
    return _span(function) - sum(_span(inner) for inner in _directly_in(function))


def _directly_in(node: ast.AST) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield child
        else:
            yield from _directly_in(child)


def _span(function: Function) -> int:
    first = min([function.lineno, *(one.lineno for one in function.decorator_list)])
    return (function.end_lineno or function.lineno) - first + 1


def test_everything_public_says_what_it_is_for() -> None:
    silent = []
    for path in WRITTEN:
        if not ast.get_docstring(tree(path)):
            silent.append(name(path))
        silent += [f"{name(path)}:{line} {what}" for what, line in _undocumented(tree(path))]
    assert not silent


def _undocumented(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Views and callbacks stand inside of functions, and are read there as well."""
    named = (node for node in ast.walk(module) if isinstance(node, Function | ast.ClassDef))
    for node in named:
        if not (node.name.startswith("_") or ast.get_docstring(node)):
            yield node.name, node.lineno


@pytest.mark.parametrize(
    ("source", "silent"),
    [
        ("def ask(): 'Ask.'", []),
        ("def ask(): ...", ["ask"]),
        ("class Desk:\n 'A desk.'\n def ask(self): ...", ["ask"]),
        ("def _add(blueprint):\n def show(): ...", ["show"]),
        ("def _add(blueprint):\n def _show(): ...", []),
    ],
)
def test_silence_is_noticed(source: str, silent: list[str]) -> None:
    assert [what for what, _ in _undocumented(ast.parse(source))] == silent


# What is never written


def test_every_moment_has_a_time_zone() -> None:
    naive = [
        f"{name(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and _is_naive(node)
    ]
    assert not naive


def _is_naive(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    owner, method = call.func.value, call.func.attr
    if method in ("utcnow", "utcfromtimestamp"):
        return True
    of_datetime = "datetime" in (getattr(owner, "id", ""), getattr(owner, "attr", ""))
    given = len(call.args) + len(call.keywords)
    return of_datetime and (
        (method == "now" and not given)
        or (method == "fromtimestamp" and given < 2)
        or method == "today"
    )


@pytest.mark.parametrize(
    ("source", "naive"),
    [
        ("datetime.now()", True),
        ("datetime.datetime.now()", True),
        ("datetime.utcnow()", True),
        ("datetime.today()", True),
        ("datetime.fromtimestamp(0)", True),
        ("datetime.now(UTC)", False),
        ("datetime.fromtimestamp(0, tz=UTC)", False),
        ("runtime.clock.now()", False),
    ],
)
def test_naive_moments_are_noticed(source: str, naive: bool) -> None:
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    assert _is_naive(call) == naive


def test_no_file_tells_where_somebody_works() -> None:
    found = [
        f"{path}:{at}"
        for path in committed()
        for at, line in enumerate(_lines(ROOT / path), start=1)
        if any(home in line for home in HOMES)
    ]
    assert not found


def test_no_file_is_heavy() -> None:
    """What is downloaded belongs to requirements.txt, and what is made to a command."""
    heavy = [path for path in committed() if (ROOT / path).stat().st_size > HEAVY]
    assert not heavy


def committed() -> list[str]:
    """The files that are in the repository, or will be with the next commit."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a repository")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path in listed.split("\0") if path and (ROOT / path).is_file()]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
