"""mindspore.nn.probability beside MindSpore's own: every function of every distribution and bijector; drawn values by their moments."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

VALUES = np.array([-1.5, 0.0, 0.3, 0.5, 1.0, 1.7, 2.0, 3.0], np.float32)
# The parameters of a distribution and those of another one of its type.
DISTRIBUTIONS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "Bernoulli": ((0.3,), (0.6,)),
    "Beta": (([2.0], [3.0]), ([1.5], [0.7])),
    "Categorical": (([0.2, 0.3, 0.5],), ([0.1, 0.6, 0.3],)),
    "Cauchy": ((0.5, 2.0), (1.0, 0.7)),
    "Exponential": ((0.5,), (2.0,)),
    "Gamma": (([2.0], [3.0]), ([1.5], [0.7])),
    "Geometric": ((0.3,), (0.6,)),
    "Gumbel": ((0.5, 2.0), (1.0, 0.7)),
    "HalfNormal": ((0.5, 2.0), (1.0, 0.7)),
    "Laplace": ((0.5, 2.0), (1.0, 0.7)),
    "LogNormal": ((0.5, 0.4), (1.0, 0.7)),
    "Logistic": ((0.5, 2.0), (1.0, 0.7)),
    "Normal": ((0.5, 2.0), (1.0, 0.7)),
    "Poisson": (([1.5],), ([2.0],)),
    "StudentT": ((3.0, 0.5, 2.0), (2.0, 1.0, 1.0)),
    "Uniform": ((0.0, 2.0), (-1.0, 3.0)),
}
OF_VALUES = ("prob", "log_prob", "cdf", "log_cdf", "survival_function", "log_survival")
OF_PARAMETERS = ("mean", "mode", "sd", "var", "entropy", "get_dist_args", "get_dist_type")
OF_OTHERS = ("kl_loss", "cross_entropy")
PROPERTIES = ("batch_shape", "broadcast_shape", "is_scalar_batch", "name")
BIJECTORS: dict[str, Callable[[Any], Any]] = {
    "Exp": lambda b: b.Exp(),
    "PowerTransform": lambda b: b.PowerTransform([[0.5], [0.0]]),
    "ScalarAffine": lambda b: b.ScalarAffine([1.0, 2.0, 3.0, 4.0, -5.0], 0.5),
    "Softplus": lambda b: b.Softplus(2.0),
    "GumbelCDF": lambda b: b.GumbelCDF(0.5, 2.0),
}


class Both:
    """The two modules of one framework, and its tensors."""

    def __init__(self, framework: Any, root: str) -> None:
        self.framework = framework
        self.distribution = importlib.import_module(f"{root}.probability.distribution")
        self.bijector = importlib.import_module(f"{root}.probability.bijector")

    def tensor(self, value: Any) -> Any:
        return self.framework.Tensor(np.array(value, np.float32))


@pytest.fixture(scope="module")
def sides(ours: Any, real: Any) -> tuple[Both, Both]:
    return Both(ours, "compat.mindspore_on_torch"), Both(real, "mindspore.nn")


def outcome(function: Callable[[], Any]) -> Any:
    """What a call gives: (dtype, shape, array) of each tensor, or the type of the error."""
    try:
        result = function()
    except Exception as error:
        return type(error)
    if isinstance(result, tuple) and any(hasattr(each, "asnumpy") for each in result):
        return [outcome(lambda each=each: each) for each in result]
    return (str(result.dtype), result.shape, result.asnumpy()) if hasattr(result, "asnumpy") else result


def assert_alike(mine: Any, theirs: Any, about: str) -> None:
    if isinstance(theirs, type):
        assert isinstance(mine, type), about
        assert issubclass(mine, theirs), about
    elif isinstance(theirs, list):
        for one, other in zip(mine, theirs, strict=True):
            assert_alike(one, other, about)
    elif isinstance(theirs, tuple) and len(theirs) == 3 and isinstance(theirs[2], np.ndarray):
        assert mine[:2] == theirs[:2], about
        np.testing.assert_allclose(mine[2], theirs[2], rtol=2e-4, atol=2e-5, err_msg=about)  # MindSpore's float32 logarithms and gammas
    else:
        assert mine == theirs, about


def values_for(name: str) -> Any:
    return {"Bernoulli": [0, 1, 1], "Categorical": [0, 1, 2, 5, -0.5]}.get(name, VALUES)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_functions(name: str, sides: tuple[Both, Both]) -> None:
    early, other = DISTRIBUTIONS[name]
    made = [(side, getattr(side.distribution, name)(*early)) for side in sides]
    calls: dict[str, Callable[[Both, Any], Any]] = {}
    for function in OF_VALUES:
        calls[function] = lambda side, d, function=function: getattr(d, function)(side.tensor(values_for(name)))
    for function in OF_PARAMETERS:
        calls[function] = lambda _, d, function=function: getattr(d, function)()
    for function in OF_OTHERS:
        calls[function] = lambda side, d, function=function: getattr(d, function)(name, *map(side.tensor, other))
    for function in PROPERTIES:
        calls[function] = lambda _, d, function=function: getattr(d, function)
    calls["another type"] = lambda side, d: d.kl_loss("Other", *map(side.tensor, other))
    calls["by name"] = lambda side, d: d("prob", side.tensor(values_for(name)))
    calls["no such name"] = lambda _, d: d("median")
    calls["an array"] = lambda _, d: d.prob(VALUES)
    for about, call in calls.items():
        if (name, about) == ("Bernoulli", "mode"):
            continue  # MindSpore's own ends in a TypeError
        assert_alike(*(outcome(lambda side=side, d=d, call=call: call(side, d)) for side, d in made), about=f"{name}: {about}")


@pytest.mark.parametrize("name", [name for name in DISTRIBUTIONS if name not in ("Gumbel", "Categorical")])
def test_parameters_of_a_call(name: str, sides: tuple[Both, Both]) -> None:
    early, other = DISTRIBUTIONS[name]
    wide = [np.ravel([value, value]) for value in other]
    calls: dict[str, Callable[[Both, Any], Any]] = {
        "prob": lambda side, d: d.prob(side.tensor(values_for(name)), *(side.tensor(np.ravel(value)) for value in other)),
        "mean": lambda side, d: d.mean(*map(side.tensor, wide)),
        "kl_loss": lambda side, d: d.kl_loss(name, *(side.tensor(np.ravel(v)) for v in early), *map(side.tensor, wide)),
        "nothing": lambda side, d: d.prob(side.tensor(values_for(name))),
        "stack": lambda side, _: getattr(side.distribution, name)(*([[v], [v]] for v in early)).prob(side.tensor(values_for(name))),
    }
    for about, call in calls.items():
        found = [outcome(lambda side=side, call=call: call(side, getattr(side.distribution, name)())) for side in sides]
        assert_alike(*found, about=f"{name}: {about}")


# Mean and variance, where there are any.
DRAWN = {name: case for name, case in DISTRIBUTIONS.items() if name not in ("HalfNormal", "Laplace", "StudentT", "Cauchy")}


@pytest.mark.parametrize("name", DRAWN)
def test_samples(name: str, sides: tuple[Both, Both]) -> None:
    """The moments of 40,000 drawn values are those of the distribution; a seed repeats them."""
    side = sides[0]
    kind = getattr(side.distribution, name)
    first, second = (kind(*DRAWN[name][0], seed=5) for _ in range(2))
    drawn, again = (d.sample((40000,)) for d in (first, second))
    assert drawn.dtype == first.dtype
    assert drawn.shape == (40000, *(first.broadcast_shape or ()))
    np.testing.assert_array_equal(drawn.asnumpy(), again.asnumpy())
    assert not np.array_equal(drawn.asnumpy(), first.sample((40000,)).asnumpy())
    mean, deviation = (float(each().asnumpy().ravel()[0]) for each in (first.mean, first.sd))
    assert abs(drawn.asnumpy().mean() - mean) < 4 * deviation / 200
    assert abs(drawn.asnumpy().std() - deviation) < 0.05 * deviation
    assert first.sample().shape == first.broadcast_shape


def test_cauchy(sides: tuple[Both, Both]) -> None:
    quarters = np.quantile(sides[0].distribution.Cauchy(0.5, 2.0, seed=1).sample((40000,)).asnumpy(), [0.25, 0.5, 0.75])
    np.testing.assert_allclose(quarters, [-1.5, 0.5, 2.5], atol=0.1)


@pytest.mark.parametrize("name", BIJECTORS)
def test_bijectors(name: str, sides: tuple[Both, Both]) -> None:
    into, back = [0.1, 0.5, 0.9, 1.2, 3.0], [0.1, 0.3, 0.5, 0.7, 0.9]
    for function in ("forward", "inverse", "forward_log_jacobian", "inverse_log_jacobian"):
        given = into if function.startswith("forward") else back
        found = [
            outcome(lambda side=side, function=function, given=given: getattr(BIJECTORS[name](side.bijector), function)(side.tensor(given)))
            for side in sides
        ]
        assert_alike(*found, about=function)
        inverted = [
            outcome(lambda side=side, function=function: side.bijector.Invert(BIJECTORS[name](side.bijector))(function, side.tensor(back)))
            for side in sides
        ]
        assert_alike(*inverted, about=f"inverted {function}")


def test_transformed(sides: tuple[Both, Both]) -> None:
    calls: dict[str, Callable[[Any, Any], Any]] = {
        **{function: lambda d, v, function=function: getattr(d, function)(v) for function in OF_VALUES},
        "mean": lambda d, _: d.mean(),
        "sd": lambda d, _: d.sd(),
        "shape": lambda d, _: (d.broadcast_shape, d.batch_shape, d.name, d.is_linear_transformation),
    }
    for make in (
        lambda d, b: d.TransformedDistribution(b.ScalarAffine(2.0, 1.0), d.Normal([0.5, 1.0], 2.0), name="affine"),
        lambda d, b: b.Exp()(d.Logistic(0.0, 1.0)),
    ):
        for about, call in calls.items():
            found = [
                outcome(lambda side=side, make=make, call=call: call(make(side.distribution, side.bijector), side.tensor([[0.3], [1.5]])))
                for side in sides
            ]
            assert_alike(*found, about=about)


REFUSED: dict[str, Callable[[Any, Any], Any]] = {
    "sd": lambda d, _: d.Normal(0.0, -1.0),
    "dtype": lambda d, _: d.Normal(0.0, 1.0, dtype="float32"),
    "seed": lambda d, _: d.Normal(0.0, 1.0, seed=-1),
    "name": lambda d, _: d.Normal(0.0, 1.0, name=3),
    "bool": lambda d, _: d.Normal(True, 1.0),
    "probs": lambda d, _: d.Bernoulli(1.5),
    "probs of zero": lambda d, _: d.Geometric(0.0),
    "sum": lambda d, _: d.Categorical([0.2, 0.9]),
    "low": lambda d, _: d.Uniform(2.0, 1.0),
    "scalar rate": lambda d, _: d.Poisson(1.0),
    "scalar concentration": lambda d, _: d.Beta(1.0, 2.0),
    "integers": lambda _, b: b.ScalarAffine(1, 2.0),
    "order": lambda d, b: d.TransformedDistribution(d.Normal(0.0, 1.0), b.Exp()),
    "power": lambda _, b: b.PowerTransform(-1.0),
    "shape": lambda d, _: d.Normal(0.0, 1.0).sample([2]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, sides: tuple[Both, Both]) -> None:
    mine, theirs = sides
    with pytest.raises(Exception) as raised:  # noqa: PT011 - its type is what the test is about
        REFUSED[name](theirs.distribution, theirs.bijector)
    with pytest.raises(raised.type):
        REFUSED[name](mine.distribution, mine.bijector)


def test_gradients_and_own_distributions(sides: tuple[Both, Both], ours: Any) -> None:
    """Parameters learn from probabilities and from samples; a subclass defines what it has."""
    d = sides[0].distribution
    value = sides[0].tensor([0.0, 1.0, 2.0])
    gradient = ours.grad(lambda mean: d.Normal().log_prob(value, mean, sides[0].tensor(2.0)).sum())(sides[0].tensor(0.5))
    np.testing.assert_allclose(gradient.asnumpy(), 1.5 / 4, rtol=1e-5)
    drawn = ours.grad(lambda sd: d.Normal(seed=1).sample((50,), sides[0].tensor(0.0), sd).sum())(sides[0].tensor(2.0))
    assert abs(float(drawn)) > 0

    class Triangle(d.Distribution):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(None, ours.float32, "triangle", {"param_dict": {}})

        def _prob(self, value: Any) -> Any:
            return 2 * value

        def _cdf(self, value: Any) -> Any:
            return value * value

    own = Triangle()
    half = sides[0].tensor(0.5)
    np.testing.assert_allclose([float(own.log_prob(half)), float(own.survival_function(half))], [0.0, 0.75])
    with pytest.raises(NotImplementedError, match="triangle"):
        own.mean()
