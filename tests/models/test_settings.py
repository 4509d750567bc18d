"""Settings of two modules that are said to differ, and those that are not."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from mindspore import nn as cells
from torch import nn

from compat.models.settings import differing
from compat.models.windows import pads_of

SHAPE = (2, 4, 9, 9)
SAME: list[tuple[Any, Any]] = [
    (nn.BatchNorm2d(4), cells.BatchNorm2d(4)),
    (nn.BatchNorm2d(4, momentum=0.25), cells.BatchNorm2d(4, momentum=0.75)),
    (nn.Conv2d(4, 4, 3, padding=1), cells.Conv2d(4, 4, 3, pad_mode="same", has_bias=True)),
    (nn.Conv2d(4, 4, 3, padding="same"), cells.Conv2d(4, 4, 3, pad_mode="pad", padding=1, has_bias=True)),
    (nn.Conv2d(4, 4, 3, groups=2, bias=False), cells.Conv2d(4, 4, 3, pad_mode="valid", group=2)),
    (nn.MaxPool2d(3, 2, 1), cells.MaxPool2d(3, 2, pad_mode="pad", padding=1)),
    (nn.MaxPool2d(3, 2, 1), cells.MaxPool2d(3, 2, pad_mode="same")),  # of 9 places both add 1 on each side
    (nn.GELU(), cells.GELU(approximate=False)),
    (nn.GELU("tanh"), cells.GELU()),
    (nn.Linear(4, 4), cells.Dense(4, 4)),
    (nn.Softmax(1), cells.Softmax(1)),
    (nn.ReLU(), cells.ReLU()),
    (nn.ReLU(), cells.Tanh()),
    (nn.LSTM(4, 4, 2, batch_first=True), cells.LSTM(4, 4, 2, batch_first=True)),
]
DIFFERENT: list[tuple[Any, Any, str]] = [
    (nn.BatchNorm2d(4, eps=1e-4), cells.BatchNorm2d(4), "eps 0.0001 against 1e-05"),
    (nn.BatchNorm2d(4, momentum=0.9), cells.BatchNorm2d(4), "momentum 0.9 against 0.1 (by MindSpore's convention 0.1 against 0.9)"),
    (nn.LayerNorm(9), cells.LayerNorm([9]), "eps 1e-05 against 1e-07 (eps and epsilon)"),
    (nn.Conv2d(4, 4, 3), cells.Conv2d(4, 4, 3, has_bias=True), "padding=0 against pad_mode='same': here it adds 0+0, 0+0 (before + after, by axis) against 1+1, 1+1"),
    (nn.Conv2d(4, 4, 3, bias=False), cells.Conv2d(4, 4, 3, pad_mode="valid", has_bias=True), "bias False against True (bias and has_bias)"),
    (nn.Conv2d(4, 4, 3, 2), cells.Conv2d(4, 4, 3, 3, pad_mode="valid", has_bias=True), "stride 2 against 3"),
    (nn.MaxPool2d(2, 2, ceil_mode=True), cells.MaxPool2d(2, 2), "ceil_mode True against False"),
    (nn.GELU(), cells.GELU(), "approximate 'none' against 'tanh'"),
    (nn.LeakyReLU(0.01), cells.LeakyReLU(), "negative_slope 0.01 against 0.2 (negative_slope and alpha)"),
    (nn.ELU(2.0), cells.ELU(), "alpha 2.0 against 1.0"),
    (nn.Softmax(1), cells.Softmax(), "dim 1 against -1 (dim and axis)"),
    (nn.AdaptiveAvgPool2d(2), cells.AdaptiveAvgPool2d(3), "output_size 2 against 3"),
    (nn.Dropout(0.1), cells.Dropout(p=0.3), "p 0.1 against 0.3"),
    (nn.GroupNorm(2, 4), cells.GroupNorm(4, 4), "num_groups 2 against 4"),
    (nn.LeakyReLU(0.01), nn.LeakyReLU(0.02), "negative_slope 0.01 against 0.02"),
]  # fmt: skip


def _differing(first: Any, second: Any) -> list[str]:
    families = tuple("torch" if isinstance(each, torch.nn.Module) else "mindspore" for each in (first, second))
    return [each.text for each in differing(first, second, families, SHAPE)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_nothing_differs(first: Any, second: Any) -> None:
    assert _differing(first, second) == []


@pytest.mark.parametrize(("first", "second", "text"), DIFFERENT, ids=[text for *_, text in DIFFERENT])
def test_what_differs_is_said(first: Any, second: Any, text: str) -> None:
    assert _differing(first, second) == [text]


def test_what_same_adds_depends_on_the_input() -> None:
    pool = cells.MaxPool2d(3, 2, pad_mode="same")
    assert [pads_of(pool, "mindspore", (1, 1, side, side)) for side in (8, 9)] == [((0, 1),) * 2, ((1, 1),) * 2]
