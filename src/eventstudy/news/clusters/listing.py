"""From articles to one list of events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from ..reading.article import Article
from .blocks import Engine, grouped, scored
from .news_event import NewsEvent, news_event
from .telling import Telling, tell
from .terms import publisher_of, shared_furniture, story_of

_CHUNK = 25
# Articles that are sent to an engine at once.
_BLOCK = 200
_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


def events_from(
    articles: Iterable[Article], *, known: Iterable[NewsEvent] = (), workers: int = 1, engine: Engine | None = None
) -> tuple[NewsEvent, ...]:
    """Make one list of events of many articles: those that tell the same happening become one event.

    Every article is dated by itself. Two articles may tell the same event where they share rare words and were
    published within six days of each other; a logistic regression of the likeness of their words, titles and names,
    and of the distance of their times, gives the probability. Groups are joined by average linkage.

    Parameters
    ----------
    articles : iterable of Article
    known : iterable of NewsEvent, optional
        Events of an earlier call. New articles join them; they keep their ids and their members, and are never joined
        to each other. An article that is among their members already is left out.
    workers : int, optional
        Processes that date articles. With more than one, a script needs ``if __name__ == "__main__":``.
    engine : object, optional
        Where articles are dated and pairs of them compared, in blocks, in place of processes: its method
        ``map(function, tasks)`` yields the answers in order, as those of `eventstudy.scale.engines` do. The events do
        not depend on it.

    Returns
    -------
    tuple of NewsEvent
        In order of time; those without one come first.

    Examples
    --------
    >>> from eventstudy import Article
    >>> first = Article.of("A blaze stopped the Lindholm refinery at 0915 GMT on Friday, its owner said.",
    ...     title="Fire halts Lindholm refinery", published="2021-03-05T10:02:11Z", id="a", source="Wire One")
    >>> second = Article.of("Fuel output at the Lindholm refinery was halted by fire on Friday.",
    ...     title="Lindholm refinery halted after fire", published="2021-03-05T11:30:00Z", id="b", source="Wire Two")
    >>> (event,) = events_from([first, second])
    >>> str(event.occurred), event.public_text, event.public_source
    ('2021-03-05 09:15 UTC', '2021-03-05T10:02:11Z', 'Wire One: a')
    """
    old = tuple(known)
    seen = {one.key for event in old for one in event.members}
    tellings = [one for event in old for one in event.members]
    for one in sorted(tellings_of(list(articles), workers, engine), key=_place):
        if one.key not in seen:
            seen.add(one.key)
            tellings.append(one)
    return tuple(sorted(_grouped(tellings, old, engine), key=lambda event: (_moment(event), event.id)))


def tellings_of(articles: Sequence[Article], workers: int = 1, engine: Engine | None = None) -> list[Telling]:
    """Date articles and collect their words, in several processes if asked for.

    Parameters
    ----------
    articles : sequence of Article
    workers : int, optional
    engine : object, optional
        As `events_from` takes it.

    Returns
    -------
    list of Telling
        In the order of the articles.
    """
    furniture = shared_furniture(articles)
    stories = [story_of(one, furniture.get(publisher_of(one), frozenset())) for one in articles]
    if engine is not None:
        pairs = list(zip(articles, stories, strict=True))
        chunks = [tuple(pairs[at : at + _BLOCK]) for at in range(0, len(pairs), _BLOCK)]
        return [telling for told in engine.map(tell_all, chunks) for telling in told]
    if workers < 2:
        return list(map(tell, articles, stories))
    # Not forked: pools of threads in the calling process would be copied in whatever state they are.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(tell, articles, stories, chunksize=_CHUNK))


def tell_all(pairs: Sequence[tuple[Article, Any]]) -> list[Telling]:
    """Date some articles, each with the part of its text that is its story.

    Parameters
    ----------
    pairs : sequence of tuple

    Returns
    -------
    list of Telling
    """
    return [tell(article, story) for article, story in pairs]


def _grouped(tellings: Sequence[Telling], old: Sequence[NewsEvent], engine: Engine | None) -> list[NewsEvent]:
    """Join articles to events; the members of the old events come first among them."""
    known: list[list[int]] = []
    for event in old:
        at = known[-1][-1] + 1 if known else 0
        known.append(list(range(at, at + len(event.members))))
    groups = grouped(len(tellings), scored(tellings, engine), known)
    ids = [*(event.id for event in old), *[""] * (len(groups) - len(old))]
    return [news_event([tellings[n] for n in group], name) for group, name in zip(groups, ids, strict=True)]


def _place(one: Telling) -> tuple[dt.datetime, str]:
    """Order of articles that does not depend on the order of the files."""
    return (one.published.start if one.published else _EARLIEST, one.key)


def _moment(event: NewsEvent) -> dt.datetime:
    return event.when.start if event.when else _EARLIEST
