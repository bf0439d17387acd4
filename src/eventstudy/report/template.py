"""The templates of a report's pages."""

from __future__ import annotations

import functools

import jinja2


def template(name: str) -> jinja2.Template:
    """Return a template of the folder ``templates``; every value is escaped.

    Parameters
    ----------
    name : str

    Returns
    -------
    Template
    """
    return _environment().get_template(name)


@functools.cache
def _environment() -> jinja2.Environment:
    """Return the environment, which keeps the templates that it has compiled."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("eventstudy.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
