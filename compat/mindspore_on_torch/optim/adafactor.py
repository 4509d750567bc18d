"""mindspore.nn.AdaFactor: Adam whose mean of squares is kept, for matrices, as one number a row and one a column."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.optim import rates
from compat.mindspore_on_torch.optim.base import Bucket, Optimizer
from compat.mindspore_on_torch.optim.checks import flags, number
from compat.mindspore_on_torch.parameter import Parameter, ParameterTuple

torch: Any = frameworks.load("torch")


class AdaFactor(Optimizer):
    """nn.AdaFactor. With relative_step, the rate is min(0.01, 1 / sqrt(step)), or 1e-6 * step at first if warmup_init.

    The last two axes of a parameter of two or more are its rows and columns. With compression, the means of squares of
    vectors are float16.
    """

    def __init__(
        self, params: Any, learning_rate: Any = None, eps: Any = (1e-30, 1e-3), clip_threshold: float = 1.0,
        decay_rate: float = 0.8, beta1: float | None = 0.9, weight_decay: float = 0.0, scale_parameter: bool = True,
        relative_step: bool = True, warmup_init: bool = False, compression: bool = False, loss_scale: float = 1.0,
    ) -> None:  # fmt: skip
        flags("AdaFactor", scale_parameter=scale_parameter, relative_step=relative_step, warmup_init=warmup_init)
        check_rate(learning_rate, relative_step, warmup_init)
        super().__init__(0.0 if learning_rate is None else learning_rate, params, 0.0, loss_scale)
        self.eps = checked_eps(eps)
        self.clip_threshold = number("AdaFactor", "clip_threshold", clip_threshold, above=0.0)
        self.decay_rate = number("AdaFactor", "decay_rate", decay_rate, above=0.0, below=1.0)
        self.weight_decay = number("AdaFactor", "weight_decay", weight_decay, least=0.0)
        flags("AdaFactor", compression=compression)
        self.beta1 = None if beta1 is None else number("AdaFactor", "beta1", beta1, integers=True)
        self.scale_parameter = scale_parameter
        self.relative_step, self.warmup_init, self.compression = relative_step, warmup_init, compression
        self._hold_state()
        self.step = rates.on_host([0.0], "afactor_step")

    def _hold_state(self) -> None:
        self.exp_avg = ParameterTuple(()) if self.beta1 is None else self._state("exp_avg")
        rows, columns, squares = [], [], []
        for item in self.parameters:
            lengths = item.shape
            factored = len(lengths) > 1
            kind = dtypes.float16 if self.compression and not factored else item.dtype
            rows.append(zeros(item, lengths[:-1] if factored else (1,), f"exp_avg_sq_row_{item.name}"))
            columns.append(zeros(item, lengths[:-2] + lengths[-1:] if factored else (1,), f"exp_avg_sq_col_{item.name}"))
            squares.append(zeros(item, (1,) if factored else lengths, f"exp_avg_sq_{item.name}", kind))
        self.exp_avg_sq_row, self.exp_avg_sq_col = ParameterTuple(rows), ParameterTuple(columns)
        self.exp_avg_sq = ParameterTuple(squares)

    def _prepared(self, gradients: list[Any]) -> list[Any]:
        # MindSpore takes the gradients with the loss scale in them: it falls out but for eps.
        return self._centralized(gradients)

    def _before(self, global_step: Any) -> None:
        self.step.add_(1)

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        step = float(self.step)
        if self.relative_step:
            rate = min(1e-6 * step if self.warmup_init else 1e-2, 1 / math.sqrt(step))
        kept = 1 - step**-self.decay_rate
        for place, parameter, gradient in zip(bucket.places, parameters, gradients, strict=True):
            self._move(place, parameter, gradient, rate, kept)

    def _move(self, place: int, parameter: Any, gradient: Any, rate: float, kept: float) -> None:
        change = gradient * self._inverse_root(place, gradient, kept)
        change.div_((root_mean_square(change) / self.clip_threshold).clamp_(min=1.0))
        length = root_mean_square(parameter).clamp_(min=self.eps[1]) * rate if self.scale_parameter else rate
        change.mul_(length)
        if self.beta1 is not None:
            change = self.exp_avg[place].mul_(self.beta1).add_(change, alpha=1 - self.beta1)
        if self.weight_decay:
            parameter.mul_(1 - self.weight_decay * length)
        parameter.sub_(change)

    def _inverse_root(self, place: int, gradient: Any, kept: float) -> Any:
        # 1 / sqrt of the running mean of squares.
        squares = gradient.square().add_(self.eps[0])
        if gradient.dim() < 2:
            mean = self.exp_avg_sq[place]
            return mean.mul_(kept).add_(squares, alpha=1 - kept).to(gradient.dtype).rsqrt()
        rows = self.exp_avg_sq_row[place].mul_(kept).add_(squares.mean(-1), alpha=1 - kept)
        columns = self.exp_avg_sq_col[place].mul_(kept).add_(squares.mean(-2), alpha=1 - kept)
        share = (rows / rows.mean(-1, keepdim=True)).rsqrt()
        return share.unsqueeze(-1) * columns.rsqrt().unsqueeze(-2)


def zeros(like: Any, lengths: Any, name: str, dtype: Any = None) -> Any:
    """A Parameter of zeros where `like` is."""
    return Parameter(like.detach().new_zeros(lengths, dtype=dtype or like.dtype), name)


def root_mean_square(values: Any) -> Any:
    """The root of the mean of squares, a tensor of no dimensions."""
    return values.square().mean().sqrt()


def checked_eps(eps: Any) -> tuple[float, float]:
    """eps as two floats of at least 0: TypeError for other types, ValueError for other lengths."""
    if not isinstance(eps, (tuple, list)):
        raise errors.invalid(TypeError, f"For 'AdaFactor', 'eps' must be a tuple, but got {type(eps)}.")
    if len(eps) != 2:
        raise errors.invalid(ValueError, f"For 'AdaFactor', 'eps' must have 2 values, but got {len(eps)}.")
    return number("AdaFactor", "eps", eps[0], least=0.0), number("AdaFactor", "eps", eps[1], least=0.0)


def check_rate(learning_rate: Any, relative_step: bool, warmup_init: bool) -> None:
    """ValueError unless there is either a learning rate or relative_step."""
    if learning_rate is not None and relative_step:
        raise errors.invalid(ValueError, "For 'AdaFactor', 'learning_rate' and 'relative_step' can't be combined.")
    if warmup_init and not relative_step:
        raise errors.invalid(ValueError, "For 'AdaFactor', 'warmup_init' requires 'relative_step'.")
    if learning_rate is None and not relative_step:
        raise errors.invalid(ValueError, "For 'AdaFactor', without 'relative_step' there must be a 'learning_rate'.")
