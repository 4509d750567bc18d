"""Modules, layers, initialisation and optimizers, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message, exact

SETUP = """
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 3)
        self.tail = nn.Sequential(nn.ReLU(), nn.Linear(3, 2, bias=False))
        self.register_buffer("count", torch.zeros(2))
        self.register_buffer("hidden", torch.ones(1), persistent=False)
        self.scale = nn.Parameter(torch.tensor(2.0))
    def forward(self, x):
        return self.tail(self.first(x)) * self.scale
net = Net()
x = torch.randn(5, 4)
"""

PROGRAMS = r"""
net(x)
repr(net)
[name for name, _ in net.named_parameters()]
[name for name, _ in net.named_buffers()]
[name for name, _ in net.named_modules()]
[name for name, _ in net.named_children()]
len(list(net.modules())), len(list(net.children()))
len(list(net.parameters())), len(list(net.parameters(recurse=False)))
net.state_dict()
list(net.state_dict())
list(net.tail.state_dict(prefix="a."))
net.load_state_dict({k: v * 0 + 1 for k, v in net.state_dict().items()})\nnet(x)
repr(net.load_state_dict(net.state_dict()))
net.load_state_dict({}, strict=False)
net(x).sum().backward()\n[p.grad for p in net.parameters()]
net(x).sum().backward()\nnet.zero_grad()\n[p.grad for p in net.parameters()]
net(x).sum().backward()\nnet.zero_grad(set_to_none=False)\n[p.grad for p in net.parameters()]
net.eval().training, net.tail[0].training
net.eval()\nnet.train()\nnet.tail.training
net.requires_grad_(False)\nnet(x).requires_grad
net.double()\n[p.dtype for p in net.parameters()], net.count.dtype, net(x.double())
a = net.first.weight\nnet.double()\na is net.first.weight
net.to("cpu") is net
net.apply(lambda m: m.weight.data.fill_(0.5) if isinstance(m, nn.Linear) else None)\nnet(x)
calls = []\nh = net.first.register_forward_hook(lambda m, a, o: calls.append(o.shape))\nnet(x)\nh.remove()\nnet(x)\ncalls
net.first.register_forward_hook(lambda m, a, o: o * 0)\nnet(x)
net.register_forward_pre_hook(lambda m, a: (a[0] * 2,))\nnet(x)
import copy\nother = copy.deepcopy(net)\nother.first.weight.data.zero_()\nnet(x), other(x), [n for n, _ in other.named_parameters()]
net.get_submodule("tail.1").weight
net.get_parameter("tail.1.weight")
net.scale = nn.Parameter(torch.tensor(3.0))\nnet(x)
net.count = torch.ones(2)\nnet.state_dict()["count"]
del net.scale\n[n for n, _ in net.named_parameters()]
net.tail = None\n[n for n, _ in net.named_modules()]
"first" in dir(net), hasattr(net, "nothing")
isinstance(net.first.weight, nn.Parameter), isinstance(net.first.weight, torch.Tensor), net.first.weight.is_leaf
nn.Sequential(nn.Linear(4, 2), nn.Tanh())[:1](x).shape
from collections import OrderedDict\nrepr(nn.Sequential(OrderedDict([("a", nn.Linear(4, 2)), ("b", nn.Sigmoid())])))
s = nn.Sequential(nn.ReLU())\ns.append(nn.Linear(4, 1))\nlen(s), repr(s), s[-1].weight.shape
m = nn.ModuleList([nn.Linear(2, 2)])\nm.append(nn.ReLU())\nm.insert(0, nn.Tanh())\nm += [nn.Identity()]\n[type(one).__name__ for one in m], [n for n, _ in m.named_parameters()]
m = nn.ModuleList([nn.ReLU(), nn.Tanh()])\nrepr(m)
m = nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.ReLU()})\nlist(m), "a" in m, repr(m), [n for n, _ in m.named_parameters()]
repr(nn.ModuleList([nn.ReLU(), nn.ReLU()]))
repr(nn.Flatten()), repr(nn.Dropout(0.2)), repr(nn.Softmax(dim=1)), repr(nn.LogSoftmax(1)), repr(nn.GELU()), repr(nn.ReLU(inplace=True)), repr(nn.Identity())
nn.Flatten()(torch.ones(2, 3, 4)).shape
nn.Softmax(1)(x), nn.LogSoftmax(1)(x)
nn.GELU()(x), nn.GELU("tanh")(x)
nn.Dropout(0.5)(torch.ones(3, 5))
nn.Dropout(0.5).eval()(x)
F.one_hot(torch.tensor([0, 2, 1]), 4)
F.one_hot(torch.tensor([[0], [1]]))
F.linear(x, torch.ones(2, 4), torch.ones(2))
F.linear(x[0], torch.ones(2, 4))
nn.init.calculate_gain("leaky_relu", 0.2), nn.init.calculate_gain("tanh")
nn.init.constant_(torch.empty(2), 3.0), nn.init.eye_(torch.empty(2, 3)), nn.init.zeros_(torch.ones(2))
net.first.bias.data += 1\nnet.first.bias
torch.no_grad().__enter__()\nnet.first.weight.copy_(torch.zeros(3, 4))\ny = net(x)\ntorch.set_grad_enabled(True)\ny
""".strip().split("\n")

ERRORS = """
net.load_state_dict({})
net.load_state_dict({**net.state_dict(), "more": torch.ones(1)})
net.load_state_dict({**net.state_dict(), "first.weight": torch.ones(1)})
net.load_state_dict({**net.state_dict(), "first.weight": 3})
net.load_state_dict([])
net.first = 3
net.scale = torch.ones(1)
net.count = 3
net.nothing
net.add_module("first.x", nn.ReLU())
net.add_module("forward", nn.ReLU())
net.add_module("n", 3)
net.register_parameter("p", torch.ones(1))
net.register_parameter("p", net.scale * 2)
net.register_buffer("", torch.ones(1))
net.get_submodule("nowhere")
net(torch.ones(5, 3))
net(torch.ones(5, 4).double())
net(torch.ones(5, 4, dtype=torch.int64))
net.to(torch.int32)
net.train(1)
nn.Module()(1)
nn.Sequential(nn.ReLU())[3]
nn.Dropout(2.0)
F.dropout(x, -1.0)
F.one_hot(torch.tensor([5]), 3)
F.one_hot(torch.tensor([-1]))
nn.init.kaiming_uniform_(torch.empty(3))
nn.init.calculate_gain("nothing")
torch.optim.SGD([], lr=0.1)
torch.optim.SGD(torch.zeros(2), lr=0.1)
torch.optim.SGD([1], lr=0.1)
torch.optim.SGD([net.scale * 1], lr=0.1)
torch.optim.SGD([{"params": [net.scale]}, {"params": [net.scale]}], lr=0.1)
torch.optim.SGD([net.scale], lr=-1)
torch.optim.SGD([net.scale], lr=0.1, momentum=-1)
torch.optim.SGD([net.scale], lr=0.1, weight_decay=-1)
torch.optim.SGD([net.scale], lr=0.1, nesterov=True)
torch.optim.Adam([net.scale], betas=(2, 0.1))
torch.optim.Adam([net.scale], eps=-1)
torch.optim.SGD([net.scale]).load_state_dict({"state": {}, "param_groups": []})
""".strip().split("\n")
# PyTorch's text holds the layout of its own kernels, or an address
TYPE_ONLY = ("net.count = 3",)

OPTIMIZERS = """
SGD(net.parameters(), lr=0.1)
SGD(net.parameters(), lr=0.1, momentum=0.9)
SGD(net.parameters(), lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.01)
SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True)
SGD(net.parameters(), lr=0.01, maximize=True)
SGD([{"params": net.first.parameters(), "lr": 0.05}, {"params": net.tail.parameters()}], lr=0.1)
Adam(net.parameters(), lr=0.01)
Adam(net.parameters(), lr=0.01, weight_decay=0.1, amsgrad=True)
AdamW(net.parameters(), lr=0.01)
""".strip().split("\n")

TRAIN = """
before = [p for p in net.parameters()]
for step in range(20):
    optimizer.zero_grad()
    loss = ((net(x) - 1) ** 2).mean()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code.replace("\\n", "\n"), rtol=2e-5, atol=3e-6)


@pytest.mark.parametrize("code", ERRORS)
def test_errors(code):
    try:
        compile(code, "", "eval")
    except SyntaxError:
        code += "\nNone"
    (check if code.splitlines()[0] in TYPE_ONLY else check_message)(SETUP + code)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_trajectory(optimizer):
    check(f"{SETUP}optimizer = torch.optim.{optimizer}\n{TRAIN}\n[*net.parameters(), loss]", rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS[:3] + OPTIMIZERS[6:7])
def test_optimizer_state(optimizer):
    made = f"{SETUP}optimizer = torch.optim.{optimizer}\n{TRAIN}\n"
    check(f"{made}\noptimizer.state_dict()", rtol=1e-4, atol=1e-6)
    exact(f"{made}\nrepr(optimizer)")
    again = f"other = torch.optim.{optimizer}\nother.load_state_dict(optimizer.state_dict())\noptimizer = other\n"
    check(f"{made}\n{again}{TRAIN}\n[*net.parameters()]", rtol=2e-5, atol=1e-6)


def test_closure():
    check(SETUP + "o = torch.optim.SGD(net.parameters(), lr=0.1)\no.step(lambda: (net(x).sum().backward(), 5.0)[1])")
