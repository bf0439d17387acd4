"""Market-reaction event studies: from a news article to abnormal returns.

>>> import eventstudy as es
>>> study = es.EventStudy(model="constant-mean", windows=[(0, 0), (0, 1)])

Everything public is here and loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .config import read_study, run_study
    from .errors import EventStudyError
    from .events import Event, Mention, Precision, When, read_events
    from .instruments import Instrument, catalogue, find_instrument
    from .markets.alignment import align
    from .markets.bars import Bars, BarSet
    from .markets.contracts import read_contracts
    from .markets.explanation import explain
    from .markets.sources.files import read_bars
    from .markets.sources.layouts import Layout
    from .news.article import Article
    from .news.dating import Dating, date_article, date_event
    from .news.readers import read_article, read_articles
    from .report import write_report
    from .results import EventStudyResult
    from .study import EventStudy
    from .windows import Window

_HOMES = {
    "Article": "news.article",
    "BarSet": "markets.bars",
    "Bars": "markets.bars",
    "Dating": "news.dating",
    "Event": "events",
    "EventStudy": "study",
    "EventStudyError": "errors",
    "EventStudyResult": "results",
    "Instrument": "instruments",
    "Layout": "markets.sources.layouts",
    "Mention": "events",
    "Precision": "events",
    "When": "events",
    "Window": "windows",
    "align": "markets.alignment",
    "catalogue": "instruments",
    "date_article": "news.dating",
    "date_event": "news.dating",
    "explain": "markets.explanation",
    "find_instrument": "instruments",
    "read_article": "news.readers",
    "read_articles": "news.readers",
    "read_bars": "markets.sources.files",
    "read_contracts": "markets.contracts",
    "read_events": "events",
    "read_study": "config",
    "run_study": "config",
    "write_report": "report",
}

__all__ = [
    "Article",
    "BarSet",
    "Bars",
    "Dating",
    "Event",
    "EventStudy",
    "EventStudyError",
    "EventStudyResult",
    "Instrument",
    "Layout",
    "Mention",
    "Precision",
    "When",
    "Window",
    "align",
    "catalogue",
    "date_article",
    "date_event",
    "explain",
    "find_instrument",
    "read_article",
    "read_articles",
    "read_bars",
    "read_contracts",
    "read_events",
    "read_study",
    "run_study",
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
