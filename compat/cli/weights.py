"""Convert a checkpoint between PyTorch (.pth, .pt, .bin), MindSpore (.ckpt) and safetensors: names, layouts and file format.

The files tell the framework by their endings; a .safetensors file has the side opposite to the other one, unless --from or --to says
otherwise. Names follow the table's rules for layers. Where these leave a choice, a checkpoint of the model that the target is for
(--like) or a map file settles it. What is guessed or unmatched is listed. Exit status 1, and nothing written, when something is unmatched.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from compat.weights import Map, Matching, Pair, Report, Request, convert, map_file, sides

SIDES = ("torch", "mindspore")
SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", help="the checkpoint to read")
    parser.add_argument("target", metavar="OUT", help="the file to write; its ending says the format. It is replaced as a whole")
    parser.add_argument("--from", dest="source_side", choices=SIDES, help="whose names IN has (default: by the ending)")
    parser.add_argument("--to", dest="target_side", choices=SIDES, help="whose names OUT gets (default: by the ending)")
    parser.add_argument("--like", metavar="FILE", help="a checkpoint of the model that OUT is for: its names, shapes and order are taken")
    parser.add_argument("--map", metavar="FILE", help="a map file, a line for each pair of names (see --write-map); it counts before rules")
    parser.add_argument("--write-map", metavar="FILE", help="write what was matched as a map file, to correct and give back with --map")
    parser.add_argument(
        "--key", metavar="NAME", help="the part of IN that holds the weights, as in `ema.state_dict`, where there are several"
    )
    parser.add_argument("--allow-unmatched", action="store_true", help="write OUT without what is unmatched, and exit 0")
    parser.add_argument("--dry-run", action="store_true", help="write no OUT, only say what it would hold")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every pair, and what is left, as JSON")


def carry_out(parsed: argparse.Namespace) -> int:
    source_side, target_side = sides(parsed.source, parsed.target, parsed.source_side, parsed.target_side)
    given: Map | None = map_file.read(parsed.map) if parsed.map else None
    request = Request(parsed.source, parsed.target, source_side, target_side, given, parsed.like, parsed.key)
    report = convert(request, parsed.allow_unmatched, parsed.dry_run)
    if parsed.write_map:
        Path(parsed.write_map).write_text(map_file.text(report.matching), encoding="utf-8")
    if parsed.json:
        parsed.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    print("\n".join(told(request, report)))
    return 0 if report.matching.complete or parsed.allow_unmatched else 1


def told(request: Request, report: Report) -> list[str]:
    """The lines of a report."""
    matching = report.matching
    lines = [
        *_listed("a guess", [_shown(pair) for pair in matching.guessed]),
        *_listed("without a counterpart, and not written", matching.without_counterpart),
        *_listed("no weight, and not written", report.left_out),
        *_listed("unmatched in PyTorch", matching.unmatched_torch),
        *_listed("unmatched in MindSpore", matching.unmatched_mindspore),
    ]
    size = f"{report.tensors} tensors, {report.nbytes / 1e6:,.1f} MB"
    names = f"{request.source_side} names" + (f" → {request.target_side} names" if request.source_side != request.target_side else "")
    state = f"{request.source} → {request.target}: {size}, {names}, {_counted(matching)}"
    return [*lines, state if report.written else f"{state}; not written"]


def _counted(matching: Matching) -> str:
    unmatched = len(matching.unmatched_torch) + len(matching.unmatched_mindspore)
    return f"{len(matching.guessed)} guessed, {unmatched} unmatched"


def _listed(title: str, names: Sequence[str]) -> list[str]:
    more = [f"{title}: and {len(names) - SHOWN} more (--json FILE has all)"] if len(names) > SHOWN else []
    return [f"{title}: {name}" for name in names[:SHOWN]] + more


def _shown(pair: Pair) -> str:
    layout = f" by {pair.layout}" if pair.layout != "same" else ""
    return f"{pair.torch} ↔ {pair.mindspore}{layout}"
