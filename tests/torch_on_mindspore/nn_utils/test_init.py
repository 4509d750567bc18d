"""torch.nn.init: equal seeds give equal numbers, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
torch.manual_seed(3)
e = torch.empty
"""

PROGRAMS = r"""
nn.init.trunc_normal_(e(5, 40)), torch.rand(1)
nn.init.trunc_normal_(e(200), mean=0.5, std=0.02, a=-0.1, b=0.6)
nn.init.trunc_normal_(e(20, dtype=torch.float64), std=2.0)
nn.init.trunc_normal_(nn.Parameter(e(3, 3)), generator=torch.Generator().manual_seed(1)), torch.rand(1)
nn.init.orthogonal_(e(4, 6))
nn.init.orthogonal_(e(6, 4), gain=2.0)
nn.init.orthogonal_(e(5, 2, 3)), torch.rand(1)
nn.init.orthogonal_(e(5, 5, dtype=torch.float64))
nn.init.sparse_(e(6, 4), 0.4), torch.rand(1)
nn.init.dirac_(e(4, 3, 3, 3)), nn.init.dirac_(e(2, 3, 5)), nn.init.dirac_(e(4, 2, 2, 2, 2))
nn.init.dirac_(e(6, 2, 3), groups=3)
nn.init.eye_(e(3, 2)), nn.init.ones_(e(2)), nn.init.zeros_(e(2)), nn.init.constant_(e(2), 0.3)
nn.init.uniform_(e(3), 1, 2), nn.init.normal_(e(3), 1, 2)
nn.init.xavier_uniform_(e(3, 4)), nn.init.xavier_normal_(e(3, 4, 2), gain=2.0)
nn.init.kaiming_uniform_(e(3, 4)), nn.init.kaiming_normal_(e(3, 4), mode="fan_out", nonlinearity="relu")
nn.init.xavier_uniform(e(3, 4)), nn.init.normal(e(3)), nn.init.constant(e(2), 1.0)
[nn.init.calculate_gain(n) for n in ("linear", "conv1d", "sigmoid", "tanh", "relu", "leaky_relu", "selu")]
nn.init._calculate_fan_in_and_fan_out(e(3, 4, 5)), nn.init._calculate_correct_fan(e(3, 4), "fan_out")
p = nn.Parameter(e(3, 3))\nnn.init.orthogonal_(p).requires_grad, nn.init.trunc_normal_(p).is_leaf
nn.init.orthogonal_(e(0, 3)).shape, nn.init.kaiming_uniform_(e(0, 3)).shape
""".strip().split("\n")

MESSAGES = """
nn.init.dirac_(e(3))
nn.init.dirac_(e(3, 3, 3), groups=2)
nn.init.orthogonal_(e(3))
nn.init.sparse_(e(3), 0.1)
nn.init.eye_(e(3))
nn.init.xavier_normal_(e(3))
nn.init.kaiming_normal_(e(3, 3), mode="x")
nn.init.calculate_gain("x")
nn.init.calculate_gain("leaky_relu", "x")
""".strip().split("\n")


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code.replace("\\n", "\n"), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("code", MESSAGES)
def test_messages(code):
    check_message(SETUP + code)
