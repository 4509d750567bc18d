"""Layers that learn their input size from the first call, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
def made(layer, x):
    torch.manual_seed(0)
    before = repr(layer), type(layer).__name__, layer.has_uninitialized_params()
    out = layer(x)
    return before, out, repr(layer), type(layer).__name__, layer.state_dict(), len(layer._forward_pre_hooks)
def r(*shape):
    torch.manual_seed(1)
    return torch.randn(*shape)
"""

PROGRAMS = r"""
made(nn.LazyLinear(3), r(2, 4))
made(nn.LazyLinear(3, bias=False), r(2, 4))
made(nn.LazyConv1d(2, 3), r(1, 4, 6))
made(nn.LazyConv2d(4, 3, 2, 1, 1, 2, True, "zeros"), r(1, 4, 6, 6))
made(nn.LazyConv2d(4, 3, stride=2, bias=False), r(4, 6, 6))
made(nn.LazyConv3d(2, 2), r(1, 2, 3, 3, 3))
made(nn.LazyConvTranspose1d(2, 3), r(1, 4, 6))
made(nn.LazyConvTranspose2d(4, 3, 2, 1, 1, 2), r(1, 4, 5, 5))
made(nn.LazyBatchNorm1d(), r(4, 3))
made(nn.LazyBatchNorm2d(eps=0.1, momentum=0.5), r(2, 3, 2, 2))
made(nn.LazyBatchNorm2d(affine=False), r(2, 3, 2, 2))
made(nn.LazyInstanceNorm2d(affine=True, track_running_stats=True), r(2, 3, 2, 2))
net = nn.Sequential(nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(2))\nnet(r(2, 4)).shape, [tuple(p.shape) for p in net.parameters()], repr(net)
net = nn.LazyLinear(3)\nnet.load_state_dict(nn.Linear(4, 3).state_dict())\nnet.weight.shape, net(r(2, 4)).shape
net = nn.LazyLinear(3)\no = torch.optim.SGD(net.parameters(), lr=1.0)\nbefore = net.weight\nnet(r(2, 4)).sum().backward()\nnet.weight is before, type(before).__name__, o.step(), net.weight.grad
isinstance(nn.LazyLinear(3).weight, nn.Parameter), isinstance(nn.LazyLinear(3).weight, nn.UninitializedParameter), repr(nn.LazyLinear(3).weight), nn.LazyLinear(3).weight.requires_grad
import copy\nnet = copy.deepcopy(nn.LazyLinear(3))\nnet(r(2, 4)).shape
p = nn.UninitializedParameter()\np.materialize((2, 3))\ntype(p).__name__, p.shape, p.requires_grad
b = nn.UninitializedBuffer()\nb.materialize((2, 3))\ntype(b) is torch.Tensor, b.shape, b.requires_grad
net = nn.LazyLinear(3).double()\nnet(r(2, 4).double()).dtype
""".strip().split("\n")

MESSAGES = r"""
nn.LazyLinear(3).weight.shape
nn.Linear(4, 3).load_state_dict(nn.LazyLinear(3).state_dict())
""".strip().split("\n")


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code.replace("\\n", "\n"), rtol=2e-5, atol=3e-6)


@pytest.mark.parametrize("code", MESSAGES)
def test_messages(code):
    check_message(SETUP + code)
