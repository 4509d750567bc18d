"""torch.optim: parameter groups, SGD and Adam. The update is computed by MindSpore and written into the parameters."""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import autograd, creation
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.module import clear_grads
from compat.torch_on_mindspore.tensor import Tensor, cast


class Optimizer:
    """Base of the optimizers; a subclass says in `_update` how one parameter moves."""

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        if isinstance(params, mindspore.Tensor):
            raise invalid(
                TypeError,
                f"params argument given to the optimizer should be an iterable of Tensors or dicts, but got {params.type()}",
            )
        self.defaults = defaults
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise invalid(ValueError, "optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with their own options; TypeError or ValueError for what can't be optimised."""
        if not isinstance(param_group, dict):
            raise invalid(TypeError, f"param_group must be a dict, but got {type(param_group)}")
        given = param_group["params"]
        if isinstance(given, set):
            raise invalid(
                TypeError,
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will "
                "change between runs. Please use a list instead.",
            )
        named = [given] if isinstance(given, mindspore.Tensor) else list(given)
        parameters = [one[1] if isinstance(one, tuple) else one for one in named]
        for one in parameters:
            check_parameter(one)
        known = {id(one) for group in self.param_groups for one in group["params"]}
        if any(id(one) in known for one in parameters):
            raise invalid(ValueError, "some parameters appear in more than one parameter group")
        self.param_groups.append({**self.defaults, **param_group, "params": parameters})

    def zero_grad(self, set_to_none: bool = True) -> None:
        for group in self.param_groups:
            clear_grads(group["params"], set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient; return what `closure` returns."""
        loss = None
        if closure is not None:
            with autograd.enable_grad():
                loss = closure()
        with autograd.no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        self._update(parameter, parameter.grad, group)
        return loss

    def _update(self, parameter: Any, gradient: Any, group: dict[str, Any]) -> None:
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """Options and state, with parameters replaced by their numbers."""
        numbers = self._numbers()
        groups = [
            {
                **{name: value for name, value in group.items() if name != "params"},
                "params": [numbers[id(one)] for one in group["params"]],
            }
            for group in self.param_groups
        ]
        return {"state": {numbers[id(one)]: kept for one, kept in self.state.items()}, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take options and state over; ValueError when the groups do not match."""
        groups = state_dict["param_groups"]
        if len(groups) != len(self.param_groups):
            raise invalid(ValueError, "loaded state dict has a different number of parameter groups")
        if any(len(new["params"]) != len(old["params"]) for new, old in zip(groups, self.param_groups, strict=True)):
            raise invalid(
                ValueError,
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
            )
        by_number = {
            number: one
            for new, old in zip(groups, self.param_groups, strict=True)
            for number, one in zip(new["params"], old["params"], strict=True)
        }
        for new, old in zip(groups, self.param_groups, strict=True):
            old.update({name: copy.deepcopy(value) for name, value in new.items() if name != "params"})
        self.state = defaultdict(dict)
        for number, kept in state_dict["state"].items():
            self.state[by_number[number]] = {name: like(by_number[number], name, one) for name, one in kept.items()}

    def _numbers(self) -> dict[int, int]:
        every = [one for group in self.param_groups for one in group["params"]]
        return {id(one): number for number, one in enumerate(every)}

    def __repr__(self) -> str:
        lines = []
        for number, group in enumerate(self.param_groups):
            lines += ["", f"Parameter Group {number}"]
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return f"{type(self).__name__} (" + "\n".join(lines) + "\n)"


def check_parameter(one: Any) -> None:
    if not isinstance(one, mindspore.Tensor):
        raise invalid(TypeError, f"optimizer can only optimize Tensors, but one of the params is {type(one).__name__}")
    if not one.is_leaf:
        raise invalid(ValueError, "can't optimize a non-leaf Tensor")


def like(parameter: Any, name: str, value: Any) -> Any:
    """A copy of one entry of the state, in the dtype of its parameter; a step count keeps its own."""
    if not isinstance(value, mindspore.Tensor):
        return copy.deepcopy(value)
    return value.clone() if name == "step" else cast(value.clone(), parameter.dtype)


def check_at_least_zero(**values: Any) -> None:
    """ValueError, in PyTorch's words, for a negative one."""
    for name, value in values.items():
        if isinstance(value, (int, float)) and value < 0.0:
            raise invalid(ValueError, f"Invalid {name.replace('__', ' ').replace('weight decay', 'weight_decay')}: {value}")


def check_options(api: str, **options: Any) -> None:
    for name, value in options.items():
        if value:
            raise UnsupportedArgument(api, name, value, "False")


class SGD(Optimizer):
    """Stochastic gradient descent with momentum, dampening, weight decay and Nesterov's variant."""

    def __init__(
        self, params: Iterable[Any], lr: float = 1e-3, momentum: float = 0, dampening: float = 0,
        weight_decay: float = 0, nesterov: bool = False, *, maximize: bool = False, foreach: bool | None = None,
        differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_at_least_zero(learning__rate=lr, momentum__value=momentum, weight__decay__value=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise invalid(ValueError, "Nesterov momentum requires a momentum and zero dampening")
        check_options("torch.optim.SGD", differentiable=differentiable)
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
                "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip

    def _update(self, parameter: Any, gradient: Any, group: dict[str, Any]) -> None:
        move = -gradient if group["maximize"] else gradient
        if group["weight_decay"]:
            move = move + parameter.detach() * group["weight_decay"]
        momentum = group["momentum"]
        if momentum:
            state = self.state[parameter]
            known = state.get("momentum_buffer")
            buffer = move.clone() if known is None else known * momentum + move * (1 - group["dampening"])
            state["momentum_buffer"] = buffer
            move = move + buffer * momentum if group["nesterov"] else buffer
        parameter.copy_(parameter.detach() - move * group["lr"])


class Adam(Optimizer):
    """Adam: steps scaled by running means of the gradient and of its square."""

    decoupled = False

    def __init__(
        self, params: Iterable[Any], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, amsgrad: bool = False, *, foreach: bool | None = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        check_at_least_zero(learning__rate=lr, epsilon__value=eps)
        for number, beta in enumerate(betas):
            if not 0.0 <= beta < 1.0:
                raise invalid(ValueError, f"Invalid beta parameter at index {number}: {beta}")
        check_at_least_zero(weight__decay__value=weight_decay)
        check_options(f"torch.optim.{type(self).__name__}", capturable=capturable, differentiable=differentiable)
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
                "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
                "fused": fused, "decoupled_weight_decay": decoupled_weight_decay or self.decoupled,
            },
        )  # fmt: skip

    def _update(self, parameter: Any, gradient: Any, group: dict[str, Any]) -> None:
        move = -gradient if group["maximize"] else gradient
        value, state = parameter.detach(), self.state[parameter]
        if not state:
            state.update(step=step_count(0), exp_avg=value * 0, exp_avg_sq=value * 0)
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = value * 0
        if group["weight_decay"] and group["decoupled_weight_decay"]:
            value = value * (1 - group["lr"] * group["weight_decay"])
        elif group["weight_decay"]:
            move = move + value * group["weight_decay"]
        first, second = group["betas"]
        steps = int(state["step"].item()) + 1
        state["step"] = step_count(steps)
        state["exp_avg"] = state["exp_avg"] * first + move * (1 - first)
        state["exp_avg_sq"] = state["exp_avg_sq"] * second + move * move * (1 - second)
        spread = state["exp_avg_sq"]
        if group["amsgrad"]:
            spread = state["max_exp_avg_sq"] = state["max_exp_avg_sq"].maximum(spread)
        scale = spread.sqrt() / math.sqrt(1 - second**steps) + group["eps"]
        parameter.copy_(value - state["exp_avg"] / scale * (group["lr"] / (1 - first**steps)))


class AdamW(Adam):
    """Adam with the weight decay taken off the parameters, not added to the gradients."""

    decoupled = True

    def __init__(
        self, params: Iterable[Any], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False, foreach: bool | None = None,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused,
        )  # fmt: skip


def step_count(steps: int) -> Tensor:
    """The number of steps as PyTorch keeps it, a 0-d float32 tensor."""
    return creation.tensor(float(steps))
