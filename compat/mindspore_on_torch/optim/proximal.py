"""mindspore.nn.FTRL and ProximalAdagrad: updates that pull weights to zero by l1 and l2."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.optim.base import Bucket, Optimizer
from compat.mindspore_on_torch.optim.checks import flags, number

torch: Any = frameworks.load("torch")


class FTRL(Optimizer):
    """nn.FTRL: follow the regularized leader, by the documented formula. The learning rate is one float, and weight decay leaves out no name.

    MindSpore 2.10 on CPU has the sign of l1 turned round, which moves weights away from zero.
    """

    has_target = True
    without_decay = ()

    def __init__(
        self, params: Any, initial_accum: float = 0.1, learning_rate: float = 0.001, lr_power: float = -0.5, l1: float = 0.0,
        l2: float = 0.0, use_locking: bool = False, loss_scale: float = 1.0, weight_decay: Any = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        if self.dynamic_lr or self.is_group_lr:
            raise errors.invalid(ValueError, "For 'FTRL', dynamic learning rate and group learning rate are not supported.")
        number("FTRL", "learning_rate", learning_rate, above=0.0)
        self.lr_power = number("FTRL", "lr_power", lr_power, most=0.0)
        self.l1, self.l2 = number("FTRL", "l1", l1, least=0.0), number("FTRL", "l2", l2, least=0.0)
        flags("FTRL", use_locking=use_locking)
        self.moments = self._state("moments", number("FTRL", "initial_accum", initial_accum, least=0.0))
        self.linear = self._state("linear")

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        squares, linear = bucket.of(self.moments), bucket.of(self.linear)
        before = torch._foreach_pow(squares, -self.lr_power)
        torch._foreach_addcmul_(squares, gradients, gradients)
        after = torch._foreach_pow(squares, -self.lr_power)
        torch._foreach_add_(linear, gradients)
        torch._foreach_addcmul_(linear, torch._foreach_sub(after, before), parameters, value=-1 / rate)
        torch._foreach_div_(after, rate)
        torch._foreach_add_(after, 2 * self.l2)
        for parameter, slope, divisor in zip(parameters, linear, after, strict=True):
            # Zero where |slope| is at most l1.
            parameter.copy_((slope.clamp(-self.l1, self.l1) - slope).div_(divisor))


class ProximalAdagrad(Optimizer):
    """nn.ProximalAdagrad: Adagrad's step, and then a soft threshold by l1 and a shrinkage by l2.

    Both are scaled by the rate of the element, as MindSpore 2.10 computes them; its manual scales by the learning rate.
    """

    has_target = True

    def __init__(
        self, params: Any, accum: float = 0.1, learning_rate: Any = 0.001, l1: float = 0.0, l2: float = 0.0,
        use_locking: bool = False, loss_scale: float = 1.0, weight_decay: Any = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay, loss_scale)
        self.l1, self.l2 = number("ProximalAdagrad", "l1", l1, least=0.0), number("ProximalAdagrad", "l2", l2, least=0.0)
        flags("ProximalAdagrad", use_locking=use_locking)
        self.accum = self._state("accum", number("ProximalAdagrad", "accum", accum, least=0.0))

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        sums = bucket.of(self.accum)
        torch._foreach_addcmul_(sums, gradients, gradients)
        scales = torch._foreach_rsqrt(sums)
        torch._foreach_mul_(scales, rate)
        torch._foreach_addcmul_(parameters, gradients, scales, value=-1.0)
        for parameter, scale in zip(parameters, scales, strict=True):
            if self.l1:
                edge = scale * self.l1
                parameter.sub_(torch.minimum(torch.maximum(parameter, -edge), edge))
            if self.l2:
                parameter.div_(1 + scale * self.l2)
