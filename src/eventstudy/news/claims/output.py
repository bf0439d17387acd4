"""Statements about markets as records for programs."""

from __future__ import annotations

from typing import Any

from ...claims import Claim, Size, Verdict

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


def _value(size: Size | None) -> float | None:
    return None if size is None else size.value
