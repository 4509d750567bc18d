"""A bundle of recorded outcomes: what is damaged, foreign, unfinished or in the way is refused; what was stored comes back to the bit."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load

from compat.elementwise import BFLOAT16, bfloat16, dtype_of
from compat.errors import CompatError, UsageError
from compat.parity import bundle, shards
from compat.parity.bundle import CASES, MANIFEST, PARTIAL, Bundle, Entry, Manifest, Recording
from compat.parity.execute import Outcome
from compat.parity.shards import Shard

ARRAYS = {
    "float32": np.arange(6, dtype="float32").reshape(2, 3),
    "float64, transposed": np.arange(6.0).reshape(2, 3).T,
    "float16, reversed": np.arange(3, dtype="float16")[::-1],
    "bfloat16": bfloat16(np.array([[1.5, np.nan, -np.inf]], "float32")),
    "bfloat16 of no dimension": bfloat16(np.array(2.0, "float32")),
    "complex64": np.array([1 + 2j, complex(1, np.inf)], "complex64"),
    "complex128 of no dimension": np.array(complex(np.nan, -0.0)),
    "bool of no dimension": np.array(True),
    "uint64": np.array([2**63], "uint64"),
    "int8": np.array([-1], "int8"),
    "no element": np.zeros((0, 3)),
}
OUTCOMES = {
    "values": Outcome(
        [ARRAYS["float32"], ARRAYS["bfloat16"]], {"input": ARRAYS["float32"]}, "tuple[Tensor, Tensor]", {"out[0]": ARRAYS["int8"]}
    ),
    "an error": Outcome(error="ValueError", message="sum: \ud800 bad\nlines\tand tabs"),
    "a crash": Outcome(ending="crashed", message="the process died (SIGSEGV)"),
    "nothing": Outcome(structure="NoneType"),
}


def equal(one: Any, other: Any) -> bool:
    return (dtype_of(one), one.shape, one.tobytes()) == (dtype_of(other), other.shape, other.tobytes())


def same(one: Outcome, other: Outcome) -> bool:
    (said, arrays), (others, theirs) = bundle.split(one), bundle.split(other)
    return said == others and all(equal(arrays[name], theirs[name]) for name in said.arrays)


def entry(id: str, *outcomes: Outcome) -> Entry:
    return Entry(id, "d" * 64, {"inputs": {"call/input": ARRAYS["float32"]}}, dict(zip(("reference", "again"), outcomes, strict=False)))


def recorded(folder: Path) -> Path:
    recording = Recording(folder, "key", resume=False)
    for name, outcome in OUTCOMES.items():
        recording.add(entry(f"torch:torch.sum:{name.replace(' ', '-')}", outcome))
        recording.flush()
    recording.finish(list(recording.lines), manifest(len(OUTCOMES)))
    return folder


def manifest(cases: int) -> Manifest:
    return Manifest("torch", "2.13.0", "cpu", "Linux", "1.26.4", "0" * 64, ["torch.s*"], cases)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("whole") / "bundle")


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "bundle"))


def changed(file: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes(change((folder / file).read_bytes()))


def declared(**fields: Any) -> Callable[[Path], object]:
    return changed(MANIFEST, lambda data: json.dumps({**json.loads(data), **fields}).encode())


SHARD = "arrays-00000.safetensors"
REFUSED = {
    "no folder": (shutil.rmtree, UsageError, "no such folder"),
    "an empty folder": (lambda f: [path.unlink() for path in f.iterdir()], CompatError, f"not a bundle .* it has no {MANIFEST}"),
    "another program's manifest": (declared(format="a web page"), CompatError, "not of a bundle"),
    "a manifest that is a list": (changed(MANIFEST, lambda _: b"[]"), CompatError, "not of a bundle"),
    "a later format": (declared(version=2), CompatError, "of format version 2; this release of compat reads 1"),
    "an unfinished recording": (lambda f: (f / MANIFEST).rename(f / PARTIAL), CompatError, "an unfinished recording: finish it"),
    "a manifest cut short": (changed(MANIFEST, lambda data: data[:-20]), CompatError, "manifest.json: the bundle is damaged: it is not JSON"),
    "a manifest with another release": (declared(release="2.0"), CompatError, "manifest.json: the bundle is damaged: its digest"),
    "a manifest with a number for a text": (declared(release=2), CompatError, "manifest.json: the bundle is damaged: Expected `str`"),
    "a missing shard": (lambda f: (f / SHARD).unlink(), CompatError, f"{SHARD}: the bundle is damaged: the file is missing"),
    "missing lines": (lambda f: (f / CASES).unlink(), CompatError, "cases.jsonl: the bundle is damaged: the file is missing"),
    "a shard cut short": (changed(SHARD, lambda data: data[:-1]), CompatError, f"{SHARD}: the bundle is damaged: \\d+ bytes, not"),
    "a shard in the place of another": (lambda f: shutil.copy(f / "arrays-00001.safetensors", f / SHARD), CompatError, "the bundle is damaged"),
    "lines cut short": (changed(CASES, lambda data: data[: data.rindex(b"{")]), CompatError, "cases.jsonl: the bundle is damaged"),
}  # fmt: skip


@pytest.mark.parametrize(("harm", "kind", "text"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_whole_bundle_is_refused(harm: Any, kind: type[Exception], text: str, copy: Path) -> None:
    harm(copy)
    with pytest.raises(kind, match=text) as raised:
        Bundle(copy)
    assert str(copy) in str(raised.value)
    assert type(raised.value) is kind


def test_any_byte_flipped_is_found(copy: Path) -> None:
    for file in sorted(copy.iterdir()):
        data = file.read_bytes()
        for place in range(0, len(data), 1 if file.name == MANIFEST else 29):
            file.write_bytes(data[:place] + bytes([data[place] ^ 0x04]) + data[place + 1 :])
            with pytest.raises(CompatError, match=r"damaged|not of a bundle|of format version"):
                Bundle(copy)
        file.write_bytes(data)
    Bundle(copy)


def test_a_manifest_names_no_file_elsewhere(copy: Path) -> None:
    made = manifest(len(OUTCOMES))
    forged = Manifest(made.framework, "2", "cpu", "", "", "", [], 0, {CASES: bundle.File(0, ""), "../other": bundle.File(0, "")})
    (copy / MANIFEST).write_text(forged.text(), encoding="utf-8")
    with pytest.raises(CompatError, match="damaged"):
        Bundle(copy)


def test_what_was_stored_comes_back(whole: Path) -> None:
    stored = Bundle(whole)
    assert (stored.manifest.framework, stored.manifest.cases, stored.manifest.patterns) == ("torch", len(OUTCOMES), ["torch.s*"])
    for (name, outcome), id in zip(OUTCOMES.items(), stored.cases, strict=True):
        assert id.endswith(name.replace(" ", "-"))
        found = stored.outcome(id, "reference")
        assert found is not None
        assert same(found, outcome)
        assert stored.outcome(id, "again") is None
        assert equal(stored.inputs(id, "inputs")["call/input"], ARRAYS["float32"])
    stored.close()


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
def test_an_outcome_crosses_a_pipe_on_one_line(outcome: Outcome) -> None:
    text = bundle.sent(entry("torch:torch.sum:base", outcome, outcome))
    assert "\n" not in text
    found = bundle.received(text)
    assert found.id == "torch:torch.sum:base"
    assert list(found.outcomes) == ["reference", "again"]
    assert all(same(one, outcome) for one in found.outcomes.values())
    assert equal(found.inputs["inputs"]["call/input"], ARRAYS["float32"])


def test_what_the_format_lacks_is_an_error() -> None:
    with pytest.raises(CompatError, match=r"reference/values/0: an array of object can't be recorded"):
        bundle.received(bundle.sent(entry("torch:torch.sum:base", Outcome([np.asarray(2**70)]))))
    with pytest.raises(ValueError, match="marked as one of bfloat16"):
        shards.write(io.BytesIO(), {"x": np.array([1.2345678], BFLOAT16)})


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
def test_arrays_come_back_to_the_bit(array: Any) -> None:
    file = io.BytesIO()
    shards.write(file, {"other": np.ones(3, "int8"), "x": array})
    file.seek(0)
    assert equal(Shard(file).array("x"), array)


def test_the_package_of_the_format_reads_a_shard(tmp_path: Path) -> None:
    with (tmp_path / "x.safetensors").open("wb") as file:
        shards.write(file, ARRAYS)
    # `load_file` would bind the package to this torch for the whole process, where other tests need it for compat.torch.
    found = load((tmp_path / "x.safetensors").read_bytes())
    assert {name: str(tensor.dtype).removeprefix("torch.") for name, tensor in found.items()} == {
        name: shards.PARTS.get(dtype_of(array), dtype_of(array)) for name, array in ARRAYS.items()
    }
    assert found["float64, transposed"].tolist() == ARRAYS["float64, transposed"].tolist()
    assert found["complex64"].tolist() == [[1.0, 2.0], [1.0, float("inf")]]
    assert str(found["bfloat16"].tolist()) == "[[1.5, nan, -inf]]"


# --- a recording that was stopped ---


def started(folder: Path, count: int) -> Recording:
    recording = Recording(folder, "key", resume=False)
    for number in range(count):
        recording.add(entry(f"torch:torch.sum:{number}", Outcome([np.full(2, number)])))
    recording.flush()
    recording.add(entry("torch:torch.sum:lost", Outcome()))  # still waiting when it is stopped
    return recording


IN_THE_WAY = {
    "a finished bundle": (recorded, True, "is not empty"),
    "another file": (lambda f: (f.mkdir(), (f / "notes.txt").touch()), True, "is not empty"),
    "an unfinished recording, without --resume": (lambda f: started(f, 2), False, "go on with it by --resume"),
    "an unfinished recording of something else": (lambda f: Recording(f, "other", resume=False), True, "of other cases"),
}


@pytest.mark.parametrize(("made", "resume", "text"), IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_a_folder_in_use_is_left_alone(made: Any, resume: bool, text: str, tmp_path: Path) -> None:
    made(tmp_path / "bundle")
    before = {path.name: path.read_bytes() for path in (tmp_path / "bundle").iterdir()}
    with pytest.raises(UsageError, match=text):
        Recording(tmp_path / "bundle", "key", resume=resume)
    assert {path.name: path.read_bytes() for path in (tmp_path / "bundle").iterdir()} == before


def test_a_recording_goes_on_where_it_was(tmp_path: Path) -> None:
    started(tmp_path, 3)
    with (tmp_path / PARTIAL).open("a", encoding="utf-8") as file:
        file.write('{"id":"torch:torch.sum:cut')
    again = Recording(tmp_path, "key", resume=True)
    assert sorted(again.lines) == [f"torch:torch.sum:{number}" for number in range(3)]
    again.add(entry("torch:torch.sum:3", Outcome([np.full(2, 3)])))
    again.finish([f"torch:torch.sum:{number}" for number in (3, 2, 1, 0)], manifest(4))
    stored = Bundle(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [SHARD, "arrays-00001.safetensors", CASES, MANIFEST]
    assert list(stored.cases) == [f"torch:torch.sum:{number}" for number in (3, 2, 1, 0)]
    for number in range(4):
        found = stored.outcome(f"torch:torch.sum:{number}", "reference")
        assert found is not None
        assert found.values[0].tolist() == [number, number]
    stored.close()


def test_shards_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "SHARD_BYTES", 1000)
    recording = Recording(tmp_path, "key", resume=False)
    for number in range(10):
        recording.add(entry(str(number), Outcome([np.zeros(100, "float32")])))
    recording.finish(list(recording.lines), manifest(10))
    sizes = [path.stat().st_size for path in tmp_path.glob("*.safetensors")]
    assert len(sizes) == 4
    assert max(sizes) < 1000 + 1000
    assert re.fullmatch(r"[0-9a-f]{64}", json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))["digest"])
