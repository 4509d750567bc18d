"""Modules that hold modules: Sequential, ModuleList, ModuleDict."""

from __future__ import annotations

import itertools
import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.module import Module, indented


class _Numbered(Module):
    """Children named "0", "1", …."""

    def _at(self, index: int) -> str:
        place = operator.index(index)
        if not -len(self) <= place < len(self):
            raise invalid(IndexError, f"index {place} is out of range")
        return str(list(self._modules)[place])

    def _replace_all(self, modules: Iterable[Any]) -> None:
        found = list(modules)
        self._modules.clear()
        self._modules.update({str(at): module for at, module in enumerate(found)})

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self._sliced(list(self._modules.items())[index])
        return self._modules[self._at(index)]

    def _sliced(self, items: list[tuple[str, Any]]) -> Any:
        return type(self)([module for _, module in items])

    def __delitem__(self, index: int | slice) -> None:
        names = list(self._modules)[index] if isinstance(index, slice) else [self._at(index)]
        for name in names:
            delattr(self, name)
        self._replace_all(self._modules.values())

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def pop(self, key: int | slice) -> Any:
        found = self[key]
        del self[key]
        return found


class Sequential(_Numbered):
    """Modules that are called one after the other."""

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = len(args) == 1 and isinstance(args[0], OrderedDict)
        for name, module in args[0].items() if named else ((str(at), one) for at, one in enumerate(args)):
            self.add_module(name, module)

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input

    def _sliced(self, items: list[tuple[str, Any]]) -> Any:
        return type(self)(OrderedDict(items))

    def __setitem__(self, index: int, module: Any) -> None:
        setattr(self, self._at(index), module)

    def __add__(self, other: Any) -> Any:
        _check_sequential("add", other)
        return Sequential(*self, *other)

    def __iadd__(self, other: Any) -> Any:
        _check_sequential("add", other)
        for module in list(other):
            self.append(module)
        return self

    def __mul__(self, other: int) -> Any:
        _check_times(other)
        return Sequential(*list(self) * other)

    __rmul__ = __mul__

    def __imul__(self, other: int) -> Any:
        _check_times(other)
        self._replace_all(list(self) * other)
        return self

    def append(self, module: Any) -> Any:
        self.add_module(str(len(self)), module)
        return self

    def insert(self, index: int, module: Any) -> Any:
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not -len(self) <= index <= len(self):
            raise invalid(IndexError, f"Index out of range: {index}")
        found = list(self)
        found.insert(index, module)
        self._replace_all(found)
        return self

    def extend(self, sequential: Iterable[Any]) -> Any:
        for module in list(sequential):
            self.append(module)
        return self


def _check_sequential(what: str, other: Any) -> None:
    if not isinstance(other, Sequential):
        raise invalid(ValueError, f"{what} operator supports only objects of Sequential class, but {type(other)} is given.")


def _check_times(other: Any) -> None:
    if not isinstance(other, int):
        raise invalid(TypeError, f"unsupported operand type(s) for *: {Sequential} and {type(other)}")
    if other <= 0:
        raise invalid(ValueError, f"Non-positive multiplication factor {other} for {Sequential}")


class ModuleList(_Numbered):
    """A list of modules."""

    def __init__(self, modules: Iterable[Any] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self += modules

    def _shown_children(self) -> list[str]:
        """Runs of modules that print alike on one line."""
        shown, start = [], 0
        for text, run in itertools.groupby(map(repr, self)):
            end = start + len(list(run)) - 1
            shown.append(f"({start}): {indented(text)}" if start == end else f"({start}-{end}): {end - start + 1} x {indented(text)}")
            start = end + 1
        return shown

    def __setitem__(self, index: int, module: Any) -> None:
        setattr(self, self._at(index), module)

    def __iadd__(self, modules: Iterable[Any]) -> ModuleList:
        return self.extend(modules)

    def __add__(self, other: Iterable[Any]) -> ModuleList:
        return ModuleList([*self, *other])

    def insert(self, index: int, module: Any) -> None:
        found = list(self)
        found.insert(index, module)
        self._replace_all(found)

    def append(self, module: Any) -> ModuleList:
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Any]) -> ModuleList:
        if not isinstance(modules, Iterable):
            raise invalid(TypeError, f"ModuleList.extend should be called with an iterable, but got {type(modules).__name__}")
        for module in list(modules):
            self.append(module)
        return self


class ModuleDict(Module):
    """A dictionary of modules."""

    def __init__(self, modules: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def update(self, modules: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        for name, module in pairs("ModuleDict", modules):
            self[name] = module

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Any) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def keys(self) -> Any:
        return self._modules.keys()

    def values(self) -> Any:
        return self._modules.values()

    def items(self) -> Any:
        return self._modules.items()

    def clear(self) -> None:
        self._modules.clear()

    def pop(self, key: str) -> Any:
        return self._modules.pop(key)


def pairs(name: str, given: Any) -> list[tuple[Any, Any]]:
    """The items of what a dictionary module is updated with; TypeError and ValueError when there are none."""
    if not isinstance(given, Iterable):
        raise invalid(TypeError, f"{name}.update should be called with an iterable of key/value pairs, but got {type(given).__name__}")
    if isinstance(given, Mapping) or hasattr(given, "items"):
        return list(given.items())
    for place, pair in enumerate(listed := list(given)):
        if not isinstance(pair, Iterable):
            raise invalid(TypeError, f"{name} update sequence element #{place} should be Iterable; is {type(pair).__name__}")
        if len(pair) != 2:  # type: ignore[arg-type]
            raise invalid(ValueError, f"{name} update sequence element #{place} has length {len(pair)}; 2 is required")  # type: ignore[arg-type]
    return listed
