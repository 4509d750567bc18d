"""Functions of mindspore.ops that give float32, or compute in it, for dtypes whose results PyTorch gives in that dtype."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.meanings import real_dtype
from compat.mindspore_on_torch.widened import NARROW, load

torch: Any = frameworks.load("torch")

# for the methods, which Tensor would inherit from PyTorch's
frac, geqrf = load("torch").frac, load("torch").geqrf


def single(x: Any) -> Any:
    """A tensor of float16 or bfloat16 in float32, any other as it is."""
    return x.float() if real_dtype(x) in NARROW else x


def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """mindspore.ops.cov: that of float16 and bfloat16 is float32."""
    return torch.cov(single(input), correction=correction, fweights=fweights, aweights=aweights)


def copysign(x: Any, other: Any) -> Any:
    """mindspore.ops.copysign: of bfloat16 it is float32."""
    wide = x.float() if real_dtype(x) is torch.bfloat16 else x
    return torch.copysign(wide, other).to(real_dtype(wide) if wide.is_floating_point() else torch.float32)


def exp2(input: Any) -> Any:
    """mindspore.ops.exp2: of bfloat16 it is float32."""
    return torch.exp2(input.float() if real_dtype(input) is torch.bfloat16 else input)


def histc(input: Any, bins: int = 100, min: float = 0.0, max: float = 0.0) -> Any:
    """mindspore.ops.histc: the counts of float16 and bfloat16 are float32."""
    return torch.histc(single(input), bins, min, max)


def randn_like(input: Any, seed: Any = None, *, dtype: Any = None) -> Any:
    """mindspore.ops.randn_like: float32 unless `dtype` says otherwise, whatever `input` is; UnsupportedArgument for a seed."""
    if seed is not None:
        raise errors.UnsupportedArgument("mindspore.ops.randn_like", "seed", seed, "None")
    return torch.randn_like(input, dtype=torch.float32 if dtype is None else torch_dtype(dtype))


def trapz(y: Any, x: Any = None, *, dx: float = 1.0, dim: int = -1) -> Any:
    """mindspore.ops.trapz: computed in float32, but in float16 for float16 without places."""
    if x is not None:
        return torch.trapezoid(y.float(), x.float(), dim=dim)
    return torch.trapezoid(y if real_dtype(y) is torch.float16 else y.float(), dx=dx, dim=dim)
