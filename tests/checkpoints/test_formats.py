"""Checkpoints of MindSpore and safetensors: what we write they read, what they write we read; and which file is what."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mindspore
import numpy as np
import pytest
import safetensors
import safetensors.torch
import torch

from compat.checkpoints import Planned, open_checkpoint, records, write_checkpoint
from compat.checkpoints.opening import format_of
from compat.errors import CompatError

COMMON = ["bool", "uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "bfloat16", "float32", "float64"]
FLOAT8 = ["float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"]
HELD = {
    "mindspore": COMMON,
    "safetensors": [*COMMON, "complex64", *FLOAT8],
    "torch": [*COMMON, "complex32", "complex64", "complex128", *FLOAT8],
}
ENDINGS = {"mindspore": "ckpt", "safetensors": "safetensors", "torch": "pth"}
SHAPES: list[tuple[int, ...]] = [(), (1,), (3,), (2, 3), (1, 1, 2), (2, 0), (0, 3)]
BYTES = np.random.default_rng(0).bytes(1000)


def plan(dtypes: Sequence[str]) -> list[Planned]:
    return [Planned(f"a.{dtype}.{len(shape)}{sum(shape)}", shape, dtype) for dtype in dtypes for shape in SHAPES]


def content_of(tensor: Planned) -> bytes:
    return bytes(tensor.nbytes) if tensor.dtype == "bool" else BYTES[: tensor.nbytes]


def write(path: Path, format: Any, tensors: Sequence[Planned]) -> None:
    write_checkpoint(str(path), format, tensors, lambda index: iter([memoryview(content_of(tensors[index]))]), "mindspore")


def read(path: Path) -> dict[str, tuple[tuple[int, ...], str, bytes]]:
    with open_checkpoint(str(path)) as found:
        return {one.name: (one.shape, one.dtype, b"".join(map(bytes, found.blocks(one)))) for one in found.tensors}


@pytest.mark.parametrize(
    ("format", "dtype"), [(format, dtype) for format in HELD for dtype in HELD["torch"] if dtype not in HELD[format]]
)  # fmt: skip
def test_a_type_that_a_format_lacks_is_refused_before_anything_is_written(format: str, dtype: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{ENDINGS[format]}"
    with pytest.raises(CompatError, match=rf"can't hold 'w', which is {dtype}"):
        write(path, format, [Planned("w", (2,), dtype)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", HELD)
def test_what_is_written_is_read(format: str, tmp_path: Path) -> None:
    tensors = plan(HELD[format])
    path = tmp_path / f"a.{ENDINGS[format]}"
    write(path, format, tensors)
    found = read(path)
    assert list(found) == [one.name for one in tensors]
    assert found == {one.name: (one.shape, one.dtype, content_of(one)) for one in tensors}
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644 & ~_mask()


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_mindspore_reads_what_we_write(tmp_path: Path) -> None:
    tensors = plan(COMMON)
    write(tmp_path / "a.ckpt", "mindspore", tensors)
    found = mindspore.load_checkpoint(str(tmp_path / "a.ckpt"))
    assert list(found) == [one.name for one in tensors]
    for one in tensors:
        value = found[one.name]
        assert (value.shape, str(value.dtype).lower(), value.asnumpy().tobytes()) == (one.shape, one.dtype, content_of(one)), one


def test_we_read_what_mindspore_writes(tmp_path: Path) -> None:
    values = {
        dtype: mindspore.Tensor(np.arange(6).reshape(2, 3), getattr(mindspore, "bool_" if dtype == "bool" else dtype)) for dtype in COMMON
    }
    mindspore.save_checkpoint(
        [{"name": name, "data": value} for name, value in values.items()],
        str(tmp_path / "a.ckpt"),
        append_dict={"epoch": 3, "note": "text"},
        crc_check=True,
    )
    with open_checkpoint(str(tmp_path / "a.ckpt")) as opened:
        assert opened.left_out == ("note",)
    found = read(tmp_path / "a.ckpt")
    assert {name: found[name] for name in values} == {name: ((2, 3), name, value.asnumpy().tobytes()) for name, value in values.items()}
    assert found["epoch"][:2] == ((), "int64")


def test_tensors_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those above half a GiB are cut into records, which must not depend on how the content comes."""
    monkeypatch.setattr(records, "SLICE", 100)
    tensor = Planned("w", (1000,), "uint8")
    for size in (1, 7, 99, 100, 101, 1000):
        blocks = [memoryview(BYTES)[at : at + size] for at in range(0, 1000, size)]
        write_checkpoint(str(tmp_path / "a.ckpt"), "mindspore", [tensor], lambda _: iter(blocks), "torch")  # noqa: B023
        with open(tmp_path / "a.ckpt", "rb") as file:
            source = records.wire.Source(file)
            assert len(list(records.records(source, source.size))) == 10
        assert read(tmp_path / "a.ckpt") == {"w": ((1000,), "uint8", BYTES)}
        assert mindspore.load_checkpoint(str(tmp_path / "a.ckpt"))["w"].asnumpy().tobytes() == BYTES


def test_safetensors_reads_what_we_write(tmp_path: Path) -> None:
    tensors = plan([dtype for dtype in HELD["safetensors"] if dtype != "float8_e8m0fnu"])  # `load` lacks it
    write(tmp_path / "a.safetensors", "safetensors", tensors)
    # `load_file` would bind the package to this torch for the whole process, where other tests need it for compat.torch.
    found = safetensors.torch.load((tmp_path / "a.safetensors").read_bytes())
    for one in tensors:
        value = found[one.name]
        flat = value.reshape(-1).view(torch.uint8).numpy().tobytes() if value.numel() else b""
        assert (tuple(value.shape), str(value.dtype), flat) == (one.shape, f"torch.{one.dtype}", content_of(one)), one
    with safetensors.safe_open(tmp_path / "a.safetensors", "np") as opened:
        assert opened.metadata() == {"format": "ms"}


def test_we_read_what_safetensors_writes(tmp_path: Path) -> None:
    values = {dtype: torch.arange(1, 7).reshape(2, 3).to(getattr(torch, dtype)) for dtype in HELD["safetensors"]} | {"s": torch.tensor(1)}
    safetensors.torch.save_file(values, tmp_path / "a.safetensors", {"format": "pt"})
    assert read(tmp_path / "a.safetensors") == {
        name: (tuple(value.shape), str(value.dtype).removeprefix("torch."), value.reshape(-1).view(torch.uint8).numpy().tobytes())
        for name, value in values.items()
    }


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.pth", "torch"), ("a.pt", "torch"), ("a.bin", "torch"), ("a.CKPT", "mindspore"), ("a.safetensors", "safetensors"), ("a.txt", None), ("a", None)],
)  # fmt: skip
def test_the_ending_says_the_format(name: str, format: str | None) -> None:
    assert format_of(name) == format


def test_the_content_says_more_than_the_ending(tmp_path: Path) -> None:
    """PyTorch Lightning calls files of torch.save .ckpt, too."""
    torch.save({"state_dict": {"w": torch.ones(2)}}, tmp_path / "a.ckpt")
    with open_checkpoint(str(tmp_path / "a.ckpt")) as found:
        assert (found.format, [one.name for one in found.tensors]) == ("torch", ["w"])


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "it is empty"), (b"hello world", "neither a file of torch.save"), (b"\x0ahello world", "at byte 2: field 1 claims 104 bytes, and 10 are left"), (None, "No such file")],
)  # fmt: skip
def test_foreign_files(content: bytes | None, said: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.x").write_bytes(content)
    with pytest.raises(CompatError, match=said) as caught:
        open_checkpoint(str(tmp_path / "a.x"))
    assert str(caught.value).startswith(str(tmp_path / "a.x"))
