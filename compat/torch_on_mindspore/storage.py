"""Views and in-place writes: which tensors share storage, and how a write reaches all of them.

MindSpore's own in-place methods do nothing on CPU, `x[...] = v` gives `x` new storage, and `copy_` works only on a tensor
that spans its storage in order. Every write here therefore ends in one `copy_` on the tensor that owns the storage.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.arithmetic import unbroadcastable
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import LEAF_WRITTEN, VIEW_OF_LEAF_WRITTEN, Tensor, as_tensor, cast

ops = mindspore.ops


def as_view(result: Any, source: Any) -> Any:
    """`result` as a Tensor that knows `source`, or what that is a view of, as the owner of its storage, if it is."""
    found = as_tensor(result)
    if found is source:
        return found
    base = source if getattr(source, "_base", None) is None else source._base
    start = engine.data_ptr(found) - found.storage_offset() * found.dtype.itemsize
    if start == engine.data_ptr(base):
        found._base = base
        if not (engine.requires_grad(base) and engine.is_leaf(base)):
            views(base)[id(found)] = found
    return found


def views(base: Any) -> WeakValueDictionary[int, Any]:
    """The living views of `base`, by identity. Not kept for a leaf that requires grad: it can't be written while recording."""
    if "_views" not in base.__dict__:
        base._views = WeakValueDictionary()
    known: WeakValueDictionary[int, Any] = base._views
    return known


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
    """Put `value`, broadcast and cast, into the storage of `target`, and so into every view of it."""
    check_writable(target)
    new = fitted(target, value)
    base = target._base
    recorded = engine.grad_enabled() and any(map(engine.requires_grad, (new, target, target if base is None else base)))
    if recorded and (base is not None or len(views(target))):
        # PyTorch would record the views anew; here they would keep the history from before the write.
        raise UnsupportedAPI(
            "an in-place write that takes part in autograd, to a tensor that has views or is one: drop the views first, or "
            "write under torch.no_grad()"
        )
    if base is None:
        if not (target.is_contiguous() and target.storage_offset() == 0):
            raise UnsupportedAPI("an in-place write to a view that was not made by an operation of compat.torch")
        copy_into(target, new)
        return target
    if target.is_contiguous() and target.numel() == base.numel():
        copy_into(target, new)
    else:
        copy_into(base, scattered(base, target, new))
    return target


def copy_into(target: Any, value: Any) -> None:
    mindspore.Tensor.copy_(target, value)


def fitted(target: Any, value: Any) -> Any:
    """`value` as a tensor of the shape and dtype of `target`; RuntimeError when its shape can't be broadcast to it."""
    if not isinstance(value, mindspore.Tensor):
        return (
            as_tensor(ops.full(target.shape, value, dtype=target.dtype))
            if target.dtype != dtypes.bool_
            else (as_tensor(mindspore.Tensor(np.full(target.shape, bool(value)))))
        )
    new = cast(value, target.dtype)
    if tuple(new.shape) == tuple(target.shape):
        return new
    try:
        return as_tensor(ops.broadcast_to(new, tuple(target.shape)))
    except ValueError:
        raise invalid(
            RuntimeError,
            unbroadcastable(target, new) or f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(new.shape)}",
        ) from None


def scattered(base: Any, view: Any, value: Any) -> Any:
    """`base` with the elements that `view` covers replaced by `value`."""
    places = np.arange(base.numel())
    covered = np.lib.stride_tricks.as_strided(
        places[view.storage_offset() :], tuple(view.shape), [step * places.itemsize for step in view.stride()]
    )
    where = mindspore.Tensor(np.ascontiguousarray(covered).reshape(-1, 1))
    flat = ops.tensor_scatter_update(base.reshape(-1), where, value.reshape(-1))
    return flat.reshape(tuple(base.shape))
