"""nn.Dropout, Dropout2d, Dropout3d and ops.dropout."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.layers.layer import Layer, check_rank, check_type, computed, refuse

torch: Any = frameworks.load("torch")


class Dropout(Layer):
    """nn.Dropout: a positional argument is the probability to KEEP, `p` is the one to drop. For training mode only."""

    # MindSpore ignores dtype too.
    def __init__(self, keep_prob: float = 0.5, p: float | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__()
        if p is None:
            if not isinstance(keep_prob, float):
                reason = f"the type of 'keep_prob' should be 'float', but got type '{type(keep_prob).__name__}'."
                raise errors.invalid(TypeError, f"For 'Dropout', {reason}")
            if not 0 < keep_prob <= 1:
                reason = f"the 'keep_prob' must be a number in range (0, 1], but got {keep_prob}."
                raise errors.invalid(ValueError, f"For 'Dropout', {reason}")
        elif not isinstance(p, (int, float)) or isinstance(p, bool):
            raise errors.invalid(TypeError, f"For 'Dropout', the type of 'p' should be float or int, but got {p!r}.")
        elif not 0 <= p < 1:
            raise errors.invalid(ValueError, f"For 'Dropout', the 'p' must be a number in range [0, 1), but got {p}.")
        self.keep_prob, self.p = keep_prob, p

    def construct(self, x: Any) -> Any:
        return dropout(x, 1 - self.keep_prob if self.p is None else self.p, self.training)

    def extend_repr(self) -> str:
        return f"keep_prob={self.keep_prob}" if self.p is None else f"p={self.p}"


def dropout(input: Any, p: float = 0.5, training: bool = True, seed: int | None = None) -> Any:
    """mindspore.ops.dropout: `p` is the probability to drop. A seed is refused: PyTorch's generator is global."""
    if seed is not None:
        raise errors.UnsupportedArgument("mindspore.ops.dropout", "seed", seed, "None; use mindspore.set_seed")
    if not training:
        return input
    if not 0 <= p < 1:
        raise errors.invalid(RuntimeError, f"For 'Dropout' of ops.dropout, the 'keep_prob' must be in (0.0, 1.0], but got {1 - p:g}")
    return torch.nn.functional.dropout(input, p, training=True)


class Dropout1d(Layer):
    """nn.Dropout1d: whole channels of (N, C, L) or (C, L) become 0 in training mode, the others grow by 1 / (1 - p)."""

    ranks: tuple[int, ...] = (2, 3)
    function = "dropout1d"

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        check_type(self, float, p=p)
        if not 0 <= p <= 1:
            raise refuse(self, f"the 'p' must be a number in range [0, 1], but got {p}.")
        self.p = p

    @computed
    def construct(self, x: Any) -> Any:
        if not self.training or self.p == 0:
            return x
        check_rank(self, x, *self.ranks)
        return getattr(torch.nn.functional, self.function)(x, self.p, training=True)


class Dropout2d(Dropout1d):
    """nn.Dropout2d: whole planes of (N, C, H, W) become 0 in training mode."""

    ranks = (4,)
    function = "dropout2d"

    def extend_repr(self) -> str:
        return f"p={1.0 - self.p}"  # MindSpore shows the probability to keep


class Dropout3d(Dropout1d):
    """nn.Dropout3d: whole volumes of (N, C, D, H, W) become 0 in training mode."""

    ranks = (5,)
    function = "dropout3d"
