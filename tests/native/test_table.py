"""Every function of the table, called through compat.native with compat.torch's tensors, gives what MindSpore gives for its own."""

from __future__ import annotations

from typing import Any

import mindspore
import numpy as np

import compat.torch as torch
from compat.native import mindspore as native
from compat.parity.cases import Case, cases
from compat.parity.execute import _arguments, _called, _flattened, _resolved
from compat.parity.inputs import drawn
from compat.table.model import Table
from compat.torch_on_mindspore.tensor import as_tensor

# MindSpore's own results differ from call to call: another sign of the imaginary part at each second one; of a batch, memory that nobody
# has written (200 calls, 200 results).
UNSTEADY = {"mindspore.ops.ihfft", "mindspore.ops.ihfft2", "mindspore.ops.ihfftn", "mindspore.ops.cholesky_inverse"}
TRIES = 3  # some read memory that nobody has written


def test_functions(table: Table) -> None:
    """The first call of every function that MindSpore has a kernel for on CPU; the arguments keep their class."""
    called = [
        case
        for case in cases(table)
        if (case.imitated, case.kind, case.reference, case.fixture, case.draws) == ("mindspore", "function", "itself", "base", "values")
    ]
    assert len(called) > 500
    wrong = [case.id for case in called if case.api not in UNSTEADY and not any(agrees(case) for _ in range(TRIES))]
    assert not wrong


def agrees(case: Case) -> bool:
    return same(outcome(case, mindspore, lambda tensor: tensor), outcome(case, native, as_tensor))


def outcome(case: Case, module: Any, made: Any) -> Any:
    """The values and the structure of the result, or the type of the error; every tensor of a result must be of the class of the arguments'."""
    given = _arguments(drawn(case.call, mindspore=True), mindspore, mindspore=True)
    call = {name: each(value, made) for name, value in given.items()}
    try:
        result = _called(case, _resolved(module, case.api), call)
    except Exception as error:
        return type(error)
    if module is native:
        each([*call.values(), result], check_class)
    return _flattened(result, array)


def each(value: Any, do: Any) -> Any:
    if isinstance(value, mindspore.Tensor):
        return do(value)
    return type(value)(each(one, do) for one in value) if type(value) in (list, tuple) else value


def check_class(tensor: Any) -> None:
    assert type(tensor) is torch.Tensor


def array(value: Any) -> Any:
    return None if not isinstance(value, mindspore.Tensor) else mindspore.Tensor.asnumpy(value).copy()


def same(expected: Any, found: Any) -> bool:
    if isinstance(expected, type) or isinstance(found, type):
        return expected is found
    (values, structure), (others, other) = expected, found
    pairs = zip(values, others, strict=True) if len(values) == len(others) else ()
    alike = all(
        one.dtype == two.dtype and one.shape == two.shape and np.allclose(one, two, rtol=1e-5, equal_nan=True) for one, two in pairs
    )
    return structure == other and len(values) == len(others) and alike
