"""What the article says about markets, and what prices say of it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from ...claims import Verdict
from ...study.verdicts.output import claim_words
from ..section import Page, Section, filled

WORDS = {"confirmed": "Confirmed", "contradicted": "Contradicted", "not_checkable": "Not checkable"}


def section(page: Page) -> Section | None:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section or None
        None where the study has no article.
    """
    found = page.beside.claims
    if found is None:
        return None
    sentences = [(text, list(map(_shown, group))) for text, group in groupby(found, lambda each: each.claim.text)]
    body = filled("claims", sentences=sentences, counted=_counted(found))
    return Section(slug="claims", title="What the article says about markets", body=body, files=("claims",))


def _shown(verdict: Verdict) -> dict[str, Any]:
    """Return a statement as the template shows it."""
    return {
        "read": claim_words(verdict.claim).replace(" %", "\u00a0%"),
        "record": verdict.claim.superlative,
        "verdict": verdict.verdict,
        "word": WORDS[verdict.verdict],
        "lines": [line.replace(" %", "\u00a0%") for line in (verdict.data, verdict.reason) if line],
    }


def _counted(verdicts: tuple[Verdict, ...]) -> str:
    """Count the verdicts: ``2 confirmed, 1 not checkable``; empty where there is no statement."""
    counts = {word.lower(): sum(each.verdict == name for each in verdicts) for name, word in WORDS.items()}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)
