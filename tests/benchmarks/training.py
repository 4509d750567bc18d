"""What training costs through each package beside the same model written natively: time of each part of a step, and memory.

`python -m tests.benchmarks.training torch` runs compat.torch beside MindSpore, `… mindspore` compat.mindspore beside PyTorch (on
its CUDA device where there is one): both in one process, in turn, so that a busy machine slows both; memory is measured in a
process each.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

BARS = {
    "torch": {"forward and backward": 1.10, "step with SGD": 1.25, "step with Adam": 1.25, "peak memory": 1.15},
    "mindspore": {"forward and backward": 1.10, "step with SGD": 1.10, "step with Adam": 1.10, "peak memory": 1.15},
}
MODELS = ("CNN", "Transformer")
Parts = dict[str, Callable[[], Any]]


def batch(model: str) -> tuple[Any, Any]:
    """Inputs and labels of one step, as arrays."""
    random = np.random.RandomState(0)
    if model == "CNN":
        return random.rand(32, 3, 32, 32).astype(np.float32), random.randint(0, 10, 32).astype(np.int32)
    tokens = random.randint(0, 256, (8, 65)).astype(np.int32)
    return tokens[:, :-1].copy(), tokens[:, 1:].reshape(-1).copy()


def torch_parts(model: str, imitated: bool) -> Parts:
    """The parts of a step of the model written for PyTorch: through compat.torch, or by PyTorch itself."""
    with standing_in("torch", imitated):
        import torch

        from tests.benchmarks import models_torch
    network = getattr(models_torch, model)()
    inputs, labels = map(torch.from_numpy, batch(model))
    labels = labels.long()
    if torch.cuda.is_available():
        network, inputs, labels = network.cuda(), inputs.cuda(), labels.cuda()
    optimizers = {
        "SGD": torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9),
        "Adam": torch.optim.Adam(network.parameters(), lr=1e-3),
    }

    def forward_backward() -> Any:
        logits = network(inputs)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels)
        loss.backward()
        return loss

    def cleared() -> Any:
        network.zero_grad()
        return forward_backward()

    def step(optimizer: Any) -> Any:
        optimizer.zero_grad()
        loss = forward_backward()
        optimizer.step()
        return loss

    return {"forward and backward": cleared, **{f"step with {name}": lambda one=one: step(one) for name, one in optimizers.items()}}


def mindspore_parts(model: str, imitated: bool) -> Parts:
    """The same parts of the model written for MindSpore: through compat.mindspore, or by MindSpore itself."""
    with standing_in("mindspore", imitated):
        import mindspore

        from tests.benchmarks import models_mindspore
    if imitated and has_cuda():
        mindspore.set_device("GPU")
    network = getattr(models_mindspore, model)()
    network.set_train()
    inputs, labels = map(mindspore.Tensor, batch(model))

    def loss_of(inputs: Any, labels: Any) -> Any:
        logits = network(inputs)
        return mindspore.ops.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels)

    weights = network.trainable_params()
    gradient = mindspore.value_and_grad(loss_of, None, weights)
    optimizers = {
        "SGD": mindspore.nn.SGD(weights, learning_rate=0.01, momentum=0.9),
        "Adam": mindspore.nn.Adam(weights, learning_rate=1e-3),
    }

    def step(optimizer: Any) -> Any:
        loss, gradients = gradient(inputs, labels)
        optimizer(gradients)
        return loss

    return {
        "forward and backward": lambda: gradient(inputs, labels)[0],
        **{f"step with {name}": lambda one=one: step(one) for name, one in optimizers.items()},
    }


PARTS = {"torch": torch_parts, "mindspore": mindspore_parts}
OTHER = {"torch": "mindspore", "mindspore": "torch"}


def standing_in(framework: str, imitated: bool) -> contextlib.AbstractContextManager[object]:
    import compat

    return compat.installed(framework) if imitated else contextlib.nullcontext()


def has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def timer(framework: str) -> Callable[[Callable[[], Any], bool], float]:
    """Seconds of a call, here or natively, until its value is on the host."""
    if framework == "mindspore":

        def seconds(call: Callable[[], Any], _here: bool) -> float:
            begin = time.perf_counter()
            float(call())
            return time.perf_counter() - begin

        return seconds
    from compat.torch_on_mindspore import engine

    def recorded(call: Callable[[], Any], here: bool) -> float:
        engine.record(here)  # MindSpore's value_and_grad refuses weights while it is on
        begin = time.perf_counter()
        call().detach().numpy() if here else call().asnumpy()
        return time.perf_counter() - begin

    return recorded


def ratios(framework: str, model: str, rounds: int) -> dict[str, tuple[float, float, float]]:
    """Per part: milliseconds here, milliseconds natively (medians), and the median of their ratios round by round."""
    ours, natives = PARTS[framework](model, True), PARTS[OTHER[framework]](model, False)
    seconds = timer(framework)
    found = {}
    for part, call in ours.items():
        for _ in range(3):
            seconds(call, True), seconds(natives[part], False)
        pairs = [(seconds(call, True), seconds(natives[part], False)) for _ in range(rounds)]
        here, there = (statistics.median(one) * 1000 for one in zip(*pairs, strict=True))
        found[part] = here, there, statistics.median(first / second for first, second in pairs)
    return found


def peak(model: str, written_for: str, imitated: bool, steps: int = 8) -> float:
    """The most MiB that a process held which made `steps` steps with Adam."""
    parts = PARTS[written_for](model, imitated)
    for _ in range(steps):
        loss = parts["step with Adam"]()
    float(loss)
    # Not getrusage: what it tells of a child begins with the memory of its parent.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def peak_in_process(model: str, written_for: str, imitated: bool) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.training", written_for, "--peak", model, *(["--imitated"] if imitated else [])]
    return float(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("framework", choices=PARTS, help="the one that is imitated")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--peak", metavar="MODEL", help=argparse.SUPPRESS)
    parser.add_argument("--imitated", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        print(json.dumps(peak(options.peak, options.framework, options.imitated)))
        return
    bars = BARS[options.framework]
    for model in MODELS:
        for part, (here, there, ratio) in ratios(options.framework, model, options.rounds).items():
            print(f"{model:<12} {part:<22} {here:7.2f} ms, natively {there:7.2f} ms: {ratio:5.2f} times (bar: {bars[part]:.2f})")
        here, there = peak_in_process(model, options.framework, True), peak_in_process(model, OTHER[options.framework], False)
        print(
            f"{model:<12} {'peak memory':<22} {here:7.0f} MiB, natively {there:6.0f} MiB: {here / there:5.2f} times (bar: {bars['peak memory']:.2f})"
        )


if __name__ == "__main__":
    main()
