"""Sampling by grids beside real PyTorch: values, gradients and errors."""

from __future__ import annotations

import itertools

import pytest

from tests.torch_on_mindspore.compare import check, check_message

PROGRAM = """
torch.manual_seed(0)
x = torch.randn({input}).to(torch.{dtype}).requires_grad_(); g = (torch.randn({grid}) * 1.5).to(torch.{dtype}).requires_grad_()
y = F.grid_sample(x, g, {options})
y.backward(torch.randn(y.shape).to(torch.{dtype}))
y, x.grad, g.grad
"""
OPTIONS = [
    f"{mode!r}, {padding_mode!r}, {align_corners}"
    for mode, padding_mode, align_corners in itertools.product(
        ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection"), (False, True)
    )
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("input", "grid"), [((2, 3, 4, 5), (2, 3, 6, 2)), ((1, 2, 3, 4, 5), (1, 2, 3, 2, 3))])
@pytest.mark.parametrize("options", OPTIONS)
def test_grid_sample(options: str, input: tuple[int, ...], grid: tuple[int, ...], dtype: str) -> None:
    check(PROGRAM.format(options=options, input=input, grid=grid, dtype=dtype), 1e-4, 1e-5)


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("theta", "size"), [((2, 2, 3), (2, 1, 3, 4)), ((1, 3, 4), (1, 1, 2, 3, 2)), ((2, 2, 3), (2, 1, 1, 1))])
def test_affine_grid(theta: tuple[int, ...], size: tuple[int, ...], dtype: str, align_corners: bool) -> None:
    check(
        f"""
torch.manual_seed(0)
t = torch.randn({theta}, dtype=torch.{dtype}, requires_grad=True)
y = F.affine_grid(t, {size}, {align_corners}); y.square().sum().backward()
y, t.grad
"""
    )


def test_a_spatial_transformer() -> None:
    check(
        """
torch.manual_seed(0)
x = torch.randn(2, 1, 4, 4, requires_grad=True); t = torch.randn(2, 2, 3, requires_grad=True)
y = F.grid_sample(x, F.affine_grid(t, x.shape)); y.sum().backward()
y, x.grad, t.grad
""",
        1e-4,
        1e-5,
    )


MISTAKES = """
F.grid_sample(x, torch.ones(1, 2, 2, 3))
F.grid_sample(x, torch.ones(2, 2, 2, 2))
F.grid_sample(x, torch.ones(1, 2, 2))
F.grid_sample(x, torch.ones(1, 2, 2, 2).double())
F.grid_sample(x, torch.ones(1, 2, 2, 2), mode="foo")
F.grid_sample(x, torch.ones(1, 2, 2, 2), padding_mode="foo")
F.grid_sample(torch.ones(1, 2, 2, 2, 2), torch.ones(1, 2, 2, 2, 3), mode="bicubic")
F.grid_sample(torch.ones(1, 2, 0, 2), torch.ones(1, 2, 2, 2))
F.affine_grid(torch.ones(1, 2, 3), (1, 1, 2))
F.affine_grid(torch.ones(1, 2, 2), (1, 1, 2, 2))
F.affine_grid(torch.ones(1, 2, 3), (2, 1, 2, 2))
F.affine_grid(torch.ones(1, 2, 3).long(), (1, 1, 2, 2))
F.affine_grid(torch.ones(1, 2, 3), (1, 1, 2, 0))
""".strip().split("\n")


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes(line: str) -> None:
    check_message(f"x = torch.ones(1, 4, 4, 4)\n{line}")
