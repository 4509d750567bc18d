"""Every public name of MindSpore's module is there: the names of its `__all__` that it has itself."""

from __future__ import annotations

import importlib

import pytest

pytest.importorskip("torch")

MODULES = (
    "mint", "mint.nn", "mint.nn.functional", "mint.special", "mint.linalg", "common.initializer", "nn.layer.activation", "nn.layer.basic",
    "nn.layer.channel_shuffle", "nn.layer.combined", "nn.layer.container", "nn.layer.conv", "nn.layer.dense", "nn.layer.embedding",
    "nn.layer.image", "nn.layer.math", "nn.layer.normalization", "nn.layer.padding", "nn.layer.pooling", "nn.layer.rnn_cells",
    "nn.layer.rnns", "nn.layer.thor_layer", "nn.layer.timedistributed", "nn.layer.transformer", "nn.loss", "nn.sparse", "nn.utils",
    "scipy.linalg", "scipy.fft", "scipy.optimize", "nn.probability.distribution", "nn.probability.bijector",
)  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_every_name(module: str) -> None:
    pytest.importorskip("mindspore")
    theirs = importlib.import_module(f"mindspore.{module}")
    mine = importlib.import_module(f"compat.mindspore.{module}")
    defined = [name for name, value in vars(theirs).items() if getattr(value, "__module__", "") == theirs.__name__ and name[0] != "_"]
    names = [name for name in getattr(theirs, "__all__", defined) if hasattr(theirs, name)]
    assert names
    assert [name for name in names if not hasattr(mine, name)] == []
