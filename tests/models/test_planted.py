"""Pairs of a PyTorch and a MindSpore model: those that are the same agree, and one planted difference is found at its module."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from compat.models import ModelComparison, compare
from tests.models import mindspore_models, torch_models

RNG = np.random.default_rng(0)
EVEN = RNG.standard_normal((2, 3, 16, 16)).astype(np.float32)
TOKENS = RNG.integers(0, 11, (2, 5))
PLANES = RNG.standard_normal((2, 2, 8, 8)).astype(np.float32)
SEQUENCES = RNG.standard_normal((2, 4, 6)).astype(np.float32)
INPUTS = {"Residual": EVEN, "Branches": EVEN, "Transformer": TOKENS, "Recurrent": TOKENS, "UNet": PLANES, "Mixed": SEQUENCES}

# Model, what is planted, training, the module that is to blame, what is said of it.
PLANTED: list[tuple[str, str, bool, str, str]] = [
    ("Residual", "eps", False, "block1.bn2", "eps 1e-05 against 0.001"),
    ("Residual", "eps", True, "block1.bn2", "eps 1e-05 against 0.001"),
    ("Residual", "momentum", True, "block1.bn1", "momentum 0.1 against 0.01 (by MindSpore's convention 0.9 against 0.99)"),
    ("Residual", "same", False, "pool", "padding=1 against pad_mode='same': here it adds 1+1, 1+1"),
    ("Residual", "valid", False, "block1.conv1", "padding=1 against pad_mode='pad', padding=0"),
    ("Residual", "slope", False, "block1.act", "negative_slope 0.1 against 0.2 (negative_slope and alpha)"),
    ("Residual", "pool_stride", False, "last", "stride 2 against 1"),
    ("Residual", "residual", False, "block1", "what it gives to block1.act (call 2) after block1.bn2"),
    ("Residual", "dropout", False, "", "MindSpore draws random numbers there"),
    ("Residual", "cut", False, "block1", "gradient"),
    ("Branches", "floor", False, "pool", "ceil_mode True against False"),
    ("Branches", "dilation", False, "mix", "dilation 2 against 1"),
    ("Branches", "stride", False, "out", "stride 2 against 1"),
    ("Branches", "tanh", False, "act", "approximate 'none' against 'tanh'"),
    ("Branches", "swapped", False, "", "the operators of PyTorch there: cat"),
    ("Branches", "activation", False, "narrow.1", "ReLU and Tanh are not each other's counterparts"),
    ("Transformer", "axis", False, "layers.1.attention.softmax", "dim -1 against -2 (dim and axis)"),
    ("Transformer", "scale", False, "layers.1.attention", "what it gives to layers.1.attention.softmax after layers.1.attention.qkv"),
    ("Transformer", "norm_eps", True, "layers.1.norm1", "eps 1e-05 against 0.001 (eps and epsilon)"),
    ("Transformer", "feed_tanh", False, "layers.1.feed.1", "approximate 'none' against 'tanh'"),
    ("Transformer", "after", False, "layers.1", "what it gives to layers.1.norm2"),
    ("Transformer", "transposed", False, "square", "its output on the same input"),
    ("Recurrent", "step", False, "", "what it gives to head after lstm"),
    ("UNet", "order", False, "", "what it gives to merge after up"),
    ("UNet", "leaky", False, "", "what it gives to out after norm"),
    ("Mixed", "gelu", True, "encoder.layers.0", "the operators of PyTorch there: relu"),
    ("Mixed", "last", False, "", "what it makes of the result of head"),
    ("UNet", "groups", False, "norm", "num_groups 2 against 4"),
]  # fmt: skip

# How many modules do what is planted, where it is not one.
ALSO = {("Mixed", "gelu"): 2}


def compared(name: str, planted: str = "", **given: Any) -> ModelComparison:
    torch.manual_seed(0)
    ours, theirs = getattr(torch_models, name)(), getattr(mindspore_models, name)(planted)
    return compare(ours, theirs, given.pop("inputs", INPUTS[name]), **given)


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("name", list(INPUTS))
def test_equal_models_agree(name: str, train: bool) -> None:
    found = compared(name, train=train, steps=2, rate=0.1)
    assert found.agrees, str(found)
    assert not found.settings
    assert np.allclose(*found.losses, rtol=1e-4)


@pytest.mark.parametrize(("name", "planted", "train", "module", "said"), PLANTED, ids=[f"{p[0]}-{p[1]}{'-train' * p[2]}" for p in PLANTED])
def test_a_planted_difference_is_found(name: str, planted: str, train: bool, module: str, said: str) -> None:
    found = compared(name, planted, train=train)
    assert found.first_difference is not None
    assert found.first_difference.first == module, str(found)
    assert len(found.findings) == ALSO.get((name, planted), 1), str(found)
    assert said in str(found)
