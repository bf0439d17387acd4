"""Date the events that an article reports: the time in UTC, and the sentence that gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...errors import DatingError
from ...events import Event, Mention
from ..grammar.expressions import Expression, find_expressions
from ..grammar.sentences import Sentences
from ..places.listings import listing_zone
from ..places.mentions import Place, find_places
from ..places.zones import ZoneWords
from ..reading.article import Article
from ..text.language import foreign_language
from ..text.tokens import Token, tokenize
from .by_rule import release_of
from .confidence import confidence_features, confidence_of, is_decided
from .context import Resolved, Setting, runs_ahead
from .event_times import times_of
from .opening import dateline_date, dateline_doubt, dateline_of, first_sentence
from .resolve import NO_DAY, resolve
from .roles import Cues, MentionRole, read_cues
from .scoring import Scored, choose, rank
from .shown import Shown
from .zone_choice import Whereabouts

NO_EVENT = "the text gives no time for an event"
CURE = "give `at = ` in the study file, or pass --published if the publication time is missing"


@dataclass(frozen=True, kw_only=True, repr=False)
class Dating(Shown):
    """What an article says about when events took place.

    Parameters
    ----------
    article_id : str
    events : tuple of Event
        Ranked, the most likely subject of the article first; empty where the time cannot be settled.
    mentions : tuple of Mention
        Every time expression in the order of the text.
    scored : tuple of Scored
        For each mention its score, reason by reason.
    warnings : tuple of str
        What is uncertain about the article as a whole, and the reason where `events` is empty.
    text : str
        The text that the mentions' spans count in.
    title : str
    published : str
        Publication time as written.
    confidence : float
        Probability that the first event is right, from 0 to 1; 0 where there is none.
    decided : bool
        True where `confidence` is high enough to use the event without confirmation, or its number was given.
    features : mapping of str to float
        Inputs of the probability model, by the names of the table ``probability`` of ``weights.toml``.
    """

    article_id: str
    events: tuple[Event, ...]
    mentions: tuple[Mention, ...]
    scored: tuple[Scored, ...] = ()
    warnings: tuple[str, ...] = ()
    text: str = ""
    title: str = ""
    published: str = ""
    confidence: float = 0.0
    decided: bool = False
    features: Mapping[str, float] = field(default_factory=dict)

    def explain(self) -> str:
        """Return how each time expression was read, and the reasons for and against it as the time of the event.

        Returns
        -------
        str
            The confidence, then one paragraph for each mention, in the order of the text; ``*`` marks the one that
            dates the event. The number before the reasons is their sum.

        Examples
        --------
        >>> from eventstudy import Article, date_article
        >>> article = Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z")
        >>> print(date_article(article).explain().splitlines()[1])
        * 'at 0915 GMT' = 2021-03-05 09:15 UTC, UTC (the text)
        """
        lines = [f"read with {self.confidence:.0%} confidence"] if self.events else []
        for mention, scored in zip(self.mentions, self.scored, strict=True):
            zone, when = scored.resolved.zone, mention.when
            clock = f", {when.tz}{f' ({zone.source})' if zone and zone.source else ''}" if when and when.tz else ""
            lines.append(f"{'*' if mention.is_event else ' '} {mention.phrase!r} = {when or 'not resolved'}{clock}")
            reasons = ", ".join(f"{reason.text} {reason.weight:+.1f}" for reason in scored.reasons)
            lines.append(f"    {scored.total:+.1f}: {reasons}")
            lines += [f"    doubt: {warning}" for warning in mention.warnings]
        return "\n".join(lines)


def date_article(article: Article, *, number: int | None = None, min_confidence: float | None = None) -> Dating:
    """Find the events that an article reports and when each took place.

    Parameters
    ----------
    article : Article
    number : int, optional
        Rank of the event to put first (1 is the most likely), where the first is not the one wanted.
    min_confidence : float, optional
        Probability, from 0 to 1, from which the first event is decided. By default the threshold at which at most 3 %
        of the labelled articles were decided and wrong.

    Returns
    -------
    Dating
        Without events where the time cannot be settled, or there are fewer than `number`; its warnings give the
        reason. No exception is raised for that.

    Examples
    --------
    >>> from eventstudy import Article
    >>> text = "An earthquake struck Hualien, Taiwan, at 7:58 a.m. (2358 GMT Tuesday)."
    >>> dating = date_article(Article.of(text, published="2024-04-03T02:00:00Z"))
    >>> str(dating.events[0].when)
    '2024-04-02 23:58 UTC'
    """
    text = Article.given(article).text
    if language := foreign_language(text):
        return _without_event(article, f"the text is in {language}; only English can be dated")
    tokens = tokenize(text)
    sentences = Sentences(text)
    places = find_places(text, tokens)
    expressions = find_expressions(text, tokens, places)
    cues = read_cues(tokens, sentences, expressions)
    setting = _setting(article, sentences, tokens, places, expressions, cues)
    resolved = resolve(setting, expressions, cues)
    scored = rank(resolved, setting)
    ranked = choose(scored)
    chosen = _put_first(ranked, number)
    mentions = _mentions(resolved, chosen)
    warnings = tuple(dict.fromkeys([*article.warnings, *dateline_doubt(setting)]))
    if not chosen:
        reason = _no_such(ranked, number) if ranked else _reason(resolved)
        return replace(_without_event(article, reason, warnings), mentions=mentions, scored=scored)
    features = confidence_features(chosen, scored)
    confidence = confidence_of(features)
    events = [_event(article, setting, mentions, resolved, s, n) for n, s in enumerate(chosen)]
    return replace(
        _without_event(article, "", warnings),
        events=(replace(events[0], confidence=confidence), *events[1:]),
        mentions=mentions,
        scored=scored,
        confidence=confidence,
        decided=number is not None or is_decided(confidence, min_confidence),
        features=features,
    )


def _put_first(ranked: Sequence[Scored], number: int | None) -> tuple[Scored, ...]:
    """Return the ranked events, the one of the given rank first; none where there is no such rank."""
    wanted = ranked[number - 1 : number] if number and number > 0 else () if number is not None else ranked[:1]
    return (*wanted, *(s for s in ranked if s is not wanted[0])) if wanted else ()


def _no_such(ranked: Sequence[Scored], number: int | None) -> str:
    """Return the reason where the text has fewer events than the number asked for."""
    count = f"{len(ranked)} dated event{'' if len(ranked) == 1 else 's'}"
    return f"the text has {count}; there is no event {number}"


def _without_event(article: Article, reason: str, warnings: Sequence[str] = ()) -> Dating:
    """Return a dating without an event, the reason last among its warnings."""
    return Dating(
        article_id=article.id,
        events=(),
        mentions=(),
        warnings=tuple(w for w in dict.fromkeys((*article.warnings, *warnings, reason)) if w),
        text=article.text,
        title=article.title,
        published=article.stamp.text if article.stamp else "",
    )


def date_event(article: Article, *, number: int | None = None, min_confidence: float | None = 0.0) -> Event:
    """Return the one event that an article is about.

    Parameters
    ----------
    article : Article
    number : int, optional
        Rank of the event; 1 is the most likely subject of the article. A chosen event is returned whatever its
        confidence.
    min_confidence : float or None
        Least probability, from 0 to 1, of an event to return; None for the default of `date_article`.

    Returns
    -------
    Event
        With the sentence that dates it and what is uncertain.

    Raises
    ------
    DatingError
        If its time cannot be settled, its probability is below `min_confidence`, or there are fewer than `number`
        events; the message says what to give instead.

    Examples
    --------
    >>> from eventstudy import Article
    >>> event = date_event(Article.of("A train derailed at 0915 GMT on Friday near Lyon.", published="2021-03-05"))
    >>> str(event.when), event.basis
    ('2021-03-05 09:15 UTC', 'occurred')
    """
    dating = date_article(article, number=number, min_confidence=min_confidence)
    if not dating.events:
        raise DatingError(f"{article.id}: {dating.warnings[-1]}; {CURE}")
    if not dating.decided:
        raise DatingError(f"{article.id}: {open_choice(dating)}")
    return replace(dating.events[0], mentions=dating.mentions)


def open_choice(dating: Dating) -> str:
    """Return which readings of an undecided dating are possible, and how to settle the choice.

    Parameters
    ----------
    dating : Dating
        With at least one event.

    Returns
    -------
    str
        One line for a message.
    """
    first, *others = dating.events
    second = f"; event 2: {others[0].when}" if others else ""
    cures = "choose one with --event N or `event = N`" if others else "confirm it with --event 1 or `event = 1`"
    read = f"event 1: {first.when}, read with {dating.confidence:.0%} confidence{second}"
    return f"undecided ({read}); {cures}, give `at`, or lower --min-confidence"


def _setting(
    article: Article,
    sentences: Sentences,
    tokens: Sequence[Token],
    places: tuple[Place, ...],
    expressions: Sequence[Expression],
    cues: Sequence[Cues],
) -> Setting:
    dated = next((e for e, c in zip(expressions, cues, strict=True) if c.role is MentionRole.DATELINE), None)
    dateline, opened = dateline_of(article.text, places)
    headline = article.title or article.headline_from_url
    title = () if article.text.startswith(headline) else find_places(headline, tokenize(headline))
    where = Whereabouts(
        sentences=sentences,
        places=tuple(p for p in places if dateline is None or not dateline.start <= p.start < opened),
        dateline=dateline,
        home=article.home,
        title=tuple(p for p in title if len(p.zones) == 1),
        listing=listing_zone(article.text),
    )
    stamp = article.stamp
    return Setting(
        stamp=stamp,
        where=where,
        dated=dateline_date(dated, stamp.day if stamp else None),
        ahead=runs_ahead(stamp, expressions, cues),
        stated=_stated_zones(expressions, cues),
        body=first_sentence(article.text, sentences),
    )


def _stated_zones(expressions: Sequence[Expression], cues: Sequence[Cues]) -> tuple[tuple[int, ZoneWords], ...]:
    """Return the named zones of the story's clock times, each with the number of its sentence."""
    return tuple(
        (c.sentence, r.zone)
        for e, c in zip(expressions, cues, strict=True)
        for r in e.readings
        if r.clock and r.zone and r.zone.kind in {"abbreviation", "place"} and c.role is not MentionRole.STAMP
    )


def _event(
    article: Article,
    setting: Setting,
    mentions: tuple[Mention, ...],
    around: Sequence[Resolved],
    s: Scored,
    n: int,
) -> Event:
    resolved = s.resolved
    start, end = setting.where.sentences.spans[resolved.cues.sentence]
    release = release_of(resolved, article.text[start:end], around, setting)
    occurred, public, warnings = times_of(article.text, setting, s, release)
    return Event(
        id=article.id if n == 0 else f"{article.id}-{n + 1}",
        occurred=occurred,
        public=public,
        title=article.title,
        evidence=" ".join(article.text[start:end].split()),
        mentions=mentions,
        warnings=tuple(dict.fromkeys((*resolved.warnings, *s.warnings, *warnings))),
        by_rule=release.basis if release is not None else "",
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
    """Return the reason why no event could be dated."""
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
    return f"{NO_EVENT}; its times belong to prices, page stamps or plans"
