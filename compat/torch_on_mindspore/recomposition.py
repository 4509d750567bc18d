"""Gradients of gradients of what MindSpore computes in one operator, by composing its result anew of smaller ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.second_order import prepare, whole
from compat.torch_on_mindspore.tensor import as_tensor


def recomposed(gradient: Any, composition: Callable[..., Any], *operands: Any) -> tuple[Any, ...]:
    """The gradients, recorded, of `composition(*operands)`; None for an operand that is None or does not require grad.

    `composition` returns what the operator returns, a tensor or a tuple, in operations that can be differentiated again;
    `gradient` is as many. A result whose gradient is None does not count.
    """
    wanted = [one is not None and engine.is_recorded(one) for one in operands]
    # Each stands for an operand in a history of its own, which ends here.
    own = [as_tensor(whole(one)) if asked else one for one, asked in zip(operands, wanted, strict=True)]
    leaves = tuple(one for one, asked in zip(own, wanted, strict=True) if asked)
    made = composition(*own)
    results, gradients = (one if isinstance(one, tuple) else (one,) for one in (made, gradient))
    pairs = [(one, given) for one, given in zip(results, gradients, strict=False) if given is not None and engine.requires_grad(one)]
    outputs, weights = tuple(one for one, _ in pairs), tuple(given for _, given in pairs)
    prepare(outputs, leaves)
    found = iter(engine.run_backward(outputs, weights, leaves, keep_graph=True, create_graph=True, accumulate=False))
    return tuple(as_tensor(next(found)) if asked else None for asked in wanted)
