"""Functions of PyTorch without a CPU kernel for a dtype in which MindSpore computes: there in a wider dtype, and the result cast back.

float16 and bfloat16 are computed in float32, integers in float64, whose results are cut off to whole numbers as MindSpore's are.
Only these functions cost more, a look at the dtype of their first argument (0.2 µs); any other is PyTorch's own object.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.meanings import dtype_set

torch: Any = frameworks.load("torch")

NARROW = dtype_set("float16", "bfloat16")
INTEGERS = dtype_set("int8", "int16", "int32", "int64", "uint8")
# PyTorch's module → its functions, by what they lack
LACKING: dict[str, tuple[tuple[str, frozenset[Any]], ...]] = {
    "torch.fft": (
        ("fft fft2 fftn hfft hfft2 hfftn ifft ifft2 ifftn ihfft ihfft2 ihfftn irfft irfft2 irfftn rfft rfft2 rfftn", NARROW),
    ),
    "torch.special": (
        ("bessel_j0 bessel_j1 bessel_y0 bessel_y1 i1 i1e modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 "
         "scaled_modified_bessel_k1", NARROW),
    ),
    "torch": (("cdist geqrf", NARROW), ("frac mean", INTEGERS)),
    "torch.nn.functional": (
        ("pdist", NARROW),
        ("rrelu", NARROW | INTEGERS),
        ("adaptive_avg_pool3d adaptive_max_pool3d hardsigmoid hardswish leaky_relu max_unpool1d max_unpool2d max_unpool3d unfold", INTEGERS),
    ),
}  # fmt: skip
STAYING = ("torch.fft",)  # whose results are MindSpore's as they are, complex64 or float32


def widened(function: Callable[..., Any], kinds: frozenset[Any], *, back: bool = True) -> Callable[..., Any]:
    """`function`, computed in a wider dtype where its first argument is of one of `kinds`; its result `back` in that."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        kind = getattr(args[0] if args else next(iter(kwargs.values()), None), "dtype", None)
        if kind not in kinds:
            return function(*args, **kwargs)
        wide = torch.float32 if kind in NARROW else torch.float64

        def of(value: Any) -> Any:
            return value.to(wide) if isinstance(value, torch.Tensor) and value.dtype == kind else value

        if kind in NARROW:
            found = function(*map(of, args), **{name: of(value) for name, value in kwargs.items()})
        else:  # the other integers are places
            found = function(of(args[0]), *args[1:], **kwargs)
        return _narrowed(found, wide, kind) if back else found

    return run


def _narrowed(found: Any, wide: Any, kind: Any) -> Any:
    if isinstance(found, (tuple, list)):
        return tuple(_narrowed(one, wide, kind) for one in found)
    return found.to(kind) if found.dtype == wide else found


class Namespace:
    """A module of PyTorch, with the functions that lack kernels widened."""

    def __init__(self, name: str) -> None:
        self._module = frameworks.load(name)
        for names, kinds in LACKING.get(name, ()):
            for each in names.split():
                setattr(self, each, widened(getattr(self._module, each), kinds, back=name not in STAYING))

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        setattr(self, name, found)
        return found


@functools.cache
def load(name: str) -> Any:
    """The module of PyTorch of this name, as generated functions call it."""
    return Namespace(name)
