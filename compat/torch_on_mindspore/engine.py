"""Every private MindSpore name that this room uses, found and checked once, at import."""

from __future__ import annotations

import importlib
import inspect
import operator
from collections.abc import Callable
from typing import Any

from compat import frameworks
from compat.errors import FrameworkMissing

SUPPORTED = "2.8, 2.9, 2.10"
EXECUTOR_HOMES = ("mindspore.graph.api", "mindspore.common.api")  # 2.10; 2.8 and 2.9
# the operations that share storage with their input, as the recorded history names them
VIEWS = {
    "Reshape", "View", "Transpose", "Squeeze", "ExpandDims", "BroadcastTo", "Unstack", "Split", "Diagonal", "Slice", "StridedSlice",
    "SelectView", "SelectExtView",
}  # fmt: skip
# those whose gradient needs the result here, and not in PyTorch
KEEPING = {"Div", "Pow", "MaxPool3D"}
TENSOR_STATE = ("_requires_grad", "_is_leaf", "_grad", "_grad_node", "_version", "_data_ptr")

mindspore: Any = frameworks.load("mindspore")


def find(homes: tuple[str, ...], name: str) -> Any:
    """The attribute `name` of the first of `homes` that has it; FrameworkMissing if none does."""
    for home in homes:
        try:
            return getattr(importlib.import_module(home), name)
        except (ImportError, AttributeError):
            continue
    raise FrameworkMissing(
        f"MindSpore {mindspore.__version__} has no {name} in {' or '.join(homes)}, on which autograd rests here; "
        f"MindSpore releases known to work: {SUPPORTED}"
    )


def release() -> tuple[int, int]:
    """The running MindSpore's release: (2, 10) for 2.10.0."""
    major, minor = mindspore.__version__.split(".")[:2]
    return int(major), int(minor)


FunctionBase: Any = find(("mindspore.common._grad_function",), "_Function")
_set_versions = getattr(importlib.import_module("mindspore._c_expression"), "_unsafe_set_version_counter", None)  # since 2.10
# Before 2.10 a version is its storage's: a tensor that takes over another's takes over its version too.
KEEPS_VERSIONS: bool = _set_versions is not None
_executor = find(EXECUTOR_HOMES, "_pynative_executor")
_run_backward = find(("mindspore._c_expression",), "run_backward")
# before 2.9 its arguments are the constructor's
_diagonal_view = None if release() < (2, 9) else mindspore.ops.auto_generate.DiagonalView()
# The operators that CPU computes in bfloat16 itself; before 2.9 `mul` has no kernel for it. The others run in float32.
BFLOAT16: tuple[Any, ...] = (mindspore.ops.add,) if release() < (2, 9) else (mindspore.ops.add, mindspore.ops.mul)
to_dlpack = find(("mindspore.utils.dlpack",), "to_dlpack")
native = find(("mindspore._c_expression",), "TensorPy")
for _name in TENSOR_STATE:
    if not hasattr(mindspore.Tensor, _name):
        raise FrameworkMissing(f"mindspore.Tensor of MindSpore {mindspore.__version__} has no {_name}; releases known to work: {SUPPORTED}")

ON_CPU: bool = mindspore.get_context("device_target") == "CPU"
if ON_CPU:
    # Without it a bad call returns normally and raises in one of the calls that follow.
    mindspore.runtime.launch_blocking()


def diagonal_view(tensor: Any, offset: int, first: int, second: int) -> Any:
    """The view of a diagonal of two dimensions."""
    if _diagonal_view is None:
        return mindspore.ops.auto_generate.DiagonalView(offset, first, second)(tensor)
    return _diagonal_view(tensor, offset, first, second)


def record(on: bool = True) -> None:
    """Have operations recorded for autograd, as they always are in PyTorch.

    MindSpore clears this flag at the end of `value_and_grad`, and when the arguments of a call can't be parsed. Its own
    `value_and_grad` of a Cell with weights raises while the flag is on.
    """
    _executor.set_grad_flag(on)


# MindSpore's own class behind its Tensor: isinstance asks it without the detour through Tensor's metaclass.
TensorBase: Any = mindspore.Tensor.__mro__[1]
dtype_of: Any = mindspore.Tensor.dtype.fget


def reader(*names: str) -> Callable[[Any], Any]:
    """What reads the attribute of a tensor that MindSpore has under the first of these names, without the cost of looking it up."""
    found = next(one for one in (inspect.getattr_static(mindspore.Tensor, name, None) for name in names) if one is not None)
    read: Callable[[Any], Any] = found.__get__
    return read


shape_of = reader("_shape", "shape")
itemsize_of = reader("_itemsize", "itemsize")
requires_grad: Callable[[Any], bool] = reader("_requires_grad")
is_leaf: Callable[[Any], bool] = reader("_is_leaf")
# (shape, dtype, whether it requires grad): what has to agree for tensors to be joined by their bytes, in one look at each
traits_of: Callable[[Any], tuple[Any, Any, bool]] = operator.attrgetter(
    *(next(one for one in names if hasattr(mindspore.Tensor, one)) for names in (("_shape", "shape"), ("_dtype", "dtype"))),
    "_requires_grad",
)
bytes_of: Callable[[Any], bytes] = getattr(TensorBase, "get_bytes", mindspore.Tensor.get_bytes)
# (tensor, dim, index) → a view; its gradient fails on CPU
select: Callable[[Any, int, int], Any] = getattr(mindspore.ops.auto_generate, "select_ext_view", mindspore.Tensor.select)


def grad_enabled() -> bool:
    return bool(_executor.enable_grad())


def set_grad_enabled(enabled: bool) -> None:
    _executor.set_enable_grad(enabled)


def run_backward(
    outputs: tuple[Any, ...],
    gradients: tuple[Any, ...],
    inputs: tuple[Any, ...] = (),
    *,
    keep_graph: bool,
    create_graph: bool,
    accumulate: bool,
) -> Any:
    """Gradients of `outputs` with respect to `inputs`, or into every leaf when `accumulate`; None where there is none."""
    run = Run(keep_graph=keep_graph, create_graph=create_graph, accumulate=accumulate)
    _runs.append(run)
    try:
        found = _run_backward(outputs, gradients, keep_graph, create_graph, inputs, True, accumulate_grad=accumulate)
    finally:
        _runs.pop()
    if accumulate:
        for after in run.finished:
            after()
    return found


def gradient_of(function: Callable[[Any], Any], input: Any, gradients: tuple[Any, ...]) -> Any:
    """The gradient of `function(input)`, a tensor or a tuple of them, with respect to `input`, a new tensor; nothing of it is recorded.

    Results whose gradient is None do not count.
    """
    enabled = grad_enabled()
    set_grad_enabled(True)
    try:
        record()
        input._requires_grad = True
        found = function(input)
        pairs = [pair for pair in zip(found if isinstance(found, tuple) else (found,), gradients, strict=True) if pair[1] is not None]
        outputs, weights = zip(*pairs, strict=True)
        return run_backward(outputs, weights, (input,), keep_graph=False, create_graph=False, accumulate=False)[0]
    finally:
        set_grad_enabled(enabled)


class Run:
    """One run of the engine: what it was asked for, and what is to be done at its end."""

    def __init__(self, *, keep_graph: bool, create_graph: bool, accumulate: bool) -> None:
        self.keep_graph, self.create_graph, self.accumulate = keep_graph, create_graph, accumulate
        self.finished: list[Callable[[], None]] = []


_runs = [Run(keep_graph=False, create_graph=False, accumulate=False)]


def current_run() -> Run:
    return _runs[-1]


def node_number(node: Any) -> int:
    """What tells an operation of the recorded history, or a leaf, from all others that live.

    Its address; before 2.9 an operation's place in time and, since all leaves have the same one there, a leaf's name. MindSpore
    numbers the names, except of its Parameters that a program names itself.
    """
    if hasattr(node, "_unique_id"):
        return int(node._unique_id())
    return hash(node.name()) if node.is_leaf() else int(node._sequence_nr())


def is_function(node: Any) -> bool:
    """Whether the operation is a Python one, with its own `backward`."""
    return isinstance(node, FunctionBase)


def is_view(tensor: Any) -> bool:
    """Whether MindSpore recorded `tensor` as a view of another."""
    node = tensor._grad_node
    return node is not None and not is_function(node) and node.name() in VIEWS


def keeps_result(tensor: Any) -> bool:
    """Whether the operation that made `tensor` keeps it for its gradient, and PyTorch's does not."""
    node = tensor._grad_node
    if node is None or is_function(node):
        return getattr(node, "keeps_result", False)
    return node.name() in KEEPING


def is_recorded(operand: Any) -> bool:
    """Whether an operand, a tensor or a number, requires grad."""
    return bool(getattr(operand, "_requires_grad", False))


def set_requires_grad(tensor: Any, value: bool) -> None:
    tensor._requires_grad = value
    if value:
        keep_gradient_apart(tensor)


def introduce(tensor: Any) -> None:
    """Have autograd know a tensor that needs no gradient.

    A convolution whose input it has never seen gets its gradient by the weight from oneDNN's reference kernel, in 80 ms for 3.
    """
    if not requires_grad(tensor):
        tensor._requires_grad = True
        tensor._requires_grad = False


def keep_gradient_apart(leaf: Any) -> None:
    """Have a gradient copied before it becomes the gradient of `leaf`.

    MindSpore adds the next gradient to the storage of the first one, and takes it to be whole, in order, and nobody else's: where one
    tensor is the gradient of two leaves, it has no kernel to part them, or adds up both in the one storage.
    """
    if "_gradient_apart" not in leaf.__dict__:
        leaf._gradient_apart = True
        mindspore.Tensor.register_hook(leaf, _apart)


def _apart(gradient: Any) -> Any:
    run = _runs[-1]
    if not run.accumulate:
        return None
    if run.create_graph:
        return mindspore.ops.mul(gradient, 1)
    if not ON_CPU or gradient.dtype == mindspore.bfloat16:
        return mindspore.Tensor.copy(gradient)
    return native.from_numpy(mindspore.Tensor.asnumpy(gradient).copy())


def grad(tensor: Any) -> Any:
    return tensor._grad


def added_up(known: Any, found: Any) -> bool:
    """Put the elements of `found` into `known`, if they fit; whether they did."""
    if tuple(known.shape) != tuple(found.shape) or known.dtype != found.dtype or requires_grad(known) or requires_grad(found):
        return False
    enabled = grad_enabled()
    set_grad_enabled(False)
    mindspore.Tensor.copy_(known, found)
    set_grad_enabled(enabled)
    return True


def watch_gradient(leaf: Any, after: Callable[[], None]) -> None:
    """Call `after` at the end of every run that added to the gradient of `leaf`."""
    hook_leaf(leaf, lambda _: current_run().finished.append(after))


def hook_leaf(leaf: Any, hook: Callable[[Any], Any]) -> None:
    """Call `hook` with every gradient of `leaf`, also after `replace_data`."""
    leaf.__dict__.setdefault("_watching", []).append(hook)
    mindspore.Tensor.register_hook(leaf, hook)


def set_grad(tensor: Any, value: Any) -> None:
    tensor._grad = value


def grad_node(tensor: Any) -> Any:
    return tensor._grad_node


def version(tensor: Any) -> int:
    return int(tensor._version)


def bump_version(tensor: Any, version: int | None = None) -> None:
    """Advance the version of `tensor`, or set it: its elements have changed in a way that autograd could not see."""
    if _set_versions is not None:
        _set_versions([tensor], [tensor._version + 1 if version is None else version])
        return
    # Before 2.10 only a write advances it, by one; these write what is there already.
    wanted = tensor._version + 1 if version is None else version
    enabled = grad_enabled()
    set_grad_enabled(False)
    while (before := tensor._version) < wanted:
        mindspore.Tensor.copy_(tensor, tensor)
        if tensor._version == before:
            break  # a part of a storage, whose version a write to the whole advances
    set_grad_enabled(enabled)


def bump_versions(tensors: list[Any]) -> None:
    """`bump_version` of many tensors at the price of one call."""
    if _set_versions is not None:
        _set_versions(tensors, [tensor._version + 1 for tensor in tensors])
        return
    for tensor in tensors:
        bump_version(tensor)


def assign(tensor: Any, value: Any) -> None:
    """Make `tensor` the same storage, shape, dtype and history as `value`; it stays the same object."""
    tensor.assign_value(value)


def data_ptr(tensor: Any) -> int:
    return int(tensor._data_ptr())


def replace_data(tensor: Any, value: Any) -> None:
    """Give `tensor` the storage, shape and dtype of `value`; it stays the same object, with its grad flag.

    With the elements of another shape or dtype it gets a new content from MindSpore: the old one keeps, for its gradient and for
    the operators that have seen it, the shape and the dtype that it was made with.
    """
    if native.shape.__get__(tensor) != native.shape.__get__(value) or tensor.dtype != value.dtype:
        recorded, parameter = tensor._requires_grad, getattr(tensor, "param_info", None)
        native.__setstate__(tensor, native.__getstate__(value))
        tensor.assign_value(value)
        if parameter is not None:
            tensor.param_info = parameter
        tensor._requires_grad = True  # without it MindSpore takes no hooks
        if tensor.__dict__.pop("_gradient_apart", False):
            keep_gradient_apart(tensor)
        for hook in tensor.__dict__.get("_watching", ()):
            mindspore.Tensor.register_hook(tensor, hook)
        tensor._requires_grad = recorded
        return
    try:
        tensor.assign_value(value)
    except RuntimeError:
        # MindSpore refuses this for a recorded leaf that is no Parameter; that one takes over the elements.
        enabled = grad_enabled()
        set_grad_enabled(False)
        mindspore.Tensor.copy_(tensor, value)
        set_grad_enabled(enabled)


record()
