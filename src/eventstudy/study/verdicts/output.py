"""Statements about markets as records for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ...claims import Claim, Size, Verdict

COLUMNS = (
    *("text", "instrument_text", "instrument", "direction", "pct", "abs", "level", "hedge", "kind", "asof_utc"),
    *("superlative", "verdict", "data", "reason"),
)
NO_PRICES = "no prices given"


def claim_record(claim: Claim, verdict: Verdict | None = None) -> dict[str, Any]:
    """Return a statement with its verdict as JSON has it.

    Parameters
    ----------
    claim : Claim
    verdict : Verdict, optional
        By default not checkable, as without prices.

    Returns
    -------
    dict
        ``text``, ``instrument_text``, ``instrument``, ``direction``, ``pct``, ``abs``, ``level``, ``hedge``, ``kind``,
        ``asof_utc``, ``superlative``, ``verdict``, ``data``, ``reason``; what is unknown is None.
    """
    verdict = verdict or Verdict(claim=claim, verdict="not_checkable", reason=NO_PRICES)
    return {
        "text": claim.text,
        "instrument_text": claim.instrument_text,
        "instrument": claim.instrument,
        "direction": claim.direction,
        "pct": _value(claim.pct),
        "abs": _value(claim.amount),
        "level": _value(claim.level),
        "hedge": claim.hedge or None,
        "kind": claim.kind.value,
        "asof_utc": None if claim.asof is None else f"{claim.asof:%Y-%m-%dT%H:%M:%SZ}",
        "superlative": claim.superlative or None,
        "verdict": verdict.verdict,
        "data": verdict.data or None,
        "reason": verdict.reason or None,
    }


def claim_frame(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Return verdicts as a table, one row a statement.

    Parameters
    ----------
    verdicts : iterable of Verdict

    Returns
    -------
    DataFrame
        Columns as `claim_record` names them.
    """
    return pd.DataFrame([claim_record(each.claim, each) for each in verdicts], columns=list(COLUMNS))


def claim_words(claim: Claim) -> str:
    """Return a statement in one short phrase.

    Parameters
    ----------
    claim : Claim

    Returns
    -------
    str

    Examples
    --------
    >>> size = Size(value=5.0, step=1.0, hedge="almost")
    >>> said = Claim(text="", instrument_text="crude", instrument="CL=F", direction="up", pct=size)
    >>> claim_words(said)
    'crude (CL=F) up almost 5 % [unspecified]'
    """
    numbers = [
        f"{size.hedge} {size.value:.10g}{unit}".strip()
        for size, unit in ((claim.pct, " %"), (claim.amount, ""))
        if size is not None
    ]
    numbers += [f"at {claim.level.value:.10g}"] if claim.level else []
    kind = claim.kind.value.replace("_", " ")
    return " ".join(
        filter(
            None,
            [
                claim.instrument_text,
                f"({claim.instrument or 'no symbol'})",
                claim.direction,
                ", ".join(numbers),
                f"[{kind}]",
            ],
        )
    )


def _value(size: Size | None) -> float | None:
    return None if size is None else size.value
