"""What the other framework's own code sees, and what the room refuses."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from compat.errors import UnsupportedArgument

torch = pytest.importorskip("torch")

REFUSED = {
    "storage_format": lambda ms: ms.Parameter(ms.Tensor([1.0]), storage_format="NZ"),
    "Cell set_boost": lambda ms: ms.nn.Cell().set_boost("less_bn"),
    "dropout seed": lambda ms: ms.ops.dropout(ms.Tensor([1.0]), seed=1),
    "max initial": lambda ms: ms.Tensor([1.0]).max(initial=3.0),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_refused(case: Any, ours: Any) -> None:
    with pytest.raises(UnsupportedArgument):
        case(ours)


def test_functions_of_torch_take_and_give_our_tensor(ours: Any) -> None:
    x = ours.Tensor(np.arange(6, dtype=np.float32).reshape(2, 3))
    for result in (
        torch.relu(x),
        torch.nn.functional.softmax(x, 0),
        x + x,
        torch.nn.Linear(3, 2)(x),
        x[0],
        x.sort()[0],
    ):
        assert type(result) is ours.Tensor
    assert type(ours.Parameter(x) * 2) is ours.Tensor


def test_code_of_torch_sees_torch_members(ours: Any) -> None:
    x = ours.Tensor(np.ones((2, 3, 4), np.float32))
    assert x.size == 24
    attention = torch.nn.functional.scaled_dot_product_attention(x, x, x)
    assert attention.shape == (2, 3, 4)
    output, _ = ours.tensor.__globals__["run_plain"](torch.nn.LSTM(4, 5), x)
    assert output.shape == (2, 3, 5)


def test_plus_stays_plus_in_code_of_torch(ours: Any) -> None:
    x = ours.Parameter(ours.Tensor([1.0]), requires_grad=False)
    ours.tensor.__globals__["run_plain"](lambda: (x + 1, x / 2, x * 3, x - 1))
    assert x.asnumpy().tolist() == [1.0]


def test_data_types_are_equal_to_those_of_torch(ours: Any) -> None:
    assert ours.Tensor([1.0]).dtype == torch.float32
    assert {torch.float32: 1}[ours.float32] == 1
    assert torch.float16 != ours.float32


def test_a_cell_is_a_module(ours: Any) -> None:
    cell = ours.nn.SequentialCell(ours.nn.Dense(2, 3), ours.nn.ReLU(), ours.nn.Dense(3, 1))
    loss = cell(ours.Tensor(np.ones((4, 2), np.float32))).sum()
    loss.backward()
    torch.optim.SGD(cell.parameters(), 0.1).step()
    assert list(cell.state_dict()) == [parameter.name for parameter in cell.get_parameters()]
    assert type(cell.double()[0].weight) is ours.Parameter


def test_runs_without_mindspore() -> None:
    program = "; ".join(
        [
            "import sys",
            "sys.modules['mindspore'] = None",
            "from compat.mindspore_on_torch import grad, context, creation, ordering, containers",
            "from compat.mindspore_on_torch.optim import momentum",
            "from compat.mindspore_on_torch.layers import basic, attention, mint",
            "model = basic.Dense(2, 1)",
            "optimizer = momentum.SGD(model.trainable_params(), 0.1)",
            "step = grad.value_and_grad(lambda x: model(x).sum(), None, optimizer.parameters)",
            "optimizer(step(creation.ones((1, 2)))[1])",
        ]
    )
    subprocess.run([sys.executable, "-c", program], check=True)
