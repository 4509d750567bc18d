"""The optimizers of mindspore.experimental move along MindSpore's trajectories, those of mindspore.mint along PyTorch's."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

SAME = [
    "SGD(p, 0.1)",
    "SGD(p, 0.1, 0.9, 0.5, 0.1)",
    "SGD(p, 0.1, 0.9, nesterov=True, weight_decay=0.1)",
    "SGD(p, 0.1, maximize=True)",
    "SGD([{'params': p[:1], 'lr': 0.5, 'weight_decay': 0.1}, {'params': p[1:], 'momentum': 0.5}], 0.1)",
    "Adam(p, 0.1)",
    "Adam(p, 0.1, (0.8, 0.9), 1e-2, 0.1)",
    "Adam(p, 0.1, amsgrad=True)",
    "AdamW(p, 0.1)",
    "AdamW(p, 0.1, (0.8, 0.9), 1e-2, 0.1, True, maximize=True)",
    "Adadelta(p)",
    "Adadelta(p, 0.5, 0.8, 1e-3, 0.1)",
    "Adagrad(p)",
    "Adagrad(p, 0.1, 0.2, 0.1, 0.3, 1e-2)",
    "Adagrad([{'params': p[:1], 'lr': 0.1}, {'params': p[1:], 'initial_accumulator_value': 0.5}], 0.2)",
    "Adamax(p)",
    "Adamax(p, 0.1, (0.8, 0.9), 1e-2, 0.1)",
    "ASGD(p)",
    "ASGD([{'params': p[:1], 'lr': 0.2}, {'params': p[1:]}], 0.1, 0.1, 0.5, 1.0, 0.1)",
    "NAdam(p)",
    "NAdam([{'params': p[:1], 'lr': 0.2}, {'params': p[1:]}], 0.1, (0.8, 0.9), 1e-2, 0.1, 0.1)",
    "RAdam(p)",
    "RAdam(p, 0.1, (0.8, 0.9), 1e-2, 0.1)",
    "RMSprop(p)",
    "RMSprop(p, 0.1, 0.9, 1e-2, 0.1, 0.5)",
    "RMSprop(p, 0.1, 0.9, 1e-2, 0.1, 0.5, True)",
    "Rprop(p)",
    "Rprop([{'params': p[:1], 'lr': 0.2}, {'params': p[1:]}], 0.1, (0.4, 1.5), (0.05, 0.2), maximize=True)",
]

# mindspore.mint.optim beside torch.optim.
AS_PYTORCH = [
    ("SGD(p, 0.1)", "SGD(p, 0.1)"),
    ("SGD(p, 0.1, 0.9, 0.5, 0.1)", "SGD(p, 0.1, 0.9, 0.5, 0.1)"),
    ("SGD(p, 0.1, 0.9, nesterov=True, maximize=True)", "SGD(p, 0.1, 0.9, nesterov=True, maximize=True)"),
    ("Adam(p, 0.1, (0.8, 0.9), 1e-2, 0.1)", "Adam(p, 0.1, (0.8, 0.9), 1e-2, 0.1)"),
    ("Adam(p, 0.1, amsgrad=True)", "Adam(p, 0.1, amsgrad=True)"),
    ("AdamW(p)", "AdamW(p)"),
    ("AdamW(p, 0.1, (0.8, 0.9), 1e-2, 0.1, True, maximize=True)", "AdamW(p, 0.1, (0.8, 0.9), 1e-2, 0.1, True, maximize=True)"),
    ("FusedAdamW(p, 0.1, eps=1e-3)", "AdamW(p, 0.1, eps=1e-3)"),
    ("FusedAdamW(p, 0.1, amsgrad=True)", "AdamW(p, 0.1, amsgrad=True)"),
]

RAISED = [
    "SGD(p, -0.1)", "SGD(p, 'a')", "SGD(p, True)", "SGD(p, [0.1])", "SGD(p, Tensor([0.1]))", "SGD(p, 0.1, momentum=-0.1)",
    "SGD(p, 0.1, nesterov=True)", "SGD(p, 0.1, weight_decay=-0.1)", "SGD(p, 0.1, maximize=1)", "SGD([], 0.1)", "SGD(None, 0.1)",
    "SGD(3, 0.1)", "SGD([3], 0.1)", "SGD(set(), 0.1)", "SGD([p[0], p[0]], 0.1)", "SGD([{'params': p}, {'params': p}], 0.1)",
    "SGD([{'lr': 0.1}], 0.1)", "SGD([{'params': p}, p[0]], 0.1)", "SGD([{'params': p, 'lr': -0.1}], 0.1)",
    "SGD([{'params': p, 'weight_decay': -0.1}], 0.1)", "SGD(p, 0.1).add_param_group(3)", "SGD(p, 0.1).add_param_group({'params': p})",
    "SGD(p, 0.1)((Tensor([1.0, 1.0]),))", "Adam(p, eps=-0.1)", "Adam(p, betas=(1.0, 0.9))", "Adam(p, betas=(0.9,))", "Adam(p, betas=0.9)",
    "AdamW(p, weight_decay=-0.1)", "Adadelta(p, rho=1.1)", "Adagrad(p, lr_decay=-0.1)", "Adamax(p, eps=-0.1)", "ASGD(p, weight_decay=-0.1)",
    "NAdam(p, momentum_decay=-0.1)", "RAdam(p, betas=(1.0, 0.9))", "RMSprop(p, alpha=-0.1)", "Rprop(p, etas=(0.5, 0.9))",
    "Optimizer(p, {})", "Optimizer(p, {'lr': 0.1})((Tensor([1.0, 1.0]),))",
]  # fmt: skip
FIRST, SECOND = np.array([0.5, 0.1], np.float32), np.array([[-0.3]], np.float32)


def made(ms: Any, text: str, module: Any) -> tuple[list[Any], Any]:
    """Two parameters and the optimizer; the names make no difference here."""
    values = ms.Tensor([1.0, -1.0]), ms.Tensor([[0.5]])
    parameters = [ms.Parameter(value, name=name) for value, name in zip(values, ("w", "ln.gamma"), strict=True)]
    return parameters, eval(f"module.{text}", {"p": parameters, "module": module, "Tensor": ms.Tensor})


def trajectory(ms: Any, text: str, module: Any, steps: int = 7) -> Any:
    """The parameters after each step, with gradients that grow and once turn round."""
    parameters, optimizer = made(ms, text, module)
    path = []
    for step in range(1, steps + 1):
        turned = -1 if step == 3 else 1
        assert optimizer((ms.Tensor(FIRST * step * turned), ms.Tensor(SECOND))) is True
        path.append([parameter.asnumpy().copy() for parameter in parameters])
    return [ms.Tensor(np.concatenate([part.ravel() for part in at])) for at in path]


@pytest.mark.parametrize("text", SAME)
def test_trajectory(text: str, compare: Any) -> None:
    compare(lambda ms: trajectory(ms, text, ms.optim))


@pytest.mark.parametrize(("text", "theirs"), AS_PYTORCH)
def test_mint_moves_as_pytorch(text: str, theirs: str, ours: Any) -> None:
    """MindSpore's own leave the parameters alone on CPU, where its in-place methods do nothing."""
    torch = pytest.importorskip("torch")
    found = trajectory(ours, text, importlib.import_module("compat.mindspore_on_torch.optim.mint"))
    parameters = [torch.nn.Parameter(torch.tensor([1.0, -1.0])), torch.nn.Parameter(torch.tensor([[0.5]]))]
    optimizer = eval(f"torch.optim.{theirs}", {"torch": torch, "p": parameters})
    for step in range(1, 8):
        turned = -1 if step == 3 else 1
        parameters[0].grad, parameters[1].grad = torch.tensor(FIRST * step * turned), torch.tensor(SECOND)
        optimizer.step()
        expected = np.concatenate([parameter.detach().numpy().ravel() for parameter in parameters])
        np.testing.assert_allclose(found[step - 1].asnumpy(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("text", RAISED)
def test_errors(text: str, compare_errors: Any) -> None:
    compare_errors(lambda ms: made(ms, text, ms.optim))


def test_groups(compare: Any) -> None:
    def case(ms: Any) -> Any:
        parameters, optimizer = made(ms, "SGD([{'params': p[:1], 'lr': 0.5}, {'params': p[1:]}], 0.1, 0.9)", ms.optim)
        optimizer.param_groups[1]["lr"].set_data(ms.Tensor(0.25))
        optimizer((ms.Tensor(FIRST), ms.Tensor(SECOND)))
        shown = repr(optimizer)
        options = [sorted(set(group) - {"params"}) for group in optimizer.param_groups]
        names = [parameter.name for parameter in optimizer.get_parameters()]
        optimizer.add_param_group({"params": [ms.Parameter(ms.Tensor([1.0]), name="z")], "lr": 0.3})
        held = [parameter.name for parameter in optimizer.parameters]
        return [shown, options, names, held, optimizer.group_start_id, parameters, [rate.name for rate in optimizer.lrs]]

    compare(case)


def test_parameters_that_come_later_are_updated(ours: Any) -> None:
    """MindSpore's own optimizers have no state for them."""
    parameters, optimizer = made(ours, "Adam(p[:1], 0.1)", ours.optim)
    optimizer.add_param_group({"params": parameters[1], "lr": 0.2})
    optimizer((ours.Tensor(FIRST), ours.Tensor(SECOND)))
    np.testing.assert_allclose(np.concatenate([item.asnumpy().ravel() for item in parameters]), [0.9, -1.1, 0.7], rtol=1e-6)


def test_an_optimizer_of_ones_own(compare: Any) -> None:
    def case(ms: Any) -> Any:
        class Plain(ms.optim.Optimizer):
            def __init__(self, params: Any, lr: float) -> None:
                super().__init__(params, {"lr": lr})

            def construct(self, gradients: Any) -> None:
                for start, group in zip(self.group_start_id, self.param_groups, strict=False):
                    for place, parameter in enumerate(group["params"]):
                        parameter.set_data(parameter - gradients[start + place] * group["lr"])

        parameter = ms.Parameter(ms.Tensor([1.0, 2.0]), name="w")
        Plain([parameter], 0.5)((ms.Tensor([1.0, -1.0]),))
        return parameter

    compare(case)
