"""Element-wise arithmetic, comparison and logic: each operation once, as a function whose first argument is the tensor."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import complexes, dtypes, elementary, engine, steps
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

ops = mindspore.ops

# PyTorch's name → the function; an integer input becomes the default floating-point dtype
FLOATING_UNARY = {
    name: elementary.FUNCTIONS.get(name) or getattr(ops, name)
    for name in (
        "exp", "exp2", "log", "sqrt", "rsqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
        "sigmoid", "erf", "erfc", "log2", "log10", "log1p", "expm1", "reciprocal", "asinh", "acosh", "atanh",
    )
}  # fmt: skip
# here the dtype stays
UNARY = {name: getattr(ops, name) for name in ("relu",)}
# here integers stay as they are
ROUNDING = {name: getattr(ops, name) for name in ("floor", "ceil", "trunc")}
COMPARISONS = {
    "eq": ops.equal,
    "ne": ops.not_equal,
    "lt": ops.less,
    "le": ops.less_equal,
    "gt": ops.greater,
    "ge": ops.greater_equal,
}
LOGIC = {"logical_and": ops.logical_and, "logical_or": ops.logical_or, "logical_xor": ops.logical_xor}
BITS = {
    "bitwise_and": (ops.bitwise_and, ops.logical_and),
    "bitwise_or": (ops.bitwise_or, ops.logical_or),
    "bitwise_xor": (ops.bitwise_xor, ops.logical_xor),
}
NARROW = (dtypes.float16, dtypes.bfloat16)  # PyTorch computes these with a number in float32


def operand(value: Any, kind: Any) -> Any:
    """One operand in the dtype of the operation; MindSpore would take a number as a float32."""
    if isinstance(value, engine.TensorBase):
        return value if dtypes.of(value) is kind else cast(value, kind)
    if kind is dtypes.uint8:
        return int(value) & 255
    if kind is dtypes.float64 or kind is dtypes.complex128:
        # mindspore.Tensor(value, kind) would pass through float32.
        return mindspore.Tensor(np.array(value, kind.name))
    return value


def computed(function: Callable[..., Any], input: Any, other: Any, kind: Any = None) -> Any:
    """`function` of both operands in their common dtype, or in `kind`."""
    if kind is None:
        kind = dtypes.result_type(input, other)
    try:
        return _computed(function, input, other, kind)
    except ValueError as error:
        reason = unbroadcastable(input, other)
        if reason is None:
            raise
        raise invalid(RuntimeError, reason) from error


def unbroadcastable(input: Any, other: Any) -> str | None:
    """Why two tensors have no common shape, in PyTorch's words; None when they have one."""
    shapes = [tuple(one.shape) if is_tensor(one) else () for one in (input, other)]
    for back, (size, other_size) in enumerate(zip(*(shape[::-1] for shape in shapes), strict=False), 1):
        if size != other_size and 1 not in (size, other_size):
            dim = max(map(len, shapes)) - back
            return f"The size of tensor a ({size}) must match the size of tensor b ({other_size}) at non-singleton dimension {dim}"
    return None


def _computed(function: Callable[..., Any], input: Any, other: Any, kind: Any) -> Any:
    without_kernel = kind is dtypes.bfloat16 and not (function in engine.BFLOAT16 and alike(input, other))
    if (
        not without_kernel
        and getattr(input, "dtype", None) is kind
        and (getattr(other, "dtype", None) is kind or (kind is dtypes.float32 and type(other) in (float, int)))
    ):
        return as_tensor(function(input, other))
    if without_kernel or (kind.narrow and not (is_tensor(input) and is_tensor(other))):
        wide = dtypes.float32
        found = as_tensor(function(operand(input, wide), operand(other, wide)))
        return cast(found, kind) if found.dtype == wide else found  # a comparison gives booleans
    return as_tensor(function(operand(input, kind), operand(other, kind)))


def alike(input: Any, other: Any) -> bool:
    """Whether two tensors have one shape, or nothing is recorded: the gradient of one that is broadcast is a sum."""
    if not (is_tensor(input) and is_tensor(other)) or tuple(input.shape) == tuple(other.shape):
        return True
    return not (engine.grad_enabled() and (engine.requires_grad(input) or engine.requires_grad(other)))


def floating(input: Any) -> Any:
    """`input`, in the default dtype when it holds integers or booleans."""
    return input if input.dtype.category >= dtypes.FLOAT else cast(input, dtypes.get_default_dtype())


def scaled(input: Any, other: Any, alpha: Any) -> Any:
    """alpha · other; RuntimeError where the sum with `input` is of a dtype that can't hold alpha."""
    if type(alpha) is int and alpha == 1:
        return other
    kind = dtypes.result_type(input, other)
    if isinstance(alpha, bool) and kind != dtypes.bool_:
        raise invalid(RuntimeError, "Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and kind.category < dtypes.FLOAT:
        raise invalid(RuntimeError, "For integral input tensors, argument alpha must not be a floating point number.")
    factor = bool(alpha) if kind == dtypes.bool_ else alpha
    return mul(other, factor) if is_tensor(other) else other * factor


@functools.lru_cache(1024)
def _constant(text: str, value: Any, kind: Any) -> Any:
    return as_tensor(mindspore.Tensor(np.array(value, np.float32 if kind is dtypes.bfloat16 else kind.name), kind))


def constant(value: Any, kind: Any) -> Any:
    """A number as a 0-d tensor that operators may read, and nothing may write; -0.0 is not 0.0 here."""
    return _constant(repr(value), value, kind)


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a tensor; `torch.is_tensor`."""
    return isinstance(obj, engine.TensorBase)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, complex))


# --- two operands ---


def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """input + alpha · other."""
    other = scaled(input, other, alpha)
    kind = dtypes.result_type(input, other)
    return boolean_or(ops.logical_or, ops.add, input, other, kind)


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """input - alpha · other; RuntimeError for booleans."""
    booleans = [one for one in (input, other) if isinstance(one, bool) or (is_tensor(one) and one.dtype == dtypes.bool_)]
    if len(booleans) == 2:
        raise invalid(
            RuntimeError,
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.",
        )
    if booleans:
        raise invalid(
            RuntimeError,
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use "
            "the `~` or `logical_not()` operator instead.",
        )
    found: Tensor = computed(ops.sub, input, scaled(input, other, alpha))
    return found


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    return sub(other, input, alpha=alpha)


def mul(input: Any, other: Any) -> Tensor:
    kind = dtypes.result_type(input, other)
    return boolean_or(ops.logical_and, complexes.mul if kind.category == dtypes.COMPLEX else ops.mul, input, other, kind)


def boolean_or(logical: Any, numeric: Any, input: Any, other: Any, kind: Any) -> Tensor:
    """`numeric`, or on booleans `logical`, which has the kernel that `numeric` lacks there."""
    if kind is not dtypes.bool_:
        found: Tensor = computed(numeric, input, other, kind)
        return found
    pair = (one if is_tensor(one) else mindspore.Tensor(one) for one in (input, other))
    joined: Tensor = as_tensor(logical(*pair))
    return joined


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """input / other, or its floor or truncation."""
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode == "trunc":
        check_divisor(input, other)
    if rounding_mode not in (None, "trunc"):
        raise invalid(
            RuntimeError,
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '" + str(rounding_mode) + "'",
        )
    kind = dtypes.result_type(input, other)
    quotient: Tensor = computed(
        complexes.div if kind.category == dtypes.COMPLEX else ops.div,
        input,
        other,
        kind if kind.category >= dtypes.FLOAT else dtypes.get_default_dtype(),
    )
    return quotient if rounding_mode is None else cast(as_tensor(steps.stepped(ops.trunc, quotient)), kind)


def floor_divide(input: Any, other: Any) -> Tensor:
    check_divisor(input, other)
    found: Tensor = computed(steps.floor_quotient, input, other)
    return found


def check_divisor(input: Any, other: Any) -> None:
    """RuntimeError for integers divided by zero: MindSpore's kernels give a number, or end the process."""
    if any((is_tensor(one) and one.dtype.category >= dtypes.FLOAT) or isinstance(one, (float, complex)) for one in (input, other)):
        return
    if not host(other).all() if is_tensor(other) else not other:
        raise invalid(RuntimeError, "ZeroDivisionError")


def remainder(input: Any, other: Any) -> Tensor:
    """input - other · floor(input / other), with the sign of `other`."""
    check_divisor(input, other)
    found: Tensor = computed(steps.floor_remainder, input, other)
    return found


def pow(input: Any, exponent: Any) -> Tensor:
    """input ** exponent; RuntimeError for an integer to a negative integer power."""
    kind = dtypes.result_type(input, exponent)
    if kind.category == dtypes.INTEGER and is_number(exponent) and exponent < 0:
        raise invalid(RuntimeError, "Integers to negative integer powers are not allowed.")
    found: Tensor = computed(ops.pow, input, exponent, kind)
    return found


# --- one operand ---


def neg(input: Any) -> Tensor:
    if input.dtype == dtypes.bool_:
        raise invalid(
            RuntimeError,
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the "
            "`~` or `logical_not()` operator instead.",
        )
    found: Tensor = as_tensor(ops.neg(input))
    return found


def abs(input: Any) -> Tensor:
    if input.dtype == dtypes.bool_:
        raise invalid(NotImplementedError, "\"abs_cpu\" not implemented for 'Bool'")
    found: Tensor = as_tensor(complexes.length(input) if input.dtype.category == dtypes.COMPLEX else ops.abs(input))
    return found


def clamp(input: Any, min: Any = None, max: Any = None) -> Tensor:
    """min ≤ input ≤ max; RuntimeError when neither bound is given, TypeError unless the bounds are numbers, or tensors."""
    given = [one for one in (min, max) if one is not None]
    if not (all(map(is_number, given)) or all(map(is_tensor, given))):
        kinds = ", ".join(type(one).__name__ for one in given)
        raise invalid(TypeError, f"clamp() received an invalid combination of arguments - got (Tensor, {kinds})")
    if min is None and max is None:
        raise invalid(RuntimeError, "torch.clamp: At least one of 'min' or 'max' must not be None")
    found: Any = input
    if is_number(min) and is_number(max) and min > max:
        min = max
    recorded = engine.grad_enabled() and engine.requires_grad(input)
    if engine.ON_CPU and not recorded and input.dtype is dtypes.float32 and not is_tensor(min) and not is_tensor(max):
        # Without a gradient, on the host: MindSpore's own clamp makes a number of NaN.
        clamped: Tensor = as_tensor(mindspore.Tensor(np.asarray(np.clip(input.asnumpy(), min, max), np.float32)))
        return clamped
    if recorded:
        found = without_gradient_of_nan(found)
    # At a bound the gradient is 1, where that of MindSpore's maximum would be half.
    if min is not None:
        bound = min if is_tensor(min) else constant(min, dtypes.result_type(found, min))
        found = as_tensor(ops.where(found < bound, *common(bound, found)))
    if max is not None:
        bound = max if is_tensor(max) else constant(max, dtypes.result_type(found, max))
        found = as_tensor(ops.where(found > bound, *common(bound, found)))
    result: Tensor = found
    return result


def without_gradient_of_nan(input: Any) -> Any:
    """`input`, through which no gradient passes where it is NaN."""
    if input.dtype.category != dtypes.FLOAT or (engine.ON_CPU and input.dtype in elementary.HOSTED and not elementary.holds_nan(input)):
        return input
    return as_tensor(ops.where(ops.isnan(input), input.detach(), input))


def common(*operands: Any) -> tuple[Any, ...]:
    """The tensors in the dtype that they share."""
    kind = dtypes.result_type(*operands)
    return tuple(cast(one, kind) for one in operands)


def full_like(input: Any, value: Any) -> Any:
    """The number as a 0-d tensor in the dtype that it and `input` share."""
    return as_tensor(mindspore.Tensor(value, dtypes.result_type(input, value)))


def bitwise_not(input: Any) -> Tensor:
    """~input: the complement of integers, the negation of booleans."""
    if input.dtype == dtypes.bool_:
        return logical_not(input)
    if input.dtype.category != dtypes.INTEGER:
        raise invalid(NotImplementedError, f"\"bitwise_not_cpu\" not implemented for '{input.dtype.tensor_type}'")
    found: Tensor = as_tensor(ops.sub(ops.neg(input), 1)) if input.dtype.is_signed else as_tensor(ops.sub(255, input))
    return found


def logical_not(input: Any) -> Tensor:
    found: Tensor = as_tensor(ops.logical_not(cast(input, dtypes.bool_)))
    return found


# --- functions made from the tables above ---


def _named(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    return function


def _unary(name: str, native: Any, prepare: Callable[[Any], Any]) -> Callable[..., Any]:
    def function(input: Any) -> Any:
        return as_tensor(native(prepare(input)))

    return _named(function, name)


def _rounding(name: str, native: Any) -> Callable[..., Any]:
    def function(input: Any) -> Any:
        return input.clone() if input.dtype.category < dtypes.FLOAT else as_tensor(steps.stepped(native, input))

    return _named(function, name)


def _comparison(name: str, native: Any) -> Callable[..., Any]:
    def function(input: Any, other: Any) -> Any:
        return computed(native, input, other)

    return _named(function, name)


def _logic(name: str, native: Any) -> Callable[..., Any]:
    def function(input: Any, other: Any) -> Any:
        return as_tensor(native(cast(input, dtypes.bool_), cast(other, dtypes.bool_)))

    return _named(function, name)


def _bits(name: str, integers: Any, booleans: Any) -> Callable[..., Any]:
    def function(input: Any, other: Any) -> Any:
        kind = dtypes.result_type(input, other)
        if kind.category > dtypes.INTEGER:
            raise invalid(NotImplementedError, f"\"{name}_cpu\" not implemented for '{kind.tensor_type}'")
        pair = (cast(one if is_tensor(one) else mindspore.Tensor(one), kind) for one in (input, other))
        return as_tensor((booleans if kind == dtypes.bool_ else integers)(*pair))

    return _named(function, name)


def _classified(name: str, native: Any) -> Callable[..., Any]:
    def function(input: Any) -> Any:
        whole = input.dtype.category < dtypes.FLOAT
        return as_tensor(native(cast(input, dtypes.float32) if whole else input))

    return _named(function, name)


TABLED: dict[str, Callable[..., Any]] = {
    **{name: _unary(name, native, floating) for name, native in FLOATING_UNARY.items()},
    **{name: _unary(name, native, lambda input: input) for name, native in UNARY.items()},
    **{name: _rounding(name, native) for name, native in ROUNDING.items()},
    **{name: _comparison(name, native) for name, native in COMPARISONS.items()},
    **{name: _logic(name, native) for name, native in LOGIC.items()},
    **{name: _bits(name, *natives) for name, natives in BITS.items()},
    **{name: _classified(name, getattr(ops, name)) for name in ("isnan", "isinf", "isfinite")},
}
