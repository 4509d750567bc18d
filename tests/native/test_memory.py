"""What `memory.py` says of results that share memory with an argument, shown by one call of each on both frameworks."""

from __future__ import annotations

from typing import Any

import mindspore
import numpy as np
import pytest
import torch as real

from compat.port.calls.memory import APART, REFUSED, SHARED

# MindSpore's call → PyTorch's, of an argument x with these elements
MATRIX, NUMBER, IMAGE, COMPLEX = (
    np.ones((2, 3), "float32"),
    np.array(2.0, "float32"),
    np.ones((1, 4, 2, 2), "float32"),
    np.ones(2, "complex64"),
)
CALLS: dict[str, tuple[str, str, Any]] = {
    "mindspore.mint.diff": ("f(x, n=0)", "torch.diff(x, n=0)", MATRIX),
    "mindspore.mint.index_add": (
        "f(x, 0, mindspore.Tensor([0], mindspore.int32), x[:1])",
        "torch.index_add(x, 0, torch.tensor([0]), x[:1])",
        MATRIX,
    ),
    "mindspore.nn.ChannelShuffle": ("f(1)(x)", "torch.nn.ChannelShuffle(1)(x)", IMAGE),
    "mindspore.ops.max": ("f(x)[0]", "torch.max(x)", NUMBER),
    "mindspore.ops.min": ("f(x)[0]", "torch.min(x)", NUMBER),
    "mindspore.ops.pixel_shuffle": ("f(x, 1)", "torch.pixel_shuffle(x, 1)", IMAGE),
    "mindspore.ops.pixel_unshuffle": ("f(x, 1)", "torch.pixel_unshuffle(x, 1)", IMAGE),
    "mindspore.ops.rot90": ("f(x, 0, (0, 1))", "torch.rot90(x, 0)", MATRIX),
    "mindspore.mint.imag": ("f(x)", "torch.imag(x)", COMPLEX),
    "mindspore.mint.real": ("f(x)", "torch.real(x)", COMPLEX),
    "mindspore.nn.Flatten": ("f()(x)", "torch.nn.Flatten()(x)", MATRIX),
    "mindspore.ops.cartesian_prod": ("f(x)", "torch.cartesian_prod(x)", MATRIX[0]),
    "mindspore.ops.conj": ("f(x)", "torch.conj(x)", COMPLEX),
    "mindspore.ops.dropout": ("f(x, p=0.0)", "torch.nn.functional.dropout(x, p=0.0, training=False)", MATRIX),
    "mindspore.ops.dropout3d": (
        "f(x, p=0.5)",
        "torch.nn.functional.dropout3d(x, p=0.5, training=False)",
        np.ones((1, 1, 1, 2, 2), "float32"),
    ),
    "mindspore.ops.flatten": ("f(x)", "torch.flatten(x, 1)", MATRIX),
    "mindspore.ops.imag": ("f(x)", "torch.imag(x)", COMPLEX),
    "mindspore.ops.real": ("f(x)", "torch.real(x)", COMPLEX),
    "mindspore.ops.view_as_real": ("f(x)", "torch.view_as_real(x)", COMPLEX),
    "mindspore.mint.narrow": ("f(x, 0, 1, 1)", "torch.narrow(x, 0, 1, 1)", MATRIX),
    "mindspore.mint.select": ("f(x, 0, 1)", "torch.select(x, 0, 1)", MATRIX),
}


def test_every_name_has_a_call() -> None:
    assert CALLS.keys() == SHARED | APART | REFUSED


@pytest.mark.parametrize("api", CALLS)
def test_memory(api: str) -> None:
    theirs, ours, elements = CALLS[api]
    x, y = mindspore.Tensor(elements), real.tensor(elements)
    function: Any = mindspore
    for name in api.split(".")[1:]:
        function = getattr(function, name)
    found = eval(theirs, {"f": function, "x": x, "mindspore": mindspore})
    expected = eval(ours, {"torch": real, "x": y})
    here = found._data_ptr() - found.storage_offset() * found.itemsize == x._data_ptr()
    there = expected.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()
    assert (here, there) == (api not in APART, api not in SHARED)
