"""Tensors of a module that are computed from others; torch.nn.utils.parametrize."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.modules.containers import ModuleDict, ModuleList
from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.tensor import Tensor


class _Cache:
    """What `cached` keeps: (module, tensor) → value."""

    depth = 0

    def __init__(self) -> None:
        self.values: dict[tuple[int, str], Any] = {}


_cache = _Cache()


@contextmanager
def cached() -> Iterator[None]:
    """Within the block, each parametrized tensor is computed once."""
    _cache.depth += 1
    try:
        yield
    finally:
        _cache.depth -= 1
        if not _cache.depth:
            _cache.values.clear()


def _put(owner: Any, name: str, value: Any) -> None:
    """Register `value` as what it is: a parameter or a buffer."""
    if isinstance(value, Parameter):
        owner.register_parameter(name, value)
    else:
        owner.register_buffer(name, value)


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, and what it is computed from: `original`, or `original0`, `original1`, …"""

    original: Any
    unsafe: bool

    def __init__(self, modules: Sequence[Any], original: Any, unsafe: bool = False) -> None:
        new: Any
        if not modules:
            raise invalid(ValueError, "ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        with autograd.no_grad():
            new = original
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    with suppress(NotImplementedError):
                        new = module.right_inverse(new)
        if not isinstance(new, (Tensor, Sequence)):
            raise invalid(
                ValueError, f"'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got {type(new).__name__}"
            )
        self.is_tensor: bool = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        first: Any = new
        if self.is_tensor:
            if original.dtype != first.dtype:
                raise invalid(
                    ValueError,
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {original.dtype}\nright_inverse(original).dtype: {first.dtype}",
                )
            if new is not original:
                with autograd.no_grad():
                    original.data = first.detach()
            _put(self, "original", original)
        else:
            for place, one in enumerate(new):
                if not isinstance(one, Tensor):
                    raise invalid(
                        ValueError,
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                        f"Got element {place} of the sequence with type {type(one).__name__}.",
                    )
                made = Parameter(one, original.requires_grad) if isinstance(original, Parameter) else one
                _put(self, f"original{place}", made)
        if not unsafe:
            found = self()
            if not isinstance(found, Tensor):
                raise invalid(ValueError, f"A parametrization must return a tensor. Got {type(found).__name__}.")
            _check_same(
                found, original, "Registering a parametrization may not change the {} of the tensor, unless `unsafe` flag is enabled."
            )

    def originals(self) -> list[Any]:
        return [self.original] if self.is_tensor else [getattr(self, f"original{place}") for place in range(self.ntensors)]

    def right_inverse(self, value: Any) -> None:
        """Change the originals so that the tensor becomes `value`."""
        with autograd.no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise invalid(RuntimeError, f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
            given = [value] if self.is_tensor else list(value)
            if len(given) != self.ntensors:
                raise invalid(
                    ValueError,
                    f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of length {len(given)}.",
                )
            for target, one in zip(self.originals(), given, strict=True):
                if one.dtype != target.dtype:
                    raise invalid(
                        ValueError,
                        f"The tensor returned by `right_inverse` has dtype {one.dtype} while `original` has dtype {target.dtype}",
                    )
                target.data = one.detach().clone()

    def forward(self) -> Any:
        first, *others = self._modules.values()
        found = first(*self.originals())
        for module in others:
            found = module(found)
        return found


def _check_same(found: Any, expected: Any, message: str) -> None:
    for what in ("dtype", "shape"):
        if getattr(found, what) != getattr(expected, what):
            raise invalid(
                ValueError,
                f"{message.format(what)}\nmodule.tensor.{what}: {getattr(expected, what)}\nparametrized.{what}: {getattr(found, what)}",
            )


def _value(self: Any, name: str) -> Any:
    computed = self.parametrizations[name]
    if not _cache.depth:
        return computed()
    key = id(self), name
    if key not in _cache.values:
        _cache.values[key] = computed()
    return _cache.values[key]


def _inject_class(module: Any) -> None:
    """Give the module a class of its own, so that it can have properties."""
    kind = type(module)

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        made = self.__new__(type(self))
        memo[id(self)] = made
        made.__dict__.update({name: copy.deepcopy(value, memo) for name, value in self.__dict__.items()})
        return made

    def __getstate__(self: Any) -> Any:
        raise invalid(
            RuntimeError,
            "Serialization of parametrized modules is only supported through state_dict(). See: "
            "https://pytorch.org/tutorials/beginner/saving_loading_models.html#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training",
        )

    body: dict[str, Any] = {"__getstate__": __getstate__}
    if not hasattr(kind, "__deepcopy__"):
        body["__deepcopy__"] = __deepcopy__
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), body)


def _inject_property(module: Any, name: str) -> None:
    def read(self: Any) -> Any:
        return _value(self, name)

    def write(self: Any, value: Any) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(read, write))


def register_parametrization(module: Any, tensor_name: str, parametrization: Any, *, unsafe: bool = False) -> Any:
    """Have `module.tensor_name` computed by `parametrization` from here on; returns the module.

    The parameter moves to `module.parametrizations.tensor_name.original`, changed by `right_inverse` where there is one.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        known = module.parametrizations[tensor_name]
        if unsafe:
            known.unsafe = True
        else:
            _check_appended(parametrization, getattr(module, tensor_name))
        known.append(parametrization)
        known.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        made = ParametrizationList([parametrization], original, unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _inject_class(module)
            module.parametrizations = ModuleDict()
        _inject_property(module, tensor_name)
        module.parametrizations[tensor_name] = made
    else:
        raise invalid(
            ValueError,
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'",
        )
    return module


def _check_appended(parametrization: Any, value: Any) -> None:
    found = parametrization(value)
    if not isinstance(found, Tensor):
        raise invalid(ValueError, f"A parametrization must return a tensor. Got {type(found).__name__}.")
    _check_same(found, value, "Registering a parametrization may not change the {} of the tensor, unless the `unsafe` flag is enabled.")


def is_parametrized(module: Any, tensor_name: str | None = None) -> bool:
    """Whether the module has a parametrization, of that tensor if one is named."""
    known = getattr(module, "parametrizations", None)
    if not isinstance(known, ModuleDict):
        return False
    return len(known) > 0 if tensor_name is None else tensor_name in known


def remove_parametrizations(module: Any, tensor_name: str, leave_parametrized: bool = True) -> Any:
    """Take the parametrizations of a tensor off; it keeps its value, or with leave_parametrized=False becomes the original again."""
    if not is_parametrized(module, tensor_name):
        raise invalid(ValueError, f"Module {module} does not have a parametrization on {tensor_name}")
    known = module.parametrizations[tensor_name]
    if not leave_parametrized and not known.is_tensor:
        raise invalid(
            ValueError,
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors.",
        )
    if known.is_tensor:
        original = known.original
        if leave_parametrized:
            with autograd.no_grad():
                original.data = getattr(module, tensor_name).detach()
    else:
        computed = getattr(module, tensor_name).detach()
        original = Parameter(computed) if computed.is_floating_point() else computed
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _put(module, tensor_name, original)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Any) -> type:
    """The class that the module had before its first parametrization."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module: Any, to_module: Any, tensor_name: str | None = None) -> Any:
    """Give `to_module` the parametrizations of `from_module`, and the values of what they compute from."""
    if not is_parametrized(from_module):
        return to_module
    if not isinstance(from_module.parametrizations, ModuleDict):
        raise AssertionError(f"Expected ModuleDict, got {type(from_module.parametrizations)}")
    for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
        source = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach()))
        for one in source:
            register_parametrization(to_module, name, one)
        for target, value in zip(to_module.parametrizations[name].originals(), source.originals(), strict=True):
            target.data = value.detach().clone()
    return to_module
