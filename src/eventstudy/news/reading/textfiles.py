"""Clean plain text and Markdown: front matter, a repeated title, hard line breaks, page furniture at the end."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$")
_FURNITURE = re.compile(
    r"^(?:tagged\b[\s,]*.*|about [A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3}|leave a (?:reply|comment).*|read more:?"
    r"|your email address will not be published.*|related (?:articles|posts|stories)|share this.*|advertisement"
    r"|comments? ?\(?\d*\)?|filed under:?.*|©.*|copyright .*|subscribe to .*|sign up for .*|all rights reserved.*"
    r"|(?:previous|next) (?:post|article).*)$",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"^#{1,6}\s+|!\[[^\]]*\]\([^)]*\)|(?<!\w)[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}(?!\w)", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]+\)")
_TITLE_LENGTH = 160


def front_matter(text: str) -> tuple[dict[str, str], str]:
    r"""Split a text into its front matter and the rest.

    Parameters
    ----------
    text : str

    Returns
    -------
    (dict of str to str, str)
        The ``key: value`` lines between the first two ``---`` lines, keys in lower case; and the rest.

    Examples
    --------
    >>> front_matter("---\ntitle: 'Oil jumps'\n---\nBody.")
    ({'title': 'Oil jumps'}, 'Body.')
    """
    header = _HEADER.match(text)
    if header is None:
        return {}, text
    lines = (_KEY.match(line) for line in header.group(1).splitlines())
    values = {m.group(1).lower(): m.group(2).strip().strip("\"'") for m in lines if m}
    return values, text[header.end() :]


def clean(text: str, title: str = "") -> tuple[str, str]:
    r"""Return the title and the body of a page's text.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    title : str
        Where known; else a short first paragraph without a full stop is the title.

    Returns
    -------
    (str, str)
        The title; and the body without it, each paragraph on one line, without "Related articles" and the like.

    Examples
    --------
    >>> clean("Oil jumps\n\nOil jumps\n\nCrude rose\non Friday.\n\nTagged , ,\n\nLeave a Reply")
    ('Oil jumps', 'Crude rose on Friday.')
    """
    text = _LINK.sub(r"\1", _MARKUP.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    blocks = [" ".join(block.split()) for block in re.split(r"\n[ \t]*\n", text)]
    blocks = [b for b in blocks if b]
    for n, block in enumerate(blocks):
        if n and _FURNITURE.match(block) and all(len(b) < 400 for b in blocks[n + 1 :]) and n >= len(blocks) // 2:
            blocks = blocks[:n]
            break
    if not title and len(blocks) > 1 and _is_title(blocks[0]):
        title = blocks[0]
    while len(blocks) > 1 and title and blocks[0].casefold() == title.casefold():
        blocks = blocks[1:]
    return title, "\n\n".join(blocks)


def _is_title(block: str) -> bool:
    return len(block) <= _TITLE_LENGTH and block[-1] not in ".,;:!" and len(block.split()) <= 25
