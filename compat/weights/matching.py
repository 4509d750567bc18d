"""Which weight of a PyTorch model is which of a MindSpore model: by a map, by the table's names, then by shape and order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from compat.weights import map_file
from compat.weights.entries import Entry, How, Matching, Pair, Shape
from compat.weights.map_file import Map
from compat.weights.rules import Candidate, by_rule


def match(torch: Sequence[Entry], mindspore: Sequence[Entry], given: Sequence[Pair] = ()) -> Matching:
    """Match weights one to one; `given` pairs (of a map file) come first and are taken as they are.

    Then names: those that the table gives a layer's parameters, or the same name with the same shape; a prefix that all names of one side
    share (`module.`) may be missing on the other. Then another name of a tied tensor whose first one is matched. What remains is paired by
    the shape, and what the last part of the name may be, in the order given. Equal calls give equal results.
    """
    search = _Search(torch, mindspore)
    for pair in given:
        search.take(pair.torch, pair.mindspore, pair.layout, "map")
    search.by_names("", "")
    if search.torch and search.mindspore:
        search.by_names(common_prefix(entry.name for entry in torch), common_prefix(entry.name for entry in mindspore))
    search.by_ties()
    search.by_shapes()
    search.by_ties()
    return search.result()


def match_with(found: Map, torch: Sequence[Entry], mindspore: Sequence[Entry]) -> Matching:
    """`match` by a map file first; CompatError with its lines where it does not fit these weights."""
    map_file.check(found, torch, mindspore)
    matching = match(
        [entry for entry in torch if entry.name not in found.without_torch],
        [entry for entry in mindspore if entry.name not in found.without_mindspore],
        found.pairs,
    )
    return replace(matching, without_counterpart=(*matching.without_counterpart, *found.without_torch, *found.without_mindspore))


class _Search:
    """What is matched, and what is left on each side."""

    def __init__(self, torch: Sequence[Entry], mindspore: Sequence[Entry]) -> None:
        self.order = {entry.name: index for index, entry in enumerate(torch)}
        self.torch = {entry.name: entry for entry in torch}
        self.mindspore = {entry.name: entry for entry in mindspore}
        rules = by_rule(torch, "torch")
        self.candidates = {entry.name: [*rules.get(entry.name, ()), Candidate(entry.name, "same", entry.shape)] for entry in torch}
        self.pairs: dict[str, Pair] = {}

    def take(self, torch: str, mindspore: str, layout: str, how: How) -> None:
        self.pairs[torch] = Pair(torch, mindspore, layout, how)
        self.torch.pop(torch, None)
        self.mindspore.pop(mindspore, None)

    def by_names(self, torch_prefix: str, mindspore_prefix: str) -> None:
        for name in list(self.torch):
            for candidate in self.candidates[name]:
                if candidate.name is None:
                    continue
                theirs = mindspore_prefix + candidate.name.removeprefix(torch_prefix)
                if theirs in self.mindspore and self.mindspore[theirs].shape == candidate.shape:
                    self.take(name, theirs, candidate.layout, "name")
                    break

    def by_ties(self) -> None:
        first = {name: entry.tied or name for name, entry in self.torch.items()}
        for name, tied in first.items():
            if tied in self.pairs:
                twin = self.pairs[tied]
                self.take(name, twin.mindspore, twin.layout, "tied")

    def by_shapes(self) -> None:
        """First with the last part of the name as well, so that a bias is not paired with a scale of its shape."""
        for kind in (_last, _any):
            waiting: dict[tuple[str, Shape], list[str]] = defaultdict(list)
            for name, entry in self.mindspore.items():
                waiting[kind(name), entry.shape].append(name)
            queues = {key: iter(names) for key, names in waiting.items()}
            for name in list(self.torch):
                for candidate in self.candidates[name]:
                    if candidate.name is None:
                        break
                    theirs = next(queues.get((kind(candidate.name), candidate.shape), iter(())), None)
                    if theirs is not None:
                        self.take(name, theirs, candidate.layout, "shape")
                        break

    def result(self) -> Matching:
        needless = [name for name in self.torch if self.candidates[name][0].name is None]
        return Matching(
            tuple(sorted(self.pairs.values(), key=lambda pair: self.order.get(pair.torch, len(self.order)))),
            tuple(name for name in self.torch if name not in needless),
            tuple(self.mindspore),
            tuple(needless),
        )


def common_prefix(names: Iterable[str]) -> str:
    """The longest run of whole parts, with its dot, that all names begin with."""
    common: list[str] | None = None
    for name in names:
        parts = name.split(".")[:-1]
        common = parts if common is None else [a for a, b in _while_equal(common, parts)]
    return "".join(f"{part}." for part in common or [])


def _while_equal(first: Sequence[str], second: Sequence[str]) -> Iterable[tuple[str, str]]:
    for a, b in zip(first, second, strict=False):
        if a != b:
            return
        yield a, b


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _any(_name: str) -> str:
    return ""
