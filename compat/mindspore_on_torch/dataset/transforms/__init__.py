"""mindspore.dataset.transforms: transforms of the arrays of a row, in a pipeline or outside of one."""

from compat.mindspore_on_torch.dataset.transforms.arrays import (
    Concatenate,
    Duplicate,
    Fill,
    Mask,
    OneHot,
    PadEnd,
    Relational,
    Slice,
    TypeCast,
    Unique,
    not_random,
)
from compat.mindspore_on_torch.dataset.transforms.operations import Compose, RandomApply, RandomChoice, RandomOrder
from compat.mindspore_on_torch.refusals import refused

Plugin = refused("mindspore.dataset.transforms.Plugin", "it loads operators that were compiled for MindSpore's pipeline")

__all__ = [
    "Compose", "Concatenate", "Duplicate", "Fill", "Mask", "OneHot", "PadEnd", "Plugin", "RandomApply", "RandomChoice", "RandomOrder",
    "Relational", "Slice", "TypeCast", "Unique", "not_random",
]  # fmt: skip
