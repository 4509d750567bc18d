"""mindspore.experimental.optim: PyTorch's optimizers under their own names, called with the gradients."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from compat import errors, frameworks
from compat.mindspore_on_torch.optim.groups import Optimizer, invalid

torch: Any = frameworks.load("torch")


def at_least_0(owner: str, **options: Any) -> None:
    """ValueError for a negative option."""
    for name, value in options.items():
        if value < 0.0:
            raise invalid(owner, f"'{name}' must be at least 0, but got {value}")


def check_betas(owner: str, betas: Any) -> None:
    """ValueError for a beta outside of [0, 1)."""
    for beta in (betas[0], betas[1]):
        if not 0.0 <= beta < 1.0:
            raise invalid(owner, f"each of 'betas' must be in [0, 1), but got {beta}")


class SGD(Optimizer):
    """SGD with momentum, dampening and Nesterov's variant; the first step takes the gradient undamped."""

    kept: ClassVar[dict[str, Any]] = {"accum": 0.0, "stat": 1.0}
    counter: str | None = None

    def __init__(
        self, params: Any, lr: Any, momentum: float = 0, dampening: float = 0, weight_decay: float = 0.0, nesterov: bool = False,
        *, maximize: bool = False,
    ) -> None:  # fmt: skip
        at_least_0("SGD", momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise invalid("SGD", "'nesterov' needs a momentum and zero dampening")
        options = {"lr": lr, "momentum": float(momentum), "dampening": float(dampening), "weight_decay": float(weight_decay)}
        super().__init__(params, {**options, "nesterov": nesterov, "maximize": maximize, "grad_centralization": False})

    def _check_group(self, group: dict[str, Any]) -> None:
        if group["grad_centralization"]:
            raise errors.UnsupportedArgument("mindspore.experimental.optim.SGD", "grad_centralization", True, "False")

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        momentum, dampening = float(group["momentum"]), float(group["dampening"])
        if momentum:
            accumulated, stat = self.accum[part], self.stat[part]
            damped = gradients
            if dampening:
                # All of the gradient where stat is 1, 1 - dampening of it where stat is 0.
                kept = torch._foreach_mul(stat, dampening)
                torch._foreach_add_(kept, 1 - dampening)
                damped = torch._foreach_mul(gradients, kept)
                torch._foreach_zero_(stat)
            torch._foreach_mul_(accumulated, momentum)
            torch._foreach_add_(accumulated, damped)
            gradients = torch._foreach_add(gradients, accumulated, alpha=momentum) if group["nesterov"] else accumulated
        torch._foreach_add_(parameters, gradients, alpha=-float(group["lr"]))


class Adam(Optimizer):
    """Adam, with eps added before the bias correction."""

    kept: ClassVar[dict[str, Any]] = {"exp_avg": 0.0, "exp_avg_sq": 0.0, "max_exp_avg_sq": 0.0}
    counter = "state_step"

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0.0,
        amsgrad: bool = False, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        at_least_0(type(self).__name__, eps=eps, weight_decay=weight_decay)
        check_betas(type(self).__name__, betas)
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**options, "amsgrad": amsgrad, "maximize": maximize})

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        rate, (beta1, beta2) = float(group["lr"]), group["betas"]
        first, second = self.exp_avg[part], self.exp_avg_sq[part]
        torch._foreach_lerp_(first, gradients, 1 - beta1)
        torch._foreach_mul_(second, beta2)
        torch._foreach_addcmul_(second, gradients, gradients, value=1 - beta2)
        if group["amsgrad"]:
            second = self._largest(group, part, second, 1 - beta2**step)
        divisors = torch._foreach_sqrt(second)
        self._move(group, parameters, first, divisors, rate / (1 - beta1**step), math.sqrt(1 - beta2**step))

    def _largest(self, group: dict[str, Any], part: slice, second: Any, correction: float) -> Any:
        largest = self.max_exp_avg_sq[part]
        torch._foreach_maximum_(largest, second)
        return largest

    def _move(self, group: dict[str, Any], parameters: Any, first: Any, divisors: Any, rate: float, correction: float) -> None:
        torch._foreach_add_(divisors, group["eps"])
        torch._foreach_addcdiv_(parameters, first, divisors, value=-rate * correction)


class AdamW(Adam):
    """Adam with decoupled weight decay; eps is added after the bias correction."""

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 1e-2,
        amsgrad: bool = False, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def _added_decay(self, group: dict[str, Any]) -> float:
        return 0.0

    def _decoupled_decay(self, group: dict[str, Any]) -> float:
        return float(group["weight_decay"])

    def _move(self, group: dict[str, Any], parameters: Any, first: Any, divisors: Any, rate: float, correction: float) -> None:
        decay = self._decoupled_decay(group)
        if decay:
            torch._foreach_mul_(parameters, 1 - float(group["lr"]) * decay)
        torch._foreach_div_(divisors, correction)
        torch._foreach_add_(divisors, group["eps"])
        torch._foreach_addcdiv_(parameters, first, divisors, value=-rate)


class Adadelta(Optimizer):
    """Adadelta: the gradient times the ratio of past updates to past gradients."""

    kept: ClassVar[dict[str, Any]] = {"accum": 0.0, "accum_update": 0.0}
    counter = None

    def __init__(
        self, params: Any, lr: Any = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0.0, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        at_least_0("Adadelta", eps=eps, weight_decay=weight_decay)
        if not 0.0 <= rho <= 1.0:
            raise invalid("Adadelta", f"'rho' must be in [0, 1], but got {rho}")
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize})

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        rho, eps, squares, updates = group["rho"], group["eps"], self.accum[part], self.accum_update[part]
        torch._foreach_mul_(squares, rho)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - rho)
        steps = torch._foreach_add(updates, eps)
        torch._foreach_div_(steps, torch._foreach_add(squares, eps))
        torch._foreach_sqrt_(steps)
        torch._foreach_mul_(steps, gradients)
        torch._foreach_mul_(updates, rho)
        torch._foreach_addcmul_(updates, steps, steps, value=1 - rho)
        torch._foreach_add_(parameters, steps, alpha=-float(group["lr"]))


class Adagrad(Optimizer):
    """Adagrad: the gradient divided by the root of the sum of squares, with a rate that falls by lr_decay."""

    kept: ClassVar[dict[str, Any]] = {"accum": "initial_accumulator_value"}

    def __init__(
        self, params: Any, lr: Any = 1e-2, lr_decay: float = 0.0, weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0, eps: float = 1e-10, *, maximize: bool = False,
    ) -> None:  # fmt: skip
        start = initial_accumulator_value
        at_least_0("Adagrad", lr_decay=lr_decay, weight_decay=weight_decay, initial_accumulator_value=start, eps=eps)
        options = {"lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**options, "initial_accumulator_value": start, "maximize": maximize})

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        sums = self.accum[part]
        torch._foreach_addcmul_(sums, gradients, gradients)
        divisors = torch._foreach_sqrt(sums)
        torch._foreach_add_(divisors, group["eps"])
        rate = float(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        torch._foreach_addcdiv_(parameters, gradients, divisors, value=-rate)


class Adamax(Optimizer):
    """Adam with the largest recent gradient in place of the mean of squares."""

    kept: ClassVar[dict[str, Any]] = {"exp_avg": 0.0, "exp_inf": 0.0}

    def __init__(
        self, params: Any, lr: Any = 2e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0.0,
        *, maximize: bool = False,
    ) -> None:  # fmt: skip
        at_least_0("Adamax", eps=eps, weight_decay=weight_decay)
        check_betas("Adamax", betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize})

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        (beta1, beta2), first, largest = group["betas"], self.exp_avg[part], self.exp_inf[part]
        torch._foreach_lerp_(first, gradients, 1 - beta1)
        torch._foreach_mul_(largest, beta2)
        sizes = torch._foreach_abs(gradients)
        torch._foreach_add_(sizes, group["eps"])
        torch._foreach_maximum_(largest, sizes)
        torch._foreach_addcdiv_(parameters, first, largest, value=-float(group["lr"]) / (1 - beta1**step))


class ASGD(Optimizer):
    """Gradient descent with a falling rate, which also averages the weights in `ax` from step t0 on."""

    kept: ClassVar[dict[str, Any]] = {"ax": 0.0}

    def __init__(
        self, params: Any, lr: Any = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6, weight_decay: float = 0.0,
        maximize: bool = False,
    ) -> None:  # fmt: skip
        at_least_0("ASGD", weight_decay=weight_decay)
        for name, value in (("lambd", lambd), ("alpha", alpha), ("t0", t0)):
            if not isinstance(value, float):
                raise errors.invalid(TypeError, f"For 'ASGD', the type of {name} must be float, but got {type(value)}.")
        options = {"lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0}
        # By the group's first place: the rate and the weight of the average for its next step.
        self.eta: dict[int, float] = {}
        self.mu: dict[int, float] = {}
        super().__init__(params, {**options, "weight_decay": weight_decay, "maximize": maximize})

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        rate, lambd = float(group["lr"]), group["lambd"]
        eta, mu = self.eta.get(part.start, rate), self.mu.get(part.start, 1.0)
        torch._foreach_mul_(parameters, 1 - lambd * eta)
        torch._foreach_add_(parameters, gradients, alpha=-eta)
        torch._foreach_lerp_(self.ax[part], parameters, mu)
        self.eta[part.start] = rate / (1 + lambd * rate * step) ** group["alpha"]
        self.mu[part.start] = 1 / max(1.0, step - group["t0"])


class NAdam(Optimizer):
    """Adam with Nesterov momentum, which grows by momentum_decay."""

    kept: ClassVar[dict[str, Any]] = {"exp_avg": 0.0, "exp_avg_sq": 0.0}

    def __init__(
        self, params: Any, lr: Any = 2e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
    ) -> None:  # fmt: skip
        at_least_0("NAdam", eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        check_betas("NAdam", betas)
        # The product of all momentums so far, by the group's first place.
        self.mu_product: dict[int, float] = {}
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**options, "momentum_decay": momentum_decay})

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        rate, (beta1, beta2) = float(group["lr"]), group["betas"]
        first, second = self.exp_avg[part], self.exp_avg_sq[part]
        torch._foreach_lerp_(first, gradients, 1 - beta1)
        torch._foreach_mul_(second, beta2)
        torch._foreach_addcmul_(second, gradients, gradients, value=1 - beta2)
        divisors = torch._foreach_div(second, 1 - beta2**step)
        torch._foreach_sqrt_(divisors)
        torch._foreach_add_(divisors, group["eps"])
        mu, coming = (beta1 * (1 - 0.5 * 0.96 ** (at * group["momentum_decay"])) for at in (step, step + 1))
        product = self.mu_product[part.start] = self.mu_product.get(part.start, 1.0) * mu
        torch._foreach_addcdiv_(parameters, gradients, divisors, value=-rate * (1 - mu) / (1 - product))
        torch._foreach_addcdiv_(parameters, first, divisors, value=-rate * coming / (1 - product * coming))


class RAdam(Optimizer):
    """Adam whose adaptive rate is rectified, and left out in the first steps."""

    kept: ClassVar[dict[str, Any]] = {"exp_avg": 0.0, "exp_avg_sq": 0.0}

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        at_least_0("RAdam", eps=eps, weight_decay=weight_decay)
        check_betas("RAdam", betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        (beta1, beta2), first, second = group["betas"], self.exp_avg[part], self.exp_avg_sq[part]
        torch._foreach_lerp_(first, gradients, 1 - beta1)
        torch._foreach_mul_(second, beta2)
        torch._foreach_addcmul_(second, gradients, gradients, value=1 - beta2)
        rate = float(group["lr"]) / (1 - beta1**step)
        limit = 2 / (1 - beta2) - 1
        length = limit - 2 * step * beta2**step / (1 - beta2**step)
        if length <= 5:
            torch._foreach_add_(parameters, first, alpha=-rate)
            return
        rectified = math.sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length))
        divisors = torch._foreach_sqrt(second)
        torch._foreach_add_(divisors, group["eps"])
        torch._foreach_addcdiv_(parameters, first, divisors, value=-rate * rectified * math.sqrt(1 - beta2**step))


class RMSprop(Optimizer):
    """RMSprop; eps is added to the root, unlike mindspore.nn.RMSProp's."""

    kept: ClassVar[dict[str, Any]] = {"mean_grad": 0.0, "mean_square": 0.0, "moment": 0.0}
    counter = None

    def __init__(
        self, params: Any, lr: Any = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0.0,
        momentum: float = 0.0, centered: bool = False, maximize: bool = False,
    ) -> None:  # fmt: skip
        at_least_0("RMSprop", alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum)
        options = {"lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered}
        super().__init__(params, {**options, "weight_decay": weight_decay, "maximize": maximize})

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        alpha, squares, moments = group["alpha"], self.mean_square[part], self.moment[part]
        torch._foreach_mul_(squares, alpha)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - alpha)
        if group["centered"]:
            means = self.mean_grad[part]
            torch._foreach_lerp_(means, gradients, 1 - alpha)
            squares = torch._foreach_addcmul(squares, means, means, value=-1.0)
        divisors = torch._foreach_sqrt(squares)
        torch._foreach_add_(divisors, group["eps"])
        torch._foreach_mul_(moments, group["momentum"])
        torch._foreach_addcdiv_(moments, gradients, divisors, value=float(group["lr"]))
        torch._foreach_sub_(parameters, moments)


class Rprop(Optimizer):
    """A step size for each element, which grows while its gradient keeps its sign and shrinks when it turns.

    The learning rate of the first step is the first step size.
    """

    kept: ClassVar[dict[str, Any]] = {"prev": 0.0, "step_size": 0.0}

    def __init__(
        self, params: Any, lr: Any = 1e-2, etas: Any = (0.5, 1.2), step_sizes: Any = (1e-6, 50), *, maximize: bool = False,
    ) -> None:  # fmt: skip
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise invalid("Rprop", f"'etas' must be one below and one above 1, but got {etas}")
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize})

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        (shrunk, grown), (least, most) = group["etas"], group["step_sizes"]
        for parameter, gradient, previous, size in zip(parameters, gradients, self.prev[part], self.step_size[part], strict=True):
            if step == 1:
                size.fill_(float(group["lr"]))
            agreement = torch.sign(gradient * previous)
            factor = torch.where(agreement > 0, grown, torch.where(agreement < 0, shrunk, 1.0))
            size.mul_(factor.to(size)).clamp_(least, most)
            kept = torch.where(agreement < 0, torch.zeros_like(gradient), gradient)
            parameter.addcmul_(torch.sign(kept), size, value=-1.0)
            previous.copy_(kept)
