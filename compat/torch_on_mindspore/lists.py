"""torch._foreach_*: one operation on each tensor of a list, as optimizers and libraries call it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import in_place, norms
from compat.torch_on_mindspore.operations import SHARED
from compat.torch_on_mindspore.tensor import Tensor

ELEMENTWISE = (
    "abs acos add addcdiv addcmul asin atan ceil clamp_max clamp_min cos cosh div erf erfc exp expm1 floor frac lerp lgamma log log10 log1p "
    "log2 maximum minimum mul neg pow reciprocal round rsqrt sigmoid sign sin sinh sqrt sub tan tanh trunc"
)
SCALED = ("addcdiv", "addcmul")  # their last positional argument is the keyword `value` of the operation


def _each(name: str, call: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
    """`call` on each set of arguments: a list gives one element to each, anything else goes to all."""
    lists = [one for one in (*arguments, *keywords.values()) if isinstance(one, (list, tuple))]
    if not lists or not lists[0]:
        raise invalid(RuntimeError, f"{name}: Tensor list must have at least one tensor.")
    count = len(lists[0])
    for one in lists:
        if len(one) != count:
            raise invalid(RuntimeError, f"{name}: Tensor lists must have the same number of tensors, got {count} and {len(one)}")
    return [
        call(
            *(one[at] if isinstance(one, (list, tuple)) else one for one in arguments),
            **{key: one[at] if isinstance(one, (list, tuple)) else one for key, one in keywords.items()},
        )
        for at in range(count)
    ]


def _scaled(name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments, with the factors of a scaled operation where it takes them."""
    if name in SCALED:
        if len(arguments) == 4:
            *arguments, keywords["value"] = arguments  # type: ignore[assignment]
        elif "scalars" in keywords:
            keywords["value"] = keywords.pop("scalars")
    return tuple(arguments)


def _made(name: str) -> Callable[..., Any]:
    operation = SHARED[name]

    def function(*arguments: Any, **keywords: Any) -> tuple[Any, ...]:
        return tuple(_each(f"_foreach_{name}", operation, _scaled(name, arguments, keywords), keywords))

    function.__name__ = function.__qualname__ = name
    return function


def _writing(name: str) -> Callable[..., Any]:
    operation = SHARED[name]
    method = in_place.METHODS.get(f"{name}_") or (lambda target, *rest, **more: in_place.store(target, operation(target, *rest, **more)))

    def function(*arguments: Any, **keywords: Any) -> list[Any]:
        return _each(f"_foreach_{name}_", method, _scaled(name, arguments, keywords), keywords)

    function.__name__ = function.__qualname__ = f"{name}_"
    return function


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _made(name) for name in ELEMENTWISE.split()},
    **{f"{name}_": _writing(name) for name in ELEMENTWISE.split()},
}


def norm(self: Any, ord: Any = 2, dtype: Any = None) -> tuple[Tensor, ...]:
    """The vector norm of each tensor."""
    return tuple(_each("_foreach_norm", lambda one: norms.vector_norm(one, ord, dtype=dtype), (self,), {}))


def zero_(self: Any) -> list[Any]:
    """Each tensor filled with zeros."""
    return _each("_foreach_zero_", in_place.zero_, (self,), {})


def copy_(self: Any, src: Any, non_blocking: bool = False) -> list[Any]:
    """Each tensor with the elements of its partner."""
    return _each("_foreach_copy_", in_place.copy_, (self, src), {})


def __getattr__(name: str) -> Any:
    """The functions made from the table; AttributeError for what is not there."""
    if name not in FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return FUNCTIONS[name]
