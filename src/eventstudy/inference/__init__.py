"""Expected returns, abnormal returns and tests. Knows no clocks.

`MODELS` maps the name of a model to its class, `TESTS` the name of a test of many events to its function of a
`Sample`: adding either is one class or function and one line in `tables.py`.
"""

from __future__ import annotations

from .abnormal import AbnormalReturns, CumulativeReturns, abnormal_returns
from .adjust import benjamini_hochberg, holm, minimum_detectable_effect
from .frames import TestPlan, events_frame, run_tests
from .french import read_french
from .models import ConstantMean, Fitted, MarketAdjusted, MarketModel, Model
from .overlaps import Overlap, overlapping_events, resolve_overlaps
from .regression import compare_groups, log_turnover, pooled_shocks, regress_cars
from .resampling import conformal_interval, placebo_p, standardised_placebo
from .sample import Sample
from .stream import EventStream
from .tables import MODELS, TESTS, factor_columns, get_model
from .testing import TestResult

__all__ = [
    "MODELS",
    "TESTS",
    "AbnormalReturns",
    "ConstantMean",
    "CumulativeReturns",
    "EventStream",
    "Fitted",
    "MarketAdjusted",
    "MarketModel",
    "Model",
    "Overlap",
    "Sample",
    "TestPlan",
    "TestResult",
    "abnormal_returns",
    "benjamini_hochberg",
    "compare_groups",
    "conformal_interval",
    "events_frame",
    "factor_columns",
    "get_model",
    "holm",
    "log_turnover",
    "minimum_detectable_effect",
    "overlapping_events",
    "placebo_p",
    "pooled_shocks",
    "read_french",
    "regress_cars",
    "resolve_overlaps",
    "run_tests",
    "standardised_placebo",
]
