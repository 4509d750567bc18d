"""Some steps of plain gradient descent on one model, and the loss of each."""

from __future__ import annotations

from typing import Any

from compat.models.api import Api, Inputs
from compat.models.observe import Loss


def trained(api: Api, model: Any, inputs: Inputs, loss: Loss, steps: int, rate: float) -> tuple[float, ...]:
    """The losses before each step, and the one after the last; the model's weights have moved."""
    step = api.optimizer(model, rate)
    losses = []
    for _ in range(steps):
        value, gradients = api.gradients(model, loss, inputs)
        step(gradients)
        losses.append(value)
    return (*losses, api.gradients(model, loss, inputs)[0])
