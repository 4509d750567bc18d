"""What compat.torch adds to MindSpore: to an operator, a module call, a backward run, an optimizer step, and the start of a program.

`python -m tests.benchmarks.overheads`; each pair is measured in turn, the least of each is compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Call = Callable[[], Any]


def pairs() -> dict[str, tuple[Call, Call]]:
    """What is measured: here, and the same in MindSpore."""
    import mindspore
    import numpy as np

    import compat.torch as torch
    from compat.torch_on_mindspore import engine

    ones = np.ones((4, 4), np.float32)
    here, there = torch.from_numpy(ones.copy()), mindspore.Tensor(ones)
    leaf = torch.ones(4, 4, requires_grad=True)

    class Layer(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x

    class Cell(mindspore.nn.Cell):
        def construct(self, x: Any) -> Any:
            return x

    layer, cell = Layer(), Cell()

    def native_backward() -> None:
        product = mindspore.ops.mul(leaf, there)
        engine.run_backward((product,), (there,), (leaf,), keep_graph=False, create_graph=False, accumulate=False)

    def backward() -> None:
        product = leaf * here
        torch.autograd.backward(product, here, inputs=None)
        leaf.grad = None

    weights = [torch.nn.Parameter(torch.ones(64, 64)) for _ in range(20)]
    natives = mindspore.ParameterTuple(
        [mindspore.Parameter(mindspore.Tensor(np.ones((64, 64), np.float32)), name=f"w{n}") for n in range(20)]
    )
    gradients = tuple(mindspore.Tensor(np.ones((64, 64), np.float32)) for _ in range(20))
    for weight in weights:
        weight.grad = torch.ones(64, 64)
    steps = {
        "SGD": (torch.optim.SGD(weights, lr=0.1, momentum=0.9), mindspore.nn.SGD(natives, 0.1, momentum=0.9)),
        "Adam": (torch.optim.Adam(weights, lr=0.1), mindspore.nn.Adam(natives, 0.1)),
    }
    return {
        "operator: add of 4×4": (lambda: here + here, lambda: mindspore.ops.add(there, there)),
        "operator: matmul of 4×4": (lambda: here @ here, lambda: mindspore.ops.matmul(there, there)),
        "view: transpose of 4×4": (lambda: here.t(), lambda: mindspore.ops.transpose(there, (1, 0))),
        "a module call": (lambda: layer(here), lambda: cell(there)),
        "multiply, record and run backward": (backward, native_backward),
        **{f"step of 20 parameters, {name}": (one.step, lambda two=two: two(gradients)) for name, (one, two) in steps.items()},
    }


def least_microseconds(calls: tuple[Call, Call], number: int = 100, rounds: int = 15) -> list[float]:
    found = [[], []]  # type: list[list[float]]
    for _ in range(rounds):
        for times, call in zip(found, calls, strict=True):
            begin = time.perf_counter()
            for _ in range(number):
                call()
            times.append((time.perf_counter() - begin) / number * 1e6)
    return [min(times) for times in found]


def start_seconds(rounds: int = 5) -> tuple[float, float]:
    """Seconds of `compat run` of an empty program, and of a Python that imports mindspore."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "empty.py")
        program.write_text("import torch\n", encoding="utf-8")
        commands = [[sys.executable, "-m", "compat", "run", str(program)], [sys.executable, "-c", "import mindspore"]]
        return tuple(min(_seconds(command) for _ in range(rounds)) for command in commands)  # type: ignore[return-value]


def _seconds(command: list[str]) -> float:
    # Installed packages have their bytecode beside them, which this variable would keep from being written.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - begin


def main() -> None:
    for name, calls in pairs().items():
        here, there = least_microseconds(calls)
        print(f"{name:<36} {here:8.1f} µs, in MindSpore {there:8.1f} µs: {here - there:+7.1f} µs")
    program, bare = start_seconds()
    print(f"{'start of compat run':<36} {program:8.2f} s,  import mindspore {bare:8.2f} s:  {program - bare:+.2f} s (bar: 0.40 s)")


if __name__ == "__main__":
    main()
