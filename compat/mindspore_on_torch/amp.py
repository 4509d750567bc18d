"""mindspore.amp: networks in mixed precision, and the training cells around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.layers import activations, basic, convolution, normalization, recurrent, transposed
from compat.mindspore_on_torch.nesting import mapped
from compat.mindspore_on_torch.optim.base import Optimizer
from compat.mindspore_on_torch.wrap import TrainOneStepCell, TrainOneStepWithLossScaleCell, WithLossCell
from compat.mindspore_on_torch.wrap.scalers import (
    DynamicLossScaleManager,
    DynamicLossScaler,
    FixedLossScaleManager,
    LossScaleManager,
    LossScaler,
    StaticLossScaler,
    all_finite,
)

torch: Any = frameworks.load("torch")

__all__ = [
    "DynamicLossScaleManager",
    "DynamicLossScaler",
    "FixedLossScaleManager",
    "LossScaleManager",
    "LossScaler",
    "StaticLossScaler",
    "all_finite",
    "auto_mixed_precision",
    "build_train_network",
    "custom_mixed_precision",
    "get_black_list",
    "get_white_list",
]

WHITE: list[type[Any]] = [
    convolution.Conv1d, convolution.Conv2d, convolution.Conv3d,
    transposed.Conv1dTranspose, transposed.Conv2dTranspose, transposed.Conv3dTranspose,
    basic.Dense, recurrent.LSTMCell, recurrent.RNNCell, recurrent.GRUCell,
]  # fmt: skip
# What MindSpore's white list has as primitives, where a layer is no more than one.
WHITE_OPERATORS = (activations.ReLU, activations.PReLU)
BLACK: list[type[Any]] = [normalization.BatchNorm1d, normalization.BatchNorm2d, normalization.BatchNorm3d, normalization.LayerNorm]
LEVELS = ("O0", "O1", "O2", "O3", "auto")


def get_white_list() -> list[type[Any]]:
    """mindspore.amp.get_white_list: the layers that O1 runs in lower precision. MindSpore's own list has primitives too."""
    return list(WHITE)


def get_black_list() -> list[type[Any]]:
    """mindspore.amp.get_black_list: the layers that O2 leaves in float32."""
    return list(BLACK)


class OutputTo(Cell):
    """A Cell whose floating-point outputs are cast to one type."""

    def __init__(self, backbone: Any, dtype: Any) -> None:
        super().__init__(auto_prefix=False)
        self._backbone, self._dtype = backbone, dtype

    def construct(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs of the Cell, cast."""
        return cast(self._backbone(*args, **kwargs), self._dtype)


def cast(value: Any, dtype: Any) -> Any:
    """The floating-point tensors of a nested value in `dtype`."""
    return mapped(lambda tensor: tensor.astype(dtype) if tensor.is_floating_point() else tensor, value)


def auto_mixed_precision(network: Any, amp_level: str = "O0", dtype: Any = dtypes.float16) -> Any:
    """mindspore.amp.auto_mixed_precision: the network with lower precision inside.

    O1: in the layers of get_white_list; O2: everywhere but in those of get_black_list; O3: everywhere. Their outputs are
    float32. "auto": in the layers of get_white_list; operators that are called outside of layers keep the type of their
    inputs, where MindSpore's choose one. ValueError for another level or dtype, TypeError for no Cell.
    """
    if amp_level not in LEVELS:
        raise errors.invalid(ValueError, f"The amp level {amp_level} is not supported")
    check_dtype(dtype)
    if amp_level == "auto" and not isinstance(network, Cell) and callable(network):
        raise errors.UnsupportedArgument("mindspore.amp.auto_mixed_precision", "network", network, "a Cell")
    if not isinstance(network, Cell):
        raise errors.invalid(TypeError, f"For amp_level '{amp_level}', the network type should be Cell.")
    if amp_level == "O1":
        return with_white_list(network, (*WHITE, *WHITE_OPERATORS), dtype)
    if amp_level in ("O2", "O3"):
        return with_black_list(network, tuple(BLACK) if amp_level == "O2" else (), dtype)
    return with_white_list(network, tuple(WHITE), dtype) if amp_level == "auto" else network


def custom_mixed_precision(network: Any, *, white_list: Any = None, black_list: Any = None, dtype: Any = dtypes.float16) -> Any:
    """mindspore.amp.custom_mixed_precision: lower precision in the layers of white_list, or in all but those of black_list.

    ValueError unless there is exactly one list, TypeError for a list of other things than classes.
    """
    if not isinstance(network, Cell):
        raise errors.invalid(TypeError, "The network type should be Cell.")
    if white_list is None and black_list is None:
        raise errors.invalid(ValueError, "For custom_mixed_precision, one of white_list and black_list must be provided.")
    if white_list is not None and black_list is not None:
        raise errors.invalid(ValueError, "For custom_mixed_precision, white_list and black_list can't both be provided.")
    check_dtype(dtype)
    if white_list is not None:
        return with_white_list(network, classes("white_list", white_list), dtype)
    return with_black_list(network, classes("black_list", black_list), dtype)


def check_dtype(dtype: Any) -> None:
    """ValueError for a type that is no lower precision."""
    if dtype not in (dtypes.float16, dtypes.bfloat16):
        raise errors.invalid(ValueError, f"The dtype should be one of (mstype.float16, mstype.bfloat16), but got {dtype}.")


def classes(argument: str, given: Any) -> tuple[type[Any], ...]:
    """A list of Cell classes as a tuple; primitives are refused."""
    if not isinstance(given, list):
        raise errors.invalid(TypeError, f"The type of {argument} should be list, but got {type(given)}")
    for item in given:
        if not isinstance(item, type):
            raise errors.invalid(TypeError, f"The element in {argument} should be a class, but got {item}")
        if not issubclass(item, Cell):
            raise errors.UnsupportedArgument("mindspore.amp.custom_mixed_precision", argument, item, "classes of Cells")
    return tuple(given)


def with_white_list(network: Any, chosen: tuple[type[Any], ...], dtype: Any) -> Any:
    """The network, in which layers of these classes compute in `dtype` and give float32."""
    for _, cell in network.cells_and_names():
        if isinstance(cell, chosen):
            cell.to_float(dtype)
            wrap_construct(cell, widened)
    return network


def widened(construct: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its results in float32."""
    return lambda *args, **kwargs: cast(construct(*args, **kwargs), dtypes.float32)


def wrap_construct(cell: Any, wrapper: Callable[[Any], Any]) -> None:
    """Give one Cell another `construct`."""
    object.__setattr__(cell, "construct", wrapper(cell.construct))


def with_black_list(network: Any, kept: tuple[type[Any], ...], dtype: Any) -> Any:
    """A Cell around the network, in which all layers but those of these classes compute in `dtype`."""
    network.to_float(dtype)
    if kept:
        for _, cell in list(network.cells_and_names()):
            for name, child in cell.name_cells().items():
                if isinstance(child, kept) and not isinstance(cell, OutputTo):
                    child.to_float(dtypes.float32)
                    # Not by assignment, which would rename the parameters.
                    cell._modules[name] = OutputTo(child, dtype)
    return OutputTo(network, dtypes.float32)


def build_train_network(
    network: Any, optimizer: Any, loss_fn: Any = None, level: str = "O0", boost_level: str = "O0", **kwargs: Any,
) -> Any:  # fmt: skip
    """mindspore.amp.build_train_network: a cell that makes one step of training, in the precision of `level`.

    Keywords: cast_model_type, keep_batchnorm_fp32, loss_scale_manager. O2 scales the loss dynamically unless a keyword says
    otherwise. Scaling that leaves out steps works on CPU too, where MindSpore refuses it.
    """
    if not isinstance(optimizer, (Optimizer, Cell)):
        raise errors.invalid(TypeError, f"The type of 'optimizer' should be Optimizer, but got {type(optimizer)}.")
    if not isinstance(network, Cell):
        raise errors.invalid(TypeError, f"For amp_level '{level}', the network type should be Cell.")
    if not isinstance(level, str):
        raise errors.invalid(TypeError, f"The argument `level` must be a string in {list(LEVELS)}, but got type {type(level)}.")
    if boost_level not in ("O0", "O1", "O2"):
        raise errors.invalid(ValueError, f"The 'boost_level' should be in : ['O0', 'O1', 'O2'], but got {boost_level}.")
    if boost_level != "O0":
        raise errors.UnsupportedArgument("mindspore.amp.build_train_network", "boost_level", boost_level, "'O0'")
    for name in kwargs:
        if name not in ("cast_model_type", "keep_batchnorm_fp32", "loss_scale_manager"):
            raise errors.invalid(ValueError, f"Unsupported arg '{name}'")
    for name, value, kinds in (
        ("level", level, str),
        ("keep_batchnorm_fp32", kwargs.get("keep_batchnorm_fp32", False), bool),
        ("loss_scale_manager", kwargs.get("loss_scale_manager"), (LossScaleManager, type(None))),
    ):
        if not isinstance(value, kinds):
            raise errors.invalid(TypeError, f"The type of '{name}' should be {kinds}, but got {type(value)}.")
    network = in_precision(network, level, kwargs)
    if loss_fn is not None:
        network = WithLossCell(network, loss_fn)
    manager = kwargs["loss_scale_manager"] if "loss_scale_manager" in kwargs else DynamicLossScaleManager() if level == "O2" else None
    if manager is None:
        return TrainOneStepCell(network, optimizer).set_train()
    if not isinstance(manager, LossScaleManager):
        raise errors.invalid(TypeError, f"The type of 'loss_scale_manager' should be LossScaleManager, but got {type(manager)}.")
    update = manager.get_update_cell()
    if update is None:
        return TrainOneStepCell(network, optimizer, manager.get_loss_scale()).set_train()
    return TrainOneStepWithLossScaleCell(network, optimizer, update).set_train()


def in_precision(network: Any, level: str, settings: dict[str, Any]) -> Any:
    """The network in the precision of the level, or of cast_model_type and keep_batchnorm_fp32."""
    if not isinstance(settings.get("keep_batchnorm_fp32", True), bool):
        raise errors.invalid(TypeError, f"The type of 'keep_batchnorm_fp32' should be bool, but got {settings['keep_batchnorm_fp32']!r}.")
    if settings.get("cast_model_type", dtypes.float32) not in (dtypes.float16, dtypes.float32):
        raise errors.invalid(TypeError, f"The 'cast_model_type' should be float16 or float32, but got {settings['cast_model_type']!r}.")
    if "cast_model_type" not in settings and "keep_batchnorm_fp32" not in settings:
        return auto_mixed_precision(network, level)
    kind = settings.get("cast_model_type", dtypes.float16 if level in ("O2", "O3") else dtypes.float32)
    if kind == dtypes.float32:
        return network
    keep = settings.get("keep_batchnorm_fp32", level == "O2")
    return with_black_list(network, tuple(BLACK) if keep else (), kind)
