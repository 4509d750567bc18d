"""New tensors: from data, filled, ranges, and random ones that follow PyTorch's stream."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes, random
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.descriptors import Size, check_device
from compat.torch_on_mindspore.dtypes import kind_of
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.shaping import sizes
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host, in_format

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
    made = data.detach().clone() if isinstance(data, Tensor) else from_array(array_of(data, dtype))
    return finished("torch.tensor", made if dtype is None else cast(made, dtype), requires_grad, device)


def array_of(data: Any, dtype: Any = None) -> Any:
    """`data` as a NumPy array of a dtype that PyTorch would have inferred, or in full precision where a `dtype` is wanted."""
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
    if dtype is not None and array.dtype.kind in "fc":
        return array.astype(dtype.name) if dtype.is_complex else array
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


def as_tensor_public(data: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor, sharing memory where that is possible; `torch.as_tensor`."""
    check_device("torch.as_tensor", device)
    if isinstance(data, mindspore.Tensor):
        made = as_tensor(data)
    else:
        made = from_numpy(data) if isinstance(data, np.ndarray) else tensor(data, dtype=None if dtype is None else kind_of(dtype))
    found: Tensor = made if dtype is None else cast(made, kind_of(dtype))
    return found


def asarray(obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False) -> Tensor:
    """`obj` as a tensor: never a copy with copy=False, always one with copy=True."""
    found = as_tensor_public(obj, dtype=dtype, device=device)
    shared = is_tensor(obj) or isinstance(obj, np.ndarray)
    if copy is False and not (shared and (dtype is None or found.dtype == obj.dtype)):
        raise invalid(ValueError, "can't alias " + ("tensor with dtype" if shared else "arbitrary sequence into a tensor."))
    if copy and shared:
        found = found.clone()
    if not requires_grad and found.requires_grad:
        found = found.detach()
    return found.requires_grad_() if requires_grad and not found.requires_grad else found


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


def filled(shape: tuple[int, ...], value: Any, kind: Any) -> Any:
    """A tensor of one value. NumPy makes it: MindSpore's `full` has no kernel for several dtypes on CPU."""
    if any(size < 0 for size in shape):
        raise invalid(RuntimeError, f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    if kind == dtypes.bfloat16:
        return ops.cast(mindspore.Tensor(np.full(shape, value, np.float32)), kind)
    return mindspore.Tensor(np.full(shape, value, kind.name))


def factory(build: Callable[..., Any]) -> Callable[..., Tensor]:
    """`build(…, kind=dtype or None)` as a constructor with the options that all constructors share."""
    api = f"torch.{build.__name__}"

    @functools.wraps(build)
    def function(
        *args: Any, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
        memory_format: Any = None, **kwargs: Any,
    ) -> Tensor:  # fmt: skip
        if pin_memory:
            raise UnsupportedArgument(api, "pin_memory", True, "False")
        made = build(*args, kind=None if dtype is None else kind_of(dtype), **kwargs)
        if memory_format is not None:
            made = in_format(as_tensor(made), memory_format)
        return finished(api, made, requires_grad, device, layout)

    return function


def shape_of(given: tuple[Any, ...], size: Any, name: str = "new") -> tuple[int, ...]:
    """The shape from `f(2, 3)`, `f((2, 3))` or `f(size=(2, 3))`; TypeError for anything else."""
    shape = given if size is None else (size,)
    if not shape:
        raise invalid(TypeError, f'{name}() missing 1 required positional arguments: "size"')
    for one in shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape:
        if isinstance(one, (float, str, tuple, list)) or one is None:
            raise invalid(TypeError, f"{name}(): argument 'size' must be tuple of ints, not {type(one).__name__}")
    return sizes(shape)


def number(value: Any, name: str = "") -> Any:
    """A 0-d tensor as the number in it; TypeError, in the name of a function, for what is no number."""
    if is_tensor(value):
        return value.item()
    if not isinstance(value, (int, float, complex, np.generic)):
        raise invalid(TypeError, f"{name}{'(): ' * bool(name)}argument must be Number, not {type(value).__name__}")
    return value


@factory
def zeros(*given: Any, size: Any = None, kind: Any) -> Any:
    return filled(shape_of(given, size, "zeros"), 0, kind or dtypes.get_default_dtype())


@factory
def ones(*given: Any, size: Any = None, kind: Any) -> Any:
    return filled(shape_of(given, size, "ones"), 1, kind or dtypes.get_default_dtype())


@factory
def empty(*given: Any, size: Any = None, kind: Any) -> Any:
    """Zeros: nothing may depend on what an empty tensor holds."""
    return filled(shape_of(given, size, "empty"), 0, kind or dtypes.get_default_dtype())


@factory
def empty_strided(size: Any, stride: Any, *, kind: Any) -> Any:
    """Zeros in this shape and layout."""
    if len(size) != len(stride):
        raise invalid(RuntimeError, f"mismatch in length of strides and shape. Shape has length {len(size)}, strides {len(stride)}")
    count = 0 if 0 in size else 1 + sum((one - 1) * step for one, step in zip(size, stride, strict=True))
    base = as_tensor(filled((count,), 0, kind or dtypes.get_default_dtype()))
    return base.as_strided(tuple(size), tuple(stride))


@factory
def empty_permuted(size: Any, physical_layout: Any, *, kind: Any) -> Any:
    """Zeros in this shape, with the dimensions in this order in memory."""
    order = [int(one) for one in physical_layout]
    if sorted(order) != list(range(len(size))):
        raise invalid(
            RuntimeError, f"Number of dimensions in size does not match the length of the physical_layout or it has duplicates: {order}"
        )
    made = as_tensor(filled(tuple(size[one] for one in order), 0, kind or dtypes.get_default_dtype()))
    return made.permute(tuple(np.argsort(order).tolist()))


@factory
def full(size: Shape, fill_value: Any, *, kind: Any) -> Any:
    value = number(fill_value)
    return filled((size,) if isinstance(size, int) else tuple(size), value, kind or dtypes.of_scalar(value))


@factory
def full_like(input: Any, fill_value: Any, *, kind: Any) -> Any:
    return filled(tuple(input.shape), number(fill_value), kind or input.dtype)


@factory
def zeros_like(input: Any, *, kind: Any) -> Any:
    return filled(tuple(input.shape), 0, kind or input.dtype)


@factory
def ones_like(input: Any, *, kind: Any) -> Any:
    return filled(tuple(input.shape), 1, kind or input.dtype)


@factory
def empty_like(input: Any, *, kind: Any) -> Any:
    """Zeros: nothing may depend on what an empty tensor holds."""
    return filled(tuple(input.shape), 0, kind or input.dtype)


@factory
def new_full(input: Any, size: Shape, fill_value: Any, *, kind: Any) -> Any:
    return filled((size,) if isinstance(size, int) else tuple(size), number(fill_value), kind or input.dtype)


@factory
def new_zeros(input: Any, *given: Any, size: Any = None, kind: Any) -> Any:
    return filled(shape_of(given, size), 0, kind or input.dtype)


@factory
def new_ones(input: Any, *given: Any, size: Any = None, kind: Any) -> Any:
    return filled(shape_of(given, size), 1, kind or input.dtype)


@factory
def new_empty_strided(input: Any, size: Any, stride: Any, *, kind: Any) -> Any:
    return empty_strided(size, stride, dtype=kind or input.dtype)


@factory
def new_empty(input: Any, *given: Any, size: Any = None, kind: Any) -> Any:
    """Zeros: nothing may depend on what an empty tensor holds."""
    return filled(shape_of(given, size), 0, kind or input.dtype)


def new_tensor(input: Any, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return tensor(data, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def new(input: Any, *data: Any, device: Any = None) -> Tensor:
    """The legacy constructor in the dtype of `input`: of zeros for sizes, otherwise from data."""
    if all(isinstance(one, int) for one in data):
        return new_zeros(input, *(data or (0,)), device=device)
    (content,) = data
    return new_zeros(input, tuple(content), device=device) if isinstance(content, Size) else new_tensor(input, content, device=device)


@factory
def scalar_tensor(s: Any, *, kind: Any) -> Any:
    """A 0-d tensor in the default dtype unless told."""
    return filled((), number(s), kind or dtypes.get_default_dtype())


@factory
def arange(*places: Any, kind: Any, **named: Any) -> Any:
    """start, start + step, … below end; int64 when all three are integers. `arange(end)`, or start, end and step."""
    start, end, step = bounds_of_range(*places, **named)
    start, end, step = number(start), number(end), number(step)
    if step == 0:
        raise invalid(RuntimeError, "step must be nonzero")
    if not all(map(math.isfinite, (start, end))):
        raise invalid(RuntimeError, f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise invalid(RuntimeError, "upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(one, int) for one in (start, end, step))
    kind = kind or (dtypes.int64 if whole else dtypes.get_default_dtype())
    if kind.category == dtypes.INTEGER and not whole:
        start, end, step, whole = int(start), math.ceil(end), int(step), True
        if not step:
            raise invalid(ValueError, "step must be nonzero")
    count = math.ceil((end - start) / step) if not whole else -((start - end) // step)
    numbers = start + np.arange(count, dtype=np.int64 if whole else np.float64) * step
    return random.stored(numbers, (count,), kind)


def bounds_of_range(*places: Any, **named: Any) -> tuple[Any, Any, Any]:
    """start, end and step of a call of arange; TypeError for one that is none of PyTorch's two forms."""
    names = ("end",) if len(places) == 1 and not named else ("start", "end", "step")
    found = dict(zip(names, places, strict=False)) | named
    unknown = named.keys() - set(names[len(places) :])
    if len(places) > 3 or unknown or "end" not in found or ("step" in found and "start" not in found):
        kinds = ", ".join([*(type(one).__name__ for one in places), *(f"{name}={type(one).__name__}" for name, one in named.items())])
        raise invalid(
            TypeError, f"arange() received an invalid combination of arguments - got ({kinds}); expected end, or start, end, step"
        )
    return found.get("start", 0), found["end"], found.get("step", 1)


@factory
def range_(start: Any, end: Any, step: Any = 1, *, kind: Any) -> Any:
    """start, start + step, … up to end, which is included."""
    if step == 0 or (end - start) * step < 0:
        raise invalid(RuntimeError, "upper bound and lower bound inconsistent with step sign" if step else "step must be nonzero")
    count = math.floor((end - start) / step) + 1
    return random.stored(start + np.arange(count) * step, (count,), kind or dtypes.get_default_dtype())


def spaced(name: str, start: Any, end: Any, steps: int, kind: Any) -> Any:
    """`steps` numbers from start to end, both included, counted from the nearer end as PyTorch does."""
    if isinstance(steps, (float, str)):
        raise invalid(TypeError, f"{name}(): argument 'steps' must be int, not {type(steps).__name__}")
    if steps < 0:
        raise invalid(RuntimeError, "number of steps must be non-negative")
    start, end = number(start, name), number(end, name)
    if any(isinstance(one, complex) for one in (start, end)) and kind.category != dtypes.COMPLEX:
        raise invalid(RuntimeError, f"{name}() inferred dtype ComplexFloat can't be safely cast to passed dtype {kind.tensor_type}")
    if kind.category == dtypes.COMPLEX:
        return np.linspace(start, end, steps)
    if kind.category == dtypes.INTEGER:
        start, end = int(start), int(end)
    one: Any = {dtypes.float16: np.float16, dtypes.float32: np.float32, dtypes.bfloat16: np.float32}.get(kind, np.float64)
    # Product and sum are rounded once, as PyTorch's fused instruction does it, which half precision has none of.
    wide: Any = {np.float16: np.float16, np.float32: np.float64}.get(one, np.longdouble)
    first, last = one(start), one(end)
    step = (last - first) / one(max(steps - 1, 1))
    at = np.arange(steps).astype(wide)
    from_start, from_end = wide(first) + wide(step) * at, wide(last) - wide(step) * (wide(steps - 1) - at)
    return np.where(at < max(steps // 2, 1), from_start, from_end).astype(one)


@factory
def linspace(start: Any, end: Any, steps: int, *, kind: Any) -> Any:
    """`steps` numbers from start to end, both included."""
    complexes = any(isinstance(one, complex) for one in (start, end))
    kind = kind or (dtypes.complex64 if complexes else dtypes.get_default_dtype())
    return random.stored(spaced("linspace", start, end, steps, kind), (steps,), kind)


@factory
def logspace(start: Any, end: Any, steps: int, base: float = 10.0, *, kind: Any) -> Any:
    """`base` to the powers of linspace."""
    kind = kind or dtypes.get_default_dtype()
    exponents = spaced("logspace", start, end, steps, kind)
    return random.stored(np.power(np.float64(base), exponents.astype(np.float64)), (steps,), kind)


@factory
def eye(n: int, m: int | None = None, *, kind: Any) -> Any:
    for name, size in (("n", n), ("m", 0 if m is None else m)):
        if not isinstance(size, (int, np.integer)):
            raise invalid(TypeError, f"eye(): argument '{name}' must be int, not {type(size).__name__}")
        if size < 0:
            raise invalid(RuntimeError, f"{name} must be greater or equal to 0, got {size}")
    return random.stored(np.eye(n, m), (n, n if m is None else m), kind or dtypes.get_default_dtype())


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
