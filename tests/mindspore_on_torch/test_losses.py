"""What the parity fixtures can't say of the losses: functions that the caller passes in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import compat.mindspore as ours
from compat import frameworks

DRAWN = np.random.default_rng(0).standard_normal((3, 4, 3)).astype("float32")


def loss_and_gradient(mindspore: Any) -> tuple[float, Any]:
    anchor, near, far = map(mindspore.Tensor, DRAWN)

    def distance(x: Any, y: Any) -> Any:
        difference = x - y
        assert (difference.shape, difference.size, difference.dtype) == ((4, 3), 12, mindspore.float32)
        return mindspore.ops.sqrt((difference * difference).sum(axis=1) + 1e-6)

    loss = mindspore.nn.TripletMarginWithDistanceLoss(distance_function=distance)
    gradient = mindspore.grad(lambda x: loss(x, near, far))(anchor)
    return float(loss(anchor, near, far)), gradient.asnumpy()


def test_a_distance_function_meets_mindspores_tensors() -> None:
    (expected, expected_gradient), (found, found_gradient) = loss_and_gradient(frameworks.load("mindspore")), loss_and_gradient(ours)
    assert found == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(found_gradient, expected_gradient, rtol=1e-4, atol=1e-6)
