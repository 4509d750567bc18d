"""ops.WhileLoop, ForiLoop, Scan, switch: loops and choices as plain Python; and operators of the caller's own functions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.meanings import callers_meanings
from compat.mindspore_on_torch.primitives.base import Named, Primitive
from compat.mindspore_on_torch.tensor import as_tensor, to_dtype

torch: Any = frameworks.load("torch")

__all__ = [
    "Custom", "ForiLoop", "Morph", "PrimitiveWithCheck", "PrimitiveWithInfer", "PyFunc", "Scan", "WhileLoop", "is_", "mixed_precision_cast",
    "prim_arg_register", "prim_attr_register", "switch", "switch_layer",
]  # fmt: skip


class WhileLoop(Named):
    """ops.WhileLoop()(cond_func, loop_func, init_val): the value once the condition no longer holds."""

    def __call__(self, cond_func: Callable[[Any], Any], loop_func: Callable[[Any], Any], init_val: Any) -> Any:
        while cond_func(init_val):
            init_val = loop_func(init_val)
        return init_val


class ForiLoop(Named):
    """ops.ForiLoop()(lower, upper, loop_func, init_val): the value after loop_func(i, value) for each i."""

    def __call__(self, lower: Any, upper: Any, loop_func: Callable[[Any, Any], Any], init_val: Any, unroll: bool = True) -> Any:
        for index in range(int(lower), int(upper)):
            init_val = loop_func(index, init_val)
        return init_val


class Scan(Named):
    """ops.Scan()(loop_func, init, xs): the last state, and a list of what each (state, y) = loop_func(state, x) gave as y."""

    def __call__(self, loop_func: Callable[[Any, Any], Any], init: Any, xs: Any, length: int | None = None, unroll: bool = True) -> Any:
        if xs is None:
            if length is None:
                raise errors.invalid(ValueError, "For 'Scan', 'length' must be given where 'xs' is None.")
            xs = [None] * length
        elif length is not None and length != len(xs):
            raise errors.invalid(ValueError, f"For 'Scan', 'length' is {length}, but 'xs' has {len(xs)} elements.")
        results = []
        for item in xs:
            init, result = loop_func(init, item)
            results.append(result)
        return init, results


def switch(cond: Any, true_branch: Any, false_branch: Any) -> Any:
    """mindspore.ops.switch: one of two values."""
    return true_branch if cond else false_branch


def switch_layer(index: Any, layers: Any) -> Any:
    """mindspore.ops.switch_layer: one of several layers."""
    return layers[int(index)]


def is_(x: Any, y: Any) -> bool:
    """mindspore.ops.is_: whether both are one object."""
    return x is y


def mixed_precision_cast(dst_dtype: Any, x: Any) -> Any:
    """mindspore.ops.mixed_precision_cast: tensors of floating point in another dtype, also inside tuples, lists and dicts; all else as it is."""
    if isinstance(x, (tuple, list)):
        return type(x)(mixed_precision_cast(dst_dtype, item) for item in x)
    if isinstance(x, dict):
        return {key: mixed_precision_cast(dst_dtype, item) for key, item in x.items()}
    return to_dtype(x, dst_dtype) if isinstance(x, torch.Tensor) and x.is_floating_point() else x


class Morph(Named):
    """ops.Morph(fn, infer_shape, infer_dtype, bprop_fn=None): `fn` itself; with `bprop_fn` its gradients are what that returns."""

    def __init__(self, fn: Callable[..., Any], infer_shape: Any, infer_dtype: Any, bprop_fn: Callable[..., Any] | None = None) -> None:
        super().__init__()
        self.fn, self.bprop_fn = fn, bprop_fn

    def __call__(self, *args: Any) -> Any:
        return self.fn(*args) if self.bprop_fn is None else differentiable(self.fn, self.bprop_fn, args)


class WithGradient(torch.autograd.Function):
    """A function of tensors whose gradients another one computes: backward(*inputs, result, gradient)."""

    @staticmethod
    def forward(context: Any, function: Callable[..., Any], backward: Callable[..., Any], *args: Any) -> Any:
        """The function meets MindSpore's tensors."""
        with callers_meanings():
            result = function(*(as_tensor(arg) for arg in args))
        context.run, context.given = backward, args
        context.result = result
        return result

    @staticmethod
    def backward(context: Any, *gradients: Any) -> Any:
        """As many gradients as inputs."""
        passed = tuple(as_tensor(each) for each in gradients)
        gradient = passed if isinstance(context.result, tuple) else passed[0]
        with callers_meanings():
            found = context.run(*(as_tensor(each) for each in context.given), context.result, gradient)
        return None, None, *(found if isinstance(found, (tuple, list)) else (found,))


def differentiable(function: Callable[..., Any], backward: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """`function` of `args`, with gradients by `backward`."""
    return as_tensor(WithGradient.apply(function, backward, *args))


def from_arrays(results: Any, kinds: Any, device: Any) -> Any:
    """Arrays as tensors in the dtypes; one where there is one dtype."""
    several = isinstance(kinds, (tuple, list))
    found = results if isinstance(results, (tuple, list)) else (results,)
    wanted = kinds if several else (kinds,)
    if len(found) != len(wanted):
        raise errors.invalid(ValueError, f"the function returned {len(found)} results, and {len(wanted)} are declared")
    made = [
        torch.as_tensor(np.asarray(each), device="cpu").to(device, dtypes.torch_dtype(kind))
        for each, kind in zip(found, wanted, strict=True)
    ]
    return as_tensor(tuple(made) if several else made[0])


class PyFunc(Named):
    """ops.PyFunc(fn, in_types, in_shapes, out_types, out_shapes)(inputs): `fn` of NumPy arrays on the host, without a gradient."""

    def __init__(
        self, fn: Callable[..., Any], in_types: Any, in_shapes: Any, out_types: Any, out_shapes: Any, stateful: bool = True
    ) -> None:
        super().__init__()
        self.fn, self.in_types, self.in_shapes = fn, in_types, in_shapes
        self.out_types, self.out_shapes, self.stateful = out_types, out_shapes, stateful

    def __call__(self, input_x: Any) -> Any:
        arrays = [as_tensor(each.detach()).asnumpy() for each in input_x]
        device = torch.Tensor.device.__get__(input_x[0]) if input_x else torch.get_default_device()
        return from_arrays(self.fn(*arrays), tuple(self.out_types), device)


class Custom(Named):
    """ops.Custom(func, out_shape, out_dtype, func_type="pyfunc", bprop=None): `func` of NumPy arrays on the host.

    `out_shape` and `out_dtype` are values or functions of those of the inputs. Without `bprop` no gradient passes. A compiled kernel,
    func_type "aot", is refused.
    """

    def __init__(
        self, func: Any, out_shape: Any = None, out_dtype: Any = None, func_type: str = "pyfunc", bprop: Any = None, reg_info: Any = None
    ) -> None:  # fmt: skip
        super().__init__()
        if func_type != "pyfunc":
            if func_type != "aot":
                raise errors.invalid(ValueError, f"For 'Custom', 'func_type' must be 'aot' or 'pyfunc', but got {func_type!r}.")
            reason = "'pyfunc': a kernel compiled for MindSpore needs MindSpore's runtime"
            raise errors.UnsupportedArgument("mindspore.ops.Custom", "func_type", func_type, reason)
        if not callable(func):
            raise errors.invalid(TypeError, f"For 'Custom', 'func' must be a function where 'func_type' is 'pyfunc', but got {type(func)}.")
        for name, value in (("out_shape", out_shape), ("out_dtype", out_dtype)):
            if value is None:
                raise errors.invalid(TypeError, f"For 'Custom', '{name}' must be given where 'func_type' is 'pyfunc'.")
        self.func, self.out_shape, self.out_dtype, self.bprop, self.reg_info = func, out_shape, out_dtype, bprop, reg_info

    def __call__(self, *inputs: Any) -> Any:
        tensors = [each for each in inputs if isinstance(each, torch.Tensor)]
        kinds = self.out_dtype
        if callable(kinds) and not isinstance(kinds, dtypes.Type):
            kinds = kinds(*(each.dtype for each in tensors))
        device = torch.Tensor.device.__get__(tensors[0]) if tensors else torch.get_default_device()

        def computed(*given: Any) -> Any:
            arrays = [as_tensor(each.detach()).asnumpy() if isinstance(each, torch.Tensor) else each for each in given]
            return from_arrays(self.func(*arrays), kinds, device)

        return computed(*inputs) if self.bprop is None else differentiable(computed, self.bprop, inputs)


class PrimitiveWithInfer(Primitive):
    """ops.PrimitiveWithInfer(name): the base of operators that say in infer_shape and infer_dtype what they return."""

    def infer_shape(self, *args: Any) -> Any:
        """What the operator returns for these shapes."""
        return None

    def infer_dtype(self, *args: Any) -> Any:
        """What the operator returns for these dtypes."""
        return None


class PrimitiveWithCheck(Primitive):
    """ops.PrimitiveWithCheck(name): the base of operators that check their inputs in check_shape and check_dtype."""

    def check_shape(self, *args: Any) -> None:
        """Raises for shapes that the operator refuses."""

    def check_dtype(self, *args: Any) -> None:
        """Raises for dtypes that the operator refuses."""


def registering(keep: Callable[[Any, str, Any], None], fn: Callable[..., None]) -> Callable[..., None]:
    """A constructor of an operator that names it after its class and keeps each argument first."""

    @functools.wraps(fn)
    def construct(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = inspect.signature(fn).bind(self, *args, **kwargs)
        bound.apply_defaults()
        Primitive.__init__(self, type(self).__name__)
        for name, value in list(bound.arguments.items())[1:]:
            keep(self, name, value)
        fn(self, *args, **kwargs)

    return construct


def prim_attr_register(fn: Callable[..., None]) -> Callable[..., None]:
    """mindspore.ops.prim_attr_register: decorates the constructor of an operator, whose arguments become its attributes."""
    return registering(lambda self, name, value: self.add_prim_attr(name, value), fn)


def prim_arg_register(fn: Callable[..., None]) -> Callable[..., None]:
    """mindspore.ops.prim_arg_register: the same, but its arguments are no attributes of the graph's operator."""
    return registering(setattr, fn)
