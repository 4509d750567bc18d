"""Markdown as GitHub shows it: tables, code and folded parts, of texts that may hold any character."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

LONGEST = 65_536  # characters of a comment on a pull request
_SPECIAL = re.compile(r"([\\`*_\[\]#|<>~$&])")
_BAR = re.compile(r"(?<!\\)\|")


def escaped(text: str) -> str:
    """A text on one line, none of it markup: no emphasis, link, HTML or cell of a table. Only `code` keeps GitHub from mentions, too."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """A text on one line as code, with a fence longer than any within."""
    line = " ".join(text.split()) or " "
    fence = "`" * (1 + max((len(ticks) for ticks in re.findall("`+", line)), default=0))
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def table(titles: Sequence[str], lines: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table of Markdown cells; the columns at the places `numbers` are set to the right."""
    # A bar ends a cell, even within code, unless a backslash precedes it.
    cells = [[_BAR.sub(r"\|", cell) for cell in line] for line in lines]
    rule = ["---:" if place in numbers else "---" for place in range(len(titles))]
    return "\n".join(f"| {' | '.join(line)} |" for line in [titles, rule, *cells]) + "\n"


def details(summary: str, body: str, *, opened: bool = False) -> str:
    """A part that is folded until it is asked for; `summary` is plain text."""
    plain = summary.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<details{' open' if opened else ''}><summary>{plain}</summary>\n\n{body.rstrip()}\n\n</details>\n"


def fitted(made: Callable[[int], str], most: int, limit: int = LONGEST) -> str:
    """`made(n)` for the largest tried n ≤ `most`, halved until the text keeps within `limit` characters. ValueError if none does."""
    while True:
        text = made(most)
        if len(text) <= limit:
            return text
        if not most:
            raise ValueError(f"{len(text)} characters are left when every list is empty; {limit} is the limit")
        most //= 2
