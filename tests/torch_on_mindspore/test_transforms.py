"""Functions that differentiate functions, and functions over a batch, beside real PyTorch."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message, ours, outcome

SETTING = """
for name in "grad grad_and_value vjp jvp jacrev jacfwd hessian vmap functional_call stack_module_state linearize".split():
    globals()[name] = getattr(torch.func, name)
A = torch.autograd.functional
torch.manual_seed(1)
x = torch.tensor([0.5, 1.0, -2.0])
y = torch.tensor([[1.0, 0.3, 2.0], [0.1, -1.0, 0.7]])
v = torch.tensor([0.1, -1.0, 2.0])
p = torch.tensor([0.4, 0.2, 0.9], requires_grad=True)
def cube(t):
    return (t ** 3).sum()
def wave(t):
    return torch.sin(t) * t.sum()
def pair(t, s):
    return (t * s.sum(0), (t ** 2).sum())
"""
VALUES = """
grad(cube)(x), grad(lambda t: t.sum() * 0 + 1)(x), grad(lambda t: torch.ones(()))(x)
grad(lambda t, s: (t * s).sum(), argnums=1)(x, y), grad(lambda t, s: (t * s).sum(), argnums=(0, 1))(x, y), grad_and_value(cube)(x)
grad(lambda t: (cube(t), {'kept': t * 2}), has_aux=True)(x), grad_and_value(lambda t: (cube(t), t * 2), has_aux=True)(x)
grad(lambda d: (d['a'] * d['b'][0]).sum())({'a': x, 'b': (v,)})
grad(lambda t: grad(cube)(t).sum())(x), grad(grad(lambda t: t ** 4))(torch.tensor(2.0)), grad(grad(grad(torch.sin)))(torch.tensor(0.3))
grad(lambda t: grad(lambda s: (s * t ** 2).sum())(v).sum())(x)
[one.detach() for one in (grad(cube)(p), grad(lambda t: (t * p).sum())(x))], grad(cube)(p).requires_grad, grad(lambda t: (t * p).sum())(x).requires_grad
torch.autograd.grad(grad(cube)(p).sum(), p), torch.autograd.grad(grad(lambda t: (t ** 2 * p).sum())(x).sum(), p)
torch.autograd.grad(vmap(grad(lambda t: (t * p).sin().sum()))(y).pow(2).sum(), p)
vjp(wave, x)[0], vjp(wave, x)[1](v), vjp(pair, x, y)[1]((v, torch.tensor(2.0))), vjp(lambda t: (wave(t), t), x, has_aux=True)[2]
jvp(wave, (x,), (v,)), jvp(pair, (x, y), (v, y)), jvp(lambda t: (wave(t), 2 * t), (x,), (v,), has_aux=True), jvp(lambda t: torch.ones(2), (x,), (v,))
linearize(wave, x)[0], linearize(wave, x)[1](v)
jacrev(wave)(x), jacfwd(wave)(x), jacrev(pair, argnums=1)(x, y), jacrev(pair, argnums=(0, 1))(x, y), jacrev(lambda t: (wave(t), t), has_aux=True)(x)
hessian(cube)(x), jacfwd(jacrev(cube))(x), hessian(lambda t: wave(t).sum())(x), hessian(lambda a, b: (a * b ** 2).sum(), argnums=(0, 1))(x, v)
vmap(cube)(y), vmap(lambda t: t * 2, in_dims=1)(y), vmap(lambda t: t * 2, in_dims=1, out_dims=1)(y), vmap(lambda t: (t, t.sum()), out_dims=(1, 0))(y)
vmap(lambda a, b: a @ b, in_dims=(0, None))(y, v), vmap(lambda d: d['a'] * d['b'], in_dims=({'a': 0, 'b': None},))({'a': x, 'b': v}), vmap(torch.dot)(y, y)
vmap(vmap(lambda a, b: a * b), in_dims=(0, None))(y, x), vmap(lambda t: t, out_dims=(0,))(x), vmap(lambda t, n: t * n, in_dims=(0, None))(x, 3), vmap(cube, chunk_size=1)(y)
vmap(lambda t: t + torch.rand(3), randomness='same')(y)[0], torch.rand(1)
vmap(grad(cube))(y), vmap(jacrev(wave))(y), vmap(hessian(cube))(y), jacrev(vmap(cube))(y), grad(lambda t: vmap(cube)(t).sum())(y)
vmap(lambda t: (t, None and t, t)[0])(x), vmap(lambda t: (t, 3), out_dims=(0, None))(x)
A.jacobian(wave, x), A.jacobian(pair, (x, y)), A.jacobian(lambda t: torch.ones(2), x), A.jacobian(wave, x, vectorize=True, strategy='forward-mode')
A.jacobian(wave, p, create_graph=True).requires_grad, torch.autograd.grad(A.jacobian(wave, p, create_graph=True).sum(), p)
A.hessian(cube, x), A.hessian(lambda a, b: (a * b ** 2).sum(), (x, v)), A.hessian(cube, p, create_graph=True).requires_grad
A.vjp(wave, x, v), A.vjp(cube, x), A.vjp(pair, (x, y), (v, torch.tensor(2.0))), A.jvp(wave, x, v), A.jvp(pair, (x, y), (v, y)), A.jvp(torch.sin, torch.tensor(1.0))
A.hvp(cube, x, v), A.vhp(cube, x, v), A.hvp(lambda a, b: (a * b ** 2).sum(), (x, v), (v, x)), A.vhp(lambda t: t.sum(), x, v)
"""
ERRORS = """
grad(cube)(1.0)
grad(torch.sin)(x)
grad(lambda t: 1.0)(x)
grad(lambda t: t.sum())(torch.ones(2, dtype=torch.int64))
grad(cube, argnums=1)(x)
grad(cube, has_aux=True)(x)
vmap(torch.sin, in_dims=3)(x)
vmap(torch.sin, in_dims=None)(x)
vmap(lambda t: t)(3.0)
vmap(lambda t: t)()
vmap(lambda t: t, randomness='a')
vmap(lambda t: 3)(x)
vmap(lambda t: t + torch.rand(1))(x)
vmap(lambda t, s: t)(x, torch.ones(4))
vmap(lambda t, s: t, in_dims=[0, 0])(x, x)
vmap(lambda t: t, chunk_size=0)
vjp(wave, x)[1](torch.ones(2))
vjp(lambda t: 3, x)
jvp(wave, (x,), (torch.ones(2),))
jvp(wave, x, x)
A.jacobian(lambda t: torch.ones(2), x, strict=True)
A.jacobian(lambda t: 3, x)
A.jacobian(cube, 3)
A.hessian(wave, x)
A.vjp(wave, x)
A.vjp(wave, x, torch.ones(2))
A.jvp(wave, x)
A.vhp(cube, x)
A.hvp(lambda a, b: (a * b).sum(), (x, x), (x,))
stack_module_state([])
"""


@pytest.mark.parametrize("expression", VALUES.strip().splitlines())
def test_values(expression):
    check(SETTING + expression, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("statement", ERRORS.strip().splitlines())
def test_errors(statement):
    if "jvp" in statement:
        check(SETTING + statement)
    else:
        check_message(SETTING + statement)


def test_modules():
    check(
        SETTING + "models = [nn.Linear(3, 2) for _ in range(3)]\n"
        "parameters, buffers = stack_module_state(models)\n"
        "base = nn.Linear(3, 2)\n"
        "made = vmap(lambda p, b, t: functional_call(base, (p, b), (t,)), in_dims=(0, 0, None))(parameters, buffers, y)\n"
        "loss = lambda p, t: functional_call(base, p, (t,)).pow(2).mean()\n"
        "state = {name: one.detach() for name, one in base.named_parameters()}\n"
        "parameters, made, vmap(grad(loss), in_dims=(None, 0))(state, y)",
        rtol=1e-4,
    )


@pytest.mark.parametrize("setting", ["net = nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Linear(4, 1))", "net = nn.LSTM(3, 2)"])
def test_first_order_of_any_operation(setting):
    """Captured parameters that require grad don't ask for second-order gradients until somebody differentiates the result."""
    call = "net(t).sum()" if "GELU" in setting else "net(t.unsqueeze(0))[0].sum()"
    check(f"{SETTING}{setting}\ngrad(lambda t: {call})(x).detach()", rtol=1e-4, atol=1e-5)


def test_second_order_of_an_operation_without_it():
    found = outcome(
        ours, SETTING + "torch.autograd.grad(grad(lambda t: torch.linalg.qr((t * p).reshape(-1, 1))[1].sum())(x.abs()).sum(), p)"
    )
    assert isinstance(found, NotImplementedError)
    assert "create_graph" in str(found)


@pytest.mark.parametrize("expression", [
    "torch.autograd.gradcheck(lambda t: (t ** 2).sum(0), (w,)), torch.autograd.gradcheck(lambda t, s: (t * s, t.sum()), (w, z))",
    "torch.autograd.gradcheck(lambda t: t * t.detach(), (w,), raise_exception=False), torch.autograd.gradgradcheck(lambda t: t ** 3, (w,))",
    "torch.autograd.gradcheck(lambda t: t * t.detach(), (w,))", "torch.autograd.gradcheck(lambda t: t, (w.detach(),))",
    "torch.autograd.gradcheck(nn.Linear(3, 2).double(), (w,)), torch.autograd.gradgradcheck(torch.sin, (w,))",
])  # fmt: skip
def test_gradient_check(expression):
    setting = "w = torch.tensor([[0.5, 1.0, -2.0]], dtype=torch.float64, requires_grad=True)\nz = torch.tensor(2.0).double()\n"
    expected, found = outcome(__import__("torch"), setting + expression), outcome(ours, setting + expression)
    assert found == expected or type(found).__name__ == type(expected).__name__, (expected, found)


@pytest.mark.parametrize("code", [
    "p = torch.ones(3, requires_grad=True)\nwith torch.autograd.graph.saved_tensors_hooks(lambda t: t * 2, lambda t: t / 2):\n"
    "    (p * p).exp().sum().backward()\np.grad",
    "p = torch.ones(3, requires_grad=True)\nwith torch.autograd.graph.save_on_cpu():\n    made = (p * p).exp().sum()\nmade.backward()\np.grad",
    "t = torch.ones(2, requires_grad=True)\nu = t * 1\nmade = (u * u).sum()\ntorch.autograd.graph.increment_version(u)\nmade.backward()\nt.grad",
    "V = torch.autograd.Variable\nt = torch.ones(2)\nisinstance(t, V), V(t, requires_grad=True), V(t * 2).requires_grad, torch.is_anomaly_enabled()",
    "with torch.autograd.detect_anomaly(check_nan=False):\n    made = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()\nmade",
    "t = torch.ones(2, requires_grad=True)\nisinstance((t * 2).grad_fn, torch.autograd.graph.Node)",
])  # fmt: skip
def test_autograd_names(code):
    check(code)
