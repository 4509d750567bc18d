"""Which module of one model is which of the other, and which call is which.

Modules that own matched weights are known; a container is the one that holds the same of them. Calls of those are the fixed points between
which the other calls are aligned, in order: by class as the table knows it, by name, and by the shape of what they give. The trees need
not be equal: what has no partner is left to the module around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compat.models.classes import are_alike, are_counterparts
from compat.models.records import Call, ModuleFacts, Observation

COUNTERPARTS, ALIKE, NAME, SHAPE = 8, 4, 3, 1


@dataclass(frozen=True)
class Alignment:
    """First model's paths → the second's, and pairs of calls in the order of the first model's."""

    modules: Mapping[str, str]
    calls: tuple[tuple[Call, Call], ...]


def aligned(first: Observation, second: Observation, weights: Sequence[tuple[str, str]]) -> Alignment:
    """Align two runs whose weights were matched: pairs of names, the first model's first."""
    known = modules_by_weights(first.modules, second.modules, weights)
    calls = {one.index: other for one, other in _calls_of(known, first, second)}
    _between(first, second, calls)
    by_index = {call.index: call for call in first.calls}
    pairs = tuple((by_index[index], calls[index]) for index in sorted(calls))
    by_calls = {one.path: other.path for one, other in reversed(pairs)}
    return Alignment({**by_calls, **known}, pairs)


# --- modules, by the weights that they hold ---


def modules_by_weights(
    first: Mapping[str, ModuleFacts], second: Mapping[str, ModuleFacts], weights: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """First model's paths → the second's, for the models themselves and for modules whose matched weights are the same."""
    known = {"": ""}
    # By the second's names: several of the first's may be one there.
    ours = _holders(first, dict(weights))
    theirs = _holders(second, {name: name for _, name in weights})
    for held, paths in ours.items():
        known.update(_same_weights([p for p in paths if p], [p for p in theirs.get(held, ()) if p], first, second))
    return known


def _holders(modules: Mapping[str, ModuleFacts], names: Mapping[str, str]) -> dict[frozenset[str], list[str]]:
    """The matched weights inside a module, by the names that `names` has for them → the modules that hold exactly these, in order."""
    held: dict[str, set[str]] = {}
    for facts in modules.values():
        parts = facts.path.split(".") if facts.path else []
        for depth in range(len(parts) + 1):
            held.setdefault(".".join(parts[:depth]), set()).update(names[name] for name in facts.weights if name in names)
    found: dict[frozenset[str], list[str]] = {}
    for path in modules:
        if held.get(path):
            found.setdefault(frozenset(held[path]), []).append(path)
    return found


def _same_weights(
    ours: list[str], theirs: list[str], first: Mapping[str, ModuleFacts], second: Mapping[str, ModuleFacts]
) -> Iterator[tuple[str, str]]:
    """Modules that hold the same weights, one inside the other or sharing them: by class, then by name; else as they come."""
    scores = [[_kinship(first[mine], second[other]) or SHAPE for other in theirs] for mine in ours]
    yield from ((ours[i], theirs[j]) for i, j in _best(scores))


# --- calls ---


def _calls_of(modules: Mapping[str, str], first: Observation, second: Observation) -> Iterator[tuple[Call, Call]]:
    theirs = second.by_key()
    for call in first.calls:
        other = theirs.get((modules[call.path], call.occurrence)) if call.path in modules else None
        if other is not None:
            yield call, other


def _between(first: Observation, second: Observation, calls: dict[int, Call]) -> None:
    """Add, to the pairs of calls, those of the calls between them."""
    ours, theirs = first.children(), second.children()
    pending = list(calls)
    while pending:
        index = pending.pop()
        taken = {call.index for call in calls.values()}
        mine = list(_exposed(ours, index, set(calls)))
        others = list(_exposed(theirs, calls[index].index, taken))
        for one, other in _gaps(mine, others, calls):
            found = list(_in_gap(one, [call for call in other if call.index not in taken], first, second))
            calls.update({call.index: partner for call, partner in found})
            pending += [call.index for call, _ in found]


def _exposed(children: Mapping[int | None, list[Call]], parent: int, known: set[int]) -> Iterator[Call]:
    """The calls below one in order, down to those that are known."""
    for call in children.get(parent, ()):
        yield call
        if call.index not in known:
            yield from _exposed(children, call.index, known)


def _gaps(mine: list[Call], others: list[Call], calls: Mapping[int, Call]) -> Iterator[tuple[list[Call], list[Call]]]:
    """What lies between one pair of calls and the next, on both sides."""
    places = {call.index: place for place, call in enumerate(others)}
    start, gap = 0, list[Call]()
    for call in mine:
        partner = calls.get(call.index)
        if partner is None:
            gap.append(call)
        elif (place := places.get(partner.index, -1)) >= start:  # one that went back is another order, not a fixed point
            yield gap, others[start:place]
            start, gap = place + 1, []
    yield gap, others[start:]


def _in_gap(ours: list[Call], theirs: list[Call], first: Observation, second: Observation) -> Iterator[tuple[Call, Call]]:
    scores = [[_likeness(one, other, first, second) for other in theirs] for one in ours]
    yield from ((ours[i], theirs[j]) for i, j in _best(scores))


def _likeness(one: Call, other: Call, first: Observation, second: Observation) -> int:
    """How much speaks for two calls being the same; 0 where only the shape does, which many share."""
    kinship = _kinship(first.modules[one.path], second.modules[other.path])
    if not kinship:
        return 0
    return kinship + SHAPE * ([a.shape for a in one.outputs] == [a.shape for a in other.outputs])


def _kinship(one: ModuleFacts, other: ModuleFacts) -> int:
    if are_counterparts(one.base, other.base) or (not one.base and one.type == other.type):
        return COUNTERPARTS + NAME * _same_name(one.path, other.path)
    if are_alike(one.base, other.base):
        return ALIKE + NAME * _same_name(one.path, other.path)
    return NAME * (_same_name(one.path, other.path) and not one.path.rpartition(".")[2].isdigit())


def _same_name(one: str, other: str) -> bool:
    return one.rpartition(".")[2] == other.rpartition(".")[2]


def _best(scores: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """The pairs, in order on both sides, whose scores add up to the most; none that scores 0."""
    rows, columns = len(scores), len(scores[0]) if scores else 0
    sums = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            sums[i][j] = max(sums[i + 1][j], sums[i][j + 1], sums[i + 1][j + 1] + scores[i][j])
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if scores[i][j] and sums[i][j] == sums[i + 1][j + 1] + scores[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif sums[i][j] == sums[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
