"""What programs ask of a tensor besides its values: how it is stored, which kind it is, whether it is like another."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.descriptors import strided
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.formats import RANKS, contiguous_format, preserve_format
from compat.torch_on_mindspore.shaping import sizes
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host, lies_in

# PyTorch's answer for a dense tensor in the memory of the host
CONSTANT: dict[str, Any] = {
    **dict.fromkeys(
        (
            "is_sparse", "is_sparse_csr", "is_quantized", "is_meta", "is_nested", "is_mkldnn", "is_xpu", "is_mps", "is_mtia", "is_maia",
            "is_xla", "is_ipu", "is_vulkan",
        ),
        False,
    ),
    "layout": strided, "is_cpu": engine.ON_CPU, "output_nr": 0,
}  # fmt: skip


def answer(value: Any, name: str = "answer") -> Any:
    """The method `name` that gives this value for every tensor."""

    def method(input: Any) -> Any:
        return value

    method.__name__ = method.__qualname__ = name
    return method


def is_pinned(input: Any, device: Any = None) -> bool:
    """False: no tensor lies in memory that a device may copy from by itself."""
    return False


def numel(input: Any) -> int:
    return int(input.numel())


def is_floating_point(input: Any) -> bool:
    return bool(dtypes.OF[input.dtype].is_floating_point)


def is_complex(input: Any) -> bool:
    return bool(dtypes.OF[input.dtype].is_complex)


def is_signed(input: Any) -> bool:
    return bool(dtypes.OF[input.dtype].is_signed)


def is_nonzero(input: Any) -> bool:
    """Whether the only element is not 0; RuntimeError when there are more or none."""
    return bool(input)


def is_same_size(input: Any, other: Any) -> bool:
    return tuple(input.shape) == tuple(other.shape)


def is_set_to(input: Any, tensor: Any) -> bool:
    """Whether both are the same part of the same storage."""
    same_place = engine.data_ptr(input) == engine.data_ptr(tensor) and input.storage_offset() == tensor.storage_offset()
    return same_place and tuple(input.shape) == tuple(tensor.shape) and tuple(input.stride()) == tuple(tensor.stride())


def is_contiguous(input: Any, memory_format: Any = contiguous_format) -> bool:
    """Whether the elements lie in order, or with the channels last."""
    if memory_format in (contiguous_format, preserve_format):
        return bool(mindspore.Tensor.is_contiguous(input))
    if memory_format not in RANKS:
        raise invalid(
            TypeError, f"is_contiguous(): argument 'memory_format' must be torch.memory_format, not {type(memory_format).__name__}"
        )
    return input.ndim == RANKS[memory_format] and lies_in(input, memory_format)


def stride(input: Any, dim: int | None = None) -> Any:
    """The distances between neighbours in memory, in elements."""
    steps = tuple(mindspore.Tensor.stride(input))
    return steps if dim is None else steps[dim]


def dim_order(input: Any) -> tuple[int, ...]:
    """The dimensions from the outermost in memory to the innermost."""
    steps = stride(input)
    return tuple(sorted(range(input.ndim), key=lambda at: -steps[at]))


def type_as(input: Any, other: Any) -> Tensor:
    """The tensor in the dtype of another."""
    found: Tensor = cast(input, other.dtype)
    return found


def sum_to_size(input: Any, *given: Any, size: Any = None) -> Tensor:
    """Summed over the dimensions that broadcasting to the shape of `input` would add to this size."""
    wanted = sizes(given, size)
    extra = input.ndim - len(wanted)
    if extra < 0 or any(one not in (1, own) for one, own in zip(wanted, tuple(input.shape)[extra:], strict=True)):
        raise invalid(RuntimeError, f"size {{{list(wanted)}}} is not expandable to size {{{list(input.shape)}}}.")
    found = input
    kept = tuple(at + extra for at, one in enumerate(wanted) if one == 1 and input.shape[at + extra] != 1)
    if kept:
        found = found.sum(kept, keepdim=True)
    if not input.ndim:  # which PyTorch sums, over no dimension
        found = found.sum()
    result: Tensor = found.sum(tuple(range(extra))) if extra else found
    return result


def clone(input: Any, *, memory_format: Any = None) -> Tensor:
    found: Tensor = input.clone(memory_format=memory_format)
    return found


def detach(input: Any) -> Tensor:
    found: Tensor = input.detach()
    return found


def pin_memory(input: Any, device: Any = None) -> Any:
    """RuntimeError, as in PyTorch without an accelerator: no memory of the host is page-locked here."""
    raise invalid(RuntimeError, "torch.Tensor.pin_memory: Cannot access accelerator device when none is available.")


def to_dense(input: Any, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
    """The tensor itself, in `dtype` if one is given: every tensor is dense here."""
    found: Tensor = input if dtype is None else cast(input, dtype)
    return found


def map_(input: Any, other: Any, function: Any) -> Tensor:
    """Each element replaced by function(element, element of other), one by one on the host."""
    values = [
        function(*pair) for pair in zip(host(input).reshape(-1).tolist(), host(other.expand(input.shape)).reshape(-1).tolist(), strict=True)
    ]
    made = as_tensor(mindspore.Tensor(values, input.dtype)).reshape(input.shape)
    result: Tensor = input.copy_(made)
    return result


def apply_(input: Any, function: Any) -> Tensor:
    """Each element replaced by function(element), one by one on the host."""
    values = [function(one) for one in host(input).reshape(-1).tolist()]
    result: Tensor = input.copy_(as_tensor(mindspore.Tensor(values, input.dtype)).reshape(input.shape))
    return result


def is_storage(obj: Any, /) -> bool:
    """Whether `obj` is a storage; a tensor is none."""
    return not is_tensor(obj) and type(obj).__name__.endswith("Storage") and type(obj).__module__.startswith(("torch", "compat"))


METHODS: dict[str, Any] = {
    **{name: answer(False, name) for name in ("is_inference", "is_shared", "is_conj", "is_neg", "is_distributed")},
    "get_device": answer(-1, "get_device"), "is_signed": is_signed, "is_nonzero": is_nonzero, "is_same_size": is_same_size, "is_set_to": is_set_to,
    "is_contiguous": is_contiguous, "stride": stride, "dim_order": dim_order, "type_as": type_as, "sum_to_size": sum_to_size,
    "is_pinned": is_pinned, "pin_memory": pin_memory, "to_dense": to_dense, "map_": map_, "apply_": apply_,
}  # fmt: skip
PROPERTIES: dict[str, Any] = {
    **{name: property(answer(value)) for name, value in CONSTANT.items()},
    "nbytes": property(lambda self: self.numel() * self.dtype.itemsize),
    "itemsize": property(lambda self: self.dtype.itemsize),
}
