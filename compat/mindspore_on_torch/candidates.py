"""Negative classes for a sampled softmax, drawn uniformly without repetition."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.tensor import run_plain

torch: Any = frameworks.load("torch")


def uniform_candidates(true_classes: Any, num_sampled: int, range_max: int, seed: int = 0, remove_hits: bool = True) -> tuple[Any, ...]:
    """(sampled classes (num_sampled,), expected counts of the true classes, expected counts of the sampled ones).

    Each class below `range_max` is as likely as any other; with `remove_hits` none of `true_classes` is drawn. The count that is
    expected of a class is that of drawing with repetition until `num_sampled` different ones are there. A seed of 0 takes the
    numbers of the global generator.
    """
    return tuple(run_plain(drawn, true_classes, num_sampled, range_max, seed, remove_hits))


def drawn(true_classes: Any, num_sampled: int, range_max: int, seed: int, remove_hits: bool) -> tuple[Any, ...]:
    """The same on plain tensors."""
    device = true_classes.device
    generator = torch.Generator(device).manual_seed(seed) if seed else None
    order = torch.randperm(range_max, generator=generator, device=device)
    if remove_hits:
        order = order[~torch.isin(order, true_classes.reshape(-1))]
    if len(order) < num_sampled:
        raise errors.invalid(RuntimeError, f"{num_sampled} different classes can't be drawn from {len(order)}")
    # How often one must draw until a new class comes is geometric, with the share of the classes still new.
    new = (len(order) - torch.arange(num_sampled, device=device, dtype=torch.float64)) / range_max
    tried = torch.rand(num_sampled, generator=generator, device=device, dtype=torch.float64).clamp_min(1e-300).log() / torch.log1p(-new)
    tries = torch.where(new < 1, tried.ceil().clamp_min(1), 1.0).sum()
    expected = torch.where(tries == num_sampled, num_sampled / range_max, -torch.expm1(tries * math.log1p(-1 / range_max))).float()
    return order[:num_sampled].to(true_classes.dtype), expected.expand(true_classes.shape), expected.expand(num_sampled)
