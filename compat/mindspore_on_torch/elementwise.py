"""Element by element: arithmetic with MindSpore's type promotion, comparison, the functions of one tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.meanings import plain_torch

torch: Any = frameworks.load("torch")


def promoted(left: Any, right: Any) -> tuple[Any, Any]:
    """The operands, with a 0-d tensor counting as much as any other in the type of the result.

    PyTorch lets `float16[2] + float32[]` stay float16; MindSpore makes it float32.
    """
    if not (isinstance(left, torch.Tensor) and isinstance(right, torch.Tensor)):
        return left, right
    with plain_torch():
        if left.dtype == right.dtype or (left.ndim == 0) == (right.ndim == 0):
            return left, right
        common = torch.result_type(left.reshape(-1)[:0], right.reshape(-1)[:0])
    return left.to(common), right.to(common)


def both_tensors(left: Any, right: Any) -> tuple[Any, Any]:
    """The operands for a function of PyTorch that takes no numbers."""
    return torch.as_tensor(left), torch.as_tensor(right)


def binary(name: str, operation: Callable[[Any, Any], Any], api: str = "") -> Callable[..., Any]:
    """`mindspore.ops.<name>` of two tensors, or a tensor and a number; ValueError for shapes that don't broadcast."""
    shown = api or f"mindspore.ops.{name}"

    def function(input: Any, other: Any) -> Any:
        left, right = promoted(input, other)
        try:
            return operation(left, right)
        except RuntimeError as error:
            raise errors.at_boundary(shown, error, ValueError, input=input, other=other) from error
        except TypeError as error:
            raise errors.at_boundary(shown, error, TypeError, input=input, other=other) from error

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{shown}: element by element, with broadcasting."
    return function


def unary(name: str) -> Callable[..., Any]:
    """The function `mindspore.ops.<name>` of one tensor."""
    operation = getattr(torch, name)

    def function(input: Any) -> Any:
        if not isinstance(input, torch.Tensor):
            raise errors.invalid(TypeError, f"mindspore.ops.{name}: input must be a Tensor, but got {type(input).__name__}")
        return operation(input)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"mindspore.ops.{name}: element by element."
    return function


magnitude, neg, square, rsqrt = unary("abs"), unary("neg"), unary("square"), unary("rsqrt")
root = unary("sqrt")
exp, log, sin, cos, erf = unary("exp"), unary("log"), unary("sin"), unary("cos"), unary("erf")
floor, ceil, isnan = unary("floor"), unary("ceil"), unary("isnan")
expm1 = unary("expm1")
relu, sigmoid, tanh, logical_not = unary("relu"), unary("sigmoid"), unary("tanh"), unary("logical_not")

add, sub, mul = binary("add", torch.add), binary("sub", torch.sub), binary("mul", torch.mul)
true_divide, power = binary("div", torch.true_divide), binary("pow", torch.pow)
floor_divide, remainder = binary("floor_divide", torch.floor_divide), binary("remainder", torch.remainder)
maximum = binary("maximum", lambda left, right: torch.maximum(*both_tensors(left, right)))
minimum = binary("minimum", lambda left, right: torch.minimum(*both_tensors(left, right)))
mint_maximum = binary("maximum", lambda left, right: torch.maximum(*both_tensors(left, right)), "mindspore.mint.maximum")
mint_minimum = binary("minimum", lambda left, right: torch.minimum(*both_tensors(left, right)), "mindspore.mint.minimum")
equal, not_equal = binary("equal", torch.eq), binary("not_equal", torch.ne)
greater, greater_equal = binary("greater", torch.gt), binary("greater_equal", torch.ge)
less, less_equal = binary("less", torch.lt), binary("less_equal", torch.le)
logical_and = binary("logical_and", lambda left, right: torch.logical_and(*both_tensors(left, right)))
logical_or = binary("logical_or", lambda left, right: torch.logical_or(*both_tensors(left, right)))


def abs(input: Any) -> Any:
    """mindspore.ops.abs: element by element; of complex numbers it is complex."""
    found = magnitude(input)
    return torch.complex(found, torch.zeros_like(found)) if torch.is_complex(input) else found


def absolute(input: Any) -> Any:
    """mindspore.ops.absolute: the same as abs."""
    return abs(input)


def pow(input: Any, exponent: Any) -> Any:
    """mindspore.ops.pow: element by element, with broadcasting."""
    return power(input, exponent)


def polygamma(n: Any, input: Any) -> Any:
    """mindspore.ops.polygamma: the orders in the integer tensor `n`, a number or a 0-d tensor."""
    if not isinstance(n, torch.Tensor) or n.dtype not in (torch.int32, torch.int64):
        raise errors.invalid(TypeError, f"mindspore.ops.polygamma: n must be a Tensor of int32 or int64, but got {type(n).__name__}")
    return torch.polygamma(int(n), input)


def sqrt(x: Any) -> Any:
    """mindspore.ops.sqrt: element by element."""
    return root(x)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """mindspore.ops.div: a true division unless `rounding_mode` is "floor" or "trunc"."""
    if rounding_mode is None:
        return true_divide(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise errors.invalid(ValueError, "For ops.div, rounding_mode value should be None, 'floor' or 'trunc'.")
    left, right = promoted(input, other)
    return torch.div(left, right, rounding_mode=rounding_mode)


def clip_by_value(x: Any, clip_value_min: Any = None, clip_value_max: Any = None) -> Any:
    """mindspore.ops.clip_by_value: every element moved into [min, max]; a tuple or list of tensors, one by one."""
    if clip_value_min is None and clip_value_max is None:
        raise errors.invalid(ValueError, "For 'clip_by_value', at least one of 'clip_value_min' or 'clip_value_max' must be given.")
    if isinstance(x, (tuple, list)):
        return type(x)(clip_by_value(item, clip_value_min, clip_value_max) for item in x)
    return torch.clamp(x, clip_value_min, clip_value_max)


def clip_by_norm(x: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False) -> Any:
    """mindspore.ops.clip_by_norm: a tensor, or all those of a list or tuple, scaled so that their joint norm is at most `max_norm`.

    RuntimeError for a norm that is not finite with `error_if_nonfinite`, ValueError for an empty list.
    """
    given = (x,) if isinstance(x, torch.Tensor) else tuple(x)
    if not given:
        raise errors.invalid(ValueError, "For 'clip_by_norm', the stack element num must be greater than or equal to 1, but got 0.")
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(each, norm_type) for each in given]), norm_type)
    if error_if_nonfinite and not bool(torch.isfinite(norm)):
        raise errors.invalid(RuntimeError, f"For clip_by_norm, the total norm of order {norm_type} from input is non-finite.")
    factor = max_norm / (norm + 1e-6)
    if not bool(factor < 1):
        return x
    scaled = tuple(each * factor for each in given)
    return scaled[0] if isinstance(x, torch.Tensor) else type(x)(scaled)


def where(condition: Any, input: Any, other: Any) -> Any:
    """mindspore.ops.where: `input` where the condition holds, `other` elsewhere."""
    return torch.where(condition, input, other)


def masked_fill(input_x: Any, mask: Any, value: Any) -> Any:
    """mindspore.ops.masked_fill: `value` where `mask` is true."""
    return torch.masked_fill(input_x, mask, value)


def gelu(input: Any, approximate: str = "none") -> Any:
    """mindspore.ops.gelu: with erf by default, unlike the layer nn.GELU."""
    if approximate not in ("none", "tanh"):
        raise errors.invalid(ValueError, "For ops.gelu, approximate value should be either 'none' or 'tanh'.")
    return torch.nn.functional.gelu(input, approximate=approximate)


def eq(input: Any, other: Any) -> Any:
    """mindspore.ops.eq: the same as equal."""
    return equal(input, other)
