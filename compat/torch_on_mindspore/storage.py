"""Views and in-place writes: which tensors share storage, and how a write reaches all of them, and autograd.

MindSpore's own in-place methods do nothing on CPU, `x[...] = v` gives `x` new storage, `copy_` works only on a tensor that spans
its storage in order, and a view keeps the history from before a write. So every write ends here, in one of three ways:

- not recorded: the elements are put into the storage (`put`);
- recorded, to a whole tensor with which nothing shares storage: the tensor takes over the result (`take_over`), without a copy;
- recorded otherwise: `Written`, one operation in the graph that puts the elements, after which the views are made anew from
  their base, as PyTorch does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from weakref import ref

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import bfloat16, dtypes, engine
from compat.torch_on_mindspore.arithmetic import unbroadcastable
from compat.torch_on_mindspore.dtypes import BFLOAT16_MET
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.tensor import LEAF_WRITTEN, VIEW_OF_LEAF_WRITTEN, Tensor, as_tensor, cast, elements, host, owner

ops = mindspore.ops
native = mindspore.Tensor
offset_of = engine.TensorBase.storage_offset

VIEW_FROM_NO_GRAD = (
    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is "
    "ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both "
    "inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
)
OVERLAPPING = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() "
    "the tensor before performing the operation."
)
ONE_OF_MANY = (
    "a view that is the output of a function that returns multiple views is being modified inplace. Such functions do not allow "
    "the output views to be modified inplace. You should replace the inplace operation by an out-of-place one."
)


# --- views ---


def view_of(source: Any, operation: Callable[..., Any], *args: Any) -> Any:
    """`operation(source, *args)` as a Tensor; when it shares the storage of `source`, as a view that writes keep up to date."""
    if BFLOAT16_MET and dtypes.of(source) is dtypes.bfloat16:
        operation = partial(bfloat16.view, operation)
    found = as_tensor(operation(source, *args))
    if found is source:  # PyTorch gives another tensor
        operation, args = native.permute, (tuple(range(source.ndim)),)
        found = as_tensor(operation(source, *args))
    if 0 in found.shape and engine.requires_grad(found):
        return nothing(tuple(found.shape), source)
    base = base_of(source)
    return attached(found, source, base, operation, args) if shares_storage(found, base) else found


def base_of(source: Any) -> Any:
    """The tensor of which a view of `source` is a view."""
    base = source.__dict__.get("_base")
    return source if base is None or (engine.requires_grad(source) and engine.is_leaf(source)) else base


def attached(found: Any, source: Any, base: Any, operation: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """`found`, which shares the storage of `base`, as the view that `operation(source, *args)` gives."""
    found._base = base
    if engine.grad_enabled():
        steps = () if base is source else source._steps
        if steps is not None:
            found._steps = (*steps, (operation, args))
            remember(base, "_views", found)
    return found


def shares_storage(tensor: Any, base: Any) -> bool:
    """Whether both begin at the same address, offsets aside."""
    apart = offset_of(tensor) * engine.itemsize_of(tensor)
    if offset := offset_of(base):
        apart -= offset * engine.itemsize_of(base)
    return bool(engine.data_ptr(tensor) - engine.data_ptr(base) == apart)


def remember(base: Any, kind: str, one: Any) -> None:
    """Count `one` among the `_views` of `base` while it lives, or `_aliases`, the results of `detach`, or `_leaves`, once its views."""
    known: dict[int, ref[Any]] | None = base.__dict__.get(kind)
    if known is None:
        known = {}
        setattr(base, kind, known)
    key = id(one)  # a reference itself compares as its tensor does, element by element
    known[key] = ref(one, lambda _: known.pop(key, None))


def living(base: Any, kind: str) -> list[Any]:
    """The living `_views`, `_aliases` or `_leaves` of `base`."""
    found = (one() for one in list(base.__dict__.get(kind, {}).values()))
    return [one for one in found if one is not None]


def replay(base: Any, steps: Iterable[tuple[Callable[..., Any], tuple[Any, ...]]]) -> Any:
    """The view that `steps` make of `base`."""
    for operation, args in steps:
        base = as_tensor(operation(base, *args))
    return base


def detached(source: Any, *, silent: bool = False) -> Any:
    """The same storage without a history; `silent`, a write through it is not told to autograd, as with PyTorch's `data`."""
    found = as_tensor(ops.stop_gradient(source))
    if found is not source:
        whole = owner(source)
        found._owner = whole
        found._silent = silent
        remember(whole, "_aliases", found)
    return found


# --- writes ---


def check_writable(target: Any, *, whole: bool = True) -> None:
    """RuntimeError, in PyTorch's words, when recording is on and `target` is a leaf that requires grad, or a view of one.

    A write to a part of `target`, told by `whole`, counts as one to a view.
    """
    if not engine.grad_enabled():
        return
    if engine.requires_grad(target) and engine.is_leaf(target):
        raise invalid(RuntimeError, LEAF_WRITTEN if whole else VIEW_OF_LEAF_WRITTEN)
    base = target._base
    if base is not None and engine.requires_grad(base) and engine.is_leaf(base):
        raise invalid(RuntimeError, VIEW_OF_LEAF_WRITTEN)


def write(target: Tensor, value: Any) -> Tensor:
    """Put `value`, a tensor or a number, broadcast and cast, into the storage of `target`, and so into every view of it."""
    check_writable(target)
    if not is_recorded(target, (value,)):
        put(target, value)
        renew(target)
        return target
    base = target if target._base is None else target._base
    if base is not target:
        if target._steps is None:
            raise invalid(RuntimeError, VIEW_FROM_NO_GRAD)
        if target._of_many:
            raise invalid(RuntimeError, ONE_OF_MANY)
    if engine.keeps_result(base) or ((base is not target or not engine.KEEPS_VERSIONS) and engine.is_view(base)):
        part(base)
    version = engine.version(base)
    Written.apply(base, fitted(target, value), target, () if base is target else target._steps)
    engine.bump_version(base, version + 1)
    if base.retains_grad:
        base._retain()
    refresh(base)
    return target


def part(base: Any) -> None:
    """Give `base`, and what shares its storage, storage of its own before a write.

    The last step of many operations here is a reshape. MindSpore takes its result for a view of what came before, and a write
    to a view of that would cut the history. And some gradients need the result as it was.
    """
    version, enabled = engine.version(base), engine.grad_enabled()
    engine.set_grad_enabled(True)  # the copy belongs to the history, also where the write does not
    engine.assign(base, native.copy(base))
    engine.set_grad_enabled(enabled)
    engine.bump_version(base, version)
    refresh(base)
    for other in living(base, "_aliases"):
        engine.assign(other, ops.stop_gradient(base))
        refresh(other)


def make_root(view: Any) -> None:
    """Let views of `view`, which becomes a leaf, count as views of a leaf, not of its base: no write reaches it with a history."""
    base = view._base
    view._steps = None
    base.__dict__.get("_views", {}).pop(id(view), None)
    remember(owner(base), "_leaves", view)


def is_recorded(target: Any, operands: Iterable[Any]) -> bool:
    """Whether a write to `target` of something computed from `operands` takes part in autograd."""
    if not engine.grad_enabled():
        return False
    base = target._base
    return (
        engine.requires_grad(target)
        or (base is not None and engine.requires_grad(base))
        or any(isinstance(one, native) and engine.requires_grad(one) for one in operands)
    )


def is_shared(target: Any) -> bool:
    """Whether anything that a program may still hold shares storage with `target`."""
    state = target.__dict__
    return bool(
        state.get("_base") is not None
        or state.get("_owner") is not None
        or state.get("_views")
        or state.get("_aliases")
        or state.get("_exported")
    )


def alias(tensor: Any) -> Any:
    """The same storage and the same history, in a tensor that stays what it is when `tensor` takes over something else."""
    made = native(0.0)
    engine.assign(made, tensor)
    return as_tensor(made)


def take_over(target: Any, result: Any, *, keeps_result: bool) -> Any:
    """Make `target` what the new tensor `result` is; `keeps_result` tells that the operation's gradient needs its result.

    A version is advanced either way, so that a gradient that needs the old elements raises; where the result is kept too, it
    must not be its own, and one more operation in the graph parts them.
    """
    version = engine.version(target)
    target._kept = result if keeps_result else None
    if keeps_result:
        Taken.apply(target, result)
    else:
        engine.assign(target, result)
    engine.bump_version(target, version + 1)
    if target.retains_grad:
        target._retain()
    return target


class Taken(Function):
    """`base`, which took over the storage of `result`."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, base: Any, result: Any) -> Any:
        engine.assign(base, ops.stop_gradient(result))
        ctx.mark_dirty(base)
        return base

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return None, gradient


def refresh(base: Any) -> None:
    """Give every living view of `base` the history that `base` has now."""
    for view in living(base, "_views"):
        engine.assign(view, replay(base, view._steps))
        if view.retains_grad:
            view._retain()


def renew(target: Any) -> None:
    """After a write that was not recorded: make the recorded views of the same storage anew.

    MindSpore gives a view whose base has changed since a history of its own, without a gradient on CPU: it would be 0, without an error.
    """
    whole = owner(target)
    if not any(whole.__dict__.get(kind) for kind in ("_views", "_aliases", "_leaves")):
        return
    enabled = engine.grad_enabled()
    for base in (whole, *living(whole, "_aliases"), *living(whole, "_leaves")):
        if engine.requires_grad(base) and base.__dict__.get("_views"):
            engine.set_grad_enabled(True)
            refresh(base)
    engine.set_grad_enabled(enabled)


class Written(Function):
    """`base`, into a view of which `value` was written: the gradient of the view goes to `value`, the rest to the old `base`."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, base: Any, value: Any, target: Any, steps: tuple[Any, ...]) -> Any:
        put(target, value)
        ctx.mark_dirty(base)
        ctx.steps = steps
        return base

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        of_base = of_value = None
        if ctx.needs_input_grad[1]:
            of_value = replay(gradient, ctx.steps).clone()
        if ctx.needs_input_grad[0] and not ctx.steps:
            of_base = as_tensor(ops.zeros_like(gradient))
        elif ctx.needs_input_grad[0]:
            of_base = gradient.clone()
            region = of_base
            for operation, args in ctx.steps:
                region = view_of(region, operation, *args)
            write(region, 0)
        return of_base, of_value, None, None


def put(target: Any, value: Any) -> None:
    """Write the elements alone: nothing is recorded, but autograd learns that the storage has changed.

    On CPU the storage is the host's memory, into which NumPy writes; elsewhere MindSpore's operators do it.
    """
    check_shape(target, value)
    repeated = 0 in target.stride() and any(not step and size > 1 for step, size in zip(target.stride(), target.shape, strict=True))
    if repeated and 0 not in target.shape:
        raise invalid(RuntimeError, OVERLAPPING)
    whole = owner(target)
    if engine.requires_grad(whole) and not engine.is_leaf(whole) and (engine.is_view(whole) or engine.keeps_result(whole)):
        part(whole)
    if not target.is_contiguous() and target._base is None and target._owner is None:
        engine.assign(target, native.contiguous(target))  # storage that nothing else knows
    array = elements(target) if engine.ON_CPU else None
    if array is not None and shares_memory(array, target):
        new = host(value) if isinstance(value, native) else np.array(value)
        array[...] = new if new.dtype == array.dtype else new.astype(array.dtype)
    else:
        put_by_operators(target, fitted(target, value))
    note_write(target)


def shares_memory(array: Any, target: Any) -> bool:
    """Whether this array of the elements of `target` is no copy, which NumPy gets of a view, and of the storage of some gradients."""
    return not array.size or array.__array_interface__["data"][0] == engine.data_ptr(target)


def put_by_operators(target: Any, new: Any) -> None:
    whole = owner(target)
    enabled = engine.grad_enabled()
    engine.set_grad_enabled(False)
    try:
        if not (target.is_contiguous() and target.numel() == whole.numel()):
            wide = dtypes.float32 if engine.ON_CPU else whole.dtype  # CPU scatters no bfloat16
            new = cast(scattered(cast(whole, wide), target, cast(new, wide)), whole.dtype)
        native.copy_(whole, new.reshape(tuple(whole.shape)))
    finally:
        engine.set_grad_enabled(enabled)


def note_write(target: Any) -> None:
    """Advance the version of `target` and of what shares its storage, so that a gradient that needs the old elements raises."""
    base = target if target._base is None else target._base
    engine.bump_version(base)
    if base._silent:
        return
    whole = owner(base)
    if whole is not base:
        engine.bump_version(whole)
    if whole._kept is not None:
        engine.bump_version(whole._kept)
    for other in living(whole, "_aliases"):
        if other is not base and not other._silent:
            engine.bump_version(other)


def check_shape(target: Any, value: Any) -> None:
    """RuntimeError, in PyTorch's words, when `value` can't be broadcast to the shape of `target`."""
    if not isinstance(value, native):
        return
    shape, wanted = tuple(value.shape), tuple(target.shape)
    if shape == wanted:
        return
    reason = unbroadcastable(target, value)
    if reason is None and (
        (len(shape) > len(wanted) and any(size != 1 for size in shape[: len(shape) - len(wanted)]))
        or any(size not in (1, given) for size, given in zip(shape[::-1], wanted[::-1], strict=False))
    ):
        reason = f"output with shape {list(wanted)} doesn't match the broadcast shape {list(np.broadcast_shapes(shape, wanted))}"
    if reason is not None:
        raise invalid(RuntimeError, reason)


def fitted(target: Any, value: Any) -> Any:
    """`value` as a tensor of the shape and dtype of `target`; RuntimeError when its shape can't be broadcast to it."""
    if not isinstance(value, native):
        if target.dtype == dtypes.bool_:
            return as_tensor(native(np.full(tuple(target.shape), bool(value))))
        return as_tensor(ops.full(tuple(target.shape), value, dtype=target.dtype))
    check_shape(target, value)
    new = cast(value, target.dtype)
    if tuple(new.shape) == tuple(target.shape):
        return new
    while new.ndim > target.ndim:
        new = as_tensor(native.select(new, 0, 0))
    # The gradient of a broadcast is a sum, which MindSpore's CPU has no kernel for in bfloat16.
    wide = cast(new, dtypes.float32) if new.dtype is dtypes.bfloat16 and engine.ON_CPU else new
    return cast(as_tensor(ops.broadcast_to(wide, tuple(target.shape))), target.dtype)


def scattered(base: Any, view: Any, value: Any) -> Any:
    """`base` with the elements that `view` covers replaced by `value`."""
    places = np.arange(base.numel())
    covered = np.lib.stride_tricks.as_strided(
        places[view.storage_offset() :], tuple(view.shape), [step * places.itemsize for step in view.stride()]
    )
    where = native(np.ascontiguousarray(covered).reshape(-1, 1))
    flat = ops.tensor_scatter_update(base.reshape(-1), where, value.reshape(-1))
    return flat.reshape(tuple(base.shape))
