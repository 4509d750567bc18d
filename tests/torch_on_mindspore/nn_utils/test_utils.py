"""torch.nn.utils, beside real PyTorch: vectors, norms, parametrizations, pruning, fusion and functional calls."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
__import__("torch.nn.utils.prune")
parametrize, prune, parametrizations = (getattr(nn.utils, n) for n in ("parametrize", "prune", "parametrizations"))
functional_call = torch.func.functional_call
U = nn.utils
torch.manual_seed(0)
a = nn.Linear(3, 2)
net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
x = torch.randn(5, 3)
class Symmetric(nn.Module):
    def forward(self, w):
        return w.triu() + w.triu(1).t()
    def right_inverse(self, w):
        return w.triu()
class Double(nn.Module):
    def forward(self, w):
        return w * 2
    def right_inverse(self, w):
        return w / 2
class Sum(nn.Module):
    def forward(self, a, b):
        return a * 1.0 + b
    def right_inverse(self, w):
        return w * 0.25, w * 0.75
class Bad(nn.Module):
    def forward(self, w):
        return w[:1]
def grads(m, y):
    y.sum().backward()
    return {n: p.grad for n, p in m.named_parameters()}
def step(m, y):
    y.pow(2).sum().backward()
    with torch.no_grad():
        for p in m.parameters():
            p.sub_(0.1 * p.grad)
    return m.state_dict()
"""

PROGRAMS = r"""
U.parameters_to_vector(net.parameters())
v = torch.arange(8.0)\nU.vector_to_parameters(v, a.parameters())\na.weight, a.bias
functional_call(a, {"weight": torch.ones(2, 3)}, x)
functional_call(a, {"nowhere": x}, x), hasattr(a, "nowhere")
functional_call(a, ({"weight": torch.ones(2, 3)}, {"bias": torch.zeros(2)}), (x,)), a(x)
w = torch.ones(2, 3, requires_grad=True)\nfunctional_call(a, {"weight": w}, (), {"input": x}).sum().backward()\nw.grad, a.weight.grad, a.bias.grad
net[2].weight = nn.Parameter(torch.ones(2, 4))\nnet.tied = net[2]\nfunctional_call(net[2], {"weight": torch.zeros(2, 4)}, torch.ones(1, 4))
U.weight_norm(a)\na(x), list(a.state_dict()), grads(a, a(x))
U.weight_norm(a, dim=None)\na(x), a.weight_g
U.weight_norm(a, dim=1)\na(x), a.weight_g.shape
U.weight_norm(a)\nU.remove_weight_norm(a)\na(x), list(a.state_dict())
parametrizations.weight_norm(a)\na(x), list(a.state_dict()), grads(a, a(x))
parametrizations.weight_norm(a, dim=1)\nstep(a, a(x))
parametrizations.weight_norm(a)\nparametrize.remove_parametrizations(a, "weight")\na(x), list(a.state_dict())
b = nn.Linear(3, 2)\nU.weight_norm(b)\nparametrizations.weight_norm(a)\na.load_state_dict(b.state_dict())\na(x)
U.spectral_norm(a)\na(x), a(x), a.state_dict()
U.spectral_norm(a)\nstep(a, a(x)), a(x)
U.spectral_norm(a)\na.eval()\na(x), U.remove_spectral_norm(a)(x), list(a.state_dict())
parametrizations.spectral_norm(a)\na(x), a(x), a.state_dict()
parametrizations.spectral_norm(a, n_power_iterations=3)\ngrads(a, a(x))
parametrizations.spectral_norm(a).eval()\na(x), a(x)
s = nn.Linear(3, 3)\nparametrize.register_parametrization(s, "weight", Symmetric())\ns.weight, list(s.state_dict()), s(x), repr(s)
s = nn.Linear(3, 3)\nparametrize.register_parametrization(s, "weight", Symmetric())\ngrads(s, s(x))
s = nn.Linear(3, 3)\nparametrize.register_parametrization(s, "weight", Symmetric())\ns.weight = torch.eye(3) * 5\ns.weight, s.parametrizations.weight.original
parametrize.register_parametrization(a, "weight", Double())\nparametrize.register_parametrization(a, "weight", Double())\na.weight, a.parametrizations.weight.original, len(a.parametrizations.weight)
parametrize.register_parametrization(a, "weight", Sum())\na.weight, list(a.state_dict()), step(a, a(x))
parametrize.register_parametrization(a, "weight", Double())\nparametrize.is_parametrized(a), parametrize.is_parametrized(a, "weight"), parametrize.is_parametrized(a, "bias"), type(a).__name__, parametrize.type_before_parametrizations(a).__name__, isinstance(a, nn.Linear)
parametrize.register_parametrization(a, "weight", Double())\nparametrize.remove_parametrizations(a, "weight")\na.weight, type(a).__name__, list(a.state_dict()), parametrize.is_parametrized(a)
parametrize.register_parametrization(a, "weight", Double())\nparametrize.remove_parametrizations(a, "weight", leave_parametrized=False)\na.weight
parametrize.register_parametrization(a, "weight", Bad(), unsafe=True)\na.weight.shape
parametrize.register_parametrization(a, "weight", Double())\nwith parametrize.cached():\n    same = a.weight is a.weight\nsame, a.weight is a.weight
import copy\nparametrize.register_parametrization(a, "weight", Double())\nb = copy.deepcopy(a)\nb.weight = torch.zeros(2, 3)\na.weight, b.weight
b = nn.Linear(3, 2)\nparametrize.register_parametrization(a, "weight", Double())\nparametrize.transfer_parametrizations_and_params(a, b)\nb.weight, list(b.state_dict())
prune.l1_unstructured(a, "weight", 0.5)\na.weight, list(a.state_dict()), a.weight_mask, a(x)
prune.l1_unstructured(a, "weight", 2)\nstep(a, a(x)), a(x)
prune.random_unstructured(a, "weight", 0.5)\na.weight_mask
prune.l1_unstructured(a, "weight", 2)\nprune.l1_unstructured(a, "weight", 0.5)\na.weight_mask
prune.ln_structured(net[0], "weight", 0.5, n=2, dim=0)\nnet[0].weight_mask
prune.ln_structured(net[0], "weight", 1, n=float("inf"), dim=1)\nprune.l1_unstructured(net[0], "weight", 3)\nnet[0].weight_mask
prune.l1_unstructured(net[0], "weight", 3)\nprune.ln_structured(net[0], "weight", 1, n=1, dim=0)\nnet[0].weight_mask
prune.random_structured(net[0], "weight", 2, dim=0)\nnet[0].weight_mask
prune.custom_from_mask(a, "bias", torch.tensor([0, 1]))\na.bias, a(x)
prune.identity(a, "weight")\na.weight_mask
prune.l1_unstructured(a, "weight", 0.5)\nprune.remove(a, "weight")\na.weight, list(a.state_dict()), prune.is_pruned(a)
prune.l1_unstructured(net[0], "weight", 0.5)\nprune.is_pruned(net)
prune.global_unstructured([(net[0], "weight"), (net[2], "weight")], prune.L1Unstructured, amount=0.6)\nnet[0].weight_mask, net[2].weight_mask
c, n = nn.Linear(3, 2).eval(), nn.BatchNorm1d(2).eval()\nn.running_mean.fill_(0.5)\nn.running_var.fill_(2.0)\nU.fuse_linear_bn_eval(c, n)(x), n(c(x))
U.skip_init(nn.Linear, 3, 2).weight.shape
a(x).sum().backward()\nU.get_total_norm([p.grad for p in a.parameters()]), U.get_total_norm([p.grad for p in a.parameters()], float("inf")), U.get_total_norm([p.grad for p in a.parameters()], 1.0)
a(x).sum().backward()\nU.clip_grads_with_norm_(a.parameters(), 0.5, torch.tensor(4.0))\na.weight.grad
a(x).sum().backward()\nU.clip_grad_norm_(a.parameters(), 0.5, 0.0), U.clip_grad_norm_(a.parameters(), 0.5, -float("inf")), U.get_total_norm([])
""".strip().split("\n")

MESSAGES = r"""
U.remove_weight_norm(a)
U.weight_norm(U.weight_norm(a))
U.spectral_norm(a, n_power_iterations=0)
U.vector_to_parameters([1], a.parameters())
functional_call(a, ({"weight": x}, {"weight": x}), x)
parametrize.register_parametrization(a, "nowhere", Double())
parametrize.register_parametrization(a, "weight", Bad())
parametrize.remove_parametrizations(a, "weight")
prune.l1_unstructured(a, "weight", 1.5)
prune.l1_unstructured(a, "weight", -1)
prune.l1_unstructured(a, "weight", 100)
prune.l1_unstructured(a, "weight", "x")
prune.ln_structured(a, "bias", 1, 2, 0)
prune.remove(a, "weight")
U.fuse_conv_bn_eval(a, nn.BatchNorm1d(2))
""".strip().split("\n")
TYPE_ONLY = ('prune.l1_unstructured(a, "weight", 1.5)', 'prune.l1_unstructured(a, "weight", 100)', 'functional_call(a, {"nowhere": x}, x)')


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    check(SETUP + code.replace("\\n", "\n"), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("code", MESSAGES)
def test_messages(code):
    (check if code in TYPE_ONLY else check_message)(SETUP + code)


@pytest.mark.parametrize("shape", [(5, 3), (2, 4, 3), (3,)])
def test_the_gradient_of_a_bias_is_scaled_like_any_other(shape):
    check(
        f"{SETUP}a(torch.ones{shape}).sum().backward()\nfor p in a.parameters():\n    p.grad.mul_(0.5)\n"
        "U.clip_grad_norm_(a.parameters(), 0.1)\n[p.grad for p in a.parameters()]"
    )
