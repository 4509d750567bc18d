"""The side of a Tensor that autograd sees: `requires_grad`, `grad`, the history, and hooks on the gradient."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, engine, nodes
from compat.torch_on_mindspore.engine import mindspore

NOT_LEAF = (
    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph "
    "that doesn't require differentiation use var_no_grad = var.detach()."
)
VIEW_DETACHED = (
    "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and "
    "gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these "
    "gradients."
)


class HookHandle:
    """Takes a hook away again, by `remove` or at the end of a `with` block."""

    def __init__(self, hooks: OrderedDict[int, Callable[..., Any]]) -> None:
        self.hooks, self.id = hooks, max(hooks, default=-1) + 1

    def remove(self) -> None:
        self.hooks.pop(self.id, None)

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


class Recorded:
    """What torch.Tensor has for autograd."""

    _base: Any
    _retains: Any
    _known_grad: Any = None  # the object that `grad` last gave
    _post_hooks: Any = None
    _grad_hooks: Any = None  # of a leaf

    @property
    def requires_grad(self) -> bool:
        return engine.requires_grad(self)

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Mark this leaf; RuntimeError unless it is a leaf, and floating point or complex."""
        if requires_grad and self.dtype.category < dtypes.FLOAT:  # type: ignore[attr-defined]
            raise invalid(RuntimeError, "only Tensors of floating point dtype can require gradients")
        if not requires_grad and not engine.is_leaf(self):
            raise invalid(RuntimeError, NOT_LEAF)
        engine.record()
        if requires_grad and self._base is not None and not engine.requires_grad(self):
            from compat.torch_on_mindspore import storage

            storage.make_root(self)
        engine.set_requires_grad(self, requires_grad)
        return self

    @property
    def grad(self) -> Any:
        """The gradient that `backward` added up; the same object until it is set anew, as in PyTorch."""
        found = engine.grad(self)
        known = self._known_grad
        if found is None:
            if known is not None:
                self._known_grad = None
            return None
        if known is not None:
            if engine.data_ptr(known) == engine.data_ptr(found):
                return known
            if engine.added_up(known, found):
                # MindSpore adds up into a new tensor, PyTorch into the one that the program may hold.
                engine.set_grad(self, known)
                return known
        return self._keep(found)

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None and not isinstance(value, mindspore.Tensor):
            raise invalid(TypeError, f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}")
        if value is not None and tuple(value.shape) != tuple(self.shape):  # type: ignore[attr-defined]
            raise invalid(
                RuntimeError,
                f"assigned grad has data of a different size: {list(value.shape)}, expected {list(self.shape)}",  # type: ignore[attr-defined]
            )
        engine.set_grad(self, value)
        self._known_grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    def _keep(self, found: Any) -> Any:
        from compat.torch_on_mindspore.tensor import as_tensor, with_own_storage

        made = as_tensor(found)
        own = with_own_storage(made)
        if own is not made:
            made = own
            engine.set_grad(self, made)
        self._known_grad = made
        return made

    @property
    def is_leaf(self) -> bool:
        return engine.is_leaf(self) or not engine.requires_grad(self)

    @property
    def grad_fn(self) -> Any:
        """The operation that made this tensor; None for a leaf."""
        return None if self.is_leaf else nodes.of(engine.grad_node(self))

    @property
    def output_nr(self) -> int:
        """Which result of its operation this is; always 0, MindSpore does not tell."""
        return 0

    @property
    def retains_grad(self) -> bool:
        return "_retains" in self.__dict__

    def is_inference(self) -> bool:
        """Always False: MindSpore has no inference tensors."""
        return False

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None) -> None:
        """Add the gradients of this tensor to the `grad` of every leaf; see `torch.autograd.backward`."""
        from compat.torch_on_mindspore import autograd

        autograd.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    # --- hooks ---

    def register_hook(self, hook: Callable[..., Any]) -> Any:
        """Call `hook(grad)` whenever the gradient of this tensor is computed; what it returns replaces it."""
        from compat.torch_on_mindspore.tensor import as_tensor

        if not engine.requires_grad(self):
            raise invalid(RuntimeError, "cannot register a hook on a tensor that doesn't require gradient")
        if not engine.is_leaf(self):
            return mindspore.Tensor.register_hook(self, lambda gradient: hook(as_tensor(gradient)))
        if self._grad_hooks is None:
            self._grad_hooks = OrderedDict()
            engine.hook_leaf(self, self._run_grad_hooks)
        handle = HookHandle(self._grad_hooks)
        self._grad_hooks[handle.id] = hook
        return handle

    def _run_grad_hooks(self, gradient: Any) -> Any:
        from compat.torch_on_mindspore.tensor import as_tensor

        for hook in list(self._grad_hooks.values()):
            changed = hook(as_tensor(gradient))
            gradient = gradient if changed is None else changed
        return gradient

    def register_post_accumulate_grad_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """Call `hook(tensor)` after `backward` has added to the `grad` of this leaf."""
        if not self.is_leaf or not engine.requires_grad(self):
            raise invalid(RuntimeError, "post accumulate grad hooks cannot be registered on non-leaf tensors")
        if self._post_hooks is None:
            self._post_hooks = OrderedDict()
            engine.watch_gradient(self, self._run_post_hooks)
        handle = HookHandle(self._post_hooks)
        self._post_hooks[handle.id] = hook
        return handle

    def _run_post_hooks(self) -> None:
        for hook in list(self._post_hooks.values()):
            hook(self)

    def retain_grad(self) -> None:
        """Keep the gradient of this recorded result in `grad`, through a hook: MindSpore's own way has no CPU kernel."""
        if not engine.requires_grad(self):
            raise invalid(RuntimeError, "can't retain_grad on Tensor that has requires_grad=False")
        if not (self.is_leaf or self.retains_grad):
            self._retain()

    def _retain(self) -> None:
        """Keep the gradient of the history as it is now; one from before a write in place is not kept any more."""
        made_by = self._retains = object()

        def keep(gradient: Any) -> None:
            if self._retains is made_by:
                known = engine.grad(self)
                engine.set_grad(self, gradient if known is None else known + gradient)

        self.register_hook(keep)

    # --- without a history ---

    def detach(self) -> Any:
        """The same storage, without a history."""
        from compat.torch_on_mindspore import storage

        return storage.detached(self)

    def detach_(self) -> Any:
        """Forget the history; RuntimeError for a view, whose base would keep it."""
        if self._base is not None:
            raise invalid(RuntimeError, VIEW_DETACHED)
        if not self.is_leaf:
            engine.assign(self, mindspore.ops.stop_gradient(self))
        elif self.requires_grad:
            self.requires_grad_(False)
        return self

    @property
    def data(self) -> Any:
        """The same storage, without a history, and without a word to autograd when it is written to."""
        from compat.torch_on_mindspore import storage

        return storage.detached(self, silent=True)

    @data.setter
    def data(self, value: Any) -> None:
        engine.replace_data(self, value)
