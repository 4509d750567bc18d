"""`torch.ops.aten`: operators by the names of PyTorch's inner library, for those that have no public function."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from compat.errors import UnsupportedAPI
from compat.torch_on_mindspore import copies, creation, dtypes, reductions
from compat.torch_on_mindspore.arithmetic import mul
from compat.torch_on_mindspore.emptiness import unmoved
from compat.torch_on_mindspore.functional import interpolation, native_norm, resampling, softmax
from compat.torch_on_mindspore.indexing import masked_fill
from compat.torch_on_mindspore.scatter import scatter_add
from compat.torch_on_mindspore.tensor import cast, normal_dim


def _softmax_backward_data(grad_output: Any, output: Any, dim: int, input_dtype: Any) -> Any:
    """The gradient of softmax, of which `output` is the result; on CPU it has the dtype of `grad_output`, whatever `input_dtype` says."""
    weighted = mul(grad_output, output)
    return cast(weighted - output * reductions.sum(weighted, normal_dim(output, dim), True), grad_output.dtype)


def _shape_as_tensor(input: Any) -> Any:
    """The sizes of the dimensions as an int64 vector."""
    return creation.tensor(list(input.shape), dtype=dtypes.int64)


def _safe_softmax(self: Any, dim: int, dtype: Any = None) -> Any:
    """softmax, but 0 along `dim` where there is nothing but -∞."""
    nowhere = reductions.all(self == -math.inf, normal_dim(self, dim), True)
    return masked_fill(softmax.softmax_along(masked_fill(self, nowhere, 0), dim, dtype), nowhere, 0)


def native_dropout_backward(grad_output: Any, mask: Any, scale: float) -> Any:
    """grad_output · mask · scale; of integers and booleans in the default dtype."""
    kind = grad_output.dtype if grad_output.dtype.category >= dtypes.FLOAT else dtypes.get_default_dtype()
    return mul(mul(cast(grad_output, kind), cast(mask, kind)), scale)


def max_pool2d_with_indices_backward(
    grad_output: Any, self: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool, indices: Any
) -> Any:
    """Zeros like `self`, to which `grad_output` is added at the places in their channels where the maxima were."""
    leading = tuple(self.shape[:-2])
    rows, size = math.prod(leading), self.shape[-2] * self.shape[-1]
    zeros = creation.zeros((rows, size), dtype=grad_output.dtype)
    found = scatter_add(zeros, 1, indices.reshape(rows, -1), grad_output.reshape(rows, -1))
    return unmoved(found.reshape(tuple(self.shape)), self)


def _upsample_bilinear2d_aa(
    self: Any = None, output_size: Any = None, align_corners: bool = False, *scales: float | None, input: Any = None, **named: Any
) -> Any:
    """Antialiased bilinear interpolation of (N, C, H, W) to `output_size`; with `scale_factors` to the size times these."""
    x = input if self is None else self
    factors: Any
    if len(scales) == 1 or "scale_factors" in named:
        (factors,) = scales or (named["scale_factors"],)
    else:
        factors = scales or (named.get("scales_h"), named.get("scales_w"))
    if output_size is None:
        output_size = tuple(math.floor(size * factor) for size, factor in zip(x.shape[2:], factors, strict=True))
    factors = (None, None) if factors is None else factors
    wide = cast(x, dtypes.float32) if x.dtype in (dtypes.float16, dtypes.bfloat16) else x
    found = wide
    for dim in (1, 0):
        taps = interpolation.taps(
            "bilinear", True, int(x.shape[dim + 2]), int(output_size[dim]), bool(align_corners), factors[dim], wide.dtype.name
        )
        found = resampling.along(found, dim + 2, taps)
    return cast(found.clone() if found is wide else found, x.dtype)


OPERATORS: dict[str, Callable[..., Any]] = {
    "_softmax_backward_data": _softmax_backward_data,
    "_safe_softmax": _safe_softmax,
    "native_dropout_backward": native_dropout_backward,
    "max_pool2d_with_indices_backward": max_pool2d_with_indices_backward,
    "_upsample_bilinear2d_aa": _upsample_bilinear2d_aa,
    "_batch_norm_with_update": native_norm._batch_norm_with_update,
    "slice": copies.sliced,
}
OVERLOADS = {"slice": ("Tensor",), "_upsample_bilinear2d_aa": ("default", "vec")}


class Operator:
    """An operator of `torch.ops.aten`: called itself, or by the name of an overload, `torch.ops.aten.slice.Tensor`."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.__name__, self._function = name, function
        self.__doc__ = function.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def overloads(self) -> list[str]:
        return list(OVERLOADS.get(self.__name__, ("default",)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self.overloads():
            return self
        raise UnsupportedAPI(f"torch.ops.aten.{self.__name__}.{name} is code for PyTorch's own tensors")


def operator(name: str) -> Operator | None:
    """The operator `torch.ops.aten.name`, if it is here."""
    return Operator(name, OPERATORS[name]) if name in OPERATORS else None
