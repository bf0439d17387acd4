"""The weights of dating are checked when they are loaded, and every one of them is used."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from eventstudy.events import Precision
from eventstudy.news.dating import weights as module
from eventstudy.news.dating.roles import MentionRole
from eventstudy.news.dating.weights import Weights, parse_weights, weights

FOLDER = Path(module.__file__).parent
TABLES = "\n".join(f"[{name}]" for name in [field.name for field in fields(Weights)])


@pytest.mark.parametrize("value", ["true", '"1"', "nan", "inf", "[1]"])
def test_a_weight_that_is_no_finite_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"'role event' is .* not a finite number"):
        parse_weights(TABLES.replace("[event]", f"[event]\n'role event' = {value}"))


def test_a_table_too_many_is_refused() -> None:
    with pytest.raises(ValueError, match="expected the tables event"):
        parse_weights(f"{TABLES}\n[extra]")


def strings_of_the_code() -> set[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_weight_is_used() -> None:
    named = strings_of_the_code() | {f"role {role}" for role in MentionRole} | {f"precision {p}" for p in Precision}
    named |= {
        f"{how} {kind}" for how in ("named", "located") for kind in ("city", "region", "country", "demonym", "actor")
    }
    named |= {"over 60 days old, to the minute", "over 60 days old"} | {f"sentence {n}" for n in range(1, 6)}
    tables = [getattr(weights(), field.name) for field in fields(Weights)]
    assert not {name for table in tables for name in table} - named
