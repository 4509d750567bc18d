"""Names that libraries import at import time and that can't work here: each raises UnsupportedAPI when it is used."""

from __future__ import annotations

from enum import Enum
from typing import Any

from compat.errors import UnsupportedAPI
from compat.torch_on_mindspore.environment.compilation import refused


class Placeholder:
    """A type of PyTorch's that has no instances here; for `isinstance` and annotations."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise UnsupportedAPI(f"{type(self).__name__} of PyTorch has no implementation on MindSpore here")


class Graph(Placeholder):
    """`torch.fx.Graph`."""


class GraphModule(Placeholder):
    """`torch.fx.GraphModule`."""


class Node(Placeholder):
    """`torch.fx.Node`."""


class Proxy(Placeholder):
    """`torch.fx.Proxy`."""


class Tracer(Placeholder):
    """`torch.fx.Tracer`."""


class ParameterProxy(Proxy):
    """`torch.fx.proxy.ParameterProxy`."""


class CodeOnlyModule(Placeholder):
    """`torch.fx.graph_module._CodeOnlyModule`."""


class BlockMask(Placeholder):
    """`torch.nn.attention.flex_attention.BlockMask`."""


class OptimizedModule(Placeholder):
    """`torch._dynamo.OptimizedModule`: `torch.compile` gives back the module itself."""


class ExportedProgram(Placeholder):
    """`torch.export.ExportedProgram`."""


class profile(Placeholder):
    """`torch.profiler.profile`."""


class ProfilerActivity(Enum):
    """What a profiler is to watch; there is none."""

    CPU, XPU, CUDA = range(3)


def wrap(fn_or_name: Any) -> Any:
    """`torch.fx.wrap`: what a tracer is not to enter; there is none."""
    return fn_or_name


def compatibility(is_backward_compatible: bool) -> Any:
    """`torch.fx._compatibility.compatibility`: a note on a function."""
    return lambda function: function


FX = "nothing is traced here"
symbolic_trace = refused("torch.fx.symbolic_trace", FX)
copy_attribute = refused("torch.fx.graph_module._copy_attr", FX)
PRESERVED_ATTRIBUTES = "_user_preserved_attributes"
flex_attention = refused("torch.nn.attention.flex_attention.flex_attention")
create_block_mask = refused("torch.nn.attention.flex_attention.create_block_mask")
BLOCK_SIZE = 128
onnx_export = refused("torch.onnx.export")
load_extension = refused("torch.utils.cpp_extension.load", "extensions are code for PyTorch's own tensors")
summary_writer = refused("torch.utils.tensorboard.SummaryWriter")
export = refused("torch.export.export", FX)
functionalize = refused("torch.func.functionalize")


class _Namespace:
    """Operators that a library registers with PyTorch; none are here."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Namespace(f"{self._name}.{name}")

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        raise UnsupportedAPI(f"{self._name} is code for PyTorch's own tensors")


class _Aten(_Namespace):
    """`torch.ops.aten`."""

    def __getattr__(self, name: str) -> Any:
        from compat.torch_on_mindspore.environment import aten

        return aten.operator(name) or super().__getattr__(name)


class _Operators(_Namespace):
    """`torch.ops`."""

    aten = _Aten("torch.ops.aten")

    def load_library(self, path: str) -> None:
        raise OSError(f"{path}: a library for PyTorch's own tensors can't be loaded on MindSpore")


ops = _Operators("torch.ops")
symbolic_opset11 = _Namespace("torch.onnx.symbolic_opset11")


class Library:
    """`torch.library.Library`: what is registered is never called, since PyTorch's dispatcher is not here."""

    def __init__(self, ns: str, kind: str, dispatch_key: str = "") -> None:
        self.ns = ns

    def define(self, schema: str, *_rest: Any, **_options: Any) -> str:
        return schema.partition("(")[0]

    def impl(self, op_name: Any, fn: Any, *_rest: Any, **_options: Any) -> None:
        """Noted by nobody."""


class CustomOp:
    """A function registered as an operator: calling it calls the function."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self.__name__ = getattr(function, "__name__", "custom_op")
        self.__doc__ = function.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def register_fake(self, fn: Any) -> Any:
        """The shapes of results, for compilers; there is none."""
        return fn

    register_kernel = register_fake


def custom_op(name: str, fn: Any = None, /, **_options: Any) -> Any:
    """`torch.library.custom_op`: the function is called directly; its gradient is that of what it computes with."""
    return CustomOp if fn is None else CustomOp(fn)


def register_fake(op: Any, func: Any = None, /, **_options: Any) -> Any:
    """The shapes of an operator's results, for compilers; there is none."""
    return (lambda found: found) if func is None else func


def allow_assert(condition: Any, message: str = "") -> None:
    """AssertionError unless the condition holds; `torch._assert`."""
    if not bool(condition):
        raise AssertionError(message)


class Final:
    """An annotation that only a compiler reads."""

    def __class_getitem__(cls, item: Any) -> Any:
        return item


class TransformGetItemToIndex:
    """A block in which a compiler would record indexing in another way."""

    def __enter__(self) -> None:
        """No compiler records."""

    def __exit__(self, *_error: object) -> None:
        """No compiler records."""


List = list


class DispatchKey:
    """The names of PyTorch's kernels for a device; for `torch.library`, where nothing is dispatched here."""

    CPU, CUDA, Autograd, AutogradCPU, AutogradCUDA, Autocast, AutocastCPU, AutocastCUDA, AutocastXPU, Meta = range(10)


class DispatchKeySet(frozenset[int]):
    """Several of them."""

    def __new__(cls, key: int) -> DispatchKeySet:
        return super().__new__(cls, (key,))


def register_autograd(op: Any, backward: Any, /, **_options: Any) -> None:
    """The gradient of an operator that a library registers; calling such an operator raises."""


Target = str
