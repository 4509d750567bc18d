"""ops.Print, Assert, TensorDump, the summaries and hooks: what a program says while it runs."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch.primitives.base import Named, primitive
from compat.mindspore_on_torch.tensor import Tensor, as_tensor

torch: Any = frameworks.load("torch")

__all__ = [
    "Assert", "Depend", "DumpGradient", "FloatStatus", "HistogramSummary", "ImageSummary", "MoveTo", "Print", "ScalarSummary",
    "TensorDump", "TensorSummary", "UpdateState", "depend", "move_to", "print_", "stop_gradient_",
]  # fmt: skip

dumps = itertools.count()


def print_(*input_x: Any) -> None:
    """mindspore.ops.print_: each input on a line of its own; a Tensor with its shape and dtype."""
    for item in input_x:
        print(repr(item) if isinstance(item, torch.Tensor) else item)


class Print(Named):
    """ops.Print()(*inputs): what print_ does."""

    def __call__(self, *input_x: Any) -> None:
        print_(*input_x)


class Assert(Named):
    """ops.Assert(summarize=3)(condition, inputs): where the condition is false, prints so many elements of each and raises RuntimeError."""

    def __init__(self, summarize: int = 3) -> None:
        super().__init__()
        self.summarize = summarize

    def __call__(self, condition: Any, input_data: Any) -> None:
        if condition:
            return
        print("For 'Assert' condition is false.")
        for item in input_data:
            print("input data:", Tensor(item).reshape((-1,))[: self.summarize])
        raise errors.invalid(RuntimeError, "assert failed")


class Summary(Named):
    """ops.XSummary()(name, value). A SummaryRecord would keep the value; there is none, and without one MindSpore keeps nothing either."""

    def __call__(self, name: str, value: Any) -> None:
        return None


class ScalarSummary(Summary):
    """Of a number."""


class ImageSummary(Summary):
    """Of images."""


class TensorSummary(Summary):
    """Of a tensor."""


class HistogramSummary(Summary):
    """Of the distribution of a tensor."""


class TensorDump(Named):
    """ops.TensorDump(input_output="out")(file, tensor): saves it as FILE_dtype_N.npy, or with "in" FILE_in_dtype_N.npy. N counts up."""

    def __init__(self, input_output: str = "out") -> None:
        super().__init__()
        if input_output not in ("in", "out"):
            raise errors.invalid(ValueError, f"For 'TensorDump', 'input_output' must be 'in' or 'out', but got {input_output!r}.")
        self.input_output = input_output

    def __call__(self, file: str, input_x: Any) -> None:
        """The file is written before this returns."""
        if not isinstance(file, str) or not file:
            raise errors.invalid(TypeError, f"For 'TensorDump', 'file' must be a text that is not empty, but got {file!r}.")
        if not isinstance(input_x, torch.Tensor):
            raise errors.invalid(TypeError, f"For 'TensorDump', 'input_x' must be a Tensor, but got {type(input_x)}.")
        path = Path(file.removesuffix(".npy"))
        mode = "in_" if self.input_output == "in" else ""
        np.save(path.with_name(f"{path.name}_{mode}{str(input_x.dtype).lower()}_{next(dumps)}.npy"), as_tensor(input_x.detach()).asnumpy())


class DumpGradient(Named):
    """ops.DumpGradient()(path, x, "in" or "out"): `x`; the gradient that reaches it is saved as an array."""

    def __call__(self, path: str, x: Any, input_output: str) -> Any:
        if input_output not in ("in", "out"):
            raise errors.invalid(ValueError, f"For 'DumpGradient', 'input_output' must be 'in' or 'out', but got {input_output!r}.")
        if not x.requires_grad:
            return x
        passed = x.view_as(x)
        passed.register_hook(lambda gradient: np.save(path, as_tensor(gradient.detach()).asnumpy()))
        return passed


@primitive
def FloatStatus(x: Any) -> Any:
    """1 where an element is infinite or no number, else 0: float32 (1,)."""
    return (~torch.isfinite(x)).any().to(torch.float32).reshape(1)


class Depend(Named):
    """ops.Depend()(value, expr): `value`. The order of execution is that of the program."""

    def __call__(self, value: Any, expr: Any) -> Any:
        return value


class UpdateState(Depend):
    """ops.UpdateState()(value, expr): `value`."""


depend = Depend()


def move_to(input: Any, to: str = "CPU", blocking: bool = True) -> Any:
    """mindspore.ops.move_to: a copy in the memory of the host, "CPU", or of the accelerator, "Ascend", which PyTorch knows by its own name."""
    if to not in ("CPU", "Ascend"):
        raise errors.invalid(ValueError, f"For 'move_to', 'to' must be 'CPU' or 'Ascend', but got {to!r}.")
    tensor = input if isinstance(input, torch.Tensor) else Tensor(input)
    place = torch.device("cpu") if to == "CPU" else torch.accelerator.current_accelerator()
    if place is None:
        raise errors.UnsupportedArgument("mindspore.ops.move_to", "to", to, "'CPU': PyTorch finds no accelerator here")
    return torch.Tensor.to(tensor, place, non_blocking=not blocking, copy=True)


class MoveTo(Named):
    """ops.MoveTo()(input, to="CPU", blocking=True): what move_to does."""

    def __call__(self, input: Any, to: str = "CPU", blocking: bool = True) -> Any:
        return move_to(input, to, blocking)


def stop_gradient_(input: Any) -> None:
    """mindspore.ops.stop_gradient_: takes a tensor out of the graph, in place."""
    torch.Tensor.detach_(input)
