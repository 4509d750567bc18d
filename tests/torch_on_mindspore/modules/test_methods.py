"""The methods that every module has, and the bases of losses, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check

SETUP = """
from importlib import import_module
losses = import_module(torch.__name__ + ".nn.modules.loss")
class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 3)
        self.norm = nn.BatchNorm1d(3)
    def forward(self, x, factor=1):
        return self.norm(self.linear(x)) * factor
    def extra_repr(self):
        return "by=factor"
class Squared(losses._Loss):
    def forward(self, input, target):
        each = (input - target) ** 2
        return each.mean() if self.reduction == "mean" else each.sum() if self.reduction == "sum" else each
torch.manual_seed(0)
net = Scaled()
x = torch.arange(8.0).reshape(4, 2)
def state(m):
    return [(n, t) for n, t in m.state_dict().items()]
"""

PROGRAMS = r"""
net._apply(lambda t: t.double()) is net, state(net)
net._get_name(), nn.ReLU()._get_name()
net.extra_repr(), repr(net), nn.Linear(2, 3).extra_repr(), nn.Module().extra_repr()
seen = []\nnet.apply(lambda m: seen.append(type(m).__name__)) is net, seen
[b for b in net.buffers()], [b for b in net.linear.buffers()], [n for n, b in net.named_buffers()]
[n for n, b in net.named_buffers(prefix="a")], [n for n, b in net.named_buffers(recurse=False)]
[type(m).__name__ for m in net.children()], [n for n, m in net.named_children()], [type(m).__name__ for m in net.modules()]
[p.shape for p in net.parameters()], [p.shape for p in net.parameters(recurse=False)]
net.cpu() is net, next(net.parameters()).device.type
net.eval() is net, net.training, net.norm.training, net(x)
net.train() is net, net.train(False).training, net.norm.training
net.double().float() is net, next(net.parameters()).dtype, net.norm.num_batches_tracked.dtype
net.to(torch.float64) is net, net.to(x).linear.weight.dtype, net.to("cpu", torch.float64).linear.weight.dtype, net.to(device="cpu") is net
net.forward(x), net.forward(x, factor=2)
net(x).sum().backward()\nhad = net.linear.weight.grad is not None\nnet.zero_grad()\nhad, net.linear.weight.grad
net(x).sum().backward()\nnet.zero_grad(set_to_none=False)\nnet.linear.bias.grad
r = net.load_state_dict({"linear.bias": torch.ones(3), "more": x}, strict=False)\ntype(r).__name__, r.missing_keys, r.unexpected_keys, repr(r)
repr(net.load_state_dict(net.state_dict())), net.load_state_dict(net.state_dict()).missing_keys
[Squared(reduction=r)(x, x + 2) for r in ("none", "mean", "sum")], Squared().reduction
Squared(size_average=False).reduction, Squared(reduce=False).reduction, Squared(True, True, "sum").reduction
[issubclass(getattr(nn, n), losses._Loss) for n in ("MSELoss", "CrossEntropyLoss", "BCELoss", "CTCLoss", "KLDivLoss", "ReLU")]
[(n, t) for n, t in losses._WeightedLoss(torch.ones(2)).named_buffers()], losses._WeightedLoss(reduction="sum").reduction
losses._WeightedLoss().weight, issubclass(losses._WeightedLoss, losses._Loss)
Squared(1, 2, "mean", 3)
Squared(no_such_argument=1)
net.linear(x.reshape(-1))
net.cuda()
import_module(torch.__name__ + ".nn.modules.module")._IncompatibleKeys(["a"], []).missing_keys
""".strip().split("\n")


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code.replace("\\n", "\n"))
