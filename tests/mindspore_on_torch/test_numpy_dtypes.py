"""mindspore.numpy: the type of element-wise functions, reductions and products for each type of their operands, or that they refuse it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mindspore_on_torch.numpy_calls import on
from tests.mindspore_on_torch.test_values import table

UNARY = [
    "abs", "absolute", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "ceil", "cos", "cosh", "deg2rad", "exp",
    "exp2", "expm1", "fabs", "fix", "floor", "invert", "isfinite", "isinf", "isnan", "isneginf", "isposinf", "log", "log10", "log1p",
    "log2", "logical_not", "negative", "positive", "rad2deg", "radians", "reciprocal", "rint", "sign", "signbit", "sin", "sinh", "sqrt",
    "square", "tan", "tanh", "trunc", "argmax", "argmin", "cumsum", "cumprod", "sum", "mean", "std", "var", "nansum", "nanmean", "nanvar",
    "nanmax", "amax", "ptp",
]  # fmt: skip
BINARY = [
    "add", "subtract", "multiply", "divide", "true_divide", "power", "floor_divide", "remainder", "mod", "fmod", "float_power", "hypot",
    "heaviside", "maximum", "minimum", "arctan2", "copysign", "gcd", "lcm", "logaddexp", "logaddexp2", "bitwise_and", "bitwise_or",
    "bitwise_xor", "equal", "not_equal", "less", "greater", "greater_equal", "less_equal", "logical_and", "logical_or", "logical_xor",
    "matmul", "dot", "inner", "outer", "kron", "where",
]  # fmt: skip
ONE = table("""
f16([1, 1]) | f32([1, 1]) | f64([1, 1]) | i8([1, 1]) | i16([1, 1]) | i32([1, 1]) | i64([1, 1]) | u8([1, 1]) | bl([1, 1])
[1, 1] | (1.0, 1.0) | 1 | 1.5 | True | None
""")  # fmt: skip
TWO = table("""
f32([7, 1]), f32([2, 1]) | f16([7, 1]), f16([2, 1]) | f64([7, 1]), f64([2, 1]) | i32([7, 1]), i32([2, 1]) | i64([7, 1]), i64([2, 1])
i8([7, 1]), i8([2, 1]) | i16([7, 1]), i16([2, 1]) | u8([7, 1]), u8([2, 1]) | f32([7, 1]), i32([2, 1]) | i32([7, 1]), f32([2, 1])
f16([7, 1]), f32([2, 1]) | f32([7, 1]), f64([2, 1]) | i32([7, 1]), i64([2, 1]) | i8([7, 1]), i32([2, 1]) | u8([7, 1]), i8([2, 1])
bl([1, 1]), i32([2, 1]) | bl([1, 1]), f32([2, 1]) | i64([7, 1]), f32([2, 1]) | i64([7, 1]), f16([2, 1]) | f32([7, 1]), 2 | f32([7, 1]), 2.5
i32([7, 1]), 2 | i32([7, 1]), 2.5 | 3, i32([7, 1]) | 3, 2 | 7.5, 2 | f16([7, 1]), 2.5 | i64([7, 1]), 2 | [7, 3], f32([2, 1]) | [7, 3], [2, 1]
(7.0, 3.0), (2, 1) | f32([1]), None | f32([1, 2]), f32([1, 2, 3])
""")  # fmt: skip
ASKED = table("""
f32([1, 1]), dtype=ms.float64 | f32([1, 1]), dtype=ms.int32 | i32([1, 1]), dtype=ms.float64 | f32([1, 1]), dtype="float16"
f32([1, 1]), dtype=ms.bool_
""")  # fmt: skip
WITHOUT_DTYPE = {"fix", "isneginf", "isposinf", "argmax", "argmin", "std", "var", "amax", "ptp"}


def outcome(ms: Any, text: str) -> str:
    """The type and shape of the result, or that it raises."""
    try:
        found = on(ms, text)
    except Exception as error:
        return "refused" if isinstance(error, (TypeError, ValueError, AttributeError, RuntimeError)) else repr(error)
    return f"{found.dtype}{list(found.shape)}"


@pytest.mark.parametrize("name", UNARY)
def test_one_operand(name: str, mine: Any, real: Any) -> None:
    operands = ONE + ([] if name in WITHOUT_DTYPE else ASKED)
    calls = [f"mnp.{name}({operand})" for operand in operands]
    assert {call: outcome(mine, call) for call in calls} == {call: outcome(real, call) for call in calls}


@pytest.mark.parametrize("name", BINARY)
def test_two_operands(name: str, mine: Any, real: Any) -> None:
    first = "b[0, :2], " if name == "where" else ""
    calls = [f"mnp.{name}({first}{operands})" for operands in TWO]
    assert {call: outcome(mine, call) for call in calls} == {call: outcome(real, call) for call in calls}
