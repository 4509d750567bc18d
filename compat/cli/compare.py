"""Hold two models against each other, module by module: the same weights, the same input, and the first module where they part.

`compat compare model.py:build --against model_ms.py:build` compares a PyTorch model with a MindSpore one, in either order. Without
`--against` the same source is run on both frameworks: a PyTorch source on PyTorch and on compat.torch, with `--api mindspore` a MindSpore
source on MindSpore and on compat.mindspore. `build` returns the model, or the model and its inputs as NumPy arrays.
Exit status 0: they agree, 1: they differ, 2: the call is wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from compat.errors import CompatError, UsageError
from compat.models.apart import in_a_process
from compat.models.compare import compare
from compat.models.report import write_report
from compat.models.sources import made
from compat.weights import map_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", metavar="FILE:NAME", help="a function that returns the model")
    parser.add_argument("--against", metavar="FILE:NAME", help="a function that returns the other one (default: the same source)")
    parser.add_argument(
        "--api", choices=("torch", "mindspore"), default="torch", help="without --against: the API of the source (default: torch)"
    )
    parser.add_argument("--input", metavar="FILE:NAME", help="NumPy arrays, or a function that returns them")
    parser.add_argument(
        "--shape", action="append", default=[], metavar="N,N,…", help="draw a normal float32 input of this shape; repeatable"
    )
    parser.add_argument("--train", action="store_true", help="in training mode (default: inference)")
    parser.add_argument("--seed", type=int, default=0, help="for what is drawn (default: 0)")
    parser.add_argument("--loss", choices=("square", "cross_entropy"), default="square", help="what is differentiated (default: square)")
    parser.add_argument("--labels", metavar="FILE:NAME", help="int labels for cross_entropy, as --input (default: drawn)")
    parser.add_argument("--steps", type=int, default=0, metavar="N", help="steps of training, whose losses are compared (default: 0)")
    parser.add_argument("--lr", type=float, default=0.01, help="their learning rate (default: 0.01)")
    parser.add_argument("--map", type=Path, metavar="FILE", help="pairs of weights that go before the matching by name")
    parser.add_argument("--write-map", type=Path, metavar="FILE", help="write the pairs of weights that were used")
    parser.add_argument("--here", action="store_true", help="in this process, for a debugger (default: in one that may crash)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="write report.html and results.json there")


def carry_out(parsed: argparse.Namespace) -> int:
    """In a process of its own, unless asked not to: it may not survive what the models do."""
    plain = argparse.Namespace(**{name: value for name, value in vars(parsed).items() if name != "carry_out"})
    return compared(plain, None) if parsed.here else in_a_process(guarded, plain)


def guarded(parsed: argparse.Namespace, progress: Callable[[str], None]) -> int:
    """`compared` with the errors that are for the reader of the terminal."""
    try:
        return compared(parsed, progress)
    except UsageError as error:
        print(f"compat: {error}", file=sys.stderr)
        return 2
    except CompatError as error:
        print(f"compat: {error}", file=sys.stderr)
        return 1


def compared(parsed: argparse.Namespace, progress: Callable[[str], None] | None) -> int:
    """Compare, print and write what was found; returns the exit status."""
    if parsed.write_map and not parsed.against:
        raise UsageError("--write-map: the models of one source have equal names")
    first, second, inputs = _models(parsed)
    comparison = compare(
        first,
        second,
        inputs,
        map=map_file.read(str(parsed.map)) if parsed.map else None,
        train=parsed.train,
        seed=parsed.seed,
        loss="cross_entropy" if parsed.labels else parsed.loss,
        labels=np.asarray(made(parsed.labels, seed=parsed.seed)) if parsed.labels else None,
        steps=parsed.steps,
        rate=parsed.lr,
        progress=progress,
    )
    if parsed.write_map:
        if comparison.weights.matching is None:
            raise UsageError("--write-map: two models of one API have equal names")
        parsed.write_map.write_text(map_file.text(comparison.weights.matching), encoding="utf-8")
    print(comparison)
    if parsed.output:
        print(f"report: {write_report(comparison, parsed.output)}")
    return 0 if comparison.agrees else 1


def _models(parsed: argparse.Namespace) -> tuple[Any, Any, Any]:
    """Both models, and the inputs: those that are named, else those that a model brings, else drawn ones."""
    first, brought = _parted(made(parsed.model, seed=parsed.seed))
    second, other = _parted(made(parsed.against, seed=parsed.seed) if parsed.against else made(parsed.model, parsed.api, parsed.seed))
    if parsed.input:
        return first, second, made(parsed.input, seed=parsed.seed)
    if parsed.shape:
        rng = np.random.default_rng(parsed.seed)
        return first, second, [rng.standard_normal(_shape(text)).astype(np.float32) for text in parsed.shape]
    inputs = brought if brought is not None else other
    if inputs is None:
        raise UsageError(f"{parsed.model} brings no inputs: give --shape or --input")
    return first, second, inputs


def _parted(built: Any) -> tuple[Any, Any]:
    return (built[0], built[1]) if isinstance(built, tuple) and len(built) == 2 else (built, None)


def _shape(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--shape {text}: expected numbers with commas, as in 1,3,32,32")
