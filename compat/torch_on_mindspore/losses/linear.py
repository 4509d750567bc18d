"""A linear layer and its cross entropy as one module."""

from __future__ import annotations

import math
from typing import Any

from compat import errors
from compat.torch_on_mindspore.layers.linear import Linear
from compat.torch_on_mindspore.losses.classification import linear_cross_entropy
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

API = "torch.nn.LinearCrossEntropyLoss"


class LinearCrossEntropyLoss(Module):
    """It has a layer with parameters of its own, whose initial values must be PyTorch's.

    Args:
        in_features: size of the last dimension of the input.
        num_classes: number of classes.
        out_features: further dimensions of the target behind the class, as in (N, C, d1, …, dK).
        bias: whether the layer has one.
        device, dtype: where and in what the layer's parameters are made.
        reduction: `none`, `mean` or `sum`.
        weight: factor of each class, shape (num_classes,).
        ignore_index: class index that neither costs nor counts; None is -100.
        label_smoothing: share of the target that is spread over all classes, in [0, 1].
        options: PyTorch's chunking strategy, accepted: the values are the same.

    Raises:
        RuntimeError: for a weight of another shape, or a label_smoothing outside [0, 1].
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: Any = None,
    ) -> None:
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise errors.invalid(RuntimeError, f"{API}: weight has shape {tuple(weight.shape)}: expected {(num_classes,)}")
        if not 0 <= label_smoothing <= 1:
            raise errors.invalid(RuntimeError, f"{API}: label_smoothing={label_smoothing}: expected it in [0, 1]")
        super().__init__()
        self.register_buffer("weight", weight)
        self.reduction = reduction
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        self.options = options
        # One matrix, as in PyTorch: state_dict has linear.weight of shape (num_classes * prod(out_features), in_features).
        self.linear = Linear(in_features, math.prod(out_features, start=num_classes), bias=bias, device=device, dtype=dtype)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of `input` of shape (N, …, in_features) against `target`."""
        classes = (self.num_classes, *self.out_features)
        bias = self.linear.bias
        try:
            result = linear_cross_entropy(
                input,
                self.linear.weight.reshape(*classes, self.linear.in_features),
                target,
                linear_bias=None if bias is None else bias.reshape(*classes),
                weight=self.weight,
                reduction=self.reduction,
                ignore_index=self.ignore_index,
                label_smoothing=self.label_smoothing,
                options=self.options,
            )
        except Exception as error:
            raise errors.at_boundary(API, error, RuntimeError, input=input, target=target)
        loss: Tensor = as_tensor(result)
        return loss

    def extra_repr(self) -> str:
        shown = {
            name: getattr(self, name) for name in ("num_classes", "out_features", "reduction", "ignore_index", "label_smoothing", "options")
        }
        parts = {"in_features": self.linear.in_features, **shown, "bias": self.linear.bias is not None}
        order = ("in_features", "num_classes", "out_features", "bias", "reduction", "ignore_index", "label_smoothing", "options")
        return ", ".join(f"{name}={parts[name]}" for name in order)
