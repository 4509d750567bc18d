"""Runs the formula of an optimizer in place, on whatever holds the elements of its tensors.

A formula is a function `formula(xp, value, gradient, *state, *numbers)` that writes into `value` and `state` with augmented
assignment. On CPU it gets NumPy arrays over the tensors' own memory, and `xp` is NumPy: nothing is copied or moved, and one
pass costs about a microsecond where a MindSpore operator costs 10 to 100. On another device it gets the tensors themselves,
and `xp` is `TENSORS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from compat.torch_on_mindspore import arithmetic, comparison, engine, indexing, pointwise
from compat.torch_on_mindspore.arithmetic import TABLED
from compat.torch_on_mindspore.creation import from_numpy
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import as_tensor, cast, elements, host

TENSORS = SimpleNamespace(
    sqrt=TABLED["sqrt"], abs=arithmetic.abs, sign=pointwise.sign, maximum=comparison.maximum, where=indexing.where,
)  # fmt: skip
# Elements per pass: the arrays of a formula stay in the processor's second-level cache.
BLOCK = 16384
# Computed in place. float16 and bfloat16 are computed in float32 and rounded once.
DIRECT = {np.dtype(name) for name in ("float32", "float64", "complex64", "complex128")}
NOT_IN_DLPACK = {mindspore.bfloat16, mindspore.complex64, mindspore.complex128}  # NumPy's, or MindSpore's

Formula = Callable[..., None]


class Formulas:
    """The formulas of one optimizer, and the memory of the tensors they have run on."""

    def __init__(self) -> None:
        # by parameter and place in its state: the tensor found there last, its address, its elements
        self.known: dict[tuple[int, int | str], tuple[Any, int, Any]] = {}

    def run(
        self, formula: Formula, parameter: Any, gradient: Any, state: Sequence[Any], numbers: Sequence[Any], *, whole: bool = False
    ) -> None:
        """Move `parameter` and `state` by `formula`; `whole` gives it the tensors' shapes, otherwise it may get them in pieces.

        What is None in `state` reaches the formula as None.
        """
        if not engine.ON_CPU:
            formula(TENSORS, parameter, as_tensor(mindspore.Tensor.contiguous(gradient)), *state, *numbers)
            return
        tensors = (parameter, *state)
        move = read(gradient)
        held: list[Any] = []
        for place, one in enumerate(tensors):
            array = None if one is None else self.memory((id(parameter), place), one, None if whole else move)
            if array is None and one is not None:
                through_copies(formula, tensors, move, numbers, whole)
                return
            held.append(array)
        if whole:
            value, *rest = (None if one is None else array.reshape(tuple(one.shape)) for array, one in zip(held, tensors, strict=True))
            formula(np, value, move, *rest, *numbers)
            return
        move = flat(move)
        value, *rest = held
        if move.size <= BLOCK:
            formula(np, value, move, *rest, *numbers)
            return
        for start in range(0, move.size, BLOCK):
            part = slice(start, start + BLOCK)
            formula(np, value[part], move[part], *[one if one is None else one[part] for one in rest], *numbers)

    def memory(self, place: tuple[int, int | str], tensor: Any, like: Any) -> Any:
        """The elements of `tensor` in one dimension, writable; None when they don't lie together in a dtype of `DIRECT`.

        None also where NumPy gets a copy, as it does of a Parameter that was made of a view: what is written there would be lost.

        A tensor can be given other storage at any time, hence the look at its address, and at size and dtype beside `like`.
        """
        address = tensor._data_ptr()
        known = self.known.get(place)
        if known is not None and known[0] is tensor and known[1] == address:
            array = known[2]
            if like is None or array is None or (array.dtype.itemsize <= like.dtype.itemsize and array.nbytes == like.nbytes):
                return array
        array = None
        if tensor.dtype != mindspore.bfloat16:
            whole = elements(tensor)
            if whole.flags.c_contiguous and whole.dtype in DIRECT and whole.__array_interface__["data"][0] == address:
                array = flat(whole)
        self.known[place] = (tensor, address, array)
        return array

    def increased(self, parameter: Any, state: dict[str, Any]) -> float:
        """Add 1 to the number of steps in `state`; returns what it is then."""
        return self.changed(parameter, state, "step", lambda number: number + 1)

    def changed(self, parameter: Any, state: dict[str, Any], name: str, change: Callable[[float], float]) -> float:
        """Replace the number in the 0-d tensor `state[name]`; returns the new one, rounded as the tensor holds it."""
        tensor = state[name]
        array = self.memory((id(parameter), name), tensor, None) if engine.ON_CPU else None
        if array is None:
            tensor.fill_(change(tensor.item()))
            return float(tensor.item())
        array[0] = change(array.item())
        return float(array.item())


def read(gradient: Any) -> Any:
    """The elements of `gradient` as an array that is only read: its own memory, in its own order.

    Through DLPack: asnumpy takes three times as long, and would lay the gradient of a matrix product, a transposed view, out anew.
    """
    if gradient.dtype in NOT_IN_DLPACK:
        return host(gradient)
    return np.from_dlpack(_Capsule(gradient))


class _Capsule:
    """A tensor of MindSpore as NumPy reads one through DLPack."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    def __dlpack__(self, **_options: Any) -> Any:
        return engine.to_dlpack(self.tensor)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)


def flat(array: Any) -> Any:
    """One dimension; the parts of complex numbers as numbers of their own."""
    line = array.reshape(-1)
    return line.view(line.real.dtype) if line.dtype.kind == "c" else line


def through_copies(formula: Formula, tensors: Sequence[Any], move: Any, numbers: Sequence[Any], whole: bool) -> None:
    """Run `formula` on copies, at least float32, and write them back: for half precision, and views with gaps."""
    arrays = [None if one is None else widened(host(one), whole) for one in tensors]
    formula(np, arrays[0], widened(move, whole), *arrays[1:], *numbers)
    for one, array in zip(tensors, arrays, strict=True):
        if array is not None:
            one.copy_(cast(from_numpy(array.reshape(tuple(one.shape))), one.dtype))


def widened(array: Any, whole: bool) -> Any:
    """A copy of `array` in float32, or in its own dtype if that is wider."""
    wide = array.astype(np.promote_types(array.dtype, np.float32))
    return wide if whole else flat(wide)
