"""How a tensor is taken apart for a pickle, and put together again: the functions that PyTorch's files name."""

from __future__ import annotations

import functools
from collections import OrderedDict
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import creation, dtypes
from compat.torch_on_mindspore.descriptors import check_device
from compat.torch_on_mindspore.engine import ON_CPU
from compat.torch_on_mindspore.parameter import Parameter, is_lazy
from compat.torch_on_mindspore.serialization import names
from compat.torch_on_mindspore.serialization.kinds import CLASS_NAMES
from compat.torch_on_mindspore.serialization.storages import (
    TypedStorage,
    UntypedStorage,
    compact_storage,
    row_major,
    tensor_in,
    typed_storage,
)
from compat.torch_on_mindspore.storage import remember
from compat.torch_on_mindspore.tensor import SHARING, Tensor, owner


def reduced(input: Any, proto: Any) -> Any:
    """The function and the arguments that give this tensor again; attributes that the program set are kept."""
    state = own_state(input)
    if is_lazy(input):
        return type(input), (input.requires_grad,)
    if issubclass(type(input), Parameter):
        content = input.detach()
        content.__class__ = Tensor
        if type(input) is Parameter:
            arguments: tuple[Any, ...] = (content, input.requires_grad, OrderedDict())
            return (_rebuild_parameter_with_state, (*arguments, state)) if state else (_rebuild_parameter, arguments)
        return _rebuild_from_type_v2, (_rebuild_parameter, type(input), arguments, state)
    function, arguments = reduced_tensor(input)
    return (
        (function, arguments) if type(input) is Tensor and not state else (_rebuild_from_type_v2, (function, type(input), arguments, state))
    )


def reduced_tensor(input: Any) -> tuple[Any, tuple[Any, ...]]:
    size = tuple(input.shape)
    if ON_CPU:
        storage, offset = typed_storage(input), input.storage_offset()
        stride = tuple(input.stride()) if input.numel() else row_major(size)
    else:
        storage, offset, stride = compact_storage(input), 0, row_major(size)
    arguments: tuple[Any, ...] = (offset, size, stride, input.requires_grad, OrderedDict())
    if input.dtype in CLASS_NAMES:
        return _rebuild_tensor_v2, (storage, *arguments)
    return _rebuild_tensor_v3, (storage.untyped(), *arguments, input.dtype)


def own_state(input: Any) -> dict[str, Any]:
    """The attributes that a program has set, without those that MindSpore and this package keep."""
    return {name: value for name, value in vars(input).items() if name not in kept_by_us()}


@functools.cache
def kept_by_us() -> frozenset[str]:
    return frozenset(vars(Parameter(creation.zeros(1)))) | frozenset(SHARING)


def _rebuild_tensor(storage: Any, storage_offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    return tensor_in(storage.untyped(), storage.dtype, storage_offset, tuple(size), tuple(stride))


def _rebuild_tensor_v2(
    storage: TypedStorage, storage_offset: int, size: tuple[int, ...], stride: tuple[int, ...], requires_grad: bool,
    backward_hooks: Any, metadata: Any = None,
) -> Any:  # fmt: skip
    return finished(_rebuild_tensor(storage, storage_offset, size, stride), requires_grad, metadata)


def _rebuild_tensor_v3(
    storage: UntypedStorage, storage_offset: int, size: tuple[int, ...], stride: tuple[int, ...], requires_grad: bool,
    backward_hooks: Any, dtype: Any, metadata: Any = None,
) -> Any:  # fmt: skip
    typed = TypedStorage(wrap_storage=storage.untyped(), dtype=dtypes.OF[dtype])
    return finished(_rebuild_tensor(typed, storage_offset, size, stride), requires_grad, metadata)


def finished(made: Any, requires_grad: bool, metadata: Any) -> Any:
    """With the marks that PyTorch keeps beside the elements: a conjugate or negative is computed here."""
    for name, marked in (metadata or {}).items():
        if name not in ("conj", "neg"):
            raise UnsupportedArgument("torch.load", "metadata", name, "conj and neg")
        if marked:
            made = creation.tensor(np.conj(made.asnumpy()) if name == "conj" else -made.asnumpy())
    return made.requires_grad_() if requires_grad else made


def _rebuild_parameter(data: Any, requires_grad: bool, backward_hooks: Any) -> Parameter:
    made = Parameter(data, requires_grad)
    whole = owner(data)
    if whole is not data:  # one of several in a storage
        made._owner = whole
        remember(whole, "_aliases", made)
    return made


def _rebuild_parameter_with_state(data: Any, requires_grad: bool, backward_hooks: Any, state: dict[str, Any]) -> Any:
    return with_state(_rebuild_parameter(data, requires_grad, backward_hooks), state)


def _rebuild_from_type_v2(func: Any, new_type: type, args: tuple[Any, ...], state: Any) -> Any:
    """A tensor of a subclass, or one with attributes."""
    if not isinstance(new_type, type) or not issubclass(new_type, Tensor):
        raise invalid(TypeError, f"a subclass of torch.Tensor is expected, not {new_type!r}")
    made = func(*args)
    if type(made) is not new_type:
        made.__class__ = new_type
    return with_state(made, state)


def with_state(made: Any, state: Any) -> Any:
    """Attributes put back, and the values of slots when `state` is a pair."""
    if type(made).__setstate__ is not Tensor.__setstate__:
        made.__setstate__(state)
        return made
    for part in state if isinstance(state, tuple) else (state,):
        for name, value in (part or {}).items():
            if name in kept_by_us() or name.startswith("__"):
                raise invalid(ValueError, f"an attribute {name!r} can't be given to a tensor")
            setattr(made, name, value)
    return made


def _rebuild_device_tensor_from_cpu_tensor(data: Any, dtype: Any, device: Any, requires_grad: bool) -> Any:
    """A tensor that was saved on a device whose memory PyTorch can't read."""
    check_device("torch.load", device)
    made = data.to(dtype)
    return made.requires_grad_() if requires_grad else made


FUNCTIONS = (
    _rebuild_tensor,
    _rebuild_tensor_v2,
    _rebuild_tensor_v3,
    _rebuild_parameter,
    _rebuild_parameter_with_state,
    _rebuild_device_tensor_from_cpu_tensor,
)
names.IN_TENSORS.update({one: ("torch._utils", one.__name__) for one in FUNCTIONS})
names.IN_TENSORS[_rebuild_from_type_v2] = "torch._tensor", _rebuild_from_type_v2.__name__
