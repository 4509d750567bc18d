"""mindspore.nn.SGD and Momentum."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.optim import rates
from compat.mindspore_on_torch.optim.base import Bucket, Optimizer
from compat.mindspore_on_torch.optim.checks import flags, number

torch: Any = frameworks.load("torch")


class SGD(Optimizer):
    """nn.SGD: momentum with dampening, or Nesterov's; the first step takes the gradient undamped."""

    dynamic_decay = False
    wrong_shape = RuntimeError

    def __init__(
        self, params: Any, learning_rate: Any = 0.1, momentum: float = 0.0, dampening: float = 0.0,
        weight_decay: float = 0.0, nesterov: bool = False, loss_scale: float = 1.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        self.dampening = number("SGD", "dampening", dampening, least=0.0, integers=True)
        momentum = number("SGD", "momentum", momentum, least=0.0, integers=True)
        flags("SGD", nesterov=nesterov)
        if nesterov and (momentum == 0 or dampening != 0):
            reason = f"'momentum' must be > 0 and 'dampening' 0, but got {momentum} and {dampening}."
            raise errors.invalid(ValueError, f"For 'SGD', if 'nesterov' is true, {reason}")
        self.nesterov = nesterov
        self.momentum = rates.on_host(momentum, "momentum")
        self.accum = self._state("accum")
        # 1 before the first step of a parameter, 0 after it.
        self.stat = self._state("stat", 1.0)

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        momentum = float(self.momentum)
        if momentum > 0:
            accumulated, stat = bucket.of(self.accum), bucket.of(self.stat)
            damped = gradients
            if self.dampening:
                # All of the gradient where stat is 1, 1 - dampening of it where stat is 0.
                kept = torch._foreach_mul(stat, self.dampening)
                torch._foreach_add_(kept, 1 - self.dampening)
                damped = torch._foreach_mul(gradients, kept)
            torch._foreach_mul_(accumulated, momentum)
            torch._foreach_add_(accumulated, damped)
            if self.dampening or int(self.global_step) == 0:
                torch._foreach_zero_(stat)
            gradients = torch._foreach_add(gradients, accumulated, alpha=momentum) if self.nesterov else accumulated
        torch._foreach_add_(parameters, gradients, alpha=-rate)


class Momentum(Optimizer):
    """nn.Momentum. With use_nesterov, the documented formula; MindSpore 2.10 on CPU takes the plain one."""

    def __init__(
        self, params: Any, learning_rate: Any, momentum: float, weight_decay: Any = 0.0, loss_scale: float = 1.0,
        use_nesterov: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        self.momentum = rates.on_host(number("Momentum", "momentum", momentum, least=0.0), "momentum")
        flags("Momentum", use_nesterov=use_nesterov)
        self.use_nesterov = use_nesterov
        self.params = self.parameters
        self.moments = self._state("moments")

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        momentum, moments = float(self.momentum), bucket.of(self.moments)
        torch._foreach_mul_(moments, momentum)
        torch._foreach_add_(moments, gradients)
        if self.use_nesterov:
            torch._foreach_add_(parameters, gradients, alpha=-rate)
        torch._foreach_add_(parameters, moments, alpha=-rate * momentum if self.use_nesterov else -rate)
