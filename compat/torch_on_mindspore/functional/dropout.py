"""Dropout, by PyTorch's random stream."""

from __future__ import annotations

import math
import warnings
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, dtypes, random
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.in_place import _written as written
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.operands import not_tensor
from compat.torch_on_mindspore.storage import check_writable

SATURATION = 1.7580993408473766  # where selu ends for large negative numbers, without its sign


def dropped(name: str, input: Any, p: float, training: bool, inplace: bool, *, features: bool = False, alpha: bool = False) -> Any:
    """Elements dropped with probability p, or with `features` whole channels of (N, C, …), for the function `name`.

    TypeError for what is no tensor, ValueError for p outside [0, 1].

    Dropped elements are 0 and the rest divided by 1 - p; with `alpha` they are what selu gives for large negative numbers, and
    all are scaled and shifted so that mean and variance stay.
    """
    if not isinstance(input, mindspore.Tensor):
        raise not_tensor(name, 0, input)
    if not 0.0 <= p <= 1.0:
        raise invalid(ValueError, f"dropout probability has to be between 0 and 1, but got {p}")
    if p == 0 or not training or not input.numel():
        return input
    return written("dropout_", masked)(input, p, features, alpha) if inplace else masked(input, p, features, alpha)


def masked(input: Any, p: float, features: bool, alpha: bool) -> Any:
    if p == 1:
        return arithmetic.mul(input, 0)
    shape = tuple(input.shape)
    if features:
        if len(shape) < 2:
            raise invalid(RuntimeError, "Feature dropout requires at least 2 dimensions in the input")
        shape = (*shape[:2], *(1 for _ in shape[2:]))
    if input.dtype.category < dtypes.FLOAT:
        raise invalid(RuntimeError, f"result type Float can't be cast to the desired output type {input.dtype.tensor_type}")
    if not alpha:
        return arithmetic.mul(input, drawn(input, shape, 1 - p, 1 / (1 - p)))
    kept = drawn(input, shape, 1 - p, 1.0)
    scale = 1 / math.sqrt((SATURATION * SATURATION * p + 1) * (1 - p))
    shift = (kept - 1) * (SATURATION * scale) + SATURATION * scale * p
    return input * (kept * scale) + shift


def drawn(input: Any, shape: tuple[int, ...], p: float, one: float) -> Any:
    """`one` with probability p, else 0, in this shape; for each element of the input in the order in which those lie in memory."""
    if input.is_contiguous() or shape != tuple(input.shape):
        return random.bernoulli_numbers(shape, input.dtype, p, None, one)
    steps = input.stride()
    order = sorted(range(len(shape)), key=lambda dim: -steps[dim])
    made: Any = random.bernoulli_numbers(tuple(shape[dim] for dim in order), input.dtype, p, None, one)
    return made.permute([order.index(dim) for dim in range(len(shape))])


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Elements zeroed with probability p, by PyTorch's stream, and the rest divided by 1 - p; ValueError for p outside [0, 1]."""
    return dropped("dropout", input, p, training, inplace)


def alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Dropout that keeps the mean and the variance of what selu gives."""
    return dropped("alpha_dropout", input, p, training, inplace, alpha=True)


def feature_alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """alpha_dropout of whole channels of (N, C, …)."""
    return dropped("feature_alpha_dropout", input, p, training, inplace, features=True, alpha=True)


def feature_dropout(input: Any, p: float, train: bool) -> Any:
    """Dropout of whole channels of (N, C, …)."""
    return dropped("feature_dropout", input, p, train, False, features=True)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Dropout of whole channels of (N, C, L) or (C, L)."""
    if input.ndim not in (2, 3):
        raise invalid(
            RuntimeError,
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to provide channel-wise "
            "dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).",
        )
    return of_channels(input, p, training, inplace, single=input.ndim == 2)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Dropout of whole channels of (N, C, H, W)."""
    if input.ndim not in (3, 4):
        warn_dims("dropout2d", input, 2)
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is "
            "interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret "
            "the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, "
            "please switch to using dropout1d instead.",
            stacklevel=2,
        )
    return of_channels(input, p, training, inplace, single=False)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W)."""
    if input.ndim not in (4, 5):
        warn_dims("dropout3d", input, 3)
    return of_channels(input, p, training, inplace, single=input.ndim != 5)


def of_channels(input: Any, p: float, training: bool, inplace: bool, *, single: bool) -> Any:
    if single and inplace:
        check_writable(input)
    batch = input.unsqueeze(0) if single else input
    found = dropped("feature_dropout", batch, p, training, inplace, features=True)
    if inplace:
        return input
    return found.squeeze(0) if single else found


def warn_dims(name: str, input: Any, spatial: int) -> None:
    warnings.warn(
        f"{name}: Received a {input.ndim}-D input to {name}, which is deprecated and will result in an error in a future release. To "
        f"retain the behavior and silence this warning, please use dropout instead. Note that {name} exists to provide channel-wise "
        f"dropout on inputs with {spatial} spatial dimensions, a channel dimension, and an optional batch dimension.",
        stacklevel=3,
    )


adopt_in(globals())
