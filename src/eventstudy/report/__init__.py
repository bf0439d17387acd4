"""A result becomes one self-contained page with its tables, figures and provenance."""

from __future__ import annotations

from .write import write_report

__all__ = ["write_report"]
