"""Basic indexing with steps and with nothing in it, and views of parts: values, gradients, and writes that autograd records."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient

SLICES = (
    "x[::2]", "x[:, ::2]", "x[..., ::3]", "x[:, 1::2, ::2]", "x[..., 0::2, 1::2, :]", "x[1, ::2]", "x[:, -1, ::2]", "x[:, None, ::2, 1:]",
    "x[1:, 1:4:2, 2:, ::2]", "x[:, ::2][:, :, ::2]", "x[:, 2:2]", "x[::7, ..., :0]", "x[1, 3:1:2, None]", "x[:, 9::2]",
)  # fmt: skip


@pytest.mark.parametrize("expression", SLICES)
def test_gradient(expression: str) -> None:
    check_gradient("x = torch.arange(120.).reshape(2, 5, 4, 3)", expression)


@pytest.mark.parametrize("expression", SLICES)
def test_is_a_view(expression: str) -> None:
    check(f"x = torch.arange(120.).reshape(2, 5, 4, 3).clone()\ny = {expression}\ny.mul_(2)\n[x, y, y.is_contiguous()]")


@pytest.mark.parametrize("expression", SLICES)
def test_recorded_write(expression: str) -> None:
    check(f"""
leaf = torch.arange(120.).requires_grad_()
x = (leaf * 1).reshape(2, 5, 4, 3)
{expression} = 3.0
(x * x).sum().backward()
[x, leaf.grad]
""")


@pytest.mark.parametrize(
    ("part", "shape"),
    [
        ("x.split(4, 2)[1]", "2, 3, 2, 2"),
        ("x[:, ::2]", "[2, 2, 2, -1]"),
        ("x[:, 1:]", "2, 24"),
        ("x.transpose(1, 2)", "2, 3, 4, 3"),
        ("x.transpose(1, 2)", "2, 36"),
        ("x[:, :1].expand(2, 3, 12)", "2, 3, 2, 6"),
        ("x[:, :1].expand(2, 3, 12)", "6, 12"),
        ("x.permute(2, 0, 1)", "12, 6"),
    ],
)
def test_view_of_a_part(part: str, shape: str) -> None:
    """A view is there wherever the strides allow it, and an error elsewhere."""
    check_gradient("x = torch.arange(72.).reshape(2, 3, 12)", f"{part}.view({shape})")
