"""What runs the PyTorch API on MindSpore: Tensor, autograd, Module, optimizers, data. The generated compat.torch is its face."""

from __future__ import annotations

from compat.torch_on_mindspore import methods as _methods  # importing it puts the operations on Tensor

__all__: list[str] = []
del _methods
