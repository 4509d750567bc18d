"""mindspore.nn.Adagrad, Adadelta and RMSProp: steps divided by what past gradients were."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.optim.base import Bucket, Optimizer
from compat.mindspore_on_torch.optim.checks import flags, number

torch: Any = frameworks.load("torch")


class Adagrad(Optimizer):
    """nn.Adagrad: the step divided by the root of the sum of squares, which starts at `accum`.

    With update_slots=False the sum stays as it is, as documented; MindSpore 2.10 on CPU goes on summing.
    """

    def __init__(
        self, params: Any, accum: float = 0.1, learning_rate: Any = 1e-3, update_slots: bool = True, loss_scale: float = 1.0,
        weight_decay: Any = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        flags("Adagrad", update_slots=update_slots)
        self.update_slots = update_slots
        self.accum = self._state("accum", number("Adagrad", "accum", accum, least=0.0))

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        sums = bucket.of(self.accum)
        if self.update_slots:
            torch._foreach_addcmul_(sums, gradients, gradients)
        torch._foreach_addcdiv_(parameters, gradients, torch._foreach_sqrt(sums), value=-rate)


class Adadelta(Optimizer):
    """nn.Adadelta: the gradient times the ratio of past updates to past gradients."""

    def __init__(
        self, params: Any, learning_rate: Any = 1.0, rho: float = 0.9, epsilon: float = 1e-6, loss_scale: float = 1.0,
        weight_decay: Any = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        self.rho = number("Adadelta", "rho", rho, least=0.0, most=1.0)
        self.epsilon = number("Adadelta", "epsilon", epsilon, least=0.0)
        self.accum, self.accum_update = self._state("accum"), self._state("accum_update")

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        squares, updates = bucket.of(self.accum), bucket.of(self.accum_update)
        torch._foreach_mul_(squares, self.rho)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - self.rho)
        steps = torch._foreach_add(updates, self.epsilon)
        torch._foreach_div_(steps, torch._foreach_add(squares, self.epsilon))
        torch._foreach_sqrt_(steps)
        torch._foreach_mul_(steps, gradients)
        torch._foreach_mul_(updates, self.rho)
        torch._foreach_addcmul_(updates, steps, steps, value=1 - self.rho)
        torch._foreach_add_(parameters, steps, alpha=-rate)


class RMSProp(Optimizer):
    """nn.RMSProp. The mean of squares starts at 1, and epsilon is under the root, unlike torch.optim.RMSprop."""

    def __init__(
        self, params: Any, learning_rate: Any = 0.1, decay: float = 0.9, momentum: float = 0.0, epsilon: float = 1e-10,
        use_locking: bool = False, centered: bool = False, loss_scale: float = 1.0, weight_decay: Any = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        self.decay = number("RMSProp", "decay", decay, least=0.0)
        self.momentum = number("RMSProp", "momentum", momentum, least=0.0)
        self.epsilon = number("RMSProp", "epsilon", epsilon, above=0.0)
        flags("RMSProp", use_locking=use_locking, centered=centered)
        self.centered = centered
        if centered:
            self.mg = self._state("mean_grad")
        self.ms, self.moment = self._state("mean_square", 1.0), self._state("moment")

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        squares, moments = bucket.of(self.ms), bucket.of(self.moment)
        torch._foreach_mul_(squares, self.decay)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - self.decay)
        divisors = torch._foreach_add(squares, self.epsilon)
        if self.centered:
            means = bucket.of(self.mg)
            torch._foreach_lerp_(means, gradients, 1 - self.decay)
            torch._foreach_addcmul_(divisors, means, means, value=-1.0)
        torch._foreach_sqrt_(divisors)
        torch._foreach_mul_(moments, self.momentum)
        torch._foreach_addcdiv_(moments, gradients, divisors, value=rate)
        torch._foreach_sub_(parameters, moments)
