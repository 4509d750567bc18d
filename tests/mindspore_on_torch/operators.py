"""Expressions over MindSpore's API that both frameworks evaluate; the tests of its operators are tables of such expressions."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import numpy as np
import pytest

from tests.mindspore_on_torch.conftest import assert_same, plain

RNG = np.random.default_rng(0)
# Each of these is a Tensor of the framework in which an expression runs.
ARRAYS: dict[str, np.ndarray[Any, Any]] = {
    "x": np.array([[3.0, 1.0, 2.0], [0.5, -1.0, 4.0]], np.float32),
    "y": np.array([[2.0, 2.0, -1.5], [0.25, 3.0, 1.0]], np.float32),
    "u": RNG.uniform(0.1, 0.9, (2, 3)).astype(np.float32),
    "i": np.array([[3, 1, 2], [7, 5, 4]], np.int32),
    "j": np.array([[2, 2, 5], [1, 3, 3]], np.int32),
    "b": np.array([[True, False, True], [False, False, True]]),
    "z": np.array([[1 + 2j, 3 - 1j], [0.5j, -2 + 0j]], np.complex64),
    "square": np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]], np.float32),
    "cube": RNG.normal(size=(2, 3, 4)).astype(np.float32),
}


def table(text: str) -> list[str]:
    """The expressions of a text, which stand between bars or on lines of their own."""
    return [case.strip() for case in text.replace("\n", " | ").strip(" |").split(" | ") if case.strip()]


def framework(name: str) -> Any:
    """mindspore, whose errors then come at the call that made them, or compat.mindspore."""
    module = importlib.import_module(name)
    if name == "mindspore":
        module.runtime.launch_blocking()
    return module


def evaluated(name: str, text: str) -> Any:
    """The value of an expression over ms, ops, nn, Tensor, Parameter, np and ARRAYS, without its framework."""
    ms = framework(name)
    names = {"ms": ms, "ops": ms.ops, "nn": ms.nn, "Tensor": ms.Tensor, "Parameter": ms.Parameter, "np": np}
    names["__name__"] = __name__  # without it a lambda has no gradient in MindSpore
    tensors = {each: ms.Tensor(array) for each, array in ARRAYS.items() if each in text}
    return plain(_without_types(ms, eval(text, {**names, **tensors})))


def _without_types(ms: Any, value: Any) -> Any:
    """A dtype as its name, so that those of two frameworks are equal."""
    if isinstance(value, (tuple, list)):
        return type(value)(_without_types(ms, item) for item in value)
    return str(value) if isinstance(value, type(ms.float32)) or type(value).__module__ == "mindspore._c_expression.typing" else value


def compare(text: str, tolerance: float = 1e-5) -> None:
    """The expression has the same values, dtypes and shapes in both frameworks."""
    assert_same(evaluated("compat.mindspore", text), evaluated("mindspore", text), tolerance)


def compare_error(text: str) -> None:
    """The expression raises in both frameworks, here what an `except` for MindSpore's exception catches."""
    with pytest.raises(Exception) as expected:  # noqa: PT011 - its type is what the test is about
        evaluated("mindspore", text)
    with pytest.raises(expected.type):
        evaluated("compat.mindspore", text)


def compare_value(text: str, expected: Any, tolerance: float = 1e-5) -> None:
    """MindSpore's CPU build has no kernel for the expression; here it has the value that its definition gives, or equals another one."""
    with pytest.raises((RuntimeError, TypeError, ValueError)):
        evaluated("mindspore", text)
    wanted = evaluated("compat.mindspore", expected) if isinstance(expected, str) else plain(expected)
    assert_same(evaluated("compat.mindspore", text), wanted, tolerance)


def constructor(kind: Any) -> list[tuple[str, Any]] | None:
    """(name, default) of what the constructor takes, a default in its text; None where `inspect` finds nothing."""
    try:
        found = list(inspect.signature(kind.__init__).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in found):
        return None
    return [(each.name, "required" if each.default is each.empty else _text(each.default)) for each in found if each.name != "self"]


def _text(default: Any) -> str:
    return repr(tuple(default)) if isinstance(default, list) else repr(default)
