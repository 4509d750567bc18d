"""Hooks on modules, forward and backward, one module's and every module's, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
M = nn.modules.module
class Two(nn.Module):
    def forward(self, a, b=None, *, scale=1.0):
        return a * 2 * scale, (a if b is None else b) * 3
class Fails(nn.Module):
    def forward(self, x):
        raise ValueError("no")
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
two = Two()
x = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
y = x.clone().requires_grad_()
seen = []
def note(*values):
    seen.append([v for v in values if not isinstance(v, nn.Module)])
def failing(*a, **k):
    raise RuntimeError("hook")
def attempt(call):
    try:
        call()
    except Exception as error:
        seen.append(str(error))
def run(module, *args, **kwargs):
    out = module(*args, **kwargs)
    (out[0] if isinstance(out, tuple) else out).sum().backward()
    return seen, [p.grad for p in module.parameters()], y.grad
"""

PROGRAMS = r"""
net.register_forward_hook(note)\nnet(x)\nseen
net.register_forward_hook(lambda m, a, o: o * 2)\nnet(x)
net.register_forward_pre_hook(note)\nnet(x)\nseen
net.register_forward_pre_hook(lambda m, a: a[0] * 2)\nnet(x)
net.register_forward_pre_hook(lambda m, a: (a[0] * 2,))\nnet(x)
two.register_forward_hook(note, with_kwargs=True)\ntwo(x, scale=2.0)\nseen
two.register_forward_pre_hook(note, with_kwargs=True)\ntwo(x, scale=2.0)\nseen
two.register_forward_pre_hook(lambda m, a, k: (a, {"scale": 5.0}), with_kwargs=True)\ntwo(x)
two.register_forward_hook(lambda m, a, k, o: o[0] * k["scale"], with_kwargs=True)\ntwo(x, scale=2.0)
net.register_forward_hook(lambda *a: seen.append(1))\nnet.register_forward_hook(lambda *a: seen.append(2), prepend=True)\nnet(x)\nseen
net.register_forward_pre_hook(lambda *a: seen.append(1))\nnet.register_forward_pre_hook(lambda *a: seen.append(2), prepend=True)\nnet(x)\nseen
m = Fails()\nm.register_forward_hook(lambda *a: seen.append("always"), always_call=True)\nm.register_forward_hook(lambda *a: seen.append("no"))\nattempt(lambda: m(x))\nseen
m = Fails()\nm.register_forward_hook(lambda *a: seen.append(a[2]), always_call=True, with_kwargs=True)\nattempt(lambda: m(x))\nseen
net.register_forward_hook(lambda *a: seen.append("always"), always_call=True)\nnet.register_forward_hook(failing)\nattempt(lambda: net(x))\nseen
h = net.register_forward_hook(note)\nh.remove()\nh.remove()\nnet(x)\nseen
with net.register_forward_hook(note):\n    net(x)\nnet(x)\nlen(seen)
h = net.register_forward_hook(note, with_kwargs=True, always_call=True)\nh.remove()\nlen(net._forward_hooks), len(net._forward_hooks_with_kwargs), len(net._forward_hooks_always_called)
h = M.register_module_forward_hook(lambda m, *a: seen.append(type(m).__name__))\nnet(x)\nh.remove()\nnet(x)\nseen
h = M.register_module_forward_pre_hook(lambda m, *a: seen.append(type(m).__name__))\nnet(x)\nh.remove()\nnet(x)\nseen
h = M.register_module_forward_hook(lambda m, a, k, o: seen.append(sorted(k)), with_kwargs=True)\ntwo(x, scale=1.0)\nh.remove()\nseen
m = Fails()\nh = M.register_module_forward_hook(lambda *a: seen.append("always"), always_call=True)\nattempt(lambda: m(x))\nh.remove()\nseen
net.register_full_backward_hook(note)\nrun(net, y)
net.register_full_backward_hook(note)\nrun(net, x)
net.register_full_backward_hook(lambda m, i, o: (i[0] * 10,))\nrun(net, y)
net.register_full_backward_hook(lambda m, i, o: i[0] * 10)\nrun(net, y)
net[1].register_full_backward_hook(note)\nrun(net, y)
net[0].register_full_backward_hook(note)\nrun(net, x)
net[1].register_full_backward_pre_hook(note)\nrun(net, y)
net[1].register_full_backward_pre_hook(lambda m, o: (o[0] * 10,))\nrun(net, y)
net[1].register_full_backward_pre_hook(lambda m, o: o[0] * 10)\nnet[1].register_full_backward_hook(note)\nrun(net, y)
net.register_full_backward_hook(lambda *a: seen.append(1))\nnet.register_full_backward_hook(lambda *a: seen.append(2), prepend=True)\nrun(net, y)
net.register_full_backward_pre_hook(lambda *a: seen.append(1))\nnet.register_full_backward_pre_hook(lambda *a: seen.append(2), prepend=True)\nrun(net, y)
h = net.register_full_backward_hook(note)\nh.remove()\nrun(net, y)
two.register_full_backward_hook(note)\nrun(two, y, x)
two.register_full_backward_hook(note)\na, b = two(y, y)\n(a + b).sum().backward()\nseen, y.grad
two.register_full_backward_hook(note)\na, b = two(y, 3.0)\na.sum().backward()\nseen, y.grad
h = M.register_module_full_backward_hook(lambda m, i, o: seen.append(type(m).__name__))\nrun(net, y)\nh.remove()\nseen
h = M.register_module_full_backward_pre_hook(lambda m, o: seen.append(type(m).__name__))\nrun(net, y)\nh.remove()\nseen
net[1].register_backward_hook(note)\nrun(net, y)
net.register_full_backward_hook(note)\nwith torch.no_grad():\n    out = net(y)\nseen, out.requires_grad
import copy\nnet.register_forward_hook(note)\ncopy.deepcopy(net)(x)\nlen(seen)
net.compile()\nnet(x)
""".strip().split("\n")

MESSAGES = [
    code.replace("\\n", "\n")
    for code in r"""
two.register_forward_pre_hook(lambda m, a, k: 1, with_kwargs=True)\ntwo(x)
net.register_full_backward_hook(note)\nnet.register_backward_hook(note)
net.register_backward_hook(note)\nnet.register_full_backward_hook(note)
net.register_full_backward_hook(lambda m, i, o: (1, 2))\nrun(net, y)
net.register_full_backward_hook(lambda m, i, o: (1,))\nrun(net, x)
net.register_forward_hook(failing)\nnet(x)
""".strip().split("\n")
]


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code.replace("\\n", "\n"))


@pytest.mark.parametrize("code", MESSAGES)
def test_messages(code):
    check_message(SETUP + code)
