"""The optimizers of mindspore.experimental and mindspore.mint: `param_groups` hold the options, learning rates too.

A subclass says what it keeps for each parameter (`kept`) and gives `_update` for one group, by foreach operators.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.meanings import plain_torch, real_dtype
from compat.mindspore_on_torch.optim import rates
from compat.mindspore_on_torch.optim.checks import as_list
from compat.mindspore_on_torch.parameter import Parameter, ParameterTuple

torch: Any = frameworks.load("torch")


def invalid(owner: str, reason: str) -> Exception:
    """A ValueError about an argument of an optimizer."""
    return errors.invalid(ValueError, f"For '{owner}', {reason}.")


class Optimizer(Cell):
    """mindspore.experimental.optim.Optimizer(params, defaults): `defaults` fill what a group of `params` does not say.

    The learning rate of a group is a Parameter in host memory, which schedulers and programs assign to.
    """

    # Attribute → what fills it at first, a number or the default that says so: one Parameter for each parameter.
    kept: ClassVar[dict[str, Any]] = {}
    # The attribute that counts steps (None for none), its first value and data type.
    counter: str | None = "step_t"
    counted: tuple[Any, Any] = (0, dtypes.int32)

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        super().__init__(auto_prefix=False)
        self.defaults = defaults
        self.state: Any = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        # Where the parameters of each group begin among all, and the number of all.
        self.group_start_id: list[int] = [0]
        self.parameters = ParameterTuple(())
        for name in self.kept:
            setattr(self, name, ParameterTuple(()))
        given = as_list(params)
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self._take(group)
        self._keep_for(self.parameters)
        if self.counter:
            setattr(self, self.counter, rates.on_host(self.counted[0], self.counter, self.counted[1]))

    def add_param_group(self, param_group: Any) -> None:
        """Take more parameters: a dict with params and options. TypeError for no dict, or one without a learning rate."""
        self._take(param_group)
        self._keep_for(self.param_groups[-1]["params"])

    def _take(self, param_group: Any) -> None:
        if not isinstance(param_group, dict):
            raise errors.invalid(TypeError, f"Param group must be a dict, but got {type(param_group)}.")
        members = param_group["params"]
        members = [members] if isinstance(members, Parameter) else members
        group = {"weight_decay": 0.0, **self.defaults, **param_group, "params": self._checked(members)}
        group["lr"] = self._rate(group.get("lr"))
        if not isinstance(group.get("maximize", False), bool):
            raise errors.invalid(TypeError, f"For '{self.cls_name}', 'maximize' must be bool, but got {group['maximize']!r}.")
        if group.get("weight_decay", 0.0) < 0.0:
            raise invalid(self.cls_name, f"'weight_decay' must be at least 0, but got {group['weight_decay']}")
        self._check_group(group)
        self.param_groups.append(group)
        self.parameters = ParameterTuple((*self.parameters, *group["params"]))
        self.group_start_id.append(len(self.parameters))

    def _keep_for(self, members: Iterable[Any]) -> None:
        for name, value in self.kept.items():
            filled = self.defaults[value] if isinstance(value, str) else value
            setattr(self, name, ParameterTuple((*getattr(self, name), *(like(item, name, filled) for item in members))))

    def _checked(self, members: Any) -> list[Any]:
        if not isinstance(members, Iterable) or isinstance(members, set):
            raise errors.invalid(TypeError, f"For 'Optimizer', 'params' must be a list of Parameters, but got {type(members)}.")
        found = as_list(members)
        for item in found:
            if not isinstance(item, Parameter):
                raise errors.invalid(TypeError, f"For 'Optimizer', 'params' must hold Parameters, but got {type(item)}.")
            if any(item is other for other in self.parameters):
                raise invalid("Optimizer", "some parameters appear in more than one parameter group")
        if len({id(item) for item in found}) < len(found):
            raise invalid("Optimizer", "a parameter appears twice in one parameter group")
        return found

    def _rate(self, value: Any) -> Any:
        if not isinstance(value, (int, float, torch.Tensor)) or isinstance(value, bool):
            raise errors.invalid(TypeError, f"For '{self.cls_name}', 'lr' must be int, float or Tensor, but got {type(value)}.")
        if isinstance(value, torch.Tensor) and value.ndim:
            raise invalid(self.cls_name, f"'lr' must be a tensor of no dimensions, but got {value.ndim}")
        if float(value) < 0:
            raise invalid(self.cls_name, f"'lr' must be at least 0, but got {value}")
        return rates.on_host(float(value), f"learning_rate_group_{len(self.param_groups)}")

    def _check_group(self, group: dict[str, Any]) -> None:
        """What a subclass asks of the options of a group."""

    @property
    def lrs(self) -> list[Any]:
        """The learning rate of each group."""
        return [group["lr"] for group in self.param_groups]

    def __repr__(self) -> str:
        lines = [f"{self.cls_name} ("]
        for place, group in enumerate(self.param_groups):
            lines += ([""] if place else []) + [f"Parameter Group {place}"]
            shown = {key: float(value) if key == "lr" else value for key, value in group.items() if key != "params"}
            lines += [f"    {key}: {round(shown[key], 9) if key == 'lr' else shown[key]}" for key in sorted(shown)]
        return "\n".join((*lines, ")"))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # A step is never differentiated, whoever wrote it.
        with torch.no_grad():
            return super().__call__(*args, **kwargs)

    def construct(self, gradients: Any) -> bool:
        """One step. RuntimeError if there are not as many gradients as parameters."""
        if type(self)._update is Optimizer._update:
            raise errors.invalid(NotImplementedError, f"{self.cls_name} defines neither construct nor _update")
        if len(gradients) != len(self.parameters):
            reason = f"there are {len(self.parameters)} parameters, but {len(gradients)} gradients"
            raise errors.invalid(RuntimeError, f"For '{self.cls_name}', {reason}.")
        with torch.no_grad(), plain_torch():
            step = self._counted()
            for group, (start, end) in zip(self.param_groups, itertools.pairwise(self.group_start_id), strict=True):
                part = slice(start, end)
                self._update(group, part, group["params"], self._prepared(group, gradients[part]), step)
        return True

    def _counted(self) -> int:
        return int(getattr(self, self.counter).add_(1)) if self.counter else 0

    def _prepared(self, group: dict[str, Any], gradients: Any) -> list[Any]:
        """The gradients in the data types of the parameters, turned round to maximize, with weight decay."""
        members = group["params"]
        found = [g if real_dtype(g) is real_dtype(p) else g.to(real_dtype(p)) for g, p in zip(gradients, members, strict=True)]
        if group.get("maximize"):
            found = torch._foreach_neg(found)
        decay = self._added_decay(group)
        return torch._foreach_add(found, members, alpha=decay) if decay else found

    def _added_decay(self, group: dict[str, Any]) -> float:
        """The weight decay that is part of the gradient."""
        return float(group.get("weight_decay", 0.0))

    def _update(self, group: dict[str, Any], part: slice, parameters: Any, gradients: Any, step: int) -> None:
        raise NotImplementedError


def like(parameter: Any, prefix: str, value: float) -> Any:
    """A Parameter like another, filled with `value` and named by the prefix."""
    return Parameter(torch.full_like(parameter.detach(), value), f"{prefix}.{parameter.name}", parameter.requires_grad)
