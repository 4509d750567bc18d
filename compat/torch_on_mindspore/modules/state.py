"""Reading and loading the state of a module."""

from __future__ import annotations

import functools
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.descriptors import Size
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.modules.hooks import Hooks, RemovableHandle, added
from compat.torch_on_mindspore.modules.traversal import Tree
from compat.torch_on_mindspore.parameter import Parameter, is_lazy

EXTRA_STATE = "_extra_state"


class _IncompatibleKeys(namedtuple("_IncompatibleKeys", "missing_keys unexpected_keys")):
    """What `load_state_dict` returns."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not (self.missing_keys or self.unexpected_keys):
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys!r}, unexpected_keys={self.unexpected_keys!r})"

    __str__ = __repr__


class Stateful(Tree):
    """An object whose parameters and persistent buffers can be saved and loaded."""

    _version = 1
    _state_dict_hooks: Hooks
    _state_dict_pre_hooks: Hooks
    _load_state_dict_pre_hooks: Hooks
    _load_state_dict_post_hooks: Hooks

    def get_extra_state(self) -> Any:
        """What a module saves besides its tensors, under `_extra_state`; a module that has such state overrides this."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be called: override it")

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` returned."""
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be called: override it")

    def _own_state(self) -> Iterator[tuple[str, Any]]:
        """This module's own parameters and persistent buffers."""
        for name, one in self._parameters.items():
            if one is not None:
                yield name, one
        for name, one in self._buffers.items():
            if one is not None and name not in self._non_persistent_buffers_set:
                yield name, one

    # --- reading ---

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """Parameters and persistent buffers by dotted name, detached unless `keep_vars`, but sharing storage."""
        if args:  # the deprecated way
            destination, prefix, keep_vars = (*args, *(destination, prefix, keep_vars)[len(args) :])  # type: ignore[misc]
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        note = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = note
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, child in self._modules.items():
            if child is not None:
                child.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in self._state_dict_hooks.values():
            found = hook(self, destination, prefix, note)
            if not getattr(hook, "_from_public_api", False):
                destination = destination if found is None else found
            elif found is not None:
                raise invalid(RuntimeError, "state_dict post-hook must return None")
        return destination

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        for name, one in self._own_state():
            destination[prefix + name] = one if keep_vars else one.detach()
        if type(self).get_extra_state is not Stateful.get_extra_state:
            destination[prefix + EXTRA_STATE] = self.get_extra_state()

    def register_state_dict_pre_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before the state is read."""
        return added(hook, self._state_dict_pre_hooks)

    def register_state_dict_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after the state was read; it changes `state_dict` in place."""
        hook._from_public_api = True  # type: ignore[attr-defined]
        return added(hook, self._state_dict_hooks)

    def _register_state_dict_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        if getattr(hook, "_from_public_api", False):
            raise invalid(
                RuntimeError,
                "Cannot register the same function as the state dict post hook that was previously registered via "
                "register_state_dict_post_hook",
            )
        return added(hook, self._state_dict_hooks)

    # --- loading ---

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> _IncompatibleKeys:
        """Copy values in, or with `assign` take the given tensors over.

        Every problem is in one RuntimeError: missing and unexpected entries, if `strict`, and those of another shape.
        """
        if not isinstance(state_dict, Mapping):
            raise invalid(TypeError, f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        given = OrderedDict(state_dict)
        notes = getattr(state_dict, "_metadata", None)
        if notes is not None:
            given._metadata = notes  # type: ignore[attr-defined]
        found = _IncompatibleKeys([], [])
        problems: list[str] = []
        _load(self, given, "", notes, assign, found, problems)
        if strict and found.unexpected_keys:
            problems.insert(0, f"Unexpected key(s) in state_dict: {quoted(found.unexpected_keys)}. ")
        if strict and found.missing_keys:
            problems.insert(0, f"Missing key(s) in state_dict: {quoted(found.missing_keys)}. ")
        if problems:
            listed = "\n\t".join(problems)
            raise invalid(RuntimeError, f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{listed}")
        return found

    def _load_from_state_dict(
        self,
        state_dict: Any,
        prefix: str,
        local_metadata: Any,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Load what belongs to this module itself; a subclass overrides it to read other releases of its state."""
        for hook in self._load_state_dict_pre_hooks.values():
            hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        own = dict(self._own_state())
        for name, one in own.items():
            if prefix + name in state_dict:
                error_msgs.extend(self._taken(name, one, prefix + name, state_dict[prefix + name], local_metadata))
            elif strict:
                missing_keys.append(prefix + name)
        extra = prefix + EXTRA_STATE
        if type(self).set_extra_state is not Stateful.set_extra_state:
            if extra in state_dict:
                self.set_extra_state(state_dict[extra])
            elif strict:
                missing_keys.append(extra)
        elif strict and extra in state_dict:
            unexpected_keys.append(extra)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != extra:
                    name, below, _ = key[len(prefix) :].partition(".")
                    if name not in (self._modules if below else own):
                        unexpected_keys.append(key)

    def _taken(self, name: str, target: Any, key: str, value: Any, notes: Any) -> list[str]:
        """Load one entry; the problems that kept it from being loaded."""
        if not isinstance(value, mindspore.Tensor):
            return [
                f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from checkpoint but '
                f"received {type(value)}"
            ]
        lazy = is_lazy(target)
        if not lazy and target.ndim == 0 and value.ndim == 1:
            value = value[0]  # scalars had one dimension in early releases
        if not lazy and tuple(value.shape) != tuple(target.shape):
            return [
                f"size mismatch for {key}: copying a param with shape {Size(value.shape)} from checkpoint, the shape in current "
                f"model is {target.shape}."
            ]
        try:
            with autograd.no_grad():
                if not notes.get("assign_to_params_buffers"):
                    target.copy_(value)
                elif isinstance(target, Parameter):
                    setattr(self, name, _as_parameter(value, target.requires_grad))
                else:
                    setattr(self, name, value)
        except Exception as error:
            return [
                f'While copying the parameter named "{key}", whose dimensions in the model are {target.shape} and whose dimensions in '
                f"the checkpoint are {Size(value.shape)}, an exception occurred : {error.args}."
            ]
        return []

    def _register_load_state_dict_pre_hook(self, hook: Callable[..., None], with_module: bool = False) -> RemovableHandle:
        return added(functools.partial(hook, self) if with_module else hook, self._load_state_dict_pre_hooks)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)` before loading."""
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def register_load_state_dict_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after loading; it changes the lists in place."""
        return added(hook, self._load_state_dict_post_hooks)


def _load(module: Any, state: Any, prefix: str, metadata: Any, assign: bool, found: _IncompatibleKeys, problems: list[str]) -> None:
    notes = {} if metadata is None else metadata.get(prefix[:-1], {})
    if assign:
        notes["assign_to_params_buffers"] = True
    module._load_from_state_dict(state, prefix, notes, True, found.missing_keys, found.unexpected_keys, problems)
    for name, child in module._modules.items():
        if child is not None:
            below = f"{prefix}{name}."
            _load(child, {key: value for key, value in state.items() if key.startswith(below)}, below, metadata, assign, found, problems)
    for hook in module._load_state_dict_post_hooks.values():
        if hook(module, found) is not None:
            raise AssertionError(
                "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if "
                "incompatible_keys need to be modified, it should be done inplace."
            )


def _as_parameter(value: Any, requires_grad: bool) -> Any:
    return value.requires_grad_(requires_grad) if isinstance(value, Parameter) else Parameter(value, requires_grad)


def quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def consume_prefix_in_state_dict_if_present(state_dict: Any, prefix: str) -> None:
    """Take `prefix` off the names of a state dict, in place."""
    for name in [key for key in state_dict if key.startswith(prefix)]:
        state_dict[name.removeprefix(prefix)] = state_dict.pop(name)
    notes: Any = getattr(state_dict, "_metadata", {})
    for name in list(filter(None, notes)):
        if name in (prefix, prefix.rstrip(".")) or name.startswith(prefix):
            notes[name[len(prefix) :]] = notes.pop(name)
