"""How a public function or method calls its operation: what takes it over, `out=`, NumPy's names of arguments, MindSpore's errors."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable
from typing import Any

from compat.errors import CompatError, at_boundary, invalid
from compat.torch_on_mindspore import bfloat16, dtypes, engine, operands
from compat.torch_on_mindspore.dispatch import MODES, handle, known_as, overriding, strangers, unusual
from compat.torch_on_mindspore.dtypes import BFLOAT16_MET
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.natives import adopted
from compat.torch_on_mindspore.storage import write
from compat.torch_on_mindspore.tensor import as_tensor, cast

# PyTorch takes the names that NumPy has for these arguments, and MindSpore's own functions call our methods by them
NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}

# what is given to these is data, whatever it is: only a mode takes them over
MADE_OF_DATA = {"tensor", "as_tensor", "asarray"}
# torch.linalg.det is made as linalg_det, under which name PyTorch has it too
# what Python says of arguments that do not fit a function, before it runs
UNBOUND = re.compile(r"[\w.<>]+\(\) (?=got an unexpected keyword argument|got multiple values for|missing \d+ required|takes )")
UNEXPECTED = re.compile(r"got an unexpected keyword argument '(\w+)'")
# written in Python in PyTorch: an argument that is no tensor lacks an attribute there
PYTHON_FUNCTIONS = {"torch.stft", "torch.tensordot", "torch.unravel_index"}
PYTHON_FUNCTIONS |= {f"torch.masked_{name}" for name in operands.MASKED.split()} | {"torch.svd_lowrank", "torch.pca_lowrank"}
NAMESPACE = re.compile(r"(?<=^linalg)_|(?<=^fft)_|(?<=^special)_")


def public(name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
    """`operation` as the function `torch.name`: with `out`, and with PyTorch's types of errors."""

    check, filling, without_out = operands.CHECKS.get(name), name in operands.FILLING, name in operands.WITHOUT_OUT
    widened = name not in bfloat16.AS_THEY_ARE

    @functools.wraps(operation)
    def function(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        if MODES or unusual(args, kwargs) or out is not None:
            if without_out and out is not None:
                raise invalid(TypeError, f"{name}() got an unexpected keyword argument 'out'")
            others = strangers(args, kwargs.values(), (out,))
            if (found := overriding(() if name in MADE_OF_DATA else others)) is not None:
                return handle(function, found, args, kwargs if out is None else {**kwargs, "out": out})
            if others:
                args = adopted(args)
        if check is not None:
            check(name, args, kwargs)
        if out is not None and without_out:
            raise invalid(TypeError, f"{name}() got an unexpected keyword argument 'out'")
        if out is not None and filling and kwargs.get("dtype") is None:
            kwargs["dtype"] = out.dtype
        try:
            if BFLOAT16_MET and widened and bfloat16.among(args, kwargs):
                result = bfloat16.in_float32(operation, args, kwargs)
            else:
                result = operation(*args, **kwargs)
        except Exception as error:
            result = recovered(f"torch.{name}", operation, args, kwargs, error)
        if out is None:
            return result
        found = delivered(name, result, out, tensors(args, kwargs))
        return None if name in operands.NOTHING_WITH_OUT else found

    function.__name__ = function.__qualname__ = name.rpartition(".")[2]
    return known_as(f"torch.{NAMESPACE.sub('.', name)}", function)  # type: ignore[no-any-return]


def method(name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
    """`operation` as the method `torch.Tensor.name`, with PyTorch's types of errors."""

    check, widened = operands.CHECKS.get(name), name not in bfloat16.AS_THEY_ARE

    @functools.wraps(operation)
    def function(*args: Any, **kwargs: Any) -> Any:
        if MODES or unusual(args, kwargs):
            others = strangers(args, kwargs.values())
            if (found := overriding(others)) is not None:
                return handle(function, found, args, kwargs)
            if others:
                args = adopted(args)
        if check is not None:
            check(name, args, kwargs)
        try:
            if BFLOAT16_MET and widened and bfloat16.among(args, kwargs):
                return bfloat16.in_float32(operation, args, kwargs)
            return operation(*args, **kwargs)
        except Exception as error:
            return recovered(f"torch.Tensor.{name}", operation, args, kwargs, error)

    function.__name__ = function.__qualname__ = name
    return known_as(f"torch.Tensor.{name}", function)  # type: ignore[no-any-return]


def recovered(api: str, operation: Callable[..., Any], args: Any, kwargs: Any, error: Exception) -> Any:
    """The result in another way, where there is one; otherwise `error` is raised as PyTorch would.

    Arguments with NumPy's names are renamed, and bfloat16 is computed in float32, where that has not been tried.
    """
    if isinstance(error, CompatError) or error.__dict__.get("raised_by_compat"):
        raise error
    unbound = does_not_fit(error, kwargs)
    renamed = {NUMPY_NAMES.get(key, key): value for key, value in kwargs.items()}
    if unbound and renamed.keys() != kwargs.keys():
        try:
            return operation(*args, **renamed)
        except Exception as another:
            return recovered(api, operation, args, renamed, another)
    if not unbound and api.rpartition(".")[2] not in bfloat16.REFUSED and bfloat16.among(args, kwargs):
        try:
            return bfloat16.in_float32(operation, args, kwargs)
        except Exception as another:
            error = another
    if unbound:
        raise invalid(TypeError, UNBOUND.sub(f"{api.rpartition('.')[2]}() ", str(error))) from None
    if isinstance(error, AttributeError) and api in PYTHON_FUNCTIONS:
        raise error
    if isinstance(error, AttributeError) and isinstance(error.obj, (int, float, complex, str, list, tuple, type(None))):
        raise invalid(TypeError, f"{api}: an argument must be Tensor, not {type(error.obj).__name__}") from error
    named = {f"argument {at}": value for at, value in enumerate(args, 1)} | kwargs
    if isinstance(next(iter(named.values()), None), str) and api != "torch.einsum":
        raise operands.combination(api.rpartition(".")[2], tuple(named.values())) from error
    raise at_boundary(api, error, type(error) if isinstance(error, IndexError) else RuntimeError, **named)


def does_not_fit(error: Exception, kwargs: Any) -> bool:
    """Whether the arguments of the call do not fit the operation, which therefore did not run: they may be those of the function
    inside a wrapper."""
    if not isinstance(error, TypeError) or error.__traceback__ is None:
        return False
    unexpected = UNEXPECTED.search(str(error))
    return error.__traceback__.tb_next is None or (unexpected is not None and unexpected[1] in kwargs)


def is_tensor(obj: Any) -> bool:
    return isinstance(obj, mindspore.Tensor)


def tensors(*values: Any) -> list[Any]:
    """The tensors among these values and inside their containers."""
    found = []
    for value in values:
        if isinstance(value, mindspore.Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += tensors(*value)
        elif isinstance(value, dict):
            found += tensors(*value.values())
    return found


def delivered(name: str, result: Any, out: Any, arguments: Any = ()) -> Any:
    """`result`, computed from the tensors `arguments`, written to `out`, a tensor or a tuple of them, and `out` returned.

    RuntimeError when autograd records, when `operands.check_out` refuses `out`, when the category of the result is above that of
    `out`, and when the devices differ.
    """
    if isinstance(result, tuple):
        found = [delivered(name, one, place, arguments) for one, place in zip(result, out, strict=True)]
        return type(result)(*found) if hasattr(result, "_fields") else tuple(found)
    if not is_tensor(out):
        raise invalid(TypeError, f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if engine.grad_enabled() and (engine.requires_grad(result) or engine.requires_grad(out)):
        raise invalid(
            RuntimeError,
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.",
        )
    operands.check_out(name, result, out, arguments)
    if not dtypes.can_cast(result.dtype, out.dtype):
        raise invalid(
            RuntimeError, f"result type {result.dtype.tensor_type} can't be cast to the desired output type {out.dtype.tensor_type}"
        )
    if tuple(out.shape) == tuple(result.shape):
        return write(out, result)
    if out.numel():
        warnings.warn(
            f"An output with one or more elements was resized since it had shape {list(out.shape)}, which does not match the "
            f"required output shape {list(result.shape)}. This behavior is deprecated, and in a future PyTorch release outputs "
            "will not be resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, "
            "inplace, to zero elements with t.resize_(0).",
            UserWarning,
            stacklevel=3,
        )
    engine.replace_data(out, as_tensor(cast(result, out.dtype)))
    return out
