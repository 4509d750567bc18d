"""The functions of torch that change their first argument: `torch.relu_(x)` is `x.relu_()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.tensor import Tensor

NAMES = """
abs_ acos_ acosh_ addmv_ arccos_ arccosh_ arcsin_ arcsinh_ arctan_ arctanh_ asin_ asinh_ atan_ atanh_ ceil_ clamp_ clamp_max_ clamp_min_
clip_ conj_physical_ cos_ cosh_ deg2rad_ detach_ erf_ erfc_ exp2_ exp_ expm1_ fill_ fix_ floor_ frac_ gcd_ i0_ index_put_ lcm_ ldexp_ log10_ log1p_ log2_
log_ logit_ nan_to_num_ neg_ negative_ rad2deg_ reciprocal_ resize_as_ round_ rsqrt_ sigmoid_ sin_ sinc_ sinh_ sqrt_ square_ tan_ tanh_
trunc_ xlogy_ zero_
"""


def applying(name: str) -> Callable[..., Any]:
    def function(input: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_tensor(input):
            raise invalid(TypeError, f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
        return getattr(Tensor, name)(input, *args, **kwargs)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`input.{name}(…)`."
    return function


FUNCTIONS = {name: applying(name) for name in NAMES.split()}


def __getattr__(name: str) -> Any:
    """The function `torch.name`; AttributeError for what is not there."""
    if name not in FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return FUNCTIONS[name]
