"""mindspore.mint's functions that no row derives: what they write, and what they give, beside PyTorch's. MindSpore has no CPU kernel for most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

F = torch.nn.functional
X = np.array([[-2.0, -0.3], [0.4, 3.0]], np.float32)
IMAGE = np.random.default_rng(0).normal(size=(4, 3, 2, 5)).astype(np.float32)

IN_PLACE: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "relu_": (lambda mint: lambda x: mint.relu_(x), F.relu),
    "sigmoid_": (lambda mint: lambda x: mint.sigmoid_(x), torch.sigmoid),
    "elu_": (lambda mint: lambda x: mint.elu_(x, 0.5), lambda x: F.elu(x, 0.5)),
    "hardtanh_": (lambda mint: lambda x: mint.hardtanh_(x, max_val=0.5), lambda x: F.hardtanh(x, -1, 0.5)),
    "threshold_": (lambda mint: lambda x: mint.threshold_(x, 0.1, 7), lambda x: F.threshold(x, 0.1, 7)),
}


@pytest.fixture(scope="module")
def mint() -> Any:
    from compat.mindspore_on_torch import mint

    return mint


@pytest.mark.parametrize("name", IN_PLACE)
def test_written_to_the_input(name: str, mint: Any, ours: Any) -> None:
    make, expected = IN_PLACE[name]
    function, x = make(mint), ours.Tensor(X)
    assert function(x) is x
    np.testing.assert_allclose(x.asnumpy(), expected(torch.from_numpy(X)).numpy(), rtol=1e-6)
    leaf = torch.from_numpy(X).requires_grad_()
    expected(leaf * 1).sum().backward()
    gradient = ours.grad(lambda x: function(x * 1).sum())(ours.Tensor(X))
    np.testing.assert_allclose(gradient.asnumpy(), leaf.grad.numpy(), rtol=1e-6)


def test_products(mint: Any, ours: Any) -> None:
    x = ours.Tensor(X)
    assert mint.addr_(x, ours.Tensor(X[0]), ours.Tensor(X[1]), 2, 3) is x
    np.testing.assert_allclose(x.asnumpy(), 2 * X + 3 * np.outer(X[0], X[1]), rtol=1e-6)
    time, weight, bias = IMAGE[:, :, 0], IMAGE[:2, :, 1, :].transpose(0, 2, 1), np.ones(3, np.float32)
    mine = mint.conv_tbc(*map(ours.Tensor, (time, weight.copy(), bias)), pad=1)
    theirs = torch.conv_tbc(*map(torch.from_numpy, (time, weight.copy(), bias)), pad=1)
    np.testing.assert_allclose(mine.asnumpy(), theirs.numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(mint.npu_gelu(ours.Tensor(X), "tanh").asnumpy(), F.gelu(torch.from_numpy(X), approximate="tanh"), rtol=1e-6)


def test_batch_norm_in_parts(mint: Any, ours: Any) -> None:
    """The statistics of two parts, put together, normalise as those of the whole."""
    parts = [ours.Tensor(IMAGE[:1]), ours.Tensor(IMAGE[1:])]
    means, deviations = zip(*(mint.batch_norm_stats(part, 1e-5) for part in parts), strict=True)
    running = torch.zeros(3), torch.ones(3)
    held = [ours.Tensor(each.numpy()) for each in running]
    counts = ours.Tensor(np.array([10.0, 30.0], np.float32))
    stacked = [ours.Tensor(np.stack([each.asnumpy() for each in pair])) for pair in (means, deviations)]
    mean, deviation = mint.batch_norm_gather_stats_with_counts(parts[0], *stacked, *held, 0.2, 1e-5, counts)
    weight, bias = np.array([1.0, 2, 3], np.float32), np.array([0.5, 0, -1], np.float32)
    results = [mint.batch_norm_elemt(part, ours.Tensor(weight), ours.Tensor(bias), mean, deviation).asnumpy() for part in parts]
    expected = F.batch_norm(torch.from_numpy(IMAGE), *running, torch.from_numpy(weight), torch.from_numpy(bias), True, 0.2, 1e-5)
    np.testing.assert_allclose(np.concatenate(results), expected.numpy(), rtol=1e-4, atol=1e-5)
    for mine, theirs in zip(held, running, strict=True):
        np.testing.assert_allclose(mine.asnumpy(), theirs.numpy(), rtol=1e-5)


RESIZED = {"size": {"size": (4, 3)}, "factor": {"scale_factor": [2.0, 1.5]}}
WRONG: tuple[dict[str, Any], ...] = ({}, {"size": 4}, {"scale_factor": (2, 2)}, {"size": (4, 3), "scale_factor": (2.0, 2.0)})


@pytest.mark.parametrize("name", ["UpsamplingNearest2d", "UpsamplingBilinear2d"])
def test_upsampling(name: str, ours: Any, real: Any) -> None:
    from compat.mindspore_on_torch.layers import mint

    for options in RESIZED.values():
        mine = getattr(mint, name)(**options)(ours.Tensor(IMAGE)).asnumpy()
        given = {key: tuple(value) for key, value in options.items()}
        np.testing.assert_allclose(mine, getattr(torch.nn, name)(**given)(torch.from_numpy(IMAGE)).numpy(), rtol=1e-5)
        if name == "UpsamplingNearest2d":  # the other has no kernel
            np.testing.assert_allclose(mine, getattr(real.mint.nn, name)(**options)(real.Tensor(IMAGE)).asnumpy(), rtol=1e-5)
    for options in WRONG:  # MindSpore looks when it is called, this when it is made
        with pytest.raises((TypeError, ValueError)) as raised:
            getattr(real.mint.nn, name)(**options)(real.Tensor(IMAGE))
        with pytest.raises(raised.type):
            getattr(mint, name)(**options)


def test_refused(mint: Any, ours: Any) -> None:
    with pytest.raises(TypeError):
        mint.relu_(X)
    with pytest.raises(ValueError, match="conv_tbc"):
        mint.conv_tbc(ours.Tensor(X), ours.Tensor(X), ours.Tensor(X))
    with pytest.raises(TypeError):
        mint.batch_norm_elemt(ours.Tensor(IMAGE))
