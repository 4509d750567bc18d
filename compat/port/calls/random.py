"""Functions and layers of MindSpore that draw random numbers, and that compat.native draws from PyTorch's stream.

So in a ported program the same seed gives the numbers that it gave before. With MindSpore alone they are of the same distribution, and come
of its own generators: `tests/native/test_random.py`.
"""

from __future__ import annotations

DRAWN: frozenset[str] = frozenset({
    "mindspore.nn.Dropout", "mindspore.nn.Dropout2d", "mindspore.nn.Dropout3d",
    "mindspore.ops.dropout", "mindspore.ops.dropout2d", "mindspore.ops.dropout3d",
    "mindspore.ops.rand", "mindspore.ops.rand_like", "mindspore.ops.randint", "mindspore.ops.randn", "mindspore.ops.randn_like",
    "mindspore.ops.randperm",
})  # fmt: skip
CODE = "CM113"
REASON = "drawn from PyTorch's random stream by compat.native; MindSpore alone draws other numbers of the same distribution"
