"""What the history keeps for the way back: hooks on it, and keeping it on the host."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from compat.errors import UnsupportedAPI
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.tensor import as_tensor


class saved_tensors_hooks:
    """Inside, every tensor that an operation keeps for its gradient is replaced by `pack_hook(tensor)`; `unpack_hook` gets it back.

    It rests on MindSpore's own hooks, which it has since 2.10: UnsupportedAPI on older releases. What is kept, and how often, is
    MindSpore's choice.
    """

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        hooks = getattr(engine.mindspore, "saved_tensors_hooks", None)
        if hooks is None:
            raise UnsupportedAPI("torch.autograd.graph.saved_tensors_hooks needs MindSpore 2.10")
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook
        self._block = hooks(lambda tensor: pack_hook(as_tensor(tensor)), unpack_hook)

    def __enter__(self) -> None:
        self._block.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._block.__exit__(kind, error, traceback)


class save_on_cpu(saved_tensors_hooks):
    """Inside, what operations keep is copied to the memory of the host, where it is on CPU anyway."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: tensor.detach().clone(), lambda kept: kept)


def increment_version(tensor: Any) -> None:
    """Say that the elements of a tensor, or of several, have changed: a history that needs the old ones then raises."""
    for one in (tensor,) if isinstance(tensor, engine.mindspore.Tensor) else tensor:
        engine.bump_version(one)
