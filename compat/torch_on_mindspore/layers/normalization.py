"""Layer, group, root-mean-square and local response normalisation as modules."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import functions, init
from compat.torch_on_mindspore.functional import normalization
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors
from compat.torch_on_mindspore.parameter import Parameter


def registered(module: Module, shape: tuple[int, ...], wanted: dict[str, bool], device: Any, dtype: Any) -> None:
    """Give `module` a parameter, or None, for each name."""
    for name, there in wanted.items():
        module.register_parameter(name, Parameter(functions.empty(shape, device=device, dtype=dtype)) if there else None)


def reset(module: Any) -> None:
    """Weight 1 and bias 0."""
    for name, fill in (("weight", init.ones_), ("bias", init.zeros_)):
        if getattr(module, name, None) is not None:
            fill(getattr(module, name))


class LayerNorm(Module):
    """The last dimensions brought to mean 0 and variance 1; weight and bias are of their shape."""

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-05,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        registered(self, self.normalized_shape, {"weight": elementwise_affine, "bias": elementwise_affine and bias}, device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        reset(self)

    def forward(self, input: Any) -> Any:
        return normalization.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"


class RMSNorm(Module):
    """The last dimensions divided by their root mean square; weight is of their shape."""

    def __init__(
        self, normalized_shape: Any, eps: float | None = None, elementwise_affine: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        registered(self, self.normalized_shape, {"weight": elementwise_affine}, device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        reset(self)

    def forward(self, x: Any) -> Any:
        return normalization.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """The channels in groups, each brought to mean 0 and variance 1; weight and bias by channel."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-05,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise invalid(ValueError, f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        registered(self, (num_channels,), {"weight": affine, "bias": affine and bias}, device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        reset(self)

    def forward(self, input: Any) -> Any:
        return normalization.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


class LocalResponseNorm(Module):
    """Each element divided by a power of the mean square over neighbouring channels."""

    def __init__(self, size: int, alpha: float = 0.0001, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Any) -> Any:
        return normalization.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(LocalResponseNorm):
    """LocalResponseNorm for (N, C, H, W), with PyTorch's own window: near the last channels it is wider."""

    def __init__(self, size: int, alpha: float = 0.0001, beta: float = 0.75, k: float = 1) -> None:
        super().__init__(size, alpha, beta, k)

    def forward(self, input: Any) -> Any:
        return normalization.cross_map_norm(input, self.size, self.alpha, self.beta, self.k)


name_constructors(globals())
