"""mindspore.Tensor as a subclass of torch.Tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import (
    context,
    dtypes,
    elementwise,
    filling,
    indexed,
    late_methods,
    ordering,
    printing,
    products,
    reductions,
    shaping,
)
from compat.mindspore_on_torch.meanings import MindSporeMeaning, plain_torch
from compat.mindspore_on_torch.protocol import Protocol, checked_flag

torch: Any = frameworks.load("torch")

AMBIGUOUS = "The tensor should have only one element, but got {}, more than one element is ambiguous."
NOT_SCALAR = "Only one element tensors can be converted to Python scalars"
ACCEPTED = (np.ndarray, np.generic, list, tuple, float, int, bool, complex)


def as_tensor(result: Any) -> Any:
    """What a PyTorch function returned, as our Tensor: the same object, so views, leaves and the graph stay.

    A tuple or list is converted element by element; anything else passes. 0.1 µs, against 1 µs for `as_subclass`.
    """
    kind = type(result)
    if kind is Tensor:
        return result
    if kind is torch.Tensor:
        result.__class__ = Tensor
    elif kind is tuple or kind is list:
        return kind(as_tensor(item) for item in result)
    elif isinstance(result, tuple) and kind.__module__ == "torch.return_types":
        return tuple(as_tensor(item) for item in result)
    return result


def run_plain(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call PyTorch code so that it meets our tensors as its own: for instance the `forward` of a torch.nn.Module."""
    with plain_torch():
        result = function(*args, **kwargs)
    return as_tensor(result)


def from_data(data: Any) -> Any:
    """A torch tensor with a copy of `data`: an array keeps its type, Python floats become float32, integers int64."""
    if isinstance(data, torch.Tensor):
        return data.detach().clone()
    if not isinstance(data, ACCEPTED):
        reason = f"For 'Tensor', the type of 'input_data' should be one of {[kind.__name__ for kind in ACCEPTED]}"
        raise errors.invalid(TypeError, f"{reason}, but got type {type(data).__name__!r}.")
    if isinstance(data, (list, tuple)) and any(isinstance(item, torch.Tensor) for item in data):
        return torch.stack([from_data(item) for item in data])
    try:
        array = np.array(data)
        if not isinstance(data, (np.ndarray, np.generic)):
            array = array.astype({"f": np.float32, "i": np.int64, "u": np.int64}.get(array.dtype.kind, array.dtype))
        return torch.from_numpy(array)
    except (TypeError, ValueError) as error:
        raise errors.invalid(TypeError, f"For 'Tensor', the input_data is {data!r} that contain unsupported element.") from error


def initialised(shape: Any, dtype: Any, init: Any) -> Any:
    """A torch tensor of `shape` that `init` filled (zeros without one)."""
    if shape is None or dtype is None:
        raise errors.invalid(ValueError, "init, dtype and shape must have values at the same time.")
    lengths = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    kind = dtypes.checked("Tensor", dtype)
    array = np.zeros(lengths, kind.numpy or np.float32)
    if init is not None and not callable(init):
        raise errors.invalid(TypeError, f"For 'Tensor', 'init' must be an Initializer, but got {init!r}; initializer() takes names")
    if init is not None:
        init(array)
    return torch.from_numpy(array).to(kind.torch)


def binary_method(operation: Callable[[Any, Any], Any], swapped: bool = False) -> MindSporeMeaning:
    """An operator method; an operand that is no number or tensor is left to Python, and an array is a TypeError."""

    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, (torch.Tensor, int, float, complex)):
            other = operand(other)
            if other is NotImplemented:
                return NotImplemented
        # As plain PyTorch from here on: every look at `ndim` or `dtype` would be dispatched otherwise.
        return run_plain(operation, other, self) if swapped else run_plain(operation, self, other)

    return MindSporeMeaning(method)


def operand(value: Any) -> Any:
    """A list or tuple of numbers is a tensor to MindSpore's operators, and a NumPy scalar is a number."""
    if isinstance(value, np.ndarray):
        raise errors.invalid(TypeError, "a Tensor and a NumPy array do not mix: use asnumpy() on the one or Tensor() on the other")
    if isinstance(value, np.generic):
        return value.item()
    return Tensor(value) if isinstance(value, (list, tuple)) and value else NotImplemented


def extreme_method(name: str) -> Any:
    """Tensor.max or min: `max(1)` and `max(dim=1)` give (values, indices), `max()` and `max(axis=1)` the values."""
    pair = getattr(reductions, name)
    values = getattr(reductions, f"a{name}")

    def method(self: Any, *args: Any, return_indices: bool = False, **kwargs: Any) -> Any:
        if return_indices or (args and isinstance(args[0], int)) or "dim" in kwargs:
            return pair(self, *args, **kwargs)
        if not self.numel():
            raise errors.invalid(ValueError, f"mindspore.Tensor.{name}: an input without elements has no {name}")
        if (args and args[0] is not None) or kwargs.get("axis") is not None:
            return values(self, *args, **kwargs)
        bounds = {"initial": None, "where": None}  # without an axis MindSpore looks at neither
        return values(self, *args, **{**kwargs, **bounds}) if args or kwargs else getattr(torch, name)(self)

    method.__name__ = name
    return MindSporeMeaning(method)


def to_dtype(self: Any, dtype: Any = None, copy: bool = True) -> Any:
    """Tensor.astype: a data type, its name, or NumPy's or Python's type for it."""
    found = dtypes.find(dtype)
    if found is None:
        raise errors.invalid(TypeError, f"For Tensor.astype, the input type must be a dtype or its name, but got {dtype!r}.")
    converted = self.to(found.torch)
    return converted.clone() if copy and converted is self else converted


def takes_types(name: str) -> MindSporeMeaning:
    """PyTorch's method of this name, for MindSpore's data types."""
    original = getattr(torch.Tensor, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = [item.torch if isinstance(item, dtypes.Type) else item for item in args]
        named = {name: item.torch if isinstance(item, dtypes.Type) else item for name, item in kwargs.items()}
        return original(self, *given, **named)

    return MindSporeMeaning(method)


def type_method(self: Any, dtype: Any = None) -> Any:
    """Tensor.type: the name of the data type, or the tensor in another one."""
    return str(dtype_of(self)) if dtype is None else to_dtype(self, dtype)


def device_of(self: Any) -> str:
    """Tensor.device: "CPU" or "GPU:0"."""
    with plain_torch():
        place = torch.Tensor.device.__get__(self)
    return "CPU" if place.type == "cpu" else f"{place.type.upper().replace('CUDA', 'GPU')}:{place.index or 0}"


def forward_steps(tensor: Any, index: Any) -> tuple[Any, Any]:
    """PyTorch has no negative steps: the same selection, on a tensor flipped along the axes that have one."""
    items = index if isinstance(index, tuple) else (index,)
    backward = [axis for axis, item in enumerate(items) if isinstance(item, slice) and (item.step or 1) < 0]
    if not backward or not all(isinstance(item, (int, slice)) for item in items):
        return tensor, index
    chosen: list[Any] = list(items)
    for axis in backward:
        picked: range = range(tensor.shape[axis])[chosen[axis]]
        first = tensor.shape[axis] - 1 - picked.start
        chosen[axis] = slice(first, first + len(picked) * -picked.step, -picked.step)
    return torch.flip(tensor, backward), tuple(chosen)


def dtype_of(self: Any) -> dtypes.Type:
    """Tensor.dtype: equal to PyTorch's type, and printed as MindSpore's."""
    with plain_torch():
        return dtypes.FROM_TORCH[torch.Tensor.dtype.__get__(self)]


def shape_of(self: Any) -> tuple[int, ...]:
    """Tensor.shape: a plain tuple."""
    with plain_torch():
        return tuple(torch.Tensor.shape.__get__(self))


def strides_of(self: Any, dim: int | None = None) -> Any:
    """Tensor.stride: a list, or the entry `dim` of it."""
    with plain_torch():
        steps = list(torch.Tensor.stride(self))
    return steps if dim is None else steps[dim]


def real_part(self: Any) -> Any:
    """Tensor.real: the real part; a method in MindSpore."""
    return run_plain(torch.real, self)


def imaginary_part(self: Any) -> Any:
    """Tensor.imag: the imaginary part, zeros for a real tensor; a method in MindSpore."""
    return run_plain(torch.imag, self) if run_plain(torch.is_complex, self) else run_plain(torch.zeros_like, self)


def single(tensor: Any, message: str) -> Any:
    """The value of a tensor of one element as a Python number; ValueError with `message` for any other."""
    with plain_torch():
        if tensor.numel() != 1:
            raise errors.invalid(ValueError, message.format(tensor.numel()))
        return torch.Tensor.item(tensor)


class Tensor(Protocol, torch.Tensor):
    """mindspore.Tensor(input_data=None, dtype=None, shape=None, init=None): its data is copied.

    Every function of PyTorch takes it and returns it. A member that both define differently is a MindSporeMeaning.
    """

    def __new__(
        cls, input_data: Any = None, dtype: Any = None, shape: Any = None, init: Any = None,
        const_arg: bool = False, device: Any = None,
    ) -> Any:  # fmt: skip
        checked_flag("Tensor", const_arg)
        if input_data is None and (shape is not None or init is not None):
            if init is None and None in (shape if isinstance(shape, (tuple, list)) else (shape,)):
                return Unfilled(shape, dtype)
            data = initialised(shape, dtype, init)
        elif shape is not None or init is not None:
            raise errors.invalid(ValueError, "When initializing a tensor with 'input_data', 'shape' and 'init' should be None.")
        else:
            data = from_data(input_data)
        if dtype is not None:
            data = data.to(dtypes.checked("Tensor", dtype).torch)
        made = as_tensor(data.to(torch.get_default_device() if device is None else context.torch_device(str(device))))
        if init is not None:
            made.init = init
        if const_arg:
            made.const_arg = const_arg
        return made

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func` as plain PyTorch and make its results Tensors, also those of Parameters."""
        return run_plain(func, *args, **(kwargs or {}))

    dtype = MindSporeMeaning(property(dtype_of))
    shape = MindSporeMeaning(property(shape_of))
    size = MindSporeMeaning(property(torch.Tensor.numel))
    T = MindSporeMeaning(property(shaping.transpose_method))
    strides = property(lambda self: tuple(step * self.itemsize for step in strides_of(self)))

    def asnumpy(self) -> np.ndarray[Any, Any]:
        """The values as an array that shares memory when the tensor is in host memory; bfloat16 becomes float32."""
        return printing.to_array(self)[0]

    numpy = MindSporeMeaning(asnumpy)

    astype = to_dtype
    type = MindSporeMeaning(type_method)
    device = MindSporeMeaning(property(device_of))

    def copy(self) -> Any:
        """A tensor with its own memory; gradients pass through."""
        return self.clone()

    reshape = MindSporeMeaning(shaping.reshape_method)
    transpose = MindSporeMeaning(shaping.transpose_method)
    expand_dims = shaping.expand_dims
    broadcast_to = MindSporeMeaning(shaping.broadcast_to_method)
    squeeze = MindSporeMeaning(shaping.squeeze)
    flatten = MindSporeMeaning(shaping.flatten_method)
    gather = MindSporeMeaning(shaping.gather_method)

    resize, reverse = MindSporeMeaning(shaping.resize_method), shaping.reverse
    choose, itemset, fill, fills = indexed.choose, indexed.itemset, filling.fill, filling.fills

    sum = MindSporeMeaning(reductions.sum)
    mean = MindSporeMeaning(reductions.mean_method)
    prod = MindSporeMeaning(reductions.prod)
    std = MindSporeMeaning(reductions.with_correction(reductions.std))
    var = MindSporeMeaning(reductions.with_correction(reductions.var))
    all = MindSporeMeaning(reductions.all)
    any = MindSporeMeaning(reductions.any)
    argmax = MindSporeMeaning(reductions.argmax)
    argmin = MindSporeMeaning(reductions.argmin)
    max, min = extreme_method("max"), extreme_method("min")
    argmax_with_value, argmin_with_value = ordering.argmax_with_value, ordering.argmin_with_value
    ptp, searchsorted, trace = reductions.ptp, ordering.searchsorted, MindSporeMeaning(reductions.trace)
    aminmax, median = MindSporeMeaning(ordering.aminmax), MindSporeMeaning(ordering.median)
    nanmedian = MindSporeMeaning(ordering.nanmedian)
    sort, argsort, topk = (MindSporeMeaning(item) for item in (ordering.sort_method, ordering.argsort_method, ordering.topk))
    stride, real, imag = MindSporeMeaning(strides_of), MindSporeMeaning(real_part), MindSporeMeaning(imaginary_part)
    cummin, count_nonzero = MindSporeMeaning(ordering.cummin), MindSporeMeaning(ordering.count_nonzero)
    norm, svd, diag = MindSporeMeaning(ordering.norm), MindSporeMeaning(ordering.svd), MindSporeMeaning(ordering.diag_method)

    abs, absolute = MindSporeMeaning(elementwise.abs), MindSporeMeaning(elementwise.absolute)
    addr, bincount = MindSporeMeaning(products.addr_method), MindSporeMeaning(ordering.bincount)
    equal, maximum, minimum = (MindSporeMeaning(item) for item in (elementwise.equal, elementwise.maximum, elementwise.minimum))
    cumsum = MindSporeMeaning(reductions.cumsum)
    new_zeros, new_ones, new_full, new_empty, softmax = (
        takes_types(name) for name in ("new_zeros", "new_ones", "new_full", "new_empty", "softmax")
    )

    __add__, __radd__ = binary_method(elementwise.add), binary_method(elementwise.add, swapped=True)
    __sub__, __rsub__ = binary_method(elementwise.sub), binary_method(elementwise.sub, swapped=True)
    __mul__, __rmul__ = binary_method(elementwise.mul), binary_method(elementwise.mul, swapped=True)
    __truediv__, __rtruediv__ = (
        binary_method(elementwise.true_divide),
        binary_method(elementwise.true_divide, swapped=True),
    )
    __pow__, __rpow__ = binary_method(elementwise.pow), binary_method(elementwise.pow, swapped=True)
    __floordiv__ = binary_method(elementwise.floor_divide)
    __rfloordiv__ = binary_method(elementwise.floor_divide, swapped=True)
    __mod__, __rmod__ = binary_method(elementwise.remainder), binary_method(elementwise.remainder, swapped=True)
    __eq__, __ne__ = binary_method(elementwise.equal), binary_method(elementwise.not_equal)
    __lt__, __le__ = binary_method(elementwise.less), binary_method(elementwise.less_equal)
    __gt__, __ge__ = binary_method(elementwise.greater), binary_method(elementwise.greater_equal)
    __hash__ = torch.Tensor.__hash__
    # Augmented assignment gives a new tensor, as MindSpore does on CPU. Each needs a descriptor of its own: PyTorch's
    # code must get `__iadd__` for `+=` and not for `+`.
    __iadd__, __isub__ = binary_method(elementwise.add), binary_method(elementwise.sub)
    __imul__, __itruediv__ = binary_method(elementwise.mul), binary_method(elementwise.true_divide)
    __ifloordiv__, __imod__ = binary_method(elementwise.floor_divide), binary_method(elementwise.remainder)
    __ipow__ = binary_method(elementwise.pow)
    __matmul__ = MindSporeMeaning(shaping.matmul)
    matmul = MindSporeMeaning(shaping.matmul_method)

    def __getitem__(self, index: Any) -> Any:
        return torch.Tensor.__getitem__(*forward_steps(self, index))

    def __setitem__(self, index: Any, value: Any) -> None:
        with torch.set_grad_enabled(torch.is_grad_enabled() and not (self.is_leaf and self.requires_grad)):
            torch.Tensor.__setitem__(self, index, value)

    def __bool__(self) -> bool:
        return bool(single(self, AMBIGUOUS))

    def __float__(self) -> float:
        return float(single(self, NOT_SCALAR))

    def __int__(self) -> int:
        return int(single(self, NOT_SCALAR))

    def item(self) -> Any:
        """The value of a tensor of one element, as a Python number; ValueError for any other."""
        return single(self, AMBIGUOUS)

    def __len__(self) -> int:
        if self.ndim == 0:
            raise errors.invalid(TypeError, "Not support len of a 0-D tensor")
        return int(self.shape[0])

    def __repr__(self, **_: Any) -> str:
        with torch._C.DisableTorchFunction():  # also for modes: a Cell's mixed precision does not change what is shown
            return printing.to_repr(self, str(dtype_of(self)))

    def __str__(self) -> str:
        with torch._C.DisableTorchFunction():
            return printing.to_str(self)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copied = self.detach().clone().requires_grad_(self.requires_grad and self.is_leaf)
        memo[id(self)] = copied
        return copied

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return rebuilt, (torch.Tensor.detach(self).as_subclass(torch.Tensor),)


late_methods.attach(Tensor)


class Unfilled(Tensor):
    """Tensor(shape=[None, 3], dtype=...): a type and a shape with free lengths (-1), for Cell.set_inputs. It has no values."""

    def __new__(cls, shape: Any, dtype: Any) -> Any:
        made = torch.empty(0, dtype=dtypes.checked("Tensor", dtype).torch).as_subclass(cls)
        made.lengths = tuple(-1 if length is None else length for length in (shape if isinstance(shape, (tuple, list)) else (shape,)))
        return made

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in (torch.Tensor.as_subclass, torch.Tensor.shape.__get__, torch.Tensor.dtype.__get__):
            return super().__torch_function__(func, types, args, kwargs)
        raise errors.invalid(ValueError, "a Tensor with a free length in its shape has no values")

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths; -1 is free."""
        return tuple(self.lengths)

    def __repr__(self, **_: Any) -> str:
        return f"Tensor(shape={list(self.shape)}, dtype={dtype_of(self)}, value=\n)"

    __str__ = __repr__


def attach(methods: list[Callable[..., Any]]) -> None:
    """Give the class these methods, for callers outside of PyTorch's own code."""
    for method in methods:
        meaning = MindSporeMeaning(method)
        meaning.__set_name__(Tensor, method.__name__)
        setattr(Tensor, method.__name__, meaning)


def rebuilt(data: Any) -> Any:
    """A Tensor out of its pickle."""
    return as_tensor(data)


def tensor(input_data: Any = None, dtype: Any = None, shape: Any = None, init: Any = None, const_arg: bool = False) -> Any:
    """mindspore.tensor: the same as Tensor(...)."""
    return Tensor(input_data, dtype, shape, init, const_arg)


def from_numpy(array: np.ndarray[Any, Any]) -> Any:
    """mindspore.from_numpy: a Tensor that shares the array's memory; a copy of an array that does not lie in C order."""
    if not isinstance(array, np.ndarray):
        raise errors.invalid(TypeError, "Expected a NumPy array.")
    return as_tensor(torch.from_numpy(np.ascontiguousarray(array)))


Tensor.from_numpy = staticmethod(from_numpy)


def is_tensor(obj: Any) -> bool:
    """mindspore.is_tensor."""
    return isinstance(obj, Tensor)
