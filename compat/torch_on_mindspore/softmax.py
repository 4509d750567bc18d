"""Softmax and its logarithm."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore.arithmetic import TABLED, sub
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.reductions import sum
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast

ops = mindspore.ops


def softmax(input: Any, dim: int, dtype: Any = None) -> Tensor:
    """Exponentials of the elements, divided by their sum along `dim`."""
    input = input if dtype is None else cast(input, dtype)
    found: Tensor = derived(as_tensor(ops.softmax(input, dim)), softmax_gradient, input, dim)
    return found


def softmax_gradient(gradient: Any, input: Any, dim: int) -> tuple[Any]:
    shares = softmax(input, dim)
    return (shares * (gradient - sum(gradient * shares, dim, True)),)


def log_softmax(input: Any, dim: int, dtype: Any = None) -> Tensor:
    """The logarithm of softmax; on 0-d input, where MindSpore hangs, it is 0."""
    input = input if dtype is None else cast(input, dtype)
    if not input.ndim:
        return sub(input, input)
    found: Tensor = derived(as_tensor(ops.log_softmax(input, dim)), log_softmax_gradient, input, dim)
    return found


def log_softmax_gradient(gradient: Any, input: Any, dim: int) -> tuple[Any]:
    return (gradient - TABLED["exp"](log_softmax(input, dim)) * sum(gradient, dim, True),)
