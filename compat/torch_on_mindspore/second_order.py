"""Gradients of gradients.

MindSpore computes wrong second-order gradients: in what its engine records under `create_graph`, the gradients of some operators
lose the path through their incoming gradient, without an error (measured on 2.10: every reduction that drops a dimension,
transposed matrix products, concatenation, broadcasting, …), and others have no gradient of their own (softmax, log_softmax).

An operation of that kind says here what its gradient is, in operations that are recorded rightly: `derived`. The engine calls the
formula through a hook on the operation's node, and only under `create_graph`; otherwise MindSpore's own gradient stands.
An operation that is neither known to be right (`RIGHT`) nor derived is refused by name, before a wrong number is returned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import UnsupportedArgument
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.nodes import history
from compat.torch_on_mindspore.tensor import as_tensor

# MindSpore's operators whose second-order gradient was found equal to PyTorch's
RIGHT = {
    "ACos", "Abs", "Acosh", "Add", "AddExt", "Asin", "Asinh", "Atan", "Atanh", "BroadcastTo", "Cast", "Contiguous", "Cos", "Cosh",
    "CumSum", "Div", "Divs", "EqScalar", "Equal", "Erf", "Erfc", "Exp", "ExpandDims", "Expm1", "GatherNd", "Greater", "GreaterEqual", "Less",
    "IsFinite", "IsInf", "IsNan", "LessEqual", "Log", "Log1p", "LogicalAnd", "LogicalNot", "LogicalOr", "Sign", "Ceil", "Floor", "Round", "Trunc", "Maximum", "Minimum", "Mul", "Muls", "Neg", "NotEqual", "OnesLike", "ZerosLike", "Pow", "ReLU", "Reciprocal", "Reshape",
    "ReverseV2", "Rsqrt", "Select", "SelectExtView", "SelectView", "Sigmoid", "Sin", "Sinh", "Sqrt", "Square", "Squeeze", "Stack",
    "StridedSlice", "Sub", "SubExt", "Tan", "Tanh", "TopK", "View",
}  # fmt: skip
_derived: set[int] = set()  # the living operations that have a gradient here


def derived(result: Any, gradient: Callable[..., tuple[Any, ...]], *saved: Any) -> Any:
    """`result`, made by one MindSpore operator; under `create_graph` its gradients are `gradient(incoming, *saved)`.

    Of an operator with several results, a tuple, `incoming` is the tuple of theirs.

    `gradient` returns one tensor, or None, for each of the operator's first inputs, computed by operations that are right
    themselves. What is `saved` lives as long as MindSpore keeps the operator's own operands. `result` must not be among it.
    """
    several = isinstance(result, tuple)
    first = result[0] if several else result
    node = engine.grad_node(first) if engine.requires_grad(first) else None
    if node is not None:
        node.register_hook(_Gradient(gradient, saved, engine.node_number(node), several))
    return result


class _Gradient:
    """The hook on a node: replaces what MindSpore computed for its inputs."""

    __slots__ = ("gradient", "number", "saved", "several")

    def __init__(self, gradient: Callable[..., tuple[Any, ...]], saved: tuple[Any, ...], number: int, several: bool) -> None:
        self.gradient, self.saved, self.number, self.several = gradient, saved, number, several
        _derived.add(number)

    def __del__(self) -> None:
        # The node, which held the hook, is gone; at the end of the process the set may be, too.
        if _derived is not None:
            _derived.discard(self.number)

    def __call__(self, computed: tuple[Any, ...], incoming: tuple[Any, ...]) -> tuple[Any, ...] | None:
        run = engine.current_run()
        if not run.create_graph:
            if not run.keep_graph:
                self.saved = ()
            return None
        engine.record()
        given = as_tensor(tuple(incoming)) if self.several else as_tensor(incoming[0])
        own = tuple(map(whole, self.gradient(given, *self.saved)))
        return tuple(replaced(native, own[place] if place < len(own) else None) for place, native in enumerate(computed))


def replaced(native: Any, own: Any) -> Any:
    """What the engine gets for an input: the own gradient if there is one; nothing for an input that is no tensor."""
    if own is None:
        return native if isinstance(native, engine.mindspore.Tensor) else None
    return own


def whole(gradient: Any) -> Any:
    """A recorded copy: of a view, MindSpore's next operator would make one that is not recorded, and so lose the path."""
    return None if gradient is None else as_tensor(engine.mindspore.ops.mul(gradient, 1))


def prepare(outputs: tuple[Any, ...], ends: tuple[Any, ...] = ()) -> None:
    """Make the history of `outputs`, as far as `ends`, ready for a run under `create_graph`.

    UnsupportedArgument when it holds an operation whose second-order gradient can't be trusted.
    """
    for node in history(outputs, ends):
        if engine.node_number(node) in _derived or (engine.is_function(node) and getattr(node, "twice_differentiable", False)):
            continue
        if engine.is_function(node) or node.name() not in RIGHT:
            raise UnsupportedArgument(
                "torch.autograd", "create_graph", True,
                f"False after MindSpore's {node.name()}, whose second-order gradient is not known to be right",
            )  # fmt: skip
        node.register_hook(_whole_gradients)


def _whole_gradients(computed: tuple[Any, ...], _incoming: tuple[Any, ...]) -> tuple[Any, ...] | None:
    if not engine.current_run().create_graph:
        return None
    engine.record()
    return tuple(map(whole, computed))
