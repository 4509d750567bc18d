"""mindspore.nn's layers that only compute: gamma functions, products of matrices, moments, ranges."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.layers.layer import Layer, Tensor, check_type, computed, refuse

torch: Any = frameworks.load("torch")

__all__ = [
    "DiGamma", "IGamma", "LBeta", "LGamma", "MatDet", "MatInverse", "MatMul", "Moments", "Range", "ReduceLogSumExp",
]  # fmt: skip

HALF_AND_SINGLE = (torch.float16, torch.float32)


def check_floats(layer: Layer, **tensors: Any) -> None:
    """TypeError unless each tensor is float16 or float32."""
    for name, tensor in tensors.items():
        if not isinstance(tensor, torch.Tensor) or tensor.dtype not in HALF_AND_SINGLE:
            found = tensor.dtype if isinstance(tensor, torch.Tensor) else type(tensor).__name__
            raise refuse(layer, f"the '{name}' should be one of [mindspore.float16, mindspore.float32], but got '{found}'.", TypeError)


class FloatFunction(Layer):
    """A layer without parameters that applies one function to float16 or float32, in double precision where it loses digits."""

    function: Any

    @computed
    def construct(self, x: Any) -> Any:
        check_floats(self, x=x)
        return type(self).function(x)


class DiGamma(FloatFunction):
    """nn.DiGamma: the derivative of the logarithm of the gamma function."""

    function = torch.digamma


class LGamma(FloatFunction):
    """nn.LGamma: the logarithm of the absolute value of the gamma function."""

    function = torch.lgamma


class MatInverse(FloatFunction):
    """nn.MatInverse of positive definite matrices (..., M, M). RuntimeError where there is no Cholesky factor."""

    def construct(self, a: Any) -> Any:
        return super().construct(a)

    @staticmethod
    def function(a: Any) -> Any:
        """By the Cholesky factor."""
        return torch.cholesky_inverse(factor("MatInverse", a)).to(a.dtype)


class MatDet(FloatFunction):
    """nn.MatDet of positive definite matrices (..., M, M). RuntimeError where there is no Cholesky factor."""

    def construct(self, a: Any) -> Any:
        return super().construct(a)

    @staticmethod
    def function(a: Any) -> Any:
        """By the Cholesky factor."""
        return factor("MatDet", a).diagonal(dim1=-2, dim2=-1).prod(-1).square().to(a.dtype)


def factor(name: str, a: Any) -> Any:
    """The lower Cholesky factor in single precision."""
    try:
        return torch.linalg.cholesky(a.float())
    except RuntimeError as error:
        raise errors.invalid(RuntimeError, f"mindspore.nn.{name}: {error}") from error


class PairFunction(Layer):
    """A layer that takes two tensors of one dtype, float16 or float32."""

    def check(self, **tensors: Any) -> None:
        """TypeError for other dtypes or two different ones."""
        check_floats(self, **tensors)
        first, second = tensors.values()
        if first.dtype != second.dtype:
            raise refuse(self, f"the inputs must have one dtype, but got {first.dtype} and {second.dtype}.", TypeError)


class IGamma(PairFunction):
    """nn.IGamma: the lower regularised incomplete gamma function P(a, x)."""

    @computed
    def construct(self, a: Any, x: Any) -> Any:
        self.check(a=a, x=x)
        return torch.special.gammainc(a, x)


class LBeta(PairFunction):
    """nn.LBeta: the logarithm of the beta function. In double precision, since large terms cancel."""

    @computed
    def construct(self, x: Any, y: Any) -> Any:
        self.check(x=x, y=y)
        first, second = x.double(), y.double()
        return (torch.lgamma(first) + torch.lgamma(second) - torch.lgamma(first + second)).to(x.dtype)


class CosineSimilarity(Layer):
    """nn.layer.CosineSimilarity over `dim`; the product of the norms is at least `eps`. nn.CosineSimilarity is a metric, not this."""

    def __init__(self, dim: int = 1, eps: float = 1e-08) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    @computed
    def construct(self, x1: Any, x2: Any) -> Any:
        if not isinstance(x2, torch.Tensor):
            raise refuse(self, f"'x2' must be a tensor, but got {type(x2)}", TypeError)
        norms = (x1.square().sum(self.dim) * x2.square().sum(self.dim)).clamp_min(self.eps**2).sqrt()
        return (x1 * x2).sum(self.dim) / norms


class MatMul(Layer):
    """nn.MatMul of vectors or stacks of matrices; a flag transposes the last two axes of its operand, and leaves a vector as it is."""

    def __init__(self, transpose_x1: bool = False, transpose_x2: bool = False) -> None:
        super().__init__()
        check_type(self, bool, transpose_x1=transpose_x1, transpose_x2=transpose_x2)
        self.transpose_x1, self.transpose_x2 = transpose_x1, transpose_x2

    @computed
    def construct(self, x1: Any, x2: Any) -> Any:
        first = x1.mT if self.transpose_x1 and x1.dim() > 1 else x1
        second = x2.mT if self.transpose_x2 and x2.dim() > 1 else x2
        return first @ second


class Moments(Layer):
    """nn.Moments: (mean, biased variance) over `axis`, of float16 or float32. The variance gives the mean no gradient."""

    def __init__(self, axis: Any = None, keep_dims: bool | None = None) -> None:
        super().__init__()
        self.axis = () if axis is None else axis
        self.keep_dims = False if keep_dims is None else keep_dims
        check_type(self, (int, tuple), axis=self.axis)
        check_type(self, bool, keep_dims=self.keep_dims)

    @computed
    def construct(self, x: Any) -> Any:
        check_floats(self, **{"input x": x})
        axes = list(range(x.dim())) if self.axis == () else self.axis
        wide = x.float()
        mean = wide.mean(axes, keepdim=True)
        variance = (wide - mean.detach()).square().mean(axes, keepdim=True)
        found = mean, variance
        return tuple((each if self.keep_dims else each.squeeze(axes)).to(x.dtype) for each in found)


class ReduceLogSumExp(Layer):
    """nn.ReduceLogSumExp over `axis`."""

    def __init__(self, axis: Any, keep_dims: bool = False) -> None:
        super().__init__()
        check_type(self, (int, list, tuple), axis=axis)
        check_type(self, bool, keep_dims=keep_dims)
        self.axis, self.keep_dims = axis, keep_dims

    @computed
    def construct(self, x: Any) -> Any:
        axes = tuple(range(x.dim())) if self.axis in ((), []) else self.axis
        return torch.logsumexp(x, axes, keepdim=self.keep_dims)


class Range(Layer):
    """nn.Range: the numbers from `start` to `limit`, or from 0 to `start`, as int32 or float32. Computed when it is made."""

    def __init__(self, start: Any, limit: Any = None, delta: Any = 1) -> None:
        super().__init__()
        if delta == 0:
            raise refuse(self, "the 'delta' can not be zero.")
        data = np.arange(start, limit, delta) if limit is not None else np.arange(0, start, delta)
        self.result_tensor = Tensor(data, dtypes.float32 if data.dtype == np.float64 else dtypes.int32)

    def construct(self) -> Any:
        return self.result_tensor
