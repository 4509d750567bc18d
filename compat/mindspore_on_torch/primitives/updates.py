"""ops.Adam, ApplyMomentum and their kind: one step of an optimizer, in place, on a variable and its state."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.primitives.base import primitive

torch: Any = frameworks.load("torch")

__all__ = [
    "Adam", "AdamNoUpdateParam", "AdamWeightDecay", "ApplyAdaMax", "ApplyAdadelta", "ApplyAdagrad", "ApplyAdagradDA",
    "ApplyAdagradV2", "ApplyAdamWithAmsgrad", "ApplyAdamWithAmsgradV2", "ApplyAddSign", "ApplyCenteredRMSProp", "ApplyFtrl",
    "ApplyGradientDescent", "ApplyKerasMomentum", "ApplyMomentum", "ApplyPowerSign", "ApplyProximalAdagrad",
    "ApplyProximalGradientDescent", "ApplyRMSProp", "FusedCastAdamWeightDecay", "FusedWeightScaleApplyMomentum", "LARSUpdate", "SGD",
]  # fmt: skip


def updating(update: Callable[..., Any]) -> Any:
    """The operator that runs `update` outside of any gradient. What it returns are the tensors that it updated."""

    @functools.wraps(update)
    def run(var: Any, *args: Any, **kwargs: Any) -> Any:
        if not var.is_floating_point() and not var.is_complex():
            raise errors.invalid(TypeError, f"For '{update.__name__}', the variable must be of floating point, but got {var.dtype}.")
        with torch.no_grad():
            result = update(var, *args, **kwargs)
        return tuple(each.detach() for each in result) if isinstance(result, tuple) else result.detach()

    return primitive(run)


def moments(m: Any, v: Any, beta1: Any, beta2: Any, grad: Any) -> None:
    """Move both exponential means."""
    m.add_((grad - m) * (1 - beta1))
    v.add_((grad * grad - v) * (1 - beta2))


def root(value: Any) -> Any:
    """The square root of a tensor or a number."""
    return torch.sqrt(value) if isinstance(value, torch.Tensor) else value**0.5


def adam_direction(
    m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, grad: Any, nesterov: bool
) -> Any:  # fmt: skip
    """What Adam subtracts; the means are moved."""
    moments(m, v, beta1, beta2, grad)
    ahead = m * beta1 + (1 - beta1) * grad if nesterov else m
    return lr * root(1 - beta2_power) / (1 - beta1_power) * ahead / (torch.sqrt(v) + epsilon)


@updating
def Adam(
    var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, gradient: Any, *,
    use_locking: bool = False, use_nesterov: bool = False,
) -> Any:  # fmt: skip
    """One step of Adam; the powers are those of this step."""
    var.sub_(adam_direction(m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, gradient, use_nesterov))
    return var, m, v


@updating
def AdamNoUpdateParam(
    m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, gradient: Any, *,
    use_locking: bool = False, use_nesterov: bool = False,
) -> Any:  # fmt: skip
    """What Adam would add to the variable; the means are moved."""
    return -adam_direction(m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, gradient, use_nesterov)


def decayed_adam(
    var: Any, m: Any, v: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, decay: Any, gradient: Any, *, use_locking: bool = False
) -> Any:  # fmt: skip
    """One step of Adam without correction of the first steps, and with decay apart from the gradient."""
    moments(m, v, beta1, beta2, gradient)
    var.sub_(lr * (m / (torch.sqrt(v) + epsilon) + decay * var))
    return var, m, v


def named(name: str, function: Callable[..., Any]) -> Any:
    """The updating operator of that name."""

    @functools.wraps(function)
    def update(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    update.__name__ = name
    return updating(update)


AdamWeightDecay = named("AdamWeightDecay", decayed_adam)


@updating
def FusedCastAdamWeightDecay(
    var: Any, m: Any, v: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, decay: Any, gradient: Any, global_norm: Any = None, *,
    use_locking: bool = False,
) -> Any:  # fmt: skip
    """The same of a gradient in another dtype than the means, divided by `global_norm`."""
    gradient = gradient.to(m.dtype) if global_norm is None else gradient.to(m.dtype) / global_norm
    return decayed_adam(var, m, v, lr, beta1, beta2, epsilon, decay, gradient)


@updating
def ApplyAdaMax(var: Any, m: Any, v: Any, beta1_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, grad: Any) -> Any:
    """One step of AdaMax: the second state is the decaying greatest gradient."""
    m.add_((grad - m) * (1 - beta1))
    v.copy_(torch.maximum(v * beta2, grad.abs().to(v.dtype)))
    var.sub_(lr / (1 - beta1_power) * m / (v + epsilon))
    return var, m, v


def adadelta(var: Any, accum: Any, accum_update: Any, lr: Any, rho: Any, epsilon: Any, grad: Any) -> Any:
    """One step of Adadelta."""
    accum.mul_(rho).add_((1 - rho) * grad * grad)
    change = torch.sqrt(accum_update + epsilon) * grad / torch.sqrt(accum + epsilon)
    var.sub_(lr * change)
    accum_update.mul_(rho).add_((1 - rho) * change * change)
    return var, accum, accum_update


ApplyAdadelta = named("ApplyAdadelta", adadelta)


def adagrad(var: Any, accum: Any, lr: Any, grad: Any, epsilon: float = 0.0, update_slots: bool = True) -> Any:
    """One step of Adagrad; without `update_slots` the sum of squares stays."""
    if update_slots:
        accum.add_(grad * grad)
    var.sub_(lr * grad / (torch.sqrt(accum) + epsilon))
    return var, accum


@updating
def ApplyAdagrad(var: Any, accum: Any, lr: Any, grad: Any, *, update_slots: bool = True) -> Any:
    """One step of Adagrad."""
    return adagrad(var, accum, lr, grad, 0.0, update_slots)


@updating
def ApplyAdagradV2(var: Any, accum: Any, lr: Any, grad: Any, *, epsilon: float, update_slots: bool = True) -> Any:
    """One step of Adagrad, with a term added to the root."""
    return adagrad(var, accum, lr, grad, epsilon, update_slots)


@updating
def ApplyAdagradDA(
    var: Any, gradient_accumulator: Any, gradient_squared_accumulator: Any, grad: Any, lr: Any, l1: Any, l2: Any, global_step: Any, *,
    use_locking: bool = False,
) -> Any:  # fmt: skip
    """One step of Adagrad by dual averaging: the variable follows from the sums of gradients and of their squares alone."""
    total = gradient_accumulator.add_(grad)
    gradient_squared_accumulator.add_(grad * grad)
    shrunk = torch.sign(total) * torch.clamp(total.abs() - l1 * global_step, min=0) if not_zero(l1) else total
    return var.copy_(-lr * shrunk / (l2 * global_step * lr + torch.sqrt(gradient_squared_accumulator)))


def not_zero(value: Any) -> bool:
    """Whether a number is above 0; one on a device counts as if it were, for the formula holds for 0 too."""
    return isinstance(value, torch.Tensor) or value > 0


def amsgrad(
    var: Any, m: Any, v: Any, vhat: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, grad: Any
) -> Any:  # fmt: skip
    """One step of Adam that divides by the greatest second mean so far."""
    moments(m, v, beta1, beta2, grad)
    vhat.copy_(torch.maximum(vhat, v))
    var.sub_(lr * root(1 - beta2_power) / (1 - beta1_power) * m / (torch.sqrt(vhat) + epsilon))
    return var, m, v, vhat


@updating
def ApplyAdamWithAmsgrad(
    var: Any, m: Any, v: Any, vhat: Any, beta1_power: Any, beta2_power: Any, lr: Any, grad: Any, *,
    beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8, use_locking: bool = False,
) -> Any:  # fmt: skip
    """One step of AMSGrad."""
    return amsgrad(var, m, v, vhat, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad)


@updating
def ApplyAdamWithAmsgradV2(
    var: Any, m: Any, v: Any, vhat: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, grad: Any, *,
    use_locking: bool = False,
) -> Any:  # fmt: skip
    """One step of AMSGrad; the rates of decay are given in the call."""
    return amsgrad(var, m, v, vhat, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad)


@updating
def ApplyAddSign(var: Any, m: Any, lr: Any, alpha: Any, sign_decay: Any, beta: Any, grad: Any) -> Any:
    """One step of AddSign: more where gradient and mean agree in sign."""
    m.mul_(beta).add_((1 - beta) * grad)
    var.sub_(lr * (alpha + sign_decay * torch.sign(grad) * torch.sign(m)) * grad)
    return var, m


@updating
def ApplyPowerSign(var: Any, m: Any, lr: Any, logbase: Any, sign_decay: Any, beta: Any, grad: Any) -> Any:
    """One step of PowerSign."""
    m.mul_(beta).add_((1 - beta) * grad)
    var.sub_(lr * torch.exp(logbase * sign_decay * torch.sign(grad) * torch.sign(m)) * grad)
    return var, m


@updating
def ApplyCenteredRMSProp(
    var: Any, mean_gradient: Any, mean_square: Any, moment: Any, grad: Any, learning_rate: Any, decay: Any, momentum: Any, epsilon: Any, *,
    use_locking: bool = False,
) -> Any:  # fmt: skip
    """One step of RMSProp by the variance of the gradients."""
    mean_gradient.mul_(decay).add_((1 - decay) * grad)
    mean_square.mul_(decay).add_((1 - decay) * grad * grad)
    spread = mean_square - mean_gradient * mean_gradient + epsilon
    moment.mul_(momentum).add_(learning_rate * grad / torch.sqrt(spread))
    return var.sub_(moment)


def rmsprop(var: Any, mean_square: Any, moment: Any, lr: Any, grad: Any, decay: Any, momentum: Any, epsilon: Any) -> Any:
    """One step of RMSProp."""
    mean_square.mul_(decay).add_((1 - decay) * grad * grad)
    moment.mul_(momentum).add_(lr * grad / torch.sqrt(mean_square + epsilon))
    var.sub_(moment)
    return var, mean_square, moment


@updating
def ApplyRMSProp(
    var: Any, mean_square: Any, moment: Any, learning_rate: Any, grad: Any, decay: Any, momentum: Any, epsilon: Any, *,
    use_locking: bool = False,
) -> Any:  # fmt: skip
    """One step of RMSProp."""
    return rmsprop(var, mean_square, moment, learning_rate, grad, decay, momentum, epsilon)[0]


def ftrl(
    var: Any, accum: Any, linear: Any, grad: Any, lr: Any, l1: Any, l2: Any, lr_power: Any, l2_shrinkage: float = 0.0
) -> Any:  # fmt: skip
    """One step of FTRL."""
    before = accum.clone()
    accum.add_(grad * grad)
    power, power_before = torch.pow(accum, -lr_power), torch.pow(before, -lr_power)
    linear.add_(grad + 2 * l2_shrinkage * var - (power - power_before) / lr * var)
    moved = (torch.sign(linear) * l1 - linear) / (power / lr + 2 * l2)
    var.copy_(torch.where(linear.abs() > l1, moved, torch.zeros_like(moved)))
    return var, accum, linear


@updating
def ApplyFtrl(
    var: Any, accum: Any, linear: Any, grad: Any, lr: Any, l1: Any, l2: Any, lr_power: Any, *, use_locking: bool = False
) -> Any:  # fmt: skip
    """One step of FTRL."""
    return ftrl(var, accum, linear, grad, lr, l1, l2, lr_power)[0]


@updating
def ApplyGradientDescent(var: Any, alpha: Any, delta: Any) -> Any:
    """One step down: alpha times delta."""
    return var.sub_(alpha * delta)


def shrunk(value: Any, rate: Any, l1: Any, l2: Any) -> Any:
    """The proximal operator of l1 and l2 regularization."""
    return torch.sign(value) / (1 + rate * l2) * torch.clamp(value.abs() - rate * l1, min=0)


@updating
def ApplyProximalGradientDescent(var: Any, alpha: Any, l1: Any, l2: Any, delta: Any) -> Any:
    """One step down, then towards 0 by l1 and l2."""
    return var.copy_(shrunk(var - alpha * delta, alpha, l1, l2))


def proximal_adagrad(var: Any, accum: Any, lr: Any, l1: Any, l2: Any, grad: Any, *, use_locking: bool = False) -> Any:
    """One step of Adagrad, then towards 0 by l1 and l2."""
    accum.add_(grad * grad)
    rate = lr / torch.sqrt(accum)
    var.copy_(shrunk(var - rate * grad, rate, l1, l2))
    return var, accum


ApplyProximalAdagrad = named("ApplyProximalAdagrad", proximal_adagrad)


@updating
def ApplyKerasMomentum(
    var: Any, accum: Any, lr: Any, grad: Any, momentum: Any, *, use_locking: bool = False, use_nesterov: bool = False
) -> Any:  # fmt: skip
    """One step with momentum, where the state holds steps and not gradients."""
    step = lr * grad
    accum.mul_(momentum).sub_(step)
    var.add_(accum * momentum - step if use_nesterov else accum)
    return var, accum


@updating
def ApplyMomentum(
    variable: Any, accumulation: Any, learning_rate: Any, gradient: Any, momentum: Any, *,
    use_nesterov: bool = False, use_locking: bool = False, gradient_scale: float = 1.0,
) -> Any:  # fmt: skip
    """One step with momentum."""
    gradient = gradient * gradient_scale if gradient_scale != 1 else gradient
    accumulation.mul_(momentum).add_(gradient)
    ahead = gradient + accumulation * momentum if use_nesterov else accumulation
    return variable.sub_(learning_rate * ahead)


@updating
def FusedWeightScaleApplyMomentum(
    weight_decay: Any, loss_scale: Any, variable: Any, accumulation: Any, learning_rate: Any, gradient: Any, momentum: Any
) -> Any:  # fmt: skip
    """One step with momentum by (gradient + weight_decay * variable) * loss_scale."""
    accumulation.mul_(momentum).add_((gradient + weight_decay * variable) * loss_scale)
    return variable.sub_(learning_rate * accumulation)


@updating
def SGD(
    parameters: Any, gradient: Any, learning_rate: Any, accum: Any, momentum: Any, stat: Any, *,
    dampening: float = 0.0, weight_decay: float = 0.0, nesterov: bool = False,
) -> Any:  # fmt: skip
    """One step of SGD; where `stat` is above 0, the first step, the state becomes the gradient, and `stat` 0."""
    gradient = gradient + weight_decay * parameters if weight_decay else gradient
    moving = torch.as_tensor(momentum, device=accum.device) > 0
    kept = torch.where(stat > 0, gradient, accum * momentum + (1 - dampening) * gradient)
    accum.copy_(torch.where(moving, kept, accum))
    stat.copy_(torch.where(moving & (stat > 0), torch.zeros_like(stat), stat))
    ahead = gradient + momentum * accum if nesterov else accum
    return parameters.sub_(learning_rate * torch.where(moving, ahead, gradient))


@updating
def LARSUpdate(
    weight: Any, gradient: Any, norm_weight: Any, norm_gradient: Any, weight_decay: Any, learning_rate: Any, *,
    epsilon: float = 1e-5, hyperpara: float = 0.001, use_clip: bool = False,
) -> Any:  # fmt: skip
    """The gradient with decay, scaled by the ratio of the norms of weight and gradient, whose squares are given."""
    size = root(norm_weight)
    trust = hyperpara * size / (root(norm_gradient) + weight_decay * size + epsilon)
    if use_clip:
        trust = torch.clamp(trust / learning_rate, 0, 1)
    return (gradient + weight_decay * weight) * trust
