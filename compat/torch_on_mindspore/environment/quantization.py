"""The marks that torch.ao.quantization puts into a float model: until a model is converted, which is refused here, they pass their input on."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore.module import Module


class _Mark(Module):
    """The identity; `qconfig`, if given, is kept for whoever converts the model."""

    qconfig: Any

    def __init__(self, qconfig: Any = None) -> None:
        super().__init__()
        if qconfig:
            self.qconfig = qconfig

    def forward(self, x: Any) -> Any:
        return x


class QuantStub(_Mark):
    """Where floating-point numbers would become quantised ones."""


class DeQuantStub(_Mark):
    """Where quantised numbers would become floating-point ones again."""
