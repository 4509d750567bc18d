"""A file before and after, side by side, as data that `assets/diff.js` draws: hunks, and within a changed line what changed.

A list of blocks for each part of a file (a notebook has one for each cell that changed, other files have one):
a number, of lines that are the same and not shown; a list of texts, of such lines that are shown; `{"fold": [texts]}`, of such lines that
a reader may unfold; `{"rows": [[old, new], …]}`, of lines that changed, each null where there is none, else a list of texts that are by
turns the same and changed.
"""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from compat.port.model import PortedFile
from compat.port.reports.lines import Block, blocks, hunks
from compat.source.text import NEWLINE

ENDS = re.compile(NEWLINE.pattern.decode())
TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)
SHORTEST = 2  # lines that are not worth a row which says that they are not shown
LARGEST = 40_000  # pairs of tokens of two lines that difflib may look at
ALIKE = 0.3  # of the characters of the longer line: where less is the same, the lines are shown as different throughout


def parts(file: PortedFile, *, whole: bool) -> list[dict[str, Any]]:
    """What changed, by cell (0 outside notebooks); with `whole`, what lies between the hunks is there to be unfolded."""
    return [{"cell": cell, "blocks": list(_blocks(before, after, whole))} for cell, before, after in _texts(file) if before != after]


# --- the texts ---


def _texts(file: PortedFile) -> list[tuple[int, str, str]]:
    if file.path.suffix == ".ipynb":
        before, after = _cells(file.before), _cells(file.after)
        if before != after and len(before) == len(after):
            return [(cell, old, new) for cell, (old, new) in enumerate(zip(before, after, strict=True), 1)]
    encoding = _encoding(file.before)
    return [(0, file.before.decode(encoding), file.after.decode(encoding))]


def _cells(notebook: bytes) -> list[str]:
    """The source of each cell, which a notebook holds as a text or as a list of lines; none where it is no notebook after all."""
    try:
        cells = json.loads(notebook)["cells"]
        return ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return []


def _encoding(data: bytes) -> str:
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


# --- the lines ---


def _blocks(before: str, after: str, whole: bool) -> Iterator[Any]:
    old, new = ENDS.split(before), ENDS.split(after)
    if not old[-1] and not new[-1]:  # what follows the end of the last line is no line
        old, new = old[:-1], new[:-1]
    at = 0
    for hunk in hunks(blocks(old, new)):
        yield from _between(old[at : hunk[0].start], whole)
        for block in hunk:
            yield old[block.start : block.end] if block.same else {"rows": _rows(block, old, new)}
        at = hunk[-1].end
    yield from _between(old[at:], whole)


def _between(lines: list[str], whole: bool) -> Iterator[Any]:
    if len(lines) <= SHORTEST:
        yield from [lines] if lines else []
    else:
        yield {"fold": lines} if whole else len(lines)


def _rows(block: Block, before: Sequence[str], after: Sequence[str]) -> list[tuple[list[str] | None, list[str] | None]]:
    """The lines in pairs, from the first on; those that one side has more stand alone."""
    pairs = zip_longest(before[block.start : block.end], after[block.new_start : block.new_end])
    return [_alone(old, new) if old is None or new is None else segments(old, new) for old, new in pairs]


def _alone(old: str | None, new: str | None) -> tuple[list[str] | None, list[str] | None]:
    return None if old is None else ["", old], None if new is None else ["", new]


# --- within a line ---


def segments(old: str, new: str) -> tuple[list[str], list[str]]:
    """Both lines as texts that are by turns the same and changed, the first the same; by words, and not within one."""
    one, other = TOKEN.findall(old), TOKEN.findall(new)
    pieces = list(_pieces(one, other))
    alike = sum(len(left.strip()) for same, left, _ in pieces if same)
    if alike < ALIKE * max(len(old), len(new)):
        return ["", old], ["", new]
    return _joined((same, left) for same, left, _ in pieces), _joined((same, right) for same, _, right in pieces)


def _pieces(one: list[str], other: list[str]) -> Iterator[tuple[bool, str, str]]:
    """(the same, the text before, the text after), from the first token on."""
    most, head, tail = min(len(one), len(other)), 0, 0
    while head < most and one[head] == other[head]:
        head += 1
    while tail < most - head and one[-tail - 1] == other[-tail - 1]:
        tail += 1
    inner, new_inner = one[head : len(one) - tail], other[head : len(other) - tail]
    yield True, "".join(one[:head]), "".join(other[:head])
    if len(inner) * len(new_inner) > LARGEST:
        yield False, "".join(inner), "".join(new_inner)
    else:
        for tag, start, end, new_start, new_end in SequenceMatcher(None, inner, new_inner, autojunk=False).get_opcodes():
            yield tag == "equal", "".join(inner[start:end]), "".join(new_inner[new_start:new_end])
    yield True, "".join(one[len(one) - tail :]), "".join(other[len(other) - tail :])


def _joined(pieces: Iterator[tuple[bool, str]]) -> list[str]:
    texts = [""]
    for same, text in pieces:
        if not text:
            continue
        if same == bool(len(texts) % 2):
            texts[-1] += text
        else:
            texts.append(text)
    return texts
