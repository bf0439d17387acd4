"""Date the events that an article reports: the time in UTC, and the sentence that gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...errors import DatingError, UsageError
from ...events import Event, Mention
from ...instruments.instrument import Instrument
from ..grammar.expressions import find_expressions
from ..grammar.sentences import Sentences
from ..places.listings import with_listings
from ..places.mentions import find_places
from ..reading.article import Article
from ..text.language import foreign_language
from ..text.tokens import tokenize
from .by_rule import release_of
from .confidence import confidence_features, confidence_of, is_decided
from .context import Resolved, Setting
from .event_times import times_of
from .opening import dateline_doubt
from .picking import Chooser, candidates_of, no_such, number_picked, put_first
from .resolve import NO_DAY, half_is_open, resolve
from .roles import MentionRole, read_cues
from .scoring import Scored, choose, rank
from .settings import setting_of
from .shown import Shown
from .steering import interest_of, steer

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


def date_article(
    article: Article,
    *,
    number: int | None = None,
    min_confidence: float | None = None,
    markets: str | Iterable[str | Instrument] = (),
    chooser: Chooser | None = None,
) -> Dating:
    """Find the events that an article reports and when each took place.

    Parameters
    ----------
    article : Article
    number : int, optional
        Rank of the event to put first (1 is the most likely), where the first is not the one wanted.
    min_confidence : float, optional
        Probability, from 0 to 1, from which the first event is decided. By default the threshold at which at most 3 %
        of the labelled articles were decided and wrong.
    markets : str or iterable of str or Instrument, optional
        Symbols or groups of the markets to be studied. An event gets a preference of 1 where its sentence names a
        place of a market's country or currency, and of 2.5 where it has a market's name or a word of its asset class;
        it is added to the sum of the other reasons, not to the probability. `number` counts in the ranking so made.
    chooser : callable, optional
        Gets the ranked events as a sequence of `Candidate` (phrase, sentence, reading, features) and returns the index
        of the one to put first, or None to leave the choice. What it picks is decided, as with `number`. Nothing is
        called by default, and every time is computed here.

    Returns
    -------
    Dating
        Without events where the time cannot be settled, or there are fewer than `number`; its warnings give the
        reason. No exception is raised for that.

    Raises
    ------
    UsageError
        If `number` and `chooser` are both given, or the chooser returns neither an index nor None.
    UnknownNameError
        If nothing is known of a market.

    Examples
    --------
    >>> from eventstudy import Article
    >>> text = "An earthquake struck Hualien, Taiwan, at 7:58 a.m. (2358 GMT Tuesday)."
    >>> dating = date_article(Article.of(text, published="2024-04-03T02:00:00Z"))
    >>> str(dating.events[0].when)
    '2024-04-02 23:58 UTC'

    A chooser may ask a person, or a language model of one's own:

    >>> text = "A quake hit Van at 6:10 a.m. on Monday. Turkey's central bank cut its rate at 2 p.m. on Tuesday."
    >>> article = Article.of(text, published="2024-03-05T18:00:00Z")
    >>> def chooser(candidates):
    ...     return next((n for n, one in enumerate(candidates) if "bank" in one.sentence), None)
    >>> str(date_article(article, chooser=chooser).events[0].when)
    '2024-03-05 11:00 to 2024-03-05 12:00 UTC'
    """
    if number is not None and chooser is not None:
        raise UsageError("number and chooser both choose the event; give one of them")
    text = Article.given(article).text
    if language := foreign_language(text):
        return _without_event(article, f"the text is in {language}; only English can be dated")
    setting, resolved = _read(article)
    scored = rank(resolved, setting)
    if markets:
        scored = steer(scored, interest_of(markets), text, setting.where)
    ranked = choose(scored)
    if chooser is not None:
        number = number_picked(chooser, candidates_of(ranked, text, setting.where.sentences))
    chosen = put_first(ranked, number)
    mentions = _mentions(resolved, chosen)
    warnings = tuple(dict.fromkeys([*article.warnings, *dateline_doubt(setting)]))
    if not chosen:
        reason = no_such(ranked, number) if ranked else _reason(resolved)
        return replace(_without_event(article, reason, warnings), mentions=mentions, scored=scored)
    features = confidence_features(chosen, scored)
    # two readings, twelve hours apart, are equally likely where the half of the day is open
    confidence = confidence_of(features) / (2 if half_is_open(chosen[0].resolved.expression) else 1)
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


def _read(article: Article) -> tuple[Setting, tuple[Resolved, ...]]:
    """Find the time expressions of an article and resolve them."""
    text = article.text
    tokens = tokenize(text)
    sentences = Sentences(text)
    places = with_listings(text, find_places(text, tokens))
    expressions = find_expressions(text, tokens, places)
    cues = read_cues(tokens, sentences, expressions)
    setting = setting_of(article, sentences, tokens, places, expressions, cues)
    return setting, tuple(resolve(setting, expressions, cues))


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


def date_event(
    article: Article,
    *,
    number: int | None = None,
    min_confidence: float | None = 0.0,
    markets: str | Iterable[str | Instrument] = (),
) -> Event:
    """Return the one event that an article is about.

    Parameters
    ----------
    article : Article
    number : int, optional
        Rank of the event; 1 is the most likely subject of the article. A chosen event is returned whatever its
        confidence.
    min_confidence : float or None
        Least probability, from 0 to 1, of an event to return; None for the default of `date_article`.
    markets : str or iterable of str or Instrument, optional
        As for `date_article`.

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
    dating = date_article(article, number=number, min_confidence=min_confidence, markets=markets)
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
