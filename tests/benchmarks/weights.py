"""Converting a checkpoint of 1 GB beside copying the file, its memory, and a checkpoint of 100,000 small tensors.

`python -m tests.benchmarks.weights [FOLDER]`. In each round the file is copied (by shutil.copyfile and cp) and converted in turn, both to a
new file; the page cache holds what fits, for all alike. A conversion is a process of its own, and its seconds are those of the command
without the start of the interpreter, which stands beside them.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
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
CHILD = """\
import sys, time
from compat.cli import main
start = time.perf_counter()
status = main(["weights", *sys.argv[1:]])
seconds = time.perf_counter() - start
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(status, seconds, peak * 1024)
"""


def contents(tensors: list[Planned]) -> Callable[[int], Iterator[memoryview]]:
    """Random bytes for each tensor, in blocks."""
    block = memoryview(np.random.default_rng(0).bytes(1 << 20))

    def content(index: int) -> Iterator[memoryview]:
        left = tensors[index].nbytes
        while left:
            yield block[: min(left, len(block))]
            left -= min(left, len(block))

    return content


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def converted(source: Path, target: Path) -> tuple[float, float, int]:
    """Seconds of the command, seconds of its process, and the most memory that it had, in bytes."""
    target.unlink(missing_ok=True)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(source), str(target), "--json", str(target) + ".json"], capture_output=True, text=True, check=True
    )
    status, inside, peak = done.stdout.split()[-3:]
    assert status == "0", done
    return float(inside), time.perf_counter() - start, int(peak)


def copied(source: Path, target: Path, by: Callable[[Path, Path], object]) -> float:
    target.unlink(missing_ok=True)
    return seconds(lambda: by(source, target))


def cp(source: Path, target: Path) -> None:
    subprocess.run(["cp", str(source), str(target)], check=True)


def measure_large(folder: Path) -> None:
    largest = max(tensor.nbytes for tensor in LARGE)
    for ending, format in (("pth", "torch"), ("ckpt", "mindspore"), ("safetensors", "safetensors")):
        write_checkpoint(str(folder / f"large.{ending}"), format, LARGE, contents(LARGE), "torch")  # type: ignore[arg-type]
    for name, ending in WAYS:
        source, target, copy = folder / name, folder / f"converted.{ending}", folder / "copy"
        rounds = [(copied(source, copy, shutil.copyfile), copied(source, copy, cp), *converted(source, target)) for _ in range(ROUNDS)]
        copyfile, by_cp, inside, whole, peak = (statistics.median(column) for column in zip(*rounds, strict=True))
        speed = source.stat().st_size / MB
        print(
            f"{name:>17} → {ending:<11} {inside:5.2f} s ({speed / inside:5.0f} MB/s), with the start {whole:5.2f} s; copyfile {copyfile:5.2f} s, "
            f"cp {by_cp:5.2f} s: {copyfile / inside:4.2f} and {by_cp / inside:4.2f} of their speed (bar: 0.5); "
            f"{max(0, max(row[4] for row in rounds) - largest) / MB:4.0f} MB above the largest tensor (bar: 300)",
            flush=True,
        )


def measure_small(folder: Path) -> None:
    write_checkpoint(str(folder / "small.pth"), "torch", SMALL, contents(SMALL), "torch")
    for name, ending in (("small.pth", "ckpt"), ("small.ckpt", "pth"), ("small.pth", "safetensors"), ("small.safetensors", "ckpt")):
        inside, _, peak = converted(folder / name, folder / f"small.{ending}")
        print(f"100,000 tensors: {name:>17} → {ending:<11} {inside:5.2f} s, {peak / MB:4.0f} MB", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        measure_large(Path(name))
        measure_small(Path(name))


if __name__ == "__main__":
    main()
