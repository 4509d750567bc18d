"""mindspore.mint.nn beside torch.nn, whose arguments, parameters and formulas it has, and its parameters beside MindSpore's own."""

from __future__ import annotations

import copy
import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

IMAGE = (2, 4, 6, 5)
LAYERS: dict[str, tuple[Callable[[Any], Any], tuple[int, ...]]] = {
    "Conv2d": (lambda nn: nn.Conv2d(4, 6, 3, 2, 1, groups=2, padding_mode="circular"), IMAGE),
    "Conv2d same": (lambda nn: nn.Conv2d(4, 6, 3, padding="same", bias=False), IMAGE),
    "Conv3d": (lambda nn: nn.Conv3d(4, 2, (1, 2, 3)), (2, 4, 3, 4, 5)),
    "ConvTranspose2d": (lambda nn: nn.ConvTranspose2d(4, 6, 3, 2, 1, 1), IMAGE),
    "Linear": (lambda nn: nn.Linear(5, 3), IMAGE),
    "BatchNorm1d": (lambda nn: nn.BatchNorm1d(4), (3, 4)),
    "BatchNorm2d": (lambda nn: nn.BatchNorm2d(4, momentum=0.3), IMAGE),
    "BatchNorm2d without": (lambda nn: nn.BatchNorm2d(4, affine=False, track_running_stats=False), IMAGE),
    "BatchNorm3d": (lambda nn: nn.BatchNorm3d(4, momentum=None), (2, 4, 3, 2, 2)),
    "LayerNorm": (lambda nn: nn.LayerNorm(5), IMAGE),
    "LayerNorm without bias": (lambda nn: nn.LayerNorm((6, 5), bias=False), IMAGE),
    "GroupNorm": (lambda nn: nn.GroupNorm(2, 4), IMAGE),
    "PReLU": (lambda nn: nn.PReLU(4, 0.1), IMAGE),
    "AvgPool2d": (lambda nn: nn.AvgPool2d(2), IMAGE),
    "AdaptiveAvgPool2d": (lambda nn: nn.AdaptiveAvgPool2d((2, None)), IMAGE),
    "Fold": (lambda nn: nn.Fold((3, 3), 2), (2, 4, 4)),
    "Unfold": (lambda nn: nn.Unfold(2), IMAGE),
    "Upsample": (lambda nn: nn.Upsample(scale_factor=2, mode="bilinear"), IMAGE),
    "ConstantPad2d": (lambda nn: nn.ConstantPad2d((1, 2, 0, 1), 0.5), IMAGE),
    "ReflectionPad2d": (lambda nn: nn.ReflectionPad2d(1), IMAGE),
    "ReplicationPad2d": (lambda nn: nn.ReplicationPad2d(1), IMAGE),
    "ZeroPad2d": (lambda nn: nn.ZeroPad2d(1), IMAGE),
    "Softmax": (lambda nn: nn.Softmax(1), IMAGE),
    "Hardshrink": (lambda nn: nn.Hardshrink(0.3), IMAGE),
    **{
        name: (lambda nn, name=name: getattr(nn, name)(), IMAGE)
        for name in ("ELU", "GELU", "Hardsigmoid", "Hardswish", "LogSigmoid", "Mish", "ReLU", "ReLU6", "SiLU", "Softshrink", "Tanh")
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def mint() -> Any:
    return importlib.import_module("compat.mindspore.mint.nn")  # most of it is derived from the table


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(("build", "shape"), LAYERS.values(), ids=LAYERS.keys())
def test_values_gradients_and_state(build: Callable[[Any], Any], shape: tuple[int, ...], training: bool, mint: Any, ours: Any) -> None:
    cell, module = build(mint), build(torch.nn)
    held = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    assert {name: tuple(p.shape) for name, p in cell.parameters_and_names()} == {name: tuple(p.shape) for name, p in held.items()}
    for name, parameter in cell.parameters_and_names():
        if parameter.dtype == ours.float32:
            parameter.set_data(ours.Tensor(np.random.default_rng(len(name)).uniform(0.2, 1, tuple(parameter.shape)).astype(np.float32)))
        held[name].data.copy_(torch.from_numpy(parameter.asnumpy()))
    cell.set_train(training)
    module.train(training)
    array = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    x = torch.from_numpy(array).requires_grad_()
    expected = module(x)
    factors = np.random.default_rng(1).normal(size=expected.shape).astype(np.float32)
    (expected * torch.from_numpy(factors)).sum().backward()
    learning = cell.trainable_params()
    given = copy.deepcopy(cell)
    value, gradients = ours.value_and_grad(lambda x: (cell(x) * ours.Tensor(factors)).sum(), 0, learning or None)(ours.Tensor(array))
    first, rest = gradients if learning else (gradients, ())
    np.testing.assert_allclose(value.asnumpy(), (expected * torch.from_numpy(factors)).sum().item(), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(first.asnumpy(), x.grad.numpy(), rtol=1e-4, atol=1e-5)
    for mine, theirs in zip(rest, module.parameters(), strict=True):
        np.testing.assert_allclose(mine.asnumpy(), theirs.grad.numpy(), rtol=1e-4, atol=1e-5)
    for name, parameter in cell.parameters_and_names():
        np.testing.assert_allclose(parameter.asnumpy(), held[name].detach().numpy(), rtol=1e-5, err_msg=name)
    result = given(ours.Tensor(array))  # the copy has its own parameters
    assert type(result) is ours.Tensor
    np.testing.assert_allclose(result.asnumpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)


MADE: dict[str, Callable[[Any], Any]] = {
    "BatchNorm2d": lambda nn: nn.BatchNorm2d(3),
    "BatchNorm2d without": lambda nn: nn.BatchNorm2d(3, affine=False, track_running_stats=False),
    "GroupNorm": lambda nn: nn.GroupNorm(1, 3, affine=False),
    "LayerNorm": lambda nn: nn.LayerNorm((2, 3)),
    "Conv2d": lambda nn: nn.Conv2d(2, 3, 3),
    "ConvTranspose2d": lambda nn: nn.ConvTranspose2d(2, 3, 3, bias=False),
    "Linear": lambda nn: nn.Linear(2, 3, weight_init="ones", bias_init=0.5),
    "Embedding": lambda nn: nn.Embedding(5, 2, 1, _freeze=True),
    "PReLU": lambda nn: nn.PReLU(2),
}


@pytest.mark.parametrize("build", MADE.values(), ids=MADE.keys())
def test_parameters(build: Callable[[Any], Any], mint: Any, real: Any) -> None:
    mine, theirs = (
        [(n, p.name, tuple(p.shape), str(p.dtype), p.requires_grad) for n, p in build(nn).parameters_and_names()]
        for nn in (mint, real.mint.nn)
    )
    assert mine == theirs


def test_signatures(mint: Any, real: Any) -> None:
    for name, cell in vars(mint).items():
        if isinstance(cell, type) and getattr(cell, "module", "") and name not in ("Mish", "SELU"):
            theirs = inspect.signature(getattr(real.mint.nn, name).__init__).parameters.values()
            expected = [(p.name, p.default) for p in theirs if p.name != "self"]
            assert [(p.name, p.default) for p in cell.signature.parameters.values()] == expected, name


def test_refused(mint: Any, ours: Any) -> None:
    for build in (lambda: mint.Conv2d(2, 3, 3, no_such_argument=1), lambda: mint.Conv2d(2), lambda: mint.ReLU()("text")):
        with pytest.raises(TypeError):
            build()
    for build in (
        lambda: mint.Embedding(3, 2, sparse=True),
        lambda: mint.Conv2d(3, 4, 3, groups=2),
        lambda: mint.BatchNorm2d(3)(ours.Tensor(np.ones((2, 3), np.float32))),
    ):
        with pytest.raises(ValueError, match="mint"):
            build()


def test_embedding(mint: Any, ours: Any) -> None:
    table = mint.Embedding(5, 3, padding_idx=1)
    assert not table.weight.asnumpy()[1].any()
    ids = np.array([[0, 4], [1, 2]])
    np.testing.assert_array_equal(table(ours.Tensor(ids)).asnumpy(), table.weight.asnumpy()[ids])
