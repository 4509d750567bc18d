"""Normalisation: batch, instance, layer, group, root-mean-square and local response, and vectors of unit length."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, autograd, dtypes
from compat.torch_on_mindspore.arithmetic import NARROW
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function, once_differentiable
from compat.torch_on_mindspore.functional import channel_norm, row_norm
from compat.torch_on_mindspore.functional.channel_norm import Layout
from compat.torch_on_mindspore.functional.distance import vector_norm
from compat.torch_on_mindspore.functional.matrices import number
from compat.torch_on_mindspore.linear_maps import linear
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.storage import write
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast

ops = mindspore.ops


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Any:
    """Each channel of (N, C, …) brought to mean 0 and variance 1, then times weight plus bias.

    With `training`, by the mean and variance of the batch, which move the running ones by `momentum`; else by the running ones.
    """
    shape = tuple(input.shape)
    if training:
        if eps <= 0:
            raise invalid(ValueError, f"batch_norm eps must be positive during training, but got {eps}")
        if shape and math.prod((shape[0], *shape[2:])) == 1:
            raise invalid(ValueError, f"Expected more than 1 value per channel when training, got input size {input.shape}")
        if (running_mean is None) != (running_var is None):
            raise invalid(ValueError, "running_mean and running_var must either both be None or neither be None")
    elif eps < 0:
        raise invalid(ValueError, f"batch_norm eps must be non-negative, but got {eps}")
    channels = shape[1] if len(shape) > 1 else 0
    for name, one in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if one is None and not training and name.startswith("running"):
            raise invalid(RuntimeError, f"{name} must be defined in evaluation mode")
        check_length(name, one, channels)
    check_kinds("batch_norm", input, weight, bias, running_mean, running_var)
    if not input.numel():
        return Nothing.apply(input, weight, bias)
    layout = Layout(shape[0], channels, math.prod(shape[2:]))
    if training:
        return by_batch(input, layout, weight, bias, (running_mean, running_var), momentum, eps)[0]
    matrix, weight, bias, mean, var = widened(layout.matrix(input), weight, bias, running_mean, running_var)
    if matrix.dtype == dtypes.float32:
        return restored(channel_norm.batch_norm_by_kernel(matrix, weight, bias, (mean, var), layout, False, eps, 0.1)[0], input)
    return restored(channel_norm.ChannelNorm.apply(matrix, weight, bias, (mean, var), layout, eps), input)


def by_batch(input: Any, layout: Layout, weight: Any, bias: Any, running: tuple[Any, Any], momentum: float, eps: float) -> Any:
    """The input normalised by its own statistics, their mean and variance; the running ones moved."""
    matrix, weight, bias = widened(layout.matrix(input), weight, bias)
    # MindSpore's kernel knows one layout and one dtype, and writes to the storage that it is given.
    with_kernel = matrix.dtype == dtypes.float32 and not layout.groups
    tracked = running[0] is not None
    in_kernel = with_kernel and tracked and 0 < momentum <= 1 and all(is_owner(one) and one.dtype == dtypes.float32 for one in running)
    if with_kernel:
        moved = running if in_kernel else tuple(ops.zeros((layout.channels,), mindspore.float32) for _ in running)
        found, mean, variance = channel_norm.batch_norm_by_kernel(
            matrix, weight, bias, moved, layout, True, eps, float(momentum) if in_kernel else 0.1
        )
    else:
        found, mean, variance = channel_norm.ChannelNorm.apply(matrix, weight, bias, None, layout, eps)
    if tracked and not in_kernel:
        unbiased = ops.mul(variance, number(layout.shared / max(layout.shared - 1, 1), variance))
        with autograd.no_grad():
            for one, new in zip(running, (layout.averaged(mean), layout.averaged(unbiased)), strict=True):
                write(one, one * (1 - momentum) + cast(as_tensor(new), one.dtype) * momentum)
    return restored(found, input), mean, variance


def is_owner(tensor: Any) -> bool:
    """Whether the elements are the whole of a storage of its own, in order."""
    return tensor._base is None and tensor.is_contiguous()


def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Any:
    """Each channel of each sample of (N, C, …) brought to mean 0 and variance 1, then times weight plus bias.

    Without `use_input_stats` it is batch_norm by the running statistics.
    """
    shape = tuple(input.shape)
    if use_input_stats and math.prod(shape[2:]) == 1:
        raise invalid(ValueError, f"Expected more than 1 spatial element when training, got input size {input.shape}")
    if (running_mean is None) != (running_var is None):
        raise invalid(ValueError, "running_mean and running_var must either both be None or neither be None")
    if not use_input_stats:
        if running_mean is None:
            raise invalid(RuntimeError, "Expected running_mean and running_var to be defined when use_input_stats is false")
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    for name, one in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        check_length(name, one, shape[1], shape[0])
    check_kinds("batch_norm", input, weight, bias, running_mean, running_var)
    if not input.numel():
        return Nothing.apply(input, weight, bias)
    layout = Layout(shape[0], shape[1], math.prod(shape[2:]), shape[1])
    return by_batch(input, layout, weight, bias, (running_mean, running_var), momentum, eps)[0]


def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-05) -> Any:
    """The channels of (N, C, …) in groups, each brought to mean 0 and variance 1, then times weight plus bias by channel."""
    shape = tuple(input.shape)
    if len(shape) < 2:
        raise invalid(RuntimeError, f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    if math.prod((shape[0] * shape[1] // num_groups, num_groups, *shape[2:])) == num_groups:
        raise invalid(ValueError, f"Expected more than 1 value per channel when training, got input size {list(shape)}")
    if num_groups < 0 or shape[1] % num_groups:
        raise invalid(
            RuntimeError,
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(shape)} and num_groups={num_groups}",
        )
    for name, one in (("weight", weight), ("bias", bias)):
        if one is not None and tuple(one.shape) != (shape[1],):
            raise invalid(
                RuntimeError,
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape "
                f"{list(one.shape)} and input of shape {list(shape)}",
            )
    check_kinds("GroupNormKernelImpl", input, weight, bias)
    if not input.numel():
        return Nothing.apply(input, weight, bias)
    layout = Layout(shape[0], shape[1], math.prod(shape[2:]), num_groups)
    matrix, weight, bias = widened(layout.matrix(input), weight, bias)
    return restored(channel_norm.ChannelNorm.apply(matrix, weight, bias, None, layout, eps)[0], input)


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-05) -> Any:
    """The last dimensions, of `normalized_shape`, brought to mean 0 and variance 1, then times weight plus bias."""
    check_normalized("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    check_kinds("LayerNormKernelImpl", input, weight, bias)
    if not input.numel():
        return Nothing.apply(input, weight, bias)
    matrix, weight, bias = widened(by_rows(input, normalized_shape), flat(weight), flat(bias))
    return restored(row_norm.LayerNorm.apply(matrix, weight, bias, eps)[0], input)


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None) -> Any:
    """The last dimensions, of `normalized_shape`, divided by their root mean square, then times weight.

    Without `eps` it is the distance from 1 to the next number of the dtype in which it computes.
    """
    check_normalized("rms_norm", input, normalized_shape, weight=weight)
    if input.dtype.category < dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"rms_norm\" not implemented for '{input.dtype.tensor_type}'")
    if not input.numel():
        return Nothing.apply(input, weight)
    matrix, weight = widened(by_rows(input, normalized_shape), flat(weight))
    if weight is not None and weight.dtype != matrix.dtype:
        weight = cast(weight, matrix.dtype)
    return restored(row_norm.RMSNorm.apply(matrix, weight, EPSILON[matrix.dtype] if eps is None else eps), input)


EPSILON = {dtypes.float32: 2.0**-23, dtypes.float64: 2.0**-52}


def local_response_norm(input: Any, size: int, alpha: float = 0.0001, beta: float = 0.75, k: float = 1.0) -> Any:
    """input / (k + alpha · mean of the squares of `size` neighbouring channels)^beta, for (N, C, …)."""
    if input.ndim < 3:
        raise invalid(ValueError, f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)")
    if not input.numel():
        return input
    behind = offsets(input.shape[1])
    total = as_tensor(windowed((behind >= -(size // 2)) & (behind <= (size - 1) // 2), ops.square(input)))
    found: Tensor = input / (total * (alpha / size) + k) ** beta
    return found


class CrossMapNorm(Function):
    """What torch.nn.CrossMapLRN2d computes; its gradient is not that of its forward, whose window is wider near the last channels."""

    @staticmethod
    def forward(ctx: Any, input: Any, size: int, alpha: float, beta: float, k: float) -> Any:
        ahead, channels = (size - 1) // 2 + 1, input.shape[1]
        window = np.zeros((channels, channels), bool)
        window[0, :ahead] = True
        for channel in range(1, channels):
            window[channel] = window[channel - 1]
            if channel < channels - ahead + 1:
                window[channel, channel + ahead - 1] = True
            if channel > ahead:
                window[channel, channel - ahead] = False
        scale = as_tensor(windowed(window, ops.square(input))) * (alpha / size) + k
        found = input * scale**-beta
        ctx.save_for_backward(input, scale, found)
        ctx.size, ctx.alpha, ctx.beta = size, alpha, beta
        return found

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Any) -> Any:
        input, scale, found = map(as_tensor, ctx.saved_tensors)
        start = offsets(input.shape[1]) + (ctx.size + 1) // 2
        around = as_tensor(windowed((start >= 0) & (start < ctx.size), gradient * found / scale))
        of_input = gradient * scale**-ctx.beta - input * around * (2 * ctx.alpha * ctx.beta / ctx.size)
        return of_input, None, None, None, None


def offsets(channels: int) -> Any:
    """How far the second of two channels is behind the first, as a NumPy array."""
    return np.arange(channels) - np.arange(channels)[:, None]


def windowed(window: Any, input: Any) -> Any:
    """The sum over the channels that the square array `window` chooses for each channel."""
    if input.shape[1] == 1:  # MindSpore's gradient of the product fails
        return ops.mul(input, number(float(window[0, 0]), input))
    matrices = ops.reshape(input, (-1, input.shape[1], math.prod(input.shape[2:])))
    return ops.reshape(linear(lambda x: ops.matmul(ops.cast(mindspore.Tensor(window), input.dtype), x), matrices), tuple(input.shape))


def cross_map_norm(input: Any, size: int, alpha: float, beta: float, k: float) -> Any:
    """local_response_norm for (N, C, H, W) by the window that torch.nn.CrossMapLRN2d slides over the channels."""
    if input.ndim != 4:
        raise invalid(ValueError, f"CrossMapLRN2d: Expected input to be 4D, got {input.ndim}D instead.")
    return CrossMapNorm.apply(input, size, alpha, beta, k)


def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Tensor:
    """input / max(‖input‖ₚ, eps) along `dim`; 0 / eps where the norm is 0."""
    if input.dtype.category < dtypes.FLOAT:
        raise invalid(
            RuntimeError, f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {input.dtype.tensor_type}"
        )
    found: Tensor = input / arithmetic.clamp(vector_norm(input, p, dim), min=eps)
    return found if out is None else write(out, found)


# --- checks and shapes ---


def check_length(name: str, one: Any, channels: int, samples: int = 1) -> None:
    if one is not None and one.numel() != channels:
        raise invalid(RuntimeError, f"{name} should contain {samples * channels} elements not {samples * one.numel()}")


def check_kinds(kernel: str, input: Any, *parameters: Any) -> None:
    """NotImplementedError for integers; RuntimeError unless the others share the input's dtype, or float32 beside a narrow one."""
    kind = input.dtype
    if kind.category != dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"{kernel}\" not implemented for '{kind.tensor_type}'")
    kinds = {one.dtype for one in parameters if one is not None}
    if kinds and kinds not in ({kind}, {dtypes.float32} if kind in NARROW else {kind}):
        raise invalid(RuntimeError, "mixed dtype (CPU): expect parameter to have scalar type of Float")


def check_normalized(name: str, input: Any, normalized_shape: Any, **parameters: Any) -> None:
    if not isinstance(normalized_shape, (tuple, list)):
        raise invalid(
            TypeError, f"{name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not {type(normalized_shape).__name__}"
        )
    normalized = list(normalized_shape)
    if not normalized:
        raise invalid(
            RuntimeError,
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []",
        )
    for what, one in parameters.items():
        if one is not None and list(one.shape) != normalized:
            raise invalid(
                RuntimeError,
                f"Expected {what} to be of same shape as normalized_shape, but got {what} of shape {list(one.shape)} and "
                f"normalized_shape = {normalized}",
            )
    if list(input.shape[-len(normalized) :]) != normalized:
        raise invalid(
            RuntimeError,
            f"Given normalized_shape={normalized}, expected input with shape [*, {', '.join(map(str, normalized))}], but got input of "
            f"size{list(input.shape)}",
        )


def by_rows(input: Any, normalized_shape: Any) -> Any:
    return ops.reshape(input, (-1, math.prod(normalized_shape)))


def flat(vector: Any) -> Any:
    return vector if vector is None or vector.ndim == 1 else ops.reshape(vector, (-1,))


def widened(*tensors: Any) -> tuple[Any, ...]:
    """float16 and bfloat16 in float32, in which PyTorch computes them; None stays."""
    return tuple(cast(one, dtypes.float32) if one is not None and one.dtype in NARROW else one for one in tensors)


def restored(found: Any, input: Any) -> Any:
    """The result of matrices in shape and dtype of the input."""
    return cast(as_tensor(ops.reshape(found, tuple(input.shape))), input.dtype)


class Nothing(Function):
    """A result without elements, of which every gradient is 0."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, input: Any, *parameters: Any) -> Any:
        ctx.kinds = [None if one is None else (tuple(one.shape), one.dtype) for one in (input, *parameters)]
        return ops.zeros(*ctx.kinds[0])

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return tuple(None if kind is None else ops.zeros(*kind) for kind in ctx.kinds)


# --- under the names of torch ---


def torch_batch_norm(
    input: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Any:
    """`batch_norm` with its arguments in another order; `torch.batch_norm`."""
    return batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def torch_instance_norm(
    input: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Any:
    """`instance_norm` with its arguments in another order; `torch.instance_norm`."""
    return instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def torch_group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-05, cudnn_enabled: bool = True
) -> Any:
    return group_norm(input, num_groups, weight, bias, eps)


def torch_layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-05, cudnn_enable: bool = True
) -> Any:
    return layer_norm(input, normalized_shape, weight, bias, eps)


adopt_in(globals())
