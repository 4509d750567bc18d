"""The safetensors library on compat.torch, under PyTorch's name, and torch.load of its files."""

import importlib
import json
import struct
import sys

import pytest
import safetensors.torch as with_real

from compat.frameworks import installed
from tests.torch_on_mindspore.compare import ours, real

STATE = {
    "matrix": real.arange(6.0).reshape(2, 3),
    "bfloat16": real.arange(2.0).to(real.bfloat16),
    "float16": real.ones(2, dtype=real.float16),
    "float64": real.ones(2, dtype=real.float64),
    "complex": real.tensor([1j]),
    "bool": real.tensor([True, False]),
    "int64": real.tensor([1, -2]),
    "uint8": real.tensor([255], dtype=real.uint8),
    "scalar": real.tensor(3.0),
    "empty": real.empty(0, 3),
}


@pytest.fixture
def library():
    """safetensors.torch as a program under the stand-in imports it."""
    names = [name for name in sys.modules if name.partition(".")[0] == "safetensors"]
    kept = {name: sys.modules.pop(name) for name in names}
    with installed("torch"):
        yield importlib.import_module("safetensors.torch")
    for name in [name for name in sys.modules if name.partition(".")[0] == "safetensors"]:
        del sys.modules[name]
    sys.modules.update(kept)


def described(state):
    return {name: (str(one.dtype), tuple(one.shape), one.tolist()) for name, one in state.items()}


@pytest.mark.parametrize("backend", ["mmap", "pread"])
def test_files(library, tmp_path, backend):
    with_real.save_file(STATE, tmp_path / "theirs.safetensors", metadata={"a": "b"})
    loaded = library.load_file(tmp_path / "theirs.safetensors", backend=backend)
    assert all(type(one) is ours.Tensor for one in loaded.values())
    assert described(loaded) == described(STATE)
    loaded["matrix"] += 1
    loaded["matrix"] -= 1
    library.save_file(loaded, tmp_path / "ours.safetensors")
    assert described(with_real.load_file(tmp_path / "ours.safetensors")) == described(STATE)


def test_bytes(library):
    assert described(library.load(with_real.save(STATE))) == described(STATE)
    assert described(with_real.load(library.save(library.load(with_real.save(STATE))))) == described(STATE)


def test_tied_weights(library, tmp_path):
    model = ours.nn.Sequential(ours.nn.Linear(2, 2), ours.nn.Linear(2, 2))
    model[1].weight = model[0].weight
    with pytest.raises(RuntimeError, match="Some tensors share memory"):
        library.save_file(model.state_dict(), tmp_path / "model.safetensors")
    library.save_model(model, tmp_path / "model.safetensors")
    assert library.load_model(model, tmp_path / "model.safetensors") == (set(), [])


def test_torch_load(tmp_path):
    path = tmp_path / "model.safetensors"
    with_real.save_file(STATE, path)
    assert described(ours.load(path)) == described(real.load(path)) == described(STATE)
    assert ours.load(path, map_location="cpu")["scalar"].item() == 3
    for map_location in ({"cpu": "cpu"}, lambda storage, _: storage):
        with pytest.raises(RuntimeError, match="map_location"):
            ours.load(path, map_location=map_location)


def header(**entries):
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        struct.pack("<Q", 2**60) + b"{}",
        struct.pack("<Q", 4) + b"nope",
        header(a={"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}),
        header(a={"dtype": "F32", "shape": [9], "data_offsets": [0, 8]}) + bytes(8),
        header(a={"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}) + bytes(8),
        header(a={"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}) + bytes(8),
        header(a={"dtype": "F3", "shape": [2], "data_offsets": [0, 8]}) + bytes(8),
        header(a=3),
    ],
    ids=range(10),
)
def test_damaged_files(tmp_path, content):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(RuntimeError):
        ours.load(path)
