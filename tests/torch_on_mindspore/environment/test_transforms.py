"""torch.func, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check

SETUP = """
import importlib
func = importlib.import_module("torch.func" if torch is real else "compat.torch.func")
x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([[1.0, 0.5, 2.0], [3.0, 1.0, 1.0]])
f = lambda a, b=1.0: (a ** 2 * b).sum()
"""

PROGRAMS = """
func.grad(f)(x)
func.grad(f, argnums=(0, 1))(x, x * 2)
func.grad_and_value(f)(x)
func.grad(lambda a: (f(a), a * 2), has_aux=True)(x)
func.grad(lambda d: (d["a"] * d["b"]).sum())({"a": x, "b": x * 3})
func.vmap(lambda a: a * 2 + x)(y)
func.vmap(lambda a, b: (a * b).sum(), in_dims=(0, None))(y, x)
func.vmap(lambda a, b: a + b, in_dims=(1, 0), out_dims=1)(y, x)
func.vmap(func.grad(f))(y)
func.grad(f)(y.sum(0) * 0)
func.grad(lambda a: a)(x)
func.vmap(lambda a, b: a)(x, y)
""".strip().split("\n")


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code)
