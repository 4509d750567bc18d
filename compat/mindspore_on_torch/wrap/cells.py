"""mindspore.nn's cells around a network: its loss, its gradients, one step of training."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.grad import ALL, GradOperation, prepared
from compat.mindspore_on_torch.parameter import Parameter, assign
from compat.mindspore_on_torch.wrap.differentiation import outputs_and_gradients

torch: Any = frameworks.load("torch")


def checked_flags(owner: str, **values: Any) -> None:
    """TypeError for a value that is no bool."""
    for name, value in values.items():
        if not isinstance(value, bool):
            raise errors.invalid(TypeError, f"For '{owner}', the type of '{name}' must be bool, but got '{type(value)}'")


class WithLossCell(Cell):
    """nn.WithLossCell(backbone, loss_fn): (data, label) → the loss."""

    def __init__(self, backbone: Any, loss_fn: Any) -> None:
        super().__init__(auto_prefix=False)
        self._backbone, self._loss_fn = backbone, loss_fn

    def construct(self, data: Any, label: Any) -> Any:
        """The loss of the network's output."""
        return self._loss_fn(self._backbone(data), label)

    @property
    def backbone_network(self) -> Any:
        """The network without the loss."""
        return self._backbone


class WithEvalCell(Cell):
    """nn.WithEvalCell: (data, label) → (loss, output, label); output and label in float32 if add_cast_fp32."""

    def __init__(self, network: Any, loss_fn: Any, add_cast_fp32: bool = False) -> None:
        super().__init__(auto_prefix=False)
        checked_flags("WithEvalCell", add_cast_fp32=add_cast_fp32)
        self._network, self._loss_fn, self.add_cast_fp32 = network, loss_fn, add_cast_fp32

    def construct(self, data: Any, label: Any) -> Any:
        """The loss, the network's output and the label."""
        outputs = self._network(data)
        if self.add_cast_fp32:
            label, outputs = single(label), single(outputs)
        return self._loss_fn(outputs, label), outputs, label


def single(value: Any) -> Any:
    """Floating-point tensors in float32, also those in tuples."""
    if isinstance(value, (tuple, list)):
        return type(value)(single(item) for item in value)
    return value.astype(dtypes.float32) if isinstance(value, torch.Tensor) and value.is_floating_point() else value


class WithGradCell(Cell):
    """nn.WithGradCell: (data, label) → the gradients of the network's trainable parameters."""

    def __init__(self, network: Any, loss_fn: Any = None, sens: Any = None) -> None:
        super().__init__(auto_prefix=False)
        self.network, self.loss_fn, self.sens = network, loss_fn, sens
        self.weights = network.trainable_params()
        self.network_with_loss = network if loss_fn is None else WithLossCell(network, loss_fn)
        self.network_with_loss.set_train()

    def construct(self, *inputs: Any) -> Any:
        """The gradients, a tuple."""
        return outputs_and_gradients(self.network_with_loss, inputs, self.weights, self.sens)[1]


class ForwardValueAndGrad(Cell):
    """nn.ForwardValueAndGrad: inputs → (what the network gives, gradients).

    The gradients are those of all inputs (get_all), of `weights` (get_by_list), of both, or of the first input. With
    sens_param, the last argument of a call is the gradient of the output.
    """

    def __init__(
        self, network: Any, weights: Any = None, get_all: bool = False, get_by_list: bool = False, sens_param: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(auto_prefix=False)
        if not isinstance(network, (Cell, types.FunctionType, types.MethodType)):
            reason = f"the argument 'network' must be cell, function type or method type, but got '{type(network)}'"
            raise errors.invalid(TypeError, f"For 'ForwardValueAndGrad', {reason}")
        checked_flags("ForwardValueAndGrad", get_all=get_all, get_by_list=get_by_list, sens_param=sens_param)
        if get_by_list and not isinstance(weights, (tuple, list)):
            reason = f"when 'get_by_list' is set to True, the argument 'weights' must be Parameters array, but got '{type(weights)}'"
            raise errors.invalid(TypeError, f"For 'ForwardValueAndGrad', {reason}")
        self.network, self.weights = network, weights
        self.get_all, self.get_by_list, self.sens_param = get_all, get_by_list, sens_param
        positions = ALL if get_all else None if get_by_list else 0
        chosen = list(weights) if get_by_list else None
        self._differentiate = prepared("mindspore.nn.ForwardValueAndGrad", network, positions, chosen, sens_param=sens_param)

    def construct(self, *inputs: Any) -> Any:
        """The outputs and the gradients."""
        return self._differentiate(inputs, {})


class TrainOneStepCell(Cell):
    """nn.TrainOneStepCell: inputs → the loss, after a step of the optimizer; with return_grad, (loss, gradients by name)."""

    def __init__(self, network: Any, optimizer: Any, sens: Any = None, return_grad: bool = False) -> None:
        super().__init__(auto_prefix=False)
        self.network, self.optimizer = network, optimizer
        self.network.set_grad()
        self.weights = optimizer.parameters
        self.sens: Any = 1.0 if sens is None else sens
        self.sense_flag = sens is not None
        self.return_grad, self.reducer_flag = return_grad, False

    @property
    def grad_reducer(self) -> Callable[[Any], Any]:
        """What happens to gradients between devices: nothing, there is one."""
        return unchanged

    def grad(self, network: Any, weights: Any) -> Callable[..., Any]:
        """A function of inputs and the gradient of the output that gives the gradients of the weights."""
        return GradOperation(get_by_list=True, sens_param=True)(network, weights)

    def construct(self, *inputs: Any) -> Any:
        """One step."""
        loss, found = outputs_and_gradients(self.network, inputs, self.weights, self.sens if self.sense_flag else None)
        self.optimizer(found)
        if not self.return_grad:
            return loss
        return loss, {weight.name: gradient for weight, gradient in zip(self.weights, found, strict=True)}


def unchanged(value: Any) -> Any:
    """The same value."""
    return value


class ParameterUpdate(Cell):
    """nn.ParameterUpdate: a call with a tensor overwrites the Parameter with it."""

    def __init__(self, param: Any) -> None:
        super().__init__(auto_prefix=False)
        if not isinstance(param, Parameter):
            raise errors.invalid(TypeError, f"For 'ParameterUpdate', 'param' must be 'Parameter', but got {type(param)}.")
        self._param = param

    def construct(self, x: Any) -> Any:
        """Overwrite; the result is `x`."""
        assign(self._param, x)
        return x
