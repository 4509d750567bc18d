"""Datasets of files give the rows that MindSpore reads from the same files; what is damaged raises."""

from __future__ import annotations

import importlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from compat.errors import UnsupportedAPI, UnsupportedArgument
from tests.mindspore_on_torch.test_dataset import dicts, facts, one_worker, rows, values  # noqa: F401 - a fixture


@pytest.fixture(scope="module")
def ours() -> Any:
    return importlib.import_module("compat.mindspore")


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Small files of every kind, in the current folder."""
    root = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        Path("mnist").mkdir()
        for prefix, rows, first in (("train", 4, 0), ("t10k", 3, 5)):
            pixels = (np.arange(rows * 784) % 251).astype(np.uint8).tobytes()
            Path(f"mnist/{prefix}-images-idx3-ubyte").write_bytes(struct.pack(">4I", 2051, rows, 28, 28) + pixels)
            Path(f"mnist/{prefix}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 2049, rows) + bytes(range(first, first + rows)))
        Path("cifar").mkdir()
        records = np.random.default_rng(0).integers(0, 100, (10_000, 3074), dtype=np.uint8)
        Path("cifar100").mkdir()
        Path("cifar100/test.bin").write_bytes(records.tobytes())
        Path("cifar/test_batch.bin").write_bytes((records[:, 1:] % 10).tobytes())
        for name in ("b", "a", "empty"):
            Path("images", name).mkdir(parents=True)
            for number in range(0 if name == "empty" else 2):
                shade = np.full((4, 5, 3), 10 * number, np.uint8)
                Image.fromarray(shade).save(f"images/{name}/{number}.png")
        Path("images/a/x.txt").write_text("no image")
        Path("a.txt").write_text("hello\n\nwörld  x \nlast", encoding="utf-8")
        Path("b.txt").write_bytes(b"second\r\nfile\n")
        Path("a.csv").write_text('a,b,c\n1,2.5,x\n3,4.5,"y,z"\n')
        Path("b.csv").write_text("5,6.5,w\n7.9,1e2,\n")
        Path("damaged").mkdir()
        Path("damaged/train-images-idx3-ubyte").write_bytes(struct.pack(">4I", 2051, 2**31, 2**31, 2**31) + b"x")
        Path("damaged/train-labels-idx1-ubyte").write_bytes(b"xy")
        Path("damaged/test_batch.bin").write_bytes(b"xy")
        Path("damaged/a.csv").write_bytes(b'1,"2\n')
        Path("damaged/b.csv").write_bytes(b"1,\n")
        yield root


def run(ms: Any, text: str) -> Any:
    ds = importlib.import_module(f"{ms.__name__}.dataset")
    return eval(text, {"ds": ds, "rows": rows, "dicts": dicts, "facts": facts, "values": values, "labels": labels})


def labels(dataset: Any) -> Any:
    return [row[-1].item() for row in dataset.create_tuple_iterator(num_epochs=1, output_numpy=True)]


SAME = [
    "facts(ds.MnistDataset('mnist', shuffle=False))",
    "rows(ds.MnistDataset('mnist', shuffle=False))",
    "rows(ds.MnistDataset('mnist', 'train', shuffle=False, num_samples=1))",
    "labels(ds.MnistDataset('mnist', 'test', shuffle=False))",
    "labels(ds.MnistDataset('mnist', 'all', shuffle=False))",
    "labels(ds.MnistDataset('mnist', num_shards=2, shard_id=1, shuffle=False))",
    "labels(ds.MnistDataset('mnist', sampler=ds.PKSampler(2)))",
    "labels(ds.MnistDataset('mnist', sampler=ds.PKSampler(2, num_samples=3)))",
    "sorted(labels(ds.MnistDataset('mnist')))",
    "labels(ds.FashionMnistDataset('mnist', 'test', shuffle=False))",
    "labels(ds.KMnistDataset('mnist', 'test', shuffle=False))",
    "facts(ds.Cifar10Dataset('cifar', 'test', shuffle=False))",
    "rows(ds.Cifar10Dataset('cifar', 'test', shuffle=False, num_samples=3))",
    "facts(ds.Cifar100Dataset('cifar100', 'test', shuffle=False))",
    "rows(ds.Cifar100Dataset('cifar100', 'test', shuffle=False, num_samples=3))",
    "facts(ds.ImageFolderDataset('images', shuffle=False))",
    "rows(ds.ImageFolderDataset('images', shuffle=False))",
    "rows(ds.ImageFolderDataset('images', shuffle=False, decode=True, extensions=['.png']))",
    "labels(ds.ImageFolderDataset('images', shuffle=False, extensions=['.png'], class_indexing={'a': 7, 'b': 3}))",
    "labels(ds.ImageFolderDataset('images', shuffle=False, class_indexing={'b': 3}))",
    "labels(ds.ImageFolderDataset('images', extensions=['.png'], sampler=ds.PKSampler(3)))",
    "ds.ImageFolderDataset('images').num_classes(), ds.ImageFolderDataset('images').get_class_indexing()",
    "ds.ImageFolderDataset('images', class_indexing={'a': 7, 'b': 3}).get_class_indexing()",
    "facts(ds.FakeImageDataset(5, (4, 6, 3), 10, shuffle=False))",
    "len(labels(ds.FakeImageDataset(5, (4, 6, 3), 10)))",
    "rows(ds.TextFileDataset('a.txt', shuffle=False))",
    "rows(ds.TextFileDataset(['b.txt', 'a.txt'], shuffle=False))",
    "rows(ds.TextFileDataset('*.txt', shuffle=False))",
    "facts(ds.TextFileDataset('a.txt', shuffle=False))",
    "values(ds.TextFileDataset('a.txt', shuffle=False, num_samples=2))",
    "values(ds.TextFileDataset('a.txt', shuffle=False, num_shards=2, shard_id=0))",
    "values(ds.TextFileDataset('a.txt', shuffle=False, num_shards=2, shard_id=1))",
    "sorted(values(ds.TextFileDataset('*.txt')))",
    "sorted(values(ds.TextFileDataset('*.txt', shuffle=ds.Shuffle.FILES)))",
    "len(ds.TextFileDataset('*.txt')), len(ds.TextFileDataset('*.txt', num_shards=2, shard_id=0))",
    "dicts(ds.CSVDataset('a.csv', shuffle=False))",
    "dicts(ds.CSVDataset('a.csv', column_defaults=['', 0.0, ''], shuffle=False))",
    "dicts(ds.CSVDataset('b.csv', column_defaults=[0, 9.5, 'd'], column_names=['x', 'y', 'z'], shuffle=False))",
    "facts(ds.CSVDataset('a.csv', shuffle=False))",
]


@pytest.mark.parametrize("text", SAME)
def test_files(text: str, ours: Any, real: Any) -> None:
    assert run(ours, text) == run(real, text)


ERRORS = [
    "ds.MnistDataset('missing')",
    "ds.MnistDataset(3)",
    "ds.MnistDataset('mnist', 'x')",
    "ds.MnistDataset('mnist', 3)",
    "rows(ds.MnistDataset('images'))",
    "rows(ds.MnistDataset('damaged', 'train'))",
    "rows(ds.Cifar10Dataset('damaged', 'test'))",
    "rows(ds.Cifar10Dataset('mnist'))",
    "ds.ImageFolderDataset('missing')",
    "ds.ImageFolderDataset('images', extensions='.png')",
    "ds.ImageFolderDataset('images', decode=3)",
    "rows(ds.ImageFolderDataset('images', decode=True))",
    "ds.FakeImageDataset(0)",
    "ds.FakeImageDataset('a')",
    "ds.FakeImageDataset(5, (4, 6))",
    "ds.FakeImageDataset(5, 3)",
    "ds.FakeImageDataset(5, num_classes=0)",
    "ds.TextFileDataset('none.txt')",
    "ds.TextFileDataset([])",
    "ds.TextFileDataset(3)",
    "ds.TextFileDataset('a.txt', shuffle=3)",
    "ds.CSVDataset('none.csv')",
    "ds.CSVDataset('a.csv', field_delim=';;')",
    "ds.CSVDataset('a.csv', column_defaults=[None])",
    "rows(ds.CSVDataset('b.csv', column_names=['x', 'y']))",
    "rows(ds.CSVDataset('a.csv', column_defaults=[0, 0.0, 0], shuffle=False))",
    "rows(ds.CSVDataset('damaged/b.csv', column_defaults=[0, 0.0], column_names=['x', 'y'], shuffle=False))",
    "rows(ds.CSVDataset('damaged/a.csv', column_names=['x', 'y'], shuffle=False))",
]


@pytest.mark.parametrize("text", ERRORS)
def test_errors(text: str, ours: Any, real: Any) -> None:
    with pytest.raises(Exception) as expected:  # noqa: PT011 - its type is what the test is about
        run(real, text)
    with pytest.raises(expected.type):
        run(ours, text)


REFUSED: list[tuple[str, type[Exception], str]] = [
    ("ds.MnistDataset('mnist', cache=object())", UnsupportedArgument, "cache"),
    ("ds.TextFileDataset('a.txt', shuffle=ds.Shuffle.INFILE)", UnsupportedArgument, "Shuffle"),
    ("ds.VOCDataset('images')", UnsupportedAPI, "mindspore.dataset.VOCDataset"),
    ("ds.text.Vocab()", UnsupportedAPI, "mindspore.dataset.text.Vocab"),
    ("ds.audio.Fade()", UnsupportedAPI, "mindspore.dataset.audio.Fade"),
    ("ds.vision.RandomAffine(3)", UnsupportedAPI, "mindspore.dataset.vision.RandomAffine"),
    ("ds.serialize(None)", UnsupportedAPI, "mindspore.dataset.serialize"),
]


@pytest.mark.parametrize(("text", "kind", "said"), REFUSED)
def test_refused(text: str, kind: type[Exception], said: str, ours: Any) -> None:
    with pytest.raises(kind, match=said):
        run(ours, text)


def test_names_without_an_implementation_may_be_base_classes(ours: Any) -> None:
    class Mine(ours.dataset.DSCallback):  # type: ignore[misc, name-defined]
        pass

    with pytest.raises(UnsupportedAPI, match="DSCallback"):
        Mine()


@pytest.mark.usefixtures("real")
def test_no_name_of_mindspore_is_missing(ours: Any) -> None:
    importlib.import_module("mindspore.dataset.audio")
    for name in ("vision", "transforms", "config", "text", "audio"):
        mine, theirs = getattr(ours.dataset, name), getattr(importlib.import_module("mindspore.dataset"), name)
        public = getattr(theirs, "__all__", None) or [name for name, value in vars(theirs).items() if isinstance(value, type)]
        assert [name for name in public if not name.startswith("_") and not hasattr(mine, name)] == []
