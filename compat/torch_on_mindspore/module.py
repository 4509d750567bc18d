"""torch.nn.Module: calling, modes, conversions, hooks and printing, on top of what it consists of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.creation import empty_like
from compat.torch_on_mindspore.descriptors import check_device, device
from compat.torch_on_mindspore.dtypes import BY_NAME, FLOAT, OF
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.modules import hooks
from compat.torch_on_mindspore.modules.hooks import Hooks, RemovableHandle, added, every_module
from compat.torch_on_mindspore.modules.registration import fresh
from compat.torch_on_mindspore.modules.state import Stateful
from compat.torch_on_mindspore.natives import adopted
from compat.torch_on_mindspore.tensor import cast


class Module(Stateful):
    """Base of all layers and networks."""

    dump_patches = False
    call_super_init = False
    _is_full_backward_hook: bool | None
    _forward_hooks: Hooks
    _forward_hooks_with_kwargs: Hooks
    _forward_hooks_always_called: Hooks
    _forward_pre_hooks: Hooks
    _forward_pre_hooks_with_kwargs: Hooks
    _backward_hooks: Hooks
    _backward_pre_hooks: Hooks

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init and (args or kwargs):
            given = (
                f"got an unexpected keyword argument '{next(iter(kwargs))}'"
                if kwargs
                else (f"takes 1 positional argument but {len(args) + 1} were given")
            )
            raise invalid(TypeError, f"{type(self).__name__}.__init__() {given}")
        self.__dict__.update(fresh())
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        engine.record()
        args = adopted(args)
        if (
            self._forward_hooks or self._forward_pre_hooks or self._backward_hooks or self._backward_pre_hooks
            or every_module.forward or every_module.forward_pre or every_module.backward or every_module.backward_pre
        ):  # fmt: skip
            return hooks.called(self, args, kwargs)
        return self.forward(*args, **kwargs)

    _call_impl = _wrapped_call_impl = __call__

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(fresh())
        self.__dict__.update(state)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Accepted; the module goes on being executed as it is, which gives the same results."""

    # --- hooks ---

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after each forward; what it returns, unless None, is the output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`; with `always_call` it runs after an error too.
        """
        marks = (self._forward_hooks_with_kwargs, with_kwargs), (self._forward_hooks_always_called, always_call)
        return added(hook, self._forward_hooks, *marks, prepend=prepend)

    def register_forward_pre_hook(self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False) -> RemovableHandle:
        """Call `hook(module, args)` before each forward; what it returns, unless None, are the arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)`, which returns None or both.
        """
        return added(hook, self._forward_pre_hooks, (self._forward_pre_hooks_with_kwargs, with_kwargs), prepend=prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` in each backward; what it returns, unless None, replaces grad_input."""
        return self._add_backward_hook(hook, True, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """The legacy form of `register_full_backward_hook`."""
        return self._add_backward_hook(hook, False, False)

    def _add_backward_hook(self, hook: Callable[..., Any], full: bool, prepend: bool) -> RemovableHandle:
        if self._is_full_backward_hook is (not full):
            raise invalid(
                RuntimeError,
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them.",
            )
        self._is_full_backward_hook = full
        return added(hook, self._backward_hooks, prepend=prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` before the gradients of a call are computed; what it returns, unless None, replaces them."""
        return added(hook, self._backward_pre_hooks, prepend=prepend)

    # --- modes ---

    def apply(self, fn: Callable[[Any], Any]) -> Any:
        """Call `fn` on every child, then on this module."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Any:
        if not isinstance(mode, bool):
            raise invalid(ValueError, "training mode is expected to be boolean")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Any:
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        clear_grads(self.parameters(), set_to_none)

    # --- conversions, in place on parameters and buffers ---

    def _apply(self, fn: Callable[[Any], Any], recurse: bool = True) -> Any:
        for child in self.children() if recurse else ():
            child._apply(fn)
        for parameter in self._parameters.values():
            if parameter is not None:
                gradient = parameter.grad
                changed = fn(parameter.data)
                if gradient is not None:
                    engine.set_grad(parameter, None)
                parameter.data = changed
                if gradient is not None:
                    parameter.grad = fn(gradient)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """The same module with its floating-point parameters and buffers in another dtype: `to(device, dtype)`, `to(tensor)`.

        With a `memory_format` parameters stay as they lie in memory: no operator here gains by another order.
        """
        unknown = sorted(set(kwargs) - {"device", "dtype", "tensor", "non_blocking", "memory_format"})
        if unknown:
            raise invalid(TypeError, f"to() received an invalid combination of arguments: unexpected {', '.join(unknown)}")
        wanted = None
        for given in (*args, *(kwargs.get(name) for name in ("device", "dtype", "tensor"))):
            if isinstance(given, mindspore.Tensor):
                wanted = given.dtype
            elif isinstance(given, (str, device)):
                check_device("torch.nn.Module.to", given)
            elif isinstance(given, int) and not isinstance(given, bool):
                check_device("torch.nn.Module.to", f"cuda:{given}")
            elif given is not None and not isinstance(given, bool):
                wanted = OF[given]
        if wanted is not None and wanted.category < FLOAT:
            raise invalid(TypeError, f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={wanted}")
        return self if wanted is None else self._apply(lambda one: cast(one, wanted) if is_real_or_complex(one) else one)

    def type(self, dst_type: Any) -> Any:
        """All parameters and buffers in another dtype, integers too."""
        return self._apply(lambda one: one.type(dst_type))

    def float(self) -> Any:
        return self._floating_as("float32")

    def double(self) -> Any:
        return self._floating_as("float64")

    def half(self) -> Any:
        return self._floating_as("float16")

    def bfloat16(self) -> Any:
        return self._floating_as("bfloat16")

    def _floating_as(self, name: str) -> Any:
        return self._apply(lambda one: cast(one, BY_NAME[name]) if one.is_floating_point() else one)

    def to_empty(self, *, device: Any, recurse: bool = True) -> Any:
        """The same module with new, uninitialised storage."""
        check_device("torch.nn.Module.to_empty", device)
        return self._apply(empty_like, recurse)

    def cpu(self) -> Any:
        return self._apply(lambda one: one.cpu())

    def cuda(self, device: Any = None) -> Any:
        return self._apply(lambda one: one.cuda(device))

    def share_memory(self) -> Any:
        return self._apply(lambda one: one.share_memory_())

    # --- printing ---

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands between the parentheses when the module is printed; a subclass overrides it."""
        return ""

    def _shown_children(self) -> list[str]:
        return [f"({name}): " + indented(repr(child)) for name, child in self._modules.items()]

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = self._shown_children()
        if len(lines) == 1 and not children:
            return f"{self._get_name()}({lines[0]})"
        body = "\n  ".join((*lines, *children))
        return f"{self._get_name()}(\n  {body}\n)" if body else f"{self._get_name()}()"


def is_real_or_complex(tensor: Any) -> bool:
    return bool(tensor.dtype.category >= FLOAT)


def clear_grads(parameters: Any, set_to_none: bool) -> None:
    """Drop the gradients, or fill them with zeros."""
    for parameter in parameters:
        # Not by the property, which would lay a matrix product's gradient out anew, only for it to be dropped.
        if set_to_none:
            engine.set_grad(parameter, None)
            parameter._known_grad = None
        elif engine.grad(parameter) is not None:
            parameter.grad.zero_()


def indented(text: str) -> str:
    return text.replace("\n", "\n  ")
