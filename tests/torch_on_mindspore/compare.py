"""Runs one snippet on real PyTorch and on compat.torch, and says where the outcomes differ."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import numpy as np
import torch as real

import compat.torch as ours

__all__ = ["check", "check_gradient", "check_message", "ours", "outcome", "real"]


def outcome(torch: Any, code: str) -> Any:
    """The value of the last line of `code`, or the exception that it raised."""
    *statements, last = code.strip().split("\n")
    scope = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "np": np, "real": real}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec("\n".join(statements), scope)
            return plain(eval(last, scope))
        except Exception as error:
            return error


def plain(value: Any) -> Any:
    """Tensors as (dtype, shape, elements, requires_grad); containers element by element."""
    if hasattr(value, "requires_grad"):
        elements = value.detach()
        elements = elements.float() if "bfloat16" in str(value.dtype) else elements
        return (str(value.dtype), tuple(value.shape), elements.numpy().copy(), bool(value.requires_grad))
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return str(value) if type(value).__module__.startswith(("torch", "compat")) else value


def same(expected: Any, found: Any, rtol: float, atol: float) -> bool:
    if isinstance(expected, Exception):
        return isinstance(found, Exception) and type(found) is type(expected)
    if isinstance(expected, np.ndarray):
        return isinstance(found, np.ndarray) and np.allclose(expected, found, rtol, atol, equal_nan=True)
    if isinstance(expected, dict):
        return isinstance(found, dict) and same(list(expected.items()), list(found.items()), rtol, atol)
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(found, (list, tuple))
            and len(expected) == len(found)
            and all(same(one, other, rtol, atol) for one, other in zip(expected, found, strict=True))
        )
    if isinstance(expected, float):
        return isinstance(found, float) and bool(np.isclose(expected, found, rtol, atol, equal_nan=True))
    return type(expected) is type(found) and bool(expected == found)


def check(code: str, rtol: float = 1e-5, atol: float = 1e-6) -> None:
    """Fail unless both give the same, or raise the same type."""
    expected, found = outcome(real, code), outcome(ours, code)
    assert same(expected, found, rtol, atol), f"{code}\nPyTorch: {expected!r}\nhere:    {found!r}"


def check_gradient(setting: str, expression: str, rtol: float = 1e-4, atol: float = 1e-5) -> None:
    """Fail unless the expression of the leaf `x`, made by `setting`, has the same value and the same gradient in both."""
    lines = (
        setting,
        "x.requires_grad_()",
        f"found = {expression}",
        "weights = torch.cos(torch.arange(float(found.numel())) + 0.4).reshape(found.shape).to(found.dtype)",
        "[found, *torch.autograd.grad(found, [x], weights)]",
    )
    check("\n".join(lines), rtol, atol)


def check_message(code: str) -> None:
    """Fail unless both raise the same type with the same text."""
    expected, found = outcome(real, code), outcome(ours, code)
    assert isinstance(expected, Exception), f"PyTorch raises nothing: {code}"
    assert (type(found), first_line(found)) == (type(expected), first_line(expected)), code


def first_line(error: Any) -> str:
    return str(error).strip().partition("\n")[0]


exact = functools.partial(check, rtol=0, atol=0)
