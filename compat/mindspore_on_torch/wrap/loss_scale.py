"""Loss scaling inside cells: mindspore.nn.TrainOneStepWithLossScaleCell and the cells that update its scale."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.optim.rates import on_host
from compat.mindspore_on_torch.tensor import Tensor
from compat.mindspore_on_torch.wrap.cells import TrainOneStepCell
from compat.mindspore_on_torch.wrap.differentiation import outputs_and_gradients
from compat.mindspore_on_torch.wrap.scalers import all_finite

torch: Any = frameworks.load("torch")


class FixedLossScaleUpdateCell(Cell):
    """nn.FixedLossScaleUpdateCell: the scale stays."""

    def __init__(self, loss_scale_value: float) -> None:
        super().__init__()
        self.loss_scale_value = loss_scale_value

    def get_loss_scale(self) -> float:
        """The scale."""
        return self.loss_scale_value

    def construct(self, _: Any, overflow: Any) -> Any:
        """Whether there was an overflow, as it was given."""
        return overflow


class DynamicLossScaleUpdateCell(Cell):
    """nn.DynamicLossScaleUpdateCell: divides the scale at an overflow, to 1 at least; multiplies it after scale_window steps without."""

    def __init__(self, loss_scale_value: float, scale_factor: int, scale_window: int) -> None:
        super().__init__()
        self.loss_scale_value = loss_scale_value
        self.scale_factor, self.scale_window = scale_factor, scale_window
        self.cur_iter = on_host(1, "current_iterator_step", dtypes.int32)
        self.last_overflow_iter = on_host(0, "last_overflow_iterator_step", dtypes.int32)

    def get_loss_scale(self) -> float:
        """The first scale."""
        return self.loss_scale_value

    def construct(self, loss_scale: Any, overflow: Any) -> Any:
        """Set the Parameter `loss_scale`; the result is whether there was an overflow, as it was given."""
        step, scale = int(self.cur_iter), float(loss_scale)
        if bool(overflow):
            moved = max(scale / self.scale_factor, 1.0)
        elif step - int(self.last_overflow_iter) >= self.scale_window:
            moved = scale * self.scale_factor
        else:
            moved = scale
        if moved != scale or bool(overflow):
            self.last_overflow_iter.set_data(step)
        loss_scale.set_data(torch.full_like(loss_scale.detach(), moved))
        self.cur_iter.set_data(step + 1)
        return overflow


class TrainOneStepWithLossScaleCell(TrainOneStepCell):
    """nn.TrainOneStepWithLossScaleCell: inputs → (loss, whether a gradient was not finite, the scale of this step).

    The optimizer makes no step when one was not finite, which is read on the host. `scale_sense` is the scale, or a Cell that
    updates it.
    """

    def __init__(self, network: Any, optimizer: Any, scale_sense: Any) -> None:
        super().__init__(network, optimizer, sens=None)
        self.loss_scaling_manager = None
        if isinstance(scale_sense, Cell):
            self.loss_scaling_manager = scale_sense
            self.scale_sense = on_host(float(scale_sense.get_loss_scale()), "scale_sense")
        elif isinstance(scale_sense, torch.Tensor):
            if scale_sense.shape not in ((), (1,)):
                reason = f"the shape of 'scale_sense' must be (1,) or (), but got {scale_sense.shape}."
                raise errors.invalid(ValueError, f"For 'TrainOneStepWithLossScaleCell', {reason}")
            self.scale_sense = on_host(scale_sense, "scale_sense")
        else:
            reason = f"the 'scale_sense' must be Cell or Tensor, but got 'scale_sense' type: {type(scale_sense)}."
            raise errors.invalid(TypeError, f"For 'TrainOneStepWithLossScaleCell', {reason}")

    def construct(self, *inputs: Any) -> Any:
        """One step."""
        scale = Tensor(self.scale_sense)
        loss, found = outputs_and_gradients(self.network, inputs, self.weights, scale)
        with torch.no_grad():
            found = tuple(gradient / float(scale) for gradient in found)
        overflow = self.process_loss_scale(self.get_overflow_status(None, found))
        if not bool(overflow):
            self.optimizer(found)
        return loss, overflow, scale

    def set_sense_scale(self, sens: Any) -> None:
        """Set the scale, where no Cell does. TypeError for no Tensor."""
        if not isinstance(sens, torch.Tensor):
            reason = f"the input type must be Tensor, but got {type(sens)}"
            raise errors.invalid(TypeError, f"For 'TrainOneStepWithLossScaleCell', {reason}")
        self.scale_sense.set_data(sens.reshape(self.scale_sense.shape))

    def start_overflow_check(self, pre_cond: Any, compute_input: Any) -> tuple[Any, Any]:
        """(a status, compute_input). Overflow is seen in the gradients, so there is nothing to start."""
        return Tensor(False), compute_input

    def get_overflow_status(self, status: Any, compute_output: Any) -> Any:
        """Whether one of the gradients is not finite, a Tensor."""
        return all_finite(compute_output).logical_not()

    def process_loss_scale(self, overflow: Any) -> Any:
        """Let the Cell update the scale, if there is one."""
        if self.loss_scaling_manager is None:
            return overflow
        return self.loss_scaling_manager(self.scale_sense, overflow)
