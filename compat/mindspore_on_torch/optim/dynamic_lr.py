"""mindspore.nn's lists of learning rates, one per step: cosine_decay_lr and its like."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from compat import errors
from compat.mindspore_on_torch.optim.checks import count, flags, number


def by_epoch(owner: str, total_step: int, step_per_epoch: int, rate: Callable[[int], float]) -> list[float]:
    """`rate` of the epoch of each step."""
    count(owner, "total_step", total_step)
    count(owner, "step_per_epoch", step_per_epoch)
    return [rate(step // step_per_epoch) for step in range(total_step)]


def check_decay(owner: str, learning_rate: Any, decay_rate: Any, decay_epoch: Any, is_stair: Any) -> None:
    """What the exponential, natural and inverse lists ask of their arguments."""
    number(owner, "learning_rate", learning_rate, above=0.0)
    number(owner, "decay_rate", decay_rate, above=0.0)
    count(owner, "decay_epoch", decay_epoch)
    flags(owner, is_stair=is_stair)


def piecewise_constant_lr(milestone: Any, learning_rates: Any) -> list[float]:
    """learning_rates[i] for each step before milestone[i]; the milestones are positive ints in order."""
    owner = "piecewise_constant_lr"
    for argument, value in (("milestone", milestone), ("learning_rates", learning_rates)):
        if not isinstance(value, (tuple, list)):
            raise errors.invalid(TypeError, f"For '{owner}', '{argument}' must be a tuple or list, but got {type(value)}.")
    if len(milestone) != len(learning_rates):
        reason = f"'milestone' has {len(milestone)} values and 'learning_rates' {len(learning_rates)}"
        raise errors.invalid(ValueError, f"For '{owner}', {reason}; they must be as many.")
    rates: list[float] = []
    for end, value in zip(milestone, learning_rates, strict=True):
        count(owner, "milestone", end)
        if end < len(rates):
            raise errors.invalid(ValueError, f"For '{owner}', the values of 'milestone' must not fall, but got {milestone}.")
        rates += [number(owner, "learning_rates", value)] * (end - len(rates))
    return rates


def exponential_decay_lr(
    learning_rate: float, decay_rate: float, total_step: int, step_per_epoch: int, decay_epoch: int, is_stair: bool = False,
) -> list[float]:  # fmt: skip
    """learning_rate * decay_rate ** (epoch / decay_epoch); the exponent is rounded down if is_stair."""
    check_decay("exponential_decay_lr", learning_rate, decay_rate, decay_epoch, is_stair)

    def rate(epoch: int) -> float:
        return learning_rate * math.pow(decay_rate, epoch // decay_epoch if is_stair else epoch / decay_epoch)

    return by_epoch("exponential_decay_lr", total_step, step_per_epoch, rate)


def natural_exp_decay_lr(
    learning_rate: float, decay_rate: float, total_step: int, step_per_epoch: int, decay_epoch: int, is_stair: bool = False,
) -> list[float]:  # fmt: skip
    """learning_rate * exp(-decay_rate * epoch); with is_stair, of the last epoch that is a multiple of decay_epoch."""
    check_decay("natural_exp_decay_lr", learning_rate, decay_rate, decay_epoch, is_stair)

    def rate(epoch: int) -> float:
        return learning_rate * math.exp(-decay_rate * (epoch // decay_epoch * decay_epoch if is_stair else epoch))

    return by_epoch("natural_exp_decay_lr", total_step, step_per_epoch, rate)


def inverse_decay_lr(
    learning_rate: float, decay_rate: float, total_step: int, step_per_epoch: int, decay_epoch: int, is_stair: bool = False,
) -> list[float]:  # fmt: skip
    """learning_rate / (1 + decay_rate * epoch / decay_epoch); the quotient is rounded down if is_stair."""
    check_decay("inverse_decay_lr", learning_rate, decay_rate, decay_epoch, is_stair)

    def rate(epoch: int) -> float:
        return learning_rate / (1 + decay_rate * (epoch // decay_epoch if is_stair else epoch / decay_epoch))

    return by_epoch("inverse_decay_lr", total_step, step_per_epoch, rate)


def cosine_decay_lr(min_lr: float, max_lr: float, total_step: int, step_per_epoch: int, decay_epoch: int) -> list[float]:
    """From max_lr to min_lr along half a cosine of decay_epoch epochs, and min_lr after them."""
    owner = "cosine_decay_lr"
    number(owner, "min_lr", min_lr, least=0.0)
    number(owner, "max_lr", max_lr, above=0.0)
    count(owner, "decay_epoch", decay_epoch)
    if min_lr >= max_lr:
        raise errors.invalid(ValueError, f"For '{owner}', 'min_lr' {min_lr} must be less than 'max_lr' {max_lr}.")

    def rate(epoch: int) -> float:
        return min_lr + 0.5 * (max_lr - min_lr) * (1 + math.cos(math.pi * min(epoch, decay_epoch) / decay_epoch))

    return by_epoch(owner, total_step, step_per_epoch, rate)


def polynomial_decay_lr(
    learning_rate: float, end_learning_rate: float, total_step: int, step_per_epoch: int, decay_epoch: int, power: float,
    update_decay_epoch: bool = False,
) -> list[float]:  # fmt: skip
    """From learning_rate to end_learning_rate by (1 - epoch / decay_epoch) ** power; decay_epoch may grow with the epoch."""
    owner = "polynomial_decay_lr"
    number(owner, "learning_rate", learning_rate, above=0.0)
    number(owner, "end_learning_rate", end_learning_rate, least=0.0)
    number(owner, "power", power, above=0.0)
    count(owner, "decay_epoch", decay_epoch)
    flags(owner, update_decay_epoch=update_decay_epoch)

    def rate(epoch: int) -> float:
        length = decay_epoch * max(1, math.ceil(epoch / decay_epoch)) if update_decay_epoch else decay_epoch
        left = 1 - (epoch if update_decay_epoch else min(epoch, decay_epoch)) / length
        return (learning_rate - end_learning_rate) * math.pow(left, power) + end_learning_rate

    return by_epoch(owner, total_step, step_per_epoch, rate)


def warmup_lr(learning_rate: float, total_step: int, step_per_epoch: int, warmup_epoch: int) -> list[float]:
    """From 0 to learning_rate in warmup_epoch epochs, and learning_rate after them."""
    number("warmup_lr", "learning_rate", learning_rate, above=0.0)
    count("warmup_lr", "warmup_epoch", warmup_epoch)
    return by_epoch("warmup_lr", total_step, step_per_epoch, lambda epoch: learning_rate * min(epoch, warmup_epoch) / warmup_epoch)
