"""Registration by name and by assignment, traversal and paths, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.tail = nn.Sequential(nn.ReLU(), nn.Linear(3, 1, bias=False))
        self.register_buffer("count", torch.zeros(2))
        self.register_buffer("hidden", torch.ones(1), persistent=False)
        self.register_buffer("nothing", None)
        self.scale = nn.Parameter(torch.tensor(2.0))
        self.register_parameter("absent", None)
torch.manual_seed(0)
net = Net()
def names(m):
    return sorted(m._parameters), sorted(m._buffers), sorted(m._modules), sorted(m.state_dict()), sorted(m._non_persistent_buffers_set)
"""

PROGRAMS = r"""
names(net)
net.count = None\nnames(net)
net.scale = None\nnames(net), net.scale
net.absent = nn.Parameter(torch.ones(1))\nnames(net)
net.count = nn.Parameter(torch.ones(1))\nnames(net)
net.first = nn.Parameter(torch.ones(1))\nnames(net)
net.scale = nn.ReLU()\nnames(net)
net.hidden = torch.zeros(3)\nnames(net)
net.hidden = nn.Buffer(torch.zeros(3))\nnames(net)
net.more = nn.Buffer(torch.zeros(3), persistent=False)\nnames(net), net.more
net.first = nn.Buffer(torch.ones(2))\nnames(net)
isinstance(nn.Buffer(torch.ones(1)), nn.Buffer), isinstance(torch.ones(1), nn.Buffer), isinstance(nn.Buffer(torch.ones(1)), nn.Parameter), type(nn.Buffer(torch.ones(1))) is torch.Tensor
isinstance(net.scale, nn.Parameter), isinstance(net.scale, torch.Tensor), isinstance(torch.ones(1), nn.Parameter)
net.plain = torch.ones(1)\nnames(net), "plain" in net.__dict__
net.plain = 1\nnet.plain = nn.ReLU()\n"plain" in net.__dict__, names(net)
del net.first\ndel net.count\ndel net.scale\nnames(net)
del net.hidden\nnames(net)
net.add_module("a", None)\nnames(net), net.a
net.register_module("b", nn.Tanh())\nlist(net._modules)
net.register_buffer("count", torch.ones(3), persistent=False)\nnames(net)
nn.Parameter(torch.ones(2), requires_grad=False).requires_grad, nn.Parameter(torch.tensor([1]), requires_grad=False)
nn.Parameter().shape, nn.Parameter(requires_grad=False).requires_grad
p = nn.Parameter(torch.ones(2))\nq = nn.Parameter(p)\nq is p, q.is_leaf
t = torch.ones(2)\np = nn.Parameter(t)\nwith torch.no_grad():\n    p.add_(1)\nt, p
repr(nn.Parameter(torch.ones(2))), str(nn.Parameter(torch.ones(2)))
list(n for n, _ in net.named_parameters(prefix="x")), [n for n, _ in net.named_parameters(recurse=False)]
list(n for n, _ in net.named_buffers(prefix="x")), [n for n, _ in net.named_modules(prefix="x")]
net.again = net.first\n[n for n, _ in net.named_parameters()], [n for n, _ in net.named_parameters(remove_duplicate=False)]
net.again = net.first\n[n for n, _ in net.named_modules()], [n for n, _ in net.named_modules(remove_duplicate=False)], [n for n, _ in net.named_children()]
net.tail[1].weight = net.scale\n[n for n, _ in net.named_parameters()], [n for n, _ in net.named_parameters(remove_duplicate=False)]
net.get_submodule("") is net, net.get_submodule("tail.0").__class__.__name__
net.set_submodule("tail.0", nn.Tanh())\nrepr(net.tail)
net.set_submodule("tail.new", nn.Tanh())\nrepr(net.tail)
net.get_buffer("count"), net.get_parameter("tail.1.weight")
sorted(set(dir(net)) & {"first", "count", "scale", "tail", "0"}), "0" in dir(net.tail)
class A(nn.Module):\n    call_super_init = True\n    def __init__(self):\n        super().__init__()\nA().training
list(nn.Module().__dict__)
import copy\nother = copy.copy(net)\nother.first is net.first, other._parameters is net._parameters
import copy\nother = copy.deepcopy(net)\nnames(other), other.first is net.first, other.scale.requires_grad, other.hidden
import copy\nnet.again = net.scale\nother = copy.deepcopy(net)\nother.again is other.scale
import copy\nnet.scale.grad = torch.tensor(3.0)\ncopy.deepcopy(net).scale.grad
seen = []\nh = nn.modules.module.register_module_parameter_registration_hook(lambda m, n, p: seen.append(n))\nnn.Linear(1, 1)\nh.remove()\nnn.Linear(1, 1)\nseen
seen = []\nh = nn.modules.module.register_module_module_registration_hook(lambda m, n, p: seen.append(n))\nnn.Sequential(nn.ReLU())\nh.remove()\nseen
seen = []\nh = nn.modules.module.register_module_buffer_registration_hook(lambda m, n, p: seen.append(n))\nnn.Module().register_buffer("b", None)\nh.remove()\nseen
""".strip().split("\n")

MESSAGES = r"""
net.scale = torch.ones(1)
net.scale = 1
net.first = torch.ones(1)
net.first = "x"
net.tail.__setattr__("0", 1)
net.count = "x"
net.register_parameter("scale.x", None)
net.register_parameter("", None)
net.register_parameter(1, None)
net.register_parameter("forward", None)
net.register_parameter("p", torch.ones(1))
net.register_parameter("p", 1)
net.register_parameter("p", nn.Parameter(torch.ones(1)) * 2)
net.register_buffer("a.b", None)
net.register_buffer("", None)
net.register_buffer(1, None)
net.register_buffer("scale", None)
net.register_buffer("a", 1)
net.add_module("a.b", None)
net.add_module("", None)
net.add_module(1, nn.ReLU())
net.add_module("count", nn.ReLU())
net.add_module("a", 1)
net.nowhere
del net.nowhere
net.get_submodule("first.weight")
net.get_submodule("a")
net.get_parameter("count")
net.get_parameter("first.nowhere")
net.get_buffer("scale")
net.get_buffer("nowhere")
net.set_submodule("", nn.ReLU())
net.set_submodule("nowhere.a", nn.ReLU())
net.set_submodule("tail.9", nn.ReLU(), strict=True)
net.set_submodule("scale", nn.ReLU())
nn.Module(1)
nn.Module(a=1)
nn.Module()(1)
nn.Parameter(torch.tensor([1]))
net.train(1)
net.to(torch.int32)
nn.Module.__new__(nn.Module).__setattr__("a", nn.Parameter(torch.ones(1)))
nn.Module.__new__(nn.Module).__setattr__("a", nn.ReLU())
nn.Module.__new__(nn.Module).__setattr__("a", nn.Buffer(torch.ones(1)))
nn.Module.__new__(nn.Module).a
""".strip().split("\n")
# the difference is a module's path
TYPE_ONLY = {'net.add_module("a", nn.Linear)'}


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code.replace("\\n", "\n"))


@pytest.mark.parametrize("code", MESSAGES)
def test_messages(code):
    if " = " in code or code.startswith("del "):
        code += "\nNone"
    check_message(SETUP + code)
