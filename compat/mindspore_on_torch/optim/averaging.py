"""mindspore.nn.ASGD and Rprop."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.optim import rates
from compat.mindspore_on_torch.optim.base import Bucket, Optimizer
from compat.mindspore_on_torch.optim.checks import number
from compat.mindspore_on_torch.parameter import ParameterTuple

torch: Any = frameworks.load("torch")


class ASGD(Optimizer):
    """nn.ASGD: gradient descent with a falling rate, which also averages the weights in `ax` from step t0 on."""

    def __init__(
        self, params: Any, learning_rate: Any = 0.1, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
        weight_decay: Any = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay)
        self.lambd, self.alpha, self.t0 = number("ASGD", "lambd", lambd), number("ASGD", "alpha", alpha), number("ASGD", "t0", t0)
        self.mu = ParameterTuple(rates.on_host(1.0, f"mu_{item.name}") for item in self.parameters)
        self.eta = ParameterTuple(rates.on_host(0.0, f"eta_{item.name}") for item in self.parameters)
        self.ax = self._state("ax_")

    def construct(self, gradients: Any) -> bool:
        """One step; the result is True."""
        super().construct(gradients)
        return True

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        averages, etas, weights = bucket.of(self.ax), bucket.of(self.eta), bucket.of(self.mu)
        step = int(self.global_step) + 1
        eta = rate if step == 1 else float(etas[0])
        torch._foreach_mul_(parameters, 1 - self.lambd * eta)
        torch._foreach_add_(parameters, gradients, alpha=-eta)
        torch._foreach_lerp_(averages, parameters, float(weights[0]))
        for next_eta, next_weight in zip(etas, weights, strict=True):
            next_eta.fill_(rate / (1 + self.lambd * rate * step) ** self.alpha)
            next_weight.fill_(1 / max(1.0, step - self.t0))


class Rprop(Optimizer):
    """nn.Rprop: a step size for each element, which grows while its gradient keeps its sign and shrinks when it turns.

    The learning rate is the first step size.
    """

    def __init__(
        self, params: Any, learning_rate: Any = 0.1, etas: Any = (0.5, 1.2), step_sizes: Any = (1e-6, 50.0), weight_decay: Any = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, params, weight_decay)
        for argument, pair in (("etas", etas), ("step_sizes", step_sizes)):
            if not isinstance(pair, tuple):
                raise errors.invalid(TypeError, f"For 'Rprop', '{argument}' must be a tuple, but got {type(pair)}.")
            if len(pair) != 2:
                raise errors.invalid(ValueError, f"For 'Rprop', '{argument}' must have two elements, but got {len(pair)}.")
        if step_sizes[0] > step_sizes[1]:
            raise errors.invalid(ValueError, f"For 'Rprop', the smallest step size is above the largest: {step_sizes}.")
        number("Rprop", "etaminus", etas[0], above=0.0, below=1.0)
        number("Rprop", "etaplus", etas[1], above=1.0)
        self.etaminus, self.etaplus = etas
        self.step_size_min, self.step_size_max = (number("Rprop", "step_sizes", size) for size in step_sizes)
        self.prev, self.step_size = self._state("prev"), self._state("step_size")

    def construct(self, gradients: Any) -> bool:
        """One step; the result is True."""
        super().construct(gradients)
        return True

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        first = int(self.global_step) == 0
        rows = zip(parameters, gradients, bucket.of(self.prev), bucket.of(self.step_size), strict=True)
        for parameter, gradient, previous, size in rows:
            if first:
                size.fill_(rate)
            agreement = torch.sign(gradient * previous)
            factor = torch.where(agreement > 0, self.etaplus, torch.where(agreement < 0, self.etaminus, 1.0))
            size.mul_(factor.to(size)).clamp_(self.step_size_min, self.step_size_max)
            kept = torch.where(agreement < 0, torch.zeros_like(gradient), gradient)
            parameter.addcmul_(torch.sign(kept), size, value=-1.0)
            previous.copy_(kept)
