"""Padding beside real PyTorch: values, gradients, layers and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

CALLS = [
    ("F.pad(x, (1, 2))", (3,)),
    ("F.pad(x, (1, 2), value=2.5)", (2, 3)),
    ("F.pad(x, (1, 2, 0, 3, -1, 1), 'constant', -1)", (2, 3, 4)),
    ("F.pad(x, (-1, -2))", (2, 4)),
    ("F.pad(x, (-4, 1))", (2, 4)),
    ("F.pad(x, (1, 0, 0, 0, 0, 2, 1, 1))", (2, 3, 2, 2)),
    ("F.pad(x, ())", (2, 3)),
    ("torch.constant_pad_nd(x, (1, 1), 3)", (2, 3)),
    *(
        (f"F.pad(x, {sides}, {mode!r})", shape)
        for mode in ("reflect", "replicate", "circular")
        for sides, shape in (
            ((2, 1), (2, 3, 5)),
            ((0, 3), (3, 5)),
            ((-1, 2), (2, 3, 5)),
            ((1, 2, 0, 3), (2, 3, 4, 5)),
            ((-1, 2, 1, -2), (2, 3, 5, 4)),
            ((1, 2, 2, 1), (3, 4, 5)),
            ((1, 2, 2, 1, 0, 2), (1, 2, 3, 4, 5)),
            ((1, 2, 2, 1, 0, 2), (2, 3, 4, 5)),
            ((1, 1), (0, 2, 3)),
            ((1, -2), (2, 1, 4)),
            ((2, 1, -2, -2), (1, 2, 4, 4)),
        )
    ),
    ("nn.ConstantPad1d(2, 3.5)(x)", (2, 2, 3)),
    ("nn.ConstantPad2d((1, 0, 2, 1), 3.5)(x)", (2, 2, 3)),
    ("nn.ConstantPad3d(1, 3.5)(x)", (2, 2, 2, 3)),
    ("nn.ZeroPad1d(1)(x)", (2, 3)),
    ("nn.ZeroPad2d((1, 2, 0, 1))(x)", (2, 3)),
    ("nn.ZeroPad3d(1)(x)", (2, 2, 3)),
    ("nn.ReflectionPad1d(1)(x)", (2, 3)),
    ("nn.ReflectionPad2d((1, 2, 0, 1))(x)", (2, 2, 3)),
    ("nn.ReflectionPad3d(1)(x)", (2, 2, 3, 2)),
    ("nn.ReplicationPad1d(1)(x)", (2, 3)),
    ("nn.ReplicationPad2d((1, 2, 0, 1))(x)", (2, 2, 3)),
    ("nn.ReplicationPad3d(1)(x)", (2, 2, 3, 2)),
    ("nn.CircularPad1d(1)(x)", (2, 3)),
    ("nn.CircularPad2d((1, 2, 0, 1))(x)", (2, 2, 3)),
    ("nn.CircularPad3d(1)(x)", (2, 2, 3, 2)),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("call", "shape"), CALLS)
def test_values_and_gradients(call: str, shape: tuple[int, ...], dtype: str) -> None:
    check(
        f"""
torch.manual_seed(0)
x = torch.randn({shape}, dtype=torch.{dtype}, requires_grad=True)
y = {call}
y.backward(torch.randn(y.shape, dtype=torch.{dtype}))
y, x.grad
"""
    )


EXPRESSIONS = """
F.pad(torch.ones(2, dtype=torch.bool), (1, 2))
F.pad(torch.ones(2, dtype=torch.bool), (1, 2), value=True)
F.pad(torch.ones(2, dtype=torch.int64), (1, 2), value=3)
F.pad(torch.ones(2, dtype=torch.int32), (1, 2), value=1.5)
F.pad(torch.ones(2, dtype=torch.float16), (1, 2), value=float("inf"))
F.pad(torch.ones(2, 2, dtype=torch.complex64), (1, 2))
F.pad(torch.arange(6).reshape(1, 6), (2, 2), "reflect")
F.pad(torch.ones(0, 3), (1, 2), value=2)
F.pad(torch.arange(12.0).reshape(3, 4).T, (1, 1, 2, 0))
F.pad(torch.ones(2), (0, 0)).data_ptr() == 0
[repr(m) for m in (nn.ConstantPad2d(1, 3.5), nn.ZeroPad2d(2), nn.ReflectionPad1d((1, 2)), nn.ReplicationPad3d(1), nn.CircularPad2d(1))]
nn.ZeroPad2d(2).value, nn.ZeroPad2d(2).padding, isinstance(nn.ZeroPad2d(1), nn.ConstantPad2d)
isinstance(nn.ReflectionPad2d(1), nn.modules.padding._ReflectionPadNd)
""".strip().split("\n")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression: str) -> None:
    check(expression)


MISTAKES = """
F.pad(x, (1,))
F.pad(x, (1,) * 10)
F.pad(torch.tensor(3.0), (1, 2))
F.pad(x, (1, 2), "foo")
F.pad(x, (1, 2, 1, 2), "reflect", 1.0)
F.pad(x, (1, 2), "reflect")
F.pad(x, (5, 0, 0, 0), "reflect")
F.pad(x, (0, 0, 0, 5), "reflect")
F.pad(x, (6, 0, 0, 0), "circular")
F.pad(x, (-6, 0, 0, 0), "circular")
F.pad(x, (-6, 0, 0, 0))
F.pad(x, (-6, 3))
F.pad(torch.ones(2, 0, 3), (1, 2), "reflect")
nn.CircularPad2d(1)(torch.ones(5, 5))
nn.ReflectionPad1d(1)(x)
""".strip().split("\n")


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes(line: str) -> None:
    check_message(f"x = torch.ones(1, 2, 5, 5)\n{line}")
