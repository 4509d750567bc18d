"""torch.optim.Optimizer: parameter groups, state, hooks, and the state dict in PyTorch's layout."""

from __future__ import annotations

import copy
import functools
import itertools
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.dtypes import FLOAT, OF, float32
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.module import clear_grads
from compat.torch_on_mindspore.modules.hooks import RemovableHandle
from compat.torch_on_mindspore.modules.registration import type_name
from compat.torch_on_mindspore.optim.unreached import Unreached
from compat.torch_on_mindspore.tensor import cast

StateDict = dict[str, Any]
HOOKS = ("step_pre", "step_post", "state_dict_pre", "state_dict_post", "load_state_dict_pre", "load_state_dict_post")
SETS = (
    "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change "
    "between runs. Please use a list instead."
)
DUPLICATES = (
    "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see "
    "github.com/pytorch/pytorch/issues/40967 for more information"
)

_global_pre_hooks: OrderedDict[int, Callable[..., Any]] = OrderedDict()
_global_post_hooks: OrderedDict[int, Callable[..., Any]] = OrderedDict()


class _Required:
    """The default of an option that every parameter group has to give."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()


def registered(hooks: OrderedDict[int, Callable[..., Any]], hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def register_optimizer_step_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` before the step of every optimizer."""
    return registered(_global_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` after the step of every optimizer."""
    return registered(_global_post_hooks, hook)


class _Parameters:
    """All parameters, group by group; an attribute that an optimizer of the caller's has by this name goes first."""

    def __get__(self, optimizer: Any, kind: Any = None) -> Any:
        return self if optimizer is None else tuple(parameter for group in optimizer.param_groups for parameter in group["params"])


class Optimizer:
    """Base of the optimizers, the caller's own too: a subclass computes in `step`.

    As an optimizer of MindSpore's it has `parameters`, and is called with their gradients.
    """

    parameters = _Parameters()

    _optimizer_step_pre_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_step_post_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_state_dict_pre_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_state_dict_post_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_load_state_dict_pre_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_load_state_dict_post_hooks: OrderedDict[int, Callable[..., Any]]

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._prepare_hooks()
        if isinstance(params, mindspore.Tensor):
            raise invalid(
                TypeError,
                f"params argument given to the optimizer should be an iterable of Tensors or dicts, but got {type_name(params)}",
            )
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise invalid(ValueError, "optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def _prepare_hooks(self) -> None:
        for name in HOOKS:
            self.__dict__.setdefault(f"_optimizer_{name}_hooks", OrderedDict())
        if not getattr(type(self).step, "hooked", False):
            type(self).step = self.profile_hook_step(type(self).step)  # type: ignore[method-assign]

    @staticmethod
    def profile_hook_step(func: Callable[..., Any]) -> Callable[..., Any]:
        """`func`, a `step`, with the registered hooks around it."""

        @functools.wraps(func)
        def step(*args: Any, **kwargs: Any) -> Any:
            self = args[0]
            for hook in itertools.chain(_global_pre_hooks.values(), self._optimizer_step_pre_hooks.values()):
                changed = hook(self, args, kwargs)
                if changed is None:
                    continue
                if not (isinstance(changed, tuple) and len(changed) == 2):
                    raise invalid(RuntimeError, f"{func} must return None or a tuple of (new_args, new_kwargs), but got {changed}.")
                args, kwargs = changed
            result = func(*args, **kwargs)
            for hook in itertools.chain(self._optimizer_step_post_hooks.values(), _global_post_hooks.values()):
                hook(self, args, kwargs)
            return result

        step.hooked = True  # type: ignore[attr-defined]
        return step

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("defaults", "state", "param_groups")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare_hooks()

    def __repr__(self) -> str:
        lines = []
        for number, group in enumerate(self.param_groups):
            lines += ["", f"Parameter Group {number}"]
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return f"{type(self).__name__} (" + "\n".join(lines) + "\n)"

    # --- hooks ---

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step; what it returns replaces the arguments."""
        return registered(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return registered(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` before each `state_dict`."""
        return registered(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` after each `state_dict`; what it returns replaces the result."""
        return registered(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` before each `load_state_dict`; what it returns is loaded instead."""
        return registered(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` after each `load_state_dict`."""
        return registered(self._optimizer_load_state_dict_post_hooks, hook, prepend)

    # --- groups ---

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with their own options, kept in the caller's dict; TypeError or ValueError for what can't be optimised."""
        if not isinstance(param_group, dict):
            raise invalid(TypeError, f"param_group must be a dict, but got {type(param_group)}")
        given = param_group["params"]
        if isinstance(given, set):
            raise invalid(TypeError, SETS)
        entries = [given] if isinstance(given, mindspore.Tensor) else list(given)
        names = [one[0] for one in entries if isinstance(one, tuple)]
        parameters = [one[1] if isinstance(one, tuple) else one for one in entries]
        param_group["params"] = parameters
        if names:
            if len(names) != len(parameters):
                raise invalid(ValueError, "all optimizer params should be with/without names. Some param names are missing")
            param_group["param_names"] = names
        for one in parameters:
            self._check_parameter(one)
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise invalid(ValueError, f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        numbers = {id(one) for one in parameters}
        if len(parameters) != len(numbers):
            warnings.warn(DUPLICATES, stacklevel=3)
        for group in self.param_groups:
            if ("param_names" in param_group) != ("param_names" in group):
                kind = "with names" if "param_names" in param_group else "without names"
                raise invalid(
                    ValueError,
                    f"all optimizer param groups should be with/without names. cannot add param group {kind} to the optimizer",
                )
        if any(id(one) in numbers for group in self.param_groups for one in group["params"]):
            raise invalid(ValueError, "some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def _check_parameter(self, parameter: Any) -> None:
        if not isinstance(parameter, mindspore.Tensor):
            raise invalid(TypeError, f"optimizer can only optimize Tensors, but one of the params is {type_name(parameter)}")
        if not (self.defaults.get("differentiable") or engine.is_leaf(parameter) or not engine.requires_grad(parameter)):
            raise invalid(ValueError, "can't optimize a non-leaf Tensor")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop every gradient, or fill it with zeros in place."""
        for group in self.param_groups:
            clear_grads(group["params"], set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        raise NotImplementedError

    def __call__(self, gradients: Iterable[Any]) -> None:
        """Step by `gradients`, one for each of `parameters`, which stay their `grad`; a parameter that is `Unreached` has none."""
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            engine.set_grad(parameter, None if isinstance(gradient, Unreached) else gradient)
        self.step()

    # --- state dict ---

    def state_dict(self) -> StateDict:
        """Options and state, with each parameter replaced by its number; the tensors are the optimizer's own, not copies."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers: dict[int, int] = {}
        first, groups = 0, []
        for group in self.param_groups:
            for number, one in enumerate(group["params"], first):
                numbers.setdefault(id(one), number)
            first += len(group["params"])
            packed = {name: value for name, value in group.items() if name != "params"}
            groups.append({**packed, "params": [numbers[id(one)] for one in group["params"]]})
        state = {numbers[id(key)] if isinstance(key, mindspore.Tensor) else key: kept for key, kept in self.state.items()}
        result: StateDict = {"state": state, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            changed = hook(self, result)
            result = result if changed is None else changed
        return result

    def load_state_dict(self, state_dict: StateDict) -> None:
        """Take options and state over, by the order of the parameters; ValueError when the groups do not match.

        State tensors are cast to the dtype of their parameter, except `step`.
        """
        given = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            changed = hook(self, given)
            given = given if changed is None else changed
        groups = copy.deepcopy(given["param_groups"])
        if len(groups) != len(self.param_groups):
            raise invalid(ValueError, "loaded state dict has a different number of parameter groups")
        pairs = list(zip(groups, self.param_groups, strict=True))
        if any(len(new["params"]) != len(old["params"]) for new, old in pairs):
            raise invalid(ValueError, "loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
        places = {
            number: (one, new) for new, old in pairs for number, one in zip(new["params"], old["params"], strict=True)
        }  # a parameter and its group by its number
        state: defaultdict[Any, Any] = defaultdict(dict)
        for number, kept in given["state"].items():
            if number in places:
                state[places[number][0]] = fitted(kept, *places[number])
            else:
                state[number] = kept
        for new, old in pairs:
            new["params"] = old["params"]
            if "param_names" in old:
                new.setdefault("param_names", old["param_names"])
        self.__setstate__({"state": state, "param_groups": groups})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)


def fitted(value: Any, parameter: Any, group: dict[str, Any], name: str = "") -> Any:
    """A loaded piece of state as the state of `parameter`: tensors in its dtype, inside containers too."""
    if isinstance(value, mindspore.Tensor):
        if name == "step":
            return cast(value, float32) if group.get("capturable") or group.get("fused") else value
        return cast(value, parameter.dtype) if OF[parameter.dtype].category == FLOAT else value
    if isinstance(value, dict):
        return {key: fitted(one, parameter, group, key) for key, one in value.items()}
    if isinstance(value, Iterable):
        return type(value)(fitted(one, parameter, group) for one in value)  # type: ignore[call-arg]
    return value
