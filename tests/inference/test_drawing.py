"""How long tests that draw will take is said once, before the first of them."""

import logging

import pytest

from eventstudy.inference.drawing import LEAST, Drawing, seconds
from eventstudy.inference.significance.guard import Role, Verdict
from eventstudy.inference.significance.registry import TESTS

CHOSEN = tuple(TESTS[name] for name in ("bmp", "sign_flip", "wild_cluster", "block_bootstrap"))


def verdicts(**refused):
    """Verdicts without refusals, but for those named."""
    return {test.name: Verdict(role=Role.SECONDARY, refusal=refused.get(test.name, "")) for test in CHOSEN}


def test_the_estimate_is_said_once_and_counts_what_is_made(caplog):
    caplog.set_level(logging.DEBUG, "eventstudy.tests")
    drawing = Drawing(tests=CHOSEN, windows=2)
    for _ in range(2):
        drawing.begin(verdicts(block_bootstrap="too few"), 50_000, 20_000)
        for test in CHOSEN[:3]:
            drawing.done(test)
    expected = 2 * sum(seconds(name, 50_000, 20_000) for name in ("sign_flip", "wild_cluster"))
    assert expected == pytest.approx(2 * 20_000 * (1.8e-4 + 3.5e-4), rel=1e-12)
    first, *counts = [record.getMessage() for record in caplog.records]
    assert first == f"sign_flip, wild_cluster draw at random: about {expected:.0f} s for 2 windows and 50,000 pairs"
    assert counts == [f"tests that draw: {number} of 4" for number in (1, 2, 3, 4)]


def test_a_moment_is_not_worth_a_line(caplog):
    caplog.set_level(logging.INFO, "eventstudy.tests")
    Drawing(tests=CHOSEN, windows=1).begin(verdicts(), 200, 150)
    assert seconds("wild_cluster", 200, 150) < LEAST and not caplog.records
