"""Collect what the resolution of an article's expressions needs: publication time, places, and stated zones."""

from __future__ import annotations

from collections.abc import Sequence

from ..grammar.expressions import Expression
from ..grammar.sentences import Sentences
from ..places.listings import listing_zone
from ..places.mentions import Place, find_places
from ..places.zones import ZoneWords
from ..reading.article import Article
from ..text.tokens import Token, tokenize
from .context import Setting, runs_ahead
from .opening import dateline_date, dateline_of, first_sentence
from .roles import Cues, MentionRole
from .zone_choice import Whereabouts


def setting_of(
    article: Article,
    sentences: Sentences,
    tokens: Sequence[Token],
    places: tuple[Place, ...],
    expressions: Sequence[Expression],
    cues: Sequence[Cues],
) -> Setting:
    """Return the publication time and the places of an article.

    Parameters
    ----------
    article : Article
    sentences, tokens, places, expressions : Sentences, sequences
        Of its text.
    cues : sequence of Cues
        One for each expression.

    Returns
    -------
    Setting
    """
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
