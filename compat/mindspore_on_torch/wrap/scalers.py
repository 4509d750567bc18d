"""Loss scaling in the caller's hands: the scalers of mindspore.amp and the managers that Model takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.optim.rates import on_host
from compat.mindspore_on_torch.tensor import run_plain

torch: Any = frameworks.load("torch")


def positive_int(owner: str, argument: str, value: Any) -> int:
    """TypeError for no int, ValueError below 1."""
    if not isinstance(value, int):
        raise errors.invalid(TypeError, f"For '{owner}', the '{argument}' must be int, but got {type(value).__name__!r}.")
    if value < 1:
        raise errors.invalid(ValueError, f"For '{owner}', the '{argument}' must be int and must > 0, but got {value!r}.")
    return value


def scale_of(argument: str, value: Any) -> float:
    """A number of at least 1: TypeError for another type, ValueError below."""
    if not isinstance(value, (int, float)):
        raise errors.invalid(TypeError, f"The type of '{argument}' should be one of ['float', 'int'], but got {type(value)}.")
    if value < 1:
        raise errors.invalid(ValueError, f"The argument '{argument}' must be >= 1, but got {value}")
    return value


def all_finite(inputs: Any) -> Any:
    """mindspore.amp.all_finite: whether every element of these tensors is finite, a Tensor of bool.

    TypeError for what is no tuple or list of Tensors, ValueError for an empty one.
    """
    if isinstance(inputs, torch.Tensor) or not all(isinstance(item, torch.Tensor) for item in inputs):
        raise errors.invalid(TypeError, f"For 'all_finite', the inputs must be a tuple of Tensors, but got {type(inputs)}.")
    if not inputs:
        raise errors.invalid(ValueError, "For 'all_finite', there must be at least one Tensor.")
    return run_plain(lambda: torch.stack([torch.isfinite(item).all() for item in inputs]).all())


class LossScaler(ABC):
    """mindspore.amp.LossScaler: base class; a subclass gives scale, unscale and adjust."""

    @abstractmethod
    def scale(self, inputs: Any) -> Any:
        """The inputs times the scale."""

    @abstractmethod
    def unscale(self, inputs: Any) -> Any:
        """The inputs divided by the scale."""

    @abstractmethod
    def adjust(self, grads_finite: Any) -> Any:
        """Move the scale after a step; whether it may move."""


class StaticLossScaler(LossScaler):
    """mindspore.amp.StaticLossScaler(scale_value): one scale, of at least 1."""

    def __init__(self, scale_value: float) -> None:
        self.scale_value = on_host(float(scale_of("scale_value", scale_value)), "scale_value")

    def scale(self, inputs: Any) -> Any:
        """The inputs, a Tensor or a tuple of them, times the scale."""
        return multiplied(inputs, float(self.scale_value))

    def unscale(self, inputs: Any) -> Any:
        """The inputs divided by the scale."""
        return multiplied(inputs, 1.0 / float(self.scale_value))

    def adjust(self, grads_finite: Any) -> bool:
        """False: the scale doesn't move."""
        return False


def scaled(scale: Any, inputs: Any) -> Any:
    """mindspore.amp._grad_scale_map: the inputs times the scale, for a LossScaler of one's own."""
    return multiplied(inputs, float(scale))


def unscaled(scale: Any, inputs: Any) -> Any:
    """mindspore.amp._grad_unscale_map: the inputs divided by the scale."""
    return multiplied(inputs, 1.0 / float(scale))


def multiplied(inputs: Any, factor: float) -> Any:
    """Tensors times a number, in their data types; tuples and lists element by element."""
    if isinstance(inputs, (tuple, list)):
        return type(inputs)(multiplied(item, factor) for item in inputs)
    if not isinstance(inputs, torch.Tensor):
        raise errors.invalid(AttributeError, f"A loss scaler takes Tensors and tuples of them, but got {type(inputs)}.")
    return inputs * factor


class DynamicLossScaler(StaticLossScaler):
    """mindspore.amp.DynamicLossScaler: divides the scale when gradients aren't finite, to 1 at least; multiplies it after scale_window good steps."""

    def __init__(self, scale_value: float, scale_factor: int, scale_window: int) -> None:
        super().__init__(scale_value)
        self.scale_window = positive_int("DynamicLossScaler", "scale_window", scale_window)
        self.scale_factor = positive_int("DynamicLossScaler", "scale_factor", scale_factor)
        self.counter = on_host(0, "counter", dtypes.int32)

    def adjust(self, grads_finite: Any) -> bool:
        """Move the scale, on the host: `grads_finite` says whether the gradients were finite. True."""
        scale, good = float(self.scale_value), int(self.counter) + 1
        if not bool(grads_finite):
            scale, good = max(scale / self.scale_factor, 1.0), 0
        elif good == self.scale_window:
            grown = scale * self.scale_factor
            scale, good = (grown if grown < float("inf") else scale), 0
        self.scale_value.set_data(scale)
        self.counter.set_data(good)
        return True


class LossScaleManager:
    """mindspore.amp.LossScaleManager: base class; all its methods give None."""

    def get_loss_scale(self) -> Any:
        """The scale."""

    def update_loss_scale(self, overflow: bool) -> Any:
        """Move the scale after a step."""

    def get_update_cell(self) -> Any:
        """The Cell that moves the scale in a training step."""


class FixedLossScaleManager(LossScaleManager):
    """mindspore.amp.FixedLossScaleManager: one scale; drop_overflow_update says whether a step with overflow is left out."""

    def __init__(self, loss_scale: float = 128.0, drop_overflow_update: bool = True) -> None:
        self._loss_scale = scale_of("loss_scale", loss_scale)
        self._drop_overflow_update = drop_overflow_update

    def get_loss_scale(self) -> float:
        """The scale."""
        return self._loss_scale

    def get_drop_overflow_update(self) -> bool:
        """Whether a step with overflow is left out."""
        return self._drop_overflow_update

    def get_update_cell(self) -> Any:
        """A FixedLossScaleUpdateCell, or None if steps with overflow are made."""
        from compat.mindspore_on_torch.wrap.loss_scale import FixedLossScaleUpdateCell

        return FixedLossScaleUpdateCell(self._loss_scale) if self._drop_overflow_update else None


class DynamicLossScaleManager(LossScaleManager):
    """mindspore.amp.DynamicLossScaleManager: as DynamicLossScaler; RuntimeError after more than 1000 overflows in a row."""

    def __init__(self, init_loss_scale: float = 2**24, scale_factor: float = 2, scale_window: int = 2000) -> None:
        self.loss_scale: float = scale_of("init_loss_scale", init_loss_scale)
        if not isinstance(scale_factor, (int, float)):
            raise errors.invalid(TypeError, f"For 'DynamicLossScaleManager', 'scale_factor' must be a number, but got {scale_factor!r}.")
        if scale_factor <= 0:
            raise errors.invalid(ValueError, f"For 'DynamicLossScaleManager', 'scale_factor' must be > 0, but got {scale_factor}.")
        self.scale_window = positive_int("DynamicLossScaleManager", "scale_window", scale_window)
        self.scale_factor = self.increase_ratio = scale_factor
        self.decrease_ratio = 1 / scale_factor
        self.cur_iter, self.last_overflow_iter = 1, 0
        self.bad_step_max, self.bad_step = 1000, 0

    def get_loss_scale(self) -> float:
        """The scale as it is now."""
        return self.loss_scale

    def update_loss_scale(self, overflow: bool) -> None:
        """Move the scale after a step with or without overflow."""
        if overflow:
            self.loss_scale = max(self.loss_scale * self.decrease_ratio, 1)
            self.last_overflow_iter = self.cur_iter
            self.bad_step += 1
        else:
            self.bad_step = 0
            if (self.cur_iter - self.last_overflow_iter) % self.scale_window == 0:
                self.loss_scale *= self.increase_ratio
        if self.bad_step > self.bad_step_max:
            raise errors.invalid(RuntimeError, f"Dynamic loss scale: {self.bad_step} overflows in a row, at most {self.bad_step_max}.")
        self.cur_iter += 1

    def get_drop_overflow_update(self) -> bool:
        """True: a step with overflow is left out."""
        return True

    def get_update_cell(self) -> Any:
        """A DynamicLossScaleUpdateCell."""
        from compat.mindspore_on_torch.wrap.loss_scale import DynamicLossScaleUpdateCell

        return DynamicLossScaleUpdateCell(self.loss_scale, self.scale_factor, self.scale_window)  # type: ignore[arg-type]
