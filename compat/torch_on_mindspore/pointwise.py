"""Element-wise functions beyond the operators: fused ones, angles, bits and roundings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import complexes, dtypes, engine, steps
from compat.torch_on_mindspore.arithmetic import add, check_divisor, computed, div, floating, is_number, is_tensor, mul, pow, sub
from compat.torch_on_mindspore.dtypes import c_name
from compat.torch_on_mindspore.emptiness import unmoved
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function, once_differentiable
from compat.torch_on_mindspore.reductions import sum_to
from compat.torch_on_mindspore.return_types import structure
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

ops = mindspore.ops

Frexp = structure("frexp", "mantissa exponent")


def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Tensor:
    """input + value · tensor1 · tensor2."""
    product = mul(tensor1, tensor2)
    return add(input, product if is_number(value) and value == 1 else mul(product, value))


def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Tensor:
    """input + value · tensor1 / tensor2; RuntimeError for two tensors of integers."""
    if dtypes.result_type(tensor1, tensor2).category < dtypes.FLOAT:
        raise invalid(
            RuntimeError,
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of "
            "tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / "
            "tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future "
            "addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.",
        )
    quotient = div(tensor1, tensor2)
    return add(input, quotient if is_number(value) and value == 1 else mul(quotient, value))


def lerp(input: Any, end: Any, weight: Any) -> Tensor:
    """input + weight · (end - input), counted from `end` where weight is at least half, as PyTorch does."""
    for name, one in (("end", end), ("weight", weight)):
        if is_tensor(one) and one.dtype != input.dtype and not (name == "weight" and not one.ndim):
            raise invalid(RuntimeError, f"expected dtype {c_name(input)} for `{name}` but got dtype {c_name(one)}")
    span = sub(end, input)
    if not is_tensor(weight):
        small = abs(weight) < 0.5
        return add(input, mul(span, weight)) if small else sub(end, mul(span, 1 - weight))
    weight = cast(weight, input.dtype)
    near, far = add(input, mul(span, weight)), sub(end, mul(span, sub(1, weight)))
    found: Tensor = as_tensor(ops.where(ops.less(ops.abs(weight), 0.5), near, far))
    return found


def fmod(input: Any, other: Any) -> Tensor:
    """The remainder of the division truncated towards zero, with the sign of `input`."""
    kind = dtypes.result_type(input, other)
    if kind.category < dtypes.FLOAT:
        check_divisor(input, other)
        found: Tensor = cast(computed(ops.fmod, input, other, dtypes.float64), kind)
        return found
    if not recorded(other):
        return computed_fmod(input, other, kind)
    quotient = as_tensor(ops.stop_gradient(ops.trunc(div(input, other))))  # rounded to the dtype first, as for PyTorch's gradient
    wide = dtypes.float32 if kind.narrow else kind
    x, y = (cast(one, wide) if is_tensor(one) else one for one in (input, other))
    linear = sub(x, mul(y, cast(quotient, wide)))
    apart = [as_tensor(ops.stop_gradient(one)) if is_tensor(one) else one for one in (x, y)]
    exact = computed_fmod(apart[0], apart[1], wide)
    remainder: Tensor = cast(linear + as_tensor(ops.stop_gradient(sub(exact, linear))), kind)
    return remainder


def recorded(value: Any) -> bool:
    return is_tensor(value) and bool(value.requires_grad)


def computed_fmod(input: Any, other: Any, kind: Any) -> Tensor:
    found: Tensor = computed(ops.fmod, input, other, kind)
    return found


def real_pair(name: str, native: Any, *, integers: bool = True) -> Any:
    """A function of two operands in a floating-point dtype; without `integers`, RuntimeError for these."""

    def function(input: Any, other: Any) -> Any:
        kind = dtypes.result_type(input, other)
        if kind.category < dtypes.FLOAT:
            if not integers:
                raise invalid(NotImplementedError, f"\"{name}_cpu\" not implemented for '{kind.tensor_type}'")
            kind = dtypes.get_default_dtype()
        return computed(native, input, other, kind)

    function.__name__ = function.__qualname__ = name
    return function


def whole_pair(name: str, native: Any) -> Any:
    """A function of two operands of integers, computed in int64, where MindSpore has a kernel for few others."""

    def function(input: Any, other: Any) -> Any:
        kind = dtypes.result_type(input, other)
        if kind.category != dtypes.INTEGER:
            raise invalid(NotImplementedError, f"\"{name}_cpu\" not implemented for '{kind.tensor_type}'")
        pair = (cast(one if is_tensor(one) else mindspore.Tensor(one), dtypes.int64) for one in (input, other))
        return cast(as_tensor(native(*pair)), kind)

    function.__name__ = function.__qualname__ = name
    return function


def angle_gradient(gradient: Any, y: Any, x: Any) -> tuple[Any, Any]:
    share = gradient / (y * y + x * x)
    return sum_to(x * share, tuple(y.shape)), sum_to(-y * share, tuple(x.shape))


atan2 = real_pair("atan2", lambda y, x: derived(ops.atan2(y, x), angle_gradient, as_tensor(y), as_tensor(x)))
hypot = real_pair("hypot", lambda x, y: ops.sqrt(ops.add(ops.square(x), ops.square(y))), integers=False)


class NextAfter(Function):
    """The number next to the first towards the second: it moves with the first, unless both are equal."""

    @staticmethod
    def forward(ctx: Any, x: Any, y: Any) -> Any:
        ctx.save_for_backward(*(one if is_tensor(one) else None for one in (x, y)))
        ctx.pair = x, y
        return host_pair(np.nextafter, x, y)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Any) -> Any:
        x, y = ctx.pair
        of_x = of_y = None
        if is_tensor(x):
            moved = ops.where(ops.equal(x, y), ops.zeros_like(gradient), gradient)
            of_x = complexes.reduced_to(moved, tuple(x.shape))
        if is_tensor(y):
            of_y = ops.zeros(tuple(y.shape), gradient.dtype)
        return of_x, of_y


nextafter = real_pair("nextafter", NextAfter.apply, integers=False)
gcd = whole_pair("gcd", ops.gcd)
lcm = whole_pair("lcm", ops.lcm)
bitwise_left_shift = whole_pair("lshift", ops.bitwise_left_shift)
bitwise_right_shift = whole_pair("rshift", ops.bitwise_right_shift)


def copysign(input: Any, other: Any) -> Tensor:
    """|input| with the sign of `other`, also that of zero."""
    x = floating(input)
    size = ops.abs(cast(x, dtypes.result_type(x, floating(other) if is_tensor(other) else float(other))))
    minus = signbit(other) if is_tensor(other) else mindspore.Tensor(math.copysign(1.0, other) < 0)
    found: Tensor = unmoved(as_tensor(ops.where(minus, ops.neg(size), size)), other)
    return found


def host_pair(function: Any, x: Any, y: Any) -> Any:
    """A NumPy function without a gradient, computed on the host."""
    array = x.asnumpy() if is_tensor(x) else x
    other = y.asnumpy() if is_tensor(y) else array.dtype.type(y)
    return mindspore.Tensor(np.asarray(function(array, other)))


def float_power(input: Any, exponent: Any) -> Tensor:
    """input ** exponent in float64 or complex128."""
    pair = [one if is_tensor(one) else as_tensor(mindspore.Tensor(np.array(one))) for one in (input, exponent)]
    complexes = any(one.dtype.category == dtypes.COMPLEX for one in pair)
    return pow(*(cast(one, dtypes.complex128 if complexes else dtypes.float64) for one in pair))


def ldexp(input: Any, other: Any) -> Tensor:
    """input · 2 ** other."""
    return mul(input, pow(2.0, other))


def frac(input: Any) -> Tensor:
    """The part after the point."""
    if input.dtype.category < dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"frac_cpu\" not implemented for '{input.dtype.tensor_type}'")
    found: Tensor = as_tensor(ops.sub(input, ops.stop_gradient(ops.trunc(input))))
    return found


def sgn(input: Any) -> Tensor:
    """The sign; of a complex number, the number of length 1 in its direction, or 0."""
    if input.dtype.category != dtypes.COMPLEX:
        return sign(input)
    size = complexes.length(input)
    zero = ops.equal(size, 0)
    found: Tensor = div(input, as_tensor(ops.where(zero, ops.ones_like(size), size)))
    return found


def sign(input: Any) -> Tensor:
    if input.dtype.category == dtypes.COMPLEX:
        raise invalid(
            NotImplementedError, "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead."
        )
    if input.dtype == dtypes.bool_:
        copied: Tensor = input.clone()
        return copied
    if input.dtype in (dtypes.uint8, dtypes.int8, dtypes.int16):
        narrow: Tensor = cast(as_tensor(ops.sign(cast(input, dtypes.int32))), input.dtype)
        return narrow
    found: Tensor = as_tensor(steps.stepped(ops.sign, input))
    return found


def signbit(input: Any) -> Tensor:
    """Whether the sign is minus, also that of zero."""
    if input.dtype.category < dtypes.FLOAT:
        below: Tensor = input < 0
        return below
    # MindSpore's kernel does not see the sign of zero.
    found: Tensor = as_tensor(mindspore.Tensor(np.signbit(host(input))) if engine.ON_CPU else ops.signbit(input))
    return found


def positive(input: Any) -> Tensor:
    if input.dtype == dtypes.bool_:
        raise invalid(RuntimeError, "The `+` operator, on a bool tensor is not supported.")
    found: Tensor = input
    return found


def deg2rad(input: Any) -> Tensor:
    return mul(floating(input), math.pi / 180)


def rad2deg(input: Any) -> Tensor:
    return mul(floating(input), 180 / math.pi)


def nan_to_num(input: Any, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """NaN as `nan`, or 0; the infinities as these numbers, or the largest and smallest of the dtype."""
    if input.dtype.category < dtypes.FLOAT:
        copied: Tensor = input.clone()
        return copied
    largest = 65504.0 if input.dtype == dtypes.float16 else float(np.finfo(input.dtype.name).max)
    high, low = (largest if posinf is None else posinf), (-largest if neginf is None else neginf)
    found: Any = input
    for places, value in ((ops.isnan(input), nan or 0.0), (ops.equal(input, math.inf), high), (ops.equal(input, -math.inf), low)):
        found = ops.where(places, as_tensor(mindspore.Tensor(np.array(value, input.dtype.name))), found)
    filled: Tensor = as_tensor(found)
    return filled


def clamp_min(input: Any, min: Any) -> Tensor:
    found: Tensor = input.clamp(min=min)
    return found


def clamp_max(input: Any, max: Any) -> Tensor:
    found: Tensor = input.clamp(max=max)
    return found


def square(input: Any) -> Tensor:
    return pow(input, 2) if input.dtype == dtypes.bool_ else mul(input, input)


def round(input: Any, *, decimals: int = 0) -> Tensor:
    """The nearest integer, halves to the even one; with `decimals`, so many places after the point."""
    if input.dtype.category < dtypes.FLOAT:
        copied: Tensor = input.clone()
        return copied
    if not decimals:
        found: Tensor = as_tensor(steps.stepped(ops.round, input))
        return found
    scale = 10.0 ** builtin_abs(decimals)
    rounded = steps.stepped(ops.round, mul(input, scale) if decimals > 0 else div(input, scale))
    return div(as_tensor(rounded), scale) if decimals > 0 else mul(as_tensor(rounded), scale)


builtin_abs = abs


def real(input: Any) -> Tensor:
    """The real part; of a real tensor, the tensor itself."""
    found: Tensor = input if input.dtype.category != dtypes.COMPLEX else as_tensor(complexes.part(input, False))
    return found


def imag(input: Any) -> Tensor:
    """The imaginary part; RuntimeError for a real tensor."""
    if input.dtype.category != dtypes.COMPLEX:
        raise invalid(RuntimeError, "imag is not implemented for tensors with non-complex dtypes.")
    if not input.numel():
        kind = dtypes.float64 if input.dtype == dtypes.complex128 else dtypes.float32
        empty: Tensor = unmoved(as_tensor(ops.zeros(tuple(input.shape), kind)), input)
        return empty
    found: Tensor = as_tensor(complexes.part(input, True))
    return found


def conj(input: Any) -> Tensor:
    """The conjugates; a real tensor, or one without elements, which MindSpore does not take, is its own."""
    found: Tensor = as_tensor(complexes.conj(input)) if input.dtype.category == dtypes.COMPLEX and input.numel() else input
    return found


def resolved(input: Any) -> Tensor:
    """`input`: conjugation and negation are never put off here."""
    found: Tensor = input
    return found


def angle(input: Any) -> Tensor:
    """The angle of a complex number; of a real one, 0 or π."""
    if input.dtype.category == dtypes.COMPLEX:
        found: Tensor = as_tensor(ops.atan2(complexes.part(input, True), complexes.part(input, False)))
        return found
    x = floating(input)
    flat = ops.where(ops.less(x, 0), cast(as_tensor(mindspore.Tensor(math.pi)), x.dtype), cast(as_tensor(mindspore.Tensor(0.0)), x.dtype))
    turned: Tensor = as_tensor(ops.where(ops.isnan(x), x, flat))
    return turned


def complex(real: Any, imag: Any) -> Tensor:
    """real + i · imag; RuntimeError unless both have one floating-point dtype."""
    if real.dtype not in (dtypes.float32, dtypes.float64, dtypes.float16):
        raise invalid(
            RuntimeError,
            f"Expected both inputs to be Half, Float or Double tensors but got {real.dtype.tensor_type} and {imag.dtype.tensor_type}",
        )
    if real.dtype != imag.dtype:
        raise invalid(
            RuntimeError,
            f"Expected object of scalar type {real.dtype.tensor_type} but got scalar type {imag.dtype.tensor_type} for second argument",
        )
    shape = np.broadcast_shapes(tuple(real.shape), tuple(imag.shape))
    if 0 in shape:
        nothing: Tensor = complexes.NoComplex.apply(real, imag, shape)
        return nothing
    pair = (one if tuple(one.shape) == shape else ops.broadcast_to(one, shape) for one in (real, imag))
    found: Tensor = as_tensor(complexes.joined(*pair))
    return found


def polar(abs: Any, angle: Any) -> Tensor:
    """The complex number of this length and angle."""
    return complex(mul(abs, angle.cos()), mul(abs, angle.sin()))


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """other - alpha · input."""
    return sub(other, input, alpha=alpha)


def frexp(input: Any) -> Any:
    """(mantissa, exponent) with input = mantissa · 2 ** exponent and 0.5 ≤ |mantissa| < 1."""
    exponent = np.frexp(input.asnumpy())[1]
    scale = as_tensor(mindspore.Tensor(np.ldexp(np.ones_like(input.asnumpy()), -exponent)))
    return Frexp(mul(input, scale), as_tensor(mindspore.Tensor(exponent.astype(np.int32))))
