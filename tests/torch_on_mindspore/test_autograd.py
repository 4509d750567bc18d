"""Gradients, contexts, in-place writes and views, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
v = torch.tensor([0.5, -1.5], requires_grad=True)
c = torch.arange(12.0).reshape(3, 4)
"""

# each line is a program whose last part is compared; ; separates statements
PROGRAMS = """
(w * w).sum().backward(); w.grad
(w @ v).sum().backward(); (w.grad, v.grad)
(w / v).mean().backward(); (w.grad, v.grad)
w.max().backward(); w.grad
w.max(1).values.sum().backward(); w.grad
w.std().backward(); w.grad
w.softmax(1)[0, 0].backward(); w.grad
w.exp().log().sum().backward(); w.grad
(w.t() * 2 + w.reshape(-1)[0]).sum().backward(); w.grad
w[0].sum().backward(); w.grad
w[:, 1].prod().backward(); w.grad
w[w > 2].sum().backward(); w.grad
torch.cat([w, w * 3]).sum().backward(); w.grad
torch.stack([v, v * v]).sum().backward(); v.grad
torch.where(w > 2, w, 0.0).sum().backward(); w.grad
w.gather(1, torch.tensor([[0], [1]])).sum().backward(); w.grad
w.expand(3, 2, 2).sum().backward(); w.grad
w.clamp(2, 3).sum().backward(); w.grad
w.double().sum().backward(); w.grad
(w ** 3).sum().backward(); (w * 2).sum().backward(); w.grad
y = (w * w).sum(); y.backward(retain_graph=True); y.backward(); w.grad
(w * w).backward(torch.ones(2, 2)); w.grad
y = (w * w).sum(); y.backward(inputs=[w]); (w.grad, v.grad)
torch.autograd.grad((w * w).sum(), w)
torch.autograd.grad((w * w).sum(), [w, v], allow_unused=True)
torch.autograd.grad((w * w).sum(), [w, v], materialize_grads=True)
torch.autograd.grad([(w.T * c[:2, :2]).sum()], [w])[0].detach()
torch.autograd.grad((torch.cat([v, w[0]]) * c[0]).sum(), [w, v])[0].detach()
h = w * 2; h.retain_grad(); h.sum().backward(); h.grad
w.detach().requires_grad
w.detach()[0].fill_(7.0); w
x = w.detach(); x *= 2; w
h = w.clone(); h[0] = 0; h.sum().backward(); w.grad
h = w.clone(); h[0, 1] = v[0] * 3; h.sum().backward(); (w.grad, v.grad)
h = w * 1; h += w; h.sum().backward(); w.grad
h = w * 1; h.mul_(w * 3); h.sum().backward(); w.grad
h = w * 1; h.mul_(v); h.sum().backward(); (w.grad, v.grad)
h = torch.zeros(2); h += v; h.sum().backward(); v.grad
torch.is_grad_enabled()
with_no_grad = torch.no_grad(); with_no_grad.__enter__(); y = w * 2; with_no_grad.__exit__(None, None, None); (y.requires_grad, torch.is_grad_enabled())
f = torch.no_grad()(lambda: (w * 2).requires_grad); (f(), (w * 2).requires_grad)
f = torch.no_grad(lambda: (w * 2).requires_grad); f()
f = torch.inference_mode()(lambda: (w * 2).requires_grad); f()
f = torch.set_grad_enabled(False); a = torch.is_grad_enabled(); torch.set_grad_enabled(True); (a, torch.is_grad_enabled())
w.requires_grad = False; (w * 2).requires_grad
w.grad = torch.ones(2, 2); w.sum().backward(); w.grad
w.sum().backward(); w.grad = None; w.grad
w.sum().backward(); w.grad.zero_(); w.sum().backward(); w.grad
w.data.mul_(2); w
w.data = torch.zeros(3); (w, w.is_leaf)
import copy; h = copy.deepcopy(w); h.data.zero_(); (w, h)
import copy; h = copy.deepcopy([c, c]); h[0].zero_(); (h[0] is h[1], c)
c.add_(1); c
c.sub_(1, alpha=2); c
c += 1; c
c -= c; c
c *= 2; c
c /= 2; c
c //= 2; c
c **= 2; c
c.fill_(3); c
c.zero_(); c
c.copy_(torch.arange(4)); c
c.clamp_(2, 5); c
c.exp_(); c
c.masked_fill_(c > 3, 0.0); c
c[1] = 5; c
c[:, 1] = torch.tensor([1.0, 2.0, 3.0]); c
c[c > 3] = 0; c
c[torch.tensor([0, 2])] = -1.0; c
c[0] += 1; c
c[:, ::2] *= 10; c
c[1, 2] = 99; c
c[None, 0] = 7; c
c[..., -1] = torch.tensor(3); c
c[0].mul_(2); c
c.T[0].zero_(); c
c.view(-1)[5:7].fill_(-1); c
t = c.t(); t += 100; c
t = c[1:, 2:]; t.zero_(); (c, t)
t = c.reshape(-1); c.zero_(); t
t = c.T; c[0] = 5; t
t = c[0]; c += 1; t
a, b = c.chunk(2, 1); b.fill_(0); c
t = c.unsqueeze(0).squeeze(0); t[2] = 1; c
t = c.flatten(); t[0] = 9; c
t = c.clone(); t.zero_(); c
t = c.T.reshape(-1); t.zero_(); c
t = c[torch.tensor([0])]; t.zero_(); c
t = c.numpy(); c.add_(1); t
t = c.numpy(); t[0, 0] = 50; c
t = np.zeros(3, np.float32); q = torch.from_numpy(t); q.add_(1); t
t = np.zeros(3, np.float32); q = torch.from_numpy(t); t[1] = 4; q
i = torch.tensor([1, 2]); i += 1; i
i = torch.tensor([1, 2]); i *= True; i
c.index_select(0, torch.tensor([0])).zero_(); c
c.bernoulli_(1.0); c
import copy; h = copy.deepcopy(c[1]); h.zero_(); (h, c, h.numpy())
h = w * 2; h.T.sum(); h.mul_(3); h.sum().backward(); w.grad
h = w * 2; h[0] = v; h[1] = h[1] * 2; h.sum().backward(); (w.grad, v.grad)
""".strip().split("\n")

ERRORS = """
w.backward()
c.sum().backward()
y = (w * w).sum(); y.backward(); y.backward()
(w * w).backward(torch.ones(3))
torch.autograd.grad((w * w).sum(), v)
torch.autograd.grad((w * w).sum(), c)
w.add_(1)
w += 1
w[0] = 1
w[0].zero_()
w.zero_()
c.retain_grad()
w.grad = 1
w.grad = torch.ones(3)
import copy; copy.deepcopy(w * 2)
i = torch.tensor([1, 2]); i += 0.5
i = torch.tensor([1, 2]); i /= 2
c.add_(torch.ones(2, 3, 4))
c.fill_("a")
h = w.exp(); y = h * 1; h.zero_(); y.sum().backward()
(w * 2).sum().backward(inputs=[])
c.normal_(0, -1)
""".strip().split("\n")
TYPE_ONLY = ('c.fill_("a")', "h = w.exp(); y = h * 1; h.zero_(); y.sum().backward()", "w.grad = torch.ones(3)")


def program(line):
    """The last statement is what `compare` evaluates; one that is no expression is followed by None."""
    *statements, last = line.split("; ")
    try:
        compile(last, "", "eval")
    except SyntaxError:
        statements, last = [*statements, last], "None"
    return SETUP + "\n".join((*statements, last))


@pytest.mark.parametrize("line", PROGRAMS)
def test_programs(line):
    check(program(line), atol=3e-6)


@pytest.mark.parametrize("line", ERRORS)
def test_errors(line):
    (check if line in TYPE_ONLY else check_message)(program(line))


def test_recording_goes_on_after_value_and_grad():
    """MindSpore clears its flag at the end of value_and_grad."""
    from compat.torch_on_mindspore import creation, engine

    w = creation.tensor([1.0, 2.0], requires_grad=True)
    engine.mindspore.value_and_grad(lambda x: (x * x).sum())(creation.ones(2))
    creation.ones(1) + 1
    assert (w * 2).requires_grad


@pytest.mark.xfail(reason="MindSpore 2.10 drops the path through the gradient of a reshape", strict=True)
def test_mindspore_loses_second_order_terms():
    from compat.torch_on_mindspore.engine import mindspore

    def first_order(x):
        return mindspore.grad(lambda y: ((y * y).reshape(2, 1) ** 3).sum())(x)  # 6 y^5, so the next is 30 y^4

    second = mindspore.grad(lambda x: first_order(x).sum())(mindspore.Tensor([1.0, 2.0]))
    assert second.asnumpy().tolist() == pytest.approx([30.0, 480.0])


TWICE = """
lambda a, b: a + b
lambda a, b: a - b
lambda a, b: a + b * 3
lambda a, b: a * a + a
lambda a, b: sum(one * other for one, other in zip(a, b.unbind(0)))
lambda a, b: a.select(1, -1) * b.select(1, 0)
lambda a, b: a.T - b.T
lambda a, b: a + a
lambda a, b: torch.cat([a, b])
lambda a, b: torch.cat([a.T, b.T]).T
lambda a, b: torch.stack([b, a])
lambda a, b: a[1:] * b[:1]
lambda a, b: F.linear(a, b)
lambda a, b: a @ b.T
""".strip().split("\n")


@pytest.mark.parametrize("line", TWICE)
def test_gradients_of_two_backwards_add_up(line):
    check(f"""
a, b = (torch.tensor(np.arange(first, first + 6, dtype=np.float32).reshape(2, 3), requires_grad=True) for first in (0, 4))
f = {line}
for _ in range(3):
    (f(a, b) ** 2).sum().backward()
f(a, b).sum().backward()
a.grad, b.grad""")
