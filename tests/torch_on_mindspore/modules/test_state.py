"""state_dict and load_state_dict, with their hooks, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
class Net(nn.Module):
    _version = 3
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.tail = nn.Sequential(nn.ReLU(), nn.Linear(3, 1, bias=False))
        self.register_buffer("count", torch.zeros(2))
        self.register_buffer("hidden", torch.ones(1), persistent=False)
        self.scale = nn.Parameter(torch.tensor(2.0))
class WithExtra(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.Parameter(torch.ones(1))
        self.got = None
    def get_extra_state(self):
        return {"step": 3}
    def set_extra_state(self, state):
        self.got = state
torch.manual_seed(0)
net = Net()
seen = []
"""

PROGRAMS = r"""
net.state_dict(), list(net.state_dict())
net.state_dict()._metadata
net.state_dict(prefix="a.")._metadata, list(net.state_dict(prefix="a."))
type(net.state_dict()).__name__
{k: v.requires_grad for k, v in net.state_dict(keep_vars=True).items()}, net.state_dict(keep_vars=True)["scale"] is net.scale
d = {}\nnet.state_dict(destination=d, prefix="x.")\nlist(d)
s = net.state_dict()\ns["count"].add_(1)\nnet.count
repr(net.load_state_dict(net.state_dict())), repr(net.load_state_dict({}, strict=False))
before = net.scale\nnet.load_state_dict({**net.state_dict(), "scale": torch.tensor(5.0)})\nbefore is net.scale, net.scale
net.load_state_dict({**net.state_dict(), "scale": torch.tensor([5.0])})\nnet.scale
net.load_state_dict({**net.state_dict(), "scale": torch.tensor(5.0, dtype=torch.float64)})\nnet.scale
t = torch.tensor(5.0, dtype=torch.float64)\nbefore = net.scale\nnet.load_state_dict({**net.state_dict(), "scale": t}, assign=True)\nbefore is net.scale, net.scale, isinstance(net.scale, nn.Parameter), net.count
net.requires_grad_(False)\nnet.load_state_dict(net.state_dict(), assign=True)\n[p.requires_grad for p in net.parameters()]
p = nn.Parameter(torch.tensor(7.0))\nnet.load_state_dict({**net.state_dict(), "scale": p}, assign=True)\nnet.scale is p
m = WithExtra()\nm.state_dict()
m = WithExtra()\nm.load_state_dict(m.state_dict())\nm.got
nn.Sequential(WithExtra()).state_dict()
m = WithExtra()\nrepr(m.load_state_dict({"p": torch.ones(1)}, strict=False))
h = net.register_state_dict_pre_hook(lambda m, p, k: seen.append((p, k)))\nnet.state_dict(prefix="a.")\nh.remove()\nnet.state_dict()\nseen
net.first.register_state_dict_post_hook(lambda m, s, p, d: s.__setitem__(p + "new", 1))\nlist(net.state_dict())
net._register_state_dict_hook(lambda m, s, p, d: {"only": 1})\nnet.state_dict()
net.first.register_load_state_dict_pre_hook(lambda m, s, p, *rest: seen.append((type(m).__name__, p, len(rest), rest[0])))\nnet.load_state_dict(net.state_dict())\nseen
net._register_load_state_dict_pre_hook(lambda s, p, *rest: s.pop("more", None))\nrepr(net.load_state_dict({**net.state_dict(), "more": 1}))
net.register_load_state_dict_post_hook(lambda m, k: k.missing_keys.clear())\nrepr(net.load_state_dict({}))
import copy\nnet.register_load_state_dict_pre_hook(lambda m, *rest: seen.append(m is net))\nother = copy.deepcopy(net)\nother.load_state_dict(net.state_dict())\nseen
net.again = net.first\nlist(net.state_dict()), repr(net.load_state_dict(net.state_dict()))
net.load_state_dict({"first.weight": torch.ones(3, 2), "nothing": 1}, strict=False)\nnet.first.weight
class Old(nn.Module):\n    _version = 2\n    def __init__(self):\n        super().__init__()\n        self.w = nn.Parameter(torch.ones(1))\n    def _load_from_state_dict(self, s, prefix, meta, *rest):\n        seen.append((prefix, meta.get("version")))\n        super()._load_from_state_dict(s, prefix, meta, *rest)\nm = nn.Sequential(Old())\nm.load_state_dict(m.state_dict())\nm.load_state_dict(dict(m.state_dict()))\nseen
net.first.weight.grad = torch.ones(3, 2)\nnet.double()\nnet.first.weight.grad, net.first.weight.dtype, net.count, net.hidden.dtype
a = net.first.weight\nnet.half()\na is net.first.weight, a.dtype, net.float().first.weight.dtype
net.bfloat16()\n[p.dtype for p in net.parameters()], net.count.dtype
net.register_buffer("n", torch.tensor(3))\nnet.to(torch.float64)\nnet.n, net.count.dtype
net.register_buffer("n", torch.tensor(3))\nnet.type(torch.float64)\nnet.n, net.count.dtype
net.to(torch.ones(1, dtype=torch.float64)).scale.dtype, net.to("cpu", torch.float32).scale.dtype, net.to(device="cpu", dtype=torch.float64, non_blocking=True).scale.dtype
net.to_empty(device="cpu").first.weight.shape
net.first.weight.sum().backward()\nnet.zero_grad(False)\nnet.first.weight.grad
import pickle, copy\nm = nn.Sequential(nn.Linear(2, 3), nn.ReLU())\nm.register_buffer("b", torch.ones(1), persistent=False)\nother = pickle.loads(pickle.dumps(m))\nother.state_dict(), repr(other), other.b, isinstance(other[0].weight, nn.Parameter), other._non_persistent_buffers_set
import copy\no = torch.optim.SGD(net.parameters(), lr=1.0)\nnet.double()\nnet.first(torch.ones(1, 2, dtype=torch.float64)).sum().backward()\no.step()\nnet.first.bias
""".strip().split("\n")

MESSAGES = r"""
net.load_state_dict({})
net.load_state_dict([])
net.load_state_dict({**net.state_dict(), "a": 1, "first.b": 1, "tail.9.weight": 2})
net.load_state_dict({**net.state_dict(), "first.weight": torch.ones(1), "scale": torch.ones(2)})
net.load_state_dict({**net.state_dict(), "first.weight": 3})
net.load_state_dict({"first.weight": torch.ones(1), "b": 1})
net.to("cuda")
net.cuda()
""".strip().split("\n")
PATHS = r"""
WithExtra().load_state_dict({"p": torch.ones(1)})
nn.ReLU().load_state_dict({"_extra_state": 1})
net.register_state_dict_post_hook(lambda *a: {})\nnet.state_dict()
net.register_load_state_dict_post_hook(lambda *a: {})\nnet.load_state_dict(net.state_dict())
""".strip().split("\n")
MESSAGES += [p.replace("\\n", "\n") for p in PATHS]


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code.replace("\\n", "\n"))


@pytest.mark.parametrize("code", MESSAGES)
def test_messages(code):
    check_message(SETUP + code)
