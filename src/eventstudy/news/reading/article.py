"""An article: its text, and what is known about its publication."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from ...errors import UsageError
from ...events import When
from ...render.card import card, cut, marked
from ...text import visible
from ..grammar.expressions import find_expressions
from ..places.gazetteer import gazetteer
from ..places.mentions import find_places
from ..text.tokens import tokenize
from .stamps import Stamp, read_stamp

# Country codes that are sold worldwide as generic domains, so that they do not locate the publisher.
_SOLD_CODES = frozenset({"AI", "CC", "CO", "FM", "IO", "LY", "ME", "TV", "WS", "GG", "TO"})


@dataclass(frozen=True, kw_only=True)
class Article:
    """A news text with its title, publication time and source.

    Parameters
    ----------
    id : str
        The record's id, or the stem of the file's name.
    text : str
        The body, paragraphs divided by blank lines.
    title : str
    stamp : Stamp or None
        Publication time as written, the one that is used.
    stamps : tuple of Stamp
        Every publication time that a page states.
    source : str
        Publisher, as stated.
    url : str
        Never opened.
    warnings : tuple of str
        What is doubtful about the source, such as publication times that disagree.
    sha256 : str
        Of the file's bytes.
    """

    id: str
    text: str
    title: str = ""
    stamp: Stamp | None = None
    stamps: tuple[Stamp, ...] = ()
    source: str = ""
    url: str = ""
    warnings: tuple[str, ...] = ()
    sha256: str = ""

    @classmethod
    def of(
        cls,
        text: str,
        *,
        published: str | dt.date = "",
        id: str = "article",
        title: str = "",
        source: str = "",
        url: str = "",
    ) -> Article:
        """Make an article from text in memory.

        Parameters
        ----------
        text : str
            The body, paragraphs divided by blank lines.
        published : str, datetime or date
            Publication time as a page writes it, such as ``2020-01-08T01:10:00Z``; empty where unknown.
        id, title, source, url : str
            As the fields of the same name.

        Returns
        -------
        Article

        Raises
        ------
        InputError
            If `published` is not a time.
        """
        said = published.isoformat() if isinstance(published, dt.date) else published
        stamp = read_stamp(said, "published") if said else None
        return cls(id=id, text=text, title=title, stamp=stamp, source=source, url=url)

    @classmethod
    def given(cls, value: object) -> Article:
        """Return an article, and refuse anything else in one line.

        Parameters
        ----------
        value : object

        Returns
        -------
        Article

        Raises
        ------
        UsageError
            If it is none.
        """
        if not isinstance(value, Article):
            raise UsageError(
                f"an article is needed, not {type(value).__name__}; make one with es.read_article(path), or with "
                'es.Article.of(text, published="2020-01-08T01:10:00Z")'
            )
        return value

    def __repr__(self) -> str:
        published = self.stamp.text if self.stamp else "unknown"
        words = len(self.text.split())
        return (
            f"Article({visible(cut(self.id))!r}: {visible(cut(self.title))!r}, published {published}, {words:,} words)"
        )

    def _repr_html_(self) -> str:
        facts = {
            "published": visible(self.stamp.text) if self.stamp else "unknown",
            "source": visible(self.source or self.url),
            "words": f"{len(self.text.split()):,}",
            "warnings": visible("; ".join(self.warnings)),
        }
        return card(visible(self.title or self.id), facts, visible(marked(self.text, self._times())))

    def _times(self) -> list[tuple[int, int, str]]:
        """Return where the text has time expressions."""
        tokens = tokenize(self.text)
        found = find_expressions(self.text, tokens, find_places(self.text, tokens))
        return [(one.start, one.end, "time") for one in found]

    @property
    def published(self) -> When | None:
        """Publication time: an instant, or the interval over all zones where none is stated (`tz` ``"unknown"``)."""
        return self.stamp.when if self.stamp else None

    @property
    def _address(self) -> SplitResult:
        """The parts of the address; empty where it is not a valid URL, such as ``http://[::1``."""
        try:
            return urlsplit(self.url)
        except ValueError:
            return urlsplit("")

    @property
    def host(self) -> str:
        """The host of the address; empty where there is none."""
        return self._address.hostname or ""

    @property
    def headline_from_url(self) -> str:
        """The words in the last part of the address, for pages without a title."""
        slug = unquote(self._address.path).rstrip("/").rsplit("/", 1)[-1]
        return re.sub(r"[-_+]+", " ", slug.rsplit(".", 1)[0]) if re.search(r"[-_]", slug) else ""

    @property
    def home(self) -> str:
        """The zone of the publisher: of one that is known, or of a country's address with one time zone; else empty."""
        host = self.host
        parts = host.split(".")
        known = (gazetteer().publishers.get(".".join(parts[n:])) for n in range(len(parts) - 1))
        if zone := next(filter(None, known), ""):
            return zone
        code = {"uk": "GB"}.get(host.rpartition(".")[2], host.rpartition(".")[2].upper())
        country = gazetteer().countries.get(code) if code not in _SOLD_CODES else None
        return "" if country is None or country.several else country.zone
