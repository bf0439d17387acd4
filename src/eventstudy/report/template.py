"""The templates of a report's page."""

from __future__ import annotations

from importlib import resources

import jinja2


def template(name: str) -> jinja2.Template:
    """Return a template of this folder; every value is escaped.

    Parameters
    ----------
    name : str

    Returns
    -------
    Template
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(resources.files(__package__).joinpath(name).read_text("utf-8"))
