"""A marked test, or a call of the `parity` fixture: on each side with the modules, functions and arguments of that side."""

from __future__ import annotations

import copy
import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MethodType, ModuleType
from typing import Any, cast

import numpy as np

from compat.errors import UsageError
from compat.testing.comparison import differences, indented, places
from compat.testing.fresh import Counterparts, Suite, originals
from compat.testing.runs import Given, Options, Parted, agree, options, weighted
from compat.testing.sides import APIS, Api, Side, any_array
from compat.testing.structure import Reader


@dataclass
class Suites:
    """The modules of one test session under the stand-in for each framework; `current` is the side that runs, while one does."""

    root: Path
    shared: frozenset[str]
    known: dict[Api, Suite] = field(default_factory=dict)
    current: Side | None = None
    counterparts: Counterparts | None = None

    @contextmanager
    def place(self, side: Side) -> Iterator[None]:
        """Where a run takes place, see `compat.testing.runs.agree`."""
        if self.current is not None:
            raise UsageError("parity: one comparison inside of another")
        self.current = side
        try:
            if not side.ours:
                yield
                return
            suite = self.known.setdefault(side.api, Suite(side.api, self.root, self.shared))
            first = originals(suite)
            with suite.entered():
                self.counterparts = Counterparts(suite, first)
                yield
        finally:
            self.current = self.counterparts = None

    def of(self, value: Any) -> Any:
        """What stands for an object of the test suite on the side that runs; arrays and tensors are copies on either."""
        return copied(value) if self.counterparts is None else self.counterparts.of(value)

    def called(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """As `of`, for what is called: a method of a test class gets an instance of its own on either side."""
        if self.counterparts is not None or not isinstance(function, MethodType) or isinstance(function.__self__, type):
            return cast(Callable[..., Any], self.of(function))
        return MethodType(function.__func__, _copied_instance(function.__self__)) if self._is_own(type(function.__self__)) else function

    def _is_own(self, kind: type) -> bool:
        return Suite("torch", self.root, self.shared).has(sys.modules.get(kind.__module__))


def copied(value: Any) -> Any:
    """A value in which no run can change what the other gets: lists, tuples and dicts anew, with copies of arrays and tensors."""
    if type(value) in (list, tuple):
        return type(value)(map(copied, value))
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(copied, value))
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value).__module__ == "torch" and type(value).__name__ == "Tensor":
        return value.detach().clone().requires_grad_(value.requires_grad)
    return value.copy() if _is_tensor_of_mindspore(value) else value


def _copied_instance(value: Any) -> Any:
    made = copy.copy(value)
    vars(made).update({name: copied(item) for name, item in vars(value).items()})
    return made


def _is_tensor_of_mindspore(value: Any) -> bool:
    return type(value).__name__ == "Tensor" and type(value).__module__.startswith("mindspore.")


@dataclass(frozen=True)
class Either:
    """The `torch` (or `mindspore`) argument of a marked test before it is known which side runs."""

    api: Api

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise UsageError(
            f"{self.api}.{name}: the `{self.api}` fixture is for tests marked with @pytest.mark.parity(api={self.api!r}), and for their bodies: "
            "other fixtures run once, before it is known under which framework the body does"
        )


def run_body(function: Callable[..., Any], arguments: Mapping[str, Any], chosen: Options, suites: Suites) -> None:
    """Run a test's body on both sides, and compare what it returns."""
    __tracebackhide__ = True
    for api in APIS:
        if api != chosen.api and any(isinstance(value, Either) and value.api == api for value in arguments.values()):
            raise UsageError(f"parity: the test takes `{api}`, and runs with api={chosen.api!r}")

    def run(side: Side) -> Any:
        __tracebackhide__ = True
        given = {name: side.module if isinstance(value, Either) else suites.of(value) for name, value in arguments.items()}
        return _finished(suites.called(function)(**given))

    agree(run, chosen, suites.place)


def _finished(value: Any) -> Any:
    if inspect.iscoroutine(value) or inspect.isgenerator(value):
        value.close()
        raise UsageError("parity: the body is a coroutine or a generator; it has to be a plain function")
    return value


class Parity:
    """The `parity` fixture."""

    def __init__(self, suites: Suites, defaults: Mapping[str, Any]) -> None:
        self._suites = suites
        self._defaults = defaults

    @property
    def torch(self) -> Any:
        """The module that stands for torch in the run that is going on; UsageError where none is."""
        return self._module("torch")

    @property
    def mindspore(self) -> Any:
        """As `torch`, for api="mindspore"."""
        return self._module("mindspore")

    def _module(self, api: Api) -> Any:
        current = self._suites.current
        if current is None or current.api != api:
            running = f"{current.name} runs" if current else "nothing runs"
            raise UsageError(f"parity.{api} is for code that runs on both sides with api={api!r}; here {running}")
        return current.module

    def using(self, **defaults: Any) -> Parity:
        """The fixture with options of its own, those of the mark: `parity.using(rtol=1e-3, gradients=True)(function, array)`."""
        chosen = {**self._defaults, **defaults}
        options(chosen)
        return Parity(self._suites, chosen)

    def __call__(self, function: Callable[..., Any] | str, *arguments: Any, **named: Any) -> Any:
        """Call a function on both sides and compare; what it returned under the framework itself.

        `function` may be the public dotted name of an API. NumPy arrays among the arguments, in lists, tuples and dicts too, become tensors
        of the side that runs, and with `gradients` those of the floating-point ones are compared, too.
        """
        __tracebackhide__ = True
        chosen = options({**self._defaults, **_named_api(function)})

        def run(side: Side) -> Any:
            __tracebackhide__ = True
            called = _resolved(function, side) if isinstance(function, str) else self._suites.called(function)
            leaves: dict[str, Any] = {}
            given = [self._tensors(value, side, f"argument {place}", leaves) for place, value in enumerate(arguments)]
            by_name = {name: self._tensors(value, side, f"argument {name}", leaves) for name, value in named.items()}
            if not chosen.gradients:
                return _finished(called(*given, **by_name))
            if not leaves:
                raise UsageError("parity: gradients=True, and no argument is an array of floating-point numbers")
            return _differentiated(side, called, given, by_name, leaves)

        return agree(run, chosen, self._suites.place)

    def _tensors(self, value: Any, side: Side, path: str, leaves: dict[str, Any]) -> Any:
        if isinstance(value, np.ndarray):
            tensor = side.tensor(value)
            if value.dtype.kind == "f":
                leaves[path] = tensor
            return tensor
        if type(value) in (list, tuple):
            return type(value)(self._tensors(item, side, f"{path}[{place}]", leaves) for place, item in enumerate(value))
        if type(value) is dict:
            return {key: self._tensors(item, side, f"{path}[{key!r}]", leaves) for key, item in value.items()}
        return self._suites.of(value)

    def compare(self, reference: Any, subject: Any, *, rtol: float | None = None, atol: float | None = None) -> None:
        """Compare two values that are there already, of any framework; AssertionError where they differ."""
        __tracebackhide__ = True
        allowed = options({**self._defaults, **{k: v for k, v in (("rtol", rtol), ("atol", atol)) if v is not None}}).allowed
        expected, found = (Reader(any_array).tree(value) for value in (reference, subject))
        if parted := list(differences(expected, found, allowed)):
            raise Parted("\n".join([f"the two differ {places(parted)}", *indented(parted, allowed)]))


def _named_api(function: Callable[..., Any] | str) -> dict[str, Any]:
    if not isinstance(function, str):
        return {}
    root = function.partition(".")[0]
    if root not in APIS or "." not in function:
        raise UsageError(f"parity: {function!r}: a name begins with torch. or mindspore.")
    return {"api": root}


def _resolved(name: str, side: Side) -> Any:
    try:
        return functools.reduce(getattr, name.split(".")[1:], side.module)
    except AttributeError as error:
        raise UsageError(f"parity: {side.name} has no {name}: {error}") from None


def _differentiated(side: Side, called: Callable[..., Any], given: list[Any], named: dict[str, Any], leaves: dict[str, Any]) -> Given:
    """The result and the gradients of its weighted sum by every leaf."""
    return (_by_torch if side.api == "torch" else _by_mindspore)(side, called, given, named, leaves)


def _by_torch(side: Side, called: Any, given: list[Any], named: dict[str, Any], leaves: dict[str, Any]) -> Given:
    for leaf in leaves.values():
        leaf.requires_grad_()
    result = _finished(called(*given, **named))
    outputs = [one for one in _differentiable(side, result) if one.requires_grad]
    if not outputs:
        raise UsageError(f"parity: gradients=True, and nothing that {side.name} returns depends on an argument")
    sum(weighted(side, one) for one in outputs).backward()
    return Given(result, {path: leaf.grad for path, leaf in leaves.items()})


def _by_mindspore(side: Side, called: Any, given: list[Any], named: dict[str, Any], leaves: dict[str, Any]) -> Given:
    mindspore = side.module
    places = {id(leaf): place for place, leaf in enumerate(leaves.values())}

    def put(value: Any, values: tuple[Any, ...]) -> Any:
        if type(value) in (list, tuple):
            return type(value)(put(item, values) for item in value)
        if type(value) is dict:
            return {key: put(item, values) for key, item in value.items()}
        return values[places[id(value)]] if id(value) in places else value

    def total(*values: Any) -> Any:
        result = called(*put(given, values), **put(named, values))
        return sum(weighted(side, one) for one in _differentiable(side, result))

    result = _finished(called(*given, **named))
    if not _differentiable(side, result):
        raise UsageError(f"parity: gradients=True, and {side.name} returns no tensor of floating-point numbers")
    found = mindspore.grad(total, tuple(range(len(leaves))))(*leaves.values())
    return Given(result, dict(zip(leaves, found if isinstance(found, (tuple, list)) else (found,), strict=True)))


def _differentiable(side: Side, result: Any) -> list[Any]:
    """The floating-point tensors of a result, in lists, tuples and dicts too."""
    if isinstance(result, (list, tuple)):
        return [one for item in result for one in _differentiable(side, item)]
    if isinstance(result, Mapping):
        return [one for item in result.values() for one in _differentiable(side, item)]
    if not isinstance(result, side.module.Tensor):
        return []
    floating = result.is_floating_point() or (side.api == "torch" and result.is_complex())
    return [result] if floating else []


def modules_of_plugins(plugins: Any) -> frozenset[str]:
    """Names of the modules that a test session has as plugins, conftest.py among them: these are never imported again."""
    return frozenset(plugin.__name__ for plugin in plugins if isinstance(plugin, ModuleType))
