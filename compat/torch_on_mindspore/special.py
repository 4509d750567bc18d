"""Special functions. Those that MindSpore has not, or not exactly, are computed on the host by SciPy, on which MindSpore depends."""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, engine, operands
from compat.torch_on_mindspore.arithmetic import TABLED, add, common, floating, is_tensor, mul, sub
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.factorizations import summed
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.functional import softmax
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

ops = mindspore.ops


@functools.cache
def scipy_special() -> Any:
    return importlib.import_module("scipy.special")


def elementwise(
    name: str, forward: Callable[..., Any], slope: Callable[..., Any] | None = None, recorded: Callable[[Any, Any], Any] | None = None
) -> Callable[..., Tensor]:
    """A function on the host: `forward(special, x)`, with the derivative `slope(special, x, y)`; without it there is none.

    `recorded(x, y)` is the derivative as a tensor, in operations that can be differentiated again; without it, it can't be.
    """

    class Computed(Function):
        twice_differentiable = slope is None or recorded is not None

        @staticmethod
        def forward(ctx: Any, input: Any) -> Any:
            x = host(input).astype(np.float64)
            with np.errstate(all="ignore"):
                y = np.asarray(forward(scipy_special(), x), np.float64)
            ctx.known = x, y
            ctx.save_for_backward(input)
            return mindspore.Tensor(y.astype(input.dtype.name))

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            if slope is None:
                raise invalid(NotImplementedError, f"the derivative for '{name}' is not implemented")
            if recorded is not None and engine.grad_enabled():
                (input,) = map(as_tensor, ctx.saved_tensors)
                return gradient * recorded(input, Computed.apply(input))
            with np.errstate(all="ignore"):
                rate = np.asarray(slope(scipy_special(), *ctx.known))
            return ops.mul(gradient, mindspore.Tensor(rate.astype(gradient.dtype.name if hasattr(gradient.dtype, "name") else np.float32)))

    def function(input: Any) -> Tensor:
        x = floating(input)
        if x.dtype == dtypes.bfloat16:
            narrow: Tensor = cast(function(cast(x, dtypes.float32)), dtypes.bfloat16)
            return narrow
        if x.dtype.category != dtypes.FLOAT:
            raise invalid(NotImplementedError, f"\"{name}\" not implemented for '{x.dtype.tensor_type}'")
        found: Tensor = Computed.apply(x)
        return found

    function.__name__ = function.__qualname__ = name
    return function


def off_zero(x: Any, function: Callable[[Any], Any], at_zero: Any) -> Any:
    """`function(x)`, and `at_zero`, which has the derivative of `function` there, where x is 0."""
    zero = x == 0
    rest = function(x.masked_fill(zero, 1))
    at_zero = at_zero if is_tensor(at_zero) else x.new_tensor(at_zero)
    return at_zero.where(zero, rest)


Elementwise = Callable[..., Tensor]

ROOT_PI = math.sqrt(math.pi)
ROOT_2_PI = math.sqrt(2 * math.pi)
lgamma = elementwise("lgamma", lambda s, x: s.gammaln(x), lambda s, x, y: s.digamma(x), lambda x, y: digamma(x))
digamma: Elementwise = elementwise(
    "digamma", lambda s, x: np.where(x == 0, np.copysign(np.inf, -x), s.digamma(x)), lambda s, x, y: s.polygamma(1, x),
    lambda x, y: polygamma(1, x),
)  # fmt: skip
erfinv = elementwise(
    "erfinv", lambda s, x: s.erfinv(x), lambda s, x, y: ROOT_PI / 2 * np.exp(y * y), lambda x, y: (y * y).exp() * (ROOT_PI / 2)
)
sinc: Elementwise = elementwise(
    "sinc", lambda s, x: np.sinc(x), lambda s, x, y: np.where(x == 0, 0, (np.cos(np.pi * x) - y) / np.where(x == 0, 1, x)),
    lambda x, y: off_zero(x, lambda safe: ((safe * math.pi).cos() - sinc(safe)) / safe, x * (-math.pi**2 / 3)),
)  # fmt: skip
i0 = elementwise("i0", lambda s, x: s.i0(x), lambda s, x, y: s.i1(x), lambda x, y: i1(x))
i0e = elementwise("i0e", lambda s, x: s.i0e(x), lambda s, x, y: s.i1e(x) - np.sign(x) * y, lambda x, y: i1e(x) - x.sign() * y)
i1: Elementwise = elementwise(
    "i1", lambda s, x: s.i1(x), lambda s, x, y: np.where(x == 0, 0.5, s.i0(x) - y / np.where(x == 0, 1, x)),
    lambda x, y: off_zero(x, lambda safe: i0(safe) - i1(safe) / safe, 0.5),
)  # fmt: skip
i1e: Elementwise = elementwise(
    "i1e", lambda s, x: s.i1e(x), lambda s, x, y: np.where(x == 0, 0.5, s.i0e(x) - y * (np.sign(x) + 1 / np.where(x == 0, 1, x))),
    lambda x, y: off_zero(x, lambda safe: i0e(safe) - i1e(safe) * (safe.sign() + 1 / safe), 0.5),
)  # fmt: skip
erfcx = elementwise("erfcx", lambda s, x: s.erfcx(x), lambda s, x, y: 2 * x * y - 2 / ROOT_PI, lambda x, y: x * y * 2 - 2 / ROOT_PI)
ndtr = elementwise(
    "ndtr", lambda s, x: s.ndtr(x), lambda s, x, y: np.exp(-x * x / 2) / ROOT_2_PI, lambda x, y: (x * x * -0.5).exp() / ROOT_2_PI
)
ndtri = elementwise(
    "ndtri", lambda s, x: s.ndtri(x), lambda s, x, y: ROOT_2_PI * np.exp(y * y / 2), lambda x, y: (y * y * 0.5).exp() * ROOT_2_PI
)
log_ndtr = elementwise(
    "log_ndtr", lambda s, x: s.log_ndtr(x), lambda s, x, y: math.sqrt(2 / math.pi) / s.erfcx(-x / math.sqrt(2)),
    lambda x, y: math.sqrt(2 / math.pi) / erfcx(x * -math.sqrt(0.5)),
)  # fmt: skip
entr = elementwise("entr", lambda s, x: s.entr(x), lambda s, x, y: np.where(x < 0, np.nan, -np.log(x) - 1), lambda x, y: -x.log() - 1)
bessel_j0 = elementwise("bessel_j0", lambda s, x: s.j0(x))
bessel_j1 = elementwise("bessel_j1", lambda s, x: s.j1(x))
bessel_y0 = elementwise("bessel_y0", lambda s, x: s.y0(x))
bessel_y1 = elementwise("bessel_y1", lambda s, x: s.y1(x))


modified_bessel_i0 = elementwise("modified_bessel_i0", lambda s, x: s.i0(x))
modified_bessel_i1 = elementwise("modified_bessel_i1", lambda s, x: s.i1(x))
modified_bessel_k0 = elementwise("modified_bessel_k0", lambda s, x: s.k0(x))
modified_bessel_k1 = elementwise("modified_bessel_k1", lambda s, x: s.k1(x))


def of_x(operation: Elementwise) -> Elementwise:
    """`operation` with its argument called x, as PyTorch calls that of a few."""

    def function(x: Any) -> Tensor:
        return operation(x)

    function.__name__ = function.__qualname__ = operation.__name__
    return function


scaled_modified_bessel_k0 = of_x(elementwise("scaled_modified_bessel_k0", lambda s, x: s.k0e(x)))
scaled_modified_bessel_k1 = of_x(elementwise("scaled_modified_bessel_k1", lambda s, x: s.k1e(x)))
spherical_bessel_j0 = of_x(elementwise("spherical_bessel_j0", lambda s, x: np.where(np.isinf(x), 0, np.sinc(x / np.pi))))
airy_ai = of_x(elementwise("airy_ai", lambda s, x: np.where(np.isinf(x), np.nan, s.airy(x)[0])))


def degree_of(n: Any) -> int:
    whole = isinstance(n, (int, np.integer)) or (is_tensor(n) and n.numel() == 1 and n.dtype.category == dtypes.INTEGER)
    if not whole or isinstance(n, bool):
        raise invalid(TypeError, f"polygamma(): argument 'n' must be int, not {operands.kind_of(n)}")
    return int(n)


def polygamma(n: int, input: Any) -> Tensor:
    """The n-th derivative of digamma; TypeError unless `n` is an integer, which a tensor may hold."""
    n = degree_of(n)
    if n < 0:
        raise invalid(RuntimeError, "polygamma(n, x) does not support negative n.")
    return elementwise(
        "polygamma", lambda s, x: s.polygamma(n, x), lambda s, x, y: s.polygamma(n + 1, x), lambda x, y: polygamma(n + 1, x)
    )(input)


def mvlgamma(input: Any, p: int) -> Tensor:
    """The logarithm of the multivariate gamma function of p dimensions."""
    if p < 1:
        raise invalid(RuntimeError, "p has to be greater than or equal to 1")
    found: Any = p * (p - 1) / 4 * math.log(math.pi)
    for place in range(p):
        found = add(lgamma(sub(input, place / 2)), found)
    result: Tensor = found
    return result


def logaddexp(input: Any, other: Any) -> Tensor:
    """log(exp(input) + exp(other))."""
    return log_sum("logaddexp", TABLED["exp"], TABLED["log1p"], 1.0, input, other)


def logaddexp2(input: Any, other: Any) -> Tensor:
    """log2(2 ** input + 2 ** other)."""
    return log_sum("logaddexp2", TABLED["exp"], TABLED["log1p"], math.log(2.0), input, other)


def log_sum(name: str, exp: Any, log1p: Any, scale: float, input: Any, other: Any) -> Tensor:
    first, second = common(input, other)
    if first.dtype.category != dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"{name}_cpu\" not implemented for '{first.dtype.tensor_type}'")
    larger = as_tensor(ops.where(ops.greater_equal(first, second), first, second))
    smaller = as_tensor(ops.where(ops.greater_equal(first, second), second, first))
    # Equal infinities have no difference.
    same = ops.logical_and(ops.equal(first, second), ops.logical_not(ops.isfinite(first)))
    gap = mul(sub(smaller, larger), scale)
    gap = as_tensor(ops.where(same, ops.zeros_like(gap), gap))
    extra = log1p(exp(gap)) / scale
    found: Tensor = as_tensor(ops.where(same, larger, add(larger, extra)))
    return found


def logarithmic(name: str, logarithm: Any, pole: float) -> Any:
    """x · log(y), or its like that is infinite at `pole`, with 0 wherever x is 0 and y is a number."""

    def function(input: Any, other: Any) -> Any:
        pair = [floating(one) if is_tensor(one) else one for one in (input, other)]
        kind = dtypes.result_type(*pair)
        x, y = (cast(one if is_tensor(one) else as_tensor(mindspore.Tensor(np.array(one, kind.name))), kind) for one in pair)
        # Only where the product would be nan: elsewhere the gradient by an x of 0 is log(y).
        none = ops.logical_and(ops.equal(x, 0), ops.logical_or(ops.less_equal(y, pole), ops.equal(y, math.inf)))
        safe = as_tensor(ops.where(none, ops.ones_like(y), y))
        product = mul(x, logarithm(safe))
        return as_tensor(ops.where(none, ops.zeros_like(product), product))

    function.__name__ = function.__qualname__ = name
    return function


xlogy = logarithmic("xlogy", TABLED["log"], 0.0)
xlog1py = logarithmic("xlog1py", TABLED["log1p"], -1.0)


def logit(input: Any, eps: float | None = None) -> Tensor:
    """log(x / (1 - x)), of x held between eps and 1 - eps."""
    x = floating(input)
    if eps is not None:
        low, high = (as_tensor(mindspore.Tensor(np.array(one, x.dtype.name))) for one in (eps, 1 - eps))
        x = as_tensor(ops.where(ops.less(x, low), low, ops.where(ops.greater(x, high), high, x)))
    return TABLED["log"](x / (1 - x))  # type: ignore[no-any-return]


def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    """The logarithm of softmax along `dim`."""
    found: Tensor = softmax.log_softmax_along(input, dim, dtype)
    return found


def pair_on_host(name: str, forward: Callable[..., Any], slope: Callable[..., Any]) -> Callable[..., Tensor]:
    """A function of two operands, one of which may be a number, on the host: `forward(special, x, y)`.

    `slope(special, x, y)` is the derivative by the second operand; that by the first is not implemented, as in PyTorch.
    """

    class Computed(Function):
        @staticmethod
        def forward(ctx: Any, first: Any, second: Any) -> Any:
            ctx.known = x, y = host(first), host(second)
            with np.errstate(all="ignore"):
                found = np.asarray(forward(scipy_special(), x, y))
            return mindspore.Tensor(found.astype(x.dtype.name))

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            x, y = ctx.known
            with np.errstate(all="ignore"):
                rate = np.asarray(slope(scipy_special(), x.astype(np.float64), y.astype(np.float64)))
            return None, mindspore.Tensor(summed(host(gradient) * rate, y.shape).astype(y.dtype.name))

    def function(input: Any, other: Any) -> Tensor:
        kind = dtypes.result_type(*(floating(one) if is_tensor(one) else one for one in (input, other)))
        first, second = (one if is_tensor(one) else as_tensor(mindspore.Tensor(np.array(one, kind.name))) for one in (input, other))
        first, second = (floating(one) for one in common(first, second))
        if first.requires_grad:
            raise invalid(NotImplementedError, f"the derivative for '{name}' is not implemented")
        if first.dtype == dtypes.bfloat16:
            narrow: Tensor = cast(function(cast(first, dtypes.float32), cast(second, dtypes.float32)), dtypes.bfloat16)
            return narrow
        found: Tensor = Computed.apply(first, second)
        return found

    function.__name__ = function.__qualname__ = name
    return function


def gamma_density(special: Any, a: Any, x: Any) -> Any:
    """The density of the gamma distribution: the derivative of the regularized lower incomplete gamma function by its bound."""
    return np.exp((a - 1) * np.log(x) - x - special.gammaln(a))


igamma = pair_on_host("igamma", lambda s, a, x: s.gammainc(a, x), gamma_density)
igammac = pair_on_host("igammac", lambda s, a, x: s.gammaincc(a, x), lambda s, a, x: -gamma_density(s, a, x))
zeta = pair_on_host("zeta", lambda s, x, q: s.zeta(x, q), lambda s, x, q: -x * s.zeta(x + 1, q))
