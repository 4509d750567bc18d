"""grad and value_and_grad: the same gradients in the same nesting, the same errors."""

from __future__ import annotations

from typing import Any

import pytest

SETUP = """
import numpy as np
Tensor, Parameter, ops, nn = ms.Tensor, ms.Parameter, ms.ops, ms.nn
x, y, v = Tensor(2.0), Tensor(3.0), Tensor([3.0, 1.0])
w, unused, frozen = (Parameter(Tensor([2.0]), name, name != "frozen") for name in ("w", "unused", "frozen"))
product = lambda x, y: (x * x * y).sum()
weighted = lambda x: (x * w).sum()
several = lambda x: (x.sum(), x * 2)
nested = lambda x: (x.sum(), x * 2, [x, (x, 3)])
dense = nn.Dense(2, 3, weight_init=Tensor(np.arange(6).reshape(3, 2).astype("f")), bias_init="ones")
"""

SAME = [
    "ms.grad(product)(x, y)",
    "ms.grad(product, 1)(x, y)",
    "ms.grad(product, (0,))(x, y)",
    "ms.grad(product, (0, 1))(x, y)",
    "ms.value_and_grad(product, (0, 1))(x, y)",
    "ms.grad(weighted, None, w)(v)",
    "ms.grad(weighted, None, [w])(v)",
    "ms.grad(weighted, None, ms.ParameterTuple([w]))(v)",
    "ms.grad(weighted, 0, w)(v)",
    "ms.grad(weighted, (0,), [w])(v)",
    "ms.value_and_grad(weighted, None, w)(v)",
    "ms.value_and_grad(weighted, 0, [w])(v)",
    "ms.grad(weighted, None, [w, unused, frozen])(v)",
    "ms.grad(several)(v)",
    "ms.value_and_grad(several)(v)",
    "ms.grad(several, has_aux=True)(v)",
    "ms.value_and_grad(several, has_aux=True)(v)",
    "ms.value_and_grad(several, None, [w], has_aux=True)(v)",
    "ms.value_and_grad(nested, has_aux=True)(v)",
    "ms.grad(nested, 0, None, True)(v)",
    "ms.grad(lambda x: x * 2)(v)",
    "ms.grad(lambda x: 3.0)(v)",
    "ms.grad(lambda x: Tensor([2.0]))(v)",
    "ms.grad(lambda x: x > 1)(v)",
    "ms.grad(lambda x: ops.stop_gradient(x) * x)(v)",
    "ms.grad(lambda x, k=2.0: x * k)(v, k=5.0)",
    "ms.grad(lambda x, y: x * y, (0, 1))(v, 2.0)",
    "ms.grad(lambda x, y: x * y, 1)(v, 2.0)",
    "ms.grad(lambda x, y: x * 2, (0, 1))(v, Tensor([1.0, 2.0]))",
    "ms.grad(lambda x, y: x[0] * y)((v, v), v)",
    "ms.grad(lambda x: ms.grad(lambda y: y**3)(x))(Tensor([2.0]))",
    "ms.grad(lambda x: x.max())(Tensor([1.0, 1.0]))",
    "ms.grad(lambda x: x.sum())(Tensor([1.0], ms.float16))",
    "ms.value_and_grad(lambda x: [x, x])(v)",
    "ms.value_and_grad(dense, None, dense.trainable_params())(Tensor([[1.0, 2.0]]))",
]

RAISED = [
    "ms.grad(weighted, None, None)",
    "ms.value_and_grad(weighted, has_aux=True)(v)",
    "ms.grad(weighted, 1)(v)",
    "ms.grad(weighted, 'a')",
    "ms.grad(weighted, (0, 'a'))",
    "ms.grad(weighted, ())(v)",
    "ms.grad(weighted, 0, None, False, 0)",
]


def evaluated(text: str) -> Any:
    def case(ms: Any) -> Any:
        names: dict[str, Any] = {"ms": ms, "__name__": __name__}
        exec(SETUP, names)
        return eval(text, names)

    return case


@pytest.mark.parametrize("text", SAME)
def test_gradients(text: str, compare: Any) -> None:
    compare(evaluated(text))


@pytest.mark.parametrize("text", RAISED)
def test_errors(text: str, compare_errors: Any) -> None:
    compare_errors(evaluated(text))


def test_results_carry_no_graph(ours: Any) -> None:
    value, gradient = evaluated("ms.value_and_grad(weighted, 0, [w])(v)")(ours)
    assert not value.requires_grad
    assert not gradient[0].requires_grad


def test_integers_are_refused_not_given_zeros(ours: Any) -> None:
    with pytest.raises(NotImplementedError, match="Int64"):
        ours.grad(lambda x: x * 2)(ours.Tensor([1, 2]))
