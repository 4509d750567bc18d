"""The text of tensors, letter by letter as PyTorch prints it."""

import pytest

from tests.torch_on_mindspore.compare import exact

CASES = """
torch.tensor([[1.0, 2.0]])
torch.tensor(0.3464, dtype=torch.float64)
torch.tensor([1, 2, 3])
torch.tensor(5)
torch.tensor(2.0)
torch.tensor([True, False])
torch.tensor([1.5, -2.25, 100.125])
torch.tensor([1e-5, 1.0])
torch.tensor([1e10, 1.0])
torch.tensor([1000.0, 1.0])
torch.tensor([1001.0, 1.0])
torch.tensor([1001.5, 1.0])
torch.tensor([0.0, 0.0])
torch.tensor([float("nan"), 1.0])
torch.tensor([float("inf"), -1.0])
torch.tensor([float("nan"), float("inf"), 2.5])
torch.tensor([float("nan")])
torch.tensor([])
torch.zeros(0, 3)
torch.tensor([], dtype=torch.int64)
torch.tensor([1, 2], dtype=torch.int32)
torch.tensor([1.0, 2.0], dtype=torch.float16)
torch.tensor([1.5, 2.0], dtype=torch.bfloat16)
torch.tensor([1.0, 2.0], dtype=torch.float64)
torch.tensor([1, 200], dtype=torch.uint8)
torch.tensor([1.0, 2.0], requires_grad=True)
torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
torch.arange(12).reshape(3, 4)
torch.arange(12.0).reshape(3, 4) / 7
torch.arange(24).reshape(2, 3, 4)
torch.arange(24).reshape(1, 2, 3, 4)
torch.arange(100)
torch.arange(100) / 3
torch.arange(2000)
torch.zeros(30, 40)
torch.arange(1200.0).reshape(30, 40) / 7
torch.arange(8000).reshape(20, 20, 20)
torch.arange(16, dtype=torch.float64) / 3
torch.arange(40, dtype=torch.int16)
torch.tensor([1 + 2j, 3.5 - 1j])
torch.tensor([-1.0, 0.0, 1.0])
torch.ones(2, 2, requires_grad=True) * 2
torch.ones(2, 2, requires_grad=True).sum()
nn.Parameter(torch.ones(2))
torch.ones(2).shape
torch.device("cpu")
torch.float32
torch.max(torch.ones(2, 2), 1)
""".strip().split("\n")


@pytest.mark.parametrize("code", CASES)
def test_repr(code):
    exact(f"repr({code})")


def test_print():
    exact("f'{torch.ones(2)} {torch.tensor(1.5)}'")
