"""Gradient clipping and device questions, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check

SETUP = """
a = torch.tensor([[3.0, -4.0]], requires_grad=True); b = torch.tensor([12.0], requires_grad=True); c = torch.tensor(1.0, requires_grad=True)
((a * a).sum() / 2 + b.sum() * b.detach().sum()).backward()
clip = torch.nn.utils.clip_grad_norm_
"""

PROGRAMS = """
n = clip([a, b, c], 1.0); (n, a.grad, b.grad, c.grad)
n = clip([a, b], 100.0); (n, a.grad, b.grad)
n = clip([a, b], 2.0, norm_type=1); (n, a.grad)
n = clip([a, b], 2.0, norm_type=float("inf")); (n, b.grad)
n = clip(a, 0.5); (n, a.grad)
clip([c], 1.0)
clip([a, b], 1.0, foreach=False)
torch.nn.utils.clip_grad_value_([a, b, c], 3.5); (a.grad, b.grad)
a.grad[0, 0] = float("nan"); clip([a], 1.0, error_if_nonfinite=True)
torch.device("cuda" if torch.cuda.is_available() else "cpu").type
torch.cuda.manual_seed_all(0)
""".strip().split("\n")


@pytest.mark.parametrize("line", PROGRAMS)
def test_as_pytorch_does(line: str) -> None:
    check(f"{SETUP}\n{line}")


LINEAR = """
layer = nn.Linear(4, 3); layer(torch.ones(5, 4)).pow(2).sum().backward(); g = layer.weight.grad
"""


@pytest.mark.parametrize(
    "line",
    [
        "g.is_contiguous()",
        "g.zero_(); layer.weight.grad",
        "g.mul_(0.5); layer.weight.grad",
        "layer.weight.grad[0] = 1.0; layer.weight.grad",
    ],
)
def test_a_gradient_can_be_written(line: str) -> None:
    """MindSpore's own is a transposed view after a matrix product."""
    check(f"torch.manual_seed(0)\n{LINEAR}\n{line}")
