"""The recorded history as PyTorch shows it: `grad_fn`, its name, what comes before it, and its hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from compat.torch_on_mindspore import engine


class Node:
    """One operation of the history; the class of each is named as PyTorch would name it, after MindSpore's operator."""

    __module__ = "torch.autograd.graph"

    def __init__(self, native: Any) -> None:
        self.native = native

    def name(self) -> str:
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The operations that the gradients go on to; (None, 0) where there is none."""
        return tuple((of(native), position) for native, position in self.native.next_functions)

    def register_hook(self, hook: Callable[..., Any]) -> Any:
        """Call `hook(grad_inputs, grad_outputs)` after the operation's gradient; what it returns replaces `grad_inputs`."""
        return self.native.register_hook(_converted(hook))

    def register_prehook(self, hook: Callable[..., Any]) -> Any:
        """Call `hook(grad_outputs)` before; what it returns replaces them."""
        return self.native.register_prehook(_converted(hook))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and engine.node_number(self.native) == engine.node_number(other.native)

    def __hash__(self) -> int:
        return engine.node_number(self.native)

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


_kinds: dict[str, type[Node]] = {}


def of(native: Any) -> Any:
    """MindSpore's node as a Node; one of a torch.autograd.Function is its own context."""
    if native is None or engine.is_function(native):
        return native
    name = "AccumulateGrad" if native.is_leaf() else native.name().removesuffix("Ext") + "Backward0"
    kind = _kinds.get(name)
    if kind is None:
        kind = _kinds[name] = type(name, (Node,), {"__module__": ""})
    return kind(native)


def _converted(hook: Callable[..., Any]) -> Callable[..., Any]:
    def method(*gradients: Any) -> Any:
        from compat.torch_on_mindspore.tensor import as_tensor

        return hook(*(as_tensor(one) for one in gradients))

    return method


def history(outputs: tuple[Any, ...], ends: tuple[Any, ...] = ()) -> Iterator[Any]:
    """Every operation of MindSpore's in the history of `outputs`, leaves left out, and those that made `ends` and came before."""
    waiting = [engine.grad_node(one) for one in outputs]
    seen = {engine.node_number(node) for one in ends if (node := engine.grad_node(one)) is not None}
    while waiting:
        node = waiting.pop()
        if node is None or node.is_leaf() or engine.node_number(node) in seen:
            continue
        seen.add(engine.node_number(node))
        yield node
        waiting.extend(following for following, _ in node.next_functions)
