"""Programs with layers, ported to PyTorch: they print what they print on compat.mindspore, to the last digit, drawn numbers too."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from compat.port.model import STYLES
from tests.port.test_to_torch import ported

HEAD = """
import numpy as np
import mindspore as ms
from mindspore import nn, ops, Parameter, Tensor

ms.set_seed(3)
random = np.random.default_rng(0)
images = Tensor(random.standard_normal((4, 3, 8, 8)), ms.float32)
targets = Tensor(random.standard_normal((4, 2)), ms.float32)


def trained(net, loss, steps=3):
    optimizer = nn.Adam(net.trainable_params(), learning_rate=1e-2)
    step = ms.value_and_grad(lambda x, y: loss(net(x), y), None, optimizer.parameters)
    net.set_train()
    for _ in range(steps):
        value, gradients = step(images, targets)
        optimizer(gradients)
        print(value)
    net.set_train(False)
    print(net(images), [parameter.name for parameter in net.trainable_params()])
"""
# What follows it, and what stands in the result.
PROGRAMS = {
    "a convolutional network": (
        """
class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.stem = nn.SequentialCell([nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2, 2)])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.drop = nn.Dropout(p=0.4)
        self.head = nn.Dense(4, 2)

    def construct(self, x):
        return self.head(self.drop(self.flatten(self.pool(self.stem(x)))))


trained(Net(), nn.MSELoss())
""",
        ("torch.nn.ReLU()", "torch.nn.MaxPool2d(2, 2)", "torch.nn.Dropout(p=0.4).eval()", "torch.nn.MSELoss()"),
    ),
    "attention, with parameters of its own": (
        """
class Attention(nn.Cell):
    def __init__(self, dim=6):
        super().__init__()
        self.scale = Parameter(0.5 * ops.ones((1,), ms.float32))
        self.place = Parameter(ops.zeros((1, 32, dim), ms.float32))
        self.inside = nn.Dense(6, 3 * dim)
        self.softmax = nn.Softmax(axis=-1)
        self.drops = nn.CellList([nn.Dropout(p=0.2) for _ in range(2)])
        self.outside = nn.Dense(dim, 2)
        self.act = nn.GELU()

    def construct(self, x: Tensor) -> Tensor:
        x = x.reshape(4, -1, 6)
        q, k, v = ops.chunk(self.inside(x + self.place), 3, axis=-1)
        weights = self.softmax(ops.matmul(q, k.swapaxes(1, 2)) * self.scale)
        mixed = ops.matmul(self.drops[0](weights), v)
        return self.outside(self.drops[1](self.act(mixed))).mean(axis=1)


trained(Attention(), nn.SmoothL1Loss(reduction="mean"))
""",
        ("torch.zeros((1, 32, dim), dtype=torch.float32)", "torch.nn.Softmax(dim=-1)", "torch.nn.GELU(approximate='tanh')", "torch.mean("),
    ),
    "layers that are found by their class, and changed": (
        """
class Net(nn.Cell):
    def __init__(self, act):
        super().__init__()
        self.first, self.act, self.drop = nn.Dense(192, 8), act, nn.Dropout(p=0.9)
        self.second = nn.Dense(8, 2)

    def construct(self, x):
        return self.second(self.drop(self.act(self.first(ops.flatten(x, start_dim=1)))))


net = Net(nn.LeakyReLU())
for name, cell in net.cells_and_names():
    if isinstance(cell, nn.Dropout):
        cell.p = 0.1
    print(name, isinstance(cell, nn.Cell), isinstance(cell, (nn.ReLU, nn.LeakyReLU)), cell.training)
print(net.act.add_flags(seen=True).get_flags(), net.drop.trainable_params(), net.act.cls_name)
trained(net, nn.L1Loss())
""",
        ("torch.nn.LeakyReLU(negative_slope=0.2)", "isinstance(cell, nn.Dropout)", "torch.nn.L1Loss()"),
    ),
}


@pytest.mark.parametrize(("program", "contained"), PROGRAMS.values(), ids=PROGRAMS)
def test_it_prints_the_same(program: str, contained: tuple[str, ...], tmp_path: Path) -> None:
    texts = {style: ported(HEAD + program, style)[0] for style in STYLES}
    printed = {}
    for style, text in texts.items():
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(text, str(tmp_path / f"{style}.py"), "exec"), {"__name__": "__main__"})
        printed[style] = out.getvalue()
    assert printed["native"] == printed["shim"]
    assert len(printed["native"].splitlines()) > 3
    for text in contained:
        assert text in texts["native"]
