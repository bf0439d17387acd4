"""The templates of a report's pages."""

from __future__ import annotations

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
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("eventstudy.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
