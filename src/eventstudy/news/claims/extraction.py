"""Extract an article's statements about markets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ...claims import Claim, ClaimKind, Size
from ...events import Mention, Precision
from ..dating.dating import Dating, date_article
from ..grammar.sentences import Sentences
from ..reading.article import Article
from .kinds import kind_of, own_kind, superlative_of, week_of
from .names import Name
from .pairs import codes_named, currency_symbol, pair_symbol, placed
from .reading import Frame, SentenceReader
from .words import EXTREME

_SIZE = re.compile(r"\d|\bper ?cent\b|\bpercent|\bcents\b")
_CLOCK = re.compile(
    r"\b\d{3,4}\s?(?:GMT|UTC)|\d{1,2}[:.]\d\d|\b\d{1,2}\s?[ap]\.?m\b|\b(?:Mon|Tues|Wednes|Thurs|"
    r"Fri)day|\byesterday|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.? \d"
)
# A quote that a page writes beside a name: "HSI, -1.62%".
_QUOTE = re.compile(r"\b[A-Z][A-Z0-9]{1,6}(?: /\S+)?,? [-+−]\d+(?:\.\d+)?%|\b\d{4}, [-+−]\d+(?:\.\d+)?%")
_BREAK = re.compile(r"[,;]|\s[-–—]\s|\b(?:and|while|but|after|before|as|whereas|with)\b")
_METALS = frozenset({"GC=F", "XAUUSD=X", "SI=F", "HG=F", "PL=F", "PA=F"})
_OTHER_MONEY = re.compile(
    r"\b(?:against|versus|vs\.?|per|to|on|in terms of)\s(?:the\s|a\s|one\s)?(?:(?:strong|weak|"
    r"surging|US|U\.S\.)\w*\s)?$"
)
# Letters in which the verb of a statement ends.
_VERB = 15
BOTH = (("BZ=F", "Brent"), ("CL=F", "WTI"))


def read_claims(article: Article, *, dating: Dating | None = None) -> tuple[Claim, ...]:
    """Return what an article says about markets, in the order of the text.

    Parameters
    ----------
    article : Article
    dating : Dating, optional
        Of the same article, where it is at hand already.

    Returns
    -------
    tuple of Claim

    Examples
    --------
    >>> from eventstudy import Article
    >>> text = "The Nikkei closed 1.57 percent lower at 23,204.76. Brent earlier touched $71.75, a one-year high."
    >>> for claim in read_claims(Article.of(text, published="2020-01-08T08:00:00Z")):
    ...     print(claim.instrument, claim.direction, claim.kind, claim.level.value)
    ^N225 down close 23204.76
    BZ=F up intraday_extreme 71.75
    """
    text = article.text
    spans = Sentences(text).spans
    reader = _ArticleReader(text)
    found = [(*item, span) for span in spans for item in reader.read(span)]
    if not found:
        return ()
    timed = _CLOCK.search(text) is not None
    mentions = () if not timed else (dating or date_article(article)).mentions
    return tuple(_timed(claim, end, article, [m for m in mentions if _inside(m, span)]) for claim, end, span in found)


@dataclass(kw_only=True)
class _Memory:
    """What earlier sentences said, for the words that stand for it."""

    recent: dict[str, Name] = field(default_factory=dict)
    subject: tuple[Name, ...] = ()
    kind: ClaimKind | None = None
    of: frozenset[str] = frozenset()
    money: str | None = None


class _ArticleReader:
    """Reads the sentences of one article in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.memory = _Memory()

    def read(self, span: tuple[int, int]) -> Iterator[tuple[Claim, int]]:
        """Yield the statements of one sentence, each with where it ends in the text."""
        sentence = _QUOTE.sub(lambda m: " " * len(m[0]), self.text[span[0] : span[1]].replace("\n", " "))
        if not _SIZE.search(sentence) or len(sentence) > 1500:
            return
        reader = SentenceReader(sentence, self.memory.subject, self.memory.recent)
        frames = reader.read()
        self._remember(reader.frames)
        carried = self.memory.kind if self.memory.of == _kinds(frames) else None
        everywhere = [self._bounds(sentence, frames, frame) for frame in frames]
        ends = [max(frame.end + 45, _begins(frames, k)) for k, frame in enumerate(frames)]
        owned = [own_kind(sentence, *each) for each in zip(frames, everywhere, ends, strict=True)]
        for k, (frame, bounds, own) in enumerate(zip(frames, everywhere, owned, strict=True)):
            kind = own or kind_of(frame, carried, before_close=_closes_next(frames, owned, k))
            self._direct(sentence, frame, frames[:k], bounds)
            carried = own if own is not None and own is not ClaimKind.INTRADAY_EXTREME else carried
            for name in _each(frame.names):
                record, over = superlative_of(sentence, frame, bounds), week_of(sentence, bounds)
                claim = self._claim(sentence, frame, name, kind, record, over)
                if claim is not None:
                    said = self.text[span[0] : span[1]].replace("\n", " ")
                    yield (
                        replace(claim, text=said, span=(span[0] + frame.start, span[0] + frame.end)),
                        span[0] + frame.end,
                    )
        if _kinds(frames) or not frames:
            self.memory.kind, self.memory.of = (carried if frames else None), _kinds(frames)

    @staticmethod
    def _direct(sentence: str, frame: Frame, before: Sequence[Frame], bounds: tuple[int, int]) -> None:
        """Give a price that was hit the direction of its record, else of what was said of the market before."""
        if frame.direction is not None or not EXTREME.search(sentence, *bounds):
            return
        record = superlative_of(sentence, frame, bounds).lower()
        if re.search(r"high|record|strong|best|peak", record) or "a record" in sentence[slice(*bounds)]:
            frame.direction = "up"
        elif re.search(r"low|weak|worst", record):
            frame.direction = "down"
        elif before and _symbols(before[-1]) == _symbols(frame):
            frame.direction = before[-1].direction

    @staticmethod
    def _bounds(sentence: str, frames: Sequence[Frame], frame: Frame) -> tuple[int, int]:
        """Return where the words about one statement begin and end."""
        told = [each for each in frames if each.told]
        k = next(k for k, each in enumerate(told) if each is frame)
        first = _cut(sentence, told[k - 1], frame) if k else 0
        last = _cut(sentence, frame, told[k + 1]) if k + 1 < len(told) else len(sentence)
        return first, last

    def _remember(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            for name in frame.names:
                if name.kind in ("other", "both"):
                    continue
                self.memory.recent[name.kind] = self.memory.recent["last"] = name
                if name.symbol in _METALS:
                    self.memory.recent["metal"] = name
            if frame.names:
                self.memory.subject = frame.names

    def _claim(self, sentence: str, frame: Frame, name: Name, kind: ClaimKind, record: str, over: str) -> Claim | None:
        """Make the statement of a frame about one of its markets; None where it is about no market."""
        if name.kind == "other":
            return None
        sizes = {slot: _size(number.size, number.unit, name.kind) for slot, number in frame.numbers.items()}
        if name.kind == "share" and not sizes.keys() & {"pct", "amount"} and frame.numbers["level"].unit == "":
            return None
        symbol, inverse = self._symbol(sentence, frame, name)
        direction = {"up": "down", "down": "up"}[frame.direction] if inverse and frame.direction else frame.direction
        reference = sizes.get("reference")
        amount = sizes.get("amount") or _between(sizes.get("level"), reference, kind)
        if not (sizes.get("pct") or amount or sizes.get("level")):
            return None
        return Claim(
            text=sentence,
            instrument_text=name.text,
            instrument=symbol,
            direction=direction,
            pct=sizes.get("pct"),
            amount=amount,
            level=sizes.get("level"),
            reference=reference.value if reference else None,
            kind=kind,
            superlative=record,
            inverse=inverse,
            loose=name.loose,
            over=over,
        )

    def _symbol(self, sentence: str, frame: Frame, name: Name) -> tuple[str | None, bool]:
        """Return the symbol of a name, and whether it falls when the thing named gains."""
        if name.kind == "pair":
            first, _, second = str(name.symbol).partition("/")
            return pair_symbol(first, second)
        if name.kind != "currency":
            return name.symbol, False
        code = placed(codes_named(name.text) or (str(name.symbol),), self.text)
        other = self._other_money(sentence, frame, code)
        if code == "USD":
            self.memory.money = other or self.memory.money
            other = other or (self.memory.money if "level" in frame.numbers else None)
        return currency_symbol(code, other)

    def _other_money(self, sentence: str, frame: Frame, code: str) -> str | None:
        """Return the currency in which another is quoted: the unit of its price, or the one it is set against."""
        if "level" in frame.numbers:
            level = frame.numbers["level"]
            codes = codes_named(re.sub(r"^(?:\w+\.?\w*\.?) (?=\w+$)", "", level.unit)) or ()
            named = codes_named(level.unit[:1].upper() + level.unit[1:]) if " " in level.unit else ()
            if codes and code not in codes:
                return named[0] if named else placed(codes, _recent(self.text, sentence[: level.end]))
            if level.written.startswith("$"):
                return "USD" if code != "USD" else self._priced(sentence, level.end)
        return self._set_against(sentence, frame, code)

    def _priced(self, sentence: str, at: int) -> str | None:
        """Return the currency whose price is told in dollars: "$1.3414 per euro"."""
        found = re.match(r"\s(?:per|a|to the) (\w+)", sentence[at:])
        codes = codes_named(found[1]) if found else ()
        return placed(codes, self.text) if codes else None

    def _set_against(self, sentence: str, frame: Frame, code: str) -> str | None:
        from .names import find_names

        for name in find_names(sentence[frame.start :]):
            start = frame.start + name.start
            if (
                name.kind == "currency"
                and name.symbol != code
                and _OTHER_MONEY.search(sentence[:start][-30:])
                and start < frame.end + 70
            ):
                return placed(codes_named(name.text) or (str(name.symbol),), self.text)
        return None


def _cut(sentence: str, one: Frame, other: Frame) -> int:
    """Return where the words about one statement give way to those about the next."""
    found = _BREAK.search(sentence, one.end, max(one.end, other.start))
    return found.start() if found else one.end


def _recent(text: str, sentence: str) -> str:
    """Return the text up to the end of a sentence, where it is found."""
    at = text.replace("\n", " ").find(sentence)
    return text[: at + len(sentence)] if at >= 0 else text


def _kinds(frames: Sequence[Frame]) -> frozenset[str]:
    """Return the kinds of the markets of a sentence."""
    return frozenset(name.kind for frame in frames for name in frame.names if name.kind != "other")


def _symbols(frame: Frame) -> list[str | None]:
    return [name.symbol for name in frame.names]


def _begins(frames: Sequence[Frame], k: int) -> int:
    """Return where the first words of the next statement end, if it is of the same market; else 0."""
    same = k + 1 < len(frames) and _symbols(frames[k + 1]) == _symbols(frames[k])
    return frames[k + 1].start + _VERB if same else 0


def _closes_next(frames: Sequence[Frame], kinds: Sequence[ClaimKind | None], k: int) -> bool:
    """Whether the next statement is of the same market's close: "dropped 2.7% and closed 1% lower"."""
    return k + 1 < len(frames) and kinds[k + 1] is ClaimKind.CLOSE and _symbols(frames[k + 1]) == _symbols(frames[k])


def _each(names: tuple[Name, ...]) -> Iterator[Name]:
    """Yield the markets of a statement; two for "both benchmarks"."""
    for name in names:
        if name.kind != "both":
            yield name
            continue
        for symbol, _ in BOTH:
            yield replace(name, kind="future", symbol=symbol)


def _size(size: Size, unit: str, kind: str) -> Size:
    """Return a size in the price's unit: a basis point of a yield is a hundredth."""
    if unit != "bp" and not (unit == "points" and kind == "yield"):
        return size
    return replace(size, value=round(size.value / 100, 10), step=size.step / 100)


def _between(level: Size | None, reference: Size | None, kind: ClaimKind) -> Size | None:
    """Return the move between two prices that are both printed without a hedge."""
    if level is None or reference is None or level.hedge or reference.hedge or kind is ClaimKind.OPEN:
        return None
    step = level.step + reference.step
    return Size(value=round(abs(level.value - reference.value), 10), step=step)


def _timed(claim: Claim, end: int, article: Article, mentions: Sequence[Mention]) -> Claim:
    """Add publication, and the instant or day that the sentence gives for a statement."""
    when = article.published
    claim = replace(
        claim,
        published=None if when is None else when.end,
        published_from=None if when is None else when.start,
        published_exactly=when is not None and when.precision is Precision.MINUTE,
    )
    start = claim.span[0]
    own = [
        m
        for m in mentions
        if m.when is not None and start - 80 <= m.span[0] <= end + 60 and not _compared(article.text, m)
    ]
    instants = [m for m in own if m.when is not None and m.when.precision is Precision.MINUTE]
    days = [m for m in own if m.when is not None and m.when.end - m.when.start <= dt.timedelta(hours=50)]
    near = min(instants, key=lambda m: abs(m.span[0] - end), default=None)
    day = min(days, key=lambda m: abs(m.span[0] - end), default=None)
    return replace(
        claim,
        asof=near.when.start if near and near.when and claim.kind is not ClaimKind.CLOSE else None,
        day=None if day is None or day.when is None else _middle(day),
    )


def _inside(mention: Mention, span: tuple[int, int]) -> bool:
    return span[0] <= mention.span[0] < span[1]


def _compared(text: str, mention: Mention) -> bool:
    """Whether a time is that of a record or a price with which a statement compares."""
    if re.match(r"(?:since|from)\b", mention.phrase, re.IGNORECASE):
        return True
    return re.search(r"\b(?:since|from|of)\s(?:\w+\s)?$", text[: mention.span[0]][-20:]) is not None


def _middle(mention: Mention) -> dt.date:
    """Return the day, in the zone of the words, in the middle of a time."""
    when = mention.when
    assert when is not None
    return (when.start + (when.end - when.start) / 2).date()
