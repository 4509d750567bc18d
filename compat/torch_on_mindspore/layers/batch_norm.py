"""Batch and instance normalisation as modules, with running statistics as buffers."""

from __future__ import annotations

import warnings
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes, functions
from compat.torch_on_mindspore.functional import normalization
from compat.torch_on_mindspore.layers.normalization import registered, reset
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors

UNEXPECTED_STATS = (
    "Unexpected running stats buffer(s) {names} for {layer} with track_running_stats=False. If state_dict is a checkpoint saved before "
    "0.4.0, this may be expected because {layer} does not track running stats by default since 0.4.0. Please remove these keys from "
    "state_dict. If the running stats are actually needed, instead set track_running_stats=True in {layer} to enable them. See the "
    "documentation of {layer} for details."
)


class _NormBase(Module):
    """Weight, bias, and running statistics of `num_features` channels."""

    _version = 2  # 2: num_batches_tracked
    _dims: tuple[int, ...] = ()  # the numbers of dimensions that the input may have
    num_features: int
    eps: float
    momentum: float | None
    affine: bool
    track_running_stats: bool

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        registered(self, (num_features,), {"weight": affine, "bias": affine and bias}, device, dtype)
        made = {
            "running_mean": (functions.zeros, (num_features,), dtype),
            "running_var": (functions.ones, (num_features,), dtype),
            "num_batches_tracked": (functions.zeros, (), dtypes.int64),
        }
        for name, (create, shape, kind) in made.items():
            self.register_buffer(name, create(shape, dtype=kind, device=device) if track_running_stats else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        self.reset_running_stats()
        if self.affine:
            reset(self)

    def _check_input_dim(self, input: Any) -> None:
        if not self._dims:
            raise NotImplementedError
        if input.ndim not in self._dims:
            expected = " or ".join(f"{ndim}D" for ndim in self._dims)
            raise invalid(ValueError, f"expected {expected} input (got {input.ndim}D input)")

    def _load_from_state_dict(
        self,
        state_dict: Any,
        prefix: str,
        local_metadata: Any,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Load the state; one from before version 2 has no num_batches_tracked, which then stays."""
        key = f"{prefix}num_batches_tracked"
        if self.track_running_stats and key not in state_dict and (local_metadata.get("version") or 0) < 2:
            state_dict[key] = self.num_batches_tracked if self.num_batches_tracked is not None else functions.zeros((), dtype=dtypes.int64)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_NormBase):
    """Each channel of (N, C, …) brought to mean 0 and variance 1."""

    def forward(self, input: Any) -> Any:
        self._check_input_dim(input)
        factor = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                factor = 1.0 / float(self.num_batches_tracked)
        by_batch = self.training or (self.running_mean is None and self.running_var is None)
        tracked = not self.training or self.track_running_stats
        return normalization.batch_norm(
            input,
            self.running_mean if tracked else None,
            self.running_var if tracked else None,
            self.weight,
            self.bias,
            by_batch,
            factor,
            self.eps,
        )


class BatchNorm1d(_BatchNorm):
    """Batch normalisation of (N, C) or (N, C, L)."""

    _dims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of (N, C, H, W)."""

    _dims = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of (N, C, D, H, W)."""

    _dims = (5,)


class SyncBatchNorm(_BatchNorm):
    """Batch normalisation of (N, C, …) over all processes: here there is one."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        if process_group is not None:
            raise UnsupportedArgument("torch.nn.SyncBatchNorm", "process_group", process_group, "None")
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Any) -> None:
        if input.ndim < 2:
            raise invalid(ValueError, f"expected at least 2D input (got {input.ndim}D input)")

    @classmethod
    def convert_sync_batchnorm(cls, module: Any, process_group: Any = None) -> Any:
        """`module` with every batch normalisation in it as a SyncBatchNorm that shares its parameters and buffers."""
        made = module
        if isinstance(module, _BatchNorm):
            made = cls(
                module.num_features,
                module.eps,
                module.momentum,
                module.affine,
                module.track_running_stats,
                process_group,
                bias=module.bias is not None,
            )
            for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
                setattr(made, name, getattr(module, name))
            made.training = module.training
        for name, child in module.named_children():
            made.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return made


class _InstanceNorm(_NormBase):
    """Each channel of each sample brought to mean 0 and variance 1; a single sample may come without its dimension."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _load_from_state_dict(
        self,
        state_dict: Any,
        prefix: str,
        local_metadata: Any,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Load the state; one from before version 2 may hold running statistics that nothing uses, which is an error."""
        if local_metadata.get("version") is None and not self.track_running_stats:
            found = [name for name in ("running_mean", "running_var") if prefix + name in state_dict]
            if found:
                error_msgs.append(UNEXPECTED_STATS.format(names=" and ".join(f'"{name}"' for name in found), layer=type(self).__name__))
                for name in found:
                    state_dict.pop(prefix + name)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)

    def _get_no_batch_dim(self) -> int:
        """The number of dimensions of a single sample."""
        return self._dims[0]

    def forward(self, input: Any) -> Any:
        self._check_input_dim(input)
        single = input.ndim == self._get_no_batch_dim()
        batch = input.unsqueeze(0) if single else input
        if batch.shape[1] != self.num_features:
            if self.affine:
                raise invalid(
                    ValueError,
                    f"expected input's size at dim={0 if single else 1} to match num_features ({self.num_features}), but got: {batch.shape[1]}.",
                )
            warnings.warn(
                f"input's size at dim={0 if single else 1} does not match num_features. You can silence this warning by not passing in "
                "num_features, which is not used because affine=False",
                stacklevel=2,
            )
        found = normalization.instance_norm(
            batch,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return found.squeeze(0) if single else found


class InstanceNorm1d(_InstanceNorm):
    """Instance normalisation of (N, C, L) or (C, L)."""

    _dims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance normalisation of (N, C, H, W) or (C, H, W)."""

    _dims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance normalisation of (N, C, D, H, W) or (C, D, H, W)."""

    _dims = (4, 5)


name_constructors(globals())
