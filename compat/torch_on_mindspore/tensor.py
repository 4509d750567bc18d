"""torch.Tensor on MindSpore: a subclass of mindspore.Tensor with PyTorch's properties, conversions and autograd state.

The operations are attached by `methods`, one topic to a module, so that each exists once, as function and as method.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dispatch, display, dtypes, engine, formats
from compat.torch_on_mindspore.descriptors import HERE, Size, check_device, device
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.recorded import Recorded

ops = mindspore.ops

LEAF_WRITTEN = "a leaf Variable that requires grad is being used in an in-place operation."
VIEW_OF_LEAF_WRITTEN = "a view of a leaf Variable that requires grad is being used in an in-place operation."

# what a copy does not inherit
SHARING = (
    "_base", "_steps", "_of_many", "_owner", "_silent", "_exported", "_views", "_aliases", "_leaves", "_known_grad", "_post_hooks", "_retains", "_gradient_apart", "_watching", "_grad_hooks", "_kept",
)  # fmt: skip


class SizeMethod(int):
    """`x.size()` and `x.size(dim)` for PyTorch; the number of elements where MindSpore's own functions read `x.size`."""

    tensor: Any

    def __new__(cls, tensor: Any) -> SizeMethod:
        made = super().__new__(cls, math.prod(engine.TensorBase.shape.__get__(tensor)))
        made.tensor = tensor
        return made

    def __call__(self, dim: int | None = None) -> Any:
        """The shape, or its entry `dim`; IndexError when there is no such dimension."""
        tensor = self.tensor
        if dispatch.MODES or type(tensor) not in dispatch.PLAIN:
            found = dispatch.overriding((tensor,))
            if found is not None:
                return dispatch.handle(Tensor.size, found, (tensor,) if dim is None else (tensor, dim), {})
        return tensor.shape if dim is None else tensor.shape[normal_dim(tensor, dim)]


SizeMethod.__call__.__qualname__ = "size"  # by which Python's messages call it


class SizeProperty(property):
    """`Tensor.size`: on a tensor, its `SizeMethod`; on the class, a function of a tensor."""

    def __call__(self, tensor: Any, dim: int | None = None) -> Any:
        return SizeMethod(tensor)(dim)


class Tensor(Recorded, mindspore.Tensor):
    """A multi-dimensional array that autograd can follow; `torch.Tensor`."""

    # How it shares storage, see `storage`:
    _base: Any = None  # the tensor that this one is a view of
    _steps: Any = None  # how the view is made of its base: (operation, arguments) in order; None for one made under no_grad
    _of_many = False  # one of several views that one function returned
    _owner: Any = None  # the tensor whose storage this one, a result of `detach`, shares
    _kept: Any = None  # the result whose storage this one took over, if the gradient of its operation needs it
    _silent = False  # made by `data`: autograd is not told of a write through it
    _exported = False  # an array of NumPy may share its memory
    __module__ = "torch"

    def __new__(cls, *data: Any, device: Any = None, **_options: Any) -> Any:
        """The legacy constructor: `Tensor([1, 2])` and `Tensor(2, 3)` are float32, the second one of zeros; that of a tensor shares it."""
        check_device("torch.Tensor", device)
        if len(data) == 1 and isinstance(data[0], mindspore.Tensor):
            return data[0].as_subclass(cls) if isinstance(data[0], Tensor) else as_tensor(data[0]).as_subclass(cls)
        if not data:
            data = (0,)
        made = super().__new__(cls)
        if all(isinstance(one, int) for one in data):
            mindspore.Tensor.__init__(made, np.zeros(data, np.float32))
        elif len(data) == 1:
            mindspore.Tensor.__init__(made, np.array(data[0], np.float32))
        else:
            raise invalid(TypeError, "new(): invalid combination of arguments: numbers, or one sequence, are expected")
        return made

    def __init__(self, *_data: Any, **_options: Any) -> None:
        """Everything was done when it was made, so that a subclass can have arguments of its own."""

    # --- what it is ---

    @property
    def shape(self) -> Size:
        return Size(super().shape)

    @property
    def dtype(self) -> Any:
        return dtypes.of(self)

    @property
    def device(self) -> device:
        return device(HERE)

    @property
    def is_cuda(self) -> bool:
        return False

    @property
    def ndim(self) -> int:
        return len(super().shape)

    def dim(self) -> int:
        return self.ndim

    def ndimension(self) -> int:
        return self.ndim

    size = SizeProperty(SizeMethod)

    def numel(self) -> int:
        return self.shape.numel()

    def nelement(self) -> int:
        return self.numel()

    def element_size(self) -> int:
        return int(self.dtype.itemsize)

    def is_floating_point(self) -> bool:
        return bool(self.dtype.is_floating_point)

    def is_complex(self) -> bool:
        return bool(self.dtype.is_complex)

    # --- to Python and NumPy ---

    def item(self) -> Any:
        """The only element as a Python number; RuntimeError when there are more or none."""
        if self.numel() != 1:
            raise invalid(RuntimeError, f"a Tensor with {self.numel()} elements cannot be converted to Scalar")
        return host(self).reshape(())[()].item()

    def tolist(self) -> Any:
        return host(self).tolist()

    def numpy(self, *, force: bool = False) -> Any:
        """The elements as a NumPy array that shares this tensor's memory on CPU; RuntimeError when it requires grad."""
        if engine.requires_grad(self) and not force:
            raise invalid(RuntimeError, "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        if self.dtype == dtypes.bfloat16:
            raise invalid(TypeError, "Got unsupported ScalarType BFloat16")
        owner(self)._exported = True
        return elements(self)

    def __array__(self, dtype: Any = None) -> Any:
        array = self.numpy()
        return array if dtype is None else array.astype(dtype, copy=False)

    def __bool__(self) -> bool:
        if self.numel() != 1:
            few = "no values" if not self.numel() else "more than one value"
            raise invalid(RuntimeError, f"Boolean value of Tensor with {few} is ambiguous")
        return bool(self.item())

    def __float__(self) -> float:
        return float(self._scalar())

    def __int__(self) -> int:
        return int(self._scalar())

    def __complex__(self) -> complex:
        return complex(self._scalar())

    def _scalar(self) -> Any:
        if self.numel() != 1:
            raise invalid(ValueError, "only one element tensors can be converted to Python scalars")
        return self.item()

    def __index__(self) -> int:
        if self.numel() != 1 or self.dtype.category > dtypes.INTEGER:
            raise invalid(TypeError, "only integer tensors of a single element can be converted to an index")
        return int(self.item())

    def __len__(self) -> int:
        if not self.ndim:
            raise invalid(TypeError, "len() of a 0-d tensor")
        return int(self.shape[0])

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return display.text(self)

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """As a number where there is one element, unless a subclass has its own way of being shown."""
        return format(self.item(), spec) if not self.ndim and type(self) is Tensor else object.__format__(self, spec)

    # --- copies ---

    def clone(self, *, memory_format: Any = None) -> Tensor:
        if (order := formats.order_of(memory_format, self.ndim)) is not None:
            other: Tensor = laid_out(self, order)
            return other
        if not self.numel():
            from compat.torch_on_mindspore.emptiness import nothing

            empty: Tensor = nothing(tuple(self.shape), self)  # MindSpore's copy of no elements is the tensor itself
            return empty
        if not self.numel():  # MindSpore's copy of these is the tensor itself
            apart: Tensor = as_tensor(ops.zeros(tuple(self.shape), self.dtype))
            return apart
        found: Tensor = as_tensor(super().copy())
        return found

    def cpu(self, memory_format: Any = None) -> Tensor:
        check_device("torch.Tensor.cpu", "cpu")
        found: Tensor = in_format(self, memory_format)
        return found

    def contiguous(self, memory_format: Any = None) -> Tensor:
        if memory_format is not None and formats.order_of(memory_format, self.ndim) is not None:
            return self if lies_in(self, memory_format) else self.clone(memory_format=memory_format)
        if memory_format is formats.preserve_format:
            return self
        if self.is_contiguous():
            return self
        found: Tensor = as_tensor(super().contiguous())
        return found

    def to(self, *args: Any, **kwargs: Any) -> Tensor:
        """This tensor, in another dtype or the dtype of another tensor; UnsupportedArgument for another device.

        to(dtype, non_blocking, copy), to(device, dtype, non_blocking, copy) or to(tensor, non_blocking, copy).
        """
        names = destination(args[0]) if args else ()
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        unfit = len(given) != len(args) + len(kwargs) or not given.keys() <= TO_NAMES or (names[:1] == ("dtype",) and "device" in given)
        if unfit or not isinstance(given.get("non_blocking", False), bool) or not isinstance(given.get("copy", False), bool):
            raise invalid(TypeError, f"to() received an invalid combination of arguments: {len(args)} by place, and {sorted(kwargs)}")
        check_device("torch.Tensor.to", given.get("device"))
        wanted = given["tensor"].dtype if "tensor" in given else given.get("dtype")
        changed = self if wanted is None else cast(self, dtypes.kind_of(wanted))
        if given.get("copy") and changed is self:
            return changed.clone(memory_format=given.get("memory_format"))
        found: Tensor = in_format(changed, given.get("memory_format"))
        return found

    def type(self, dtype: Any = None) -> Any:
        if dtype is None:
            return f"torch.{self.dtype.tensor_type}Tensor"
        if isinstance(dtype, str):
            raise UnsupportedArgument("torch.Tensor.type", "dtype", dtype, "a torch.dtype")
        return cast(self, dtype)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if not self.is_leaf:
            raise invalid(
                RuntimeError,
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you "
                "were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
                "https://github.com/pytorch/pytorch/pull/103001",
            )
        made = self.detach().clone()
        made.__class__ = type(self)
        own = {name: value for name, value in self.__dict__.items() if name not in SHARING}
        made.__dict__.update(copy.deepcopy(own, memo))
        if self.requires_grad:
            made.requires_grad_()
        memo[id(self)] = made
        if self.grad is not None:
            made.grad = self.grad.clone()
        return made


TO_NAMES = {"tensor", "device", "dtype", "non_blocking", "copy", "memory_format"}


def destination(first: Any) -> tuple[str, ...]:
    """The names of the positional arguments of `to`, by the first one."""
    if isinstance(first, mindspore.Tensor):
        return ("tensor", "non_blocking", "copy")
    if isinstance(first, (str, int, device)) or first is None:
        return ("device", "dtype", "non_blocking", "copy")
    return ("dtype", "non_blocking", "copy")


dispatch.PLAIN_TENSORS.add(Tensor)
dispatch.PLAIN.update({Tensor, Size, device, dtypes.dtype})


def as_tensor(result: Any) -> Any:
    """The result of a MindSpore function as PyTorch's type: no copy, and the recorded history stays."""
    if type(result) is mindspore.Tensor:
        engine.record()
        result.__class__ = Tensor
        if engine.requires_grad(result) and dtypes.of(result).category < dtypes.FLOAT:
            # MindSpore records comparisons, casts to integers and indices too.
            return as_tensor(ops.stop_gradient(result))
        return result
    if isinstance(result, (tuple, list)):
        converted = [as_tensor(one) for one in result]
        return type(result)(*converted) if hasattr(result, "_fields") else type(result)(converted)
    return result


def with_own_storage(gradient: Any) -> Any:
    """A gradient that spans its storage, in order; None stays None.

    MindSpore's gradient of a matrix product is a transposed view, and that of `cat` a part of a larger tensor.
    """
    if gradient is None or (gradient.is_contiguous() and not gradient.storage_offset()):
        return gradient
    return as_tensor(mindspore.Tensor.copy(gradient))


def owner(tensor: Any) -> Any:
    """The tensor that spans, in order, the storage that `tensor` shares."""
    base = tensor
    while (above := base.__dict__.get("_base")) is not None:
        base = above
    found = base.__dict__.get("_owner")
    return base if found is None else found


def elements(tensor: Any) -> Any:
    """The elements as a NumPy array that shares the memory of `tensor`, on CPU."""
    whole = owner(tensor)
    if whole is tensor or not whole.is_contiguous():  # a result whose layout MindSpore chose is copied
        return tensor.asnumpy()
    # MindSpore would copy a view.
    flat = mindspore.Tensor.asnumpy(whole).reshape(-1)[tensor.storage_offset() :]
    return np.lib.stride_tricks.as_strided(flat, tuple(tensor.shape), [step * flat.itemsize for step in tensor.stride()])


def host(tensor: Any) -> Any:
    """The elements as a NumPy array, whatever the dtype and the history."""
    if tensor.dtype == mindspore.bfloat16:
        return ops.cast(tensor, mindspore.float32).asnumpy()
    return tensor.asnumpy()


def cast(tensor: Any, dtype: Any) -> Any:
    """`tensor` in `dtype`; the tensor itself when it already is."""
    kind = dtypes.of(tensor)
    return tensor if kind is dtype or kind == dtype else as_tensor(ops.cast(tensor, dtype))


def normal_dim(tensor: Any, dim: int, extra: int = 0) -> int:
    """`dim` counted from the front; IndexError when the tensor, with `extra` new dimensions, has no such one."""
    bound = max(tensor.ndim + extra, 1)
    if not -bound <= dim < bound:
        raise invalid(IndexError, f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {dim})")
    return int(dim % bound)


def lies_in(tensor: Any, memory_format: Any) -> bool:
    """Whether the elements of a tensor of the right rank lie in memory in this order."""
    order = formats.order_of(memory_format, tensor.ndim)
    return bool(mindspore.Tensor.is_contiguous(tensor if order is None else mindspore.Tensor.permute(tensor, order)))


def in_format(tensor: Any, memory_format: Any) -> Any:
    """`tensor`, or a copy if its elements lie in another order than asked for."""
    if memory_format is None or formats.order_of(memory_format, tensor.ndim) is None or lies_in(tensor, memory_format):
        return tensor
    return tensor.clone(memory_format=memory_format)


def laid_out(tensor: Any, order: tuple[int, ...]) -> Any:
    """A copy whose dimensions lie in memory in this order: a view of one that lies as usual. Operators do not keep the order."""
    back = sorted(range(len(order)), key=order.__getitem__)
    return tensor.permute(order).clone().permute(back)


def check_memory_format(api: str, memory_format: Any) -> None:
    """Raise UnsupportedArgument for another layout than PyTorch's default."""
    if memory_format is not None and str(memory_format) not in ("torch.contiguous_format", "torch.preserve_format"):
        raise UnsupportedArgument(api, "memory_format", memory_format, "None, the elements in order")
