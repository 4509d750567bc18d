"""mindspore.common.initializer: what is determined is equal to MindSpore's, what is drawn has its distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

DETERMINED = {
    "Identity": ((), (3, 4)),
    "Dirac sequence": ((), (4, 3, 3)),
    "Dirac image": ((2,), (4, 3, 3, 2)),
    "Dirac volume": ((), (2, 2, 2, 3, 4)),
    "Constant": ((2.5,), (3,)),
    "Zero": ((), (2, 2)),
    "One": ((), (2, 2)),
}
DRAWN = {
    "Orthogonal": ((2.0,), (60, 200)),
    "Sparse": ((0.3, 1.0), (100, 500)),
    "Uniform": ((0.3,), (100, 200)),
    "Normal": ((0.3, 1.0), (100, 200)),
    "TruncatedNormal": ((1.0, 0.0, -1.0, 1.0), (100, 200)),
    "XavierUniform": ((2.0,), (100, 200)),
    "XavierNormal": ((), (100, 50, 4)),
    "HeUniform": ((0.1, "fan_out", "leaky_relu"), (100, 200)),
    "HeNormal": ((0, "fan_in", "relu"), (100, 200)),
    "VarianceScaling": ((), (100, 200)),
    "VarianceScaling fan_avg": ((2.0, "fan_avg", "untruncated_normal"), (100, 200)),
    "VarianceScaling fan_out": ((2.0, "fan_out", "uniform"), (100, 200)),
}
REFUSED = {
    "Identity": ((), (3, 4, 1)),
    "Sparse": ((0.1,), (3,)),
    "Dirac": ((3,), (4, 3, 3)),
    "Dirac rank": ((), (4, 3)),
    "Orthogonal": ((), (3,)),
    "VarianceScaling": ((0.0,), (3, 3)),
    "VarianceScaling mode": ((1.0, "fan"), (3, 3)),
    "VarianceScaling distribution": ((1.0, "fan_in", "normal"), (3, 3)),
    "VarianceScaling vector": ((), (3,)),
}
ALIASES = (
    "zeros",
    "one",
    "xavier_uniform",
    "Xavier_Normal",
    "he_uniform",
    "HE_NORMAL",
    "identity",
    "orthogonal",
    "variancescaling",
    "normal",
)


def filled(framework: Any, name: str, case: tuple[tuple[Any, ...], tuple[int, ...]]) -> Any:
    arguments, shape = case
    array = np.zeros(shape, np.float32)
    getattr(framework.initializers, name.partition(" ")[0])(*arguments)(array)
    return array


@pytest.mark.parametrize("name", DETERMINED)
def test_determined(name: str, ours: Any, real: Any) -> None:
    np.testing.assert_array_equal(*(filled(framework, name, DETERMINED[name]) for framework in (ours, real)))


@pytest.mark.parametrize("name", DRAWN)
def test_drawn(name: str, ours: Any, real: Any) -> None:
    """Mean, spread, share of zeros and outer quantiles agree as far as 20,000 numbers tell; what an orthogonal matrix is, exactly."""
    for framework in (ours, real):
        framework.set_seed(3)
    mine, theirs = (filled(framework, name, DRAWN[name]) for framework in (ours, real))
    assert abs(mine.mean() - theirs.mean()) < 0.03 * theirs.std()
    np.testing.assert_allclose([mine.std(), (mine == 0).mean()], [theirs.std(), (theirs == 0).mean()], rtol=0.03)
    np.testing.assert_allclose(np.quantile(mine, [0.01, 0.99]), np.quantile(theirs, [0.01, 0.99]), rtol=0.05, atol=0.02)
    if name == "Orthogonal":
        np.testing.assert_allclose(mine @ mine.T, 4 * np.eye(60), atol=1e-4)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, compare_errors: Any) -> None:
    compare_errors(lambda framework: filled(framework, name, REFUSED[name]))


@pytest.mark.parametrize("name", ALIASES)
def test_aliases(name: str, ours: Any, real: Any) -> None:
    shapes = [framework.initializers.initializer(name, [4, 4], framework.float32).shape for framework in (ours, real)]
    assert shapes[0] == shapes[1]


def test_unknown_names(compare_errors: Any) -> None:
    for name in ("foo", "sparse"):  # the second needs an argument
        compare_errors(lambda framework, name=name: framework.initializers.initializer(name, [4, 4], framework.float32))
