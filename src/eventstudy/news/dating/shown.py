"""How a dating shows itself: one line, and in a notebook a card with the article's time expressions marked."""

from __future__ import annotations

from ...events import Event, Mention
from ...render.card import card, cut, marked
from ...text import visible


class Shown:
    """Representations of `eventstudy.news.dating.dating.Dating`."""

    article_id: str
    events: tuple[Event, ...]
    mentions: tuple[Mention, ...]
    warnings: tuple[str, ...]
    text: str
    title: str
    published: str
    confidence: float
    decided: bool

    def __repr__(self) -> str:
        found = f"{len(self.events)} event{'' if len(self.events) == 1 else 's'}"
        read = f"{self.events[0].when}, {self.confidence:.0%} confidence" if self.events else "no time"
        state = "decided" if self.decided else "undecided"
        return f"Dating({visible(cut(self.article_id))!r}: {read}, {state}; {found}, {len(self.mentions)} expressions)"

    def _repr_html_(self) -> str:
        facts = {
            "event": f"{self.events[0].when} ({self.events[0].basis})" if self.events else "no time",
            "confidence": f"{self.confidence:.0%}, {'decided' if self.decided else 'undecided'}",
            "evidence": visible(self.events[0].evidence) if self.events else "",
            "published": visible(self.published),
            "warnings": visible("; ".join(self.warnings)),
        }
        spans = [(*mention.span, "event" if mention.is_event else "time") for mention in self.mentions]
        return card(visible(self.title or self.article_id), facts, visible(marked(self.text, spans)))
