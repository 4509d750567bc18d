"""A call of mindspore.numpy, or of a method of Tensor, as text: in both frameworks, on the same operands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.mindspore_on_torch.conftest import assert_same, plain

OPERANDS = {
    "x": np.array([[3.0, 1.0, 2.0], [0.5, 1.5, -4.0]], np.float32),
    "y": np.array([[1.0, 2.0, -2.0], [0.5, -1.5, 4.0]], np.float32),
    "p": np.array([[0.1, 0.5, 0.9], [0.3, 0.2, 0.7]], np.float32),
    "u": np.array([[3.1, 1.2, 2.3], [0.5, 1.6, -4.4]], np.float32),
    "v": np.array([1.0, 2.0, 4.0, 7.0, 0.0], np.float32),
    "w": np.array([3.0, -1.0, 2.0], np.float32),
    "s": np.array(2.5, np.float32),
    "k": np.array([[1, 2, 3], [4, -5, 6]], np.int32),
    "b": np.array([[True, False, True], [False, False, True]]),
    "n": np.array([[1.0, np.nan, 3.0], [np.nan, 5.0, -1.0]], np.float32),
    "c": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "ci": np.arange(24, dtype=np.int32).reshape(2, 3, 4),
}
KINDS = {
    "f16": np.float16, "f32": np.float32, "f64": np.float64, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64,
    "u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64, "bl": np.bool_,
}  # fmt: skip


def on(ms: Any, text: str) -> Any:
    """`text` evaluated: `f32([1, 2])` is a tensor of float32, `x` one of the operands above."""
    makers = {name: lambda data, kind=kind: ms.Tensor(np.array(data, kind)) for name, kind in KINDS.items()}
    operands = {name: ms.Tensor(array) for name, array in OPERANDS.items()}
    # MindSpore's grad asks a function for the name of its module.
    names = {"__name__": __name__, "ms": ms, "mnp": ms.numpy, "np": np, "inf": float("inf"), "nan": float("nan")}
    return eval(text, {**makers, **operands, **names})


def containers(value: Any) -> Any:
    """Which of its parts are tuples and which lists."""
    return (type(value), [containers(each) for each in value]) if isinstance(value, (tuple, list)) else None


def check_value(text: str, mine: Any, real: Any) -> None:
    """Values, types, shapes and containers are MindSpore's."""
    one, other = on(mine, text), on(real, text)
    assert containers(one) == containers(other)
    assert_same(plain(one), plain(other), 1e-5)


def check_error(text: str, mine: Any, real: Any) -> None:
    """Both raise, and ours a type that a handler for MindSpore's catches."""
    with pytest.raises(Exception) as theirs:  # noqa: PT011 - its type is what is compared
        on(real, text)
    with pytest.raises(theirs.type):
        on(mine, text)
