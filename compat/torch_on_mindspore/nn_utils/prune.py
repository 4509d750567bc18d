"""Masks over parameters; torch.nn.utils.prune. A mask has no gradient, and is computed on the host."""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes, random
from compat.torch_on_mindspore.nn_utils.vectors import parameters_to_vector
from compat.torch_on_mindspore.tensor import host


class BasePruningMethod(ABC):
    """A way to choose a mask, and the hook that applies it: `name` is computed from `name_orig` and `name_mask`."""

    PRUNING_TYPE: str  # "unstructured", "structured" or "global"
    _tensor_name: str

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """A mask of the shape of `t`, with zeros where `default_mask` has them and more."""

    def apply_mask(self, module: Any) -> Any:
        mask, original = getattr(module, f"{self._tensor_name}_mask"), getattr(module, f"{self._tensor_name}_orig")
        return mask.to(dtype=original.dtype) * original

    @classmethod
    def apply(cls, module: Any, name: str, *args: Any, importance_scores: Any = None, **kwargs: Any) -> Any:
        """Prune `module.name`, further if it is pruned already."""
        known = [(number, hook) for number, hook in module._forward_pre_hooks.items() if _prunes(hook, name)]
        if len(known) > 1:
            raise AssertionError(f"Found more than one pruning hook for '{name}'")
        method: Any = cls(*args, **kwargs)
        method._tensor_name = name
        if known:
            number, hook = known[0]
            del module._forward_pre_hooks[number]
            container = hook if isinstance(hook, PruningContainer) else PruningContainer(hook)
            container.add_pruning_method(method)
            original, before = getattr(module, f"{name}_orig"), getattr(module, f"{name}_mask")
            method = container
        else:
            original = getattr(module, name)
            before = creation.ones_like(original)
        scores = original if importance_scores is None else importance_scores
        if tuple(scores.shape) != tuple(original.shape):
            raise AssertionError("importance_scores should have the same shape as the parameter to prune")
        mask = method.compute_mask(scores.detach(), before.detach().to(original.dtype))
        if not known:
            del module._parameters[name]
            module.register_parameter(f"{name}_orig", original)
        module.register_buffer(f"{name}_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Any, default_mask: Any = None, importance_scores: Any = None) -> Any:
        """`t` with its mask applied; nothing is registered."""
        scores = t if importance_scores is None else importance_scores
        if tuple(scores.shape) != tuple(t.shape):
            raise AssertionError("importance_scores should have same shape as tensor t")
        before = creation.ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(scores, before)

    def remove(self, module: Any) -> None:
        """Keep the pruned values, as a plain parameter."""
        name = self._tensor_name
        original = module._parameters.pop(f"{name}_orig")
        original.data = self.apply_masks_to(original, module._buffers.pop(f"{name}_mask"))
        module.__dict__.pop(name, None)
        module.register_parameter(name, original)

    @staticmethod
    def apply_masks_to(original: Any, mask: Any) -> Any:
        return (mask.to(dtype=original.dtype) * original).detach()


def _prunes(hook: Any, name: str) -> bool:
    return isinstance(hook, BasePruningMethod) and hook._tensor_name == name


class PruningContainer(BasePruningMethod):
    """Several methods on one parameter, each applied to what the others left."""

    def __init__(self, *args: Any) -> None:
        self._pruning_methods: tuple[Any, ...] = ()
        if len(args) == 1 and not isinstance(args[0], Iterable):
            self._tensor_name = args[0]._tensor_name
        for method in args[0] if len(args) == 1 and isinstance(args[0], Iterable) else args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        if not isinstance(method, BasePruningMethod) and method is not None:
            raise invalid(TypeError, f"{type(method)} is not a BasePruningMethod subclass")
        if method is not None and self._pruning_methods and self._tensor_name != method._tensor_name:
            raise invalid(
                ValueError,
                "Can only add pruning methods acting on the parameter named '"
                f"{self._tensor_name}' to PruningContainer {self}. Found '{method._tensor_name}'",
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: int) -> Any:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """The mask of the last method, over what is left."""
        method, before = self._pruning_methods[-1], host(default_mask)
        if method.PRUNING_TYPE == "unstructured":
            left = before == 1
            partial = method.compute_mask(creation.from_numpy(host(t)[left]), creation.from_numpy(before[left]))
            found = before.copy()
            found[left] = host(partial)
            return creation.from_numpy(found)
        if method.PRUNING_TYPE == "global":
            return method.compute_mask(t, default_mask)
        axis = method.dim % t.ndim
        channels = np.moveaxis(before, axis, 0)
        kept = np.flatnonzero(channels.reshape(len(channels), -1).any(axis=1))
        part = creation.from_numpy(np.ascontiguousarray(np.take(host(t), kept, axis)))
        partial = host(method.compute_mask(part, creation.ones_like(part)))
        found = before.copy()
        np.moveaxis(found, axis, 0)[kept] = np.moveaxis(partial, axis, 0)
        return creation.from_numpy(found * before)


def _check_amount(amount: Any) -> None:
    if not isinstance(amount, (int, float)):
        raise invalid(TypeError, f"Invalid type for amount: {amount}. Must be int or float.")
    if amount < 0 or not (isinstance(amount, numbers.Integral) or amount <= 1.0):
        raise invalid(ValueError, f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")


def _count(amount: Any, total: int) -> int:
    """How many of `total` are pruned."""
    if not isinstance(amount, numbers.Integral):
        share: float = amount * total
        return round(share)
    if int(amount) > total:
        raise invalid(ValueError, f"amount={amount} should be smaller than the number of parameters to prune={total}")
    return int(amount)


class Identity(BasePruningMethod):
    """Prunes nothing."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return default_mask


class CustomFromMask(BasePruningMethod):
    """A mask of the caller's."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Any) -> None:
        self.mask = mask

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return default_mask * self.mask.to(dtype=default_mask.dtype)


class _ByScore(BasePruningMethod):
    """Prunes single elements, those of the lowest score first."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: Any) -> None:
        _check_amount(amount)
        self.amount = amount

    def _scores(self, t: Any) -> Any:
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        count = _count(self.amount, t.numel())
        mask = host(default_mask).copy()
        if count:
            mask.reshape(-1)[np.argsort(self._scores(t).reshape(-1), kind="stable")[:count]] = 0
        return creation.from_numpy(mask)


class L1Unstructured(_ByScore):
    """Prunes the elements of the smallest magnitude."""

    def _scores(self, t: Any) -> Any:
        return np.abs(host(t))


class RandomUnstructured(_ByScore):
    """Prunes elements at random."""

    def _scores(self, t: Any) -> Any:
        return -host(random.uniform_numbers(tuple(t.shape), t.dtype, 0.0, 1.0, None))


class _Channels(BasePruningMethod):
    """Prunes whole slices along `dim`, those of the lowest score first."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: Any, dim: int = -1) -> None:
        _check_amount(amount)
        self.amount, self.dim = amount, dim

    def _scores(self, t: Any) -> Any:
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        if t.ndim <= 1:
            raise invalid(
                ValueError,
                f"Structured pruning can only be applied to multidimensional tensors. Found tensor of shape {t.shape} with {t.ndim} dims",
            )
        if not -t.ndim <= self.dim < t.ndim:
            raise invalid(IndexError, f"Invalid index {self.dim} for tensor of size {t.shape}")
        count = _count(self.amount, t.shape[self.dim])
        if not count:
            return default_mask
        mask = np.ones(tuple(t.shape), host(default_mask).dtype)
        np.moveaxis(mask, self.dim, 0)[np.argsort(self._scores(t), kind="stable")[:count]] = 0
        return creation.from_numpy(mask * host(default_mask))


class RandomStructured(_Channels):
    """Prunes slices at random."""

    def _scores(self, t: Any) -> Any:
        return host(random.uniform_numbers((t.shape[self.dim],), dtypes.get_default_dtype(), 0.0, 1.0, None))


class LnStructured(_Channels):
    """Prunes the slices of the smallest n-norm."""

    def __init__(self, amount: Any, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _scores(self, t: Any) -> Any:
        rows = np.moveaxis(host(t), self.dim, 0).reshape(t.shape[self.dim], -1)
        order: Any = None if self.n == "fro" else self.n
        return np.linalg.norm(rows, order, axis=1)


def identity(module: Any, name: str) -> Any:
    Identity.apply(module, name)
    return module


def random_unstructured(module: Any, name: str, amount: Any) -> Any:
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Any, name: str, amount: Any, importance_scores: Any = None) -> Any:
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Any, name: str, amount: Any, dim: int) -> Any:
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(module: Any, name: str, amount: Any, n: Any, dim: int, importance_scores: Any = None) -> Any:
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Any, name: str, mask: Any) -> Any:
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(parameters: Any, pruning_method: Any, importance_scores: Any = None, **kwargs: Any) -> None:
    """Prune several parameters, [(module, name), …], as if they were one."""
    if not isinstance(parameters, Iterable):
        raise invalid(TypeError, "global_unstructured(): parameters is not an Iterable")
    listed = list(parameters)
    scores = {} if importance_scores is None else importance_scores
    if not isinstance(scores, dict):
        raise invalid(TypeError, "global_unstructured(): importance_scores must be of type dict")
    whole = parameters_to_vector([scores.get(place, getattr(*place)) for place in listed])
    before = parameters_to_vector([getattr(module, f"{name}_mask", creation.ones_like(getattr(module, name))) for module, name in listed])
    container = PruningContainer()
    container._tensor_name = "temp"
    method = pruning_method(**kwargs)
    method._tensor_name = "temp"
    container.add_pruning_method(method)
    if method.PRUNING_TYPE != "unstructured":
        raise invalid(
            TypeError,
            f'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method {pruning_method} of type {method.PRUNING_TYPE}',
        )
    mask = container.compute_mask(whole.detach(), before.detach())
    start = 0
    for module, name in listed:
        parameter = getattr(module, name)
        end = start + parameter.numel()
        custom_from_mask(module, name, mask[start:end].reshape(parameter.shape))
        start = end


def remove(module: Any, name: str) -> Any:
    """Make the pruning of a parameter permanent."""
    for number, hook in module._forward_pre_hooks.items():
        if _prunes(hook, name):
            hook.remove(module)
            del module._forward_pre_hooks[number]
            return module
    raise invalid(ValueError, f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Any) -> bool:
    """Whether the module, or one below it, has a pruned parameter."""
    return any(isinstance(hook, BasePruningMethod) for one in module.modules() for hook in one._forward_pre_hooks.values())
