"""Data of a report as JSON: what a page embeds, small and so that nothing in it can break out; what goes into a file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

# A script element ends at the letters "</script", whatever stands around them; the other two make older parsers stumble.
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


class Strings:
    """Texts that occur often, each kept once; `at` gives the place of one."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._places: dict[str, int] = {}

    def at(self, text: str) -> int:
        """The place of `text` among `texts`, where it is put if it is new."""
        place = self._places.setdefault(text, len(self.texts))
        if place == len(self.texts):
            self.texts.append(whole(text))
        return place


def whole(text: str) -> str:
    """The text with each half of a surrogate pair, which no address can hold, as the replacement character."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def encoded(data: Any) -> str:
    """`data` as JSON that may stand inside a script element; a number that JSON lacks becomes the text "nan", "inf" or "-inf"."""
    try:
        text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(finite(data), allow_nan=False, separators=(",", ":"))
    for character, escape in _ESCAPED.items():
        text = text.replace(character, escape)
    return text


def written(data: Any) -> str:
    """JSON as it goes into a file, to be read by people too; half a surrogate pair, as in the name of a file, is written as its escape."""
    text = json.dumps(data, indent=1, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


class Lazy(list[Any]):
    """A list that is made, once, while it is written: what is in it need never be in memory as a whole."""

    def __init__(self, items: Iterable[Any]) -> None:
        super().__init__()
        self.items = iter(items)
        self.first = list(islice(self.items, 1))

    def __bool__(self) -> bool:
        return bool(self.first)

    def __iter__(self) -> Iterator[Any]:
        return chain(self.first, self.items)


Listing = Callable[[Iterable[Any]], list[Any]]


def write(data: Any, file: Path) -> None:
    """The text of `written` into a file, piece by piece."""
    with file.open("w", encoding="utf-8", errors="backslashreplace") as text:
        text.writelines(json.JSONEncoder(indent=1, ensure_ascii=False).iterencode(data))
        text.write("\n")


def finite(data: Any) -> Any:
    """`data` with every number that JSON lacks as a text; tuples become lists."""
    if isinstance(data, float):
        return data if math.isfinite(data) else str(data)
    if isinstance(data, dict):
        return {key: finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(value) for value in data]
    return data


def rounded(number: float, digits: int = 3) -> float | int:
    """`number` with as many significant digits, an integer where it is one: that is how short it gets."""
    if not math.isfinite(number):
        return number
    short = float(f"{number:.{digits}g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short
