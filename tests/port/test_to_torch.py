"""MindSpore's calls → PyTorch's: first what stays, then what each becomes, executed beside MindSpore."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compat.port.calls.values import TAKEN
from compat.port.evidence.executing_torch import stale
from compat.port.evidence.record import read
from compat.port.model import Change
from compat.port.port import Request, rewritten
from compat.scan.mindspore import MindSporeCatalog
from compat.source.project import ProjectFiles
from compat.source.text import parsed
from compat.table.converters import CONVERTERS
from compat.table.load import MAPPINGS, load

HEAD = """import mindspore as ms
from mindspore import Tensor, mint, nn, ops
from mindspore.ops import functional as F, operations as P


def f(x: Tensor, y: Tensor, n: Tensor):
    return """
PORTED = HEAD.replace("import mindspore as ms", "import torch\nimport compat.mindspore as ms").replace(
    "from mindspore", "from compat.mindspore"
)


@cache
def project() -> ProjectFiles:
    return ProjectFiles((), MindSporeCatalog(load(MAPPINGS)))


def ported(text: str, style: Any = "native") -> tuple[str, tuple[Change, ...]]:
    after, changes = rewritten(parsed(text.encode(), Path("file.py")), project(), Request(MAPPINGS, style, target="torch"))
    return after.decode(), changes


def codes(changes: tuple[Change, ...], *, call: bool = True) -> list[str]:
    return [change.code for change in changes if (change.use == "call") is call and change.code != "CM002"]


# An expression that stays as it is, and why.
STAYS = {
    "nn.Dense(3, 4)(x)": "CM208",  # it holds MindSpore's Parameters
    "mint.nn.Linear(3, 4)(x)": "CM208",
    "nn.LayerNorm((3,))(x)": "CM208",
    "nn.MaxPool1d(2, pad_mode='same')(x)": "CM202",  # PyTorch has no such mode
    "nn.MaxPool1d(2, pad_mode=n)(x)": "CM202",
    "nn.Dropout(0.7)(x)": "CM202",  # what is kept
    "nn.Dropout()(x)": "CM202",
    "nn.RReLU()(x)": "CM202",  # draws outside of training, too
    "nn.CrossEntropyLoss()(x, n[0])": "CM202",  # of labels in int32
    "nn.MSELoss()(logits=x, labels=y)": "CM202",  # by MindSpore's names
    "nn.MSELoss(*x)(x, y)": "CM203",
    "isinstance(x, nn.ReLU)": "CM204",
    "ops.zeros((2, 3))": "CM202",  # a plain tensor of PyTorch has other methods, unless something is made of it at once
    "ops.full((2, 3), 1.5)": "CM202",
    "ops.add(2, 3)": "CM202",
    "ops.zeros((2, 3), ms.float32)": "CM202",
    "ops.softmax(x, dtype=y.dtype)": "CM202",  # a dtype is MindSpore's, unless it is named
    "Tensor(ops.zeros((2, 3), y.dtype))": "CM202",
    "Tensor(2 * ops.ones((3,)))": "CM202",  # of what type its product is no dtype says
    "Tensor(2 * ops.ones((3,), ms.int32))": "CM202",
    "Tensor(ops.full((2, 3), 1.5))": "CM202",  # MindSpore's are integers
    "ops.zeros((2, 3), ms.float32) + x": "CM202",
    "ops.max(x)": "CM202",  # gives two results there
    "ops.sort(x, axis=1)": "CM202",  # places are int32 there
    "ops.topk(x, 2)": "CM202",
    "ops.diag(x)": "CM202",
    "ops.abs(x)": "CM202",  # of complex numbers it is complex there
    "ops.maximum(x, y)": "CM202",  # takes no number, and MindSpore's does
    "ops.var(x, 1, 2)": "CM203",  # PyTorch's has no such correction
    "ops.concat(*x)": "CM203",
    "ops.relu(**x)": "CM203",
    "ops.einsum('ij,ij->i', x, y)": "CM203",
    "ops.dropout(x, p=0.5)": "CM207",  # random
    "ops.normal((2, 3), 0.0, 1.0)": "CM207",
    "ops.relu": "CM204",
    "Tensor.add(x, y)": "CM204",  # the tensor is no receiver here
    "P.Softmax(1)(x)": "CM205",
    "ops.cast(x, y.dtype)": "CM205",
    "ops.cast(dtype=ms.float16, input=x)": "CM205",
    "ops.cast(x,  # half\n        ms.float16)": "CM205",
    "x.astype(y.dtype)": "CM205",
    "x.astype(ms.float16, copy=False)": "CM205",
    "Tensor.astype(x, ms.float16)": "CM205",
    "x.asnumpy()": "CM201",
    "x.transpose()": "CM205",  # all axes
    "x.transpose(0, 1)": "CM205",  # two that change places
    "x.transpose(n)": "CM203",
    "Tensor.expand_dims(x, 0)": "CM205",
    "x.sum(axis=1, initial=2.0)": "CM203",
    "x.argmin(axis=1)": "CM202",  # int32 there
    "ops.no_such_function(x)": "CM301",
    "ops.relu(x, inplace=True)": "CM202",
    "unknown(x).square()": "CM401",
    "ops.concat((x, y), # both\n        axis=0)": "CM102",  # adapted, comments stay
}


@pytest.mark.parametrize("text", STAYS, ids=STAYS)
def test_what_stays(text: str) -> None:
    after, changes = ported(f"{HEAD}{text}\n")
    assert STAYS[text] in codes(changes) + codes(changes, call=False)
    assert "torch." not in after.split("return ")[1] or "# both" in after


# As it is written, what it becomes.
MOVED = {
    "ops.concat((x, y), axis=1)": "torch.cat((x, y), dim=1)",
    "ops.concat((x, y))": "torch.cat((x, y))",
    "ops.concat([x, y], 1)": "torch.cat([x, y], 1)",
    "ops.concat(axis=1, tensors=(x, y))": "torch.cat(dim=1, tensors=(x, y))",
    "ops.stack((x, y), axis=-1)": "torch.stack((x, y), dim=-1)",
    "ops.softmax(x)": "torch.softmax(x, dim=-1)",
    "ops.softmax(x, axis=0,)": "torch.softmax(x, dim=0,)",
    "ops.log_softmax(x)": "torch.log_softmax(x, dim=-1)",
    "ops.relu(x)": "torch.nn.functional.relu(x)",
    "F.relu(input=x)": "torch.nn.functional.relu(input=x)",
    "ms.ops.sigmoid(x)": "torch.sigmoid(x)",
    "ops.gelu(x)": "torch.nn.functional.gelu(x)",
    "ops.silu(x)": "torch.nn.functional.silu(x)",
    "ops.leaky_relu(x)": "torch.nn.functional.leaky_relu(x, negative_slope=0.2)",
    "ops.matmul(x, y.T)": "torch.matmul(x, y.T)",
    "ops.reshape(x, (3, 2))": "torch.reshape(x, (3, 2))",
    "ops.transpose(x, (1, 0))": "torch.permute(x, (1, 0))",
    "ops.permute(x, axis=(1, 0))": "torch.permute(x, dims=(1, 0))",
    "ops.swapaxes(x, 0, 1)": "torch.swapaxes(x, 0, 1)",
    "ops.expand_dims(x, axis=0)": "torch.unsqueeze(x, dim=0)",
    "ops.squeeze(ops.unsqueeze(x, 0), 0)": "torch.squeeze(torch.unsqueeze(x, 0), 0)",
    "ops.broadcast_to(x, (2, 2, 3))": "torch.broadcast_to(x, (2, 2, 3))",
    "ops.tile(x, (2, 1))": "torch.tile(x, (2, 1))",
    "ops.sum(x, 1, keepdim=True)": "torch.sum(x, 1, keepdim=True)",
    "ops.mean(x, axis=1, keep_dims=True)": "torch.mean(x, dim=1, keepdim=True)",
    "ops.mean(x)": "torch.mean(x)",
    "ops.max(x, axis=1)": "torch.max(x, dim=1)",
    "ops.var(x, 1)": "torch.var(x, 1, unbiased=False)",
    "ops.clip(x, 0.0, 1.0)": "torch.clamp(x, 0.0, 1.0)",
    "ops.gather_elements(x, 1, n)": "torch.gather(x, 1, n)",
    "ops.split(x, 1, axis=0)": "torch.split(x, 1, dim=0)",
    "ops.chunk(x, 3, axis=1)": "torch.chunk(x, 3, dim=1)",
    "ops.triu(x, diagonal=1)": "torch.triu(x, diagonal=1)",
    "ops.sub(x, y)": "torch.sub(x, y)",
    "ops.div(x, y, rounding_mode='floor')": "torch.div(x, y, rounding_mode='floor')",
    "ops.equal(x, y)": "torch.eq(x, y)",
    "ops.mse_loss(x, y)": "torch.nn.functional.mse_loss(x, y)",
    "ops.smooth_l1_loss(x, y)": "torch.nn.functional.smooth_l1_loss(x, y, reduction='none')",
    "ops.pad(x, (1, 1))": "torch.nn.functional.pad(x, (1, 1))",
    "ops.lerp(x, y, 0.5)": "torch.lerp(x, y, 0.5)",
    "ops.logsumexp(x, 1)": "torch.logsumexp(x, 1)",
    "ops.dense(x, y)": "torch.nn.functional.linear(x, y)",
    "x.mean(1)": "torch.mean(x, 1)",
    "x.squeeze()": "torch.squeeze(x)",
    "x.matmul(y.T)": "torch.matmul(x, y.T)",
    "x.exp().square()": "x.exp().square()",  # methods of PyTorch's tensor, which these are
    "x.reshape(3, 2)": "x.reshape(3, 2)",
    "x.sum(axis=1)": "torch.sum(x, dim=1)",
    "x.astype(ms.float16)": "x.to(torch.float16, copy=True)",
    "ops.cast(x, ms.int32)": "x.to(torch.int32)",
    "ops.cast(x + y, ms.float16)": "(x + y).to(torch.float16)",
    "ops.cast((x + y), ms.float16)": "(x + y).to(torch.float16)",
    "ops.cast(ops.relu(x), ms.float64) * 2": "torch.nn.functional.relu(x).to(torch.float64) * 2",
    "x.sum(axis=(0, 1), keepdims=True)": "torch.sum(x, dim=(0, 1), keepdim=True)",
    "x.mean(axis=-1, keep_dims=True)": "torch.mean(x, dim=-1, keepdim=True)",
    "x.argmax(axis=1)": "torch.argmax(x, dim=1)",
    "x.transpose((1, 0))": "torch.permute(x, (1, 0))",
    "x.reshape(1, 2, 3).transpose(2, 0, 1)": "torch.permute(x.reshape(1, 2, 3), (2, 0, 1))",
    "x.expand_dims(0)": "torch.unsqueeze(x, 0)",
    "ops.unstack(x, axis=1)": "torch.unbind(x, dim=1)",
    "ops.softmax(x, dtype=ms.float32)": "torch.softmax(x, dtype=torch.float32, dim=-1)",
    "ops.zeros_like(x, dtype=ms.int32)": "torch.zeros_like(x, dtype=torch.int32)",
    "Tensor(ops.zeros((2, 3)))": "Tensor(torch.zeros((2, 3)))",
    "Tensor(ops.zeros((2, 3), ms.bool_))": "Tensor(torch.zeros((2, 3), dtype=torch.bool))",
    "Tensor(input_data=ops.arange(1, 7, 2))": "Tensor(input_data=torch.arange(1, 7, 2))",
    "x + Tensor(2 * ops.ones((3,), ms.float32))": "x + Tensor(2 * torch.ones((3,), dtype=torch.float32))",
    "x + ms.Parameter(ops.full((2, 3), 1.5, dtype=ms.float32))": "x + ms.Parameter(torch.full((2, 3), 1.5, dtype=torch.float32))",
    "nn.ReLU()(x)": "torch.nn.ReLU()(x)",
    "nn.Softmax()(x)": "torch.nn.Softmax(dim=-1)(x)",
    "nn.Softmax(axis=0)(x)": "torch.nn.Softmax(dim=0)(x)",
    "nn.GELU()(x)": "torch.nn.GELU(approximate='tanh')(x)",
    "nn.GELU(False)(x)": "torch.nn.GELU('none')(x)",
    "nn.LeakyReLU()(x)": "torch.nn.LeakyReLU(negative_slope=0.2)(x)",
    "nn.HShrink(lambd=0.1)(x)": "torch.nn.Hardshrink(lambd=0.1)(x)",
    "nn.Identity()(x)": "torch.nn.Identity()(x)",
    "nn.Flatten(0)(x)": "torch.nn.Flatten(0)(x)",
    "nn.Dropout(p=0.3)(x)": "torch.nn.Dropout(p=0.3).eval()(x)",
    "nn.MaxPool1d(2)(x)": "torch.nn.MaxPool1d(2, stride=1)(x)",
    "nn.MaxPool1d(kernel_size=3, pad_mode='pad', padding=1)(x)": "torch.nn.MaxPool1d(kernel_size=3, padding=1, stride=1)(x)",
    "nn.AvgPool1d(2, 2, 'valid')(x)": "torch.nn.AvgPool1d(2, 2)(x)",
    "nn.ConstantPad1d(1, 2.0)(x)": "torch.nn.ConstantPad1d(1, 2.0)(x)",
    "nn.MSELoss()(x, y)": "torch.nn.MSELoss()(x, y)",
    "nn.MSELoss('sum')(x, y)": "torch.nn.MSELoss(reduction='sum')(x, y)",
    "nn.SmoothL1Loss()(x, y)": "torch.nn.SmoothL1Loss(reduction='none')(x, y)",
    "ops.mse_loss(x, y, 'sum')": "torch.nn.functional.mse_loss(x, y, reduction='sum')",
    "nn.SequentialCell(nn.ReLU(), nn.Tanh())(x)": "nn.SequentialCell(torch.nn.ReLU(), torch.nn.Tanh())(x)",
    "ops.relu(ops.matmul(x, y.T)) + ops.cast(n[:, :2], ms.float32)": (
        "torch.nn.functional.relu(torch.matmul(x, y.T)) + n[:, :2].to(torch.float32)"
    ),
}
# They have kernels on devices alone.
ON_DEVICES = {
    "mint.cat((x, y), dim=1)": "torch.cat((x, y), dim=1)",
    "mint.softmax(x, dim=1)": "torch.softmax(x, dim=1)",
    "mint.nn.functional.relu(x)": "torch.nn.functional.relu(x)",
    "mint.sum(x, dim=None)": "torch.sum(x)",
    "mint.permute(x, (1, 0))": "torch.permute(x, (1, 0))",
    "mint.nn.ReLU()(x)": "torch.nn.ReLU()(x)",
    "mint.nn.Dropout(p=0.3)(x)": "torch.nn.Dropout(p=0.3).eval()(x)",
}


@pytest.mark.parametrize(("before", "after"), (MOVED | ON_DEVICES).items(), ids=MOVED | ON_DEVICES)
def test_what_it_becomes(before: str, after: str) -> None:
    head = PORTED if "torch." in after else PORTED.replace("import torch\n", "")
    assert ported(f"{HEAD}{before}\n")[0] == f"{head}{after}\n"


@pytest.mark.parametrize("before", MOVED, ids=MOVED)
def test_it_gives_the_numbers_of_mindspore(before: str) -> None:
    mindspore = pytest.importorskip("mindspore")
    import compat.mindspore as ours

    after, _ = ported(f"{HEAD}{before}\n")
    expected, found = _run(f"{HEAD}{before}\n", mindspore), _run(after, ours)
    assert len(expected) == len(found)
    for one, other in zip(expected, found, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(other, one, rtol=2e-4, atol=2e-5)


def _run(text: str, framework: Any) -> list[np.ndarray[Any, Any]]:
    """The tensors of the result as arrays; each is one of the framework's."""
    scope: dict[str, Any] = {}
    exec(compile(text, "file.py", "exec"), scope)
    random = np.random.default_rng(0)
    x, y = (framework.Tensor(random.standard_normal((2, 3)).astype(np.float32)) for _ in range(2))
    result = scope["f"](x, y, framework.Tensor(np.array([[0, 2, 1], [1, 1, 0]])))
    parts = result if isinstance(result, (tuple, list)) else [result]
    assert all(type(part) is framework.Tensor for part in parts)
    return [part.asnumpy() for part in parts]


# What a file does with the layers that it makes, and whether they become PyTorch's.
LAYERS = {
    "of a Cell": ("        self.drop = nn.Dropout(p=0.5)\n", True),
    "with a Cell's methods": ("        self.drop = nn.Dropout(p=0.5)\n        self.drop.set_train()\n", True),
    "asked for an attribute": ("        self.drop = nn.Dropout(p=0.5)\n        print(self.drop.keep_prob)\n", False),
    "asked elsewhere": ("        self.drop = nn.Dropout(p=0.5)\n\nprint(Net().drop.keep_prob)\n", False),
    "asked for an attribute without a Cell": ("        drop = nn.Dropout(p=0.5)\n        drop.set_train()\n", False),
    "in a list": ("        self.drops = nn.CellList([nn.Dropout(p=0.5)])\n", True),
    "returned": ("        return nn.Dropout(p=0.5)\n", True),
    "called by another name": ("        self.drop = nn.Dropout(p=0.5)\n        self.drop(x=1)\n", False),
    "compared": ("        self.drop = nn.Dropout(p=0.5)\n        print(type(self) is nn.Dropout)\n", False),
    "a key": ("        self.drop = nn.Dropout(p=0.5)\n        print({nn.Dropout: 1})\n", False),
    "an instance": ("        self.drop = nn.Dropout(p=0.5)\n        print(isinstance(self, nn.Dropout))\n", True),
}


@pytest.mark.parametrize(("body", "is_rewritten"), LAYERS.values(), ids=LAYERS)
def test_layers_by_their_use(body: str, is_rewritten: bool) -> None:
    head = "from mindspore import nn\n\nclass Net(nn.Cell):\n    def __init__(self):\n        super().__init__()\n"
    after, changes = ported(head + body)
    assert ("torch.nn.Dropout(p=0.5).eval()" in after) is is_rewritten
    assert [change.code for change in changes if change.api.endswith("Dropout") and change.use == "call"] == (
        ["CM117"] if is_rewritten else ["CM202"]
    )
    ast.parse(after)


def test_why_layers_with_weights_stay() -> None:
    _, changes = ported(f"{HEAD}nn.BatchNorm2d(3)(x), mint.nn.Linear(3, 4)(x)\n")
    batch_norm, linear = (change.reason for change in changes if change.code == "CM208")
    assert "gamma is weight" in batch_norm
    assert "moving_mean is running_mean" in batch_norm
    assert "begins" in batch_norm
    assert "begins" not in linear


TEXTS = {
    "shim": ("import mindspore as ms\nms.ops.relu(ms.Tensor([1.0]))\n", "import compat.mindspore as ms\nms.ops.relu(ms.Tensor([1.0]))\n"),
    "context": ("from mindspore import context\n", "from compat.mindspore import context\n"),
    "numpy": ("import mindspore.numpy as mnp\n", "import compat.mindspore.numpy as mnp\n"),
    "the package": ("import mindspore.nn\n", "import compat.mindspore as mindspore\n"),
    "an initializer": ("from mindspore.common.initializer import Normal\n", "from compat.mindspore.common.initializer import Normal\n"),
    "a missing one": ("from mindspore.no import such\n", "from compat.lenient.mindspore.no import such\n"),
    "a missing one, caught": (
        "try:\n    from mindspore.no import such\nexcept ImportError:\n    such = None\n",
        "try:\n    from compat.mindspore.no import such\nexcept ImportError:\n    such = None\n",
    ),
    "torch stays": ("import torch\nfrom torch import nn\n", "import torch\nfrom torch import nn\n"),
    "a name that begins like it": (
        "import mindspore_lite\nfrom mindsporex import y\n",
        "import mindspore_lite\nfrom mindsporex import y\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), TEXTS.values(), ids=TEXTS)
def test_imports(before: str, after: str) -> None:
    assert ported(before, "shim")[0] == after
    exec(compile(after.replace("import mindspore_lite\nfrom mindsporex import y\n", ""), "file.py", "exec"), {})


NAMES = {
    "a parameter has the name": ("def g(torch, x: Tensor):\n    return ops.sin(x)\n", "import torch as torch_\n", "torch_.sin(x)"),
    "imported already": ("import torch\n\ndef g(x: Tensor):\n    return ops.sin(x)\n", "import torch\n", "torch.sin(x)"),
    "imported by another name": ("import torch as t\n\ndef g(x: Tensor):\n    return ops.sin(x)\n", "import torch as t\n", "t.sin(x)"),
    "imported too late": ("z = ops.sin(Tensor([1.0]))\nimport torch\n", "import torch\nfrom compat", "torch.sin(Tensor([1.0]))"),
    "imported elsewhere": ("def g(x: Tensor):\n    import torch\n    return ops.sin(x)\n", "import torch as torch_\n", "torch_.sin(x)"),
}


@pytest.mark.parametrize(("body", "line", "call"), NAMES.values(), ids=NAMES)
def test_the_name_of_torch(body: str, line: str, call: str) -> None:
    after, _ = ported(f"from mindspore import Tensor, ops\n{body}")
    assert line in after
    assert call in after
    assert after.count("import torch") == body.count("import torch") + (line not in body)
    exec(compile(after, "file.py", "exec"), {})


@pytest.mark.parametrize("text", [*STAYS, *MOVED, *ON_DEVICES])
def test_porting_again_changes_nothing(text: str) -> None:
    once, _ = ported(f"{HEAD}{text}\n")
    ast.parse(once)
    assert ported(once)[0] == once


def test_a_library_of_mindspore_is_reported() -> None:
    _, changes = ported("import mindcv\nfrom importlib import import_module\nx = import_module('mindspore.nn')\n")
    assert [change.code for change in changes] == ["CM502", "CM501"]


def test_the_record_speaks_of_calls_that_there_are() -> None:
    assert stale(read(MAPPINGS, "torch").record, load(MAPPINGS)) == []


def test_every_conversion_is_known_both_ways() -> None:
    assert {name for one in CONVERTERS.values() for name in (one.forward, one.inverse)} == set(TAKEN)
