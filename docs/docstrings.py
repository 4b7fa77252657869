"""Show our docstrings as they are meant: aligned names as a list, examples as code."""

import re
from typing import Any

import griffe

_NAMED = re.compile(r"([a-z_][\w, ]*):\s+(\S.*)")


class Readable(griffe.Extension):
    """Rewrites the docstrings that the site shows; the source keeps them plain."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of one module, class or function."""
        if obj.docstring:
            paragraphs = re.split(r"\n[ ]*\n", obj.docstring.value)
            obj.docstring.value = "\n\n".join(map(_readable, paragraphs))


def _readable(paragraph: str) -> str:
    """One paragraph as Markdown."""
    lines = paragraph.split("\n")
    if lines[0].startswith(">>>"):
        return "\n".join(["```pycon", *lines, "```"])
    if _NAMED.fullmatch(lines[0]) and all(_NAMED.fullmatch(x) or x[:1] == " " for x in lines):
        items = (_NAMED.sub(r"- `\1`: \2", x) if x[:1] != " " else "  " + x.strip() for x in lines)
        return "\n".join(items)
    return paragraph
