"""Significance tests and abnormal returns as labelled tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..errors import UnknownNameError, UsageError, refuse_duplicates
from ..windows import Window
from .abnormal import AbnormalReturns
from .drawing import Drawing
from .significance.families import without
from .significance.guard import Verdict, design_of, judge
from .significance.protocol import Draws, Scope, SignificanceTest
from .significance.registry import CHOICES, TESTS
from .significance.result import FIGURES, TestResult
from .significance.sample import Sample, Samples

TEST_COLUMNS = (
    "test",
    "event_id",
    "market",
    "window",
    "n",
    "statistic",
    "df",
    "p",
    "note",
    "role",
    "distribution",
    "null",
    *FIGURES,
)

# Beyond this many pairs the tests of each pair and each event are not part of a named choice.
MANY = 200
NEEDS_SEVERAL = 2


@dataclass(frozen=True, kw_only=True)
class TestPlan:
    """Which tests to make, and what was declared beforehand.

    Parameters
    ----------
    names : tuple of str or SignificanceTest, optional
        Keys of `TESTS`, or records of your own tests; by default all of the table.
    families : mapping of str to sequence of str, optional
        Markets of each family, for `max_t` and `step_down`.
    weights : mapping of str to float, optional
        Signed weights of the declared portfolio; without them there is no portfolio test.
    seed : int
        For the tests that draw at random.

    Raises
    ------
    UnknownNameError
        If a test is not known.
    UsageError
        If two tests have one name.
    """

    __test__ = False

    names: tuple[str | SignificanceTest, ...] = CHOICES["all"]
    families: Mapping[str, Sequence[str]] | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_duplicates("test", [test.name for test in self.tests])

    @classmethod
    def chosen(cls, tests: str | Sequence[str | SignificanceTest], pairs: int = 0, **declared: Any) -> TestPlan:
        """Make the plan of a named choice in `CHOICES`, or of a list of tests.

        Parameters
        ----------
        tests : {"standard", "all"} or sequence of str or SignificanceTest
        pairs : int
            Number of event-market pairs: beyond `MANY` a named choice is limited to tests of the whole sample.
        **declared
            `families`, `weights` and `seed`.

        Returns
        -------
        TestPlan

        Raises
        ------
        UnknownNameError
            If there is no such choice or test.
        """
        if not isinstance(tests, str):
            return cls(names=tuple(tests), **declared)
        if tests not in CHOICES:
            raise UnknownNameError("choice of tests", tests, CHOICES)
        names = CHOICES[tests]
        # A declared portfolio was asked for, however many pairs there are.
        asked = ("weights",) if declared.get("weights") else ()
        kept = [TESTS[name] for name in names]
        kept = [test for test in kept if pairs <= MANY or test.scope is Scope.SAMPLE or test.declares in asked]
        return cls(names=tuple(test.name for test in kept), **declared)

    @property
    def tests(self) -> tuple[SignificanceTest, ...]:
        """The records of the tests, in the order of `names`."""
        return tuple(map(get_test, self.names))


def get_test(test: str | SignificanceTest) -> SignificanceTest:
    """Return the record of a test by its name; a record of your own is returned as it is.

    Parameters
    ----------
    test : str or SignificanceTest

    Returns
    -------
    SignificanceTest

    Raises
    ------
    UnknownNameError
        If there is no test of that name.
    UsageError
        If it is neither, or has the name of a test of the table.

    Examples
    --------
    >>> get_test("bmp").sides
    2
    """
    if isinstance(test, SignificanceTest):
        if TESTS.get(test.name, test) != test:
            raise UsageError(f"test {test.name!r} is already a test of the library; give yours another name")
        return test
    if not isinstance(test, str):
        raise UsageError(f"tests holds {test!r}; give names of tests, or SignificanceTest records")
    if test not in TESTS:
        raise UnknownNameError("test", test, TESTS)
    return TESTS[test]


def run_tests(
    abnormal: AbnormalReturns | Iterable[AbnormalReturns] | Samples,
    windows: Sequence[Window],
    plan: TestPlan | None = None,
) -> pd.DataFrame:
    """Make every test of a plan over every window, and mark the headline tests.

    Parameters
    ----------
    abnormal : AbnormalReturns, iterable of AbnormalReturns or Samples
        In one piece, or in blocks; tests of one pair or one event need one piece. Samples are of the same windows.
    windows : sequence of Window
    plan : TestPlan, optional
        By default all tests.

    Returns
    -------
    DataFrame
        Columns `TEST_COLUMNS`: one row per test, window and, for tests of one pair or one event, pair or event;
        ``event_id`` and ``market`` are empty for tests of the whole sample, ``market`` is the family for ``max_t``.
        ``note`` says why a test does not apply; ``role`` is ``headline``, ``secondary`` or ``unadjusted``.
    """
    plan = plan or TestPlan()
    rows: list[dict[str, object]] = []
    if not isinstance(abnormal, Samples):
        blocks = [abnormal] if isinstance(abnormal, AbnormalReturns) else abnormal
        abnormal = Samples(blocks=blocks, windows=tuple(windows))
    blocks, drawing = abnormal.blocks, Drawing(tests=plan.tests, windows=len(windows))
    for sample in abnormal:
        window, design = sample.window, design_of(sample)
        verdicts = judge(design, plan.tests)
        drawing.begin(verdicts, design.events, design.dates)
        for test, event_id, market, result in [
            *_pair_results(blocks, window, plan, verdicts),
            *_event_results(blocks, window, plan, verdicts),
            *_sample_results(sample, plan, verdicts, drawing),
        ]:
            rows.append(_row(test, event_id, market, window, result, verdicts[test.name].of(result)))
    return pd.DataFrame(rows, columns=list(TEST_COLUMNS))


Labelled = tuple[SignificanceTest, str, str, TestResult]


def _of_scope(plan: TestPlan, scope: Scope) -> list[SignificanceTest]:
    """Return the tests of a plan with a given scope."""
    return [test for test in plan.tests if test.scope is scope]


def _drawn(test: SignificanceTest, plan: TestPlan) -> dict[str, int]:
    """Return the seed as an option, for a test that draws."""
    return {} if test.draws is Draws.NEVER else {"seed": plan.seed}


def _in_one_piece(blocks: Iterable[AbnormalReturns]) -> AbnormalReturns:
    """Return the only block."""
    first, *others = blocks
    if others:
        raise UsageError("tests of one pair or one event need all pairs in memory; choose tests of the whole sample")
    return first


def _pair_results(
    blocks: Iterable[AbnormalReturns], window: Window, plan: TestPlan, verdicts: Mapping[str, Verdict]
) -> Iterator[Labelled]:
    """Make the tests of each event-market pair, ordered by pair."""
    tests = _of_scope(plan, Scope.PAIR)
    if not tests:
        return
    abnormal = _in_one_piece(blocks)
    made = [
        [TestResult.not_applicable(test.name, refusal)] * len(abnormal)
        if (refusal := verdicts[test.name].refusal)
        else test(abnormal, window, **_drawn(test, plan), **_families(test, plan))
        for test in tests
    ]
    keys = zip(abnormal.rows["event_id"].astype(str), abnormal.rows["market"].astype(str), strict=True)
    for (event_id, market), *results in zip(keys, *made, strict=True):
        yield from ((test, event_id, market, result) for test, result in zip(tests, results, strict=True))


def _families(test: SignificanceTest, plan: TestPlan) -> dict[str, Any]:
    """Return the families as an option, for a test of pairs that takes them."""
    return {"families": plan.families} if test.declares == "families" else {}


def _event_results(
    blocks: Iterable[AbnormalReturns], window: Window, plan: TestPlan, verdicts: Mapping[str, Verdict]
) -> Iterator[Labelled]:
    """Make the joint tests of every event with more than one market."""
    if not _of_scope(plan, Scope.EVENT):
        return
    abnormal = _in_one_piece(blocks)
    rows, whole = abnormal.rows, abnormal.complete(window)
    markets_of = rows.groupby("event_id", sort=False).size()
    for event_id in (str(event) for event in markets_of.index[markets_of > 1]):
        # Joint tests need all markets over the same window: one with too few days of it is left out.
        there = rows.loc[(rows["event_id"] == event_id) & whole, "market"].astype(str).tolist()
        if len(there) < NEEDS_SEVERAL:
            continue
        for test in _of_scope(plan, Scope.EVENT):
            for label, declared in _declared(test, plan, there).items():
                if refusal := verdicts[test.name].refusal:
                    yield test, event_id, label, TestResult.not_applicable(test.name, refusal)
                else:
                    result = test(abnormal, window, event_id=event_id, **declared, **_drawn(test, plan))
                    lost = _lost(abnormal, event_id, there, (plan.families or {}).get(label, ()))
                    yield test, event_id, label, verdicts[test.name].shown(result.with_notes(*lost))


def _lost(abnormal: AbnormalReturns, event_id: str, there: Sequence[str], members: Sequence[str]) -> tuple[str, ...]:
    """Name the markets of a family that meet the event but have no return in the window."""
    listed = set(abnormal.outcomes.loc[abnormal.outcomes["event_id"] == event_id, "market"].astype(str))
    return without([market for market in members if market in listed and market not in there])


def _declared(test: SignificanceTest, plan: TestPlan, there: Sequence[str]) -> dict[str, dict[str, object]]:
    """Return the options of each call of a joint test on the markets `there`, by label in the table."""
    if test.declares == "families":
        families = {"all": there} if plan.families is None else plan.families
        kept = {name: [one for one in members if one in there] for name, members in families.items()}
        return {name: {"markets": members} for name, members in kept.items() if members}
    if test.declares == "weights":
        return {"": {"weights": plan.weights}} if plan.weights else {}
    return {"": {"markets": there}}


def _sample_results(
    sample: Sample, plan: TestPlan, verdicts: Mapping[str, Verdict], drawing: Drawing
) -> Iterator[Labelled]:
    """Make the tests of the whole sample; the refused ones become rows with the reason."""
    for test in _of_scope(plan, Scope.SAMPLE):
        verdict = verdicts[test.name]
        if verdict.refusal:
            yield test, "", "", TestResult.not_applicable(test.name, verdict.refusal)
        else:
            yield test, "", "", verdict.shown(test(sample, **_drawn(test, plan)))
            drawing.done(test)


def _row(
    test: SignificanceTest, event_id: str, market: str, window: Window, result: TestResult, verdict: Verdict
) -> dict[str, object]:
    """Return one row of the table."""
    return {
        "test": test.name,
        "event_id": event_id,
        "market": market,
        "window": window.label,
        "n": result.n,
        "statistic": result.statistic,
        "df": np.nan if result.df is None else result.df,
        "p": result.p,
        "note": result.note,
        "role": verdict.role.value,
        "distribution": result.distribution,
        "null": test.null if result.applicable else "",
        **{name: result.figures.get(name, np.nan) for name in FIGURES},
    }
