"""Weights with a norm of their own: weight and spectral normalisation, as parametrizations and in the older way by hooks."""

from __future__ import annotations

import warnings
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.nn_utils.parametrize import register_parametrization
from compat.torch_on_mindspore.parameter import Parameter


def norm_except_dim(v: Any, dim: int | None) -> Any:
    """The 2-norm over all dimensions but `dim`, which keep size 1; over all of them for None or -1."""
    if dim is None or dim == -1:
        return (v * v).sum().sqrt()
    place = dim % v.ndim
    others = [axis for axis in range(v.ndim) if axis != place]
    return (v * v).sum(dim=others, keepdim=True).sqrt() if others else v.abs()


def _weight(v: Any, g: Any, dim: int | None) -> Any:
    return v * (g / norm_except_dim(v, dim))


class WeightNormParametrization(Module):
    """g · v / ‖v‖, from `original0` (g) and `original1` (v)."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Any, weight_v: Any) -> Any:
        return _weight(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Any) -> tuple[Any, Any]:
        return norm_except_dim(weight, self.dim), weight

    def _get_name(self) -> str:
        return "_WeightNorm"


def weight_norm_parametrization(module: Any, name: str = "weight", dim: int | None = 0) -> Any:
    """Length and direction of a weight as two parameters; `torch.nn.utils.parametrizations.weight_norm`."""
    register_parametrization(module, name, WeightNormParametrization(dim), unsafe=True)

    def read_old_names(state_dict: Any, prefix: str, *_rest: Any) -> None:
        old = f"{prefix}{name}_g", f"{prefix}{name}_v"
        if all(key in state_dict for key in old):
            for place, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{place}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(read_old_names)
    return module


class WeightNorm:
    """The older weight normalisation: before each forward, `weight` is computed from `weight_g` and `weight_v`."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, -1 if dim is None else dim

    def compute_weight(self, module: Any) -> Any:
        return _weight(getattr(module, f"{self.name}_v"), getattr(module, f"{self.name}_g"), self.dim)

    @staticmethod
    def apply(module: Any, name: str, dim: int | None) -> WeightNorm:
        _check_single(module, WeightNorm, name, "weight_norm")
        made, weight = WeightNorm(name, dim), getattr(module, name)
        del module._parameters[name]
        module.register_parameter(f"{name}_g", Parameter(norm_except_dim(weight, made.dim).detach()))
        module.register_parameter(f"{name}_v", Parameter(weight.detach()))
        setattr(module, name, made.compute_weight(module))
        module.register_forward_pre_hook(made)
        return made

    def remove(self, module: Any) -> None:
        weight = self.compute_weight(module)
        for name in (self.name, f"{self.name}_g", f"{self.name}_v"):
            delattr(module, name)
        setattr(module, self.name, Parameter(weight.detach()))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: Any, name: str = "weight", dim: int | None = 0) -> Any:
    """Length and direction of a weight as two parameters; `torch.nn.utils.weight_norm`, which PyTorch deprecates."""
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.", FutureWarning, stacklevel=2
    )
    WeightNorm.apply(module, name, dim)
    return module


def remove_weight_norm(module: Any, name: str = "weight") -> Any:
    _removed(module, WeightNorm, name, "weight_norm")
    return module


def _hook_of(module: Any, kind: Any, name: str) -> int | None:
    return next((number for number, hook in module._forward_pre_hooks.items() if isinstance(hook, kind) and hook.name == name), None)


def _check_single(module: Any, kind: type, name: str, what: str) -> None:
    if _hook_of(module, kind, name) is not None:
        raise invalid(RuntimeError, f"Cannot register two {what} hooks on the same parameter {name}")


def _removed(module: Any, kind: type, name: str, what: str) -> None:
    number = _hook_of(module, kind, name)
    if number is None:
        raise invalid(ValueError, f"{what} of '{name}' not found in {module}")
    module._forward_pre_hooks.pop(number).remove(module)


# --- spectral normalisation ---


def normalized(vector: Any, eps: float) -> Any:
    return vector / (vector * vector).sum().sqrt().clamp(min=eps)


def as_matrix(weight: Any, dim: int) -> Any:
    """Dimension `dim` first, all others flattened."""
    if dim:
        weight = weight.permute(dim, *(axis for axis in range(weight.ndim) if axis != dim))
    return weight.reshape(weight.shape[0], -1)


def default_dim(module: Any) -> int:
    """Transposed convolutions have the outputs second."""
    return 1 if type(module).__name__.startswith("ConvTranspose") else 0


class SpectralNormParametrization(Module):
    """The weight, divided by an estimate of its largest singular value from a power iteration at each use in train mode."""

    def __init__(self, weight: Any, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise invalid(
                IndexError,
                f"Dimension out of range (expected to be in range of [-{weight.ndim}, {weight.ndim - 1}] but got {dim})",
            )
        if n_power_iterations <= 0:
            raise invalid(ValueError, f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
        self.dim = dim % weight.ndim
        self.eps = eps
        if weight.ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight.detach(), self.dim)
            rows, columns = matrix.shape
            self.register_buffer("_u", normalized(matrix.new_empty(rows).normal_(0, 1), eps))
            self.register_buffer("_v", normalized(matrix.new_empty(columns).normal_(0, 1), eps))
            self._iterate(matrix, 15)

    def _iterate(self, matrix: Any, times: int) -> None:
        with autograd.no_grad():
            for _ in range(times):
                self._u.copy_(normalized(matrix @ self._v, self.eps))
                self._v.copy_(normalized(matrix.t() @ self._u, self.eps))

    def forward(self, weight: Any) -> Any:
        if weight.ndim == 1:
            return normalized(weight, self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._iterate(matrix.detach(), self.n_power_iterations)
        return weight / (self._u.clone() * (matrix @ self._v.clone())).sum()

    def right_inverse(self, value: Any) -> Any:
        return value

    def _get_name(self) -> str:
        return "_SpectralNorm"


def spectral_norm_parametrization(
    module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Any:
    """`torch.nn.utils.parametrizations.spectral_norm`."""
    weight = getattr(module, name, None)
    if not isinstance(weight, Parameter):
        raise invalid(ValueError, f"Module '{module}' has no parameter or buffer with name '{name}'")
    chosen = default_dim(module) if dim is None else dim
    register_parametrization(module, name, SpectralNormParametrization(weight, n_power_iterations, chosen, eps))
    return module


class SpectralNorm:
    """The older spectral normalisation: before each forward, `weight` is computed from `weight_orig`, `weight_u` and `weight_v`."""

    def __init__(self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        if n_power_iterations <= 0:
            raise invalid(ValueError, f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def compute_weight(self, module: Any, do_power_iteration: bool) -> Any:
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with autograd.no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(normalized(matrix.detach().t() @ u, self.eps))
                    u.copy_(normalized(matrix.detach() @ v, self.eps))
        return weight / (u.clone() * (matrix @ v.clone())).sum()

    @staticmethod
    def apply(module: Any, name: str, n_power_iterations: int, dim: int, eps: float) -> SpectralNorm:
        _check_single(module, SpectralNorm, name, "spectral_norm")
        made, weight = SpectralNorm(name, n_power_iterations, dim, eps), module._parameters[name]
        matrix = as_matrix(weight.detach(), dim)
        u, v = (normalized(matrix.new_empty(size).normal_(0, 1), eps) for size in matrix.shape)
        delattr(module, name)
        module.register_parameter(f"{name}_orig", weight)
        setattr(module, name, weight.detach())
        module.register_buffer(f"{name}_u", u)
        module.register_buffer(f"{name}_v", v)
        module.register_forward_pre_hook(made)
        return made

    def remove(self, module: Any) -> None:
        with autograd.no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for part in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + part)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))


def spectral_norm(module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None) -> Any:
    """`torch.nn.utils.spectral_norm`."""
    SpectralNorm.apply(module, name, n_power_iterations, default_dim(module) if dim is None else dim, eps)
    return module


def remove_spectral_norm(module: Any, name: str = "weight") -> Any:
    _removed(module, SpectralNorm, name, "spectral_norm")
    return module
