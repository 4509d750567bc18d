"""A checkpoint of one framework written as one of the other, tensor by tensor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from compat.checkpoints import Checkpoint, Planned, Stored, format_of, open_checkpoint, write_checkpoint
from compat.errors import CompatError, UsageError
from compat.weights import map_file
from compat.weights.entries import Entry, Matching, Pair
from compat.weights.layouts import LAYOUTS, Shape
from compat.weights.map_file import Map, other
from compat.weights.matching import match_with
from compat.weights.rules import Side
from compat.weights.translation import Renamed, check_unique, translated


@dataclass(frozen=True)
class Request:
    """What to convert: files, the framework whose names each has, and what helps to find the names.

    `like` is a checkpoint of the model that the target is for. `key` names the part of a file of torch.save that holds the weights.
    """

    source: str
    target: str
    source_side: Side
    target_side: Side
    map: Map | None = None
    like: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Report:
    """What was converted, or would be. `left_out` are names of the source that are no weights: texts, an optimizer's state, an epoch."""

    matching: Matching
    left_out: tuple[str, ...]
    tensors: int
    nbytes: int
    written: bool


@dataclass(frozen=True)
class Plan:
    """The tensors of the target, and for each the one of the source whose bytes it gets."""

    tensors: tuple[Planned, ...]
    sources: tuple[Stored, ...]
    matching: Matching


def sides(source: str, target: str, source_side: Side | None = None, target_side: Side | None = None) -> tuple[Side, Side]:
    """The framework of each file, by its ending unless given; that of safetensors is the other one's opposite. UsageError if unknown."""
    natural: dict[str | None, Side] = {"torch": "torch", "mindspore": "mindspore"}
    if format_of(target) is None:
        raise UsageError(f"{target}: expected a name that ends in .pth, .pt, .bin, .ckpt or .safetensors")
    first, second = source_side or natural.get(format_of(source)), target_side or natural.get(format_of(target))
    if first is None and second is None:
        raise UsageError(f"{source} and {target}: of which framework are they? Expected --from, --to or both")
    found = first or other(cast(Side, second)), second or other(cast(Side, first))
    for path, side in ((source, found[0]), (target, found[1])):
        if natural.get(format_of(path), side) != side and path == target:
            raise UsageError(
                f"{path}: files with this ending are of the other framework than {side}: expected .safetensors, or another --to"
            )
    return found


def convert(request: Request, allow_unmatched: bool = False, dry: bool = False) -> Report:
    """Write the target, which appears when it is complete; with `dry`, or where something is unmatched, only say what would be written.

    CompatError for a file that can't be read or written, a map that does not fit, and types that the target's format can't hold.
    Beside the largest tensor that is not stored in row-major order, no contents are held in memory.
    """
    with open_checkpoint(request.source, request.key) as source:
        plan, left_out = without_unreadable(planned(request, source), request)
        written = not dry and (allow_unmatched or plan.matching.complete)
        if written:
            _write(request, source, plan)
    nbytes = sum(tensor.nbytes for tensor in plan.tensors)
    return Report(plan.matching, (*source.left_out, *left_out), len(plan.tensors), nbytes, written)


def _write(request: Request, source: Checkpoint, plan: Plan) -> None:
    format = format_of(request.target)
    assert format is not None

    def content(index: int) -> Iterator[memoryview]:
        try:
            yield from source.blocks(plan.sources[index])
        except (CompatError, OSError) as error:
            raise CompatError(f"{request.source}: {error}") from error

    write_checkpoint(request.target, format, plan.tensors, content, request.target_side)


def without_unreadable(plan: Plan, request: Request) -> tuple[Plan, tuple[str, ...]]:
    """The plan without what MindSpore would read wrongly, and the names of that: it takes a checkpoint's (0,) for the shape of a scalar."""
    if format_of(request.target) != "mindspore":
        return plan, ()
    kept = [index for index, tensor in enumerate(plan.tensors) if tensor.shape != (0,)]
    left_out = tuple(plan.sources[index].name for index in set(range(len(plan.tensors))) - set(kept))
    tensors = tuple(replace(plan.tensors[index], twin=None) for index in kept)
    return replace(plan, tensors=tensors, sources=tuple(plan.sources[index] for index in kept)), left_out


def entries(tensors: Iterable[Stored]) -> list[Entry]:
    """What a matching needs of a checkpoint."""
    return [Entry(tensor.name, tensor.shape, tensor.dtype, tied=tensor.tied) for tensor in tensors]


def planned(request: Request, source: Checkpoint) -> Plan:
    """What is to be written."""
    if request.source_side == request.target_side:
        if request.map or request.like:
            raise UsageError("both files have the names of one framework: --map and --like are for two")
        return repacked(source.tensors)
    ours = entries(source.tensors)
    like = None
    if request.like is not None:
        with open_checkpoint(request.like) as opened:
            like = entries(opened.tensors)
    by_name = {tensor.name: tensor for tensor in source.tensors}
    return to_like(request, ours, like, by_name) if like is not None else by_rules(request, ours, by_name)


def repacked(tensors: Sequence[Stored]) -> Plan:
    """The same names in another file; tied tensors stay tied."""
    places = {tensor.name: index for index, tensor in enumerate(tensors)}
    plan = tuple(Planned(one.name, one.shape, one.dtype, places[one.tied] if one.tied else None) for one in tensors)
    pairs = tuple(Pair(one.name, one.name, "same", "name") for one in tensors)
    return Plan(plan, tuple(tensors), Matching(pairs, (), ()))


def to_like(request: Request, ours: list[Entry], like: list[Entry], by_name: Mapping[str, Stored]) -> Plan:
    """The names, shapes and order of a checkpoint of the target's model."""
    torch, mindspore = (ours, like) if request.source_side == "torch" else (like, ours)
    matching = match_with(request.map or Map(""), torch, mindspore)
    tensors: list[Planned] = []
    sources: list[Stored] = []
    places: dict[str, int] = {}
    several = request.target_side == "mindspore"  # other names of a tied weight are one tensor there
    chosen = {_name(pair, request.target_side): pair for pair in matching.pairs if not (several and pair.how == "tied")}
    for entry in like:
        if pair := chosen.get(entry.name):
            source = by_name[_name(pair, request.source_side)]
            # Another name of a tied weight is the same tensor in the target, too.
            twin = places.get(entry.tied or "") if pair.how == "tied" else None
            places[entry.name] = len(tensors)
            tensors.append(Planned(entry.name, entry.shape, source.dtype, twin))
            sources.append(source)
    return Plan(tuple(tensors), tuple(sources), matching)


def by_rules(request: Request, ours: list[Entry], by_name: Mapping[str, Stored]) -> Plan:
    """The names and shapes that the map gives, and the rules for the rest."""
    given = request.map or Map("")
    map_file.check(given, *((ours, None) if request.source_side == "torch" else (None, ours)))
    mapped = {_name(pair, request.source_side): pair for pair in given.pairs}
    dropped = given.without_torch if request.source_side == "torch" else given.without_mindspore
    pairs, without, tensors = [], list(dropped), []
    for renamed in translated(ours, request.source_side):
        entry = renamed.source
        if entry.name in dropped:
            continue
        if renamed.target.name is None and entry.name not in mapped:
            without.append(entry.name)
            continue
        pair = mapped.get(entry.name) or _pair(renamed, request.source_side)
        pairs.append(pair)
        tensors.append(Planned(_name(pair, request.target_side), across(pair.layout, entry.shape, request.source_side), entry.dtype))
    check_unique([tensor.name for tensor in tensors])
    sources = tuple(by_name[_name(pair, request.source_side)] for pair in pairs)
    return Plan(tuple(tensors), sources, Matching(tuple(pairs), (), (), tuple(without)))


def across(layout: str, shape: Shape, side: Side) -> Shape:
    """The shape on the other side, of one that the layout fits."""
    found = LAYOUTS[layout].to_mindspore(shape) if side == "torch" else LAYOUTS[layout].to_torch(shape)
    assert found is not None
    return found


def _pair(renamed: Renamed, side: Side) -> Pair:
    ours, theirs = renamed.source.name, renamed.target.name or ""
    names = (ours, theirs) if side == "torch" else (theirs, ours)
    return Pair(*names, renamed.target.layout, renamed.how)


def _name(pair: Pair, side: Side) -> str:
    return pair.torch if side == "torch" else pair.mindspore
