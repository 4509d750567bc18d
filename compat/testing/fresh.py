"""A test suite's own modules, imported a second time while this project's package stands in for the framework that they import.

A function, a class or a module of the suite has its second self there: the same source, in which `torch` is compat.torch. So all
that a test reaches through its module, helpers and classes included, belongs to one framework.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from compat import frameworks
from compat.errors import UsageError
from compat.testing.sides import Api, sides


@dataclass
class Suite:
    """The modules below `root` as they are under a stand-in for `api`; those named in `shared`, and their attributes, stay as they are."""

    api: Api
    root: Path
    shared: frozenset[str] = frozenset()
    modules: dict[str, ModuleType] = field(default_factory=dict)

    @contextmanager
    def entered(self) -> Iterator[Suite]:
        """The stand-in and this suite's second modules in `sys.modules`; all is as before afterwards."""
        with frameworks.installed(self.api):
            before = self._taken()
            sys.modules.update(self.modules)
            try:
                yield self
            finally:
                self.modules = self._taken()
                sys.modules.update(before)
                for name, module in before.items():  # a package that was not imported anew has the second one as its attribute
                    parent, _, last = name.rpartition(".")
                    if parent in sys.modules:
                        setattr(sys.modules[parent], last, module)

    def _taken(self) -> dict[str, ModuleType]:
        own = [name for name, module in sys.modules.items() if self.has(module)]
        return {name: sys.modules.pop(name) for name in own}

    def has(self, module: ModuleType | None) -> bool:
        """Whether a module belongs to the suite."""
        name, file = getattr(module, "__name__", ""), getattr(module, "__file__", None)
        if not isinstance(file, str) or name in self.shared or name.partition(".")[0] in ("compat", "__main__", "__mp_main__"):
            return False
        path = Path(file)
        return path.is_relative_to(self.root) and "site-packages" not in path.parts

    def module(self, original: ModuleType) -> ModuleType:
        """The second self of a module."""
        name = original.__name__
        if name in sys.modules and sys.modules[name] is not original:
            return sys.modules[name]
        spec = original.__spec__
        if spec is None or spec.loader is None:
            raise UsageError(f"parity: {name} can't be imported again: it has no loader")
        fresh = importlib.util.module_from_spec(spec)
        sys.modules[name] = fresh
        try:
            spec.loader.exec_module(fresh)
        except Exception as error:
            del sys.modules[name]
            error.add_note(f"This was while {name} was imported again, with compat.{self.api} in the place of {self.api}.")
            raise
        return fresh


@dataclass
class Counterparts:
    """What stands for objects of the first import in the second one. `originals` are the suite's first modules, by name."""

    suite: Suite
    originals: dict[str, ModuleType]
    known: dict[int, Any] = field(default_factory=dict)

    def of(self, value: Any) -> Any:
        """The counterpart of a function, method, class or module; in lists, tuples and dicts of their items; NumPy arrays are copied.

        What belongs to neither the suite nor the framework is its own. Raises UsageError for what has no counterpart.
        """
        if id(value) in self.known:
            return self.known[id(value)]
        if isinstance(value, functools.partial):
            return functools.partial(self.of(value.func), *map(self.of, value.args), **self.of(value.keywords))
        if isinstance(value, MethodType):
            return MethodType(self.of(value.__func__), self.instance(value.__self__))
        if isinstance(value, FunctionType):
            return self._function(value)
        if isinstance(value, ModuleType):
            return self._module(value)
        if isinstance(value, type):
            return self._class(value)
        return self._contents(value)

    def _contents(self, value: Any) -> Any:
        if type(value) in (list, tuple):
            return type(value)(map(self.of, value))
        if type(value) is dict:
            return {key: self.of(item) for key, item in value.items()}
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self._class(type(value))(*map(self.of, value))
        if isinstance(value, np.ndarray):
            return value.copy()
        bases = type(value).__mro__ if type(value).__module__ in self.originals else (type(value),)
        return self._of_framework(value) if any(_root(base) == self.suite.api for base in bases) else value

    def _of_framework(self, value: Any) -> Any:
        """A dtype, a size or a tensor of the framework as that of the stand-in."""
        real, ours = sides(self.suite.api)
        if type(value).__name__ == "dtype" or type(value).__module__.endswith(".typing"):
            return getattr(ours.module, str(value).rpartition(".")[2].lower())
        if isinstance(value, tuple):
            return tuple(value)
        array = real.array(value)
        if array is None:
            raise UsageError(
                f"parity: {_an_object(value)} was made before the run, and belongs to one framework: make it inside of what is run"
            )
        made = ours.tensor(array)
        return made.requires_grad_() if getattr(value, "requires_grad", False) else made

    def instance(self, value: Any) -> Any:
        """A test class's instance: one of its counterpart, with copies of its attributes."""
        if isinstance(value, type):
            return self._class(value)
        kind = self._class(type(value))
        if kind is type(value):
            return value
        if type(value).__init__ is not object.__init__:
            raise UsageError(f"parity: {_an_object(value)} was made before the run: make it inside of what is run")
        made = kind()
        vars(made).update({name: self.of(item) for name, item in vars(value).items()})
        return made

    def _function(self, value: FunctionType) -> Any:
        original = self.originals.get(value.__globals__.get("__name__", ""))
        if original is None and _root(value) == self.suite.api:
            return self._named(value)
        if original is None and not value.__closure__:
            return value
        globals_ = value.__globals__ if original is None else vars(self.suite.module(original))
        cells = tuple(CellType() for _ in value.__closure__ or ())
        made = FunctionType(value.__code__, globals_, value.__name__, None, cells or None)
        self.known[id(value)] = made  # before its cells: one may hold the function itself
        for cell, theirs in zip(cells, value.__closure__ or (), strict=True):
            try:
                cell.cell_contents = self.of(theirs.cell_contents)
            except ValueError:  # still empty
                continue
        made.__defaults__ = self.of(value.__defaults__)
        made.__kwdefaults__ = self.of(value.__kwdefaults__)
        made.__dict__.update(value.__dict__)
        made.__qualname__, made.__doc__, made.__module__ = value.__qualname__, value.__doc__, value.__module__
        return made

    def _module(self, value: ModuleType) -> Any:
        if value.__name__.partition(".")[0] == self.suite.api:
            return importlib.import_module(value.__name__)
        return self.suite.module(value) if value.__name__ in self.originals else value

    def _class(self, value: type) -> Any:
        original = self.originals.get(value.__module__)
        if original is None:
            return self._named(value) if _root(value) == self.suite.api else value
        try:
            return functools.reduce(getattr, value.__qualname__.split("."), self.suite.module(original))
        except AttributeError:
            raise UsageError(f"parity: {value.__qualname__} can't be found in {value.__module__}: define it at the module's top") from None

    def _named(self, value: Any) -> Any:
        """What the stand-in has under the same public name."""
        try:
            return functools.reduce(getattr, value.__qualname__.split("."), importlib.import_module(value.__module__))
        except (ImportError, AttributeError):
            name = f"{value.__module__}.{value.__qualname__}"
            raise UsageError(f"parity: compat.{self.suite.api} has nothing under {name}: give its public name as a text") from None


def _root(value: Callable[..., Any] | type) -> str:
    return (value.__module__ or "").partition(".")[0]


def _an_object(value: Any) -> str:
    return f"an object of {type(value).__module__}.{type(value).__qualname__}"


def originals(suite: Suite) -> dict[str, ModuleType]:
    """The suite's modules as they are outside of `suite.entered()`."""
    return {name: module for name, module in sys.modules.items() if suite.has(module)}
