"""mindspore.nn's optimizers of the Adam family."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch.optim import rates
from compat.mindspore_on_torch.optim.base import Bucket, Optimizer
from compat.mindspore_on_torch.optim.checks import between_0_and_1, flags, number
from compat.mindspore_on_torch.parameter import ParameterTuple

torch: Any = frameworks.load("torch")


def single_precision(value: float) -> float:
    """The nearest float32: 1 - 0.999 differs in its fifth digit, and the bias correction shows it."""
    return float(np.float32(value))


def averaged(first: Any, second: Any, gradients: Any, beta1: float, beta2: float) -> None:
    """Move the running means of the gradients and of their squares."""
    torch._foreach_lerp_(first, gradients, 1 - beta1)
    torch._foreach_mul_(second, beta2)
    torch._foreach_addcmul_(second, gradients, gradients, value=1 - beta2)


class Adam(Optimizer):
    """nn.Adam. eps is added before the bias correction, unlike torch.optim.Adam.

    use_lazy and use_offload say how and where MindSpore computes; with dense gradients the result is the same.
    """

    has_target = True
    powers_shape: Any = ()

    def __init__(
        self, params: Any, learning_rate: Any = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8,
        use_locking: bool = False, use_nesterov: bool = False, weight_decay: Any = 0.0, loss_scale: float = 1.0,
        use_amsgrad: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        between_0_and_1(self.cls_name, beta1=beta1, beta2=beta2)
        number(self.cls_name, "eps", eps, above=0.0)
        flags(self.cls_name, use_locking=use_locking, use_nesterov=use_nesterov, use_amsgrad=use_amsgrad)
        self._check_kind(kwargs, use_amsgrad)
        self.beta1, self.beta2, self.eps = single_precision(beta1), single_precision(beta2), eps
        self.use_nesterov, self.use_amsgrad = use_nesterov, use_amsgrad
        self.beta1_power = rates.on_host(np.ones(self.powers_shape), "beta1_power")
        self.beta2_power = rates.on_host(np.ones(self.powers_shape), "beta2_power")
        self.moment1, self.moment2 = self._state("moment1"), self._state("moment2")
        self.vhat = self._state("vhat") if use_amsgrad else ParameterTuple(())

    def _check_kind(self, kinds: dict[str, Any], use_amsgrad: bool) -> None:
        for name, value in kinds.items():
            if name not in ("use_lazy", "use_offload"):
                raise errors.invalid(KeyError, f"For 'Adam', invalid keys are passed as kwargs: {name}.")
            flags("Adam", **{name: value})
        if sum(kinds.values()) > 1 or (use_amsgrad and any(kinds.values())):
            raise errors.invalid(ValueError, "For 'Adam', only one of 'use_lazy', 'use_offload' and 'use_amsgrad' may be true.")

    def _before(self, global_step: Any) -> None:
        self.beta1_power.mul_(self.beta1)
        self.beta2_power.mul_(self.beta2)
        self._correction = math.sqrt(1 - float(self.beta2_power)) / (1 - float(self.beta1_power))

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        first, second = bucket.of(self.moment1), bucket.of(self.moment2)
        averaged(first, second, gradients, self.beta1, self.beta2)
        if self.use_amsgrad:
            largest = bucket.of(self.vhat)
            torch._foreach_maximum_(largest, second)
            second = largest
        if self.use_nesterov:
            first = torch._foreach_lerp(first, gradients, 1 - self.beta1)
        divisors = torch._foreach_sqrt(second)
        torch._foreach_add_(divisors, self.eps)
        torch._foreach_addcdiv_(parameters, first, divisors, value=-rate * self._correction)


class LazyAdam(Adam):
    """nn.LazyAdam. Gradients are dense here, where it is Adam."""

    dynamic_decay = False
    powers_shape: Any = (1,)

    def __init__(
        self, params: Any, learning_rate: Any = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8,
        use_locking: bool = False, use_nesterov: bool = False, weight_decay: Any = 0.0, loss_scale: float = 1.0,
    ) -> None:  # fmt: skip
        super().__init__(params, learning_rate, beta1, beta2, eps, use_locking, use_nesterov, weight_decay, loss_scale)


class AdamOffload(LazyAdam):
    """nn.AdamOffload: Adam. The moments are where the parameters are; MindSpore keeps them on the host, with the same result."""

    dynamic_decay, has_target = True, False


class AdamWeightDecay(Optimizer):
    """nn.AdamWeightDecay: decoupled weight decay, and no bias correction."""

    decay_in_update = True
    has_target = True
    names = ("adam_m", "adam_v")

    def __init__(
        self, params: Any, learning_rate: Any = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-6,
        weight_decay: Any = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay)
        between_0_and_1(self.cls_name, beta1=beta1, beta2=beta2)
        number(self.cls_name, "eps", eps, above=0.0)
        self.beta1, self.beta2, self.eps = single_precision(beta1), single_precision(beta2), eps
        self.moments1, self.moments2 = (self._state(name) for name in self.names)

    def _prepared(self, gradients: list[Any]) -> list[Any]:
        # The decay is part of the update.
        return self._centralized(gradients)

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        first, second = bucket.of(self.moments1), bucket.of(self.moments2)
        averaged(first, second, gradients, self.beta1, self.beta2)
        divisors = torch._foreach_sqrt(second)
        torch._foreach_add_(divisors, self.eps)
        decay = self._decay_value(bucket.decay)
        if decay:
            torch._foreach_mul_(parameters, 1 - rate * decay)
        torch._foreach_addcdiv_(parameters, first, divisors, value=-rate)


class AdaMax(Optimizer):
    """nn.AdaMax: Adam with the largest recent gradient in place of the mean of squares."""

    def __init__(
        self, params: Any, learning_rate: Any = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8,
        weight_decay: Any = 0.0, loss_scale: float = 1.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        between_0_and_1("AdaMax", beta1=beta1, beta2=beta2)
        number("AdaMax", "eps", eps, above=0.0)
        self.beta1, self.beta2, self.eps = single_precision(beta1), single_precision(beta2), eps
        self.beta1_power = rates.on_host([1.0], "beta1_power")
        self.moment1, self.moment2 = self._state("moment1"), self._state("moment2")

    def _before(self, global_step: Any) -> None:
        self.beta1_power.mul_(self.beta1)

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        first, largest = bucket.of(self.moment1), bucket.of(self.moment2)
        torch._foreach_lerp_(first, gradients, 1 - self.beta1)
        torch._foreach_mul_(largest, self.beta2)
        torch._foreach_maximum_(largest, torch._foreach_abs(gradients))
        divisors = torch._foreach_add(largest, self.eps)
        torch._foreach_addcdiv_(parameters, first, divisors, value=-rate / (1 - float(self.beta1_power)))
