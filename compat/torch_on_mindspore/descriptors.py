"""torch.Size and torch.device: what a tensor says of its shape and of where it lies."""

from __future__ import annotations

import math
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore.engine import ON_CPU

HERE = "cpu" if ON_CPU else "npu"
KINDS = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy", "vulkan", "mps",
    "meta", "hpu", "mtia", "privateuseone", "npu",
)  # fmt: skip


class Size(tuple[int, ...]):
    """The shape of a tensor; `torch.Size`."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        return math.prod(self)

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> Size:
        return Size(tuple(self) + tuple(other))

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __reduce__(self) -> Any:
        return Size, (tuple(self),)


class device:
    """Where a tensor lies; `torch.device`."""

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, type: str | device | int, index: int | None = None) -> None:
        if isinstance(type, device):
            self.type, self.index = type.type, type.index
            return
        if isinstance(type, int):
            if ON_CPU:
                raise invalid(RuntimeError, "Cannot access accelerator device when none is available.")
            self.type, self.index = HERE, type
            return
        self.type, self.index = parsed(type, index)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        return f"device(type='{self.type}')" if self.index is None else f"device(type='{self.type}', index={self.index})"

    def __enter__(self) -> device:
        """A block whose new tensors lie here; raises unless that is where they lie anyway."""
        check_device("torch.device", self)
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing changed."""

    def __reduce__(self) -> Any:
        return device, (self.type,) if self.index is None else (self.type, self.index)


def parsed(text: Any, index: int | None) -> tuple[str, int | None]:
    """Kind and index of a device from "cuda:1", or from "cuda" and 1; TypeError or RuntimeError for what names none."""
    if not isinstance(text, str):
        raise invalid(TypeError, f"device() received an invalid combination of arguments - got ({type(text).__name__})")
    if not text:
        raise invalid(RuntimeError, "Device string must not be empty")
    name, _, number = text.partition(":")
    if number and (not number.isdigit() or str(int(number)) != number):
        raise invalid(RuntimeError, f"Invalid device string: '{text}'")
    if name not in KINDS:
        raise invalid(RuntimeError, f"Expected one of {', '.join(KINDS[:-1])} device type at start of device string: {name}")
    if number and index is not None:
        raise invalid(RuntimeError, f"type (string) must not include an index because index was passed explicitly: {text}")
    if index is not None and index < 0:
        raise invalid(RuntimeError, "Device index must not be negative")
    return name, int(number) if number else index


class layout:
    """How the elements of a tensor lie in memory; `torch.layout`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> Any:
        return layout_named, (self.name,)


strided = layout("torch.strided")


def layout_named(name: str) -> layout:
    """The layout that prints so; KeyError for one that MindSpore's tensors don't have."""
    return {repr(strided): strided}[name]


def check_device(api: str, where: str | device | int | None) -> None:
    """Raise unless `where` is the device that MindSpore runs on: what PyTorch without CUDA raises for CUDA, else UnsupportedArgument."""
    if where is None:
        return
    wanted = device(where).type
    if wanted == "cuda":
        raise invalid(AssertionError, f"Torch not compiled with CUDA enabled\n{api}: MindSpore runs on {HERE} here")
    if wanted != HERE:
        raise UnsupportedArgument(api, "device", str(where), f"{HERE}, on which MindSpore runs here")
