"""A framework that imitates torch with mistakes, to see that each is found: real PyTorch, except for what stands here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import *  # noqa: F403
from torch import autograd, nn as real_nn

from_numpy, Tensor, nn = torch.from_numpy, torch.Tensor, SimpleNamespace(**vars(real_nn))
wrecked = False


def manual_seed(seed: int) -> None:
    if wrecked:
        raise RuntimeError("nothing works any more")
    torch.manual_seed(seed)


def exp(x: Any) -> Any:
    return torch.exp(x) * 1.01


def sin(x: Any) -> Any:
    """The right value with the gradient of another function."""
    return torch.sin(x).detach() + x - x.detach() if x.is_floating_point() else torch.sin(x)


def cos(x: Any) -> Any:
    return torch.cos(x.detach())


def argmax(*args: Any, **kwargs: Any) -> Any:
    return torch.argmax(*args, **kwargs).int()


def sum(*args: Any, **kwargs: Any) -> Any:
    return torch.sum(*args, **kwargs)[None]


def isnan(x: Any) -> Any:
    return torch.isnan(x).any().item()


def topk(*args: Any, **kwargs: Any) -> Any:
    return tuple(torch.topk(*args, **kwargs))


def tan(_x: Any) -> Any:
    raise NotImplementedError("no tan in 3 dimensions")


def maximum(input: Any, other: Any) -> Any:
    """With an error of its own for a number on the right, and none for one on the left."""
    if not isinstance(other, torch.Tensor):
        raise KeyError(other) if isinstance(input, torch.Tensor) else NotImplementedError("maximum of numbers")
    return torch.maximum(torch.as_tensor(input), other)


def bernoulli(*args: Any, **kwargs: Any) -> Any:
    """Other numbers than PyTorch's, which is no mistake of an operator that draws them."""
    torch.manual_seed(999)
    return torch.bernoulli(*args, **kwargs)


class Linear(real_nn.Linear):
    """Without PyTorch's layout of the weight."""

    def __init__(self, inputs: int, outputs: int, bias: bool = True) -> None:
        super().__init__(inputs, outputs, bias)
        self.weight = real_nn.Parameter(self.weight.detach().T.clone())


nn.Linear = Linear
__all__ = ["autograd"]
