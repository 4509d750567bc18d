"""Converting a checkpoint of 1 GB beside copying the file, its memory, and a checkpoint of 100,000 small tensors.

`python -m tests.benchmarks.weights [FOLDER]`. In each round the file is copied, by shutil.copyfile and by cp, and converted, each in a process
of its own and to a new file; the page cache holds what fits, for all alike. Medians are printed. A conversion's seconds are those of the
command behind the imports, as copyfile's are; the whole process stands beside them. CPU seconds tell more on a busy machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from compat.checkpoints import Planned, write_checkpoint

ROUNDS = 7
MB = 1e6
# A transformer's shapes: an embedding of 154 MB is the largest of about 1 GB.
LARGE = [
    Planned("embedding.weight", (50_000, 768), "float32"),
    *(
        Planned(f"layers.{layer}.{name}", shape, "float32")
        for layer in range(30)
        for name, shape in (
            ("norm.weight", (768,)), ("norm.bias", (768,)), ("qkv.weight", (2304, 768)), ("qkv.bias", (2304,)), ("out.weight", (768, 768)),
            ("out.bias", (768,)), ("up.weight", (3072, 768)), ("up.bias", (3072,)), ("down.weight", (768, 3072)), ("down.bias", (768,)),
        )
    ),
]  # fmt: skip
SMALL = [
    Planned(f"layers.{index // 2}.{'bias' if index % 2 else 'weight'}", (16,) if index % 2 else (16, 4), "float32")
    for index in range(100_000)
]
WAYS = (("large.pth", "ckpt"), ("large.ckpt", "pth"), ("large.pth", "safetensors"), ("large.safetensors", "ckpt"))
# What runs, and then: its seconds, its CPU seconds in all threads, and the most memory that it had.
MEASURED = """
import os, shutil, sys, time
{imports}
start, before = time.perf_counter(), sum(os.times()[:4])
{run}
seconds, cpu = time.perf_counter() - start, sum(os.times()[:4]) - before
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(seconds, cpu, peak * 1024)
"""
CONVERT = MEASURED.format(
    imports="import compat.cli.weights\nfrom compat.cli import main",
    run='assert main(["weights", *sys.argv[1:], "--json", sys.argv[2] + ".json"]) == 0',
)
COPYFILE = MEASURED.format(imports="", run="shutil.copyfile(*sys.argv[1:])")
CP = MEASURED.format(imports="import subprocess", run='subprocess.run(["cp", *sys.argv[1:]], check=True)')


@dataclass(frozen=True)
class Run:
    """Seconds, CPU seconds, bytes of memory, and seconds of the whole process."""

    seconds: float
    cpu: float
    peak: float
    whole: float


def contents(tensors: list[Planned]) -> Callable[[int], Iterator[memoryview]]:
    """Random bytes for each tensor, in blocks."""
    block = memoryview(np.random.default_rng(0).bytes(1 << 20))

    def content(index: int) -> Iterator[memoryview]:
        left = tensors[index].nbytes
        while left:
            yield block[: min(left, len(block))]
            left -= min(left, len(block))

    return content


def measured(program: str, source: Path, target: Path) -> Run:
    """A program in a process of its own."""
    target.unlink(missing_ok=True)
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program, str(source), str(target)], capture_output=True, text=True, check=True)
    seconds, cpu, peak = map(float, done.stdout.split()[-3:])
    return Run(seconds, cpu, peak, time.perf_counter() - start)


def median(runs: Sequence[Run]) -> Run:
    return Run(*(statistics.median(getattr(run, field.name) for run in runs) for field in fields(Run)))


def measure_large(folder: Path) -> None:
    largest = max(tensor.nbytes for tensor in LARGE)
    for ending, format in (("pth", "torch"), ("ckpt", "mindspore"), ("safetensors", "safetensors")):
        write_checkpoint(str(folder / f"large.{ending}"), format, LARGE, contents(LARGE), "torch")  # type: ignore[arg-type]
    for name, ending in WAYS:
        source, target = folder / name, folder / f"converted.{ending}"
        rounds = [
            [measured(program, source, folder / ("copy" if program != CONVERT else target)) for program in (COPYFILE, CP, CONVERT)]
            for _ in range(ROUNDS)
        ]
        copyfile, cp, own = (median(runs) for runs in zip(*rounds, strict=True))
        above = max(0.0, max(runs[2].peak for runs in rounds) - largest)
        print(
            f"{name:>17} → {ending:<11} {own.seconds:5.2f} s, {own.cpu:4.2f} s of CPU, {own.whole:5.2f} s with the start; "
            f"copyfile {copyfile.seconds:5.2f} s, {copyfile.cpu:4.2f} s of CPU; cp {cp.seconds:5.2f} s; "
            f"speed {copyfile.seconds / own.seconds:4.2f} of copyfile's and {cp.seconds / own.seconds:4.2f} of cp's (bar: 0.5); "
            f"{own.peak / MB:4.0f} MB, {above / MB:4.0f} above the largest tensor (bar: 300)",
            flush=True,
        )


def measure_small(folder: Path) -> None:
    write_checkpoint(str(folder / "small.pth"), "torch", SMALL, contents(SMALL), "torch")
    for name, ending in (("small.pth", "ckpt"), ("small.ckpt", "pth"), ("small.pth", "safetensors"), ("small.safetensors", "ckpt")):
        own = measured(CONVERT, folder / name, folder / f"small.{ending}")
        print(
            f"100,000 tensors: {name:>17} → {ending:<11} {own.seconds:5.2f} s, {own.cpu:5.2f} s of CPU, {own.peak / MB:4.0f} MB", flush=True
        )


def main() -> None:
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        measure_large(Path(name))
        measure_small(Path(name))


if __name__ == "__main__":
    main()
