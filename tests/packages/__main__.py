"""`python -m tests.packages record`, where torch is installed, then `check`, where it is not. Case names as further arguments choose cases."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import compat
from tests.packages.cases import CASES, REFUSED, Case
from tests.packages.observe import observe, part

RECORDED = Path(__file__).parents[2] / "build" / "packages"
RTOL, ATOL = 1e-3, 1e-4
ROW = "| {:26} | {:8} | {:8} | {:8} | {}"


def place(case: Case) -> Path:
    return RECORDED / f"{case.name.replace('/', '-')}.npz"


def record(cases: list[Case]) -> bool:
    operators = name_operators_of_torchvision()
    RECORDED.mkdir(parents=True, exist_ok=True)
    for case in cases:
        np.savez(place(case), **observe(case))
        print(f"recorded {case.name}")
    del operators
    return True


def name_operators_of_torchvision() -> Any:
    """Have real PyTorch know the names of two operators; they exist as long as the result does.

    The torchvision of PyPI is compiled for PyTorch with CUDA. Beside PyTorch for CPU its library does not load, and its import would
    end at describing operators that nobody has defined. The models of the table call none.
    """
    import torch

    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


def check(cases: list[Case]) -> bool:
    """Whether every case gives what was recorded; prints a line for each, with the largest differences."""
    import os

    if find_spec("torch") and not os.environ.get("ANYHOW"):
        raise SystemExit("torch is installed here: what this shows is that packages run without it")
    print(ROW.format("model", "output", "losses", "weights", "result"))
    with compat.installed("torch"):
        results = [checked(case) for case in cases] + [refused(*one) for one in REFUSED.items()]
    return all(results)


def checked(case: Case) -> bool:
    with np.load(place(case), allow_pickle=False) as file:
        expected = dict(file)
    try:
        found = observe(case, part(expected, "before"))
    except Exception as error:
        print(ROW.format(case.name, "", "", "", f"{type(error).__name__}: {error}"))
        traceback.print_exc()
        return False
    wrong = sorted(name for name in expected.keys() | found.keys() if not same(expected.get(name), found.get(name)))
    groups = ([name for name in expected if name.startswith(start)] for start in ("output", "losses", "after/"))
    differences = (f"{max(difference(expected[name], found.get(name)) for name in group):.1e}" for group in groups)
    print(ROW.format(case.name, *differences, f"differs: {', '.join(wrong)}" if wrong else "same"))
    return not wrong


def refused(name: str, call: tuple[Callable[[], Any], str]) -> bool:
    try:
        call[0]()
    except Exception as error:
        print(ROW.format(name, "", "", "", f"refused: {type(error).__name__}: {str(error)[:40]}…"))
        return call[1] in str(error)
    print(ROW.format(name, "", "", "", "did not raise"))
    return False


def same(expected: Any, found: Any) -> bool:
    if expected is None or found is None or (expected.dtype, expected.shape) != (found.dtype, found.shape):
        return False
    return np.allclose(expected, found, RTOL, ATOL)


def difference(expected: Any, found: Any) -> float:
    """The largest difference of two arrays, infinite where they can't be compared."""
    if found is None or expected.shape != found.shape:
        return float("inf")
    return float(np.max(np.abs(expected.astype(float) - found.astype(float)), initial=0.0))


def main(command: str, *names: str) -> bool:
    chosen = [case for case in CASES if not names or case.name.startswith(names)]
    return {"record": record, "check": check}[command](chosen)


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:]))
