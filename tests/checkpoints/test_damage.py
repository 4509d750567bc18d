"""Damaged files: cut off anywhere, with any byte changed, or made to do harm. An error with the name of the file, never anything else."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings, strategies as st

from compat.checkpoints import Planned, open_checkpoint, records, wire, write_checkpoint
from compat.errors import CompatError
from compat.weights import Request, convert, sides

FORMATS = {"torch": "pth", "mindspore": "ckpt", "safetensors": "safetensors"}


def good(format: str, folder: Path) -> bytes:
    """A small file with a tensor, a transposed one, a scalar and text."""
    path = folder / f"good.{FORMATS[format]}"
    if format == "torch":
        base = torch.arange(12.0).reshape(3, 4)
        torch.save({"model": {"a.weight": base, "b.weight": base.T, "c": torch.tensor(2)}, "epoch": 3}, path)
    else:
        tensors = [Planned("a.weight", (3, 4), "float32"), Planned("c", (), "int64")]
        write_checkpoint(str(path), format, tensors, lambda index: iter([memoryview(bytes(range(tensors[index].nbytes)))]), "torch")  # type: ignore[arg-type]
    return path.read_bytes()


def old(folder: Path) -> bytes:
    torch.save({"a.weight": torch.arange(12.0), "c": torch.tensor(2)}, folder / "old.pth", _use_new_zipfile_serialization=False)
    return (folder / "old.pth").read_bytes()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("good")
    return {**{format: good(format, folder) for format in FORMATS}, "before 1.6": old(folder)}


def converted(content: bytes, folder: Path) -> str:
    """What becomes of a conversion to every format: "whole", or the error of one. The target is there as a whole, or stays as it was."""
    (folder / "damaged.x").write_bytes(content)
    for ending in FORMATS.values():
        target = folder / f"target.{ending}"
        target.write_bytes(b"before")
        try:
            convert(Request(str(folder / "damaged.x"), str(target), "torch", "torch"))
        except CompatError as error:
            assert target.read_bytes() == b"before"
            assert sorted(one.name for one in folder.iterdir() if "tmp" in one.name) == []
            assert str(error).startswith(str(folder / "damaged.x")) or "can't hold" in str(error)  # noqa: PT017 - many files are tried
            return str(error)
        assert target.read_bytes() != b"before"
    return "whole"


@pytest.mark.parametrize("format", [*FORMATS, "before 1.6"])
def test_a_file_that_is_cut_off_is_refused(format: str, files: dict[str, bytes], tmp_path: Path) -> None:
    content = files[format]
    ends = range(len(content)) if len(content) < 400 else [*range(0, len(content), 37), *range(len(content) - 40, len(content))]
    whole = {end for end in ends if converted(content[:end], tmp_path) == "whole"}
    # A checkpoint of MindSpore may end behind any record: nothing in it says how many there are.
    assert whole <= ({starts[1] for starts in [record_ends(content)]} if format == "mindspore" else set())


def record_ends(content: bytes) -> list[int]:
    source = wire.Source(io.BytesIO(content))  # type: ignore[arg-type]
    return [0, *(start + length for _, start, length in source.fields(0, len(content)))]


@pytest.mark.parametrize("format", [*FORMATS, "before 1.6"])
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_bytes_end_in_an_error_or_a_whole_file(format: str, data: st.DataObject, files: dict[str, bytes], tmp_path: Path) -> None:
    content = bytearray(files[format])
    for _ in range(data.draw(st.integers(1, 3), "changes")):
        content[data.draw(st.integers(0, len(content) - 1), "place")] ^= data.draw(st.integers(1, 255), "change")
    converted(bytes(content), tmp_path)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), start=st.sampled_from([b"", b"PK\x03\x04", b"\x80\x02", b"\x0a", b"\x10" + bytes(7) + b"{"]))
def test_rubbish_is_refused(content: bytes, start: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.ckpt").write_bytes(start + content)
    with pytest.raises(CompatError), open_checkpoint(str(tmp_path / "a.ckpt")):
        pass


def test_every_changed_byte_of_a_storage_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    """The zip format has a checksum of every record, which torch.load does not look at."""
    with zipfile.ZipFile(io.BytesIO(files["torch"])) as archive:
        content = archive.read("good/data/0")
    start = files["torch"].find(content)
    for place in (start, start + len(content) - 1):
        changed = bytearray(files["torch"])
        changed[place] ^= 1
        assert "damaged: its checksum is" in converted(bytes(changed), tmp_path)


def test_a_wrong_checksum_of_mindspore(tmp_path: Path, files: dict[str, bytes]) -> None:
    content = files["mindspore"]
    assert converted(content + records.with_mark(0), tmp_path).endswith("the crc check has failed")


def header(text: str, data: bytes = b"") -> bytes:
    return struct.pack("<Q", len(text)) + text.encode() + data


def entry(dtype: object = "F32", shape: object = (2,), place: object = (0, 8)) -> str:
    return json.dumps({"w": {"dtype": dtype, "shape": shape, "data_offsets": place}})


TWICE = '{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}'
SAFETENSORS = {
    "a header longer than the file": (struct.pack("<Q", 100) + b"{}", "header of 100 bytes is longer"),
    "a header of 2**64 - 1 bytes": (b"\xff" * 8 + b"{}", "is longer"),
    "no JSON": (header('{"a'), "is no JSON"),
    "no object": (header("[]"), "no JSON object"),
    "deeply nested": (header('{"a":' * 50_000), "is no JSON"),
    "a name twice": (header(TWICE, bytes(8)), "a name stands twice"),
    "no dtype": (header('{"w": {"shape": [2]}}'), "has no dtype, shape and data_offsets"),
    "an unknown type": (header(entry("F99"), bytes(8)), "unknown type 'F99'"),
    "a type that is no text": (header(entry(3), bytes(8)), "unknown type 3"),
    "a negative size": (header(entry(shape=(-2,)), bytes(8)), r"has the shape \[-2\]"),
    "a size that is no number": (header(entry(shape=("2",)), bytes(8)), "has the shape"),
    "a shape that is none": (header(entry(shape=2), bytes(8)), "has the shape 2"),
    "another number of bytes": (header(entry(shape=(3,)), bytes(8)), r"of shape \[3\] and type F32 has 8 bytes"),
    "beyond the file": (header(entry(), bytes(4)), "the tensors end at byte"),
    "more than the tensors": (header(entry(), bytes(12)), "the tensors end at byte"),
    "a gap": (header(entry(place=(4, 12)), bytes(12)), "begins at byte"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAFETENSORS, ids=str)
def test_damaged_safetensors(case: str, tmp_path: Path) -> None:
    content, said = SAFETENSORS[case]
    (tmp_path / "a.safetensors").write_bytes(content)
    with pytest.raises(CompatError, match=said):
        open_checkpoint(str(tmp_path / "a.safetensors"))


def test_a_content_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken(_: int) -> Iterator[memoryview]:
        yield memoryview(bytes(4))
        raise OSError(28, "No space left on device")

    for format, ending in FORMATS.items():
        target = tmp_path / f"a.{ending}"
        with pytest.raises(CompatError, match=r"a\.\w+: No space left on device"):
            write_checkpoint(str(target), format, [Planned("w", (2,), "float32")], broken, "torch")  # type: ignore[arg-type]
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["missing/a.ckpt", "folder.ckpt"])
def test_a_target_that_can_not_be_written(target: str, files: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "folder.ckpt").mkdir()
    (tmp_path / "a.pth").write_bytes(files["torch"])
    source, path = str(tmp_path / "a.pth"), str(tmp_path / target)
    with pytest.raises(CompatError, match=target):
        convert(Request(source, path, *sides(source, path)))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.pth", "folder.ckpt"]


def test_a_file_may_be_its_own_target(files: dict[str, bytes], tmp_path: Path) -> None:
    path = str(tmp_path / "a.pth")
    Path(path).write_bytes(files["torch"])
    convert(Request(path, path, "torch", "torch"))
    assert sorted(torch.load(path)) == ["a.weight", "b.weight", "c"]
