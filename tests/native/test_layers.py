"""MindSpore's layers beside compat.torch's: the same weights, results, gradients and state, and a module of PyTorch in every way."""

from __future__ import annotations

import abc
import copy
import functools
import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import compat.torch as torch
from compat.errors import UnsupportedAPI, UnsupportedArgument
from compat.native import mindspore as native
from compat.native._layers import LAYERS
from compat.native.layers import UNFIT
from compat.torch_on_mindspore import engine

nn = torch.nn


@dataclass(frozen=True)
class Pair:
    """MindSpore's constructor, PyTorch's, and the shapes of what both are called with; a shape of ints is that of indices."""

    mindspore: str
    torch: str
    shapes: tuple[tuple[int, ...], ...]


IMAGE, TEXT, VOLUME, ROWS = (2, 4, 6, 5), (2, 4, 7), (2, 4, 3, 4, 5), (3, 4)
PAIRS = [
    Pair(*each)
    for each in (
        ('nn.Conv1d(4, 3, 3, pad_mode="valid", has_bias=True)', "Conv1d(4, 3, 3)", (TEXT,)),
        ('nn.Conv1d(4, 6, 3, stride=2, pad_mode="pad", padding=1, group=2)', "Conv1d(4, 6, 3, 2, 1, groups=2, bias=False)", (TEXT,)),
        ('nn.Conv2d(4, 3, 3, stride=2, pad_mode="pad", padding=1, has_bias=False)', "Conv2d(4, 3, 3, 2, 1, bias=False)", (IMAGE,)),
        ('nn.Conv2d(4, 3, (3, 2), pad_mode="pad", padding=(1, 1, 0, 0), dilation=2, has_bias=True)', "Conv2d(4, 3, (3, 2), padding=(1, 0), dilation=2)", (IMAGE,)),
        ('nn.Conv2d(4, 3, 3, pad_mode="same", has_bias=True)', 'Conv2d(4, 3, 3, padding="same")', (IMAGE,)),
        ('nn.Conv2d(4, 4, 3, pad_mode="valid", group=4, has_bias=True)', "Conv2d(4, 4, 3, groups=4)", (IMAGE,)),
        ('nn.Conv3d(4, 3, 2, pad_mode="pad", padding=1, has_bias=True)', "Conv3d(4, 3, 2, padding=1)", (VOLUME,)),
        ('nn.Conv1dTranspose(4, 3, 3, stride=2, pad_mode="valid", has_bias=True)', "ConvTranspose1d(4, 3, 3, 2)", (TEXT,)),
        ('nn.Conv2dTranspose(4, 3, 3, stride=2, pad_mode="pad", padding=1, has_bias=True)', "ConvTranspose2d(4, 3, 3, 2, 1)", (IMAGE,)),
        ('nn.Conv3dTranspose(4, 3, 2, pad_mode="valid", has_bias=True)', "ConvTranspose3d(4, 3, 2)", (VOLUME,)),
        ("nn.Dense(4, 5)", "Linear(4, 5)", (ROWS,)),
        ("nn.Dense(4, 5, has_bias=False)", "Linear(4, 5, bias=False)", ((2, 3, 4),)),
        ("mint.nn.Linear(4, 5)", "Linear(4, 5)", (ROWS,)),
        ("nn.BiDense(4, 4, 5)", "Bilinear(4, 4, 5)", (ROWS, ROWS)),
        ("nn.BatchNorm1d(4)", "BatchNorm1d(4)", (ROWS,)),
        ("nn.BatchNorm2d(4, momentum=0.7, eps=0.01)", "BatchNorm2d(4, momentum=0.3, eps=0.01)", (IMAGE,)),
        ("nn.BatchNorm2d(4, affine=False)", "BatchNorm2d(4, affine=False)", (IMAGE,)),
        ("nn.BatchNorm3d(4)", "BatchNorm3d(4)", (VOLUME,)),
        ("nn.LayerNorm((4,), epsilon=1e-5)", "LayerNorm((4,))", (ROWS,)),
        ("nn.GroupNorm(2, 4)", "GroupNorm(2, 4)", (IMAGE,)),
        ("mint.nn.GroupNorm(2, 4)", "GroupNorm(2, 4)", (IMAGE,)),
        ('nn.MaxPool2d(3, stride=2, pad_mode="pad", padding=1)', "MaxPool2d(3, 2, 1)", (IMAGE,)),
        ("nn.MaxPool2d(kernel_size=2, stride=2)", "MaxPool2d(2, 2)", (IMAGE,)),
        ("nn.MaxPool1d(2, 2)", "MaxPool1d(2, 2)", (TEXT,)),
        ("nn.AvgPool2d(2, 2)", "AvgPool2d(2, 2)", (IMAGE,)),
        ("nn.AdaptiveAvgPool2d((2, 2))", "AdaptiveAvgPool2d((2, 2))", (IMAGE,)),
        ("nn.AdaptiveMaxPool2d((3, 2))", "AdaptiveMaxPool2d((3, 2))", (IMAGE,)),
        ("nn.Flatten()", "Flatten()", (IMAGE,)),
        ("nn.Identity()", "Identity()", (ROWS,)),
        ("nn.ReLU()", "ReLU()", (ROWS,)),
        ("mint.nn.ReLU()", "ReLU()", (ROWS,)),
        ("nn.ReLU6()", "ReLU6()", (ROWS,)),
        ("nn.LeakyReLU(alpha=0.1)", "LeakyReLU(0.1)", (ROWS,)),
        ("nn.PReLU(4, w=0.5)", "PReLU(4, 0.5)", (ROWS,)),
        ("nn.ELU()", "ELU()", (ROWS,)),
        ("nn.GELU(approximate=False)", "GELU()", (ROWS,)),
        ("nn.GELU()", 'GELU("tanh")', (ROWS,)),
        ("nn.SiLU()", "SiLU()", (ROWS,)),
        ("mint.nn.Hardswish()", "Hardswish()", (ROWS,)),
        ("nn.Sigmoid()", "Sigmoid()", (ROWS,)),
        ("nn.Tanh()", "Tanh()", (ROWS,)),
        ("nn.Softmax(axis=1)", "Softmax(1)", (ROWS,)),
        ("nn.LogSoftmax(axis=1)", "LogSoftmax(1)", (ROWS,)),
        ("nn.PixelShuffle(2)", "PixelShuffle(2)", (IMAGE,)),
        ("nn.ReflectionPad2d((1, 2, 0, 1))", "ReflectionPad2d((1, 2, 0, 1))", (IMAGE,)),
        ("nn.ZeroPad2d(1)", "ZeroPad2d(1)", (IMAGE,)),
        ("nn.MSELoss()", "MSELoss()", (ROWS, ROWS)),
        ('nn.L1Loss(reduction="sum")', 'L1Loss(reduction="sum")', (ROWS, ROWS)),
        ('nn.SmoothL1Loss(beta=0.5, reduction="mean")', "SmoothL1Loss(beta=0.5)", (ROWS, ROWS)),
        ("nn.MultiMarginLoss()", "MultiMarginLoss()", (ROWS, (3,))),
        ("nn.RNNCell(4, 5)", "RNNCell(4, 5)", (ROWS, (3, 5))),
        ("nn.GRUCell(4, 5)", "GRUCell(4, 5)", (ROWS, (3, 5))),
    )
]  # fmt: skip


def constructed(pair: Pair, *, in_mindspore: bool) -> Any:
    """The layer, and the next number of PyTorch's stream after it."""
    torch.manual_seed(3)
    scope = {"nn": native.nn, "mint": native.mint}
    layer = eval(pair.mindspore, scope) if in_mindspore else eval(f"nn.{pair.torch}", {"nn": nn})
    return layer, torch.rand(1).item()


def inputs(pair: Pair, seed: int = 0) -> list[Any]:
    random = np.random.default_rng(seed)
    is_index = [len(shape) == 1 for shape in pair.shapes]
    drawn = [
        random.integers(0, 4, shape) if index else random.standard_normal(shape, "float32")
        for shape, index in zip(pair.shapes, is_index, strict=True)
    ]
    return [torch.tensor(each).requires_grad_(each.dtype == np.float32) for each in drawn]


def outcome(layer: Any, arguments: list[Any]) -> list[Any]:
    """The result, the gradients of the arguments and the parameters, and the state after it."""
    layer.zero_grad()
    result = layer(*arguments)
    first = result[0] if isinstance(result, tuple) else result
    (first * torch.cos(torch.arange(float(first.numel())).reshape(first.shape))).sum().backward()
    gradients = [one.grad for one in (*arguments, *layer.parameters())]
    return [first.detach(), *(one for one in gradients if one is not None), *layer.state_dict().values()]


def assert_same(found: list[Any], expected: list[Any]) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-4, atol=1e-5)
        assert one.dtype == other.dtype


ids = [pair.mindspore for pair in PAIRS]


@pytest.mark.parametrize("pair", PAIRS, ids=ids)
def test_pair(pair: Pair) -> None:
    (layer, after), (other, after_other) = constructed(pair, in_mindspore=True), constructed(pair, in_mindspore=False)
    assert isinstance(layer, type(other))
    assert after == after_other
    assert repr(layer) == repr(other)
    assert list(layer.state_dict()) == list(other.state_dict())
    assert all((one == two).all() for one, two in zip(layer.state_dict().values(), other.state_dict().values(), strict=True))
    assert {name: value for name, value in vars(layer).items() if name in vars(other) and not name.startswith("_")} == {
        name: value for name, value in vars(other).items() if not name.startswith("_")
    }
    for seed in (0, 1):
        assert_same(outcome(layer, inputs(pair, seed)), outcome(other, inputs(pair, seed)))
    assert_same(outcome(layer.eval(), inputs(pair)), outcome(other.eval(), inputs(pair)))
    assert layer._cell is not None


@pytest.mark.parametrize("pair", PAIRS[::4], ids=ids[::4])
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, copy.copy, lambda layer: pickle.loads(pickle.dumps(layer, 2))], ids=["deepcopy", "copy", "pickle"]
)
def test_copy(pair: Pair, copied: Callable[[Any], Any]) -> None:
    layer, _ = constructed(pair, in_mindspore=True)
    other = copied(layer)
    assert type(other) is type(layer)
    assert other._cell is not layer._cell
    assert_same(outcome(other, inputs(pair)), outcome(layer, inputs(pair)))


def test_a_whole_model_is_saved_and_loaded() -> None:
    model, x, file = nn.Sequential(native.nn.Dense(3, 4), native.nn.ReLU(), nn.Linear(4, 2)), torch.ones(1, 3), io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    loaded = torch.load(file, weights_only=False)
    assert type(loaded[0]) is native.nn.Dense
    assert loaded(x).tolist() == model(x).tolist()


# --- a module of PyTorch ---


def test_the_class_stands_for_itself() -> None:
    layer = native.nn.Conv2d(3, 4, 3)
    assert isinstance(layer, native.nn.Conv2d)
    assert native.nn.Conv2d is native.nn.Conv2d
    assert issubclass(native.nn.Dense, nn.Linear)
    assert not isinstance(layer, native.nn.Dense)
    assert type(layer).__name__ == "Conv2d"
    assert pickle.loads(pickle.dumps(native.nn.Dense)) is native.nn.Dense
    assert type(native.nn.Dense(1, 1)).__name__ == "Linear"


def test_containers_and_layers_stand_for_compat_torchs() -> None:
    body = native.nn.SequentialCell(native.nn.Dense(1, 1))
    assert isinstance(body, nn.Sequential)
    assert type(body) in (nn.Sequential,)
    assert type(body) not in (nn.ModuleList, nn.Linear)
    assert type(body[0]) in (nn.Conv2d, nn.Linear)
    assert {nn.Linear: 1}[type(body[0])] == 1
    assert type(body[:1]) is native.nn.SequentialCell
    assert pickle.loads(pickle.dumps(native.nn.CellList)) is native.nn.CellList
    assert type("Own", (native.nn.Dense,), {}) not in (nn.Linear, native.nn.Dense)
    assert repr(body) == repr(nn.Sequential(nn.Linear(1, 1)))


def test_classes_of_a_program_that_derive_from_native_ones() -> None:
    own: Any = type("Own", (native.nn.SequentialCell, abc.ABC), {})
    body = own(nn.Linear(1, 1))
    assert isinstance(body, nn.Sequential)
    assert not isinstance(native.nn.SequentialCell(), own)
    assert issubclass(own, native.nn.SequentialCell)


def test_isinstance_takes_pytorchs_layers_for_native_ones() -> None:
    assert isinstance(nn.Linear(1, 1), native.nn.Dense)
    assert isinstance(native.nn.Dense(1, 1), native.mint.nn.Linear)
    assert not isinstance(nn.Linear(1, 1), native.nn.Conv2d)
    assert isinstance(nn.ModuleList(), (native.nn.SequentialCell, native.nn.CellList))


def test_what_is_native_has_the_methods_of_cells() -> None:
    body = native.nn.SequentialCell(native.nn.Dense(1, 1), native.nn.CellList([native.nn.ReLU()]))
    assert [name for name, _ in body.cells_and_names()] == ["", "0", "1", "1.0"]
    assert list(body.name_cells().items()) == list(body.named_children())
    assert body.get_sub_cell("1.0") is body[1][0]
    assert [name for name, _ in body[0].parameters_and_names()] == ["weight", "bias"]
    assert body.set_train(False) is body
    assert not body[0].training
    body[0].bias.requires_grad_(False)
    assert (body.trainable_params(), body.untrainable_params()) == ([body[0].weight], [body[0].bias])


def test_every_layer_of_the_table_has_a_class() -> None:
    for api, layer in LAYERS.items():
        if api not in UNFIT:
            found: Any = functools.reduce(getattr, api.split(".")[1:], native)
            assert issubclass(found, functools.reduce(getattr, layer.torch.split(".")[1:], torch)), api


def test_in_a_model() -> None:
    def model(layers: Any, conv: Any, norm: Any, dense: Any) -> Any:
        torch.manual_seed(0)
        return nn.Sequential(conv(), norm(), layers.ReLU(), layers.Flatten(), dense())

    ours = model(
        native.nn,
        lambda: native.nn.Conv2d(1, 4, 3, pad_mode="valid", has_bias=True),
        lambda: native.nn.BatchNorm2d(4),
        lambda: native.nn.Dense(64, 3),
    )
    other = model(nn, lambda: nn.Conv2d(1, 4, 3), lambda: nn.BatchNorm2d(4), lambda: nn.Linear(64, 3))
    assert str(ours) == str(other)
    assert [name for name, _ in ours.named_modules()] == [name for name, _ in other.named_modules()]
    x, target = torch.rand(8, 1, 6, 6), torch.arange(8) % 3
    losses = {}
    for net in (ours, other):
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        losses[net] = []
        for _ in range(4):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(x), target)
            loss.backward()
            optimizer.step()
            losses[net].append(loss.item())
    np.testing.assert_allclose(losses[ours], losses[other], rtol=1e-4)
    assert losses[ours][-1] < losses[ours][0]
    assert int(ours[1].num_batches_tracked) == 4
    torch.testing.assert_close(ours.eval()(x), other.eval()(x), rtol=1e-3, atol=1e-4)
    other.load_state_dict(ours.state_dict())
    torch.testing.assert_close(ours(x), other(x), rtol=1e-3, atol=1e-4)


def test_a_new_parameter_reaches_the_cell() -> None:
    layer = native.nn.Dense(2, 2, has_bias=False)
    layer.weight = nn.Parameter(torch.eye(2))
    assert layer(torch.tensor([[3.0, 4.0]])).tolist() == [[3.0, 4.0]]
    with torch.no_grad():
        layer.weight.mul_(2)
    assert layer(torch.tensor([[3.0, 4.0]])).tolist() == [[6.0, 8.0]]
    layer.weight.data = torch.zeros(2, 2)
    assert layer(torch.tensor([[3.0, 4.0]])).tolist() == [[0.0, 0.0]]
    layer.load_state_dict({"weight": torch.ones(2, 2)})
    assert layer(torch.tensor([[3.0, 4.0]])).tolist() == [[7.0, 7.0]]
    assert layer._cell is not None


def test_a_weight_that_is_taken_away_or_added_counts() -> None:
    layer = native.nn.Dense(2, 2)
    layer.weight, layer.bias = nn.Parameter(torch.eye(2)), None
    assert layer(torch.tensor([[3.0, 4.0]])).tolist() == [[3.0, 4.0]]
    assert copy.deepcopy(layer)(torch.tensor([[3.0, 4.0]])).tolist() == [[3.0, 4.0]]
    norm = native.nn.BatchNorm1d(2, affine=False).eval()
    norm.weight = nn.Parameter(torch.zeros(2))
    assert norm(torch.ones(3, 2)).tolist() == [[0.0, 0.0]] * 3


def test_the_cell_holds_no_weights_between_calls() -> None:
    layer = native.nn.Conv2d(2, 2, 1)
    assert layer._cell.weight is None
    layer(torch.ones(1, 2, 3, 3))
    assert layer._cell.weight is None


def test_weight_norm_and_functional_call() -> None:
    layer = native.nn.Dense(2, 2, has_bias=False)
    found = torch.func.functional_call(layer, {"weight": torch.eye(2)}, (torch.ones(1, 2),))
    assert found.tolist() == [[1.0, 1.0]]
    normed = nn.utils.parametrizations.weight_norm(layer)
    normed(torch.ones(1, 2)).sum().backward()
    assert normed.parametrizations.weight.original0.grad is not None
    assert normed._cell is not None


def test_names_of_mindspore_beside_pytorchs() -> None:
    layer = native.nn.BatchNorm2d(3)
    assert layer.momentum == 0.1
    assert layer.gamma is layer.weight
    assert layer.moving_mean is layer.running_mean
    assert "gamma" not in layer.state_dict()


def test_a_changed_attribute_counts() -> None:
    """The Cell was made with the old one: compat.torch computes from then on."""
    layer, other = native.nn.BatchNorm2d(3, momentum=0.9), nn.BatchNorm2d(3, momentum=0.5)
    layer.momentum = 0.5
    x = torch.randn(2, 3, 4, 4)
    layer(x), other(x)
    torch.testing.assert_close(layer.running_mean, other.running_mean)
    pool = native.nn.MaxPool2d(2, 2)
    pool.stride = pool.stride
    assert pool._cell is not None
    pool.stride = 1
    assert pool(x).shape == (2, 3, 3, 3)
    assert copy.deepcopy(pool)(x).shape == (2, 3, 3, 3)


def test_what_only_pytorchs_layer_takes_it_computes() -> None:
    transposed = native.nn.Conv2dTranspose(1, 1, 3, stride=2, pad_mode="pad", padding=1)
    x = torch.ones(1, 1, 4, 4)
    assert transposed(x).shape == (1, 1, 7, 7)
    assert transposed(x, output_size=(8, 8)).shape == (1, 1, 8, 8)
    assert native.nn.Conv2d(1, 1, 3, pad_mode="valid")(torch.ones(1, 4, 4)).shape == (1, 2, 2)  # without a batch
    assert native.nn.ReLU()(input=torch.tensor([-1.0, 1.0])).tolist() == [0.0, 1.0]


def test_other_dtypes_and_nothing_at_all_are_computed_by_pytorchs() -> None:
    layer = native.nn.Conv2d(2, 3, 3, pad_mode="valid")
    assert layer(torch.zeros(0, 2, 4, 4)).shape == (0, 3, 2, 2)
    assert torch.isnan(native.nn.MSELoss()(torch.zeros(0), torch.zeros(0)))
    assert layer.double()(torch.ones(1, 2, 4, 4, dtype=torch.float64)).dtype is torch.float64


def test_what_takes_over_calls_sees_them() -> None:
    seen = []

    class Mode(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            seen.append(func.__name__)
            return func(*args, **(kwargs or {}))

    layer = native.nn.ReLU()
    with Mode():
        layer(torch.ones(2))
    assert "relu" in seen


def test_hooks() -> None:
    seen: list[Any] = []
    layer = native.nn.Dense(2, 2)
    layer.register_forward_pre_hook(lambda _, args: seen.append(type(args[0])))
    layer.register_forward_hook(lambda *given: given[-1] * 0)
    layer.register_full_backward_hook(lambda _, inner, __: seen.append(len(inner)))
    result = layer(torch.ones(1, 2, requires_grad=True))
    result.sum().backward()
    assert result.tolist() == [[0.0, 0.0]]
    assert seen == [torch.Tensor, 1]


def test_initial_values_of_the_caller_are_kept() -> None:
    layer = native.nn.Conv2d(1, 1, 2, pad_mode="valid", has_bias=True, weight_init="ones", bias_init="zeros")
    assert layer(torch.ones(1, 1, 2, 2)).item() == 4
    norm = native.nn.BatchNorm2d(2, gamma_init=0.5, moving_var_init=4.0)
    assert norm.weight.tolist() == [0.5, 0.5]
    assert norm.running_var.tolist() == [4.0, 4.0]


def test_numpys_stream_stays_where_it_is() -> None:
    np.random.seed(0)
    expected = np.random.rand()
    np.random.seed(0)
    native.nn.Conv2d(3, 4, 3)
    assert np.random.rand() == expected


def test_nothing_is_recorded_under_no_grad() -> None:
    layer = native.nn.Dense(2, 2)
    with torch.no_grad():
        assert not layer(torch.ones(1, 2)).requires_grad
    layer.requires_grad_(False)
    assert not layer(torch.ones(1, 2)).requires_grad
    assert not engine.requires_grad(layer.weight)


def test_a_subclass_of_the_program() -> None:
    class Scaled(native.nn.Dense):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return super().forward(x) * 2

    layer = Scaled(2, 2, has_bias=False)
    layer.weight = nn.Parameter(torch.eye(2))
    assert copy.deepcopy(layer)(torch.ones(1, 2)).tolist() == [[2.0, 2.0]]


REFUSED = {
    'native.nn.Conv2d(3, 4, 3, pad_mode="none")': (ValueError, "pad_mode"),
    'native.nn.Conv2d(3, 4, 3, "two")': (TypeError, "integer or tuple"),
    'native.nn.Conv2d(3, 4, 3, stride=2, pad_mode="same")': (UnsupportedArgument, "pad_mode='same'"),
    'native.nn.Conv2d(3, 4, 3, pad_mode="pad", padding=(0, 1, 0, 0))': (UnsupportedArgument, "as much before as after"),
    'native.nn.MaxPool2d(3, 2, pad_mode="same")': (UnsupportedArgument, "pad_mode='same'"),
    "native.nn.LayerNorm((6, 5), begin_norm_axis=2)": (UnsupportedArgument, "begin_norm_axis=2"),
    'native.nn.Dense(3, 4, activation="relu")': (UnsupportedArgument, "activation='relu'"),
    "native.nn.BatchNorm2d(3, use_batch_statistics=True)": (UnsupportedArgument, "use_batch_statistics=True"),
    "native.nn.LSTM(3, 4)": (UnsupportedAPI, "weights in lists"),
    "native.nn.MultiheadAttention(4, 2)": (UnsupportedAPI, "torch.nn.MultiheadAttention"),
    "native.nn.WithLossCell": (UnsupportedAPI, "no row of the table"),
    "native.nn.Unfold": (UnsupportedAPI, "four elements"),
    "native.nn.NoSuchLayer": (AttributeError, "has no attribute 'NoSuchLayer'"),
    "native.nn.Dense(3, 4)(torch.ones(2, 2))": (ValueError, "matrix multiplication|shape|dim"),
}


@pytest.mark.parametrize("call", REFUSED)
def test_refused(call: str) -> None:
    kind, text = REFUSED[call]
    with pytest.raises(kind, match=text):
        eval(call, {"native": native, "torch": torch})
