"""mindspore.numpy: functions of each element, of one operand or of two that are broadcast.

A table says for each name what it computes, in which types, and whether Python's numbers and lists are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.matrices import tensor_method
from compat.mindspore_on_torch.numpy.operands import cast, common, floating, no_bool, only_floating, plain, trigonometric

torch: Any = frameworks.load("torch")

__all__ = [
    "abs", "absolute", "add", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "around", "bitwise_and",
    "bitwise_not", "bitwise_or", "bitwise_xor", "cbrt", "ceil", "clip", "copysign", "cos", "cosh", "deg2rad", "divide", "divmod",
    "exp", "exp2", "expm1", "fabs", "fix", "float_power", "floor", "floor_divide", "fmod", "gcd", "heaviside", "hypot", "invert",
    "lcm", "log", "log10", "log1p", "log2", "logaddexp", "logaddexp2", "maximum", "minimum", "mod", "multiply", "negative",
    "positive", "power", "rad2deg", "radians", "reciprocal", "remainder", "rint", "round", "sign", "sin", "sinh", "sqrt", "square",
    "subtract", "tan", "tanh", "true_divide", "trunc",
]  # fmt: skip

Operand = Callable[[Any], Any]


def tensor(value: Any) -> Any:
    """A Tensor, or TypeError."""
    operands.tensors(value)
    return value


def through_int64(operation: Callable[..., Any], *values: Any) -> Any:
    """The operation, on uint16 and uint32, for which PyTorch has few kernels, by way of int64."""
    kind = values[0].dtype
    if kind is not torch.uint16 and kind is not torch.uint32:
        return operation(*values)
    result = operation(*(value.long() for value in values))
    return result.to(kind) if result.dtype is torch.int64 else result


def unary(name: str, about: str, operation: Operand, takes: Operand = operands.array) -> Callable[..., Any]:
    """The public function `name(x, dtype=None)`."""

    def function(x: Any, dtype: Any = None) -> Any:
        return cast(through_int64(operation, takes(x)), dtype)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{about}, element by element; in the type `dtype` if one is given."
    return plain(function)


def method(name: str) -> Operand:
    """What must be a Tensor because its method is called."""
    return lambda value: tensor_method(value, name)


def in_single(operation: Operand) -> Operand:
    """In float32, whatever the operand has."""
    return lambda x: operation(x.float())


def half_or_single(operation: Operand) -> Operand:
    """In float32, and float16 where the operand is."""
    return lambda x: operation(x if x.dtype is torch.float16 else x.float())


def angle(name: str, about: str, operation: Operand) -> Callable[..., Any]:
    return unary(name, about, lambda x: operation(trigonometric(x)), tensor)


def exact(name: str, about: str, operation: Operand, takes: Operand = operands.array) -> Callable[..., Any]:
    return unary(name, about, lambda x: operation(only_floating(x)), takes)


sin, cos, tan = angle("sin", "Sine", torch.sin), angle("cos", "Cosine", torch.cos), angle("tan", "Tangent", torch.tan)
arcsin, arctan = angle("arcsin", "Inverse sine", torch.asin), angle("arctan", "Inverse tangent", torch.atan)
sinh, cosh = angle("sinh", "Hyperbolic sine", torch.sinh), angle("cosh", "Hyperbolic cosine", torch.cosh)
tanh, arcsinh = angle("tanh", "Hyperbolic tangent", torch.tanh), angle("arcsinh", "Inverse hyperbolic sine", torch.asinh)
arccosh = angle("arccosh", "Inverse hyperbolic cosine", torch.acosh)
arctanh = angle("arctanh", "Inverse hyperbolic tangent", torch.atanh)
deg2rad = unary("deg2rad", "Degrees as radians", lambda x: torch.deg2rad(floating(x)), tensor)
radians = unary("radians", "Degrees as radians", lambda x: torch.deg2rad(floating(x)), tensor)
rad2deg = unary("rad2deg", "Radians as degrees", lambda x: torch.rad2deg(floating(x)), tensor)

exp, expm1 = exact("exp", "The exponential", torch.exp), exact("expm1", "The exponential less 1", torch.expm1)
log, log1p = exact("log", "The natural logarithm", torch.log), exact("log1p", "The natural logarithm of 1 + x", torch.log1p)
log2 = exact("log2", "The logarithm to base 2", torch.log2, method("log2"))
log10 = exact("log10", "The logarithm to base 10", torch.log10, method("log10"))
floor, rint = exact("floor", "The integer below", torch.floor), exact("rint", "The nearest integer, even in between", torch.round)
ceil = unary("ceil", "The integer above, as float32", in_single(torch.ceil))
trunc = unary("trunc", "The integer towards zero, as float16 or float32", half_or_single(torch.trunc))
exp2 = unary("exp2", "The power of 2", lambda x: two_to_the(counting(x)))
sqrt = unary("sqrt", "The square root", lambda x: torch.sqrt(floating(x)))
cbrt = unary("cbrt", "The cube root", lambda x: cube_root(x if x.dtype is torch.float64 else x.float()))
square = unary("square", "The square", lambda x: torch.square(no_bool(x)))
sign = unary("sign", "-1, 0 or 1, as float32 for integers", lambda x: signs(floating(no_bool(x))))
invert = unary("invert", "Every bit of an integer inverted", lambda x: torch.bitwise_not(no_bool(x)))
bitwise_not = unary("bitwise_not", "Every bit of an integer inverted", lambda x: torch.bitwise_not(no_bool(x)))
abs, absolute, fabs = (
    unary(name, "The absolute value", lambda x: x if x.dtype is torch.bool else torch.abs(x), method(name))
    for name in ("abs", "absolute", "fabs")
)
reciprocal = unary("reciprocal", "1 / x, of which integers have the whole part", lambda x: one_over(counting(x)))


def counting(x: Any) -> Any:
    """bool as int64."""
    return x.long() if x.dtype is torch.bool else x


def two_to_the(x: Any) -> Any:
    return torch.exp2(x) if x.is_floating_point() else powers(torch.full_like(x, 2), x)


def one_over(x: Any) -> Any:
    """Of integers the whole part, which for 0 is the largest integer."""
    if x.is_floating_point():
        return torch.reciprocal(x)
    whole = torch.where(torch.abs(x) == 1, x, 0)
    return torch.where(x == 0, torch.iinfo(x.dtype).max, whole).to(x.dtype)


def signs(x: Any) -> Any:
    return torch.where(torch.isnan(x), x, torch.sgn(x))


def cube_root(x: Any) -> Any:
    return torch.sgn(x) * torch.pow(torch.abs(x), 1 / 3)


@plain
def arccos(input: Any, dtype: Any = None) -> Any:
    """Inverse cosine, element by element; in the type `dtype` if one is given."""
    return cast(torch.acos(trigonometric(tensor(input))), dtype)


@plain
def negative(a: Any, dtype: Any = None) -> Any:
    """The number with the other sign, element by element; in the type `dtype` if one is given."""
    return cast(through_int64(torch.neg, no_bool(operands.array(a))), dtype)


@plain
def positive(a: Any, dtype: Any = None) -> Any:
    """A copy of the number, element by element; in the type `dtype` if one is given. TypeError for what is no tensor."""
    return cast(no_bool(tensor(a)).clone(), dtype)


@plain
def fix(x: Any) -> Any:
    """The integer towards zero, as float16 or float32."""
    return half_or_single(torch.trunc)(tensor(x))


def rounded(a: Any, decimals: int) -> Any:
    found = operands.wide(a)
    if operands.integer("decimals", decimals) < 0:
        raise errors.invalid(ValueError, "decimals < 0 is not supported")
    return torch.round(found, decimals=decimals) if found.is_floating_point() else no_bool(found)


@plain
def around(a: Any, decimals: int = 0) -> Any:
    """Rounded to so many decimals, to even in between; integers stay as they are."""
    return rounded(a, decimals)


@plain
def round(a: Any, decimals: int = 0) -> Any:
    """Rounded to so many decimals, to even in between; integers stay as they are."""
    return rounded(a, decimals)


def binary(
    name: str, about: str, operation: Callable[[Any, Any], Any], strict: bool = False, each: Operand | None = None
) -> Callable[..., Any]:  # fmt: skip
    """The public function `name(x1, x2, dtype=None)` of operands in their common type.

    `each` is applied to either before; `strict`: Python's numbers and lists are refused.
    """

    def function(x1: Any, x2: Any, dtype: Any = None) -> Any:
        if strict:
            operands.tensors(x1, x2)
        found = operands.arrays(x1, x2)
        return cast(through_int64(operation, *common(*(found if each is None else map(each, found)))), dtype)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{about}, element by element, with broadcasting; in the type `dtype` if one is given."
    return plain(function)


def powers(base: Any, exponent: Any) -> Any:
    """PyTorch refuses negative powers of integers, of which MindSpore has the whole part."""
    if base.is_floating_point() or base.dtype is torch.bool:
        return torch.pow(base, exponent)
    whole = torch.where(torch.abs(base) == 1, torch.pow(base, torch.abs(exponent)), 0)
    return torch.where(exponent < 0, whole, torch.pow(base, exponent.clamp(min=0))).to(base.dtype)


def ratio(x1: Any, x2: Any) -> Any:
    """float32, unless one of the operands is float16 or float32: then their common type."""
    narrow = (torch.float16, torch.float32)
    return torch.true_divide(*common(x1, x2)) if x1.dtype in narrow or x2.dtype in narrow else torch.true_divide(x1.float(), x2.float())


def below(x1: Any, x2: Any) -> Any:
    return torch.floor(torch.true_divide(x1, x2)) if x1.is_floating_point() else torch.floor_divide(x1, x2)


def step(x1: Any, x2: Any) -> Any:
    return torch.where(x1 < 0, 0, torch.where(x1 > 0, 1, x2)).to(x2.dtype)


def divisor(x1: Any, x2: Any) -> Any:
    """The greatest common divisor, of fractions as well, by Euclid's algorithm."""
    if x1.dtype is torch.bool:
        return torch.logical_or(x1, x2)
    if not x1.is_floating_point():
        return torch.gcd(x1, x2)
    one, other = torch.broadcast_tensors(torch.abs(x1), torch.abs(x2))
    going = torch.isfinite(one) & torch.isfinite(other)
    while bool((going := going & (other > 0)).any()):
        one, other = torch.where(going, other, one), torch.where(going, torch.remainder(one, other), other)
    return one


def multiple(x1: Any, x2: Any) -> Any:
    if x1.dtype is torch.bool:
        return torch.logical_and(x1, x2)
    if not x1.is_floating_point():
        return torch.lcm(x1, x2)
    shared = divisor(x1, x2)
    return torch.where(shared == 0, 0, torch.abs(x1 * x2) / shared).to(x1.dtype)


add, subtract = (
    binary("add", "The sum", torch.add),
    binary("subtract", "The difference", lambda a, b: torch.sub(no_bool(a), b)),
)
multiply = binary("multiply", "The product", torch.mul, strict=True)
power = binary("power", "x1 to the power of x2", powers)
float_power = binary("float_power", "x1 to the power of x2, as float32", torch.pow, strict=True, each=lambda x: x.float())
floor_divide = binary("floor_divide", "The largest integer below x1 / x2", below)
remainder = binary("remainder", "The rest of the division, with the sign of x2", torch.remainder)
mod = binary("mod", "The rest of the division, with the sign of x2", torch.remainder)
fmod = binary("fmod", "The rest of the division, with the sign of x1", torch.fmod)
hypot = binary(
    "hypot", "The hypotenuse of a right triangle with these legs", lambda a, b: torch.hypot(floating(a), floating(b)), each=no_bool
)  # fmt: skip
heaviside = binary("heaviside", "0 where x1 is negative, 1 where it is positive, else x2", step)
arctan2 = binary("arctan2", "The angle of the point (x2, x1)", torch.atan2, strict=True, each=trigonometric)
gcd, lcm = binary("gcd", "The greatest common divisor", divisor), binary("lcm", "The least common multiple", multiple)
logaddexp = binary("logaddexp", "log(exp(x1) + exp(x2))", torch.logaddexp, each=only_floating)
logaddexp2 = binary("logaddexp2", "log2(2 ** x1 + 2 ** x2)", lambda a, b: torch.logaddexp2(only_floating(a), b), strict=True)
bitwise_and, bitwise_or = (
    binary("bitwise_and", "The bits of both", torch.bitwise_and),
    binary("bitwise_or", "The bits of any", torch.bitwise_or),
)
bitwise_xor = binary("bitwise_xor", "The bits of just one", torch.bitwise_xor)


def quotient(name: str) -> Callable[..., Any]:
    def function(x1: Any, x2: Any, dtype: Any = None) -> Any:
        return cast(ratio(*operands.arrays(x1, x2)), dtype)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = "x1 / x2, element by element: float32, or the common type with float16 or float32; `dtype` if one is given."
    return plain(function)


divide, true_divide = quotient("divide"), quotient("true_divide")


@plain
def copysign(x1: Any, x2: Any, dtype: Any = None) -> Any:
    """The size of x1 with the sign of x2, in the type of x1; in the type `dtype` if one is given."""
    one, other = (no_bool(each) for each in operands.arrays(x1, x2))
    size = torch.abs(one)
    return cast(torch.where(other < 0, -size, size), dtype)


@plain
def divmod(x1: Any, x2: Any, dtype: Any = None) -> tuple[Any, Any]:
    """(floor_divide(x1, x2), remainder(x1, x2)). TypeError for lists."""
    for value in (x1, x2):
        if not isinstance(value, (torch.Tensor, int, float)):
            raise errors.invalid(TypeError, f"a Tensor or a number is needed, but got {type(value).__name__}")
    one, other = common(*operands.arrays(x1, x2))
    return tuple(operands.named(through_int64(each, one, other), dtype) for each in (below, torch.remainder))


def beside(value: Any, other: Any) -> Any:
    """A number in the type of the tensor that it is compared with; TypeError for what is no array-like."""
    if not isinstance(other, torch.Tensor) or isinstance(value, (torch.Tensor, list, tuple)):
        return operands.array(value, getattr(other, "device", None))
    return operands.array(value, other.device).to(other.dtype)


def extreme(name: str, about: str, operation: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def function(x1: Any, x2: Any, dtype: Any = None) -> Any:
        return cast(through_int64(operation, *common(beside(x1, x2), beside(x2, x1))), dtype)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{about}, element by element; NaN where either is. A number takes the type of the tensor beside it."
    return plain(function)


maximum, minimum = extreme("maximum", "The larger", torch.maximum), extreme("minimum", "The smaller", torch.minimum)


@plain
def clip(x: Any, xmin: Any, xmax: Any, dtype: Any = None) -> Any:
    """The elements moved into [xmin, xmax], of which one may be None. MindSpore reads `dtype` where one of these is a tensor."""
    found = operands.array(x)
    if xmin is None and xmax is None:
        raise errors.invalid(ValueError, "one of xmin and xmax must be given")
    if xmin is not None:
        found = torch.maximum(*common(found, beside(xmin, found)))
    if xmax is not None:
        found = torch.minimum(*common(found, beside(xmax, found)))
    return cast(found, dtype) if isinstance(xmin, torch.Tensor) or isinstance(xmax, torch.Tensor) else found
