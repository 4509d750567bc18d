"""What a case does: its output, the losses of two steps of SGD, and the state after them. The same code on both frameworks."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.packages.cases import Case

STEPS = 2
LEARNING_RATE = 0.01


def observe(case: Case, weights: dict[str, Any] | None = None) -> dict[str, Any]:
    """The arrays `before/NAME`, `output`, `losses` and `after/NAME`; it starts from `weights` if given, else from what the seed 0 draws."""
    import torch

    torch.manual_seed(0)
    model = case.build()
    if weights is not None:
        model.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    found = {f"before/{name}": array for name, array in arrays(model).items()}
    fed = torch.from_numpy(case.input)

    model.eval()
    with torch.no_grad():
        output = case.read(model(fed))
    found["output"] = output.numpy().copy()

    model.train()
    wanted = torch.from_numpy(np.random.default_rng(1).standard_normal(tuple(output.shape), np.float32))
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(case.read(model(fed)), wanted)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    found["losses"] = np.array(losses)
    return found | {f"after/{name}": array for name, array in arrays(model).items()}


def arrays(model: Any) -> dict[str, Any]:
    return {name: value.detach().numpy().copy() for name, value in model.state_dict().items()}


def part(found: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The arrays under `prefix/`, by the rest of their names."""
    return {name.removeprefix(f"{prefix}/"): array for name, array in found.items() if name.startswith(f"{prefix}/")}
