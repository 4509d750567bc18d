"""Results that lie in the memory of an argument: a write in place is seen where it is in PyTorch, and autograd knows of it."""

from __future__ import annotations

from typing import Any

import pytest
import torch as real

import compat.torch as torch
from compat.native import mindspore as native
from tests.torch_on_mindspore.compare import same

# MindSpore's view of a tensor of 2×4 → PyTorch's
VIEWS = {
    "ops.reshape(x, (4, 2))": "x.reshape(4, 2)",
    "ops.transpose(x, (1, 0))": "x.permute(1, 0)",
    "mint.transpose(x, 0, 1)": "x.transpose(0, 1)",
    "mint.unsqueeze(x, 0)": "x.unsqueeze(0)",
    "ops.expand_dims(x, 0)": "x.unsqueeze(0)",
    "mint.permute(x, (1, 0))": "x.permute(1, 0)",
    "numpy.ravel(x)": "x.ravel()",
    "ops.swapaxes(x, 0, 1)": "x.swapaxes(0, 1)",
    "mint.reshape(input=x, shape=(8,))": "x.reshape(8)",
    "ops.stop_gradient(x)": "x.detach()",
}
PROGRAMS = {
    "a write to the view": "base = start * 1\nx = base\ny = VIEW\ny.mul_(3)\n[base, y]",
    "a write to the base": "base = start * 1\nx = base\ny = VIEW\nbase.add_(1)\n[base, y]",
    "a view of a view": "base = start * 1\nx = base[:, :]\ny = VIEW\ny.mul_(3)\n[base, x, y]",
    "a part of the view": "base = start * 1\nx = base\ny = VIEW\ny[0] = 7\n[base, y]",
    "without recording": "base = start.detach().clone()\nx = base\ny = VIEW\ny.mul_(3)\nbase.add_(1)\n[base, y]",
    "a leaf": "base = start\nx = base\ny = VIEW\ny.mul_(3)\n[base, y]",
    "two writes": "base = start * 1\nx = base\ny = VIEW\ny.mul_(3)\nz = y * y\nbase.mul_(2)\n[base, y]",
}


def outcome(framework: Any, program: str, view: str) -> Any:
    """The results of a program and the gradient of their weighted sum, or the type of the error."""
    *statements, last = program.replace("VIEW", view).split("\n")
    start = framework.arange(8.0).reshape(2, 4).clone().requires_grad_()
    scope = {"torch": framework, "start": start, "ops": native.ops, "mint": native.mint, "numpy": native.numpy}
    try:
        exec("\n".join(statements), scope)
        results = eval(last, scope)
        recorded = [one for one in results if one.requires_grad]
        if recorded:
            sum((one * framework.arange(float(one.numel())).reshape(one.shape)).sum() for one in recorded).backward()
    except RuntimeError as error:
        return str(type(error))
    gradient = start.grad
    return [one.tolist() for one in results], None if gradient is None else gradient.tolist()


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("view", VIEWS)
def test_write(view: str, program: str) -> None:
    expected, found = outcome(real, PROGRAMS[program], VIEWS[view]), outcome(torch, PROGRAMS[program], view)
    assert same(expected, found, 1e-6, 0), (expected, found)


@pytest.mark.parametrize("view", ["mint.narrow(x, 1, 1, 2)", "mint.select(x, 0, 1)"])
def test_a_gradient_that_mindspore_lacks_is_refused(view: str) -> None:
    """The elements are right; MindSpore's gradient of the one needs its argument as it was, that of the other has no kernel."""
    statements = PROGRAMS["a write to the view"]
    assert "RuntimeError" in outcome(torch, statements, view)
    unrecorded = PROGRAMS["without recording"]
    assert same(outcome(real, unrecorded, view.replace("mint", "torch")), outcome(torch, unrecorded, view), 0, 0)


def test_one_of_several_views_is_not_written_to_with_a_history() -> None:
    base = torch.ones(2, 2, requires_grad=True) * 1
    first, _ = native.ops.split(base, 1)
    with pytest.raises(RuntimeError, match="returns multiple views"):
        first.mul_(2)
    with torch.no_grad():
        first, second = native.ops.split(base.detach(), 1)
        second.mul_(5)
    assert base.tolist() == [[1.0, 1.0], [5.0, 5.0]]


def test_a_copy_shares_nothing() -> None:
    x = torch.ones(2)
    native.ops.relu(x).mul_(0)
    native.ops.tile(x, (1,)).mul_(0)
    native.mint.cat([x]).mul_(0)
    assert x.tolist() == [1.0, 1.0]


def test_results_without_elements_and_dimensions() -> None:
    empty = native.ops.reshape(torch.zeros(0, 3), (3, 0))
    assert empty.add_(1).shape == (3, 0)
    number = torch.tensor(2.0)
    native.ops.reshape(number, (1,)).mul_(3)
    assert number.item() == 6
