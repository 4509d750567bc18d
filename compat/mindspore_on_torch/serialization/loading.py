"""mindspore.load_checkpoint: the parameters of a file by name, and into a Cell."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.parameter import Parameter, holding
from compat.mindspore_on_torch.serialization import checks, message, safe
from compat.mindspore_on_torch.serialization.into_net import load_param_into_net

torch: Any = frameworks.load("torch")


def load_checkpoint(
    ckpt_file_name: Any, net: Any = None, strict_load: bool = False, filter_prefix: Any = None, dec_key: bytes | None = None,
    dec_mode: str = checks.CIPHER, specify_prefix: Any = None, choice_func: Callable[[str], Any] | None = None,
    crc_check: bool = False, remove_redundancy: bool = False, format: str = "ckpt",
) -> dict[str, Any]:  # fmt: skip
    """mindspore.load_checkpoint: Parameters and texts by name, those of a safetensors file sorted; `net` gets them, too.

    `specify_prefix` and `filter_prefix` count for checkpoint files alone, and then `choice_func` does not. ValueError for
    a file that is missing, damaged or no checkpoint, and when nothing is left to load.
    """
    wanted, unwanted = checks.prefixes(specify_prefix), checks.prefixes(filter_prefix)
    checks.option("crc_check", crc_check, bool)
    checks.option("remove_redundancy", remove_redundancy, bool)
    checks.no_cipher("load_checkpoint", format, "dec", dec_key, dec_mode)
    file = source(ckpt_file_name, format)
    if format == "safetensors":
        found = safe.read(file, choice_func or all_names, crc_check)
    else:
        found = message.read(file, chosen(wanted, unwanted, choice_func), crc_check)
    if not found:
        reason = "please check whether 'filter_prefix' or 'specify_prefix' are set correctly."
        raise errors.invalid(ValueError, f"The loaded parameter dict is empty after filter or specify, {reason}")
    # MindSpore leaves those of a safetensors file without a name.
    parameters = {name: as_parameter(value, None if format == "safetensors" else name) for name, value in found.items()}
    if net is not None:
        load_param_into_net(net, parameters, strict_load, remove_redundancy)
    return parameters


def as_parameter(value: Any, name: str | None) -> Any:
    """A tensor as a Parameter on the device where new tensors go; a text as it is."""
    return value if isinstance(value, str) else holding(Parameter, value.to(torch.get_default_device()), name)


def source(name: Any, format: Any) -> Any:
    """The path to read, or what holds the bytes of a safetensors file."""
    if format not in checks.FORMATS:
        reason = "the checkpoint file should end with '.ckpt' or '.safetensors', please input the correct 'format'."
        raise errors.invalid(ValueError, f"For 'load_checkpoint', {reason}")
    if isinstance(name, BytesIO) and format == "safetensors":
        return name
    if not isinstance(name, str):
        raise errors.invalid(TypeError, f"For 'load_checkpoint', the argument 'ckpt_file_name' must be string, but got {type(name)}.")
    if not name.endswith(format):
        reason = f"the checkpoint file format must same with 'format', but got file_name:'{name}', format:'{format}'"
        raise errors.invalid(ValueError, f"For 'load_checkpoint', {reason}")
    path = os.path.realpath(name)
    if not os.path.exists(path):
        raise errors.invalid(ValueError, f"For 'load_checkpoint', the checkpoint file: {path} does not exist.")
    return path


def all_names(name: str) -> bool:
    """Every name is wanted."""
    return True


def chosen(wanted: tuple[str, ...] | None, unwanted: tuple[str, ...] | None, choice: Callable[[str], Any] | None) -> Callable[[str], Any]:
    """Which names to load. A prefix that is given takes the place of `choice`."""
    if wanted is None and unwanted is None:
        return choice or all_names
    return lambda name: (wanted is None or name.startswith(wanted)) and not (unwanted and name.startswith(unwanted))


class ParamDictFuture:
    """A checkpoint that another thread is loading."""

    def __init__(self, future: Future[dict[str, Any]]) -> None:
        self._future = future

    def result(self) -> dict[str, Any]:
        """What load_checkpoint returned; raises what it raised."""
        return self._future.result()


def load_checkpoint_async(
    ckpt_file_name: Any, net: Any = None, strict_load: bool = False, filter_prefix: Any = None, dec_key: bytes | None = None,
    dec_mode: str = checks.CIPHER, specify_prefix: Any = None, choice_func: Callable[[str], Any] | None = None,
) -> ParamDictFuture:  # fmt: skip
    """mindspore.load_checkpoint_async: load_checkpoint in another thread; the ending of the name tells the format."""
    format = "safetensors" if isinstance(ckpt_file_name, str) and ckpt_file_name.endswith("safetensors") else "ckpt"
    pool = ThreadPoolExecutor(max_workers=1)
    future = pool.submit(
        load_checkpoint, ckpt_file_name, net, strict_load, filter_prefix, dec_key, dec_mode, specify_prefix, choice_func, format=format
    )
    pool.shutdown(wait=False)
    return ParamDictFuture(future)
