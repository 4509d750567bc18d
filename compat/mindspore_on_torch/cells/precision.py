"""Mixed precision of a Cell: every operator that runs inside takes its floating-point tensors in one type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.meanings import dtype_set, plain_torch, precision, real_dtype
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")

# The flag of a Cell → the type that it stands for.
FLAGS = {"fp16": dtypes.float16, "fp32": dtypes.float32, "bf16": dtypes.bfloat16}
FLOATS = dtype_set("float16", "float32", "float64", "bfloat16")
# Functions that compute nothing with the values, or that say themselves which type they want.
UNTOUCHED = frozenset(
    {
        "__get__", "__set__", "__repr__", "__format__", "to", "type", "numpy", "tolist", "item", "dim", "size", "numel",
        "is_floating_point", "is_complex", "is_tensor", "backward", "grad", "register_hook", "__deepcopy__", "data_ptr",
        "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "_make_subclass", "as_subclass",
    }
)  # fmt: skip
# Statistics that the function writes into: the tensors themselves must reach it.
FIRST_ONLY = frozenset({"batch_norm", "instance_norm"})


def cast(value: Any, dtype: Any) -> Any:
    """The floating-point tensors of an argument in `dtype`; also those of a list or tuple."""
    if isinstance(value, torch.Tensor):
        found = real_dtype(value)
        return value if found is dtype or found not in FLOATS else torch.Tensor.to(value, dtype)
    return type(value)(cast(item, dtype) for item in value) if type(value) in (list, tuple) else value


class Casting(torch.overrides.TorchFunctionMode):
    """Casts what PyTorch's functions are given to `dtype`. There is one of it at a time: the innermost Cell decides."""

    def __init__(self, dtype: Any) -> None:
        super().__init__()
        self.dtype = dtype

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        kwargs = kwargs or {}
        if name in UNTOUCHED:
            return func(*args, **kwargs)
        with plain_torch():
            # What is written into keeps its type.
            kept = 1 if (name.endswith("_") and not name.startswith("__")) or name == "__setitem__" else 0
            last = 1 if name in FIRST_ONLY else len(args)
            args = (*args[:kept], *(cast(value, self.dtype) for value in args[kept:last]), *args[last:])
            if name not in FIRST_ONLY:
                kwargs = {key: value if key == "out" else cast(value, self.dtype) for key, value in kwargs.items()}
            result = func(*args, **kwargs)
        return as_tensor(result)


@contextmanager
def operators_in(dtype: Any) -> Iterator[None]:
    """Run operators in this PyTorch type; None leaves them as they are."""
    mode = precision.mode
    if dtype is None or (mode is not None and mode.dtype is dtype):
        yield
    elif mode is not None:
        outer, mode.dtype = mode.dtype, dtype
        try:
            yield
        finally:
            mode.dtype = outer
    else:
        precision.mode = Casting(dtype)
        try:
            with precision.mode:
                yield
        finally:
            precision.mode = None


def checked_type(dst_type: Any) -> str:
    """The flag that stands for `dst_type`; ValueError for a type without one."""
    for flag, kind in FLAGS.items():
        if isinstance(dst_type, dtypes.Type) and dst_type == kind:
            return flag
    reason = "the argument 'dst_type' must be mstype.float32, mstype.float16 or mstype.bfloat16"
    raise errors.invalid(ValueError, f"For 'to_float', {reason}, but got type: {type(dst_type)} and value: {dst_type}.")
