"""mindspore.nn.Optimizer: parameters in groups, their learning rates and weight decay, and one step over all of them.

A subclass gives `_update` for the parameters that share a learning rate. It works on lists, by PyTorch's foreach
operators, which cost one call for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.containers import CellList
from compat.mindspore_on_torch.meanings import callers_meanings, plain_torch, real_dtype, real_shape
from compat.mindspore_on_torch.optim import rates
from compat.mindspore_on_torch.optim.checks import as_list, groups, number
from compat.mindspore_on_torch.parameter import Parameter, ParameterTuple
from compat.mindspore_on_torch.tensor import Tensor, as_tensor, device_of

torch: Any = frameworks.load("torch")


class Row(NamedTuple):
    """What a group says about one parameter."""

    parameter: Any
    rate: Any
    decay: Any
    centralized: bool = False


class Bucket(NamedTuple):
    """The places of the parameters that share a learning rate and a weight decay."""

    rate: Any
    decay: Any
    places: tuple[int, ...]
    everything: bool

    def of(self, items: Sequence[Any]) -> Sequence[Any]:
        """Those of `items` that belong to these parameters."""
        return items if self.everything else [items[place] for place in self.places]


class Optimizer(Cell):
    """nn.Optimizer(learning_rate, parameters, weight_decay=0.0, loss_scale=1.0), the base class.

    `parameters` are Parameters, or groups: dicts with params, lr, weight_decay and grad_centralization, and one with
    order_params. Without groups, weight decay leaves out the parameters whose name contains "beta" or "gamma".
    `weight_decay` may be a Cell that gives it for a step. The learning rate, `global_step` and the numbers of an
    algorithm are in host memory, so that no step waits for a device.
    """

    # A subclass whose update has the weight decay in it gets buckets of one weight decay each.
    decay_in_update = False
    # Whether weight_decay may be a Cell, and whether `target` may be set.
    dynamic_decay = True
    has_target = False
    # What a parameter's name must not contain for weight decay without groups.
    without_decay: tuple[str, ...] = ("beta", "gamma")
    # What a gradient of another shape than its parameter's raises.
    wrong_shape: type[Exception] = ValueError

    def __init__(self, learning_rate: Any, parameters: Any, weight_decay: Any = 0.0, loss_scale: float = 1.0) -> None:
        super().__init__(auto_prefix=False)
        given = as_list(parameters)
        self.loss_scale = number(self.cls_name, "loss_scale", loss_scale, above=0.0, integers=True)
        self.need_scale = self.loss_scale != 1.0
        self.reciprocal_scale = Tensor(1.0 / self.loss_scale, dtypes.float32, device="cpu")
        self.global_step = rates.on_host([0], "global_step", dtypes.int32)
        self.is_group = self.is_group_lr = self.dynamic_lr = False
        if all(isinstance(item, Parameter) for item in given):
            rows = self._plain_rows(given, learning_rate, weight_decay)
        elif all(isinstance(item, dict) for item in given):
            self.is_group = True
            rows = self._grouped_rows(given, learning_rate, weight_decay)
        else:
            raise errors.invalid(TypeError, "For 'Optimizer', all elements of 'parameters' must be 'Parameter' or 'dict'.")
        self.parameters = ParameterTuple(row.parameter for row in rows)
        self.param_length = len(rows)
        self.grad_centralization_flags = tuple(row.centralized for row in rows)
        self.decay_flags = tuple(isinstance(row.decay, Cell) or row.decay > 0 for row in rows)
        self.dynamic_weight_decay = any(isinstance(row.decay, Cell) for row in rows)
        self.exec_weight_decay = any(self.decay_flags)
        self._unique, self._target = True, device_of(rows[0].parameter).partition(":")[0]
        self._decays = tuple(row.decay for row in rows)
        self._buckets = buckets(rows, self.is_group_lr, self.decay_in_update)
        self._decay_buckets = [bucket for bucket in buckets(rows, False, True) if bucket.decay != 0.0]

    def _plain_rows(self, given: list[Any], learning_rate: Any, weight_decay: Any) -> list[Row]:
        value = rates.prepared(self.cls_name, learning_rate)
        self.dynamic_lr = not isinstance(value, float)
        self.learning_rate = rates.source(value, "learning_rate")
        self.weight_decay = decay = self._checked_decay(weight_decay)
        return [Row(item, None, 0.0 if any(part in item.name for part in self.without_decay) else decay) for item in given]

    def _grouped_rows(self, given: list[Any], learning_rate: Any, weight_decay: Any) -> list[Row]:
        found, order = groups(given)
        default = rates.prepared(self.cls_name, learning_rate)
        own = {place: rates.prepared(self.cls_name, group["lr"]) for place, group in enumerate(found) if "lr" in group}
        lengths = {len(value) for value in (default, *own.values()) if isinstance(value, list)}
        if len(lengths) > 1:
            reason = f"the lists of learning rates must be as long as each other, but got lengths {sorted(lengths)}"
            raise errors.invalid(ValueError, f"For 'Optimizer', {reason}.")
        self.is_group_lr = bool(own)
        self.dynamic_lr = any(not isinstance(value, float) for value in (default, *own.values()))
        scheduled = self.is_group_lr and self.dynamic_lr
        shared = rates.source(default, "learning_rate", scheduled)
        default_decay = self._checked_decay(weight_decay)
        rows = []
        for place, group in enumerate(found):
            rate = rates.source(own[place], f"learning_rate_group_{place}", scheduled) if place in own else shared
            decay = self._checked_decay(group["weight_decay"]) if "weight_decay" in group else default_decay
            rows += [Row(item, rate, decay, group.get("grad_centralization", False)) for item in group["params"]]
        if order:
            by_name = {row.parameter.name: row for row in rows}
            rows = [by_name[parameter.name] for parameter in order]
        if not self.is_group_lr:
            self.learning_rate = shared
        elif scheduled:
            self.learning_rate = CellList([row.rate for row in rows], auto_prefix=False)
        else:
            # Not by assignment: one of the Parameters it holds may have the attribute's name.
            self.__dict__["learning_rate"] = held = ParameterTuple(row.rate for row in rows)
            self._hold_all(held)
        self.weight_decay = tuple(row.decay for row in rows)
        return rows

    def _checked_decay(self, weight_decay: Any) -> Any:
        # A number times the loss scale, or a Cell as it is.
        if isinstance(weight_decay, Cell) and self.dynamic_decay:
            return weight_decay
        return number(self.cls_name, "weight_decay", weight_decay, least=0.0, integers=True) * self.loss_scale

    def _state(self, prefix: str, value: float = 0.0, separator: str = ".") -> ParameterTuple:
        """One Parameter like each parameter, filled with `value` and named by the prefix."""
        filled = ((torch.full_like(item.detach(), value), f"{prefix}{separator}{item.name}", item) for item in self.parameters)
        return ParameterTuple(Parameter(data, name, item.requires_grad, device=data.device) for data, name, item in filled)

    @property
    def unique(self) -> bool:
        """Whether sparse gradients would be made unique; gradients are dense here, so both are the same."""
        return self._unique

    @unique.setter
    def unique(self, value: Any) -> None:
        if not isinstance(value, bool):
            raise errors.invalid(TypeError, f"For 'Optimizer', the property 'unique' must be bool, but got {type(value)}")
        self._unique = value

    @property
    def target(self) -> str:
        """Where the parameters are updated: "CPU", "GPU" or "Ascend"; it is where they are."""
        return self._target

    @target.setter
    def target(self, value: Any) -> None:
        if not self.has_target:
            raise errors.invalid(NotImplementedError, f"'{self.cls_name}' has no 'target' to set.")
        if not isinstance(value, str):
            raise errors.invalid(TypeError, f"For 'Optimizer', the property 'target' must be string, but got {type(value)}")
        if value not in ("CPU", "Ascend", "GPU"):
            raise errors.invalid(ValueError, f"For 'Optimizer', 'target' must be one of CPU, Ascend, GPU, but got {value}")
        if value != self._target:
            raise errors.invalid(ValueError, f"For 'Optimizer', 'target' {value} is not where the parameters are: {self._target}")

    def flatten_gradients(self, gradients: Any) -> Any:
        """The gradients as they are: the memory of parameters is never one piece here."""
        return gradients

    def decay_weight(self, gradients: Any) -> tuple[Any, ...]:
        """The gradients plus weight_decay times the parameters."""
        with torch.no_grad(), plain_torch():
            return tuple(as_tensor(item) for item in self._decayed(list(gradients)))

    def gradients_centralization(self, gradients: Any) -> tuple[Any, ...]:
        """The gradients of convolutions (3 to 5 dimensions) without their mean over all axes but the first, for groups
        with grad_centralization, as the manual says; MindSpore 2.10 on CPU leaves them as they are.
        """
        with torch.no_grad(), plain_torch():
            return tuple(as_tensor(item) for item in self._centralized(list(gradients)))

    def scale_grad(self, gradients: Any) -> tuple[Any, ...]:
        """The gradients without the loss scale."""
        with torch.no_grad(), plain_torch():
            return tuple(as_tensor(item) for item in self._unscaled(list(gradients)))

    def _decayed(self, gradients: list[Any]) -> list[Any]:
        for bucket in self._decay_buckets:
            decay = self._decay_value(bucket.decay)
            added = torch._foreach_add(bucket.of(gradients), bucket.of(self.parameters), alpha=decay)
            gradients = added if bucket.everything else replaced(gradients, bucket.places, added)
        return gradients

    def _centralized(self, gradients: list[Any]) -> list[Any]:
        if not any(self.grad_centralization_flags):
            return gradients
        rows = zip(gradients, self.grad_centralization_flags, strict=True)
        return [centralized(gradient) if wanted else gradient for gradient, wanted in rows]

    def _unscaled(self, gradients: list[Any]) -> list[Any]:
        return list(torch._foreach_mul(gradients, 1.0 / self.loss_scale)) if self.need_scale else gradients

    def _decay_value(self, decay: Any) -> float:
        # A Cell is the caller's code, which expects MindSpore's Tensor.
        if not isinstance(decay, Cell):
            return float(decay)
        with callers_meanings():
            return float(rates.current(decay, self.global_step)) * self.loss_scale

    def get_weight_decay(self) -> Any:
        """The weight decay of the coming step, times the loss scale: a Tensor, or one for each parameter of groups."""
        return tuple(map(self._decay_tensor, self._decays)) if self.is_group else self._decay_tensor(self.weight_decay)

    def _decay_tensor(self, decay: Any) -> Any:
        if isinstance(decay, Cell):
            return rates.given(decay, self.global_step) * self.loss_scale
        return Tensor(decay, dtypes.float32)

    def get_lr(self) -> Any:
        """The learning rate of the coming step: a Parameter or a Tensor, or one for each parameter if groups have their own."""
        if not self.dynamic_lr:
            return self.learning_rate
        if self.is_group_lr:
            return tuple(rates.current(item, self.global_step) for item in self.learning_rate)
        return rates.current(self.learning_rate, self.global_step)

    def get_lr_parameter(self, param: Any) -> Any:
        """The Parameter or schedule that a parameter's learning rate comes from; a list for a list of parameters.

        TypeError for another type, ValueError for a parameter that is not in this optimizer.
        """
        if not isinstance(param, (Parameter, list)):
            reason = f"the 'param' must be 'Parameter' or 'list' type, but got {type(param)}."
            raise errors.invalid(TypeError, f"For 'get_lr_parameter', {reason}")
        if isinstance(param, list):
            return [self.get_lr_parameter(item) for item in param]
        place = next((place for place, item in enumerate(self.parameters) if item is param), None)
        if place is None:
            raise errors.invalid(ValueError, f"For 'get_lr_parameter', the parameter {param.name} is not in optimizer.")
        found = self.learning_rate[place] if self.is_group_lr else self.learning_rate
        return found.learning_rate if isinstance(found, (rates.FixedRate, rates.RateList)) else found

    def broadcast_params(self, optim_result: Any) -> Any:
        """UnsupportedAPI: it sends parameters between devices of a parallel optimizer."""
        raise errors.UnsupportedAPI("mindspore.nn.Optimizer.broadcast_params: there is no parallel optimizer on PyTorch here")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # A step is never differentiated, whoever wrote it.
        with torch.no_grad():
            return super().__call__(*args, **kwargs)

    def construct(self, gradients: Any) -> Any:
        """One step. The result is one True per parameter. RuntimeError if there are not as many gradients."""
        with torch.no_grad(), plain_torch():
            self._step(self._matching(gradients))
        return (True,) * self.param_length

    def _step(self, gradients: list[Any]) -> None:
        gradients = self._prepared(gradients)
        read = [self._bucket_rate(bucket) for bucket in self._buckets]
        self._before(self.global_step)
        for bucket, rate in zip(self._buckets, read, strict=True):
            self._update(bucket, bucket.of(self.parameters), bucket.of(gradients), rate)
        self.global_step.add_(1)

    def _matching(self, gradients: Any) -> list[Any]:
        """The gradients in the data types of the parameters."""
        if len(gradients) != self.param_length:
            reason = f"there are {self.param_length} parameters, but {len(gradients)} gradients"
            raise errors.invalid(RuntimeError, f"For '{self.cls_name}', {reason}.")
        found = []
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            if real_shape(gradient) != real_shape(parameter):
                reason = f"{tuple(real_shape(gradient))} for {parameter.name} of {tuple(real_shape(parameter))}"
                raise errors.invalid(
                    self.wrong_shape, f"For '{self.cls_name}', a gradient must have its parameter's shape, but got {reason}."
                )
            dtype = real_dtype(parameter)
            found.append(gradient if real_dtype(gradient) is dtype else gradient.to(dtype))
        return found

    def _prepared(self, gradients: list[Any]) -> list[Any]:
        return self._unscaled(self._centralized(self._decayed(gradients)))

    def _bucket_rate(self, bucket: Bucket) -> float:
        # Without rates of groups, what `learning_rate` is by now: programs assign to it.
        source = bucket.rate if self.is_group_lr else self.learning_rate
        if not isinstance(source, Cell):
            return float(source)
        with callers_meanings():
            return float(rates.current(source, self.global_step))

    def _before(self, global_step: Any) -> None:
        """What a step does once, before the updates."""

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        raise NotImplementedError(f"{self.cls_name} defines neither construct nor _update")


def buckets(rows: list[Row], by_rate: bool, by_decay: bool) -> list[Bucket]:
    """The rows that may be updated together, in the order of their first parameters."""
    found: dict[Any, list[int]] = {}
    for place, row in enumerate(rows):
        decay = row.decay if not isinstance(row.decay, Cell) else id(row.decay)
        found.setdefault((id(row.rate) if by_rate else None, decay if by_decay else None), []).append(place)
    return [Bucket(rows[at[0]].rate, rows[at[0]].decay, tuple(at), len(at) == len(rows)) for at in found.values()]


def replaced(items: list[Any], places: Sequence[int], fresh: Sequence[Any]) -> list[Any]:
    """The items with those at `places` exchanged."""
    changed = list(items)
    for place, item in zip(places, fresh, strict=True):
        changed[place] = item
    return changed


def centralized(gradient: Any) -> Any:
    """A convolution's gradient without its mean over all axes but the first."""
    axes = range(1, gradient.dim())
    return gradient - gradient.mean(tuple(axes), keepdim=True) if len(axes) > 1 else gradient
