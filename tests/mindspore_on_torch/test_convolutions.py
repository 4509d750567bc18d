"""Padding modes of the convolutions, and clipping by the norm, beside real MindSpore."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

DRAWN = np.random.default_rng(0).standard_normal((2, 4, 5, 7, 6)).astype(np.float32)
SHAPES = {1: ((slice(None), slice(None), 0, 0), (3, 4, 3)), 2: ((slice(None), slice(None), 0), (3, 4, 3, 2)), 3: ((), (3, 4, 2, 3, 2))}
OPTIONS = (
    'pad_mode="same"', 'pad_mode="same", stride=2', 'pad_mode="same", dilation=2', 'pad_mode="valid", stride=2',
    'pad_mode="pad", padding=1', 'pad_mode="pad", padding=1, stride=2', 'pad_mode="pad"', "padding=1", 'pad_mode="full"', 'padding="same"',
)  # fmt: skip
CLIPPED = (
    "ops.clip_by_norm(x, 1.0)", "ops.clip_by_norm(x, 100)", 'ops.clip_by_norm([x, x * 2], 2.0, norm_type=float("inf"))',
    "ops.clip_by_norm((x, x), 0.5)", "ops.clip_by_norm(x / 0, 1.0, error_if_nonfinite=True)", "ops.clip_by_norm([], 1.0)",
)  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("rank", SHAPES)
def test_convolution(rank: int, options: str, compare: Any, compare_errors: Any) -> None:
    at, shape = SHAPES[rank]
    weight = np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)

    def case(ms: Any) -> Any:
        return eval(f"ms.ops.conv{rank}d(ms.Tensor(x), ms.Tensor(w), {options})", {"ms": ms, "x": DRAWN[at], "w": weight})

    refused = options in ("padding=1", 'pad_mode="full"', 'padding="same"')
    (compare_errors if refused else compare)(case)


@pytest.mark.parametrize("text", CLIPPED)
def test_clip_by_norm(text: str, compare: Any, compare_errors: Any) -> None:
    def case(ms: Any) -> Any:
        return eval(text, {"ops": ms.ops, "x": ms.Tensor(DRAWN[0, 0])})

    (compare_errors if "nonfinite" in text or "[]" in text else compare)(case)
