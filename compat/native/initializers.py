"""MindSpore's random initializers as ones that draw from PyTorch's stream what `torch.nn.init` draws: the same seed, the same weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import compat.torch
from compat.native.calls import name_after, wrapped
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.engine import mindspore

theirs: Any = mindspore.common.initializer
init: Any = compat.torch.nn.init
# A class of MindSpore's → how PyTorch fills a tensor as its object, which has these attributes, does.
FILLING: Mapping[str, Callable[[Any, Any], Any]] = {
    "Normal": lambda own, tensor: init.normal_(tensor, own.mean, own.sigma),
    "TruncatedNormal": lambda own, tensor: init.trunc_normal_(tensor, own.mean, own.sigma, own.a, own.b),
    "Uniform": lambda own, tensor: init.uniform_(tensor, -own.scale, own.scale),
    "HeNormal": lambda own, tensor: init.kaiming_normal_(tensor, own.negative_slope, own.mode, own.nonlinearity),
    "HeUniform": lambda own, tensor: init.kaiming_uniform_(tensor, own.negative_slope, own.mode, own.nonlinearity),
    "XavierNormal": lambda own, tensor: init.xavier_normal_(tensor, own.gain),
    "XavierUniform": lambda own, tensor: init.xavier_uniform_(tensor, own.gain),
    "Orthogonal": lambda own, tensor: init.orthogonal_(tensor, own.gain),
}
NAMED = {name.lower(): name for name in FILLING} | {
    "he_normal": "HeNormal", "he_uniform": "HeUniform", "xavier_normal": "XavierNormal", "xavier_uniform": "XavierUniform",
}  # fmt: skip


def _drawing(kind: Any, fill: Callable[[Any, Any], Any]) -> Any:
    """The class with numbers of PyTorch's stream; MindSpore asks for them when it makes the tensor, as an array to fill."""

    def _initialize(self: Any, array: Any) -> None:
        tensor = compat.torch.empty(array.shape, dtype=dtypes.BY_NAME[array.dtype.name])
        array[...] = fill(self, tensor).to(dtypes.float64).numpy()

    own = {"_initialize": _initialize, "__module__": "compat.native", "__qualname__": f"mindspore.common.initializer.{kind.__name__}"}
    return type(kind.__name__, (kind,), own | {"__doc__": kind.__doc__})


DRAWING: Mapping[str, Any] = {name: _drawing(getattr(theirs, name), fill) for name, fill in FILLING.items()}


def initializer(init: Any, *args: Any, **kwargs: Any) -> Any:
    """MindSpore's function; a distribution by its name is one of PyTorch's stream, too."""
    named = NAMED.get(init.lower()) if isinstance(init, str) else None
    return wrapped(theirs.initializer)(init if named is None else DRAWING[named](), *args, **kwargs)


name_after(initializer, theirs.initializer)
INSTEAD: Mapping[Any, Any] = {getattr(theirs, name): made for name, made in DRAWING.items()} | {theirs.initializer: initializer}
