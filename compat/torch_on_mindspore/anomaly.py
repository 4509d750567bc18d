"""Anomaly detection: a backward run that meets a NaN names the operation it came from."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import nodes
from compat.torch_on_mindspore.engine import mindspore

_states = [(False, True)]  # whether it is on, and whether it looks for NaN


def detecting() -> bool:
    return _states[-1] == (True, True)


def is_anomaly_enabled() -> bool:
    return _states[-1][0]


def is_anomaly_check_nan_enabled() -> bool:
    return _states[-1][1]


class set_detect_anomaly:
    """From here on, or inside the block, a backward run raises RuntimeError where a gradient becomes NaN."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.previous = _states[-1]
        _states[-1] = (mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        _states[-1] = self.previous


class detect_anomaly(set_detect_anomaly):
    """`set_detect_anomaly(True)` as a block."""

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__(True, check_nan)


def watch(outputs: tuple[Any, ...]) -> None:
    """Have every operation in the history of `outputs` look at the gradients that it computes."""
    for native in nodes.history(outputs):
        native.register_hook(_checked(nodes.of(native)))


def _checked(node: Any) -> Any:
    name = node.name()

    def look(computed: tuple[Any, ...], _incoming: tuple[Any, ...]) -> None:
        for number, gradient in enumerate(computed):
            if gradient is not None and gradient.dtype in FLOATS and bool(mindspore.ops.isnan(gradient).any()):
                raise invalid(RuntimeError, f"Function '{name}' returned nan values in its {number}th output.")

    return look


FLOATS = (mindspore.float16, mindspore.float32, mindspore.float64)
