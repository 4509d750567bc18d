"""Functions and layers of MindSpore whose result shares memory otherwise than PyTorch's, so that a later write in place is seen elsewhere.

Found by calling each API of the table with each of its fixtures on both frameworks, on CPU: `tests/native/test_memory.py`. All others
that share memory do so where PyTorch does, and compat.native keeps their views up to date. A program that writes into the result of
one of these, or into its argument while the result is in use, needs PyTorch's function, so that no call becomes one of these.
"""

from __future__ import annotations

# For some arguments the result is the argument, or lies in its memory, where PyTorch's is a tensor of its own: a write to either would
# be seen in both. `mint.index_add` writes into its argument itself.
SHARED: frozenset[str] = frozenset({
    "mindspore.mint.diff", "mindspore.mint.index_add", "mindspore.nn.ChannelShuffle", "mindspore.ops.max", "mindspore.ops.min",
    "mindspore.ops.pixel_shuffle", "mindspore.ops.pixel_unshuffle", "mindspore.ops.rot90",
})  # fmt: skip

# For some arguments the result is a tensor of its own, where PyTorch's is the argument or a view of it: a write to either would be seen
# in both there.
APART: frozenset[str] = frozenset({
    "mindspore.mint.imag", "mindspore.mint.real", "mindspore.nn.Flatten", "mindspore.ops.cartesian_prod", "mindspore.ops.conj",
    "mindspore.ops.dropout", "mindspore.ops.dropout3d", "mindspore.ops.flatten", "mindspore.ops.imag", "mindspore.ops.real",
    "mindspore.ops.view_as_real",
})  # fmt: skip

# Views as PyTorch's are, except that after a recorded write to either the gradient through the result is refused: MindSpore's needs the
# argument as it was, or has no kernel on CPU.
REFUSED: frozenset[str] = frozenset({"mindspore.mint.narrow", "mindspore.mint.select"})

# What no call is rewritten to.
OTHERWISE = SHARED | APART | REFUSED
