"""linear and Linear against PyTorch's: shapes, dtypes, gradients and errors."""

import pytest

from tests.torch_on_mindspore.compare import check

PROGRAMS = """
m = nn.Linear(3, 4).double(); m(torch.ones(2, 3).double())
m = nn.Linear(3, 4).half().float(); y = m(torch.ones(2, 5, 3)); y.sum().backward(); (y, m.bias.grad, m.weight.grad)
m = nn.Linear(3, 4, bias=False); x = torch.ones(2, 3, requires_grad=True); m(x).sum().backward(); (x.grad, m.weight.grad)
F.linear(torch.ones(3), torch.ones(2, 3), torch.ones(2))
F.linear(torch.ones(0, 3), torch.ones(2, 3), torch.ones(2))
F.linear(torch.ones(4, 0), torch.ones(2, 0), torch.ones(2))
F.linear(torch.ones(4, 3), torch.ones(3))
F.linear(torch.ones(4, 3), torch.ones(2, 3), torch.ones(1))
F.linear(torch.ones(4, 3), torch.ones(2, 3), torch.tensor(1.0))
F.linear(torch.ones(4, 3), torch.ones(2, 3), torch.ones(4, 2))
F.linear(torch.ones(4, 3).long(), torch.ones(2, 3).long(), torch.ones(2).long())
F.linear(torch.ones(4, 3).half(), torch.ones(2, 3).half(), torch.ones(2).half())
F.linear(torch.ones(3, 4).T, torch.ones(3, 2).T, torch.ones(2))
F.linear(torch.ones(2, 2, 4, 3), torch.ones(2, 3))
F.linear(torch.ones(4, 3), torch.ones(2, 3), torch.ones(2).double())
F.linear(torch.ones(4, 3).double(), torch.ones(2, 3), torch.ones(2))
F.linear(torch.ones(4, 3), torch.ones(2, 2))
F.linear(torch.ones(4, 3), torch.ones(2, 3), torch.ones(3))
F.linear(torch.tensor(1.0), torch.ones(2, 1))
"""


@pytest.mark.parametrize("line", PROGRAMS.strip().split("\n"))
def test_linear(line):
    *statements, last = ("torch.manual_seed(2)", *line.split("; "))
    check("\n".join([*statements, last]))
