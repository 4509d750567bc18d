"""Two versions of a file's lines: which of them are the same, in hunks with the lines around them.

A port changes a few characters on many lines and seldom their number, and its lines are often much alike. `difflib.SequenceMatcher`
alone takes 37 s for 10,000 lines every other of which changed, the rest being 300 lines again and again. So lines that occur once on
both sides are taken as anchors, as in a patience diff; what lies between two of them is compared line by line where the numbers agree,
and by difflib only where it is short.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

Line = TypeVar("Line", str, bytes)
LARGEST = 250_000  # pairs of lines that difflib may look at, in the worst case several times


@dataclass(frozen=True)
class Block:
    """Lines from `start` to `end` before, and from `new_start` to `new_end` after, from 0 and exclusive: the same, or replaced."""

    same: bool
    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True)
class _Range:
    start: int
    end: int
    new_start: int
    new_end: int


def blocks(before: Sequence[Line], after: Sequence[Line]) -> list[Block]:
    """All lines of both, as blocks in order, same and replaced ones by turns."""
    found: list[Block] = []
    at = new_at = 0
    for start, new_start, length in [*_runs(_pairs(before, after)), (len(before), len(after), 0)]:
        if (at, new_at) != (start, new_start):
            found.append(Block(False, at, start, new_at, new_start))
        at, new_at = start + length, new_start + length
        if length:
            found.append(Block(True, start, at, new_start, new_at))
    return found


def hunks(found: Sequence[Block], context: int = 3) -> list[list[Block]]:
    """What is replaced, with up to `context` lines around; two that come closer are one hunk. Nothing where all is the same."""
    grouped: list[list[Block]] = []
    last = len(found) - 1
    for place, block in enumerate(found):
        length = block.end - block.start
        if not block.same:
            if not grouped:
                grouped.append([])
            grouped[-1].append(block)
        elif place == 0:
            grouped.append([_tail(block, context)] if last and context else [])
        elif place == last or length > 2 * context:
            grouped[-1] += [_head(block, context)] if context else []
            if place != last:
                grouped.append([_tail(block, context)] if context else [])
        else:
            grouped[-1].append(block)
    return [hunk for hunk in grouped if hunk]


def _head(block: Block, count: int) -> Block:
    kept = min(count, block.end - block.start)
    return Block(True, block.start, block.start + kept, block.new_start, block.new_start + kept)


def _tail(block: Block, count: int) -> Block:
    kept = min(count, block.end - block.start)
    return Block(True, block.end - kept, block.end, block.new_end - kept, block.new_end)


def _runs(pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Pairs that follow each other on both sides, as (start, new start, length)."""
    first = 0
    for place in range(1, len(pairs) + 1):
        if place == len(pairs) or pairs[place] != (pairs[place - 1][0] + 1, pairs[place - 1][1] + 1):
            yield *pairs[first], place - first
            first = place


def _pairs(before: Sequence[Line], after: Sequence[Line]) -> list[tuple[int, int]]:
    """Equal lines by their places, in the order of both."""
    pairs: list[tuple[int, int]] = []
    waiting = [_Range(0, len(before), 0, len(after))]
    while waiting:
        ends, rest = _trimmed(waiting.pop(), before, after)
        pairs += ends
        if rest.start == rest.end or rest.new_start == rest.new_end:
            continue
        aligned = _aligned(rest, before, after)
        anchors = [] if aligned else _anchors(rest, before, after)
        if anchors:
            pairs += anchors
            waiting += _between(rest, anchors)
        else:
            pairs += aligned or _by_difflib(rest, before, after)
    return sorted(pairs)


def _trimmed(of: _Range, before: Sequence[Line], after: Sequence[Line]) -> tuple[list[tuple[int, int]], _Range]:
    """The equal lines at both ends, and what is left between them."""
    most = min(of.end - of.start, of.new_end - of.new_start)
    head = tail = 0
    while head < most and before[of.start + head] == after[of.new_start + head]:
        head += 1
    while tail < most - head and before[of.end - tail - 1] == after[of.new_end - tail - 1]:
        tail += 1
    pairs = [(of.start + place, of.new_start + place) for place in range(head)]
    pairs += [(of.end - tail + place, of.new_end - tail + place) for place in range(tail)]
    return pairs, _Range(of.start + head, of.end - tail, of.new_start + head, of.new_end - tail)


def _aligned(of: _Range, before: Sequence[Line], after: Sequence[Line]) -> list[tuple[int, int]]:
    """Equal lines at the same place of as many lines; none where that leaves most of them unequal."""
    if of.end - of.start != of.new_end - of.new_start:
        return []
    sides = zip(range(of.start, of.end), range(of.new_start, of.new_end), strict=True)
    pairs = [(place, new) for place, new in sides if before[place] == after[new]]
    return pairs if 2 * len(pairs) >= of.end - of.start else []


def _anchors(of: _Range, before: Sequence[Line], after: Sequence[Line]) -> list[tuple[int, int]]:
    """The longest series of lines, in the order of both, each of which occurs once on both sides."""
    counts, new_counts = Counter(before[of.start : of.end]), Counter(after[of.new_start : of.new_end])
    places = {after[place]: place for place in range(of.new_start, of.new_end) if new_counts[after[place]] == 1}
    common = [(place, places[before[place]]) for place in range(of.start, of.end) if counts[before[place]] == 1 and before[place] in places]
    ends: list[int] = []  # the smallest place after at which a series of this length ends
    links: list[tuple[int, int, int]] = []  # (place before, place after, length of the longest series that ends here)
    for place, new in common:
        length = bisect_left(ends, new)
        ends[length : length + 1] = [new]
        links.append((place, new, length))
    series: list[tuple[int, int]] = []
    wanted, limit = len(ends) - 1, len(after)
    for place, new, length in reversed(links):
        if length == wanted and new < limit:
            series.append((place, new))
            wanted, limit = wanted - 1, new
    return series[::-1]


def _between(of: _Range, anchors: list[tuple[int, int]]) -> Iterator[_Range]:
    start, new_start = of.start, of.new_start
    for place, new in [*anchors, (of.end, of.new_end)]:
        if place > start and new > new_start:
            yield _Range(start, place, new_start, new)
        start, new_start = place + 1, new + 1


def _by_difflib(of: _Range, before: Sequence[Line], after: Sequence[Line]) -> list[tuple[int, int]]:
    if (of.end - of.start) * (of.new_end - of.new_start) > LARGEST:
        return []
    matcher = SequenceMatcher(None, before[of.start : of.end], after[of.new_start : of.new_end], autojunk=False)
    return [
        (of.start + start + place, of.new_start + new + place)
        for start, new, length in matcher.get_matching_blocks()
        for place in range(length)
    ]
