"""Both frameworks under the same names: `real` is MindSpore, `ours` is the room `compat.mindspore_on_torch`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

ROOM = "compat.mindspore_on_torch"
LAYERS = [
    f"layers.{room}"
    for room in ("basic", "activations", "convolution", "transposed", "normalization", "pooling", "padding", "embedding", "dropout", "recurrent",
                 "attention", "rearranging", "arrays", "combined", "extended", "fractional", "image", "lookup", "losses", "mathematical",
                 "sparse", "thor", "timedistributed")
]  # fmt: skip

OPTIM = [
    f"optim.{room}"
    for room in ("base", "momentum", "adam", "adaptive", "averaging", "proximal", "layerwise", "adafactor", "rates", "dynamic_lr")
]


class Names:
    """Several modules of the room behind one dot."""

    def __init__(self, *modules: str, **more: Any) -> None:
        self.modules: list[ModuleType] = [importlib.import_module(f"{ROOM}.{name}") for name in modules]
        self.__dict__.update(more)

    def __getattr__(self, name: str) -> Any:
        for module in self.modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(name)


@pytest.fixture(scope="session")
def ours() -> Any:
    pytest.importorskip("torch")
    return Names(
        "dtypes", "tensor", "parameter", "grad", "context", "transforms", "functions", "compiling", "generators", "devices",
        "parallel", "interchange",
        nn=Names("cell", "containers", *LAYERS, *OPTIM, "wrap", "wrap.parallel"),
        amp=Names("amp"),
        optim=Names("optim.experimental", "optim.groups"),
        lr_scheduler=Names("optim.lr_scheduler", "optim.plateau"),
        ops=Names("transforms", "composites", "functions", "reductions", "elementwise", "shaping", "ordering", "creation",
                  "layers.dropout", "grad", "parameter", "convolutions", "indexed"),
        initializers=Names("initializers"), candidates=Names("candidates"), train=Names("train.metrics"),
        communication=Names("communication"), hal=Names("devices"), runtime=Names("devices", "context"), common=Names(_Function=importlib.import_module(f"{ROOM}.functions").Function),
    )  # fmt: skip


@pytest.fixture(scope="session")
def mine() -> Any:
    """The public package, on whose names a case can rely as on MindSpore's."""
    pytest.importorskip("torch")
    return importlib.import_module("compat.mindspore")


@pytest.fixture(scope="session")
def real() -> Any:
    mindspore = pytest.importorskip("mindspore")
    mindspore.runtime.launch_blocking()  # without it an error shows up in a later call
    mindspore.initializers = importlib.import_module("mindspore.common.initializer")
    mindspore.optim = importlib.import_module("mindspore.experimental.optim")
    mindspore.lr_scheduler = importlib.import_module("mindspore.experimental.optim.lr_scheduler")
    return mindspore


def plain(value: Any) -> Any:
    """A result without its framework: a tensor becomes (dtype, array)."""
    if hasattr(value, "asnumpy"):
        return str(value.dtype), value.asnumpy()
    if isinstance(value, (tuple, list)):
        return type(value).__name__ if not value else [plain(item) for item in value]
    return value


def assert_same(left: Any, right: Any, tolerance: float) -> None:
    """Equal structure, dtypes and shapes; numbers within the tolerance."""
    if isinstance(left, list):
        assert isinstance(right, list)
        assert len(left) == len(right)
        for one, other in zip(left, right, strict=True):
            assert_same(one, other, tolerance)
    elif isinstance(left, tuple) and len(left) == 2 and isinstance(left[1], np.ndarray):
        assert left[0] == right[0]
        assert left[1].shape == right[1].shape
        np.testing.assert_allclose(left[1], right[1], rtol=tolerance, atol=tolerance)
    else:
        assert left == right


@pytest.fixture
def compare(ours: Any, real: Any) -> Callable[..., None]:
    """Run one case in both frameworks and compare what comes out."""

    def run(case: Callable[[Any], Any], tolerance: float = 1e-5) -> None:
        assert_same(plain(case(ours)), plain(case(real)), tolerance)

    return run


@pytest.fixture
def compare_errors(ours: Any, real: Any) -> Callable[[Callable[[Any], Any]], None]:
    """Run one case in both frameworks; both must raise, and ours a type that the real one's handlers catch."""

    def run(case: Callable[[Any], Any]) -> None:
        with pytest.raises(Exception) as expected:  # noqa: PT011 - its type is what the test is about
            case(real)
        with pytest.raises(expected.type):
            case(ours)

    return run
