"""What belongs to MindSpore's compiler and its runs on many devices, which PyTorch has nothing like: refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from compat import errors

GRAPHS = "a MindIR, AIR or ONNX file holds a graph of MindSpore's compiler, and PyTorch runs none; save_checkpoint keeps the parameters"
SLICES = "parameters are sliced over devices by MindSpore's own parallel strategies, which PyTorch has nothing like"


def refused(name: str, reason: str) -> Callable[..., NoReturn]:
    """A function of that name that raises UnsupportedAPI."""

    def function(*args: Any, **kwargs: Any) -> NoReturn:
        raise errors.UnsupportedAPI(f"mindspore.{name} can't work on PyTorch: {reason}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"mindspore.{name} raises UnsupportedAPI: {reason}."
    return function


export = refused("export", GRAPHS)
load = refused("load", GRAPHS)
export_split_mindir = refused("export_split_mindir", GRAPHS)
build_searched_strategy = refused("build_searched_strategy", SLICES)
get_ckpt_path_with_strategy = refused("get_ckpt_path_with_strategy", SLICES)
load_distributed_checkpoint = refused("load_distributed_checkpoint", SLICES)
merge_sliced_parameter = refused("merge_sliced_parameter", SLICES)
restore_group_info_list = refused("restore_group_info_list", SLICES)
