"""The plan of the house, read off the imports: floors, the "never" list, no circles, and sizes.

Imports inside functions count like all others: what is heavy may be loaded late, but no circle is dodged that way.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src/eventstudy"
# Each room or sub-room with its floor; a module stands on the floor of the longest name here that begins its own.
FLOORS = {
    "errors": 0,
    "files": 0,
    "schema": 0,
    "text": 0,
    "optional": 0,
    "arrow": 0.1,
    "render": 0,
    "events": 1,
    "claims": 1,
    "windows": 1,
    "instruments": 1,
    "instruments.own_calendar": 1.05,
    "instruments.exchanges": 1.1,
    "instruments.releases": 1.1,
    "instruments.instrument": 1.2,
    "instruments.declarations": 1.3,
    "instruments.rules": 1.3,
    "instruments.catalogue": 1.4,
    "panel": 2,
    "table": 2,
    "panel_source": 2.05,
    "news.text": 2.1,
    "news.places": 2.2,
    "news.grammar": 2.3,
    "news.reading": 2.4,
    "news.dating": 2.5,
    "news.clusters": 2.6,
    "news.claims": 2.6,
    "markets.calendars": 3.1,
    "markets.prices": 3.2,
    "markets.sources": 3.3,
    "markets.alignment": 3.3,
    "inference.models": 3.1,
    "inference.distributions": 3.1,
    "inference.window_loops": 3.12,
    "inference.cumulative": 3.15,
    "inference.estimation": 3.15,
    "inference.abnormal": 3.2,
    "inference.estimates": 3.3,
    "inference.compiled": 3.05,
    "inference.diagnostics": 3.3,
    "inference.direct_loops": 3.35,
    "inference.direct": 3.36,
    "inference.direct_returns": 3.37,
    "inference.stream": 3.3,
    "inference.overlaps": 3.3,
    "inference.cross_section": 3.6,
    "inference.volatility": 3.6,
    "inference.past_slopes": 3.6,
    "inference.portfolio_slopes": 3.65,
    "inference.lead_lag": 3.6,
    "inference.surprises": 3.6,
    "inference.significance": 3.4,
    "inference.drawing": 3.5,
    "inference.battery": 3.6,
    "inference.averages": 3.7,
    "inference.weighted": 3.75,
    "inference.listing": 3.7,
    "inference.labelled": 3.15,
    "study.options": 4,
    "study.verdicts": 4,
    "study.benchmark": 4,
    "study.clocks": 4,
    "study.anatomy": 4,
    "study.reaction": 4,
    "study.reaction_path": 4,
    "study.stamps": 4,
    "study.listed": 4,
    "study.reach": 4,
    "study.stretches": 4,
    "study.episodes": 4,
    "study.first": 4,
    "study.surprise_events": 4,
    "study.surprises": 4.1,
    "study.careful": 4.1,
    "study.peaks": 4,
    "study.course": 4,
    "study.course_words": 4,
    "study.wording": 4,
    "study.measured": 4,
    "study.summary": 4,
    "study.narrative": 4,
    "study.finding": 4,
    "study.headline": 4,
    "study.method": 4,
    "study.inputs": 4,
    "study.gaps": 4,
    "study.event_time": 4,
    "study.details": 4,
    "study.preparation": 4,
    "study.pairs": 4,
    "study.computed": 4,
    "study.averages": 4,
    "study.tables": 4,
    "study.event_files": 4,
    "study.matching": 4.1,
    "study.event_layouts": 4.1,
    "study.event_list": 4.2,
    "study.shown": 4,
    "study.given": 4.25,
    "study.meeting": 4.3,
    "study.own_windows": 4,
    "study.characteristics": 4,
    "study.exported": 4,
    "study.formats": 4,
    "study.workbook": 4,
    "study.pictures": 4,
    "study.light": 4.5,
    "study.sensitivity": 4.6,
    "study.curve": 4.6,
    "study.sizes": 4.6,
    "study.repeats": 4.7,
    "study.specified": 4.8,
    "study.result": 5,
    "scale": 5.5,
    "study.study": 6,
    "study.key_checks": 4,
    "study.config": 6.3,
    "study.factor_files": 6.35,
    "study.prices": 6.4,
    "study.comparison": 6.5,
    "study.run": 6.5,
    "report": 7,
    "cli": 8,
    "__main__": 9,
}
# Packages: they hold nothing but a docstring, so importing one of their modules loads no other.
PACKAGES = {"news", "markets", "inference", "study"}
OUTSIDE = {
    "exchange_calendars": {"markets.calendars.library"},
    "yfinance": {"markets.sources.yahoo"},
    "pydantic": {"schema"},
    "typer": {"cli.app", "cli.compare", "cli.factors", "cli.main", "cli.news", "cli.prices", "cli.terminal"},
    "socket": {"news.reading.connection"},
}


def module_name(path):
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module):
    return module.split(".")[0]


def floor(module):
    parts = module.split(".")
    return next(FLOORS[name] for k in range(len(parts), 0, -1) if (name := ".".join(parts[:k])) in FLOORS)


MODULES = {module_name(path): path for path in sorted(SRC.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
NODES = {name: [*ast.walk(tree)] for name, tree in TREES.items()}


def imports(name):
    """Names of the modules that a module imports: ours below the package, with a dot first; others as they are."""
    here = name.split(".") if name else []
    package = here if MODULES[name].name == "__init__.py" else here[:-1]
    for node in NODES[name]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] + (node.module.split(".") if node.module else [])
            for alias in node.names:
                inner = ".".join([*base, alias.name])
                yield "." + (inner if inner in MODULES else ".".join(base))


IMPORTS = {name: [*imports(name)] for name in MODULES}
OURS = {name: {found[1:] for found in IMPORTS[name] if found.startswith(".")} - {name} for name in MODULES}
OTHERS = {name: {found.split(".")[0] for found in IMPORTS[name] if not found.startswith(".")} for name in MODULES}


def test_the_imports_are_read_at_all():
    assert {"files", "study.config", "news.dating.dating"} <= OURS["study.run"]
    assert "pandas" in OTHERS["study.study"] and "exchange_calendars" in OTHERS["markets.calendars.library"]


def test_every_room_has_a_floor():
    assert all(floor(name) >= 0 for name in set(MODULES) - PACKAGES - {""})


@pytest.mark.parametrize("name", [name for name, path in MODULES.items() if name and path.name == "__init__.py"])
def test_packages_are_empty(name):
    assert [type(node) for node in TREES[name].body] == [ast.Expr]


def test_one_model_loads_no_test():
    code = "import sys, eventstudy.inference.models.market; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "eventstudy.inference.models.market" in loaded
    assert not [name for name in loaded if name.startswith(("eventstudy.inference.significance", "eventstudy.markets"))]


@pytest.mark.parametrize("name", sorted(set(MODULES) - PACKAGES - {""}))
def test_imports_never_go_up(name):
    up = {other for other in OURS[name] if not other or other in PACKAGES or floor(other) > floor(name)}
    assert not up, f"{name} is on floor {floor(name)} and imports {sorted(up)}"


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
    [("inference", "markets"), ("markets", "inference"), ("news", "markets"), ("study.result", "study.study")],
)
def test_rooms_that_never_meet(importer, imported):
    def inside(name, part):
        return name == part or name.startswith(f"{part}.")

    assert not [(a, b) for a in MODULES if inside(a, importer) for b in OURS[a] if inside(b, imported)]


def test_only_the_command_and_its_configuration_know_the_news():
    importers = {name for name in MODULES for other in OURS[name] if room(other) == "news" != room(name)}
    assert {name for name in importers if room(name) not in ("cli", "")} <= {"study.run"}


def test_render_knows_no_study():
    allowed = {"render", "text", "optional", "errors"}
    assert not [name for name in MODULES if room(name) == "render" and not {room(x) for x in OURS[name]} <= allowed]


@pytest.mark.parametrize("package", OUTSIDE)
def test_packages_with_one_door(package):
    assert {name for name in MODULES if package in OTHERS[name]} <= OUTSIDE[package]


def in_type_checking(tree):
    """Import nodes that only a type checker sees."""
    blocks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    return {id(inner) for block in blocks for inner in ast.walk(block)}


def test_matplotlib_is_drawn_with_in_two_places_only():
    for name, tree in TREES.items():
        if room(name) in ("render", "report"):
            continue
        hidden = in_type_checking(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in hidden:
                assert "matplotlib" not in ast.unparse(node), f"{name}: {ast.unparse(node)}"


@pytest.mark.parametrize("name", MODULES)
def test_no_pickle_no_shell_no_eval(name):
    assert not OTHERS[name] & {"pickle", "shelve", "marshal", "subprocess", "urllib3", "requests"}
    called = {n.func.id for n in NODES[name] if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert not called & {"eval", "exec", "print"}


def code_lines(node):
    """Lines of a function or class without its docstring and those inside it."""
    documented = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(n)]
    docstrings = [n.body[0] for n in documented]
    return node.end_lineno - node.lineno + 1 - sum(d.end_lineno - d.lineno + 1 for d in docstrings)


@pytest.mark.parametrize("name", MODULES)
def test_sizes(name):
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 350
    for node in NODES[name]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert code_lines(node) <= 40, f"{name}.{node.name}"
        elif isinstance(node, ast.ClassDef):
            assert code_lines(node) <= 200, f"{name}.{node.name}"


def test_functions_are_small():
    """Half of all functions have at most eight lines of code, nine of ten at most 25; `pytest -rP` shows figures."""
    functions = [node for nodes in NODES.values() for node in nodes if isinstance(node, ast.FunctionDef)]
    lines = sorted(map(code_lines, functions))
    median, ninth = lines[len(lines) // 2], lines[len(lines) * 9 // 10]
    files = sum(path.name != "__init__.py" for path in MODULES.values())
    print(f"{files} source files, {len(lines)} functions, median {median}, nine of ten {ninth} lines of code")
    assert median <= 8 and ninth <= 25
