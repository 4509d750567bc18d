"""Which classes of modules are each other's counterparts, by the table, and which class of a framework a module's class extends."""

from __future__ import annotations

import functools
import inspect

from compat.models.records import Place
from compat.table.load import load
from compat.table.model import Counterpart, Row

FRAMEWORKS = ("torch", "mindspore", "compat")
# The containers, which no call of a row shows, and the bases that say nothing of what a module computes.
CONTAINERS = {("Sequential", "SequentialCell"), ("ModuleList", "CellList"), ("ModuleDict", "CellDict")}
PLAIN = {"Module", "Cell"}
# Kinds of layers that are written in each other's place: one that was swapped is compared, not left out.
ALIKE = (
    {"ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Tanh", "Sigmoid", "PReLU", "RReLU", "Softplus",
     "Hardswish", "HSwish", "Hardsigmoid", "HSigmoid", "Hardtanh", "Softsign", "SoftShrink", "HShrink", "FastGelu"},
    {"MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d"},
    {"AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d"},
    {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm", "GroupNorm", "InstanceNorm1d", "InstanceNorm2d", "LayerNorm", "RMSNorm"},
    {"Softmax", "LogSoftmax", "Softmin"},
    {"Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout"},
    {"Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d"},
    {"ZeroPad2d", "ConstantPad2d", "ReflectionPad2d", "ReplicationPad2d", "Pad"},
)  # fmt: skip


def base_of(kind: type) -> str:
    """The name of the framework's class that a module's class is or extends; "" where that is Module or Cell alone."""
    found = next(
        (c for c in kind.__mro__ if (c.__module__.partition(".")[0] in FRAMEWORKS and ".nn" in f".{c.__module__}") or _is_ours(c)), None
    )
    return "" if found is None or found.__name__ in PLAIN else found.__name__


def _is_ours(kind: type) -> bool:
    return kind.__module__.startswith(("compat.torch_on_mindspore", "compat.mindspore_on_torch"))


@functools.cache
def source_of(kind: type, forward: str) -> Place | None:
    """Where a class defines what it computes, if it is Python source."""
    try:
        function = inspect.unwrap(getattr(kind, forward))
        lines, start = inspect.getsourcelines(function)
        return Place(inspect.getsourcefile(function) or "", start, start + len(lines) - 1)
    except (OSError, TypeError, AttributeError):
        return None


@functools.cache
def rows() -> tuple[tuple[Row, Counterpart], ...]:
    """Every module of the table with each of its counterparts."""
    return tuple((row, each) for row in load().rows.values() if row.kind == "class" for each in row.mindspore)


@functools.cache
def _counterparts() -> frozenset[tuple[str, str]]:
    return frozenset((row.torch.rpartition(".")[2], each.api.rpartition(".")[2]) for row, each in rows()) | CONTAINERS


def are_counterparts(first: str, second: str) -> bool:
    """Whether two classes of the frameworks, by their own names, do the same; also two of one API."""
    return bool(first) and (first == second or (first, second) in _counterparts() or (second, first) in _counterparts())


def are_alike(first: str, second: str) -> bool:
    """Whether one is written where the other stands by mistake or by choice: two activations, two ways of pooling."""
    return any(first in group and second in group for group in ALIKE)
