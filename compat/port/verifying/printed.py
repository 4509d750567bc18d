"""What two runs of a program printed, line by line: the numbers within a tolerance, the text around them equal, and what no two runs share left out.

Left out are addresses (`0x7f…`), dates and clock times, durations and rates (a number with a unit of time, `it/s`, or after a word such as
`elapsed`), amounts of memory (`3.2 GiB`), absolute paths, and lines of MindSpore's log; the folders of the two programs count as one. A bar
that is drawn over itself counts as it looked at the end. Blanks do not count: columns move when a number has a digit more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

HERE, LEFT_OUT, NUMBER = "\ue000", "\ue001", "\ue002"  # for private use, so in no text
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
# What is replaced: the first group stays.
VOLATILE = tuple(
    re.compile(pattern)
    for pattern in (
        r"()\b0x[0-9a-fA-F]{7,}\b",
        rf"()(?<![\w.:/{HERE}])(?:~?/|[A-Za-z]:\\)[\w.+@~-]+(?:[/\\][\w.+@~-]+)+",
        r"()\b\d{4}[-/]\d{2}[-/]\d{2}(?:[T _-]\d{2}[:-]\d{2}(?:[:-]\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?",
        rf"()\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?{_MONTH}\s+\d{{1,2}}\s+{_CLOCK}(?:\s+[A-Z]+)?(?:\s+\d{{4}})?",
        rf"()\b{_MONTH}\d{{2}}_\d{{2}}-\d{{2}}-\d{{2}}",
        r"()\b\d{8}[-_T]\d{6}\b",
        r"()(?<![\w.])(?:\d+ days?, )?\d+:\d{2}:\d{2}(?:[.,]\d+)?(?![\w:])",
        r"()(?<![\w.:])\d{2}:\d{2}(?![\w:])",
        rf"()(?<![\w.]){_NUMBER}\s*[A-Za-z]*/s(?:ec(?:ond)?)?\b",
        rf"()(?<![\w.]){_NUMBER}\s*(?:ms|s|secs?)\s*/\s*[A-Za-z]+",
        rf"()(?<![\w.]){_NUMBER}\s*(?:[num\u00b5\u03bc]?s|secs?|seconds?|minutes|hrs?|hours?)\b(?!\s*=)",
        rf"()(?<![\w.]){_NUMBER}(?:m|mins?|minute|h|d|days?)\b",
        rf"()(?<![\w.]){_NUMBER}\s+(?:mins?|minute|h|days?)\b(?!\s*[:=]?\s*[-+]?\.?\d)",
        rf"()(?<![\w.]){_NUMBER}\s*[KMGT]i?B\b",
        rf"(\b(?:\w*_)?(?:[Tt]ime|[Ee]lapsed|[Tt]ook|[Dd]uration|[Ll]atency|ETA|[Tt]hroughput)\b['\"]?\s*(?:\([^)]*\))?\s*(?:[:=]|is|of|taken)?\s*)"
        rf"{_NUMBER}(?![\w%])",
    )
)
NUMBERS = re.compile(rf"(?<![\w.])(?:{_NUMBER}|[-+]?(?:[nN]a[nN]|[iI]nf(?:inity)?))(?!(?!j\b)\w|\.\d)")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LOG = re.compile(r"\[(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\]\s?[A-Z_]+\(\d+")

ROUNDED = 50  # how many units of its last digit a number has, for rounding to count


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may be apart: `relative` to the first, or `absolute`, whichever is more, and a unit of the last digit printed.

    Rounding to the digits that are printed moves each of two numbers by up to half a unit; that counts where a unit is at most a fiftieth of
    the number, since one of `0.8` and `0.9` would hide what should show. Two frameworks sum in different orders, and a training carries that
    along: of digits.py and the twelve programs of tests/programs, by compat.torch, twelve print the same within 5e-5 of each number, and
    digits.py, whose loss falls from 2.3 to 0.07 over 12 epochs, within 2.1e-3. A wrong default shows in the first digits. Numbers without a
    point are counts, and equal.
    """

    relative: float = 5e-3
    absolute: float = 1e-6


@dataclass(frozen=True)
class Number:
    """A number as it was printed: its value, one unit of its last digit, and whether it is an integer."""

    text: str
    value: float
    unit: float
    whole: bool


@dataclass(frozen=True)
class Difference:
    """The first lines that disagree, each with its number from 1, and why; None where an output has ended."""

    before: tuple[int, str] | None
    after: tuple[int, str] | None
    reason: str


@dataclass(frozen=True)
class Comparison:
    """What agreed up to the first difference: lines, numbers, and the largest distance of two numbers, absolute and relative."""

    lines: int
    numbers: int
    absolute: float
    relative: float
    first: Difference | None

    @property
    def agrees(self) -> bool:
        return self.first is None


def compared(before: Iterable[str], after: Iterable[str], tolerance: Tolerance, folders: Sequence[str] = ("", "")) -> Comparison:
    """Two outputs, as lines; `folders` are where the two programs ran."""
    lines = numbers = 0
    absolute = relative = 0.0
    for one, other in zip_longest(_lines(before, folders[0]), _lines(after, folders[1])):
        reason = _difference(one, other, tolerance)
        if reason:
            return Comparison(lines, numbers, absolute, relative, Difference(_shown(one), _shown(other), reason))
        lines += 1
        for first, second in zip(one.numbers, other.numbers, strict=True):
            numbers += 1
            distance = abs(first.value - second.value) if math.isfinite(first.value) else 0.0
            absolute = max(absolute, distance)
            relative = max(relative, distance / abs(first.value) if abs(first.value) > tolerance.absolute else 0.0)
    return Comparison(lines, numbers, absolute, relative, None)


@dataclass(frozen=True)
class _Line:
    number: int
    text: str
    around: str  # the text, with one letter for each number
    numbers: tuple[Number, ...]


def _shown(line: _Line | None) -> tuple[int, str] | None:
    return None if line is None else (line.number, line.text)


def _lines(printed: Iterable[str], folder: str) -> Iterator[_Line]:
    """The lines that count: not the empty ones."""
    for number, line in enumerate(printed, 1):
        text = ESCAPE.sub("", line.rstrip("\r\n")).rpartition("\r")[2].strip()
        if text and not LOG.match(text):
            numbers: list[Number] = []
            around = NUMBERS.sub(_kept(numbers), _steady(text, folder))
            yield _Line(number, text, "".join(around.split()), tuple(numbers))


def _steady(text: str, folder: str) -> str:
    """The text without what no two runs share."""
    if folder:
        text = text.replace(folder, HERE)
    for pattern in VOLATILE:
        text = pattern.sub(rf"\1{LEFT_OUT}", text)
    return text


def _kept(numbers: list[Number]) -> Callable[[re.Match[str]], str]:
    def keep(found: re.Match[str]) -> str:
        numbers.append(_number(found.group()))
        return NUMBER

    return keep


def _number(text: str) -> Number:
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    # Without digits behind the point nothing was rounded: NumPy writes a whole number so.
    unit = 10.0 ** (int(exponent or 0) - decimals) if decimals else 0.0
    return Number(text, float(text), unit, text.lstrip("+-").isdecimal())


def _difference(one: _Line | None, other: _Line | None, tolerance: Tolerance) -> str:
    if one is None or other is None:
        return f"the output {'before' if one is None else 'after'} porting ends here"
    if one.around != other.around:
        return "the text differs"
    for first, second in zip(one.numbers, other.numbers, strict=True):
        if not _close(first, second, tolerance):
            return f"{first.text} became {second.text}"
    return ""


def _close(one: Number, other: Number, tolerance: Tolerance) -> bool:
    if one.whole and other.whole:
        return int(one.text) == int(other.text)
    if not (math.isfinite(one.value) and math.isfinite(other.value)):
        return one.value == other.value or (math.isnan(one.value) and math.isnan(other.value))
    unit = max(one.unit, other.unit)
    rounding = unit if unit * ROUNDED <= abs(one.value) else 0.0
    allowed = max(tolerance.absolute, tolerance.relative * abs(one.value)) + rounding
    return abs(one.value - other.value) <= allowed * (1 + 1e-9)  # decimals have no exact place in binary
