"""`compat.lenient.torch` is compat.torch, with a placeholder for each name that it lacks: what is missing raises when it is used.

Ported source imports from here what its author imported unconditionally and compat.torch does not have, so that one missing name
disables what needs it and not the whole file. A feature test (`hasattr`, `try … except ImportError`) belongs on compat.torch itself.
"""

from __future__ import annotations

import importlib
import sys
from abc import ABCMeta
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

from compat.errors import UnsupportedAPI

EXCEPTIONS = ("Error", "Exception", "Warning")
FRAMEWORKS = ("torch", "mindspore")
__path__: list[str] = []  # it has submodules, which the finder below makes


class Missing(ABCMeta):
    """The class of placeholders. A placeholder is a class without instances, so that annotations, `isinstance` and base classes work.

    It goes with the metaclass of abstract classes, which its subclasses may have besides.
    """

    def __call__(cls, *args: Any, **keywords: Any) -> Any:
        """As a decorator of a function it gives another placeholder, which raises when the function is called; else it raises."""
        if len(args) == 1 and not keywords and isinstance(args[0], FunctionType):
            return placeholder(cls.__api__)
        raise UnsupportedAPI(f"{cls.__api__}: there is no such API here; see `compat explain {cls.__api__}`")

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") or "__api__" not in vars(cls):  # a class of the program's own, which has a placeholder as its base
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}", name=name, obj=cls)
        return placeholder(f"{cls.__api__}.{name}")

    def __getitem__(cls, _parameters: Any) -> Any:
        return cls


def placeholder(api: str) -> Any:
    """What stands for an API that is missing; UnsupportedAPI when it is called, or when a subclass of it is."""
    module, _, name = api.rpartition(".")
    bases = (Exception,) if name.endswith(EXCEPTIONS) else ()  # `except` demands that
    return Missing(name, bases, {"__api__": api, "__module__": module})


class LenientModule(ModuleType):
    """A module of compat.torch, or of none, with placeholders for what it lacks; its submodules are of this kind too."""

    def __getattr__(self, name: str) -> Any:
        api = f"{self.__name__.removeprefix(f'{__name__}.')}.{name}"
        found = _existing(f"compat.{api}")
        if isinstance(found, ModuleType) and getattr(found.__spec__, "loader", None) is not None:
            return importlib.import_module(f"{__name__}.{api}")
        if found is not ABSENT:
            return found
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)
        return placeholder(api)

    def __setattr__(self, name: str, value: Any) -> None:
        """A program that gives the framework's module an attribute gives it to that; the import system has attributes of its own here."""
        real = (
            ABSENT
            if name.startswith("__") or isinstance(value, LenientModule)
            else _existing(f"compat.{self.__name__[len(__name__) + 1 :]}")
        )
        if real is ABSENT:
            super().__setattr__(name, value)
        else:
            setattr(real, name, value)


ABSENT = object()


def _existing(name: str) -> Any:
    """The module or attribute by that name; ABSENT if there is none. Any other failure, of the backend for one, is raised."""
    parent, _, leaf = name.rpartition(".")
    if name in sys.modules or parent == "compat":
        return importlib.import_module(name)
    above = _existing(parent)
    if above is ABSENT:
        return ABSENT
    try:
        return getattr(above, leaf)
    except AttributeError as error:
        if error.name != leaf:
            raise
        return ABSENT


class Finder(MetaPathFinder, Loader):
    """Makes `compat.lenient.torch` and whatever module a program names below it."""

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        below = name.removeprefix(f"{__name__}.")
        return ModuleSpec(name, self, is_package=True) if below != name and below.partition(".")[0] in FRAMEWORKS else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = LenientModule(spec.name)
        module.__path__ = []  # its own, or the import system would take that of the module that it stands for
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Its names are made when they are asked for."""


sys.meta_path.append(Finder())
