"""Dropout by PyTorch's random stream, element by element, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
torch.manual_seed(4)
x = torch.randn(3, 4, 2, requires_grad=True)
def run(result):
    result.sum().backward()
    return result, x.grad, torch.rand(2)
"""

PROGRAMS = """
run(F.dropout(x))
run(F.dropout(x, 0.1))
run(F.dropout(x.transpose(0, -1), 0.5))
run(F.dropout(x.transpose(0, -1)[1:], 0.5))
run(F.dropout(x[..., :1].expand(x.shape), 0.5))
run(F.dropout(x, 1.0))
run(F.dropout(x, 0.3, training=False))
run(F.dropout(x * 1, 0.3, inplace=True))
run(F.dropout(x.double(), 0.3))
F.dropout(x.half(), 0.3)
F.dropout(torch.ones(1000), 1 / 3).sum(), torch.rand(2)
F.dropout(torch.ones(2).long(), training=False)
run(F.dropout1d(x, 0.4))
F.dropout1d(x[0], 0.4)
run(F.dropout2d(x.unsqueeze(3), 0.4))
F.dropout2d(x, 0.4)
F.dropout3d(x.unsqueeze(0).unsqueeze(4), 0.4), F.dropout3d(x.unsqueeze(3), 0.4)
run(F.alpha_dropout(x, 0.4, True))
run(F.alpha_dropout(x * 1, 0.4, True, True))
F.alpha_dropout(x, 0.4)
F.dropout(x.transpose(0, 2), 0.4), F.dropout(x[::2, 1:3], 0.4), F.alpha_dropout(x.permute(1, 2, 0), 0.4, True), F.dropout2d(x.permute(1, 2, 0), 0.4)
F.alpha_dropout(x, 1.0, True)
run(F.feature_alpha_dropout(x, 0.4, True))
run(torch.feature_dropout(x, 0.4, True))
torch.dropout(x, 0.4, True), torch.alpha_dropout(x, 0.4, True), torch.feature_alpha_dropout(x, 0.4, True)
y = x.detach(); z = F.dropout(y, 0.5, inplace=True); y, z is y
m = nn.Dropout(0.3); run(m(x)), m, m.eval()(x)
m = nn.Dropout(0.3, inplace=True); run(m(x * 1)), m
nn.Dropout1d(0.3)(x), nn.Dropout2d(0.3)(x.unsqueeze(0)), nn.Dropout3d(0.3)(x.unsqueeze(0))
nn.AlphaDropout(0.3)(x), nn.FeatureAlphaDropout(0.3)(x), nn.Dropout2d(), nn.AlphaDropout(0.1, True)
torch.empty(5).bernoulli_(0.3), torch.empty(5).bernoulli_(1.0), torch.empty(3).bernoulli_(0.0), torch.rand(1)
""".strip().split("\n")

MESSAGES = """
F.dropout(torch.ones(2), 2)
F.alpha_dropout(torch.ones(2), -1)
nn.Dropout(-0.1)
F.dropout1d(torch.ones(2))
torch.feature_dropout(torch.ones(2), 0.5, True)
F.dropout(torch.ones(2).long())
F.dropout(torch.ones(2, requires_grad=True), inplace=True)
""".strip().split("\n")


@pytest.mark.parametrize("line", PROGRAMS)
def test_as_pytorch_does(line: str) -> None:
    check(f"{SETUP}\n" + line.replace("; ", "\n"), rtol=1e-3 if "half" in line else 1e-5)


@pytest.mark.parametrize("line", MESSAGES)
def test_messages(line: str) -> None:
    check_message(line)
