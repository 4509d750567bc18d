"""Hooks on modules: their handles, the ones that hold for every module, and a call that has some."""

from __future__ import annotations

import itertools
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.modules.backward_hooks import WatchedBackward

_numbers = itertools.count()

Hooks = OrderedDict[int, Any]


class RemovableHandle:
    """Takes a hook off again; `torch.utils.hooks.RemovableHandle`. It keeps the module that has the hook from nothing."""

    def __init__(self, hooks_dict: Hooks, *, extra_dict: Any = None) -> None:
        self.id: int = next(_numbers)
        listed = extra_dict if isinstance(extra_dict, (list, tuple)) else [extra_dict]
        self._places = [weakref.ref(place) for place in (hooks_dict, *listed) if place is not None]

    def remove(self) -> None:
        for place in self._places:
            hooks = place()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __getstate__(self) -> tuple[int, list[Any]]:
        return self.id, [place() for place in self._places]

    def __setstate__(self, state: tuple[int, list[Any]]) -> None:
        self.id, places = state
        self._places = [weakref.ref(OrderedDict() if place is None else place) for place in places]

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def added(hook: Any, hooks: Hooks, *marks: tuple[Hooks, bool], prepend: bool = False) -> RemovableHandle:
    """`hook` at the end of `hooks`, or in front, and noted in each of `marks` that is wanted."""
    handle = RemovableHandle(hooks, extra_dict=[place for place, _ in marks])
    hooks[handle.id] = hook
    for place, wanted in marks:
        if wanted:
            place[handle.id] = True
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


class _EveryModule:
    """The hooks of all modules, by what calls them."""

    def __init__(self) -> None:
        self.forward: Hooks = OrderedDict()
        self.forward_with_kwargs: Hooks = OrderedDict()
        self.forward_always_called: Hooks = OrderedDict()
        self.forward_pre: Hooks = OrderedDict()
        self.backward: Hooks = OrderedDict()
        self.backward_pre: Hooks = OrderedDict()
        self.backward_is_full: bool | None = None
        self.parameter_registration: Hooks = OrderedDict()
        self.buffer_registration: Hooks = OrderedDict()
        self.module_registration: Hooks = OrderedDict()


every_module = _EveryModule()


def register_module_forward_hook(hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False) -> RemovableHandle:
    """Call `hook(module, args, output)` after the forward of any module."""
    marks = (every_module.forward_with_kwargs, with_kwargs), (every_module.forward_always_called, always_call)
    return added(hook, every_module.forward, *marks)


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, args)` before the forward of any module."""
    return added(hook, every_module.forward_pre)


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, grad_output)` when the gradients of any module's output are known."""
    return added(hook, every_module.backward_pre)


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` when the gradients of any module's inputs are known."""
    return _backward_of_every_module(hook, full=True)


def register_module_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """The legacy form of `register_module_full_backward_hook`."""
    return _backward_of_every_module(hook, full=False)


def _backward_of_every_module(hook: Callable[..., Any], *, full: bool) -> RemovableHandle:
    if every_module.backward_is_full is (not full):
        raise invalid(
            RuntimeError,
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please use only one of them.",
        )
    every_module.backward_is_full = full
    return added(hook, every_module.backward)


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, name, parameter)` before any module registers a parameter; what it returns, unless None, is registered."""
    return added(hook, every_module.parameter_registration)


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, name, buffer)` before any module registers a buffer; what it returns, unless None, is registered."""
    return added(hook, every_module.buffer_registration)


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(module, name, submodule)` before any module registers a child; what it returns, unless None, is registered."""
    return added(hook, every_module.module_registration)


def replaced(hooks: Hooks, module: Any, name: str, value: Any) -> Any:
    """What is registered instead of `value`, after the registration hooks."""
    for hook in hooks.values():
        found = hook(module, name, value)
        value = value if found is None else found
    return value


def called(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The result of `module(*args, **kwargs)` where some hook is registered."""
    progress = _Call(module, args, kwargs)
    try:
        return progress.run()
    except Exception:
        progress.run_always_called()
        raise


class _Call:
    """One call of a module, with the hooks that have run."""

    def __init__(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.module, self.args, self.kwargs = module, args, kwargs
        self.result: Any = None
        self.done: set[int] = set()

    def run(self) -> Any:
        self._before()
        backward = self._backward()
        if backward is not None:
            self.args = backward.inputs(self.args)
        self.result = self.module.forward(*self.args, **self.kwargs)
        for number, hook in self._forward_hooks():
            self.done.add(number)
            self._after(number, hook)
        if backward is not None:
            self.result = backward.outputs(self.result)
        return self.result

    def _before(self) -> None:
        with_kwargs = self.module._forward_pre_hooks_with_kwargs
        for number, hook in (*every_module.forward_pre.items(), *self.module._forward_pre_hooks.items()):
            if number not in with_kwargs:
                changed = hook(self.module, self.args)
                if changed is not None:
                    self.args = changed if isinstance(changed, tuple) else (changed,)
                continue
            changed = hook(self.module, self.args, self.kwargs)
            if changed is None:
                continue
            if not (isinstance(changed, tuple) and len(changed) == 2):
                raise invalid(RuntimeError, f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {changed}.")
            self.args, self.kwargs = changed

    def _forward_hooks(self) -> Iterator[tuple[int, Any]]:
        yield from (*every_module.forward.items(), *self.module._forward_hooks.items())

    def _after(self, number: int, hook: Any) -> None:
        if number in self.module._forward_hooks_with_kwargs or number in every_module.forward_with_kwargs:
            changed = hook(self.module, self.args, self.kwargs, self.result)
        else:
            changed = hook(self.module, self.args, self.result)
        self.result = self.result if changed is None else changed

    def _backward(self) -> Any:
        """What watches the gradients of this call, if a hook wants them."""
        on_inputs = (*every_module.backward.values(), *self.module._backward_hooks.values())
        on_outputs = (*every_module.backward_pre.values(), *self.module._backward_pre_hooks.values())
        return WatchedBackward(self.module, on_inputs, on_outputs) if on_inputs or on_outputs else None

    def run_always_called(self) -> None:
        """After an error: the hooks that asked for it, whose own errors become warnings."""
        for number, hook in self._forward_hooks():
            always = number in self.module._forward_hooks_always_called or number in every_module.forward_always_called
            if always and number not in self.done:
                try:
                    self._after(number, hook)
                except Exception as error:
                    warnings.warn(
                        "module forward hook with ``always_call=True`` raised an exception that was silenced as another error "
                        f"was raised in forward: {error}",
                        stacklevel=4,
                    )
