"""New tensors: from data, filled, ranges, and random ones that follow PyTorch's stream."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes, random
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.descriptors import check_device
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.shaping import sizes
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, check_memory_format, host

ops = mindspore.ops

Shape = int | Sequence[int]


def finished(api: str, made: Any, requires_grad: bool, device: Any = None, layout: Any = None) -> Tensor:
    """`made` as a Tensor, with the options that all constructors share."""
    check_device(api, device)
    if layout is not None and str(layout) != "torch.strided":
        raise UnsupportedArgument(api, "layout", layout, "torch.strided")
    found: Tensor = as_tensor(made)
    if requires_grad and found.dtype.category < dtypes.FLOAT:
        raise invalid(RuntimeError, "Only Tensors of floating point and complex dtype can require gradients")
    return found.requires_grad_() if requires_grad else found


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """A copy of `data`. Python floats become the default dtype; NumPy arrays and scalars keep theirs."""
    if pin_memory:
        raise UnsupportedArgument("torch.tensor", "pin_memory", True, "False")
    made = data.detach().clone() if isinstance(data, Tensor) else from_array(array_of(data))
    return finished("torch.tensor", made if dtype is None else cast(made, dtype), requires_grad, device)


def array_of(data: Any) -> Any:
    """`data` as a NumPy array of a dtype that PyTorch would have inferred."""
    if isinstance(data, (np.ndarray, np.generic)):
        return np.array(data)
    if is_tensor(data):
        return host(data)
    plain = plain_data(data)
    try:
        array = np.array(plain)
    except ValueError as error:
        raise invalid(ValueError, f"expected sequence of equal length: {error}") from None
    if array.dtype == object:
        raise invalid(
            TypeError,
            f"not a sequence: {type(data).__name__}" if not np.iterable(data) else "new(): invalid data type 'object'",
        )
    if array.dtype.kind in "US":
        raise invalid(TypeError, f"new(): invalid data type '{type(data).__name__}'")
    if array.dtype == np.float64 and not holds_numpy(data):
        return array.astype(dtypes.get_default_dtype().name)
    return array.astype(np.complex64) if array.dtype == np.complex128 and not holds_numpy(data) else array


def plain_data(data: Any) -> Any:
    """Tensors inside lists become NumPy arrays."""
    if isinstance(data, (list, tuple)):
        return [plain_data(one) for one in data]
    return host(data) if is_tensor(data) else data


def holds_numpy(data: Any) -> bool:
    """Whether the first element is a NumPy scalar or array, whose dtype counts."""
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return isinstance(data, (np.ndarray, np.generic))


def from_array(array: Any) -> Any:
    """A tensor that holds a copy of `array`."""
    if array.dtype.name not in dtypes.BY_NAME:
        raise invalid(
            TypeError,
            f"can't convert np.ndarray of type numpy.{array.dtype.name}. The only supported types are: float64, float32, "
            "float16, complex64, complex128, int64, int32, int16, int8, uint8, and bool.",
        )
    return mindspore.Tensor(np.array(array, order="C"))


def as_tensor_public(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor, sharing memory where that is possible; `torch.as_tensor`."""
    check_device("torch.as_tensor", device)
    if isinstance(data, mindspore.Tensor):
        made = as_tensor(data)
    else:
        made = from_numpy(data) if isinstance(data, np.ndarray) else tensor(data)
    found: Tensor = made if dtype is None else cast(made, dtype)
    return found


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor that shares memory with the array; TypeError for what is not an array or has no such dtype."""
    if not isinstance(ndarray, np.ndarray):
        raise invalid(TypeError, f"expected np.ndarray (got {type(ndarray).__name__})")
    if ndarray.dtype.name not in dtypes.BY_NAME:
        from_array(ndarray)
    if not ndarray.flags.c_contiguous:
        raise UnsupportedArgument("torch.from_numpy", "ndarray", f"strides {ndarray.strides}", "C-contiguous arrays")
    found: Tensor = as_tensor(mindspore.Tensor.from_numpy(ndarray))
    return found


def default_float(dtype: Any) -> Any:
    return dtypes.get_default_dtype() if dtype is None else dtypes.OF[dtype]


def filled(shape: tuple[int, ...], value: Any, kind: Any) -> Any:
    """A tensor of one value. NumPy makes it: MindSpore's `full` has no kernel for several dtypes on CPU."""
    if any(size < 0 for size in shape):
        raise invalid(RuntimeError, f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    if kind == dtypes.bfloat16:
        return ops.cast(mindspore.Tensor(np.full(shape, value, np.float32)), kind)
    return mindspore.Tensor(np.full(shape, value, kind.name))


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, layout: Any = None) -> Tensor:
    return finished("torch.zeros", filled(sizes(size), 0, default_float(dtype)), requires_grad, device, layout)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, layout: Any = None) -> Tensor:
    return finished("torch.ones", filled(sizes(size), 1, default_float(dtype)), requires_grad, device, layout)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, layout: Any = None) -> Tensor:
    """Zeros: nothing may depend on what an empty tensor holds."""
    return finished("torch.empty", filled(sizes(size), 0, default_float(dtype)), requires_grad, device, layout)


def full(size: Shape, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    value = fill_value.item() if is_tensor(fill_value) else fill_value
    kind = dtypes.of_scalar(value) if dtype is None else dtypes.OF[dtype]
    shape = (size,) if isinstance(size, int) else tuple(size)
    return finished("torch.full", filled(shape, value, kind), requires_grad, device)


def full_like(
    input: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:  # fmt: skip
    check_memory_format("torch.full_like", memory_format)
    made = filled(tuple(input.shape), fill_value, dtypes.OF[dtype or input.dtype])
    return finished("torch.full_like", made, requires_grad, device)


def zeros_like(input: Any, **options: Any) -> Tensor:
    return full_like(input, 0, **options)


def ones_like(input: Any, **options: Any) -> Tensor:
    return full_like(input, 1, **options)


def empty_like(input: Any, **options: Any) -> Tensor:
    return full_like(input, 0, **options)


def rand_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return rand(*input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def randn_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return randn(*input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def new_full(input: Any, size: Shape, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return full(size, fill_value, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def new_zeros(input: Any, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return zeros(*size, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def new_ones(input: Any, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return ones(*size, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def new_tensor(input: Any, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return tensor(data, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """start, start + step, … below end; int64 when all three are integers."""
    if end is None:
        start, end = 0, start
    if step == 0:
        raise invalid(RuntimeError, "step must be nonzero")
    if (end - start) * step < 0:
        raise invalid(RuntimeError, "upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(one, int) for one in (start, end, step))
    kind = (dtypes.int64 if whole else dtypes.get_default_dtype()) if dtype is None else dtypes.OF[dtype]
    count = math.ceil((end - start) / step)
    numbers = start + np.arange(count, dtype=np.int64 if whole else np.float64) * step
    return finished("torch.arange", cast(as_tensor(mindspore.Tensor(numbers)), kind), requires_grad, device)


def linspace(start: float, end: float, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`steps` numbers from start to end, both included, counted from the nearer end as PyTorch does."""
    if steps < 0:
        raise invalid(RuntimeError, "number of steps must be non-negative")
    kind = default_float(dtype)
    number: Any = np.float64 if kind == dtypes.float64 else np.float32
    step = number(end - start) / number(max(steps - 1, 1))
    at = np.arange(steps)
    values = np.where(at < steps / 2, number(start) + step * at.astype(number), number(end) - step * (steps - 1 - at).astype(number))
    return finished("torch.linspace", random.stored(values.astype(number), (steps,), kind), requires_grad, device)


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    made = random.stored(np.eye(n, m), (n, n if m is None else m), default_float(dtype))
    return finished("torch.eye", made, requires_grad, device)


def rand(*size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Uniform numbers in [0, 1), the same as PyTorch's for the same seed."""
    made = random.uniform_numbers(sizes(size), default_float(dtype), 0.0, 1.0, generator)
    return finished("torch.rand", made, requires_grad, device)


def randn(*size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Standard normal numbers, PyTorch's for the same seed to the last bit or two."""
    made = random.normal_numbers(sizes(size), default_float(dtype), 0.0, 1.0, generator)
    return finished("torch.randn", made, requires_grad, device)


def normal(mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, dtype: Any = None) -> Tensor:
    """Normal numbers with this mean and standard deviation, numbers or tensors."""
    if size is not None:
        return random.normal_numbers(sizes((size,)), default_float(dtype), mean, std, generator)
    shape = np.broadcast_shapes(*(tuple(one.shape) for one in (mean, std) if is_tensor(one)))
    kind = (mean if is_tensor(mean) else std).dtype
    found: Tensor = random.normal_numbers(shape, kind, 0.0, 1.0, generator) * std + mean
    return found


def randint(
    low: int, high: Any, size: Any = None, *, generator: Any = None, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Integers in [low, high): `randint(high, size)` or `randint(low, high, size)`."""
    if size is None:
        low, high, size = 0, low, high
    kind = dtypes.int64 if dtype is None else dtypes.OF[dtype]
    return finished("torch.randint", random.integer_numbers(tuple(size), kind, low, high, generator), requires_grad, device)


def randperm(n: int, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """0 … n-1 in PyTorch's random order."""
    kind = dtypes.int64 if dtype is None else dtypes.OF[dtype]
    made = random.stored(random.chosen(generator).permutation(n), (n,), kind)
    return finished("torch.randperm", made, requires_grad, device)


def bernoulli(input: Any, p: float | None = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that the element is, or with probability p, else 0."""
    chance = host(input) if p is None else p
    drawn = random.chosen(generator).fractions(input.numel(), double=True).reshape(tuple(input.shape)) < chance
    return random.stored(drawn, tuple(input.shape), input.dtype)


def one_hot(input: Any, num_classes: int = -1) -> Tensor:
    """int64 vectors of zeros with a one at each class; RuntimeError for a class that is negative or too large."""
    classes = host(input)
    if input.dtype != dtypes.int64:
        raise invalid(RuntimeError, "one_hot is only applicable to index tensor of type LongTensor.")
    if classes.size and classes.min() < 0:
        raise invalid(RuntimeError, "Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    elif classes.size and classes.max() >= num_classes:
        raise invalid(RuntimeError, "Class values must be smaller than num_classes.")
    return random.stored(np.eye(num_classes)[classes], (*input.shape, num_classes), dtypes.int64)
