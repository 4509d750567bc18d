"""mindspore.nn's optimizers: `optimizer(gradients)` updates the parameters in place, in MindSpore's own arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.meanings import plain_torch
from compat.mindspore_on_torch.parameter import Parameter, ParameterTuple
from compat.mindspore_on_torch.tensor import Tensor

torch: Any = frameworks.load("torch")

GROUP_KEYS = ("params", "lr", "weight_decay", "order_params", "grad_centralization")


class LearningRateSchedule(Cell):
    """Base class of schedules: construct(global_step) gives the learning rate of that step."""


class RateList(LearningRateSchedule):
    """One learning rate per step; RuntimeError in the step after the last, as MindSpore raises on CPU."""

    def __init__(self, rates: Any) -> None:
        super().__init__()
        self.rates = Tensor(np.asarray(rates, np.float32))

    def construct(self, global_step: Any) -> Any:
        step = int(global_step)
        if step >= len(self.rates):
            reason = f"the list 'learning_rate' has {len(self.rates)} values and this is step {step + 1}"
            raise errors.invalid(RuntimeError, f"For 'Optimizer', {reason}.")
        return self.rates[step]


def rate(value: Any, name: str) -> Any:
    """A learning rate as the thing that is read at each step: a Parameter, or a schedule."""
    if isinstance(value, LearningRateSchedule):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < 0:
            raise errors.invalid(ValueError, f"For 'Optimizer', the learning rate must be >= 0, but got {value}.")
        return Parameter(Tensor(float(value), dtypes.float32), name)
    if isinstance(value, torch.Tensor):
        if value.ndim > 1:
            reason = f"the dimension of 'learning_rate' should be 0 or 1, but got {value.ndim}."
            raise errors.invalid(ValueError, f"For 'Optimizer', {reason}")
        return RateList(value.asnumpy()) if value.ndim else Parameter(Tensor(value, dtypes.float32), name)
    if isinstance(value, Iterable) and not isinstance(value, (str, dict)):
        return RateList(list(value))
    kinds = "int, float, Tensor, Iterable or LearningRateSchedule"
    raise errors.invalid(TypeError, f"For 'Optimizer', the argument 'learning_rate' must be {kinds}, but got {type(value)}.")


class Optimizer(Cell):
    """nn.Optimizer(learning_rate, parameters, weight_decay=0.0, loss_scale=1.0), the base class.

    `parameters` are Parameters, or groups: dicts with params, lr, weight_decay, and one with order_params. Without
    groups, weight decay leaves out the parameters whose name contains "beta" or "gamma".
    """

    def __init__(self, learning_rate: Any, parameters: Any, weight_decay: float = 0.0, loss_scale: float = 1.0) -> None:
        super().__init__(auto_prefix=False)
        given = as_list(parameters)
        self.loss_scale = at_least(0.0, "loss_scale", loss_scale, exclusive=True)
        self.global_step = Parameter(Tensor([0], dtypes.int32), "global_step")
        self.learning_rate = rate(learning_rate, "learning_rate")
        decay = self._decay(weight_decay)
        if all(isinstance(item, Parameter) for item in given):
            self.is_group = False
            self.parameters = ParameterTuple(given)
            self._rates = [self.learning_rate] * len(given)
            self._decays = [0.0 if "beta" in item.name or "gamma" in item.name else decay for item in given]
        elif all(isinstance(item, dict) for item in given):
            self.is_group = True
            self._take_groups(given, decay)
        else:
            raise errors.invalid(TypeError, "For 'Optimizer', all elements of 'parameters' must be 'Parameter' or 'dict'.")

    def _decay(self, weight_decay: Any) -> float:
        if isinstance(weight_decay, Cell):
            raise errors.UnsupportedArgument(f"mindspore.nn.{self.cls_name}", "weight_decay", weight_decay, "a number")
        return at_least(0.0, "weight_decay", weight_decay) * self.loss_scale

    def _take_groups(self, groups: list[dict[str, Any]], default_decay: float) -> None:
        rows: list[tuple[Any, Any, float]] = []
        order: list[Any] = []
        for number, group in enumerate(groups):
            check_group(group)
            if "order_params" in group:
                order = list(group["order_params"])
                continue
            own_rate = rate(group["lr"], f"learning_rate_group_{number}") if "lr" in group else self.learning_rate
            decay = self._decay(group["weight_decay"]) if "weight_decay" in group else default_decay
            rows += [(parameter, own_rate, decay) for parameter in as_list(group["params"])]
        if order:
            by_id = {id(row[0]): row for row in rows}
            rows = [by_id[id(parameter)] for parameter in order]
        self.parameters = ParameterTuple(row[0] for row in rows)
        self._rates = [row[1] for row in rows]
        self._decays = [row[2] for row in rows]

    def _state(self, prefix: str, init: str = "zeros") -> ParameterTuple:
        return self.parameters.clone(prefix, init)

    def decay_weight(self, gradients: Any) -> tuple[Any, ...]:
        """The gradients plus weight_decay times the parameters."""
        rows = zip(gradients, self.parameters, self._decays, strict=True)
        return tuple(gradient + decay * parameter.detach() if decay else gradient for gradient, parameter, decay in rows)

    def gradients_centralization(self, gradients: Any) -> Any:
        """The gradients as they are: groups with grad_centralization are refused."""
        return gradients

    def scale_grad(self, gradients: Any) -> tuple[Any, ...]:
        """The gradients without the loss scale."""
        return tuple(gradients) if self.loss_scale == 1.0 else tuple(item * (1.0 / self.loss_scale) for item in gradients)

    def get_lr(self) -> Any:
        """The learning rate of the coming step; one per parameter if groups have their own."""
        if any(item is not self.learning_rate for item in self._rates):
            return tuple(Tensor(value, dtypes.float32) for value in self._current_rates())
        return self.learning_rate(self.global_step[0]) if isinstance(self.learning_rate, Cell) else self.learning_rate

    def _current_rates(self) -> list[float]:
        # Each distinct rate is read once.
        read: dict[int, float] = {}
        for item in self._rates:
            if id(item) not in read:
                read[id(item)] = float(item(self.global_step[0]) if isinstance(item, Cell) else item)
        return [read[id(item)] for item in self._rates]

    def construct(self, gradients: Any) -> Any:
        """One step. The result is one True per parameter. RuntimeError if there are not as many gradients."""
        if len(gradients) != len(self.parameters):
            reason = f"there are {len(self.parameters)} parameters, but {len(gradients)} gradients"
            raise errors.invalid(RuntimeError, f"For '{self.cls_name}', {reason}.")
        with torch.no_grad(), plain_torch():
            prepared = self.scale_grad(self.gradients_centralization(self.decay_weight(gradients)))
            rates = self._rates_outside()
            self.global_step.add_(1)
            for index, (parameter, gradient) in enumerate(zip(self.parameters, prepared, strict=True)):
                self._update(index, parameter, gradient.to(torch.Tensor.dtype.__get__(parameter)), rates[index])
        return (True,) * len(self.parameters)

    def _rates_outside(self) -> list[float]:
        # A schedule is the user's code, which expects MindSpore's Tensor.
        with torch._C._EnableTorchFunction():
            return self._current_rates()

    def _update(self, index: int, parameter: Any, gradient: Any, rate: float) -> None:
        raise NotImplementedError(f"{self.cls_name} defines neither construct nor _update")


def as_list(parameters: Any) -> list[Any]:
    """The parameters as a list; None or nothing is a ValueError, what can't be iterated a TypeError."""
    if parameters is None:
        raise errors.invalid(ValueError, "For 'Optimizer', the argument parameters can not be None.")
    if not isinstance(parameters, Iterable):
        raise errors.invalid(TypeError, f"For 'Optimizer', parameters must be Iterable type, but got {type(parameters)}.")
    found = list(parameters)
    if not found:
        raise errors.invalid(ValueError, "For 'Optimizer', the argument parameters must not be empty.")
    return found


def check_group(group: dict[str, Any]) -> None:
    """KeyError for a key that is not known; groups that need what is not here are refused."""
    unknown = [key for key in group if key not in GROUP_KEYS]
    if unknown:
        raise errors.invalid(KeyError, f"For 'Optimizer', the key in group params must be in {GROUP_KEYS}, but got {unknown}.")
    if "order_params" in group and len(group) > 1:
        raise errors.invalid(ValueError, "For 'Optimizer', the order params dict should only include 'order_params'.")
    if group.get("grad_centralization"):
        raise errors.UnsupportedArgument("mindspore.nn.Optimizer", "grad_centralization", True, "False")


def at_least(low: float, argument: str, value: Any, exclusive: bool = False) -> float:
    """A number of at least `low` (above it if `exclusive`), or MindSpore's TypeError or ValueError."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise errors.invalid(TypeError, f"For 'Optimizer', the argument '{argument}' must be float, but got {type(value)}.")
    if value < low or (exclusive and value == low):
        bound = "greater than" if exclusive else "at least"
        raise errors.invalid(ValueError, f"For 'Optimizer', the argument '{argument}' must be {bound} {low}, but got {value}.")
    return float(value)


class SGD(Optimizer):
    """nn.SGD: momentum with dampening, or Nesterov's; the first step takes the gradient undamped."""

    def __init__(
        self, params: Any, learning_rate: Any = 0.1, momentum: float = 0.0, dampening: float = 0.0,
        weight_decay: float = 0.0, nesterov: bool = False, loss_scale: float = 1.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        self.dampening = at_least(0.0, "dampening", dampening)
        self.momentum = Parameter(Tensor(at_least(0.0, "momentum", momentum), dtypes.float32), "momentum")
        if nesterov and (momentum <= 0 or dampening != 0):
            reason = f"'momentum' must be > 0 and 'dampening' 0, but got {momentum} and {dampening}."
            raise errors.invalid(ValueError, f"For 'SGD', if 'nesterov' is true, {reason}")
        self.nesterov = nesterov
        self.accum = self._state("accum")
        self.stat = self._state("stat", "ones")

    def _update(self, index: int, parameter: Any, gradient: Any, rate: float) -> None:
        momentum = float(self.momentum)
        if momentum > 0:
            accumulated = self.accum[index]
            if bool(self.stat[index].reshape(-1)[0] > 0):
                accumulated.copy_(gradient)
                self.stat[index].zero_()
            else:
                accumulated.mul_(momentum).add_(gradient, alpha=1 - self.dampening)
            gradient = gradient.add(accumulated, alpha=momentum) if self.nesterov else accumulated
        parameter.add_(gradient, alpha=-rate)


class Momentum(Optimizer):
    """nn.Momentum. With use_nesterov, the documented formula; MindSpore 2.10 on CPU takes the plain one."""

    def __init__(
        self, params: Any, learning_rate: Any, momentum: float, weight_decay: float = 0.0, loss_scale: float = 1.0,
        use_nesterov: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        if not isinstance(momentum, float):
            raise errors.invalid(TypeError, f"For 'Momentum', the type of 'momentum' should be 'float', but got {momentum!r}.")
        self.momentum = Parameter(Tensor(at_least(0.0, "momentum", momentum), dtypes.float32), "momentum")
        self.use_nesterov = use_nesterov
        self.moments = self._state("moments")

    def _update(self, index: int, parameter: Any, gradient: Any, rate: float) -> None:
        momentum = float(self.momentum)
        moment = self.moments[index].mul_(momentum).add_(gradient)
        step = gradient.add(moment, alpha=momentum) if self.use_nesterov else moment
        parameter.add_(step, alpha=-rate)


class Adam(Optimizer):
    """nn.Adam. eps is added before the bias correction, unlike torch.optim.Adam."""

    def __init__(
        self, params: Any, learning_rate: Any = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8,
        use_locking: bool = False,
        use_nesterov: bool = False, weight_decay: float = 0.0, loss_scale: float = 1.0,
        use_amsgrad: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        check_adam("Adam", beta1, beta2, eps)
        for name, value in kwargs.items():
            if name not in ("use_lazy", "use_offload"):
                raise errors.invalid(KeyError, f"For 'Adam', invalid keys are passed as kwargs: {name}.")
            if value:
                raise errors.UnsupportedArgument("mindspore.nn.Adam", name, value, "False")
        self.beta1, self.beta2, self.eps = single_precision(beta1), single_precision(beta2), eps
        self.use_nesterov, self.use_amsgrad = use_nesterov, use_amsgrad
        self.beta1_power = Parameter(Tensor(1.0), "beta1_power")
        self.beta2_power = Parameter(Tensor(1.0), "beta2_power")
        self.moment1, self.moment2 = self._state("moment1"), self._state("moment2")
        self.vhat = self._state("vhat") if use_amsgrad else ParameterTuple(())

    def construct(self, gradients: Any) -> Any:
        """One step, after the powers of beta1 and beta2."""
        with torch.no_grad():
            torch.Tensor.mul_(self.beta1_power, self.beta1)
            torch.Tensor.mul_(self.beta2_power, self.beta2)
        return super().construct(gradients)

    def _update(self, index: int, parameter: Any, gradient: Any, rate: float) -> None:
        first = self.moment1[index].mul_(self.beta1).add_(gradient, alpha=1 - self.beta1)
        second = self.moment2[index].mul_(self.beta2).addcmul_(gradient, gradient, value=1 - self.beta2)
        if self.use_amsgrad:
            second = self.vhat[index].copy_(torch.maximum(self.vhat[index], second))
        step = rate * float((1 - self.beta2_power).sqrt() / (1 - self.beta1_power))
        if self.use_nesterov:
            first = first.mul(self.beta1).add(gradient, alpha=1 - self.beta1)
        parameter.addcdiv_(first, second.sqrt().add_(self.eps), value=-step)


class AdamWeightDecay(Optimizer):
    """nn.AdamWeightDecay: decoupled weight decay, and no bias correction."""

    def __init__(
        self, params: Any, learning_rate: Any = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-6,
        weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay)
        check_adam("AdamWeightDecay", beta1, beta2, eps)
        self.beta1, self.beta2, self.eps = single_precision(beta1), single_precision(beta2), eps
        self.moments1, self.moments2 = self._state("adam_m"), self._state("adam_v")

    def decay_weight(self, gradients: Any) -> tuple[Any, ...]:
        """The gradients as they are; the decay is part of the update."""
        return tuple(gradients)

    def _update(self, index: int, parameter: Any, gradient: Any, rate: float) -> None:
        first = self.moments1[index].mul_(self.beta1).add_(gradient, alpha=1 - self.beta1)
        second = self.moments2[index].mul_(self.beta2).addcmul_(gradient, gradient, value=1 - self.beta2)
        step = first / second.sqrt().add_(self.eps)
        parameter.add_(step.add_(parameter, alpha=self._decays[index]), alpha=-rate)


def single_precision(value: float) -> float:
    """The nearest float32: 1 - 0.999 differs in its fifth digit, and the bias correction shows it."""
    return float(np.float32(value))


def check_adam(name: str, beta1: Any, beta2: Any, eps: Any) -> None:
    """beta1 and beta2 are floats between 0 and 1, eps is a positive float."""
    for argument, value, high in (("beta1", beta1, 1.0), ("beta2", beta2, 1.0), ("eps", eps, float("inf"))):
        if not isinstance(value, float):
            raise errors.invalid(TypeError, f"For '{name}', the type of '{argument}' should be 'float', but got {value!r}.")
        if not 0 < value < high:
            raise errors.invalid(ValueError, f"For '{name}', '{argument}' must be in (0, {high}), but got {value}.")
