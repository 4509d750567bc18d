"""Values written to flat places of a copy of a tensor, or reduced there with what they meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.arithmetic import div, mul
from compat.torch_on_mindspore.emptiness import unmoved
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.gathering import entries
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.storage import fitted
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

ops = mindspore.ops


def flat(tensor: Any) -> Any:
    return ops.reshape(tensor, (-1,))


def placed(input: Any, places: Any, values: Any, *, accumulate: bool = False) -> Tensor:
    """`input` with `values` at these flat places, or added there; both have as many elements."""
    if not places.size:
        copied: Tensor = unmoved(input.clone(), values)
        return copied
    where = mindspore.Tensor(np.ascontiguousarray(places, dtype=np.int64).reshape(-1, 1))
    x = cast(input, dtypes.uint8) if input.dtype == dtypes.bool_ and accumulate else input
    write = ops.tensor_scatter_add if accumulate else ops.tensor_scatter_update
    written = derived(write(flat(x), where, flat(cast(values, x.dtype))), placed_gradient, where, accumulate)
    found: Tensor = cast(as_tensor(ops.reshape(written, tuple(input.shape))), input.dtype)
    return found


def placed_gradient(gradient: Any, where: Any, accumulate: bool) -> tuple[Any, None, Any]:
    """The gradients of the elements, none of the places, and those of the values."""
    of_values = entries(gradient, ops.reshape(where, (-1,)), 0)
    return gradient if accumulate else placed(gradient, host(where), ops.zeros_like(of_values)), None, of_values


def numbered(input: Any) -> Any:
    """The flat place of each element, in the shape of `input`."""
    return np.arange(input.numel()).reshape(tuple(input.shape))


def gathered_to(input: Any, places: Any, src: Any, reduce: str, include_self: bool) -> Tensor:
    """`src` reduced into `input` at the flat `places`."""
    if reduce not in REDUCTIONS:
        raise invalid(RuntimeError, f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}.")
    x = input
    if not include_self:
        neutral = {"sum": 0, "mean": 0, "prod": 1, "amax": lowest(input), "amin": highest(input)}[reduce]
        x = placed(input, places, fitted(input.new_zeros(places.shape), neutral))
    if reduce in ("sum", "mean"):
        total = placed(x, places, src, accumulate=True)
        if reduce == "sum":
            return total
        count = np.bincount(places.reshape(-1), minlength=input.numel()).reshape(tuple(input.shape)) + (1 if include_self else 0)
        counts = as_tensor(mindspore.Tensor(np.maximum(count, 1).astype(input.dtype.name)))
        return div(total, counts, rounding_mode="floor" if input.dtype.category < dtypes.FLOAT else None)
    found: Tensor = REDUCTIONS[reduce](x, places, src)
    return found


def lowest(input: Any) -> Any:
    if input.dtype.category == dtypes.FLOAT:
        return -np.inf
    return False if input.dtype == dtypes.bool_ else np.iinfo(input.dtype.name).min


def highest(input: Any) -> Any:
    if input.dtype.category == dtypes.FLOAT:
        return np.inf
    return True if input.dtype == dtypes.bool_ else np.iinfo(input.dtype.name).max


def reduced_extreme(function: Any) -> Any:
    """amax or amin: found on the host; the gradient is shared among the elements that equal it."""

    def reduction(x: Any, places: Any, src: Any) -> Tensor:
        found = host(x).reshape(-1).copy()
        function.at(found, places.reshape(-1), host(src).reshape(-1))
        result: Tensor = as_tensor(mindspore.Tensor(found.reshape(tuple(x.shape))))
        if not (x.requires_grad or src.requires_grad):
            return result
        own = (host(x).reshape(-1) == found).astype(found.dtype)
        theirs = (host(src).reshape(-1) == found[places.reshape(-1)]).astype(found.dtype)
        shares = own.copy()
        np.add.at(shares, places.reshape(-1), theirs)
        shares[shares == 0] = 1
        weights = as_tensor(mindspore.Tensor((own / shares).reshape(tuple(x.shape)).astype(found.dtype)))
        source_weights = as_tensor(mindspore.Tensor((theirs / shares[places.reshape(-1)]).reshape(tuple(src.shape)).astype(found.dtype)))
        return attached(result, placed(weighted(x, weights), places, weighted(src, source_weights), accumulate=True))

    return reduction


def weighted(value: Any, weights: Any) -> Any:
    """value · weights, and 0 where the weight is 0, also of an infinity."""
    return as_tensor(ops.where(ops.equal(weights, 0), ops.zeros_like(weights), mul(value, weights)))


def attached(values: Any, linear: Any) -> Tensor:
    """`values`, with the gradient of `linear`, whose own values cancel."""
    difference = ops.sub(linear, ops.stop_gradient(linear))
    found: Tensor = as_tensor(ops.add(values, ops.where(ops.isnan(difference), ops.zeros_like(difference), difference)))
    return found


def reduced_product(x: Any, places: Any, src: Any) -> Tensor:
    """prod: found on the host; the gradient is the product of the other factors."""
    array, factors, where = host(x).reshape(-1), host(src).reshape(-1), places.reshape(-1)
    found = array.copy()
    np.multiply.at(found, where, factors)
    result: Tensor = as_tensor(mindspore.Tensor(found.reshape(tuple(x.shape))))
    if not (x.requires_grad or src.requires_grad):
        return result
    others = np.ones_like(array)
    np.multiply.at(others, where, factors)
    source_others = np.empty_like(factors)
    for at in range(factors.size):
        same = np.flatnonzero(where == where[at])
        source_others[at] = array[where[at]] * np.prod(factors[same[same != at]])
    own, theirs = (as_tensor(mindspore.Tensor(one)) for one in (others.reshape(tuple(x.shape)), source_others.reshape(tuple(src.shape))))
    return derived(attached(result, placed(mul(x, own), places, mul(src, theirs), accumulate=True)), not_again)  # type: ignore[no-any-return]


def not_again(gradient: Any) -> tuple[Any, ...]:
    """The other factors are numbers here, so that the gradient of the gradient would be 0."""
    raise UnsupportedArgument("torch.autograd", "create_graph", True, "False after a product reduced by index")


REDUCTIONS: dict[str, Any] = {
    "sum": None, "mean": None, "prod": reduced_product,
    "amax": reduced_extreme(np.maximum), "amin": reduced_extreme(np.minimum),
}  # fmt: skip
