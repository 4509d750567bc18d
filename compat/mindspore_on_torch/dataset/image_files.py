"""Datasets of images in files: folders of them, and the binary files of MNIST and CIFAR."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset.checks import broken, maybe, of_type, within, workers
from compat.mindspore_on_torch.dataset.pipeline import Dataset
from compat.mindspore_on_torch.dataset.samplers import selected
from compat.mindspore_on_torch.dataset.sources import Collection
from compat.mindspore_on_torch.dataset.vision.values import Decode

__all__ = [
    "Cifar100Dataset",
    "Cifar10Dataset",
    "FakeImageDataset",
    "FashionMnistDataset",
    "ImageFolderDataset",
    "KMnistDataset",
    "MnistDataset",
]

IMAGES_MAGIC, LABELS_MAGIC = 2051, 2049
USAGES = ("train", "test", "all")


def check_folder(api: str, folder: Any, usage: Any = None, **unsupported: Any) -> None:
    """A folder that is there, a known usage, and no cache. TypeError, ValueError and UnsupportedArgument otherwise."""
    of_type("dataset_dir", folder, str)
    if not os.path.isdir(folder) or not os.access(folder, os.R_OK):
        raise errors.invalid(ValueError, f"The folder {folder} does not exist or is not a directory or permission denied!")
    if maybe("usage", usage, str) is not None and usage not in USAGES:
        raise errors.invalid(ValueError, f"Input usage is not within the valid set of {list(USAGES)}.")
    for name, value in unsupported.items():
        if value is not None:
            raise errors.UnsupportedArgument(f"mindspore.dataset.{api}", name, value, "None")


def contents(path: str) -> bytes:
    """The bytes of a file. RuntimeError if it can't be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise broken(f"Invalid file, failed to read {path}: {error}.") from error


class Pictures:
    """Images and their labels as a collection; an image is made when it is asked for."""

    def __init__(self, rows: int, image: Callable[[int], Any], *labels: Any) -> None:
        self.rows, self.image, self.labels = rows, image, labels

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return self.image(index), *(column[index] for column in self.labels)


class Labelled(Collection):
    """A collection whose last column holds the classes."""

    def __init__(self, names: list[str], source: Pictures, sampler: Any) -> None:
        super().__init__(names, source, sampler)
        self.labels = source.labels[-1]


def mnist(folder: str, usage: str | None) -> Pictures:
    """The images and labels of a folder with files of MNIST's format; those of the test come first, as their names do."""
    prefixes = {"train": ["train"], "test": ["t10k"]}.get(usage or "all", ["t10k", "train"])
    images, labels = [], []
    for prefix in prefixes:
        paths = (os.path.join(folder, f"{prefix}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
        images.append(idx(next(paths), IMAGES_MAGIC, 3)[..., None])
        labels.append(idx(next(paths), LABELS_MAGIC, 1).astype(np.uint32))
        if len(images[-1]) != len(labels[-1]):
            raise broken(f"Invalid data, the numbers of images and labels in {folder} differ: {len(images[-1])} and {len(labels[-1])}.")
    pixels = np.concatenate(images)
    return Pictures(len(pixels), pixels.__getitem__, np.concatenate(labels))


def idx(path: str, magic: int, rank: int) -> Any:
    """The array of bytes in a file of MNIST's format. RuntimeError unless its header says what it holds."""
    found = contents(path)
    start = 4 * (rank + 1)
    header = struct.unpack(f">{rank + 1}I", found[:start]) if len(found) >= start else (0,)
    if header[0] != magic or start + int(np.prod(header[1:], dtype=object)) != len(found):
        raise broken(f"Invalid data, {path} is no file of MNIST's format, or is not complete.")
    return np.frombuffer(found, np.uint8, offset=start).reshape(header[1:])


class MnistDataset(Dataset):
    """mindspore.dataset.MnistDataset: image, uint8 (28, 28, 1), and label, uint32; shuffled unless shuffle=False."""

    def __init__(
        self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None, num_parallel_workers: int | None = None,
        shuffle: bool | None = None, sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None, cache: Any = None,
    ) -> None:  # fmt: skip
        check_folder(type(self).__name__, dataset_dir, usage, cache=cache)
        workers(num_parallel_workers)
        chosen = selected(type(self).__name__, sampler, num_samples, shuffle, num_shards, shard_id, default_shuffle=True)
        super().__init__(Later(["image", "label"], lambda: mnist(dataset_dir, usage), chosen))


class FashionMnistDataset(MnistDataset):
    """mindspore.dataset.FashionMnistDataset: other images in MNIST's files."""


class KMnistDataset(MnistDataset):
    """mindspore.dataset.KMnistDataset: other images in MNIST's files."""


class Later(Collection):
    """A collection that is read when its first row, or its size, is asked for."""

    def __init__(self, names: list[str], read: Callable[[], Pictures], sampler: Any) -> None:
        super().__init__(names, None, sampler)
        self.read = read

    def indices(self, run: Any) -> list[int]:
        if self.source is None:
            self.source = self.read()
            self.labels = self.source.labels[-1]
        return super().indices(run)


CIFAR_ROWS, CIFAR_BYTES = 10_000, 3072


def cifar(folder: str, files: dict[str, int], labels: int) -> Pictures:
    """The images of binary files of CIFAR, each of which has so many times 10,000 records: `labels` bytes and an image."""
    parts = []
    for name, times in files.items():
        found = contents(os.path.join(folder, name))
        if len(found) != CIFAR_ROWS * times * (labels + CIFAR_BYTES):
            raise broken(f"Invalid file, {os.path.join(folder, name)} is no binary file of CIFAR, or is not complete.")
        parts.append(np.frombuffer(found, np.uint8).reshape(-1, labels + CIFAR_BYTES))
    records = np.concatenate(parts) if len(parts) > 1 else parts[0]
    columns = [records[:, place].astype(np.uint32) for place in range(labels)]
    return Pictures(len(records), lambda index: records[index, labels:].reshape(3, 32, 32).transpose(1, 2, 0), *columns)


class Cifar10Dataset(Dataset):
    """mindspore.dataset.Cifar10Dataset: image, uint8 (32, 32, 3), and label, uint32; shuffled unless shuffle=False."""

    names: tuple[str, ...] = ("image", "label")
    files = ({f"data_batch_{number}.bin": 1 for number in range(1, 6)}, {"test_batch.bin": 1})
    everything = (0, 1)

    def __init__(
        self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None, num_parallel_workers: int | None = None,
        shuffle: bool | None = None, sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None, cache: Any = None,
    ) -> None:  # fmt: skip
        check_folder(type(self).__name__, dataset_dir, usage, cache=cache)
        workers(num_parallel_workers)
        chosen = selected(type(self).__name__, sampler, num_samples, shuffle, num_shards, shard_id, default_shuffle=True)
        wanted = {"train": (0,), "test": (1,)}.get(usage or "all", self.everything)
        files = {name: times for part in wanted for name, times in self.files[part].items()}
        super().__init__(Later(list(self.names), lambda: cifar(dataset_dir, files, len(self.names) - 1), chosen))


class Cifar100Dataset(Cifar10Dataset):
    """mindspore.dataset.Cifar100Dataset: image, uint8 (32, 32, 3), coarse_label and fine_label, uint32; shuffled unless shuffle=False."""

    names = ("image", "coarse_label", "fine_label")
    files = ({"train.bin": 5}, {"test.bin": 1})
    everything = (1, 0)


class ImageFolderDataset(Dataset):
    """mindspore.dataset.ImageFolderDataset: image, the bytes of a file or its pixels with decode=True, and label, int32.

    A folder for each class, numbered by name or by `class_indexing`; shuffled unless shuffle=False.
    """

    def __init__(
        self, dataset_dir: str, num_samples: int | None = None, num_parallel_workers: int | None = None, shuffle: bool | None = None,
        sampler: Any = None, extensions: list[str] | None = None, class_indexing: dict[str, int] | None = None, decode: bool = False,
        num_shards: int | None = None, shard_id: int | None = None, cache: Any = None, decrypt: Any = None,
    ) -> None:  # fmt: skip
        check_folder("ImageFolderDataset", dataset_dir, cache=cache, decrypt=decrypt)
        workers(num_parallel_workers)
        for extension in maybe("extensions", extensions, list) or []:
            of_type("extensions", extension, str)
        of_type("decode", decode, bool)
        for name, number in (maybe("class_indexing", class_indexing, dict) or {}).items():
            of_type("class_indexing", name, str)
            of_type("class_indexing", number, int)
        folders = sorted(entry.name for entry in os.scandir(dataset_dir) if entry.is_dir())
        missing = [name for name in class_indexing or {} if name not in folders]
        if missing:
            raise broken(f"Invalid data, the folders {missing} of class_indexing do not exist in {dataset_dir}.")
        self.classes = class_indexing if class_indexing is not None else {name: number for number, name in enumerate(folders)}
        chosen = selected("ImageFolderDataset", sampler, num_samples, shuffle, num_shards, shard_id, default_shuffle=True)
        found = image_folder(dataset_dir, self.classes, tuple(extensions or [""]), decode)
        super().__init__(Labelled(["image", "label"], found, chosen))

    def num_classes(self) -> int | None:
        return len(self.classes)

    def get_class_indexing(self) -> Any:
        return dict(self.classes)


def image_folder(folder: str, classes: dict[str, int], endings: tuple[str, ...], decode: bool) -> Pictures:
    """The files in the folders of the classes, in the order of their names."""
    paths, labels = [], []
    for name in sorted(classes):
        for root, inner, files in os.walk(os.path.join(folder, name)):
            inner.sort()
            for file in sorted(files):
                if file.endswith(endings):
                    paths.append(os.path.join(root, file))
                    labels.append(classes[name])
    reader = Decode()

    def image(index: int) -> Any:
        encoded = np.frombuffer(contents(paths[index]), np.uint8)
        if not decode:
            return encoded
        try:
            return reader(encoded)
        except RuntimeError as error:
            raise broken(f"Invalid image, {paths[index]} decode failed, the image is broken or permission denied.") from error

    return Pictures(len(paths), image, np.array(labels, np.int32))


class FakeImageDataset(Dataset):
    """mindspore.dataset.FakeImageDataset: image, uint8 noise, and label, uint32, the same for a `base_seed`; other numbers than MindSpore's."""

    def __init__(
        self, num_images: int = 1000, image_size: Any = (224, 224, 3), num_classes: int = 10, base_seed: int = 0, num_samples: int | None = None,
        num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None, num_shards: int | None = None,
        shard_id: int | None = None, cache: Any = None,
    ) -> None:  # fmt: skip
        if cache is not None:
            raise errors.UnsupportedArgument("mindspore.dataset.FakeImageDataset", "cache", cache, "None")
        for name, value in (("num_images", num_images), ("num_classes", num_classes)):
            within(name, of_type(name, value, int), 1, 2**31 - 1)
        size = tuple(of_type("image_size", image_size, list, tuple))
        if len(size) != 3:
            raise errors.invalid(ValueError, "image_size should be a list or tuple of length 3.")
        for one in size:
            within("image_size", of_type("image_size", one, int), 1, 2**31 - 1)
        seed = of_type("base_seed", base_seed, int) % 2**32
        workers(num_parallel_workers)
        labels = np.random.default_rng(seed).integers(0, num_classes, num_images).astype(np.uint32)
        rows = Pictures(num_images, lambda index: np.random.default_rng([seed, index]).integers(0, 256, size, dtype=np.uint8), labels)
        chosen = selected("FakeImageDataset", sampler, num_samples, shuffle, num_shards, shard_id, default_shuffle=True)
        super().__init__(Labelled(["image", "label"], rows, chosen))
