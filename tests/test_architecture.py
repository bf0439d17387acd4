"""The plan of the house, read off the imports: floors, the "never" list, no circles, and sizes.

Imports inside functions count like all others: what is heavy may be loaded late, but no circle is dodged that way.
"""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src/eventstudy"
FLOORS = {
    "errors": 0,
    "files": 0,
    "visible": 0,
    "render": 0,
    "events": 1,
    "windows": 1,
    "instruments": 1,
    "panel": 2,
    "news": 2,
    "markets": 3,
    "inference": 3,
    "intraday": 4,
    "reaction": 4,
    "narrative": 4,
    "frames": 4,
    "benchmark": 4,
    "results": 4,
    "study": 5,
    "robustness": 6,
    "config": 6,
    "report": 7,
    "commands": 7.5,
    "dates": 7.5,
    "prices": 7.5,
    "cli_prices": 7.8,
    "cli": 8,
    "__main__": 9,
}
OUTSIDE = {
    "exchange_calendars": {"markets.calendars"},
    "yfinance": {"markets.sources.yahoo"},
    "typer": {"cli", "cli_prices"},
}


def module_name(path):
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module):
    return module.split(".")[0]


MODULES = {module_name(path): path for path in sorted(SRC.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imports(name):
    """Names of the modules that a module imports: ours below the package, with a dot first; others as they are."""
    here = name.split(".") if name else []
    package = here if MODULES[name].name == "__init__.py" else here[:-1]
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] + (node.module.split(".") if node.module else [])
            for alias in node.names:
                inner = ".".join([*base, alias.name])
                yield "." + (inner if inner in MODULES else ".".join(base))


OURS = {name: {found[1:] for found in imports(name) if found.startswith(".")} - {name} for name in MODULES}
OTHERS = {name: {found.split(".")[0] for found in imports(name) if not found.startswith(".")} for name in MODULES}


def test_the_imports_are_read_at_all():
    assert {"errors", "files", "study", "news"} <= OURS["config"]
    assert "pandas" in OTHERS["study"] and "exchange_calendars" in OTHERS["markets.calendars"]


def test_every_room_has_a_floor():
    assert {room(name) for name in MODULES} - {""} <= set(FLOORS)


@pytest.mark.parametrize("name", [name for name in MODULES if name])
def test_imports_never_go_up(name):
    up = {other for other in OURS[name] if not other or FLOORS[room(other)] > FLOORS[room(name)]}
    assert not up, f"{name} is on floor {FLOORS[room(name)]} and imports {sorted(up)}"


def test_no_module_imports_itself_in_a_circle():
    def visit(name, trail):
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in sorted(OURS[name]):
                visit(other, [*trail, name])
            done.add(name)

    done = set()
    for name in MODULES:
        if name:
            visit(name, [])


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("inference", "markets"), ("markets", "inference"), ("news", "markets"), ("results", "study")],
)
def test_rooms_that_never_meet(importer, imported):
    assert not [name for name in MODULES if room(name) == importer for other in OURS[name] if room(other) == imported]


def test_only_the_command_and_its_configuration_know_the_news():
    importers = {room(name) for name in MODULES for other in OURS[name] if room(other) == "news"}
    assert importers <= {"news", "config", "cli", "dates", "commands", ""}


def test_render_imports_nothing_of_ours():
    assert not [name for name in MODULES if room(name) == "render" and any(room(x) != "render" for x in OURS[name])]


@pytest.mark.parametrize("package", OUTSIDE)
def test_packages_with_one_door(package):
    assert {name for name in MODULES if package in OTHERS[name]} <= OUTSIDE[package]


def in_type_checking(tree):
    """Import nodes that only a type checker sees."""
    blocks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    return {id(inner) for block in blocks for inner in ast.walk(block)}


def test_matplotlib_is_drawn_with_in_two_places_only():
    for name, tree in TREES.items():
        if name == "render.plots" or room(name) == "report":
            continue
        hidden = in_type_checking(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in hidden:
                assert "matplotlib" not in ast.unparse(node), f"{name}: {ast.unparse(node)}"


@pytest.mark.parametrize("name", MODULES)
def test_no_pickle_no_shell_no_eval(name):
    assert not OTHERS[name] & {"pickle", "shelve", "marshal", "subprocess", "socket", "urllib3", "requests"}
    called = {n.func.id for n in ast.walk(TREES[name]) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert not called & {"eval", "exec", "print"}


def code_lines(node):
    """Lines of a function or class without its docstring and those inside it."""
    documented = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(n)]
    docstrings = [n.body[0] for n in documented]
    return node.end_lineno - node.lineno + 1 - sum(d.end_lineno - d.lineno + 1 for d in docstrings)


@pytest.mark.parametrize("name", MODULES)
def test_sizes(name):
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 350
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert code_lines(node) <= 40, f"{name}.{node.name}"
        elif isinstance(node, ast.ClassDef):
            assert code_lines(node) <= 200, f"{name}.{node.name}"
