"""torch.nn.Module: registration by assignment, traversal, modes, hooks and printing."""

from __future__ import annotations

import copy
import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import engine, state
from compat.torch_on_mindspore.descriptors import check_device, device
from compat.torch_on_mindspore.dtypes import BY_NAME, FLOAT, OF
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.tensor import Tensor, cast

_hook_numbers = itertools.count()


class RemovableHandle:
    """Takes a hook off again; `torch.utils.hooks.RemovableHandle`."""

    def __init__(self, hooks: dict[int, Any]) -> None:
        self.hooks, self.id = hooks, next(_hook_numbers)

    def remove(self) -> None:
        self.hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


class Module:
    """Base of all layers and networks."""

    training: bool
    _version = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args or kwargs:
            given = (
                f"got an unexpected keyword argument '{next(iter(kwargs))}'"
                if kwargs
                else (f"takes 1 positional argument but {len(args) + 1} were given")
            )
            raise invalid(TypeError, f"{type(self).__name__}.__init__() {given}")
        for name, value in (
            ("training", True), ("_parameters", {}), ("_buffers", {}), ("_non_persistent_buffers_set", set()),
            ("_modules", {}), ("_forward_hooks", OrderedDict()), ("_forward_pre_hooks", OrderedDict()),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        engine.record()
        for hook, with_kwargs in tuple(self._forward_pre_hooks.values()):
            changed = hook(self, args, kwargs) if with_kwargs else hook(self, args)
            if changed is not None and with_kwargs:
                args, kwargs = changed
            elif changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        result = self.forward(*args, **kwargs)
        for hook, with_kwargs in tuple(self._forward_hooks.values()):
            changed = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
            result = result if changed is None else changed
        return result

    # --- registration ---

    def __setattr__(self, name: str, value: Any) -> None:
        registered = self.__dict__.get("_parameters")
        if isinstance(value, Parameter):
            if registered is None:
                raise invalid(AttributeError, "cannot assign parameters before Module.__init__() call")
            self._forget(name)
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            if registered is None:
                raise invalid(AttributeError, "cannot assign module before Module.__init__() call")
            self._forget(name)
            self._modules[name] = value
        elif registered is not None and name in registered:
            check_kind(value, mindspore.Parameter, "parameter", name, "torch.nn.Parameter")
            registered[name] = value
        elif registered is not None and name in self._modules:
            check_kind(value, Module, "child module", name, "torch.nn.Module")
            self._modules[name] = value
        elif registered is not None and name in self._buffers:
            check_kind(value, mindspore.Tensor, "buffer", name, "torch.Tensor")
            self._buffers[name] = value
        else:
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        for kind in ("_parameters", "_buffers", "_modules"):
            found = self.__dict__.get(kind, {})
            if name in found:
                return found[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        if not self._forget(name):
            object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._parameters, *self._buffers, *self._modules})

    def _forget(self, name: str) -> bool:
        kinds = (self.__dict__, self._parameters, self._buffers, self._modules)
        self._non_persistent_buffers_set.discard(name)
        known = [kind for kind in kinds if name in kind]
        for kind in known:
            del kind[name]
        return bool(known)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        self._check_new(name, "parameter", self._parameters)
        if param is not None and not isinstance(param, mindspore.Parameter):
            raise invalid(
                TypeError,
                f"cannot assign '{type_name(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)",
            )
        if param is not None and not param.is_leaf:
            raise invalid(
                ValueError,
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To "
                f"express '{name}' as a function of another Tensor, compute the value in the forward() method.",
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """A tensor that is state but not trained; with persistent=False it is left out of `state_dict`."""
        self._check_new(name, "buffer", self._buffers)
        if tensor is not None and not isinstance(tensor, mindspore.Tensor):
            raise invalid(
                TypeError,
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (torch Tensor or None required)",
            )
        self._buffers[name] = tensor
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def register_module(self, name: str, module: Module | None) -> None:
        self.add_module(name, module)

    def add_module(self, name: str, module: Module | None) -> None:
        if module is not None and not isinstance(module, Module):
            raise invalid(TypeError, f"{type(module).__name__} is not a Module subclass")
        self._check_new(name, "module", self._modules)
        self._modules[name] = module

    def _check_new(self, name: str, kind: str, known: dict[str, Any]) -> None:
        if not isinstance(name, str):
            raise invalid(TypeError, f"{kind} name should be a string. Got {type(name).__name__}")
        if hasattr(self, name) and name not in known:
            raise invalid(KeyError, f"attribute '{name}' already exists")
        if "." in name:
            raise invalid(KeyError, f'{kind} name can\'t contain "."' + (f", got: {name}" if kind == "module" else ""))
        if name == "":
            raise invalid(KeyError, f'{kind} name can\'t be empty string ""')

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after each forward; what it returns, unless None, is the output."""
        if always_call:
            raise UnsupportedArgument("torch.nn.Module.register_forward_hook", "always_call", True, "False")
        return _registered(self._forward_hooks, (hook, with_kwargs), prepend)

    def register_forward_pre_hook(self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False) -> RemovableHandle:
        """Call `hook(module, args)` before each forward; what it returns, unless None, are the arguments."""
        return _registered(self._forward_pre_hooks, (hook, with_kwargs), prepend)

    # --- traversal ---

    def named_modules(self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True) -> Iterator[tuple[str, Module]]:
        seen = set() if memo is None else memo
        if self in seen:
            return
        if remove_duplicate:
            seen.add(self)
        yield prefix, self
        for name, child in self._modules.items():
            if child is not None:
                yield from child.named_modules(seen, dotted(prefix, name), remove_duplicate)

    def modules(self) -> Iterator[Module]:
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        seen = set()
        for name, child in self._modules.items():
            if child is not None and child not in seen:
                seen.add(child)
                yield name, child

    def children(self) -> Iterator[Module]:
        return (child for _, child in self.named_children())

    def named_parameters(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Any]]:
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Any]:
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Any]]:
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Any]:
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _named_members(self, kind: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
        owners = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else ((prefix, self),)
        seen: set[int] = set()
        for path, module in owners:
            for name, member in module.__dict__[kind].items():
                if member is None or id(member) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(member))
                yield dotted(path, name), member

    def get_submodule(self, target: str) -> Module:
        """The module at a dotted path; AttributeError when there is none."""
        found: Any = self
        for name in target.split(".") if target else ():
            if not hasattr(found, name):
                raise invalid(AttributeError, f"{type(found).__name__} has no attribute `{name}`")
            found = getattr(found, name)
            if not isinstance(found, Module):
                raise invalid(AttributeError, f"`{name}` is not an nn.Module")
        module: Module = found
        return module

    def get_parameter(self, target: str) -> Any:
        path, _, name = target.rpartition(".")
        found = getattr(self.get_submodule(path), name)
        if not isinstance(found, mindspore.Parameter):
            raise invalid(AttributeError, f"`{name}` is not an nn.Parameter")
        return found

    # --- modes and conversions ---

    def apply(self, fn: Callable[[Module], Any]) -> Any:
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

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """The same module with its floating-point parameters and buffers in another dtype."""
        wanted = None
        for given in (*args, *(kwargs.pop(name, None) for name in ("device", "dtype", "tensor"))):
            if isinstance(given, mindspore.Tensor):
                wanted = given.dtype
            elif isinstance(given, (str, device)):
                check_device("torch.nn.Module.to", given)
            elif given is not None and not isinstance(given, bool):
                wanted = OF[given]
        if wanted is not None and wanted.category < FLOAT:
            raise invalid(TypeError, f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={wanted}")
        return self if wanted is None else self._apply(lambda one: cast(one, wanted) if one.is_floating_point() else one)

    def _apply(self, fn: Callable[[Any], Any]) -> Any:
        for child in self.children():
            child._apply(fn)
        for parameter in self._parameters.values():
            if parameter is not None:
                parameter.data = fn(parameter.data)
                if parameter.grad is not None:
                    parameter.grad = fn(parameter.grad)
        for name, buffer in self._buffers.items():
            self._buffers[name] = None if buffer is None else fn(buffer)
        return self

    def float(self) -> Any:
        return self.to(BY_NAME["float32"])

    def double(self) -> Any:
        return self.to(BY_NAME["float64"])

    def half(self) -> Any:
        return self.to(BY_NAME["float16"])

    def bfloat16(self) -> Any:
        return self.to(BY_NAME["bfloat16"])

    def cpu(self) -> Any:
        return self.to("cpu")

    # --- state ---

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """Parameters and persistent buffers by dotted name, detached but sharing storage."""
        return state.collected(self, destination, prefix, keep_vars)

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> state.IncompatibleKeys:
        """Copy values in; RuntimeError for missing, unexpected (both only if `strict`) or differently shaped entries."""
        if assign:
            raise UnsupportedArgument("torch.nn.Module.load_state_dict", "assign", True, "False")
        return state.loaded(self, state_dict, strict)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        for name, value in self.__dict__.items():
            object.__setattr__(made, name, copy.deepcopy(value, memo))
        return made

    # --- printing ---

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
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


def _registered(hooks: Any, entry: tuple[Any, bool], prepend: bool) -> RemovableHandle:
    handle = RemovableHandle(hooks)
    hooks[handle.id] = entry
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def check_kind(value: Any, kind: Any, what: str, name: str, expected: str) -> None:
    if value is not None and not isinstance(value, kind):
        raise invalid(TypeError, f"cannot assign '{type_name(value)}' as {what} '{name}' ({expected} or None expected)")


def type_name(value: Any) -> str:
    return str(value.type()) if isinstance(value, Tensor) else type(value).__name__


def clear_grads(parameters: Any, set_to_none: bool) -> None:
    """Drop the gradients, or fill them with zeros."""
    for parameter in parameters:
        # The property would lay a matrix product's gradient out anew, only for it to be dropped.
        if engine.grad(parameter) is not None:
            if set_to_none:
                engine.set_grad(parameter, None)
            else:
                parameter.grad.zero_()


def dotted(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def indented(text: str) -> str:
    return text.replace("\n", "\n  ")
