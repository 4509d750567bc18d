"""The methods that change a tensor: computed out of place, then written to its storage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore import arithmetic, dtypes, engine, indexing, operands, pointwise, random, rearranging, shaping, special
from compat.torch_on_mindspore.arithmetic import TABLED, is_number, is_tensor
from compat.torch_on_mindspore.bfloat16 import called
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.operations import IN_PLACE
from compat.torch_on_mindspore.storage import alias, check_writable, is_recorded, is_shared, living, part, take_over, write
from compat.torch_on_mindspore.tensor import Tensor

native = mindspore.Tensor

# the method without its underscore → the operation
OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": arithmetic.add,
    "sub": arithmetic.sub,
    "mul": arithmetic.mul,
    "div": arithmetic.div,
    "floor_divide": arithmetic.floor_divide,
    "remainder": arithmetic.remainder,
    "pow": arithmetic.pow,
    "neg": arithmetic.neg,
    "clamp": arithmetic.clamp,
    "masked_fill": indexing.masked_fill,
    "bitwise_and": TABLED["bitwise_and"],
    "bitwise_or": TABLED["bitwise_or"],
    "bitwise_xor": TABLED["bitwise_xor"],
    **{
        name: TABLED[name]
        for name in (
            "sqrt",
            "rsqrt",
            "sigmoid",
            "reciprocal",
        )
    },
    **IN_PLACE,
}


def float_power_in_place(input: Any, exponent: Any) -> Any:
    """input to the power, in double precision, which must be that of `input`: RuntimeError otherwise."""
    found = pointwise.float_power(input, exponent)
    if found.dtype != input.dtype:
        base, wanted = (dtypes.of(one).tensor_type for one in (input, found))
        raise invalid(RuntimeError, f"the base given to float_power_ has dtype {base} but the operation's result requires dtype {wanted}")
    return found


OPERATIONS |= {"float_power": float_power_in_place, "polygamma": lambda input, n: special.polygamma(n, input)}

# MindSpore's gradients of these do not need the result
RESULT_NOT_KEPT = {"add_", "sub_", "mul_", "masked_fill_", "neg_"}
# nor the tensor written to
NOTHING_KEPT = RESULT_NOT_KEPT - {"mul_"}
# PyTorch's gradients of these need the result too: both raise if it is written to before the gradient is computed
RESULT_KEPT = {
    "cumprod_", "exp2_", "exp_", "expm1_", "hypot_", "reciprocal_", "relu_", "rsqrt_", "sgn_", "sigmoid_", "sqrt_", "tan_", "tanh_",
}  # fmt: skip


def _written(name: str, operation: Callable[..., Any]) -> Callable[..., Tensor]:
    """The in-place method of `operation`."""
    keeps_result, keeps_nothing = name in RESULT_KEPT, name in NOTHING_KEPT
    check = operands.CHECKS.get(name.removesuffix("_"))

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if check is not None:
            check(name, (self, *args), kwargs)
        check_writable(self)
        if not is_recorded(self, (*args, *kwargs.values())):
            return store(self, called(operation, (self, *args), kwargs))
        if is_shared(self) or not engine.KEEPS_VERSIONS:
            # The graph keeps the operand, which the write changes: it gets a copy.
            return store(self, called(operation, (self.clone(), *args), kwargs))
        if engine.keeps_result(self):
            part(self)
        operand = alias(self)
        result = called(operation, (operand, *args), kwargs)
        check_result(self, result)
        if result.dtype == self.dtype and is_new(result, (operand, *args, *kwargs.values())):
            if not keeps_result and name not in RESULT_NOT_KEPT:
                result = result.clone()  # what MindSpore's gradient may need stays as it is
            take_over(self, result, keeps_result=keeps_result)
            if keeps_nothing:
                engine.bump_version(operand)  # which a gradient from before may need
            return self
        return write(self, result)

    method.__name__ = method.__qualname__ = name
    return method


def is_new(result: Any, operands: Any) -> bool:
    """Whether `result` shares its storage with none of the operands."""
    start = engine.data_ptr(result)
    return result.is_contiguous() and not any(is_tensor(one) and engine.data_ptr(one) == start for one in operands)


def store(target: Tensor, result: Any) -> Tensor:
    """Write `result`; RuntimeError when its category or its shape is more than `target` holds."""
    check_result(target, result)
    return write(target, result)


def check_result(target: Tensor, result: Any) -> None:
    if not dtypes.can_cast(result.dtype, target.dtype):
        raise invalid(
            RuntimeError,
            f"result type {result.dtype.tensor_type} can't be cast to the desired output type {target.dtype.tensor_type}",
        )
    if tuple(result.shape) != tuple(target.shape):
        raise invalid(
            RuntimeError,
            f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(result.shape)}",
        )


def copy_(self: Tensor, other: Any, non_blocking: bool = False) -> Tensor:
    """Take the elements of `other`, broadcast and cast; TypeError when it is neither tensor nor number."""
    if not (is_tensor(other) or is_number(other)):
        raise invalid(TypeError, f"copy_(): argument 'other' (position 1) must be Tensor, not {type(other).__name__}")
    return write(self, other)


def fill_(self: Tensor, value: Any) -> Tensor:
    """Every element `value`, a number or a 0-d tensor."""
    if is_tensor(value):
        if value.ndim:
            raise invalid(RuntimeError, f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")
    elif not is_number(value):
        raise invalid(TypeError, f"fill_() received an invalid combination of arguments - got ({type(value).__name__})")
    return write(self, value)


def zero_(self: Tensor) -> Tensor:
    return write(self, 0)


def fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """The main diagonal `fill_value`; with `wrap`, a new diagonal begins one row below the end of the last one of a tall matrix."""
    check_writable(self)
    if self.ndim < 2:
        raise invalid(RuntimeError, "dimensions must larger than 1")
    if self.ndim > 2 and len(set(self.shape)) != 1:
        raise invalid(RuntimeError, "all dimensions of input must be of equal length")
    height, width = self.shape[:2] if self.ndim == 2 else (self.shape[0],) * 2
    if not self.numel():
        return self
    step = sum(self.stride())
    write(rearranging.as_strided(self, (min(height, width),), (step,)), fill_value)
    row = self.stride()[0]
    start = (width + 1) * row
    while wrap and self.ndim == 2 and height > width + 1 and start // row < height:
        count = min(height - start // row, width)
        write(rearranging.as_strided(self, (count,), (step,), self.storage_offset() + start), fill_value)
        start += (width + 1) * row
    return self


def uniform_(self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Any = None) -> Tensor:
    """Numbers of PyTorch's stream in [from, to)."""
    check_writable(self)
    if from_ > to:
        raise invalid(RuntimeError, f"uniform_ expects to return a [from, to) range, but found from={from_} > to={to}")
    return write(self, random.uniform_numbers(tuple(self.shape), self.dtype, from_, to, generator))


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Normal numbers of PyTorch's stream."""
    check_writable(self)
    if std < 0:
        raise invalid(RuntimeError, f"normal expects std >= 0.0, but found std {std}")
    return write(self, random.normal_numbers(tuple(self.shape), self.dtype, mean, std, generator))


def random_(self: Tensor, from_: int | None = None, to: int | None = None, *, generator: Any = None) -> Tensor:
    """Integers of PyTorch's stream: `random_()`, `random_(to)` or `random_(from, to)`."""
    check_writable(self)
    low, high = (from_ or 0, to) if to is not None or from_ is None else (0, from_)
    return write(self, random.integer_numbers(tuple(self.shape), self.dtype, low, high, generator))


def bernoulli_(self: Tensor, p: float = 0.5, *, generator: Any = None) -> Tensor:
    check_writable(self)
    return write(self, random.bernoulli_numbers(tuple(self.shape), self.dtype, p, generator))


def _reshaped(name: str, operation: Callable[..., Any]) -> Callable[..., Tensor]:
    """The in-place method of an operation that gives the same elements another shape."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if living(self, "_views"):
            raise UnsupportedAPI(f"torch.Tensor.{name} of a tensor that has views")
        if self._base is not None:
            made = operation(shaping.whole_view(self), *args, **kwargs)
            if made._base is self._base:
                engine.assign(self, made)
                self._steps = made._steps
                return self
        made = operation(alias(self), *args, **kwargs)
        if not is_shared(self):
            # not the view itself, of whose storage NumPy would get a copy
            engine.assign(self, native.copy(made))
        elif made.is_contiguous():
            engine.assign(self, made)
        else:
            raise UnsupportedAPI(f"torch.Tensor.{name} of a tensor that shares storage with another one")
        return self

    method.__name__ = method.__qualname__ = name
    return method


METHODS: dict[str, Callable[..., Any]] = {
    **{f"{name}_": _written(f"{name}_", operation) for name, operation in OPERATIONS.items()},
    **{f"{name}_": _reshaped(f"{name}_", getattr(shaping, name)) for name in ("squeeze", "unsqueeze", "t", "transpose")},
    **{f"{name}_": _reshaped(f"{name}_", getattr(rearranging, name)) for name in ("swapaxes", "swapdims")},
    **{made.__name__: made for made in (copy_, fill_, fill_diagonal_, zero_, uniform_, normal_, random_, bernoulli_)},
}
