"""Modules that hold modules or parameters, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
from collections import OrderedDict
torch.manual_seed(0)
a, b, c = nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)
s = nn.Sequential(a, b, c)
l = nn.ModuleList([a, b, c])
d = nn.ModuleDict({"a": a, "b": b})
p = nn.ParameterList([nn.Parameter(torch.ones(2)), torch.zeros(3), "text"])
q = nn.ParameterDict({"b": torch.ones(2), "a": nn.Parameter(torch.zeros(1)), "n": 3})
x = torch.ones(4, 2)
"""

PROGRAMS = r"""
s(x), len(s), s[0] is a, s[-1] is c, repr(s[1:]), list(s) == [a, b, c]
del s[1]\nrepr(s), list(s._modules)
del s[0:2]\nrepr(s), list(s._modules)
s[1] = nn.Tanh()\nrepr(s)
s.append(nn.Tanh())\nrepr(s)
s.insert(1, nn.Tanh())\nrepr(s)
s.insert(-1, nn.Tanh())\nrepr(s)
s.extend([nn.Tanh(), nn.Sigmoid()])\nrepr(s)
repr(s + nn.Sequential(nn.Tanh())), len(s)
s += nn.Sequential(nn.Tanh())\nrepr(s)
repr(s * 2), repr(2 * s), len(s)
s *= 2\nlen(s), s[3] is a
s.pop(1) is b, repr(s)
n = nn.Sequential(OrderedDict(x=a, y=b))\nn.x is a, repr(n), repr(n[:1]), list(n._modules)
n = nn.Sequential(OrderedDict(x=a, y=b))\ndel n[0]\nlist(n._modules)
"0" in dir(s), s.state_dict()
l[0] is a, len(l), repr(l), repr(l[:2]), type(l[:2]).__name__
l.append(nn.Tanh())\nl.extend([nn.Tanh()])\nrepr(l)
l.insert(1, nn.Tanh())\nrepr(l)
l += [nn.Tanh()]\nrepr(l)
repr(l + [nn.Tanh()]), len(l)
l.pop(1) is b, len(l), repr(l)
del l[0]\nrepr(l)
del l[-1]\nrepr(l)
del l[:2]\nrepr(l)
l[-1] = nn.Tanh()\nrepr(l)
repr(nn.ModuleList([nn.ReLU() for _ in range(3)] + [nn.Tanh()])), repr(nn.ModuleList())
l.extend(nn.ModuleList([b]))\nlen(l)
nn.ModuleList([None])[0]
sum(1 for _ in reversed(l))
list(d), len(d), d["a"] is a, "a" in d, list(d.keys()), list(d.values()) == [a, b], [k for k, _ in d.items()], repr(d)
d["c"] = c\nlist(d)
del d["a"]\nlist(d)
d.pop("a") is a, list(d)
d.clear()\nlen(d)
d.update([("x", a), ("y", b)])\nlist(d)
d.update({"z": a})\nlist(d)
d.update(nn.ModuleDict({"m": a}))\nlist(d)
d.update(OrderedDict(m=a))\nlist(d)
len(p), p[0], p[-1], p[1].requires_grad, isinstance(p[1], nn.Parameter), list(p)[2]
repr(p)
[n for n, _ in p.named_parameters()], list(p.state_dict())
p.append(torch.ones(1))\nlen(p), p[3].requires_grad
p.extend([torch.ones(1), 2])\nlen(p)
p += [torch.ones(1)]\nlen(p)
p[0] = torch.ones(5)\np[0]
p[0:2]
p[1:].__class__.__name__, len(p[::2])
import copy\nlen(copy.deepcopy(p)), copy.deepcopy(p)[0]
list(q), len(q), q["a"], q.a, "a" in q, q["b"].requires_grad, q["n"]
repr(q)
[n for n, _ in q.named_parameters()]
list(q.keys()), [k for k, _ in q.items()], [type(v).__name__ for v in q.values()]
list(reversed(q)), q.get("z"), q.get("n"), q.setdefault("z", 4), list(q)
q.pop("n"), list(q)
q.popitem()[0], list(q)
del q["a"]\nlist(q)
q.clear()\nlen(q)
list(q.copy()), list(q.fromkeys(["x", "y"], 1))
q.update({"y": torch.ones(1), "x": torch.ones(1)})\nlist(q)
q.update([("y", torch.ones(1)), ("x", 1)])\nlist(q)
q.update(nn.ParameterDict({"w": torch.ones(1)}))\nlist(q)
list(q | nn.ParameterDict({"w": torch.ones(1)}))
q |= nn.ParameterDict({"w": torch.ones(1)})\nlist(q)
q["b"] = nn.Parameter(torch.ones(7))\nq["b"].shape, list(q)
""".strip().split("\n")

MESSAGES = r"""
s[3]
s[-4]
l[3]
p[3]
p[-4]
s.insert(5, b)
s.insert(0, 1)
s * 0
s * "a"
s + [a]
nn.Sequential(1)
nn.ModuleList([1])
l.extend(3)
l(x)
d(x)
p(x)
q(x)
d.update(3)
d.update([(1, 2, 3)])
d["x"]
d[1] = a
d["a.b"] = a
p.extend(3)
q["x"]
q[1]
q.update([(1, 2, 3)])
""".strip().split("\n")
TYPE_ONLY = ("s.insert(0, 1)", 's * "a"', "s * 0", "s + [a]")  # the texts hold a class's path


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code.replace("\\n", "\n"))


@pytest.mark.parametrize("code", MESSAGES)
def test_messages(code):
    whole = SETUP + code + ("\nNone" if " = " in code else "")
    (check if code in TYPE_ONLY else check_message)(whole)
