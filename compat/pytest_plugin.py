"""The pytest plugin: `@pytest.mark.parity` and the fixtures `parity`, `compare_models`, `torch` and `mindspore`; see docs/en/testing.md.

pytest loads it in every session, so that nothing of ours is imported before a test needs it. `-p no:compat` turns it off.
"""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from compat.testing.marked import Either, Parity, Suites

MARK = (
    'parity(api="torch", rtol=None, atol=None, gradients=False, seeds=(0,), raises=None): '
    "run the body under the framework and under compat's package of the same API, and compare what it returns"
)
_suites = pytest.StashKey["Suites"]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse the mark where nothing would heed it."""
    if item.get_closest_marker("parity") is None:
        return
    of_unittest = isinstance(item, pytest.Function) and item.cls is not None and issubclass(item.cls, unittest.TestCase)
    if of_unittest or not isinstance(item, pytest.Function):
        pytest.fail("@pytest.mark.parity is for plain test functions and methods, not for unittest.TestCase or other items", pytrace=False)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a marked test on both sides."""
    if pyfuncitem.get_closest_marker("parity") is None:
        return None
    from compat.errors import FrameworkMissing, UsageError
    from compat.testing import marked, runs

    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    try:
        marked.run_body(pyfuncitem.obj, arguments, runs.options(_marked(pyfuncitem)), _suites_of(pyfuncitem.config))
    except FrameworkMissing as error:
        pytest.skip(str(error))
    except (runs.Parted, UsageError) as error:
        raise pytest.fail.Exception("\n".join([str(error), *getattr(error, "__notes__", ())]), pytrace=False) from None
    return True


def _marked(item: pytest.Item) -> dict[str, Any]:
    """The options of all marks of a test, those of the nearest first."""
    from compat.errors import UsageError

    found: dict[str, Any] = {}
    for mark in item.iter_markers("parity"):
        if mark.args:
            raise UsageError(f"parity: options go by keyword, as in @pytest.mark.parity(rtol=1e-3); got {mark.args!r}")
        found = {**mark.kwargs, **found}
    return found


def _suites_of(config: pytest.Config) -> Suites:
    from compat.testing.marked import Suites, modules_of_plugins

    if _suites not in config.stash:
        config.stash[_suites] = Suites(config.rootpath, modules_of_plugins(config.pluginmanager.get_plugins()))
    return config.stash[_suites]


@pytest.fixture
def parity(request: pytest.FixtureRequest) -> Parity:
    """Runs a function under both frameworks and compares: `parity(function, *arguments)`, `parity.compare(a, b)`.

    In what is run, `parity.torch` (or `parity.mindspore`) is the module of the side that runs.
    """
    from compat.errors import FrameworkMissing
    from compat.testing.marked import Parity
    from compat.testing.sides import APIS, sides

    try:
        for api in APIS:
            _ = sides(api)[0].module
    except FrameworkMissing as error:
        pytest.skip(str(error))
    return Parity(_suites_of(request.config), {})


@pytest.fixture
def compare_models() -> Callable[..., Any]:
    """`compare_models(first, second, inputs, …)`: `compat.models.compare`, which fails the test where the two models differ."""
    from compat.models import compare_models

    return compare_models


@pytest.fixture(name="torch")
def _torch() -> Either:
    """In a test with @pytest.mark.parity: torch, and in the second run compat.torch."""
    from compat.testing.marked import Either

    return Either("torch")


@pytest.fixture(name="mindspore")
def _mindspore() -> Either:
    """In a test with @pytest.mark.parity(api="mindspore"): mindspore, and in the second run compat.mindspore."""
    from compat.testing.marked import Either

    return Either("mindspore")
