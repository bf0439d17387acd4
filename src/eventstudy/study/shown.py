"""How a study and its file show themselves: what differs from the defaults, and the method in words."""

from __future__ import annotations

from dataclasses import MISSING, fields
from html import escape
from pathlib import Path
from typing import Any

from ..render.shown import Shown
from ..text import visible
from ..windows import Window, plain


class StudyShown(Shown):
    """Representations of `eventstudy.study.study.EventStudy`."""

    def method(self) -> tuple[str, ...]:
        """Return the specification in sentences."""
        raise NotImplementedError

    def _facts(self) -> dict[str, object]:
        """Return the model, the windows, and what differs from the defaults."""
        always = ("model", "estimation", "windows")
        usual = {one.name: one.default for one in fields(self)}  # type: ignore[arg-type]
        given = {name: getattr(self, name) for name in usual}
        return {
            name: _said(value)
            for name, value in given.items()
            if name in always or (value != usual[name] and usual[name] is not MISSING)
        }

    def _text(self) -> str:
        """Return the method in words."""
        return "".join(f"<p>{escape(visible(sentence))}</p>" for sentence in self.method())


class FileShown(Shown):
    """Representations of `eventstudy.study.config.StudyFile`."""

    path: Path
    title: str
    study: StudyShown

    def _facts(self) -> dict[str, object]:
        """Return the keys that are set, and the study."""
        usual = {one.name: one.default for one in fields(self)}  # type: ignore[arg-type]
        given = {name: getattr(self, name) for name in usual if name not in ("path", "title", "study", "fingerprint")}
        return {
            "": self.title,
            "path": self.path,
            **{name: _said(value) for name, value in given.items() if value != usual[name]},
            "study": self.study,
        }


def _said(value: Any) -> str:
    """Return an option as a reader would write it."""
    if isinstance(value, tuple) and all(isinstance(one, Window) for one in value):
        return ", ".join(one.label for one in value)
    value = value.label if isinstance(value, Window) else plain(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
