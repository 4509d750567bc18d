"""mindspore.save_checkpoint: the parameters of a Cell, a list or a dict, in a file; in this thread or another."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.serialization import checks, message, safe
from compat.mindspore_on_torch.serialization.content import on_host
from compat.mindspore_on_torch.tensor import Tensor
from compat.replacing import written

torch: Any = frameworks.load("torch")

THREAD = "asyn_save_ckpt"
OWNERS = stat.S_IRUSR  # the permissions that MindSpore leaves its files with
APPENDED = (int, float, bool, str, torch.Tensor, torch.Generator)


def save_checkpoint(
    save_obj: Any, ckpt_file_name: str, integrated_save: bool = True, async_save: bool | str = False,
    append_dict: dict[str, Any] | None = None, enc_key: bytes | None = None, enc_mode: str = checks.CIPHER,
    choice_func: Callable[[str], Any] | None = None, crc_check: bool = False, format: str = "ckpt", **kwargs: Any,
) -> None:  # fmt: skip
    """mindspore.save_checkpoint: write a Cell's parameters, a list of them or of {"name", "data"}, or a dict of them.

    The file appears under its name when it is complete. Values are copied before this returns, with `async_save` too,
    and then written by a thread, whichever of "thread" and "process" is asked for. A tensor without elements, which
    MindSpore leaves out, is kept; MindSpore reads a shape of (0,) as ().
    """
    path = destination(save_obj, ckpt_file_name, format)
    checks.switch("integrated_save", integrated_save)
    check_async(async_save)
    _check_append(append_dict)
    checks.option("crc_check", crc_check, bool)
    redundancy = checks.option("remove_redundancy", kwargs.get("remove_redundancy"), type(None), bool)
    checks.no_cipher("save_checkpoint", format, "enc", enc_key, enc_mode)
    _check_unused(format, kwargs)
    values = dict(chosen_of(save_obj, choice_func or (lambda name: True)))
    values.update((name, appended(value)) for name, value in (append_dict or {}).items())
    held = {name: value if isinstance(value, str) else on_host(value) for name, value in values.items()}
    if not async_save:
        save(path, held, format, crc_check, redundancy)
        return
    copies = {name: value if isinstance(value, str) else value.clone() for name, value in held.items()}
    wait_for_writers()
    threading.Thread(target=save, args=(path, copies, format, crc_check, redundancy), name=THREAD).start()


def save(path: str, values: dict[str, Any], format: str, crc_check: bool, remove_redundancy: bool | None) -> None:
    """Write tensors in host memory and texts, by name."""
    if format == "safetensors":
        written(path, partial(safe.write, values=values, crc_check=crc_check, remove_redundancy=remove_redundancy), OWNERS)
        return

    def fill(temporary: str) -> None:
        with open(temporary, "wb") as file:
            message.write(file, values, crc_check)

    written(path, fill, OWNERS)


def wait_for_writers() -> None:
    """Return when no checkpoint is being written by another thread."""
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join()


def async_ckpt_thread_status() -> bool:
    """mindspore.async_ckpt_thread_status: whether a thread is writing a checkpoint."""
    return any(thread.name == THREAD for thread in threading.enumerate())


def destination(save_obj: Any, name: Any, format: Any) -> str:
    """The path to write, with the format as its ending."""
    if format not in checks.FORMATS:
        raise errors.invalid(ValueError, f"For 'save_checkpoint', the format must be 'safetensors' or 'ckpt', but got {format}.")
    if not isinstance(save_obj, (Cell, list, dict)):
        reason = f"the parameter 'save_obj' must be nn.Cell, list or dict, but got {type(save_obj)}."
        raise errors.invalid(TypeError, f"For 'save_checkpoint', {reason}")
    if not isinstance(name, str):
        raise errors.invalid(TypeError, f"For 'save_checkpoint', 'ckpt_file_name' must be string, but got {type(name)}.")
    path = os.path.realpath(name)
    if os.path.isdir(path):
        raise errors.invalid(IsADirectoryError, f"For 'save_checkpoint', 'ckpt_file_name' {path} is a directory, it must be a file name.")
    return path if path.endswith(format) else f"{path}.{format}"


def chosen_of(source: Any, chosen: Callable[[str], Any]) -> Iterator[tuple[str, Any]]:
    """(name, tensor or text) of what is to be saved."""
    pairs = cell_pairs(source) if isinstance(source, Cell) else list_pairs(source) if isinstance(source, list) else dict_pairs(source)
    return ((name, value) for name, value in pairs if chosen(name))


def cell_pairs(cell: Any) -> Iterator[tuple[str, Any]]:
    """The parameters under their own names; one of PyTorch's has none, and goes by its path."""
    for path, parameter in cell.parameters_and_names():
        yield (parameter.name if isinstance(parameter, Parameter) else path), parameter


def list_pairs(items: list[Any]) -> Iterator[tuple[str, Any]]:
    """Of a list of Parameters, or of dicts with "name" and "data"; the first item decides which."""
    for item in items:
        if not isinstance(items[0], dict):
            if not isinstance(item, Parameter):
                raise errors.invalid(TypeError, f"For save_checkpoint, a list must hold Parameters, but got {type(item)}.")
            yield item.name, item
            continue
        if not isinstance(item, dict) or not {"name", "data"} <= set(item):
            raise errors.invalid(TypeError, f"For save_checkpoint, the list must hold dicts with 'name' and 'data', but got {item!r}.")
        if not isinstance(item["name"], str) or not isinstance(item["data"], torch.Tensor):
            kinds = f"{type(item['name'])} and {type(item['data'])}"
            raise errors.invalid(TypeError, f"For save_checkpoint, 'name' must be a string and 'data' a tensor, but got {kinds}.")
        yield item["name"], item["data"]


def dict_pairs(items: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Of a dict: tensors, arrays and texts by name."""
    for name, value in items.items():
        if not isinstance(name, str) or not (isinstance(value, (torch.Tensor, str)) or hasattr(value, "__array_interface__")):
            kinds = f"{type(name)} and {type(value)}"
            raise errors.invalid(TypeError, f"For save_checkpoint, a dict must have string keys and Parameter values, but got {kinds}.")
        yield name, value if isinstance(value, (torch.Tensor, str)) else torch.from_numpy(value)


def appended(value: Any) -> Any:
    """An entry of `append_dict` as a tensor or text: int64, float32 or bool, and the state of a generator."""
    if isinstance(value, torch.Generator):
        return value.get_state()
    return value if isinstance(value, (str, torch.Tensor)) else Tensor(value)


def check_async(value: Any) -> None:
    """TypeError unless it is a bool or text, ValueError for a text that names no way of saving."""
    if not isinstance(value, (bool, str)):
        raise errors.invalid(TypeError, f"For 'save_checkpoint', 'async_save' must be bool or str, but got {type(value)}.")
    if isinstance(value, str) and value not in ("process", "thread"):
        raise errors.invalid(ValueError, f"For 'save_checkpoint', 'async_save' can only be 'process' or 'thread', but got {value}.")


def _check_append(entries: Any) -> None:
    if entries is None:
        return
    if not isinstance(entries, dict):
        raise errors.invalid(TypeError, f"For 'save_checkpoint', the argument 'append_dict' must be dict, but got {type(entries)}.")
    for key, value in entries.items():
        if not isinstance(key, str) or not isinstance(value, APPENDED):
            kinds = f"key: {type(key)}, value: {type(value)}"
            raise errors.invalid(
                TypeError, f"For 'save_checkpoint', 'append_dict' must hold int, float, bool or str by name, but got {kinds}."
            )


def _check_unused(format: str, kwargs: dict[str, Any]) -> None:
    """`incremental` says what of a MapParameter is saved, and there is none here; MindSpore refuses both for safetensors."""
    for name, default in (("incremental", False), ("global_step_num", None)):
        if format == "safetensors" and kwargs.get(name, default) != default:
            reason = f"when format is 'safetensors', the parameter {name!r} must be {default!r}"
            raise errors.invalid(ValueError, f"For 'save_checkpoint', {reason}, but got {kwargs[name]!r}.")
