"""What a module consists of: parameters, buffers and children, registered by name or by assignment."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.modules.hooks import every_module, replaced
from compat.torch_on_mindspore.parameter import Buffer, Parameter
from compat.torch_on_mindspore.tensor import Tensor


def fresh() -> dict[str, Any]:
    """The state of a module that has nothing registered."""
    return {
        "training": True,
        "_parameters": {},
        "_buffers": {},
        "_non_persistent_buffers_set": set(),
        "_backward_pre_hooks": OrderedDict(),
        "_backward_hooks": OrderedDict(),
        "_is_full_backward_hook": None,
        "_forward_hooks": OrderedDict(),
        "_forward_hooks_with_kwargs": OrderedDict(),
        "_forward_hooks_always_called": OrderedDict(),
        "_forward_pre_hooks": OrderedDict(),
        "_forward_pre_hooks_with_kwargs": OrderedDict(),
        "_state_dict_hooks": OrderedDict(),
        "_state_dict_pre_hooks": OrderedDict(),
        "_load_state_dict_pre_hooks": OrderedDict(),
        "_load_state_dict_post_hooks": OrderedDict(),
        "_modules": {},
    }


class Registered:
    """An object whose parameters, buffers and children are registered."""

    training: bool
    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        parameters = own.get("_parameters")
        if isinstance(value, Parameter):
            if parameters is None:
                raise invalid(AttributeError, "cannot assign parameters before Module.__init__() call")
            self._forget(name, "_buffers", "_modules")
            self.register_parameter(name, value)
        elif parameters is not None and name in parameters:
            _check_kind(value, type(None), "parameter", name, "torch.nn.Parameter")
            self.register_parameter(name, value)
        elif isinstance(value, Registered):
            if "_modules" not in own:
                raise invalid(AttributeError, "cannot assign module before Module.__init__() call")
            self._forget(name, "_parameters", "_buffers")
            self._modules[name] = replaced(every_module.module_registration, self, name, value)
        elif name in own.get("_modules", ()):
            _check_kind(value, type(None), "child module", name, "torch.nn.Module")
            self._modules[name] = replaced(every_module.module_registration, self, name, value)
        elif isinstance(value, Buffer) or name in own.get("_buffers", ()):
            _check_kind(value, mindspore.Tensor, "buffer", name, "torch.nn.Buffer, torch.Tensor")
            if "_buffers" not in own:
                raise invalid(AttributeError, "cannot assign buffer before Module.__init__() call")
            persistent = value.persistent if isinstance(value, Buffer) else name not in self._non_persistent_buffers_set
            self._forget(name, "_parameters", "_modules")
            if name in self._buffers:
                self._put_buffer(name, value, persistent)
            else:
                self.register_buffer(name, value, persistent)
        else:
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        for kind in ("_parameters", "_buffers", "_modules"):
            found = own.get(kind)
            if found is not None and name in found:
                return found[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for kind in ("_parameters", "_buffers", "_modules"):
            members = self.__dict__[kind]
            if name in members:
                del members[name]
                if kind == "_buffers":
                    self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        known = (*object.__dir__(self), *self._parameters, *self._modules, *self._buffers)
        return sorted({name for name in known if not name[0].isdigit()})

    def _forget(self, name: str, *kinds: str) -> None:
        """Drop what `name` meant: an attribute, or a member of another kind."""
        self.__dict__.pop(name, None)
        for kind in kinds:
            self.__dict__[kind].pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def register_parameter(self, name: str, param: Any) -> None:
        """A tensor to be trained, under `name`; None takes the name without a tensor."""
        if "_parameters" not in self.__dict__:
            raise invalid(AttributeError, "cannot assign parameter before Module.__init__() call")
        self._check_new(name, "parameter", self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise invalid(
                TypeError, f"cannot assign '{type_name(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        if param is not None and not param.is_leaf:
            raise invalid(
                ValueError,
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To "
                f"express '{name}' as a function of another Tensor, compute the value in the forward() method.",
            )
        self._parameters[name] = None if param is None else replaced(every_module.parameter_registration, self, name, param)

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """A tensor that is state but not trained; with persistent=False it is left out of `state_dict`."""
        if "_buffers" not in self.__dict__:
            raise invalid(AttributeError, "cannot assign buffer before Module.__init__() call")
        self._check_new(name, "buffer", self._buffers)
        if tensor is not None and not isinstance(tensor, mindspore.Tensor):
            raise invalid(
                TypeError,
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (torch Tensor or None required)",
            )
        self._put_buffer(name, tensor, persistent)

    def _put_buffer(self, name: str, tensor: Any, persistent: bool) -> None:
        self._buffers[name] = replaced(every_module.buffer_registration, self, name, tensor)
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def add_module(self, name: str, module: Any) -> None:
        """A child under `name`; None takes the name without a child."""
        if module is not None and not isinstance(module, Registered):
            raise invalid(TypeError, f"{type_name(module)} is not a Module subclass")
        self._check_new(name, "module", self._modules)
        self._modules[name] = replaced(every_module.module_registration, self, name, module)

    def register_module(self, name: str, module: Any) -> None:
        """The same as `add_module`."""
        self.add_module(name, module)

    def _check_new(self, name: str, kind: str, known: dict[str, Any]) -> None:
        if not isinstance(name, str):
            raise invalid(TypeError, f"{kind} name should be a string. Got {type(name).__name__}")
        taken = f"attribute '{name}' already exists"
        if kind == "module":
            if hasattr(self, name) and name not in known:
                raise invalid(KeyError, taken)
            if "." in name:
                raise invalid(KeyError, f'module name can\'t contain ".", got: {name}')
        if "." in name:
            raise invalid(KeyError, f'{kind} name can\'t contain "."')
        if name == "":
            raise invalid(KeyError, f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in known:
            raise invalid(KeyError, taken)


def _check_kind(value: Any, kind: Any, what: str, name: str, expected: str) -> None:
    if value is not None and not isinstance(value, kind):
        raise invalid(TypeError, f"cannot assign '{type_name(value)}' as {what} '{name}' ({expected} or None expected)")


def type_name(value: Any) -> str:
    """A tensor's legacy type, such as torch.FloatTensor; the class of anything else, a builtin one without its module."""
    kind = type(value)
    if isinstance(value, Tensor):
        return str(value.type())
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
