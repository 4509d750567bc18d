"""What the generated table says of a layer of MindSpore that has a counterpart in torch.nn."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Layer:
    """A class of mindspore.nn or mindspore.mint.nn, seen from PyTorch's.

    `constructor` and `call` say, by PyTorch's names, which of MindSpore's parameters holds the value; with it the name of a function of
    compat/conversions.py where the constructor's value is another one. `held` are parameters of MindSpore's call that PyTorch has in the
    constructor. `added` are MindSpore's alone. `weights` are the parameters and buffers that MindSpore calls otherwise, or lays out
    otherwise: PyTorch's name → (MindSpore's, layout).
    """

    torch: str
    constructor: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    call: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    weights: dict[str, tuple[str, str]] = field(default_factory=dict)
