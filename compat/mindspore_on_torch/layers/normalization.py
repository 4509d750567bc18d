"""nn.BatchNorm1d to 3d, SyncBatchNorm, LayerNorm, InstanceNorm1d to 3d, GroupNorm: gamma and beta."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.layers.convolution import check_format
from compat.mindspore_on_torch.layers.layer import Layer, check_positive, check_rank, check_type, computed, new_parameter, refuse

torch: Any = frameworks.load("torch")


class Normalization(Layer):
    """What is normalised channel by channel: moving statistics, gamma and beta, each (num_features,)."""

    ranks: tuple[int, ...] = ()

    def hold(self, features: int, affine: bool, gamma: Any, beta: Any, mean: Any, variance: Any, dtype: Any) -> None:
        """Make the parameters. In MindSpore their names are not those of the attributes until a Cell holds the layer."""
        self.moving_mean = new_parameter("mean", mean, features, dtype, requires_grad=False)
        self.moving_variance = new_parameter("variance", variance, features, dtype, requires_grad=False)
        self.gamma = new_parameter("gamma", gamma, features, dtype, requires_grad=affine)
        self.beta = new_parameter("beta", beta, features, dtype, requires_grad=affine)

    def check_features(self, num_features: Any, momentum: Any) -> None:
        """TypeError unless num_features is an int; ValueError unless it is positive and momentum within [0, 1]."""
        check_type(self, int, num_features=num_features)
        if num_features < 1:
            raise refuse(self, f"the 'num_features' must be at least 1, but got {num_features}.")
        if not 0 <= momentum <= 1:
            raise refuse(self, f"the 'momentum' must be a number in range [0, 1], but got {momentum}.")


class BatchNorm(Normalization):
    """What the batch normalisations share. `momentum` is the share of the OLD statistics, 1 - PyTorch's.

    A layer in training mode, or one with use_batch_statistics=True, normalises by its batch and moves its statistics;
    use_batch_statistics=False never does.
    """

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.9, affine: bool = True, gamma_init: Any = "ones",
        beta_init: Any = "zeros", moving_mean_init: Any = "zeros", moving_var_init: Any = "ones",
        use_batch_statistics: bool | None = None, data_format: str = "NCHW", dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        self.check_features(num_features, momentum)
        check_format(self, data_format, "NCHW")
        if use_batch_statistics is not None and not isinstance(use_batch_statistics, bool):
            raise refuse(self, f"the 'use_batch_statistics' must be a boolean value or None, but got {use_batch_statistics}.")
        self.num_features, self.eps, self.momentum = num_features, eps, 1.0 - momentum
        self.use_batch_statistics = use_batch_statistics
        self.hold(num_features, affine, gamma_init, beta_init, moving_mean_init, moving_var_init, dtype)

    @computed
    def construct(self, x: Any) -> Any:
        check_rank(self, x, *self.ranks)
        batch = self.training if self.use_batch_statistics is None else self.use_batch_statistics
        statistics = self.moving_mean, self.moving_variance
        return torch.nn.functional.batch_norm(x, *statistics, self.gamma, self.beta, batch, self.momentum, self.eps)

    def extend_repr(self) -> str:
        shown = f"num_features={self.num_features}, eps={self.eps}, momentum={1.0 - self.momentum}, gamma={self.gamma}, beta={self.beta}"
        return f"{shown}, moving_mean={self.moving_mean}, moving_variance={self.moving_variance}"


class BatchNorm1d(BatchNorm):
    """nn.BatchNorm1d of (N, C) or (N, C, L)."""

    ranks = (2, 3)


class BatchNorm2d(BatchNorm):
    """nn.BatchNorm2d of (N, C, H, W)."""

    ranks = (4,)


class BatchNorm3d(Layer):
    """nn.BatchNorm3d of (N, C, D, H, W): its parameters are those of a BatchNorm2d in it."""

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.9, affine: bool = True, gamma_init: Any = "ones",
        beta_init: Any = "zeros", moving_mean_init: Any = "zeros", moving_var_init: Any = "ones",
        use_batch_statistics: bool | None = None, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        self.bn2d = BatchNorm2d(num_features, eps, momentum, affine, gamma_init, beta_init, moving_mean_init, moving_var_init,
                                use_batch_statistics, "NCHW", dtype)  # fmt: skip

    @computed
    def construct(self, x: Any) -> Any:
        check_rank(self, x, 5)
        return self.bn2d.construct(x.flatten(2, 3)).reshape(x.shape)


class SyncBatchNorm(BatchNorm):
    """nn.SyncBatchNorm in one process, where it is a BatchNorm of (N, C) or (N, C, H, W). Groups of processes are refused."""

    ranks = (2, 4)

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.9, affine: bool = True, gamma_init: Any = "ones",
        beta_init: Any = "zeros", moving_mean_init: Any = "zeros", moving_var_init: Any = "ones",
        use_batch_statistics: bool | None = None, process_groups: Any = None, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        if process_groups is not None:
            raise errors.UnsupportedArgument("mindspore.nn.SyncBatchNorm", "process_groups", process_groups, "None")
        super().__init__(num_features, eps, momentum, affine, gamma_init, beta_init, moving_mean_init, moving_var_init,
                         use_batch_statistics, "NCHW", dtype)  # fmt: skip


class LayerNorm(Layer):
    """nn.LayerNorm over the axes from begin_norm_axis on; gamma and beta have normalized_shape, the axes from begin_params_axis on."""

    def __init__(
        self, normalized_shape: Any, begin_norm_axis: int = -1, begin_params_axis: int = -1, gamma_init: Any = "ones",
        beta_init: Any = "zeros", epsilon: float = 1e-7, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        check_type(self, (tuple, list), normalized_shape=normalized_shape)
        if not normalized_shape:
            raise refuse(self, "the 'normalized_shape' must have at least one element.")
        self.normalized_shape, self.epsilon = normalized_shape, epsilon
        self.begin_norm_axis, self.begin_params_axis = begin_norm_axis, begin_params_axis
        self.gamma = new_parameter("gamma", gamma_init, normalized_shape, dtype)
        self.beta = new_parameter("beta", beta_init, normalized_shape, dtype)

    @computed
    def construct(self, input_x: Any) -> Any:
        if not input_x.numel():
            raise refuse(self, f"the input must have elements, but its shape is {list(input_x.shape)}.", RuntimeError)
        for axis in (self.begin_norm_axis, self.begin_params_axis):
            if not -input_x.dim() <= axis < input_x.dim():
                raise refuse(self, f"the input must have the axis {axis}, but has {input_x.dim()} dims.")
        if input_x.shape[self.begin_params_axis % input_x.dim() :] != self.gamma.shape:
            reason = f"gamma or beta shape must match input shape, but got input shape: {list(input_x.shape)}"
            raise refuse(self, f"{reason}, gamma shape: {list(self.gamma.shape)}.")
        shape = input_x.shape[self.begin_norm_axis % input_x.dim() :]
        if shape == self.gamma.shape and self.gamma.dtype == self.beta.dtype == input_x.dtype:
            return torch.nn.functional.layer_norm(input_x, shape, self.gamma, self.beta, self.epsilon)
        result = torch.nn.functional.layer_norm(input_x, shape, None, None, self.epsilon)
        return result * self.gamma.to(input_x.dtype) + self.beta.to(input_x.dtype)

    def extend_repr(self) -> str:
        shown = f"normalized_shape={self.normalized_shape}, begin_norm_axis={self.begin_norm_axis}"
        return f"{shown}, begin_params_axis={self.begin_params_axis}, gamma{self.gamma}, beta={self.beta}"


class InstanceNorm(Normalization):
    """What the instance normalisations share: statistics of each instance, in training and in use.

    MindSpore runs them on GPU only. Its moving statistics, which nothing reads, move here with PyTorch's rule.
    """

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True, gamma_init: Any = "ones",
        beta_init: Any = "zeros", dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        self.check_features(num_features, momentum)
        check_type(self, float, eps=eps, momentum=momentum)
        check_type(self, bool, affine=affine)
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.hold(num_features, affine, gamma_init, beta_init, "zeros", "ones", dtype)

    @computed
    def construct(self, x: Any) -> Any:
        check_rank(self, x, *self.ranks)
        statistics = self.moving_mean, self.moving_variance
        return torch.nn.functional.instance_norm(x, *statistics, self.gamma, self.beta, True, self.momentum, self.eps)

    def extend_repr(self) -> str:
        shown = f"num_features={self.num_features}, eps={self.eps}, momentum={self.momentum}, gamma={self.gamma}, beta={self.beta}"
        return f"{shown}, moving_mean={self.moving_mean}, moving_variance={self.moving_variance}"


class InstanceNorm1d(InstanceNorm):
    """nn.InstanceNorm1d of (N, C, L)."""

    ranks = (3,)


class InstanceNorm2d(InstanceNorm):
    """nn.InstanceNorm2d of (N, C, H, W)."""

    ranks = (4,)


class InstanceNorm3d(InstanceNorm):
    """nn.InstanceNorm3d of (N, C, D, H, W)."""

    ranks = (5,)


class GroupNorm(Layer):
    """nn.GroupNorm: gamma and beta (num_channels,) are there without `affine` too, but don't learn."""

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True, gamma_init: Any = "ones",
        beta_init: Any = "zeros", dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        check_positive(self, num_groups=num_groups, num_channels=num_channels)
        if num_channels % num_groups:
            raise refuse(self, f"the 'num_channels' must be divided by 'num_groups', but got {num_channels} and {num_groups}.")
        check_type(self, float, eps=eps)
        check_type(self, bool, affine=affine)
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self.gamma = new_parameter("gamma", gamma_init, num_channels, dtype, requires_grad=affine)
        self.beta = new_parameter("beta", beta_init, num_channels, dtype, requires_grad=affine)

    @computed
    def construct(self, x: Any) -> Any:
        return torch.nn.functional.group_norm(x, self.num_groups, self.gamma.to(x.dtype), self.beta.to(x.dtype), self.eps)

    def extend_repr(self) -> str:
        return f"num_groups={self.num_groups}, num_channels={self.num_channels}"
