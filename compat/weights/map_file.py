"""The map file: which weight is which, a line each, written by the program and corrected by people. YAML, of which JSON is a part.

    - {torch: "bn.weight", mindspore: "bn.gamma"}
    - {torch: "conv.weight", mindspore: "conv.weight", layout: "unit_height"}
    - {torch: "bn.num_batches_tracked", mindspore: null}

A null says that a weight has no counterpart, and that this is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compat.errors import CompatError
from compat.table import source
from compat.weights.entries import GUESSED, Entry, Matching, Pair
from compat.weights.layouts import LAYOUTS, Shape
from compat.weights.rules import Side

KEYS = ("torch", "mindspore", "layout")
HEAD = """\
# Which weight of PyTorch is which of MindSpore. A null in the place of a name: it has no counterpart, and that is meant.
# layout: how MindSpore lays it out, {layouts} ("same" without the key).
"""


@dataclass(frozen=True)
class Map:
    """A map file. `places` are the lines of the pairs; `without` are the names of either side that have no counterpart."""

    path: str
    pairs: tuple[Pair, ...] = ()
    lines: tuple[int, ...] = ()
    without_torch: tuple[str, ...] = ()
    without_mindspore: tuple[str, ...] = ()


def read(path: str) -> Map:
    """A map file; CompatError with every mistake in it, each `file:line: what is wrong`."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CompatError(f"{path}: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}") from error
    document = source.read(text, path, with_places=True)
    problems = document.problems or [document.problem(place, message) for place, message in mistakes(document.value)]
    if problems:
        raise CompatError("\n".join(f"{one.file}:{one.line}: {one.message}" for one in problems))
    items = document.value or []
    whole = [(index, item) for index, item in enumerate(items) if None not in (item["torch"], item["mindspore"])]
    return Map(
        path,
        tuple(Pair(item["torch"], item["mindspore"], item.get("layout", "same"), "map") for _, item in whole),
        tuple((document.places or {}).get((index,), (1, 1))[0] for index, _ in whole),
        tuple(item["torch"] for item in items if item["mindspore"] is None),
        tuple(item["mindspore"] for item in items if item["torch"] is None),
    )


def mistakes(items: Any) -> Iterator[tuple[source.Path, str]]:
    """(path, message) of what is wrong in the values of a map file."""
    if items is not None and not isinstance(items, list):
        yield (), "expected a list of `- {torch: NAME, mindspore: NAME}`"
        return
    seen: dict[tuple[str, str], int] = {}
    for index, item in enumerate(items or []):
        if not isinstance(item, dict):
            yield (index,), f"{item!r}: expected {{torch: NAME, mindspore: NAME}}"
            continue
        yield from ((((index, key)), f"unknown key {key!r}: expected one of {', '.join(KEYS)}") for key in item if key not in KEYS)
        if item.get("layout", "same") not in LAYOUTS:
            yield (index, "layout"), f"unknown layout {item['layout']!r}: expected one of {', '.join(LAYOUTS)}"
        names = [(key, item.get(key)) for key in KEYS[:2]]
        for key, name in names:
            if key not in item or not (name is None or isinstance(name, str)):
                yield (index,), f"{key} is missing or no text: expected a name in quotes, or null"
            elif name is not None and seen.setdefault((key, name), index) != index:
                yield (index, key), f"{name!r} of {key} stands twice"
        if all(name is None for _, name in names):
            yield (index,), "both names are missing: expected at least one"


def check(found: Map, torch: Sequence[Entry] | None, mindspore: Sequence[Entry] | None) -> None:
    """CompatError with the line of each pair that names a weight that isn't there, or can't be laid out so. None: a side is not known."""
    shapes = [{one.name: one.shape for one in side} if side is not None else None for side in (torch, mindspore)]
    problems = [
        f"{found.path}:{line}: {message}" for line, pair in zip(found.lines, found.pairs, strict=True) for message in misfits(pair, *shapes)
    ]
    for side, names, known in zip(KEYS, (found.without_torch, found.without_mindspore), shapes, strict=False):
        problems += [
            f"{found.path}: there is no {name!r} on the side of {side}" for name in names if known is not None and name not in known
        ]
    if problems:
        raise CompatError("\n".join(problems))


def misfits(pair: Pair, torch: Mapping[str, Shape] | None, mindspore: Mapping[str, Shape] | None) -> Iterator[str]:
    """What is wrong with a pair, by the shapes of each side that is known."""
    for side, name, shapes in (("torch", pair.torch, torch), ("mindspore", pair.mindspore, mindspore)):
        if shapes is not None and name not in shapes:
            yield f"there is no {name!r} on the side of {side}"
            return
    layout = LAYOUTS[pair.layout]
    ours = torch[pair.torch] if torch is not None else None
    theirs = mindspore[pair.mindspore] if mindspore is not None else None
    if ours is not None and (layout.to_mindspore(ours) is None or theirs not in (None, layout.to_mindspore(ours))):
        beside = f" {pair.mindspore!r} of shape {list(theirs)}" if theirs is not None else ""
        yield f"{pair.torch!r} of shape {list(ours)} can't be{beside} by the layout {pair.layout!r}"
    elif ours is None and theirs is not None and layout.to_torch(theirs) is None:
        yield f"{pair.mindspore!r} of shape {list(theirs)} is not laid out by {pair.layout!r}"


def text(matching: Matching) -> str:
    """A map file of a matching; what is unmatched stands at the end, in comments."""
    lines = [_line(pair.torch, pair.mindspore, pair.layout, "  # a guess" if pair.how in GUESSED else "") for pair in _once(matching)]
    lines += [_line(name, None) for name in matching.without_counterpart]
    lines += [f"# unmatched: {_line(name, None)[2:]}" for name in matching.unmatched_torch]
    lines += [f"# unmatched: {_line(None, name)[2:]}" for name in matching.unmatched_mindspore]
    return HEAD.format(layouts=", ".join(LAYOUTS)) + "".join(f"{line}\n" for line in lines)


def _once(matching: Matching) -> Iterator[Pair]:
    """The pairs without other names of tied weights, which follow from the first."""
    return (pair for pair in matching.pairs if pair.how != "tied")


def _line(torch: str | None, mindspore: str | None, layout: str = "same", comment: str = "") -> str:
    names = f"torch: {json.dumps(torch, ensure_ascii=False)}, mindspore: {json.dumps(mindspore, ensure_ascii=False)}"
    return f"- {{{names}{f', layout: {layout}' if layout != 'same' else ''}}}{comment}"


def other(side: Side) -> Side:
    """The other framework."""
    return "mindspore" if side == "torch" else "torch"
