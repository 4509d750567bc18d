"""What an epoch over a DataLoader costs here and in PyTorch, in one process, and what saving and loading does."""

from __future__ import annotations

import io
import timeit
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

SAMPLES, BATCH = 10_000, 64
IMAGES = np.random.RandomState(0).rand(SAMPLES, 28, 28).astype(np.float32)
CLASSES = np.arange(SAMPLES) % 10


class Arrays:
    """A map-style dataset of NumPy arrays and numbers."""

    def __len__(self) -> int:
        return SAMPLES

    def __getitem__(self, index: int) -> tuple[Any, int]:
        return IMAGES[index], int(CLASSES[index])


def datasets(torch: Any) -> dict[str, Any]:
    """The same samples in each form that a program may have them in."""
    images, classes = torch.from_numpy(IMAGES), torch.from_numpy(CLASSES)
    tensors = torch.utils.data.TensorDataset(images, classes)
    return {
        "TensorDataset": tensors,
        "a random part of a TensorDataset": torch.utils.data.random_split(tensors, [0.9, 0.1])[0],
        "NumPy arrays": Arrays(),
        "a list of tensors": [(torch.from_numpy(image.copy()), int(kind)) for image, kind in zip(IMAGES, CLASSES, strict=True)],
    }


def epoch(torch: Any, dataset: Any) -> Callable[[], None]:
    loader = torch.utils.data.DataLoader(dataset, BATCH, shuffle=True)

    def run() -> None:
        for _ in loader:
            pass

    return run


def checkpoint(torch: Any) -> Callable[[], None]:
    state = {f"layer{number}.weight": torch.zeros(100, 100) for number in range(300)}

    def run() -> None:
        file = io.BytesIO()
        torch.save(state, file)
        file.seek(0)
        torch.load(file)

    return run


def milliseconds(runs: int = 5) -> Iterator[tuple[str, float, float]]:
    """A name, milliseconds in PyTorch and here: the least of `runs`, run in turn."""
    import torch as real

    import compat.torch as ours

    pairs = {
        f"an epoch over {name}": (epoch(real, dataset), epoch(ours, other))
        for (name, dataset), other in zip(datasets(real).items(), datasets(ours).values(), strict=True)
    }
    pairs["save and load 300 tensors"] = checkpoint(real), checkpoint(ours)
    for name, calls in pairs.items():
        times = [[timeit.timeit(call, number=1) * 1000 for call in calls] for _ in range(runs)]
        yield name, min(one for one, _ in times), min(other for _, other in times)


def main() -> None:
    for name, theirs, ours in milliseconds():
        print(f"{name:<52} PyTorch {theirs:7.1f} ms   here {ours:7.1f} ms   ratio {ours / theirs:5.2f}   (bar: 1.2)")


if __name__ == "__main__":
    main()
