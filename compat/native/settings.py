"""The arguments of a constructor of MindSpore's as those of the same layer in torch.nn."""

from __future__ import annotations

import inspect
from typing import Any

from compat import conversions
from compat.errors import UnsupportedArgument
from compat.native.layer import Layer
from compat.native.padding import torch_padding
from compat.torch_on_mindspore import dtypes

INITIAL = "_init"  # what the names of the parameters for initial weights end with


def settings(api: str, layer: Layer, constructor: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """PyTorch's arguments by name, MindSpore's defaults among them; UnsupportedArgument for a value that PyTorch's layer can't have.

    `constructor` is MindSpore's, which has taken the arguments already.
    """
    signature = inspect.signature(constructor)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    given = bound.arguments
    for name in layer.added:
        if name in given and not _is_neutral(name, given[name], usual := signature.parameters[name].default):
            raise UnsupportedArgument(api, name, given[name], repr(usual))
    found = {name: _value(source, convert, given) for name, (source, convert) in layer.constructor.items()}
    if "pad_mode" in given:
        found["padding"] = torch_padding(api, given)
    return found


def initial(layer: Layer, constructor: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[str]:
    """PyTorch's names of the weights for which the caller brought initial values."""
    given = inspect.signature(constructor).bind(*args, **kwargs).arguments
    asked = {name.removesuffix(INITIAL) for name, value in given.items() if name.endswith(INITIAL) and value is not None}
    theirs = {place.rpartition(".")[2]: name for name, (place, _) in layer.weights.items()}
    theirs["moving_var"] = theirs.get("moving_variance", "running_var")
    return [theirs.get(name, name) for name in sorted(asked)]


def _value(source: str, convert: str | None, given: dict[str, Any]) -> Any:
    value = given[source]
    if convert is not None:
        return getattr(conversions, convert)(value)
    if source == "dtype" and value is not None:
        return dtypes.kind_of(value)
    return value


def _is_neutral(name: str, value: Any, usual: Any) -> bool:
    """Whether a parameter that PyTorch lacks leaves the layer one of PyTorch's; what `pad_mode` stands for is looked at elsewhere."""
    return name == "pad_mode" or name.endswith(INITIAL) or value is usual or bool(value == usual)
