"""torch._foreach_*: one operation on each tensor of a list, as optimizers and libraries call it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import bfloat16, in_place, norms
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.operations import SHARED
from compat.torch_on_mindspore.tensor import Tensor

UNARY = (
    "abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 neg reciprocal round rsqrt sigmoid sign sin "
    "sinh sqrt tan tanh trunc"
)
BINARY = "add clamp_max clamp_min div maximum minimum mul sub"
SCALED = ("addcdiv", "addcmul")  # their last positional argument is the keyword `value` of the operation
# what PyTorch's overloads call the argument at each place
PLACES: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(UNARY.split(), (("self",),)),
    **dict.fromkeys(BINARY.split(), (("self",), ("other", "scalar", "scalars"))),
    **dict.fromkeys(SCALED, (("self",), ("tensor1",), ("tensor2",), ("value", "scalars"))),
    "pow": (("self",), ("exponent",)),
    "lerp": (("self",), ("tensors1",), ("weights", "weight")),
}


def _ordered(name: str, api: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments by their places, taken out of the keywords; TypeError where a call fits no overload of PyTorch's."""
    found = list(arguments)
    for names in PLACES[name][len(arguments) :]:
        given = [one for one in names if one in keywords]
        found += [keywords.pop(one) for one in given[:1]]  # a second one is left over, and refused
    least = len(PLACES[name]) - (name in SCALED)
    scaled = name in ("add", "sub") and len(found) > 1 and not isinstance(found[1], (int, float, complex))
    if not least <= len(found) <= len(PLACES[name]) or keywords.keys() - ({"alpha"} if scaled else set()):
        raise invalid(TypeError, f"{api}() received an invalid combination of arguments - got {len(found)} and {sorted(keywords)}")
    _check_list(api, found[0])
    return tuple(found)


def _check_list(api: str, given: Any) -> None:
    if not isinstance(given, (list, tuple)) or not all(map(is_tensor, given)):
        raise invalid(TypeError, f"{api}(): argument 'self' (position 1) must be tuple of Tensors, not {type(given).__name__}")


def _each(api: str, call: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
    """`call` on each set of arguments: a list gives one element to each, anything else goes to all."""
    lists = [one for one in (*arguments, *keywords.values()) if isinstance(one, (list, tuple))]
    if not lists[0]:
        raise invalid(RuntimeError, f"{api}: Tensor list must have at least one tensor.")
    count = len(lists[0])
    for one in lists:
        if len(one) != count:
            raise invalid(RuntimeError, f"{api}: Tensor lists must have the same number of tensors, got {count} and {len(one)}")
    return [
        call(
            *(one[at] if isinstance(one, (list, tuple)) else one for one in arguments),
            **{key: one[at] if isinstance(one, (list, tuple)) else one for key, one in keywords.items()},
        )
        for at in range(count)
    ]


def _scaled(name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments, with the factors of a scaled operation, which a vector may hold too, where it takes them."""
    if name in SCALED and len(arguments) == 4:
        *arguments, factors = arguments  # type: ignore[assignment]
        keywords["value"] = factors.tolist() if is_tensor(factors) else factors
    return tuple(arguments)


def _operation(operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return bfloat16.called(operation, args, kwargs)


def _made(name: str) -> Callable[..., Any]:
    operation, api = partial(_operation, SHARED[name]), f"_foreach_{name}"

    def function(*arguments: Any, **keywords: Any) -> tuple[Any, ...]:
        ordered = _ordered(name, api, arguments, keywords)
        return tuple(_each(api, operation, _scaled(name, ordered, keywords), keywords))

    function.__name__ = function.__qualname__ = name
    return function


def _writing(name: str) -> Callable[..., Any]:
    operation, api = partial(_operation, SHARED[name]), f"_foreach_{name}_"
    method = in_place.METHODS.get(f"{name}_") or (lambda target, *rest, **more: in_place.store(target, operation(target, *rest, **more)))

    def function(*arguments: Any, **keywords: Any) -> list[Any]:
        ordered = _ordered(name, api, arguments, keywords)
        return _each(api, method, _scaled(name, ordered, keywords), keywords)

    function.__name__ = function.__qualname__ = f"{name}_"
    return function


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _made(name) for name in PLACES},
    **{f"{name}_": _writing(name) for name in PLACES},
}


def norm(self: Any, ord: Any = 2, dtype: Any = None) -> tuple[Tensor, ...]:
    """The vector norm of each tensor."""
    _check_list("_foreach_norm", self)
    return tuple(_each("_foreach_norm", lambda one: _operation(norms.vector_norm, one, ord, dtype=dtype), (self,), {}))


def zero_(self: Any) -> list[Any]:
    """Each tensor filled with zeros."""
    _check_list("_foreach_zero_", self)
    return _each("_foreach_zero_", in_place.zero_, (self,), {})


def copy_(self: Any, src: Any, non_blocking: bool = False) -> list[Any]:
    """Each tensor with the elements of its partner."""
    _check_list("_foreach_copy_", self)
    return _each("_foreach_copy_", in_place.copy_, (self, src), {})


for one in (norm, zero_, copy_):
    one.__qualname__ = f"_foreach_{one.__name__}"  # which Python names for arguments that do not fit


def __getattr__(name: str) -> Any:
    """The functions made from the table; AttributeError for what is not there."""
    if name not in FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return FUNCTIONS[name]
