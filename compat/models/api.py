"""What the comparison asks of a framework, in both APIs: the modules of a model, its state, gradients, and arrays in and out.

Each class works on the framework itself and on this project's package of the same API: it is given the module to call.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from compat import frameworks
from compat.elementwise import bfloat16
from compat.errors import UsageError
from compat.models.records import Array

Inputs = tuple[tuple[Any, ...], dict[str, Any]]


class Api(Protocol):
    """One API on one backend. `label` is what a reader sees, `forward` the method that a module's author writes."""

    label: str
    family: str
    forward: str
    backend: Any

    def is_tensor(self, value: Any) -> bool: ...
    def is_floating(self, tensor: Any) -> bool: ...
    def array(self, tensor: Any) -> Array: ...
    def tensor(self, array: Array) -> Any: ...
    def like(self, tensor: Any, array: Array) -> Any: ...
    def forced(self, tensor: Any, array: Array) -> Any: ...
    def watch(self, tensor: Any, hook: Callable[[Any], Any]) -> None: ...
    def modules(self, model: Any) -> Iterator[tuple[str, Any]]: ...
    def state(self, model: Any) -> dict[str, Any]: ...
    def own(self, module: Any) -> list[Any]: ...
    def trainable(self, model: Any) -> dict[str, Any]: ...
    def assign(self, tensor: Any, array: Array) -> None: ...
    def set_mode(self, module: Any, train: bool) -> None: ...
    def seed(self, number: int) -> None: ...
    def gradients(self, model: Any, loss: Callable[[Any], Any], inputs: Inputs) -> tuple[float, dict[str, Array]]: ...
    def recover(self) -> None: ...
    def square(self, outputs: Sequence[Any]) -> Any: ...
    def cross_entropy(self, logits: Any, labels: Array) -> Any: ...
    def optimizer(self, model: Any, rate: float) -> Callable[[dict[str, Array]], None]: ...


class TorchApi:
    """The PyTorch API, of torch or of compat.torch."""

    family, forward = "torch", "forward"

    def __init__(self, backend: Any, label: str) -> None:
        self.backend, self.label = backend, label

    def is_tensor(self, value: Any) -> bool:
        return isinstance(value, self.backend.Tensor)

    def is_floating(self, tensor: Any) -> bool:
        return bool(tensor.is_floating_point())

    def array(self, tensor: Any) -> Array:
        plain = tensor.detach().cpu()
        if plain.dtype == self.backend.bfloat16:
            return bfloat16(plain.float().numpy())
        return np.array(plain.numpy())

    def tensor(self, array: Array) -> Any:
        return self.backend.tensor(array)

    def like(self, tensor: Any, array: Array) -> Any:
        """The elements of `array` in a new tensor of another's dtype."""
        return self.tensor(array).to(tensor.dtype)

    def forced(self, tensor: Any, array: Array) -> Any:
        """A tensor with the elements of `array`, whose gradient reaches `tensor` unchanged."""
        given = self.like(tensor, array)
        if not self.is_floating(tensor):
            return given
        if given.shape != tensor.shape:  # still a result of what was computed, so that a gradient reaches it
            return given + (tensor.nan_to_num() * 0).sum()
        return tensor + (given - tensor).detach()

    def watch(self, tensor: Any, hook: Callable[[Any], Any]) -> None:
        if tensor.requires_grad:
            tensor.register_hook(hook)

    def modules(self, model: Any) -> Iterator[tuple[str, Any]]:
        yield from model.named_modules()

    def state(self, model: Any) -> dict[str, Any]:
        return {**dict(model.named_parameters()), **dict(model.named_buffers())}

    def own(self, module: Any) -> list[Any]:
        """The parameters and buffers of a module itself, without those of the modules in it."""
        return [*module.parameters(recurse=False), *module.buffers(recurse=False)]

    def trainable(self, model: Any) -> dict[str, Any]:
        return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}

    def assign(self, tensor: Any, array: Array) -> None:
        with self.backend.no_grad():
            tensor.copy_(self.tensor(array))

    def set_mode(self, module: Any, train: bool) -> None:
        module.train(train)

    def seed(self, number: int) -> None:
        self.backend.manual_seed(number)

    def gradients(self, model: Any, loss: Callable[[Any], Any], inputs: Inputs) -> tuple[float, dict[str, Array]]:
        """The loss, and the gradient of each trainable parameter that has one."""
        trainable = self.trainable(model)
        for parameter in trainable.values():
            parameter.grad = None

        def followed(value: Any) -> Any:
            # The model gets a copy: what it writes into a leaf would be refused.
            return value.requires_grad_().clone() if self.is_tensor(value) and self.is_floating(value) else value

        positional, named = inputs
        value = loss(model(*map(followed, positional), **{name: followed(each) for name, each in named.items()}))
        if value.requires_grad:
            value.backward()
        found = {name: self.array(p.grad) for name, p in trainable.items() if p.grad is not None}
        return float(value.detach()), found

    def recover(self) -> None:
        """Nothing is left of a run that raised."""

    def square(self, outputs: Sequence[Any]) -> Any:
        return sum(((output * output).mean() for output in outputs), start=self.backend.zeros(()))

    def cross_entropy(self, logits: Any, labels: Array) -> Any:
        return self.backend.nn.functional.cross_entropy(logits, self.tensor(labels.astype(np.int64)))

    def optimizer(self, model: Any, rate: float) -> Callable[[dict[str, Array]], None]:
        trainable = self.trainable(model)
        sgd = self.backend.optim.SGD(list(trainable.values()), lr=rate)
        return lambda _gradients: sgd.step()


class MindSporeApi:
    """The MindSpore API in PyNative mode, of mindspore or of compat.mindspore."""

    family, forward = "mindspore", "construct"

    def __init__(self, backend: Any, label: str) -> None:
        self.backend, self.label = backend, label
        if label == "MindSpore":
            backend.runtime.launch_blocking()  # an error is raised by the call that made it

    def is_tensor(self, value: Any) -> bool:
        return isinstance(value, self.backend.Tensor)

    def is_floating(self, tensor: Any) -> bool:
        ms = self.backend
        return tensor.dtype in (ms.float16, ms.float32, ms.float64, ms.bfloat16)

    def array(self, tensor: Any) -> Array:
        if tensor.dtype == self.backend.bfloat16:
            return bfloat16(tensor.astype(self.backend.float32).asnumpy())
        return np.array(tensor.asnumpy())

    def tensor(self, array: Array) -> Any:
        return self.backend.Tensor(np.ascontiguousarray(array) if array.ndim else array)

    def like(self, tensor: Any, array: Array) -> Any:
        """The elements of `array` in a new tensor of another's dtype."""
        return self.tensor(array).astype(tensor.dtype)

    def forced(self, tensor: Any, array: Array) -> Any:
        """A tensor with the elements of `array`, whose gradient reaches `tensor` unchanged."""
        given = self.like(tensor, array)
        if not self.is_floating(tensor):
            return given
        if given.shape != tensor.shape:  # still a result of what was computed, so that a gradient reaches it
            return given + (self.backend.ops.nan_to_num(tensor) * 0).sum()
        return tensor + self.backend.ops.stop_gradient(given - tensor)

    def watch(self, tensor: Any, hook: Callable[[Any], Any]) -> None:
        # MindSpore takes a hook of any tensor; one of compat.mindspore knows whether a gradient will come.
        if self.label == "MindSpore" or tensor.requires_grad:
            tensor.register_hook(hook)

    def modules(self, model: Any) -> Iterator[tuple[str, Any]]:
        yield from model.cells_and_names()

    def state(self, model: Any) -> dict[str, Any]:
        return dict(model.parameters_and_names())

    def own(self, module: Any) -> list[Any]:
        """The parameters of a cell itself, without those of the cells in it."""
        return [parameter for _, parameter in module.parameters_and_names(expand=False)]

    def trainable(self, model: Any) -> dict[str, Any]:
        return {name: parameter for name, parameter in model.parameters_and_names() if parameter.requires_grad}

    def assign(self, tensor: Any, array: Array) -> None:
        tensor.set_data(self.tensor(array).astype(tensor.dtype))

    def set_mode(self, module: Any, train: bool) -> None:
        module.set_train(train)

    def seed(self, number: int) -> None:
        self.backend.set_seed(number)

    def gradients(self, model: Any, loss: Callable[[Any], Any], inputs: Inputs) -> tuple[float, dict[str, Array]]:
        """The loss, and the gradient of each trainable parameter."""
        trainable = self.trainable(model)
        positional, named = inputs
        floating = tuple(i for i, value in enumerate(positional) if self.is_tensor(value) and self.is_floating(value))

        def value_of(*given: Any) -> Any:
            return loss(model(*given, **named))

        weights = tuple(trainable.values())
        if not weights and not floating:
            return float(self.array(value_of(*positional))), {}
        # MindSpore takes None for no weights, and for no input.
        value, found = self.backend.value_and_grad(value_of, floating or None, weights or None)(*positional)
        gradients = found[1] if floating and weights else found if weights else ()
        return float(self.array(value)), {name: self.array(each) for name, each in zip(trainable, gradients, strict=True)}

    def recover(self) -> None:
        """Forget a run that raised. After an exception inside a Cell, MindSpore 2.10 takes no number as an index of a tensor until then."""
        if self.label == "MindSpore":
            executor = getattr(importlib.import_module("mindspore.common.api"), "_pynative_executor", None)
            if executor is not None:
                executor.clear_res()

    def square(self, outputs: Sequence[Any]) -> Any:
        return sum((output * output).mean() for output in outputs)

    def cross_entropy(self, logits: Any, labels: Array) -> Any:
        return self.backend.ops.cross_entropy(logits, self.tensor(labels.astype(np.int32)))

    def optimizer(self, model: Any, rate: float) -> Callable[[dict[str, Array]], None]:
        trainable = self.trainable(model)
        sgd = self.backend.nn.SGD(list(trainable.values()), learning_rate=rate)
        return lambda gradients: _ignored(sgd(tuple(self.tensor(gradients[name]) for name in trainable)))


def _ignored(_result: Any) -> None:
    """What a MindSpore optimizer returns says nothing."""


CLASSES: dict[str, type[TorchApi] | type[MindSporeApi]] = {"torch": TorchApi, "mindspore": MindSporeApi}
LABELS = {"torch": "PyTorch", "mindspore": "MindSpore"}
BASES = {"torch": "Module", "mindspore": "Cell"}


def real(framework: str) -> Api:
    """The API of the installed framework itself."""
    return CLASSES[framework](frameworks.load(framework), LABELS[framework])


def ours(framework: str) -> Api:
    """The API of this project's package of that name."""
    return CLASSES[framework](importlib.import_module(f"compat.{framework}"), f"compat.{framework}")


def api_of(model: Any) -> Api:
    """The API that a model is written in, and the backend that it runs on.

    Raises UsageError for what is no module of either.
    """
    # Ours first: a Cell of compat.mindspore is a torch.nn.Module, too.
    for framework, base in BASES.items():
        if _is_a(model, f"compat.{framework}", base):
            return ours(framework)
    for framework, base in BASES.items():
        if _is_a(model, framework, base):
            return real(framework)
    raise UsageError(f"{type(model).__name__}: expected a torch.nn.Module or a mindspore.nn.Cell")


def _is_a(model: Any, package: str, base: str) -> bool:
    """Whether a model is of a package, which is not imported to see that."""
    return package in sys.modules and isinstance(model, getattr(importlib.import_module(f"{package}.nn"), base))
