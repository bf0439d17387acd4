"""Market-reaction event studies: from a news article to abnormal returns.

>>> import eventstudy as es
>>> study = es.EventStudy(model="constant-mean", windows=[(0, 0), (0, 1)])

Everything public is here and loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .claims import Claim, ClaimKind, Verdict
    from .errors import EventStudyError
    from .events import Event, Mention, Precision, When
    from .inference.cross_section import log_turnover
    from .inference.listing import models, tests
    from .inference.models.french import read_factors, read_french
    from .inference.models.least_squares import least_squares
    from .inference.models.matched import MatchedPeers
    from .inference.models.protocol import BenchmarkModel, Column, ModelBase
    from .inference.significance.multiplicity import benjamini_hochberg, holm
    from .inference.significance.protocol import Assumption, Scope, SignificanceTest
    from .inference.significance.resampling import conformal_interval
    from .inference.significance.result import TestResult
    from .instruments.catalogue import Instrument, catalogue, find_instrument
    from .markets.alignment.explain import explain
    from .markets.alignment.sessions import align
    from .markets.prices.bars import Bars, BarSet
    from .markets.sources.contract_files import read_contracts
    from .markets.sources.files import read_bars
    from .markets.sources.layouts import Layout
    from .news.claims.extraction import read_claims
    from .news.clusters.evidence import read_evidence
    from .news.clusters.listing import events_from
    from .news.clusters.news_event import NewsEvent
    from .news.clusters.output import events_frame
    from .news.dating.dating import Dating, date_article, date_event
    from .news.dating.output import datings_frame
    from .news.reading.article import Article
    from .news.reading.readers import read_article, read_articles
    from .report.write import write_report
    from .scale.packing import write_pack
    from .study.comparison import compare, variants
    from .study.config import StudyFile, read_study, study_toml
    from .study.event_list import EventList, read_events
    from .study.result import EventStudyResult
    from .study.run import run_study
    from .study.study import EventStudy
    from .study.surprise_events import read_surprises
    from .study.surprises import surprise_responses
    from .study.verdicts.check import check_claims
    from .windows import Window

_HOMES = {
    "Article": "news.reading.article",
    "Assumption": "inference.significance.protocol",
    "BarSet": "markets.prices.bars",
    "Bars": "markets.prices.bars",
    "BenchmarkModel": "inference.models.protocol",
    "Claim": "claims",
    "ClaimKind": "claims",
    "Column": "inference.models.protocol",
    "Dating": "news.dating.dating",
    "Event": "events",
    "EventList": "study.event_list",
    "EventStudy": "study.study",
    "EventStudyError": "errors",
    "EventStudyResult": "study.result",
    "Instrument": "instruments.catalogue",
    "Layout": "markets.sources.layouts",
    "MatchedPeers": "inference.models.matched",
    "Mention": "events",
    "ModelBase": "inference.models.protocol",
    "NewsEvent": "news.clusters.news_event",
    "Precision": "events",
    "Scope": "inference.significance.protocol",
    "SignificanceTest": "inference.significance.protocol",
    "StudyFile": "study.config",
    "TestResult": "inference.significance.result",
    "When": "events",
    "Verdict": "claims",
    "Window": "windows",
    "align": "markets.alignment.sessions",
    "benjamini_hochberg": "inference.significance.multiplicity",
    "catalogue": "instruments.catalogue",
    "check_claims": "study.verdicts.check",
    "compare": "study.comparison",
    "conformal_interval": "inference.significance.resampling",
    "date_article": "news.dating.dating",
    "date_event": "news.dating.dating",
    "datings_frame": "news.dating.output",
    "events_frame": "news.clusters.output",
    "events_from": "news.clusters.listing",
    "explain": "markets.alignment.explain",
    "find_instrument": "instruments.catalogue",
    "holm": "inference.significance.multiplicity",
    "least_squares": "inference.models.least_squares",
    "log_turnover": "inference.cross_section",
    "models": "inference.listing",
    "read_article": "news.reading.readers",
    "read_articles": "news.reading.readers",
    "read_bars": "markets.sources.files",
    "read_claims": "news.claims.extraction",
    "read_contracts": "markets.sources.contract_files",
    "read_events": "study.event_list",
    "read_evidence": "news.clusters.evidence",
    "read_factors": "inference.models.french",
    "read_french": "inference.models.french",
    "read_study": "study.config",
    "read_surprises": "study.surprise_events",
    "run_study": "study.run",
    "study_toml": "study.config",
    "surprise_responses": "study.surprises",
    "tests": "inference.listing",
    "variants": "study.comparison",
    "write_pack": "scale.packing",
    "write_report": "report.write",
}

__all__ = [
    "Article",
    "Assumption",
    "BarSet",
    "Bars",
    "BenchmarkModel",
    "Claim",
    "ClaimKind",
    "Column",
    "Dating",
    "Event",
    "EventList",
    "EventStudy",
    "EventStudyError",
    "EventStudyResult",
    "Instrument",
    "Layout",
    "MatchedPeers",
    "Mention",
    "ModelBase",
    "NewsEvent",
    "Precision",
    "Scope",
    "SignificanceTest",
    "StudyFile",
    "TestResult",
    "Verdict",
    "When",
    "Window",
    "align",
    "benjamini_hochberg",
    "catalogue",
    "check_claims",
    "compare",
    "conformal_interval",
    "date_article",
    "date_event",
    "datings_frame",
    "events_frame",
    "events_from",
    "explain",
    "find_instrument",
    "holm",
    "least_squares",
    "log_turnover",
    "models",
    "read_article",
    "read_articles",
    "read_bars",
    "read_claims",
    "read_contracts",
    "read_events",
    "read_evidence",
    "read_factors",
    "read_french",
    "read_study",
    "read_surprises",
    "run_study",
    "study_toml",
    "surprise_responses",
    "tests",
    "variants",
    "write_pack",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__doc__"]
