"""What is random: of PyTorch's stream with compat.native, bit for bit, and of the same distribution with MindSpore alone."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import mindspore
import numpy as np
import pytest

import compat.torch as torch
from compat.native import drawn, layers, mindspore as native
from compat.port.calls.random import DRAWN

INITIALIZER = native.common.initializer
DTYPES = ("float32", "float64", "float16", "bfloat16")


def weight(*shape: int, dtype: str = "float32") -> Any:
    return torch.nn.Parameter(torch.zeros(shape, dtype=getattr(torch, dtype)))


def initialised(init: Any, parameter: Any) -> Any:
    native.ops.assign(parameter, INITIALIZER.initializer(init, parameter.shape, parameter.dtype).init_data())
    return parameter


def seeded(draw: Any) -> Any:
    torch.manual_seed(7)
    return draw()


# MindSpore's call, and PyTorch's that draws the same numbers; x has the shape (4, 6, 5, 3), and w is a parameter of that shape.
SAME = {
    "dropout": ("mindspore.ops.dropout(x, 0.3)", "F.dropout(x, 0.3)"),
    "dropout in eval mode": ("mindspore.ops.dropout(x, p=0.3, training=False)", "x"),
    "dropout of everything": ("mindspore.ops.dropout(x, p=1.0)", "F.dropout(x, 1.0)"),
    "dropout2d": ("mindspore.ops.dropout2d(x)", "F.dropout2d(x)"),
    "dropout3d": ("mindspore.ops.dropout3d(x[None], p=0.2)", "F.dropout3d(x[None], 0.2)"),
    "a layer": ("mindspore.nn.Dropout(p=0.3)(x)", "nn.Dropout(0.3)(x)"),
    "a layer that drops everything": ("mindspore.nn.Dropout(p=1.0)(x)", "nn.Dropout(1.0)(x)"),
    "a layer of channels": ("mindspore.nn.Dropout2d(p=0.3)(x)", "nn.Dropout2d(0.3)(x)"),
    "a layer of volumes": ("mindspore.nn.Dropout3d(p=0.3)(x)", "nn.Dropout3d(0.3)(x)"),
    "rand": ("mindspore.ops.rand(2, 3)", "torch.rand(2, 3)"),
    "rand of a dtype of MindSpore's": ("mindspore.ops.rand((2, 3), dtype=mindspore.float64)", "torch.rand(2, 3, dtype=torch.float64)"),
    "randn": ("mindspore.ops.randn((2, 3), seed=None)", "torch.randn(2, 3)"),
    "rand_like": ("mindspore.ops.rand_like(x)", "torch.rand_like(x)"),
    "randn_like": ("mindspore.ops.randn_like(x, dtype=torch.float64)", "torch.randn_like(x, dtype=torch.float64)"),
    "randint": ("mindspore.ops.randint(2, 9, (5,))", "torch.randint(2, 9, (5,))"),
    "randperm": ("mindspore.ops.randperm(9)", "torch.randperm(9)"),
    "Normal": ("initialised(I.Normal(0.02, 1.0), w)", "init.normal_(w, 1.0, 0.02)"),
    "TruncatedNormal": ("initialised(I.TruncatedNormal(0.5, 0.25, -1.0, 1.0), w)", "init.trunc_normal_(w, 0.25, 0.5, -1.0, 1.0)"),
    "Uniform": ("initialised(I.Uniform(0.3), w)", "init.uniform_(w, -0.3, 0.3)"),
    "HeNormal": ("initialised(I.HeNormal(0.1, 'fan_out'), w)", "init.kaiming_normal_(w, 0.1, 'fan_out')"),
    "HeUniform": ("initialised(I.HeUniform(nonlinearity='relu'), w)", "init.kaiming_uniform_(w, nonlinearity='relu')"),
    "XavierNormal": ("initialised(I.XavierNormal(2.0), w)", "init.xavier_normal_(w, 2.0)"),
    "XavierUniform": ("initialised(I.XavierUniform(), w)", "init.xavier_uniform_(w)"),
    "Orthogonal": ("initialised(I.Orthogonal(0.5), w)", "init.orthogonal_(w, 0.5)"),
    "a distribution by its name": ("initialised('xavier_uniform', w)", "init.xavier_uniform_(w)"),
    "a new parameter": ("mindspore.Parameter(I.initializer(I.Normal(0.1), (3, 4)))", "init.normal_(weight(3, 4), std=0.1)"),
    "a number": ("initialised(I.Normal(0.1), weight())", "init.normal_(weight(), std=0.1)"),
}


@pytest.mark.parametrize(("call", "expected"), SAME.values(), ids=SAME)
def test_the_same_numbers(call: str, expected: str) -> None:
    found, other = (seeded(lambda text=text: evaluate(text)) for text in (call, expected))
    assert torch.equal(found, other)
    assert (type(found), found.dtype, found.requires_grad) == (type(other), other.dtype, other.requires_grad)


def evaluate(text: str) -> Any:
    scope = {
        "torch": torch, "nn": torch.nn, "F": torch.nn.functional, "init": torch.nn.init, "mindspore": native, "I": INITIALIZER,
        "initialised": initialised, "weight": weight, "w": weight(4, 6, 5, 3), "x": torch.ones(4, 6, 5, 3),
    }  # fmt: skip
    return eval(text, scope)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_same_numbers_in_each_dtype(dtype: str) -> None:
    found = seeded(lambda: initialised(INITIALIZER.TruncatedNormal(0.02), weight(20, 30, dtype=dtype)))
    assert torch.equal(found, seeded(lambda: torch.nn.init.trunc_normal_(weight(20, 30, dtype=dtype), std=0.02)))


def test_what_is_assigned_to_is_the_same_memory() -> None:
    parameter = weight(3, 4)
    data, version = parameter.data, parameter._version
    initialised(INITIALIZER.Normal(1.0), parameter)
    assert torch.equal(data, parameter)
    assert parameter._version > version
    whole = torch.zeros(4, 6)
    column = whole[:, 1]
    native.ops.assign(column, torch.ones(4))
    assert whole.sum() == 4


def test_a_seed_of_its_own_is_mindspores() -> None:
    torch.manual_seed(0)
    native.ops.rand(3, seed=5)
    assert torch.equal(torch.rand(2), seeded_rand())


def seeded_rand() -> Any:
    torch.manual_seed(0)
    return torch.rand(2)


def test_a_layer_that_drops_is_copied_and_pickled() -> None:
    layer = native.nn.Dropout(p=0.3)
    for one in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert isinstance(one, torch.nn.Dropout)
        assert one.p == 0.3
    x = torch.ones(3)
    assert layer.eval()(x) is x


def test_the_names_that_porting_knows() -> None:
    ours = {f"mindspore.ops.{name}" for name in drawn.FUNCTIONS} - {"mindspore.ops.dropout1d"}  # PyTorch's has no row
    ours |= {api for api, layer in layers.LAYERS.items() if layer.torch in layers.DRAWN and ".mint." not in api}  # no kernels on CPU
    assert ours == DRAWN


# --- MindSpore alone ---

MATRIX = (300, 400)
BOUND = 4.5  # standard deviations that a mean or a share may be away


@pytest.fixture(autouse=True)
def seed() -> None:
    """The same numbers of MindSpore's in each run."""
    mindspore.set_seed(1)


def plain(init: Any, shape: tuple[int, ...] = MATRIX) -> Any:
    parameter = mindspore.Parameter(mindspore.Tensor(np.zeros(shape, "float32")))
    mindspore.ops.assign(parameter, mindspore.common.initializer.initializer(init, parameter.shape, parameter.dtype).init_data())
    return parameter.asnumpy()


# Of an initializer of MindSpore's: the mean, the standard deviation, and the bounds of what PyTorch draws with the same arguments.
DISTRIBUTIONS = {
    "Normal(0.02, 1.0)": (1.0, 0.02, None),
    "Normal(sigma=1.0)": (0.0, 1.0, None),
    "TruncatedNormal(0.02)": (0.0, 0.02, (-2.0, 2.0)),
    "TruncatedNormal(1.0)": (0.0, 0.8796, (-2.0, 2.0)),
    "TruncatedNormal(0.5, 0.25, -1.0, 1.0)": (0.1896, 0.4268, (-1.0, 1.0)),
    "Uniform(0.3)": (0.0, 0.3 / 3**0.5, (-0.3, 0.3)),
    "HeNormal(mode='fan_out', nonlinearity='relu')": (0.0, (2 / 300) ** 0.5, None),
    "HeNormal(0.5)": (0.0, (2 / 1.25 / 400) ** 0.5, None),
    "HeUniform(nonlinearity='sigmoid')": (0.0, (1 / 400) ** 0.5, (-((3 / 400) ** 0.5), (3 / 400) ** 0.5)),
    "XavierNormal(2.0)": (0.0, 2 * (2 / 700) ** 0.5, None),
    "XavierUniform()": (0.0, (2 / 700) ** 0.5, (-((6 / 700) ** 0.5), (6 / 700) ** 0.5)),
}


@pytest.mark.parametrize("text", DISTRIBUTIONS)
def test_the_distribution_of_an_initializer(text: str) -> None:
    mean, deviation, bounds = DISTRIBUTIONS[text]
    found = plain(eval(text, vars(mindspore.common.initializer)))
    assert abs(found.mean() - mean) < BOUND * deviation / found.size**0.5
    assert abs(found.std() / deviation - 1) < 0.02
    if bounds is not None:
        assert bounds[0] - 1e-6 <= found.min()
        assert found.max() <= bounds[1] + 1e-6
    assert not np.array_equal(found, plain(eval(text, vars(mindspore.common.initializer))))


def test_orthogonal_rows() -> None:
    found = plain(mindspore.common.initializer.Orthogonal(0.5), (20, 5, 8))
    rows = found.reshape(20, 40)
    np.testing.assert_allclose(rows @ rows.T, 0.25 * np.eye(20), atol=1e-5)


@pytest.mark.parametrize("name", ["dropout", "dropout2d", "dropout3d"])
@pytest.mark.parametrize("is_layer", [False, True])
def test_the_distribution_of_what_is_dropped(name: str, is_layer: bool) -> None:
    """The share of zeros, the factor of the others, whole channels, and nothing in eval mode."""
    x = mindspore.Tensor(np.ones((200, 50, 2, 2, 2) if name == "dropout3d" else (200, 50, 2, 2), "float32"))
    layer = getattr(mindspore.nn, name.capitalize())(p=0.3)
    function = getattr(mindspore.ops, name)
    found = (layer.set_train()(x) if is_layer else function(x, p=0.3)).asnumpy().reshape(200 * 50, -1)
    assert set(np.unique(found.round(5))) == {0.0, np.float32(1 / 0.7).round(5)}
    independent = found if name == "dropout" else found[:, 0]
    assert (found == found[:, :1]).all() == (name != "dropout")
    assert abs((independent == 0).mean() - 0.3) < BOUND * (0.3 * 0.7 / independent.size) ** 0.5
    same = layer.set_train(False)(x) if is_layer else function(x, p=0.3, training=False)
    assert (same.asnumpy() == 1).all()
    none = getattr(mindspore.nn, name.capitalize())(p=0.0).set_train()(x) if is_layer else function(x, p=0.0)
    assert (none.asnumpy() == 1).all()


# A call of MindSpore's, the mean and the standard deviation of its numbers, and their bounds.
NUMBERS = {
    "rand(300, 400)": (0.5, 12**-0.5, (0.0, 1.0)),
    "rand_like(x)": (0.5, 12**-0.5, (0.0, 1.0)),
    "randn((300, 400))": (0.0, 1.0, None),
    "randn_like(x)": (0.0, 1.0, None),
    "randint(-3, 8, (300, 400))": (2.0, 10**0.5, (-3, 7)),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_the_distribution_of_numbers(text: str) -> None:
    mean, deviation, bounds = NUMBERS[text]
    found = eval(f"mindspore.ops.{text}", {"mindspore": mindspore, "x": mindspore.Tensor(np.ones(MATRIX, "float32"))}).asnumpy()
    assert abs(found.mean() - mean) < BOUND * deviation / found.size**0.5
    assert abs(found.std() / deviation - 1) < 0.02
    assert bounds is None or (bounds[0] <= found.min() and found.max() <= bounds[1])


def test_a_permutation() -> None:
    found = mindspore.ops.randperm(1000).asnumpy()
    assert sorted(found) == list(range(1000))
    assert (found == np.arange(1000)).sum() < 10
