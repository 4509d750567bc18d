"""Build, run and train the models under both, and compare; fails unless all agree."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from compat.parity.pool import Lost, Worker, served
from tests.mindcv.cases import CASES, IMPOSSIBLE

SECONDS = 300.0
RTOL = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mindcv", description=__doc__)
    parser.add_argument("files", nargs="*", help="files of mindcv.models (default: all)")
    asked = parser.parse_args()
    chosen = asked.files or list(CASES)
    with ThreadPoolExecutor() as both:
        itself, ours = both.map(lambda framework: all_observed(framework, chosen), ("itself", "compat"))
    verdicts = {file: compared(itself[file], ours[file], CASES[file].trained) for file in chosen}
    for file, problem in verdicts.items():
        print(f"{file:20}{problem or 'agrees' + (', trained too' if CASES[file].trained else '')}")
    for file, reason in IMPOSSIBLE.items():
        print(f"{file:20}not compared: {reason}")
    good = [file for file, problem in verdicts.items() if not problem]
    trained = [file for file in good if CASES[file].trained]
    print(f"{len(good)} of {len(chosen)} models agree with MindSpore's (rtol {RTOL}), {len(trained)} of them after two steps of training")
    if len(good) < len(chosen):
        sys.exit(1)


def all_observed(framework: str, files: list[str]) -> dict[str, dict[str, Any]]:
    """File → what a worker of that framework observed."""

    def asked(worker: Worker, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
        try:
            yield file, json.loads(worker.ask(file, SECONDS))
        except Lost as loss:
            yield file, {"error": str(loss)}

    return dict(served(files, asked, [sys.executable, "-m", "tests.mindcv.worker", framework], 1))


def compared(itself: dict[str, Any], ours: dict[str, Any], trained: bool) -> str:
    """Empty when both observed the same; else what differs first."""
    for name, seen in (("MindSpore", itself), ("compat", ours)):
        if "error" in seen:
            return f"{name}: {seen['error']}"
    if itself["parameters"] != ours["parameters"]:
        return "names, shapes or requires_grad of parameters differ"
    for what in ("output", *(["losses"] if trained else [])):
        mine, theirs = np.array(ours[what]), np.array(itself[what])
        if not np.isfinite(theirs).all() or mine.shape != theirs.shape:
            return f"{what}: {theirs.shape} values, finite: {np.isfinite(theirs).all()}; ours {mine.shape}"
        apart = np.abs(mine - theirs).max() / np.abs(theirs).max()
        if not np.allclose(mine, theirs, rtol=RTOL, atol=RTOL * np.abs(theirs).max()):
            return f"{what} differs by {apart:.1e} of the largest"
    return ""


if __name__ == "__main__":
    main()
