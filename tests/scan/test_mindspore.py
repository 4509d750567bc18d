"""Uses of MindSpore's API: by what name the table has each, what it is, and how well compat.mindspore supports it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compat.scan.scan import judge_of, scan
from compat.table.load import MAPPINGS

HEAD = """import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops
from mindspore.ops import functional as F, operations as P
from mindspore.common.initializer import initializer


class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(3, 4)

    def construct(self, x: Tensor) -> Tensor:
        return self.dense(x)


def f(x: Tensor, net: Net):
    """
# A call, by its API and the verdict.
CALLS = {
    "ops.no_such_function(x)": ("mindspore.ops.no_such_function", "unsupported"),
    "ms.no.such(x)": ("mindspore.no.such", "unsupported"),
    "ops.mm(x, 1, 2, 3)": ("mindspore.ops.mm", "unsupported"),
    "ops.mm(x, other=x)": ("mindspore.ops.mm", "unsupported"),
    "something(x).square()": ("?.square", "unknown"),
    "ops.tanh(x)": ("mindspore.ops.tanh", "differs"),  # MindSpore's float32 is off
    "ops.softmax(x, axis=1)": ("mindspore.ops.softmax", "adapted"),
    "F.softmax(x)": ("mindspore.ops.functional.softmax", "adapted"),
    "P.Softmax(1)": ("mindspore.ops.operations.Softmax", "verified"),
    "ops.mm(x, x)": ("mindspore.ops.mm", "verified"),
    "x.square()": ("mindspore.Tensor.square", "verified"),
    "x.astype(ms.float16)": ("mindspore.Tensor.astype", "verified"),
    "ops.softmax(x).square()": ("mindspore.Tensor.square", "verified"),
    "P.Softmax(1)(x).square()": ("mindspore.Tensor.square", "verified"),
    "net(x).square()": ("mindspore.Tensor.square", "verified"),
    "net.dense(x).square()": ("mindspore.Tensor.square", "verified"),
    "net.dense.weight.square()": ("mindspore.Tensor.square", "verified"),
    "initializer('zeros', (2, 3)).square()": ("mindspore.Tensor.square", "verified"),
    "Parameter(x).square()": ("mindspore.Tensor.square", "verified"),
    "net.set_train().trainable_params()": ("mindspore.nn.Cell.trainable_params", "verified"),
    "net.trainable_params()[0].square()": ("mindspore.Tensor.square", "verified"),
    "ms.set_seed(1)": ("mindspore.set_seed", "verified"),
}


@pytest.mark.parametrize(("text", "expected"), CALLS.items(), ids=CALLS)
def test_a_call(text: str, expected: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(f"{HEAD}{text}\n")
    uses = [use for use in scan([file], MAPPINGS, api="mindspore").uses if use.use == "call" and use.inside == "f"]
    last = max(uses, key=lambda use: (use.end_column, -use.column))
    assert (last.api, last.verdict) == expected


NAMES = {
    "mindspore.ops.functional.relu": "mindspore.ops.relu",
    "mindspore.ops.function.nn_func.relu": "mindspore.ops.relu",
    "mindspore.common.parameter.Parameter": "mindspore.Parameter",
    "mindspore.common.tensor.Tensor": "mindspore.Tensor",
    "mindspore.common.dtype.float32": "mindspore.float32",
    "mindspore.ops.acos_ext": "mindspore.mint.acos",
    "mindspore.Tensor": "mindspore.Tensor",
    "mindspore.nn.Cell": "mindspore.nn.Cell",
    "mindspore.no.such": "mindspore.no.such",
}


@pytest.mark.parametrize(("api", "name"), NAMES.items())
def test_one_name_for_each(api: str, name: str) -> None:
    assert judge_of(MAPPINGS, "mindspore").catalog.canonical(api) == name
