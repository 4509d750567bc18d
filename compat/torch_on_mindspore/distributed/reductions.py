"""torch.distributed.ReduceOp: how the values of several processes are combined, and what refuses to be."""

from __future__ import annotations

from enum import Enum
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes


class RedOpType(Enum):
    """The ways, with PyTorch's numbers."""

    SUM, AVG, PRODUCT, MIN, MAX, BAND, BOR, BXOR, PREMUL_SUM = range(9)

    def __int__(self) -> int:
        return self.value


class ReduceOp:
    """The ways to combine values of several processes; calling it with one of them gives that one."""

    RedOpType = RedOpType
    SUM, AVG, PRODUCT = RedOpType.SUM, RedOpType.AVG, RedOpType.PRODUCT
    MIN, MAX = RedOpType.MIN, RedOpType.MAX
    BAND, BOR, BXOR, PREMUL_SUM = RedOpType.BAND, RedOpType.BOR, RedOpType.BXOR, RedOpType.PREMUL_SUM

    def __new__(cls, op: Any) -> Any:
        return op


BITWISE = (RedOpType.BAND, RedOpType.BOR, RedOpType.BXOR)
OF_COMPLEX = (RedOpType.SUM, RedOpType.AVG)


def check_operation(op: Any, tensor: Any) -> None:
    """TypeError for what is no way to combine; ValueError or RuntimeError for one that the dtype has not."""
    if not isinstance(op, RedOpType) or op is RedOpType.PREMUL_SUM:
        raise invalid(TypeError, f"incompatible function arguments: op={op!r} must be one of torch.distributed.ReduceOp")
    kind = tensor.dtype
    if kind.category == dtypes.COMPLEX and op not in OF_COMPLEX:
        raise invalid(ValueError, f"all_reduce does not support {op} on complex tensors")
    if op in BITWISE and kind.category == dtypes.FLOAT:
        raise invalid(RuntimeError, f"Cannot use ReduceOp.{op.name} with non-integral dtype")
    if op is RedOpType.AVG and kind.category < dtypes.FLOAT:
        raise invalid(RuntimeError, f"result type Float can't be cast to the desired output type of {kind}")
