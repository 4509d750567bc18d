"""Files of torch.save: what is refused, then every tensor that PyTorch writes, read without it, and read by it where we wrote."""

from __future__ import annotations

import math
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from compat.checkpoints import Checkpoint, Planned, open_checkpoint, write_checkpoint
from compat.errors import CompatError


class Net(torch.nn.Module):
    """A class of the program, which a file may name."""


def content(checkpoint: Checkpoint, name: str) -> bytes:
    return b"".join(map(bytes, checkpoint.blocks(next(one for one in checkpoint.tensors if one.name == name))))


def raw(tensor: torch.Tensor) -> bytes:
    flat = tensor.detach().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""


BASE = torch.arange(24.0).reshape(4, 6)
REFUSED: dict[str, tuple[Any, str]] = {
    "a whole module": (Net(), r"Net, which is neither a tensor nor plain data"),
    "a function": ({"a": BASE, "f": math.sqrt}, r"math\.sqrt, which is neither"),
    "no tensors": ({"epoch": 3}, "holds no tensors"),
    "a number": (3, "holds no tensors"),
    "two parts": (
        {"generator": {"w": BASE}, "critic": {"w": BASE}},
        r"several parts with tensors: 'generator', 'critic'; say which with --key",
    ),
    "two usual parts": ({"state_dict": {"w": BASE}, "model": {"w": BASE}}, "'state_dict', 'model'; say which"),
    "one name twice": ({"a.b": BASE, "a": {"b": BASE}}, r"two tensors would be called 'a\.b'"),
    "a sparse tensor": ({"a": BASE.to_sparse()}, r"_rebuild_sparse_tensor, which is neither"),
    "a conjugated tensor": ({"a": torch.ones(2, dtype=torch.complex64).conj()}, r"the mark 'conj', which can't be converted"),
    "a meta tensor": ({"a": torch.empty(3, device="meta")}, "_rebuild_meta_tensor_no_storage, which is neither"),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_is_refused(case: str, tmp_path: Path) -> None:
    thing, said = REFUSED[case]
    torch.save(thing, tmp_path / "a.pth")
    with pytest.raises(CompatError, match=said) as caught:
        open_checkpoint(str(tmp_path / "a.pth"))
    assert str(caught.value).startswith(str(tmp_path / "a.pth"))


def test_a_script_is_refused(tmp_path: Path) -> None:
    with pytest.warns(DeprecationWarning, match="jit"):
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), tmp_path / "a.pt")
    with pytest.raises(CompatError, match="TorchScript"):
        open_checkpoint(str(tmp_path / "a.pt"))


def test_a_few_bytes_may_not_claim_much_memory(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(1).expand(2**15, 2**15)}, tmp_path / "a.pth")
    with pytest.raises(CompatError, match="repeats 4 bytes of storage up to 4294967296"):
        open_checkpoint(str(tmp_path / "a.pth"))


def test_a_list_that_holds_itself_is_refused(tmp_path: Path) -> None:
    circle: list[Any] = [BASE]
    circle.append(circle)
    torch.save({"a": circle}, tmp_path / "a.pth")
    with pytest.raises(CompatError, match="nested more than"):
        open_checkpoint(str(tmp_path / "a.pth"))


DTYPES = [
    "bool", "uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "bfloat16", "float32", "float64", "complex32",
    "complex64", "complex128", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu",
]  # fmt: skip
TENSORS: dict[str, Callable[[], torch.Tensor]] = {
    "transposed": lambda: BASE.T,
    "cut out": lambda: BASE[1:3, 2:5],
    "every other column": lambda: BASE[:, ::2],
    "permuted": lambda: torch.arange(120.0).reshape(2, 3, 4, 5).permute(2, 0, 3, 1),
    "channels last": lambda: torch.arange(120.0).reshape(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
    "one element many times": lambda: torch.tensor([7.0]).expand(3, 4),
    "a row many times": lambda: torch.arange(4.0).expand(3, 4),
    "a diagonal": lambda: BASE[:4, :4].diagonal(),
    "windows that overlap": lambda: torch.arange(10.0).as_strided((4, 3), (2, 1)),
    "a scalar": lambda: torch.tensor(3.5),
    "a scalar of a view": lambda: BASE[2, 3],
    "no elements": lambda: torch.zeros(0),
    "no rows": lambda: torch.zeros(0, 3),
    "no columns of a view": lambda: BASE[:, :0],
    "ones between": lambda: torch.arange(6.0).reshape(2, 1, 3, 1),
    "a parameter": lambda: torch.nn.Parameter(torch.ones(2)),
    "a frozen parameter": lambda: torch.nn.Parameter(torch.ones(2), requires_grad=False),
    "with an attribute": lambda: marked(torch.ones(2)),
    **{dtype: lambda dtype=dtype: torch.arange(1, 7).to(getattr(torch, dtype)).reshape(2, 3) for dtype in DTYPES},
}


def marked(tensor: torch.Tensor) -> torch.Tensor:
    tensor.note = "text"  # type: ignore[attr-defined]
    return tensor


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
@pytest.mark.parametrize("old", [False, True], ids=["zip", "before 1.6"])
@pytest.mark.parametrize("case", TENSORS, ids=str)
def test_a_tensor_is_read(case: str, old: bool, tmp_path: Path) -> None:
    tensor = TENSORS[case]()
    torch.save({"w": tensor}, tmp_path / "a.pth", _use_new_zipfile_serialization=not old)
    with open_checkpoint(str(tmp_path / "a.pth")) as found:
        (one,) = found.tensors
        assert (one.shape, f"torch.{one.dtype}") == (tuple(tensor.shape), str(tensor.dtype))
        assert content(found, "w") == raw(tensor)


def test_a_large_view_is_read_in_parts(tmp_path: Path) -> None:
    tensor = torch.arange(9_000_000.0).reshape(3000, 3000).T[::2]
    torch.save({"w": tensor}, tmp_path / "a.pth")
    with open_checkpoint(str(tmp_path / "a.pth")) as found:
        assert content(found, "w") == raw(tensor)


@pytest.mark.parametrize(
    ("thing", "key", "names", "left_out"),
    [
        ({"a": BASE, "n": 3}, None, ["a"], ("n",)),
        ({"state_dict": {"a": BASE}, "epoch": 3, "optimizer": {"state": {0: {"m": BASE}}}}, None, ["a"], ("epoch", "optimizer")),
        ({"model": OrderedDict(a=BASE), "ema": {"a": BASE}}, None, ["a"], ("ema",)),
        ({"model": {"state_dict": {"a": BASE}, "step": 1}}, None, ["a"], ("model.step",)),
        ({"my_net": {"a": BASE}, "epoch": 3}, None, ["a"], ("epoch",)),
        ({"model": {"a": BASE}, "ema": {"b.c": BASE}}, "ema", ["b.c"], ()),
        ({"a.b": {"c": {"w": BASE}}}, "a.b.c", ["w"], ()),
        ({"a": [BASE, {"b": BASE}], "c": (1, 2)}, None, ["0", "1.b"], ("c",)),
        ([BASE, BASE.T], None, ["0", "1"], ()),
        (BASE, None, [""], ()),
        ({"a": BASE, "s": {1, 2}, "z": 1j, "b": b"x", "d": torch.device("cpu"), "t": torch.float32, "size": torch.Size([1])}, None, ["a"],
         ("s", "z", "b", "d", "t", "size")),
    ],
)  # fmt: skip
def test_which_part_is_the_weights(thing: Any, key: str | None, names: list[str], left_out: tuple[str, ...], tmp_path: Path) -> None:
    torch.save(thing, tmp_path / "a.pth")
    with open_checkpoint(str(tmp_path / "a.pth"), key) as found:
        assert [one.name for one in found.tensors] == names
        assert found.left_out == left_out


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    torch.save({"model": {"a": BASE}}, tmp_path / "a.pth")
    with pytest.raises(CompatError, match="it has no 'ema'; what it has is 'model'"):
        open_checkpoint(str(tmp_path / "a.pth"), "ema")


@pytest.mark.parametrize("old", [False, True], ids=["zip", "before 1.6"])
def test_the_same_tensor_is_tied_and_another_view_is_not(old: bool, tmp_path: Path) -> None:
    torch.save(
        {"a": BASE, "b": BASE, "c": BASE.T, "d": BASE.clone(), "e": BASE[:2]}, tmp_path / "a.pth", _use_new_zipfile_serialization=not old
    )
    with open_checkpoint(str(tmp_path / "a.pth")) as found:
        assert [one.tied for one in found.tensors] == [None, "a", None, None, None]


def test_the_other_byte_order(tmp_path: Path) -> None:
    """A file of a machine that begins a number with its highest byte: the bytes turned, and the record that says so."""
    import zipfile

    values = {
        "f": torch.arange(5.0),
        "h": torch.arange(5).to(torch.int16),
        "c": torch.tensor([1 + 2j]),
        "b": torch.tensor([True]),
        "t": BASE.T,
    }
    torch.save(values, tmp_path / "a.pth")
    parts = {"f": 4, "h": 2, "c": 4, "b": 1, "t": 4}
    with zipfile.ZipFile(tmp_path / "a.pth") as old, zipfile.ZipFile(tmp_path / "b.pth", "w") as new:
        for name in old.namelist():
            data, last = old.read(name), name.rpartition("/")[2]
            if "/data/" in name:
                size = list(parts.values())[int(last)]
                data = b"".join(data[at : at + size][::-1] for at in range(0, len(data), size))
            new.writestr(name, b"big" if last == "byteorder" else data)
    assert torch.equal(torch.load(tmp_path / "b.pth")["f"], values["f"])
    with open_checkpoint(str(tmp_path / "b.pth")) as found:
        assert {name: content(found, name) for name in values} == {name: raw(value) for name, value in values.items()}


def written(path: Path, tensors: dict[str, torch.Tensor], twins: dict[str, str]) -> None:
    names = list(tensors)
    plan = [
        Planned(name, tuple(one.shape), str(one.dtype).removeprefix("torch."), names.index(twins[name]) if name in twins else None)
        for name, one in tensors.items()
    ]
    write_checkpoint(str(path), "torch", plan, lambda index: iter([memoryview(raw(tensors[names[index]]))]), "torch")


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
@pytest.mark.parametrize("mmap", [False, True])
def test_pytorch_reads_what_we_write(mmap: bool, tmp_path: Path) -> None:
    tensors = {case: make() for case, make in TENSORS.items()} | {
        "twin": TENSORS["a scalar"](),
        "名": torch.ones(300, 70_000, dtype=torch.uint8),
    }
    written(tmp_path / "a.pth", tensors, {"twin": "a scalar"})
    found = torch.load(tmp_path / "a.pth", weights_only=True, mmap=mmap)
    assert list(found) == list(tensors)
    for name, tensor in tensors.items():
        assert (found[name].shape, found[name].dtype, raw(found[name])) == (tensor.shape, tensor.dtype, raw(tensor)), name
        assert found[name].stride() == torch.empty(tensor.shape).stride()
    assert found["twin"].data_ptr() == found["a scalar"].data_ptr()


def test_files_before_1_6_with_the_source_of_classes_are_refused_by_name(tmp_path: Path) -> None:
    torch.save(Net(), tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    with pytest.raises(CompatError, match="Net, which is neither"):
        open_checkpoint(str(tmp_path / "a.pth"))


def test_no_code_of_a_file_runs(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return print, ("never printed",)

    with open(tmp_path / "a.pth", "wb") as file:
        pickle.dump({"a": Evil()}, file, protocol=2)
    with pytest.raises(CompatError):
        open_checkpoint(str(tmp_path / "a.pth"))
