"""Elementary functions in full precision, fast: by NumPy over the tensor's own memory on CPU, elsewhere by MindSpore's operators.

MindSpore's float32 kernels on CPU are off by 2e-5 (exp, sigmoid), 1e-4 (tanh) and 7e-3 (log near 1); its expm1 and log1p lose every
digit near 0, in float64 too; sin, cos, tan and log1p take about 20 times as long as NumPy's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function

ops = mindspore.ops
HOSTED = (mindspore.float16, mindspore.float32, mindspore.float64)


def sigmoid_into(array: Any, found: Any) -> None:
    """1 / (1 + exp(-array)), without a temporary array."""
    np.negative(array, found)
    np.exp(found, found)
    found += 1
    np.reciprocal(found, found)


def constant(value: float, tensor: Any) -> Any:
    """A number to compute with beside `tensor`; MindSpore would take it as a float32."""
    return mindspore.Tensor(np.array(value)) if tensor.dtype == mindspore.float64 else value


# the function on arrays: (elements, array for the result)
HOST: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "tanh")},
    "sigmoid": sigmoid_into,
}
# (gradient, input, result) → the gradient of the input, in operators that can be differentiated again
SLOPES: dict[str, Callable[..., Any]] = {
    "exp": lambda gradient, input, found: ops.mul(gradient, found),
    "exp2": lambda gradient, input, found: ops.mul(gradient, ops.mul(found, constant(math.log(2), found))),
    "expm1": lambda gradient, input, found: ops.add(ops.mul(gradient, found), gradient),
    "log": lambda gradient, input, found: ops.div(gradient, input),
    "log2": lambda gradient, input, found: ops.div(gradient, ops.mul(input, constant(math.log(2), input))),
    "log10": lambda gradient, input, found: ops.div(gradient, ops.mul(input, constant(math.log(10), input))),
    "log1p": lambda gradient, input, found: ops.div(gradient, ops.add(input, constant(1.0, input))),
    "sin": lambda gradient, input, found: ops.mul(gradient, FUNCTIONS["cos"](input)),
    "cos": lambda gradient, input, found: ops.neg(ops.mul(gradient, FUNCTIONS["sin"](input))),
    "tan": lambda gradient, input, found: ops.add(ops.mul(gradient, ops.square(found)), gradient),
    "tanh": lambda gradient, input, found: ops.sub(gradient, ops.mul(gradient, ops.square(found))),
    "sigmoid": lambda gradient, input, found: ops.mul(gradient, ops.sub(found, ops.square(found))),
}

FROM_RESULT = {"exp", "exp2", "expm1", "tan", "tanh", "sigmoid"}  # their gradients need no input


class Elementary(Function):
    """A function of `HOST`, computed on the host, with its gradient from `SLOPES`."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, name: str, input: Any) -> Any:
        found = on_host(name, input)
        ctx.name = name
        if name in FROM_RESULT:
            ctx.save_for_backward(found)
            ctx.input, ctx.version = input, engine.version(input)
        else:
            ctx.save_for_backward(input)
        return found

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (saved,) = ctx.saved_tensors
        if ctx.name not in FROM_RESULT:
            return None, SLOPES[ctx.name](gradient, saved, None)
        if engine.grad_enabled():
            # The result has no history: when the gradient is itself recorded, it is computed again.
            if engine.version(ctx.input) != ctx.version:
                raise invalid(
                    RuntimeError, "one of the variables needed for gradient computation has been modified by an inplace operation"
                )
            saved = FUNCTIONS[ctx.name](ctx.input)
        return None, SLOPES[ctx.name](gradient, None, saved)


def holds_nan(input: Any) -> bool:
    """Whether any element is nan: the sum of the squares is, and only then. Read from the memory of the CPU."""
    flat = input.asnumpy().reshape(-1)
    with np.errstate(all="ignore"):
        return bool(np.isnan(np.dot(flat, flat)))


def on_host(name: str, input: Any) -> Any:
    array = input.asnumpy()
    found = np.empty(array.shape, array.dtype)
    with np.errstate(all="ignore"):
        HOST[name](array, found)
    return mindspore.Tensor.from_numpy(found)


def _elementary(name: str) -> Callable[..., Any]:
    native = getattr(ops, name)

    def function(input: Any) -> Any:
        if not engine.ON_CPU or input.dtype not in HOSTED:
            if engine.ON_CPU and input.dtype == mindspore.bfloat16:
                return ops.cast(function(ops.cast(input, mindspore.float32)), mindspore.bfloat16)
            return native(input)
        if engine.requires_grad(input) and engine.grad_enabled():
            return Elementary.apply(name, input)
        return on_host(name, input)

    function.__name__ = function.__qualname__ = name
    return function


FUNCTIONS: dict[str, Callable[..., Any]] = {name: _elementary(name) for name in HOST}
exp, expm1, log, log1p, tanh, sigmoid = (FUNCTIONS[name] for name in ("exp", "expm1", "log", "log1p", "tanh", "sigmoid"))
