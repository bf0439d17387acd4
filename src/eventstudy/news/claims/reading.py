"""Read a sentence from left to right: the market it speaks of, its direction, and the numbers that belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .names import Name, find_names
from .numbers import Number, find_numbers
from .slots import level_direction, own_direction, slot_of
from .stand_ins import stand_ins, strangers
from .words import DIRECTION, STATE

_CODE = re.compile(r"[cv]\d$|=|^\.[A-Z]|\.[A-Z]{1,2}$")
# What may stand between two names of one market, and between two markets of which one thing is said.
_SAME = re.compile(r"^(?:\s?[(<,]?\s?|'s |’s |,? or |\s(?:crude|index|futures|benchmark|price|prices)\s?[(<]?)?$")
_PLACE = r"(?:\w+(?:'s|’s|s') |the |broader |benchmark |in |\w+-heavy )*"
_TOGETHER = re.compile(
    rf"^\)?(?:'s)?(?: (?:index|stocks|shares|futures|crude|prices|contracts|Index|"
    rf"Composite))?(?:,? (?:and|or|as well as) (?:both )?|, |/){_PLACE}$"
)
_OBJECT = re.compile(
    r"\b(?:against|versus|vs\.?|than|per|to the|outpacing|premium to|discount to|over the|like|unlike|"
    r"tracking|in|basket of|including|of|a|an|tracks?|"
    r"\d|for|with|on|as|from|by|million|into|between|track(?:ing|ed))\s(?:the\s|a\s|an\s|its\s|one\s|"
    r"U\.S\.\s|US\s|other\s)*$",
    re.IGNORECASE,
)
_AS_IT_MOVES = re.compile(r"\bas (?:the )?$")
_ARTICLE = re.compile(
    r"(?:\b[Tt]he(?: \w+)?|\b[Aa] (?:stronger|weaker|firmer|softer)|\w['’]s|s['’]|^|\b[Ii]ts|[;:—–-]|"
    r"\b(?:[Bb]ut|[Aa]nd|[Ww]hile|[Ww]hereas|[Aa]s|[Oo]ffshore|[Oo]nshore))\s?$"
)
# What may stand between a price and the words that give the move to it: "to $57.27 a barrel, up by 0.7 percent".
_RESTATED = re.compile(
    r"^(?:\s(?:an?|per)\s\w+|\spoints)?(?:\s(?:at|by|in|on)\s[^,;]{2,25})?,?\s?"
    r"(?:(?:\w+ing|for|with)\s(?:an?\s)?)?(?:\w+ing\s)?$"
)


@dataclass(kw_only=True)
class Frame:
    """Numbers and words that make up one statement while it is read.

    Parameters
    ----------
    names : tuple of Name
        The markets of which it is said.
    start, end : int
        First and one-past-last character of its words.
    direction : str or None
    numbers : dict of str to Number
        By slot: ``pct``, ``amount``, ``level``, ``reference``.
    cause : str
        The word that gave the direction.
    extreme : bool
        Whether a number is named as a high or a low.
    """

    names: tuple[Name, ...]
    start: int
    end: int
    direction: str | None = None
    numbers: dict[str, Number] = field(default_factory=dict)
    cause: str = ""
    extreme: bool = False

    @property
    def told(self) -> bool:
        """Whether it holds a size or a price."""
        return bool(self.numbers.keys() - {"reference"})


@dataclass(frozen=True, kw_only=True)
class _Word:
    """A direction word."""

    start: int
    end: int
    direction: str
    text: str


class SentenceReader:
    """Reads one sentence; `subject` is the market that the sentence before spoke of.

    Parameters
    ----------
    sentence : str
    subject : tuple of Name
    recent : mapping of str to Name
        The last market of each kind that was named.
    """

    def __init__(self, sentence: str, subject: tuple[Name, ...], recent: dict[str, Name]) -> None:
        self.sentence = sentence
        self.recent = recent
        self.subject: tuple[Name, ...] = ()
        self.before = subject
        self.frames: list[Frame] = []
        self.last_name_end = -1
        self.named: list[Name] = []

    def read(self) -> list[Frame]:
        """Return the statements of the sentence in order."""
        for item in _items(self.sentence, self.recent):
            if isinstance(item, Name):
                self._take_name(item)
            elif isinstance(item, _Word):
                self._take_word(item)
            else:
                self._take_number(item)
        return [frame for frame in self.frames if frame.told and self._is_statement(frame)]

    def _is_statement(self, frame: Frame) -> bool:
        """Whether a bare level is told of a price, not merely named beside one."""
        if frame.direction is not None:
            return True
        words = self.sentence[frame.start : frame.end]
        return "level" in frame.numbers and STATE.search(words) is not None and frame.numbers["level"].unit != "pct"

    # -- names -------------------------------------------------------------------------------------------------------

    def _take_name(self, name: Name) -> None:
        gap = self.sentence[self.last_name_end : name.start] if self.last_name_end >= 0 else None
        if self._is_object(name):
            return
        if gap is not None and self.subject and _SAME.match(gap) and not (self.frames and self.frames[-1].told):
            self._merge(name)
        elif gap is not None and self.subject and self._are_together(gap):
            again = name.symbol is not None and name.symbol == self.subject[-1].symbol
            self._subject(self.subject if again else (*self.subject, name), name)
        else:
            self._subject((name,), name)
        self.last_name_end = name.end

    def _are_together(self, gap: str) -> bool:
        """Whether a name only joins the ones before it: nothing has been said of these yet."""
        frame = self.frames[-1] if self.frames else None
        return frame is not None and not frame.told and frame.direction is None and _TOGETHER.match(gap) is not None

    def _is_object(self, name: Name) -> bool:
        """Whether a name is not what the sentence speaks of but what that is measured in or compared with."""
        before = self.sentence[max(0, name.start - 30) : name.start]
        if _AS_IT_MOVES.search(before) and DIRECTION.match(self.sentence, name.end + 1):
            return False
        if name.kind == "currency" and not (_ARTICLE.search(before) or name.text[0].isupper()):
            return True
        if name.kind in ("pair", "yield", "other") or not self.frames:
            return name.kind == "currency" and _OBJECT.search(before) is not None
        if name.kind == "currency":
            return _OBJECT.search(before) is not None
        return _OBJECT.search(before) is not None and not re.search(
            r"\b(?:in|of|for|as|with|from|on|by)\s(?:\w+\s){0,2}$", before
        )

    def _merge(self, name: Name) -> None:
        """Join two names of one market; a code is surer than words, a market surer than a loose word."""
        old = self.subject[-1]
        if name.kind == "other":
            return self._subject((name,), name)
        surer = old.loose or (name.symbol is not None and (old.symbol is None or _CODE.search(name.text) is not None))
        symbol = name if surer and not name.loose else old
        joined = replace(symbol, text=self.sentence[old.start : name.end], start=old.start, end=name.end)
        self._subject((*self.subject[:-1], joined), joined)
        return None

    def _subject(self, names: tuple[Name, ...], name: Name) -> None:
        self.subject = names
        self.frames.append(Frame(names=names, start=names[0].start, end=name.end))

    # -- words and numbers -------------------------------------------------------------------------------------------

    def _frame(self, at: int) -> Frame:
        """Return the open statement; one of the market before where the sentence has named none."""
        if not self.frames:
            self.frames.append(Frame(names=self.subject, start=at, end=at))
        return self.frames[-1]

    def _new(self, at: int) -> Frame:
        self.frames.append(Frame(names=self.frames[-1].names, start=at, end=at))
        return self.frames[-1]

    def _take_word(self, word: _Word) -> None:
        frame = self._frame(word.start)
        if frame.told and self._goes_on(frame, word):
            frame.direction = frame.direction or word.direction
            frame.cause, frame.end = frame.cause or word.text, word.end
            return
        if frame.told:
            frame = self._new(word.start)
        frame.direction, frame.cause, frame.end = word.direction, word.text, word.end

    def _goes_on(self, frame: Frame, word: _Word) -> bool:
        """Whether a direction word adds to what was said: "at $66.85, 2.42% lower", "rose 5.7%, jumping above $73"."""
        between = self.sentence[frame.end : word.start]
        if re.search(r"\b(?:after|before|earlier|from|but|then|while|and)\b|;", between):
            return False
        if frame.direction is None:
            return True
        same = frame.direction == word.direction
        if same and re.search(r"\bto\s$", between) and len(between) < 60:
            return True
        if same and "level" in frame.numbers and not frame.numbers.keys() & {"pct", "amount"}:
            return _RESTATED.match(between) is not None
        return same and len(between) < 40 and (word.text.endswith("ing") or re.match(r"^,?\s?$", between) is not None)

    def _take_number(self, number: Number) -> None:
        frame = self._frame(number.start)
        own = own_direction(self.sentence, number)
        slot = slot_of(self.sentence, number, frame.names[-1] if frame.names else None, frame.cause)
        if slot is None or self._is_converted(number):
            return
        if slot in frame.numbers and self._is_of_second(frame, number):
            frame.names, second = frame.names[:1], frame.names[1:]
            self.frames.append(replace(frame, names=second, start=number.start, numbers={}))
            frame = self.frames[-1]
        if slot in frame.numbers or self._turns(frame, own) or self._is_second_move(frame, number, slot):
            frame = self._new(number.start)
        high_or_low = level_direction(self.sentence, number) if slot == "level" else None
        if high_or_low and frame.told and not self._reaches(frame, number, high_or_low):
            frame = self._new(number.start)
        frame.numbers[slot] = number
        frame.extreme = frame.extreme or high_or_low is not None
        frame.direction = own or high_or_low or frame.direction
        frame.end = number.end

    def _is_of_second(self, frame: Frame, number: Number) -> bool:
        """Whether a number is the second of two that are said of two markets in turn: "rose 1% and 2%"."""
        between = self.sentence[frame.end : number.start]
        return len(frame.names) == 2 and re.match(r"^(?:\sa\s\w+)?,?\sand\s(?:to\s|at\s|by\s)?$", between) is not None

    def _is_converted(self, number: Number) -> bool:
        """Whether a number in brackets repeats a price in another currency."""
        before = self.sentence[max(0, number.start - 12) : number.start]
        return number.unit not in ("pct", "points", "bp") and re.search(r"\d[^\d(]*\($", before) is not None

    def _turns(self, frame: Frame, own: str | None) -> bool:
        """Whether a number with its own direction word speaks of another move than the statement before it."""
        return own is not None and frame.told and frame.direction is not None and own != frame.direction

    def _reaches(self, frame: Frame, number: Number, direction: str) -> bool:
        """Whether a low is where the fall before it led to: "fell 1% to a one-year low of $9.17"."""
        between = self.sentence[frame.end : number.start]
        return (
            frame.direction == direction
            and re.match(r"[^,;]{0,20}?\bto (?:(?:close|end|finish|settle) at )?(?:a|an|its|the)\b[^,;]*$", between)
            is not None
        )

    def _is_second_move(self, frame: Frame, number: Number, slot: str) -> bool:
        """Whether words between two numbers part them: "rose 4% after the open, closing 2.8% down"."""
        if not frame.told or slot == "reference":
            return False
        between = self.sentence[frame.end : number.start]
        return re.search(
            r"\b(?:closing|closed|ending|settled at|before|after|earlier|while|at one (?:point|stage)|"
            r"touch\w+|hit|peak)\b|;",
            between,
        ) is not None and (
            re.search(r"\b(?:to|at|or|by)\s(?:\w+\s)?$", between) is None
            or re.search(r"before|after|earlier|;", between) is not None
        )


def _items(sentence: str, recent: dict[str, Name]) -> Iterator[Name | _Word | Number]:
    """Return names, direction words and numbers in the order of the sentence; what overlaps a name falls away."""
    numbers = find_numbers(sentence)
    # "107.65 yen" is a price, not a market.
    names = [
        n
        for n in find_names(sentence)
        if n.kind != "currency" or not any(o.at < n.end and n.start < o.end for o in numbers)
    ]
    names += [
        n for n in stand_ins(sentence, recent, names) if not any(n.start < o.end and o.start < n.end for o in names)
    ]
    names += [n for n in strangers(sentence) if not any(n.start < o.end and o.start < n.end for o in names)]
    taken = [(name.start, name.end) for name in names]
    words = [
        _Word(start=m.start(), end=m.end(), direction=str(m.lastgroup), text=m[0].lower())
        for m in DIRECTION.finditer(sentence)
    ]
    rest: list[_Word | Number] = [*words, *numbers]
    free = [item for item in rest if not any(_place(item) < end and start < item.end for start, end in taken)]
    yield from sorted([*names, *free], key=_place)


def _place(item: Name | _Word | Number) -> int:
    return item.at if isinstance(item, Number) else item.start
