"""The legacy types `torch.FloatTensor`, `torch.LongTensor` and so on: constructors of one dtype, and classes for isinstance."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import creation, dtypes
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.descriptors import Size, check_device, strided
from compat.torch_on_mindspore.tensor import Tensor


class tensortype(type):
    """The type of the legacy types. An instance of one is any tensor of its dtype."""

    dtype: Any
    layout = strided
    is_cuda = False
    is_sparse = False

    def __instancecheck__(cls, instance: Any) -> bool:
        return is_tensor(instance) and bool(instance.dtype == cls.dtype)

    def __call__(cls, *data: Any, size: Any = None, device: Any = None) -> Tensor:
        """Zeros for sizes, otherwise a tensor of the data, cast; TypeError for a lone number that is no size."""
        check_device(f"torch.{cls.__name__}", device)
        if size is not None or not data or all(isinstance(one, int) for one in data):
            return creation.zeros(*(data or (size or (0,),)), dtype=cls.dtype)
        (content,) = data
        if isinstance(content, Size):
            return creation.zeros(content, dtype=cls.dtype)
        if is_tensor(content):
            if content.dtype != cls.dtype:
                raise invalid(TypeError, f"expected {cls.dtype} (got {content.dtype})")
            return content.detach()  # type: ignore[no-any-return]
        if not isinstance(content, (list, tuple, np.ndarray)):
            raise invalid(TypeError, f"new(): data must be a sequence (got {type(content).__name__})")
        return creation.tensor(content, dtype=cls.dtype)


def legacy(name: str) -> Any:
    kind = next(one for one in dtypes.OF.values() if f"{one.tensor_type}Tensor" == name)
    return tensortype(name, (), {"__module__": "torch", "dtype": kind})


BoolTensor: Any = legacy("BoolTensor")
ByteTensor: Any = legacy("ByteTensor")
CharTensor: Any = legacy("CharTensor")
ShortTensor: Any = legacy("ShortTensor")
IntTensor: Any = legacy("IntTensor")
LongTensor: Any = legacy("LongTensor")
HalfTensor: Any = legacy("HalfTensor")
BFloat16Tensor: Any = legacy("BFloat16Tensor")
FloatTensor: Any = legacy("FloatTensor")
DoubleTensor: Any = legacy("DoubleTensor")
ALL = (BoolTensor, ByteTensor, CharTensor, ShortTensor, IntTensor, LongTensor, HalfTensor, BFloat16Tensor, FloatTensor, DoubleTensor)
BY_NAME = {f"torch.{one.__name__}": one for one in ALL}


def of_type(input: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """`x.type()`: the name of the legacy type. With a dtype, a legacy type or its name: the tensor in that dtype."""
    if dtype is None:
        return f"torch.{input.dtype.tensor_type}Tensor"
    if isinstance(dtype, str):
        if dtype not in BY_NAME:
            if dtype.startswith("torch.cuda."):
                raise UnsupportedAPI(f"torch.Tensor.type({dtype!r}): there is no such device here")
            raise invalid(ValueError, f"invalid type: '{dtype}'")
        dtype = BY_NAME[dtype]
    return input.to(dtype.dtype if isinstance(dtype, tensortype) else dtypes.kind_of(dtype))


def set_default_tensor_type(t: Any, /) -> None:
    """Make the dtype of a floating-point legacy type, or of its name, the default dtype."""
    found = BY_NAME.get(t) if isinstance(t, str) else t
    if not isinstance(found, tensortype):
        raise invalid(TypeError, f"invalid type object: {t}")
    dtypes.set_default_dtype(found.dtype)


def typename(obj: Any, /) -> str:
    """The legacy type of a tensor; the class of anything else, with its module unless it is builtin."""
    if is_tensor(obj):
        return str(of_type(obj))
    kind = obj if isinstance(obj, type) or hasattr(obj, "__qualname__") else type(obj)
    module = getattr(kind, "__module__", None) or ""
    return kind.__qualname__ if module in ("", "builtins", "__builtin__") else f"{module}.{kind.__qualname__}"
