"""mindspore.load_param_into_net: Parameters by name into those of a Cell."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.serialization import checks

torch: Any = frameworks.load("torch")

log = logging.getLogger("mindspore")

# Within one of these families a type is converted; between them, or with `strict_load`, another one is refused.
FAMILIES = (
    {dtypes.float16, dtypes.float32, dtypes.float64, dtypes.bfloat16},
    {dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64},
)


def load_param_into_net(
    net: Any, parameter_dict: dict[str, Any], strict_load: bool = False, remove_redundancy: bool = False
) -> tuple[list[str], list[str]]:
    """mindspore.load_param_into_net → the names of `net` that were not loaded, and those of the dict that were not used.

    Without `strict_load`, float and int types are converted among themselves, and a name may have a prefix in the dict.
    RuntimeError for another shape or type. Ones at the end of a shape are dropped to fit: MindSpore 2.10 says so, and then
    gives the Cell's parameter the longer shape.
    """
    _check(net, parameter_dict)
    checks.switch("strict_load", strict_load)
    if checks.option("remove_redundancy", remove_redundancy, bool):
        reason = "can only be used in parallel scenarios, but got stand_alone."
        raise errors.invalid(TypeError, f"The deduplication feature for loading checkpoint {reason}")
    missing, used = [], set()
    for name, parameter in named(net):
        if isinstance(parameter_dict.get(name), torch.Tensor):
            assign(name, parameter, parameter_dict[name], strict_load)
            used.add(name)
        elif name not in parameter_dict and not name.startswith("accu_grads"):
            missing.append(name)
    if not strict_load:
        missing = load_behind_prefixes(net, parameter_dict, missing)
    if missing:
        log.warning("For 'load_param_into_net', these parameters of the net are not in the 'parameter_dict': %s", missing)
    return missing, [name for name in parameter_dict if name not in used]


def named(net: Any) -> Iterator[tuple[str, Any]]:
    """The parameters of a Cell by their own names; one of PyTorch's goes by its path."""
    return ((parameter.name if isinstance(parameter, Parameter) else path, parameter) for path, parameter in net.parameters_and_names())


def load_behind_prefixes(net: Any, parameter_dict: dict[str, Any], missing: list[str]) -> list[str]:
    """Load what the dict has under a prefix before the net's name; returns the names that are still missing."""
    while prefix := next((key[: -len(name)] for name in missing for key in parameter_dict if key.endswith(name)), ""):
        log.warning("For 'load_param_into_net', the prefix %r of names in the 'parameter_dict' is passed over", prefix)
        for name, parameter in named(net):
            if name in missing and prefix + name in parameter_dict:
                assign(name, parameter, parameter_dict[prefix + name], strict_load=False)
        missing = [name for name in missing if prefix + name not in parameter_dict]
    return missing


def assign(name: str, parameter: Any, value: Any, strict_load: bool) -> None:
    """Overwrite a parameter in place."""
    longer = value.shape[len(parameter.shape) :]
    if value.shape != parameter.shape and not (value.shape[: len(parameter.shape)] == parameter.shape and set(longer) == {1}):
        raise errors.invalid(RuntimeError, mismatch(name, "shape", parameter.shape, value.shape))
    kinds = {parameter.dtype, value.dtype}
    if len(kinds) > 1 and (strict_load or not any(kinds <= family for family in FAMILIES)):
        raise errors.invalid(RuntimeError, mismatch(name, "type", parameter.dtype, value.dtype))
    with torch.no_grad():
        parameter.copy_(value.reshape(parameter.shape))


def mismatch(name: str, what: str, mine: Any, theirs: Any) -> str:
    """The text of the error."""
    return (
        f"For 'load_param_into_net', {name} in the argument 'net' should have the same {what} as {name} in the argument "
        f"'parameter_dict'. But got its {what} {mine} in the argument 'net' and {what} {theirs} in the argument 'parameter_dict'."
    )


def _check(net: Any, parameter_dict: Any) -> None:
    if not isinstance(net, Cell):
        raise errors.invalid(TypeError, f"For 'load_param_into_net', the argument 'net' should be a Cell, but got {type(net)}.")
    if not isinstance(parameter_dict, dict):
        reason = f"the argument 'parameter_dict' should be a dict, but got {type(parameter_dict)}."
        raise errors.invalid(TypeError, f"For 'load_param_into_net', {reason}")
    for key, value in parameter_dict.items():
        if not isinstance(key, str) or not isinstance(value, (Parameter, str, list)):
            kinds = f"{type(key)} and {type(value)}"
            raise errors.invalid(TypeError, f"For 'parameter_dict', its elements should be 'str' and 'Parameter', but got {kinds}.")
