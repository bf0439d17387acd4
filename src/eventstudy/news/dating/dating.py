"""From an article to the events it reports, each with its time in UTC and the sentence that gives it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...errors import DatingError
from ...events import Event, Mention
from ..grammar.expressions import Expression, find_expressions
from ..grammar.sentences import Sentences
from ..places.listings import listing_zone
from ..places.mentions import DATELINE_MARKS, Place, find_places
from ..reading.article import Article
from ..text.tokens import Token, tokenize
from .context import Resolved, Setting, runs_ahead
from .resolve import NO_DAY, resolve
from .roles import Cues, MentionRole, read_cues
from .scoring import Scored, choose, rank
from .zone_choice import Whereabouts

NO_EVENT = "the text gives no time for an event"
# Lines of a page's header that are looked through for the beginning of the story.
_HEADER = 40
CURE = "give `at = ` in the study file, or pass --published if the publication time is missing"


@dataclass(frozen=True, kw_only=True)
class Dating:
    """What an article says about when things happened.

    Parameters
    ----------
    article_id : str
    events : tuple of Event
        Ranked, the most likely subject of the article first; empty where the time cannot be settled.
    mentions : tuple of Mention
        Every time expression in the order of the text.
    scored : tuple of Scored
        For each mention how it was judged, contribution by contribution.
    warnings : tuple of str
        What is uncertain about the article as a whole, and the reason where `events` is empty.
    text : str
        The text that the mentions' spans count in.
    title : str
    published : str
        Publication time as written.
    """

    article_id: str
    events: tuple[Event, ...]
    mentions: tuple[Mention, ...]
    scored: tuple[Scored, ...] = ()
    warnings: tuple[str, ...] = ()
    text: str = ""
    title: str = ""
    published: str = ""

    def explain(self) -> str:
        """Return how each time expression was read, and the reasons for and against it as the time of the event.

        Returns
        -------
        str
            One paragraph for each mention, in the order of the text; ``*`` marks the one that dates the event. The
            number before the reasons is their sum.

        Examples
        --------
        >>> from eventstudy import Article, date_article
        >>> article = Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z")
        >>> print(date_article(article).explain().splitlines()[0])
        * 'at 0915 GMT' = 2021-03-05 09:15 UTC, UTC (the text)
        """
        lines = []
        for mention, scored in zip(self.mentions, self.scored, strict=True):
            zone, when = scored.resolved.zone, mention.when
            clock = f", {when.tz}{f' ({zone.source})' if zone and zone.source else ''}" if when and when.tz else ""
            lines.append(f"{'*' if mention.is_event else ' '} {mention.phrase!r} = {when or 'not resolved'}{clock}")
            reasons = ", ".join(f"{reason.text} {reason.weight:+.1f}" for reason in scored.reasons)
            lines.append(f"    {scored.total:+.1f}: {reasons}")
            lines += [f"    doubt: {warning}" for warning in mention.warnings]
        return "\n".join(lines)


def date_article(article: Article) -> Dating:
    """Find the events that an article reports and when each took place.

    Parameters
    ----------
    article : Article

    Returns
    -------
    Dating
        Without events where the time cannot be settled; its warnings say why. It never raises for that.

    Examples
    --------
    >>> from eventstudy import Article
    >>> text = "An earthquake struck Hualien, Taiwan, at 7:58 a.m. (2358 GMT Tuesday)."
    >>> dating = date_article(Article.of(text, published="2024-04-03T02:00:00Z"))
    >>> str(dating.events[0].when)
    '2024-04-02 23:58 UTC'
    """
    text = article.text
    tokens = tokenize(text)
    sentences = Sentences(text)
    places = find_places(text, tokens)
    expressions = find_expressions(text, tokens, places)
    cues = read_cues(tokens, sentences, expressions)
    setting = _setting(article, sentences, tokens, places, expressions, cues)
    resolved = resolve(setting, expressions, cues)
    scored = rank(resolved, setting)
    chosen = choose(scored)
    mentions = _mentions(resolved, chosen)
    events = tuple(_event(article, sentences, mentions, s, n) for n, s in enumerate(chosen))
    warnings, stamp = [*article.warnings, *_dateline_doubt(setting)], article.stamp
    if not events:
        warnings.append(_reason(resolved))
    return Dating(
        article_id=article.id,
        events=events,
        mentions=mentions,
        scored=scored,
        warnings=tuple(dict.fromkeys(warnings)),
        text=text,
        title=article.title,
        published=stamp.text if stamp else "",
    )


def date_event(article: Article) -> Event:
    """Return the one event that an article is about.

    Parameters
    ----------
    article : Article

    Returns
    -------
    Event
        With the sentence that dates it and what is uncertain.

    Raises
    ------
    DatingError
        If its time cannot be settled; the message says what to give instead.

    Examples
    --------
    >>> from eventstudy import Article
    >>> event = date_event(Article.of("A train derailed at 0915 GMT on Friday near Lyon.", published="2021-03-05"))
    >>> str(event.when), event.basis
    ('2021-03-05 09:15 UTC', 'occurred')
    """
    dating = date_article(article)
    if not dating.events:
        raise DatingError(f"{article.id}: {dating.warnings[-1]}; {CURE}")
    return replace(dating.events[0], mentions=dating.mentions)


def _setting(
    article: Article,
    sentences: Sentences,
    tokens: Sequence[Token],
    places: tuple[Place, ...],
    expressions: Sequence[Expression],
    cues: Sequence[Cues],
) -> Setting:
    dated = next((e for e, c in zip(expressions, cues, strict=True) if c.role is MentionRole.DATELINE), None)
    dateline, opened = _dateline(article.text, places)
    headline = article.title or article.headline_from_url
    title = () if article.text.startswith(headline) else find_places(headline, tokenize(headline))
    where = Whereabouts(
        sentences=sentences,
        places=tuple(p for p in places if p is not dateline and p.start >= opened),
        dateline=dateline,
        home=article.home,
        title=tuple(p for p in title if len(p.zones) == 1),
        listing=listing_zone(article.text),
    )
    stamp = article.stamp
    return Setting(
        stamp=stamp,
        where=where,
        dated=_dateline_date(dated, stamp.day if stamp else None),
        ahead=runs_ahead(stamp, expressions, cues),
        body=_body(article.text, sentences),
    )


def _body(text: str, sentences: Sentences) -> int:
    """Return the number of the first of the leading sentences that is one, rather than a line of a page's header."""
    whole = (n for n, (start, end) in enumerate(sentences.spans[:_HEADER]) if _is_whole(text[start:end]))
    return next(whole, 0)


def _is_whole(sentence: str) -> bool:
    return sentence.rstrip("\"'”’)").endswith((".", "!", "?")) and sentence.count(" ") >= 7


def _dateline(text: str, places: Sequence[Place]) -> tuple[Place | None, int]:
    """Return the place that opens a text as in "TOKYO, Jan 8 (Reuters) -" or "SEOUL/TOKYO - ", and where that ends."""
    for place in places[:1]:
        rest = text[place.end : place.end + 60]
        marks = (*DATELINE_MARKS, ": ") if any(c.isdigit() for c in rest[: rest.find(": ") + 1]) else DATELINE_MARKS
        ends = min((n for n in (rest.find(mark) for mark in marks) if n >= 0), default=-1)
        if place.start < 3 and ends >= 0 and not any(c in rest[:ends] for c in ";?!"):
            return place, place.end + ends
        if place.start < 3 and place.name.isupper() and rest[:1] in {",", " ", "/"} and "Kyodo" in rest[:12]:
            return place, place.end
    return None, 0


def _dateline_date(e: Expression | None, near: dt.date | None) -> dt.date | None:
    if e is None or e.reading.day is None:
        return None
    day = e.reading.day
    try:
        if day.year:
            return dt.date(day.year, day.month or 1, day.day or 1)
        if near is None:
            return None
        found = [dt.date(near.year + n, day.month or 1, day.day or 1) for n in (-1, 0, 1)]
    except ValueError:
        return None
    return min(found, key=lambda d: abs((d - near).days))


def _dateline_doubt(setting: Setting) -> tuple[str, ...]:
    """Say so where the dateline and the publication time are days apart."""
    if setting.dated is None or setting.stamp is None or abs((setting.dated - setting.stamp.day).days) <= 2:
        return ()
    return (f"the dateline says {setting.dated}, {setting.stamp.source} {setting.stamp.text}; the dateline is taken",)


def _event(article: Article, sentences: Sentences, mentions: tuple[Mention, ...], s: Scored, n: int) -> Event:
    resolved = s.resolved
    start, end = sentences.spans[resolved.cues.sentence]
    when = resolved.when
    occurred, public = (None, when) if s.basis == "public" else (when, None)
    return Event(
        id=article.id if n == 0 else f"{article.id}-{n + 1}",
        occurred=occurred,
        public=public,
        title=article.title,
        evidence=" ".join(article.text[start:end].split()),
        mentions=mentions,
        warnings=tuple(dict.fromkeys((*resolved.warnings, *s.warnings))),
    )


def _mentions(resolved: Sequence[Resolved], chosen: Sequence[Scored]) -> tuple[Mention, ...]:
    main = chosen[0].resolved.expression if chosen else None
    return tuple(
        Mention(
            phrase=r.expression.phrase,
            span=(r.expression.start, r.expression.end),
            when=r.when,
            is_event=r.expression is main,
            warnings=r.warnings,
        )
        for r in resolved
    )


def _reason(resolved: Sequence[Resolved]) -> str:
    """Say why no event could be dated."""
    if not resolved:
        return "the text has no time expression"
    open_ones = [
        r
        for r in resolved
        if r.when is None and r.cues.role not in {MentionRole.SNAPSHOT, MentionRole.STAMP, MentionRole.DATELINE}
    ]
    if open_ones:
        first = open_ones[0]
        return f"{first.expression.phrase!r}: {first.warnings[-1] if first.warnings else NO_DAY}"
    return f"{NO_EVENT}; its times are of prices, stamps or plans"
