"""Put an SVG drawing into a page: text stays text, colours follow the page, and names do not collide."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

PROLOGUE = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
DROPPED = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", re.DOTALL)
SIZE = re.compile(r' (?:width|height|version|xmlns(?::xlink)?)="[^"]*"')
NAMED = re.compile(r' id="([^"]+)"')
USED = re.compile(r'(?<=href="#)[^"]+|(?<=url\(#)[^)]+')


def inline(svg: bytes, name: str, colours: Mapping[str, str], *, classes: str, alt: str) -> Markup:
    """Return a drawing as an element of a page.

    Parameters
    ----------
    svg : bytes
        As matplotlib writes it; its text is escaped.
    name : str
        Unique on the page; begins the ids.
    colours : mapping of str to str
        The CSS variable of every colour, by the colour as the drawing has it.
    classes : str
        Of the element.
    alt : str
        What a screen reader says.

    Returns
    -------
    Markup
    """
    text = DROPPED.sub("", PROLOGUE.sub("", svg.decode()))
    used = set(USED.findall(text))
    text = NAMED.sub(lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", text)
    text = USED.sub(lambda found: f"{name}-{found[0]}", text)
    for colour, variable in colours.items():
        text = text.replace(colour, f"var({variable})")
    head, body = text.split(">", 1)
    opening = Markup('{} class="{}" role="img" aria-label="{}">').format(Markup(SIZE.sub("", head)), classes, alt)
    return opening + Markup(re.sub(r"\s*\n\s*", "\n", body))
