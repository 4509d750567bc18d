"""A framework under test: values of real PyTorch become its values, its values become comparable ones.

Only the public API is used, so that carrying tensors in and out is tested along the way.
"""

from __future__ import annotations

import builtins
import dataclasses
import functools
import importlib
import random
import types
from typing import Any

import numpy as np
import torch

from tests.conformance.outcome import Array, Plain

ENTRY = {"compat": "compat.torch"}  # short names on the command line
DATA = "torch.testing"
MOST_DIMENSIONS = 32  # of an array of NumPy
PLAIN = (bool, int, float, complex, str, bytes, range, np.ndarray, np.generic)
DESCRIPTORS = (torch.dtype, torch.layout, torch.memory_format)
PUBLIC = {
    "": torch, "nn.functional.": torch.nn.functional, "Tensor.": torch.Tensor, "linalg.": torch.linalg,
    "special.": torch.special, "fft.": torch.fft,
}  # fmt: skip


class Unconvertible(Exception):
    """A value of the sample that can't be carried over, whatever the framework: a sparse tensor, say."""


class Framework:
    """The framework whose top module is `name`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.torch = importlib.import_module(ENTRY.get(name, name))

    def get(self, path: str) -> Any:
        """What is public as torch.`path`; AttributeError when there is no such name."""
        found: Any = self.torch
        for name in path.split("."):
            try:
                found = getattr(found, name)
            except AttributeError:
                raise AttributeError(f"there is no torch.{path}") from None
        return found

    # --- in ---

    def convert(self, value: Any, memo: dict[int, Any] | None = None) -> Any:
        """The counterpart of a value of real PyTorch, through containers; one tensor stays one tensor."""
        memo = {} if memo is None else memo
        if id(value) not in memo:
            memo[id(value)] = self._converted(value, memo)
        return memo[id(value)]

    def _converted(self, value: Any, memo: dict[int, Any]) -> Any:
        if value is None or value is ... or isinstance(value, PLAIN):
            return value
        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if isinstance(value, (list, tuple, dict, slice)):
            return self._container(value, memo)
        if isinstance(value, DESCRIPTORS):
            return self.get(str(value).removeprefix("torch."))
        if isinstance(value, torch.device):
            return self.get("device")(str(value))
        if isinstance(value, torch.Generator):
            made = self.get("Generator")()
            made.set_state(self.tensor(value.get_state()))
            return made
        if isinstance(value, torch.nn.Module):
            return self._module(value, memo)
        if callable(value):
            return self.function(value, memo)
        if dataclasses.is_dataclass(value):
            fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
            return self.get(_public_class(type(value)))(**self.convert(fields, memo))
        raise Unconvertible(f"a {type(value).__module__}.{type(value).__name__}")

    def _container(self, value: Any, memo: dict[int, Any]) -> Any:
        if isinstance(value, dict):
            return type(value)((key, self.convert(one, memo)) for key, one in value.items())
        if isinstance(value, slice):
            return slice(*(self.convert(one, memo) for one in (value.start, value.stop, value.step)))
        if isinstance(value, torch.Size):
            return self.get("Size")(list(value))
        found = [self.convert(one, memo) for one in value]
        if type(value) in (list, tuple):
            return type(value)(found)
        return self.get(_public_class(type(value)))(*found)  # a named tuple such as PackedSequence

    def tensor(self, value: torch.Tensor) -> Any:
        """A tensor of the same dtype, shape and elements, which requires grad if `value` does."""
        if value.layout != torch.strided or value.is_nested or value.is_quantized:
            raise Unconvertible(f"a tensor of layout {value.layout}")
        if value.dtype == torch.complex32:
            raise Unconvertible("a tensor of a dtype that NumPy lacks")
        if value.device.type == "meta" or value.ndim > MOST_DIMENSIONS:
            raise Unconvertible(f"a tensor on {value.device} with {value.ndim} dimensions")
        plain = value.detach().resolve_conj().resolve_neg().cpu()
        if value.dtype == torch.bfloat16:
            made = self.torch.from_numpy(plain.float().numpy().copy()).to(self.get("bfloat16"))
        else:
            made = self.torch.from_numpy(np.array(plain.numpy(), order="C"))
        if isinstance(value, torch.nn.Parameter):
            return self.get("nn.Parameter")(made, requires_grad=value.requires_grad)
        return made.requires_grad_(True) if value.requires_grad else made

    def _module(self, value: torch.nn.Module, memo: dict[int, Any]) -> Any:
        args, kwargs = self.convert(value.__dict__["_constructed_with"], memo)
        made = self.get(_public_class(type(value)))(*args, **kwargs)
        made.load_state_dict(self.convert(value.state_dict()))
        return made.train(value.training)

    def function(self, value: Any, memo: dict[int, Any] | None = None) -> Any:
        """The counterpart of a function: found by its public name, or, if the test data defines it, made to use this framework."""
        memo = {} if memo is None else memo
        name = getattr(value, "__name__", "")
        for prefix, home in PUBLIC.items():
            if name and getattr(home, name, None) is value:
                return self.get(prefix + name)
        if isinstance(value, functools.partial):
            return functools.partial(self.function(value.func, memo), *self.convert(value.args), **self.convert(value.keywords))
        if _of_the_data(value):
            return _Rebinding(self).function(value)
        if type(value).__module__ == "torch._ops":
            return self.get(f"ops.{value}")
        if not hasattr(value, "__name__"):
            raise Unconvertible(f"a function of type {type(value).__module__}.{type(value).__name__}")
        if getattr(value, "__module__", "").partition(".")[0] in ("torch", ""):
            return self.get(_public_class(value))
        return value

    # --- calls ---

    def seed(self, number: int) -> None:
        self.torch.manual_seed(number)
        np.random.seed(number)
        random.seed(number)

    def is_differentiable(self, value: Any) -> bool:
        return isinstance(value, self.torch.Tensor) and bool(value.requires_grad) and (value.is_floating_point() or value.is_complex())

    def tensors(self, value: Any) -> list[Any]:
        """The tensors in nested containers, in order."""
        if isinstance(value, self.torch.Tensor):
            return [value]
        if isinstance(value, dict):
            value = list(value.values())
        return [found for one in value for found in self.tensors(one)] if isinstance(value, (list, tuple)) else []

    def weights(self, outputs: list[Any]) -> list[Any]:
        """Fixed numbers, one for each element: the gradient of the sum weighted so shows what a plain sum would hide."""
        return [self.tensor(_weight(place, str(one.dtype), tuple(one.shape))) for place, one in enumerate(outputs)]

    # --- out ---

    def plain(self, value: Any) -> Plain:
        """A value of this framework in comparable form, through containers."""
        if isinstance(value, self.torch.Tensor):
            return Array(str(value.dtype), tuple(value.shape), self.array(value))
        if isinstance(value, dict):
            return {key: self.plain(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return self._plain_sequence(value)
        if value is None or isinstance(value, (bool, int, float, complex, str)):
            return value
        kind = type(value)
        return f"<{kind.__module__}.{kind.__name__}>" if hasattr(value, "shape") else f"<{kind.__name__} {value}>"

    def _plain_sequence(self, value: Any) -> Plain:
        found = [self.plain(one) for one in value]
        if isinstance(value, list):
            return found
        if type(value).__name__ == "Size":
            return ("Size", *found)
        names = getattr(type(value), "_fields", None) or getattr(type(value), "__match_args__", ())
        if names:
            return ("named", tuple(names), *found)
        return tuple(found)

    def array(self, value: Any) -> np.ndarray[Any, Any]:
        value = value.detach()
        if str(value.dtype) == "torch.bfloat16":
            value = value.float()
        for resolve in ("resolve_conj", "resolve_neg"):
            value = getattr(value, resolve)() if hasattr(value, resolve) else value
        return np.array(value.numpy())


class Original(Framework):
    """Real PyTorch on the samples as its own tests make them, with their strides and layouts: the reference."""

    def __init__(self) -> None:
        super().__init__("torch")

    def tensor(self, value: torch.Tensor) -> Any:
        made = value.detach().clone()
        if isinstance(value, torch.nn.Parameter):
            return torch.nn.Parameter(made, requires_grad=value.requires_grad)
        return made.requires_grad_(value.requires_grad)

    def function(self, value: Any, _memo: dict[int, Any] | None = None) -> Any:
        return super().function(value) if _of_the_data(value) else value

    def array(self, value: Any) -> np.ndarray[Any, Any]:
        if value.layout != torch.strided or value.is_nested or value.is_quantized:
            raise Unconvertible(f"a tensor of layout {value.layout}")
        return super().array(value)


def _weight(place: int, dtype: str, shape: tuple[int, ...]) -> torch.Tensor:
    numbers = np.random.RandomState(place).uniform(0.5, 1.5, (2, *shape))
    kind = getattr(torch, dtype.removeprefix("torch."))
    return torch.from_numpy(np.array(numbers[0] + 1j * numbers[1] if kind.is_complex else numbers[0])).to(kind)


def _public_class(kind: Any) -> str:
    """Where a class is public: in torch.nn, or in the module that defines it."""
    if getattr(torch.nn, kind.__name__, None) is kind:
        return f"nn.{kind.__name__}"
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("torch.")


def _of_the_data(value: Any) -> bool:
    """Whether a function is defined in PyTorch's test data."""
    return isinstance(value, types.FunctionType) and value.__module__.startswith((DATA, "contextlib"))


class _Rebinding:
    """Copies functions of the test data so that what they call `torch` is the framework under test."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self.made: dict[int, Any] = {}

    def function(self, value: types.FunctionType) -> Any:
        if value.__name__ == "wrapper_set_seed":  # seeds, for repeatable results; the harness does
            return lambda op, *args, **kwargs: op(*args, **kwargs)
        if id(value) in self.made:
            return self.made[id(value)]
        scope: dict[str, Any] = {"__builtins__": builtins}
        cells = tuple(types.CellType() for _ in value.__closure__ or ())
        made = types.FunctionType(value.__code__, scope, value.__name__, None, cells)
        self.made[id(value)] = made
        scope.update({name: self.value(value.__globals__[name]) for name in _names(value.__code__) if name in value.__globals__})
        for new, old in zip(cells, value.__closure__ or (), strict=True):
            new.cell_contents = self.value(old.cell_contents)
        made.__defaults__ = self.value(value.__defaults__)
        made.__kwdefaults__ = self.value(value.__kwdefaults__)
        return made

    def value(self, value: Any) -> Any:
        """The counterpart of something that a function refers to."""
        if isinstance(value, types.ModuleType):
            if value is torch:
                return self.framework.torch
            return self.framework.get(value.__name__.removeprefix("torch.")) if value.__name__.startswith("torch.") else value
        if _of_the_data(value):
            return self.function(value)
        if type(value) in (list, tuple):
            return type(value)(self.value(one) for one in value)
        return value if isinstance(value, type) or type(value).__module__.startswith(DATA) else self.framework.convert(value)


def _names(code: types.CodeType) -> set[str]:
    """The names that a function and those inside it look up outside."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= _names(constant)
    return found
