"""Complex tensors beside numbers, which MindSpore's kernels do not take, against PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import compat.torch as ours

CASES: dict[str, Callable[[Any], Any]] = {
    "times an integer": lambda x: x * 2,
    "an integer times": lambda x: 2 * x,
    "times a complex number": lambda x: x * (1 + 2j),
    "over a number": lambda x: x / 2.5,
    "a number over": lambda x: 1 / x,
    "over a complex number": lambda x: x / (1 + 2j),
    "real times a complex number": lambda x: x.real * 2j,
    "real over a complex number": lambda x: x.real / (1 - 1j),
}


@pytest.mark.parametrize("recorded", [False, True], ids=["plain", "recorded"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_numbers_beside_complex_tensors(case: Callable[[Any], Any], recorded: bool) -> None:
    array = np.array([[1 + 1j, 2], [3, -4j]], np.complex64) + np.complex64(0.5)
    found, expected = (case(framework.tensor(array, requires_grad=recorded)).detach() for framework in (ours, torch))
    assert str(found.dtype) == str(expected.dtype)
    np.testing.assert_allclose(found.numpy(), expected.resolve_conj().numpy(), rtol=1e-6)
