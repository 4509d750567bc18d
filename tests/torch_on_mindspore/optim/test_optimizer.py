"""The base of the optimizers beside real PyTorch: groups, state dicts, hooks, closures, copies, errors."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from compat.errors import UnsupportedArgument
from tests.torch_on_mindspore.compare import check, check_message, exact, ours, plain, real, same
from tests.torch_on_mindspore.optim.test_trajectories import SETUP, TRAIN, VARIANTS

PROGRAMS = """
o = torch.optim.SGD(parameters, lr=0.1); [sorted(o.defaults), len(o.param_groups), list(o.param_groups[0]), dict(o.state)]
o = torch.optim.SGD(iter(parameters)); len(o.param_groups[0]["params"])
o = torch.optim.SGD(nn.Linear(2, 3).named_parameters(), lr=0.1); o.param_groups[0]["param_names"]
o = torch.optim.SGD([{"params": weight}, {"params": iter([bias]), "lr": 3}]); [len(g["params"]) for g in o.param_groups] + [g["lr"] for g in o.param_groups]
o = torch.optim.SGD([weight]); g = {"params": bias}; o.add_param_group(g); [o.param_groups[1] is g, sorted(g)]
o = torch.optim.SGD([weight], lr=0.1); o.state_dict()
o = torch.optim.Adam([{"params": [weight]}, {"params": [bias, scale], "lr": 1}]); o.state_dict()["param_groups"]
o = torch.optim.Adagrad([weight]); o.state_dict()
o = torch.optim.SGD([weight, bias]); loss_of().backward(); o.zero_grad(); [weight.grad, bias.grad, scale.grad]
o = torch.optim.SGD([weight]); loss_of().backward(); kept = weight.grad; o.zero_grad(set_to_none=False); [kept, weight.grad]
o = torch.optim.SGD([weight]); o.step()
o = torch.optim.SGD([weight]); o.step(lambda: 3.5)
o = torch.optim.SGD([weight], lr=0.1); [o.step(lambda: (o.zero_grad(), loss_of().backward(), torch.is_grad_enabled())[2]), torch.is_grad_enabled(), weight]
o = torch.optim.SGD([weight], lr=0.1); o.param_groups[0]["lr"] = 5; loss_of().backward(); o.step(); weight
o = torch.optim.Adam([weight], lr=0.1); weight.grad = torch.ones(4, 3); o.step(); weight.grad = None; o.step(); [weight, o.state_dict()]
o = torch.optim.SGD([weight], lr=0.1); weight.requires_grad_(False); weight.grad = torch.ones(4, 3); o.step(); weight
plainly = torch.ones(3); o = torch.optim.SGD([plainly], lr=0.1); plainly.grad = torch.ones(3); o.step(); plainly
class Mine(torch.optim.Optimizer):\\n    def step(self): return 7\\nMine([weight], {"lr": 2}).step()
class Mine(torch.optim.Optimizer):\\n    def step(self, closure=None):\\n        for g in self.param_groups:\\n            for p in g["params"]: p.data.add_(p.grad, alpha=-g["lr"]); self.state[p]["n"] = 1\\no = Mine([weight], dict(lr=0.5)); loss_of().backward(); o.step(); [weight, o.state_dict()]
torch.optim.Optimizer([weight], {}).step()
o = torch.optim.SGD([weight], lr=0.1); o.load_state_dict({"state": {}, "param_groups": [{"lr": 7, "params": [5]}]}); o.param_groups[0]["lr"], sorted(o.param_groups[0])
o = torch.optim.Adam([weight]); o.load_state_dict({"state": {0: {"step": 3, "exp_avg": torch.ones(4, 3).double()}}, "param_groups": o.state_dict()["param_groups"]}); o.state_dict()["state"]
""".strip().split("\n")


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code: str) -> None:
    code = code.replace("\\n", "\n")
    statements, _, last = code.rpartition("; ") if "\n" not in code.rpartition("; ")[2] else code.rpartition("\n")
    check(f"{SETUP}{statements}\n{last}")


HOOKS = """
import importlib
o = torch.optim.SGD([weight], lr=0.1); seen = []
a = o.register_step_pre_hook(lambda opt, args, kwargs: seen.append(("pre", opt is o, args[1:], sorted(kwargs))))
b = o.register_step_post_hook(lambda opt, args, kwargs: seen.append(("post", opt is o, args[1:], sorted(kwargs))))
M = importlib.import_module(torch.__name__ + ".optim.optimizer")
c = M.register_optimizer_step_pre_hook(lambda opt, args, kwargs: seen.append("all before"))
d = M.register_optimizer_step_post_hook(lambda opt, args, kwargs: seen.append("all after"))
o.step(); o.step(closure=lambda: 3)
e = o.register_step_pre_hook(lambda opt, args, kwargs: (args, {"closure": lambda: 9}))
seen.append(o.step())
for one in (a, b, c, d, e): one.remove()
o.step()
o.register_state_dict_pre_hook(lambda opt: seen.append("asked"))
o.register_state_dict_post_hook(lambda opt, found: {**found, "extra": 1})
o.register_state_dict_post_hook(lambda opt, found: seen.append(sorted(found)), prepend=True)
o.register_load_state_dict_pre_hook(lambda opt, given: {**given, "param_groups": [{**given["param_groups"][0], "lr": 4}]})
o.register_load_state_dict_post_hook(lambda opt: seen.append("loaded"))
kept = o.state_dict(); o.load_state_dict(kept)
[seen, sorted(kept), o.param_groups[0]["lr"]]
"""


def test_hooks() -> None:
    exact(SETUP + HOOKS.strip())


REQUIRED = """
import importlib
required = importlib.import_module(torch.__name__ + ".optim.optimizer").required
"""


def test_required_option() -> None:
    check(
        f"{SETUP}{REQUIRED}\n[repr(required), torch.optim.Optimizer([{{'params': [weight], 'lr': 3}}], {{'lr': required}}).param_groups[0]['lr']]"
    )
    check_message(f"{SETUP}{REQUIRED}\ntorch.optim.Optimizer([weight], {{'lr': required}})")


ERRORS = """
torch.optim.SGD(weight)
torch.optim.SGD([])
torch.optim.SGD([1])
torch.optim.SGD([weight * 1])
torch.optim.SGD([{"params": {weight}}])
torch.optim.SGD([("w", weight), bias])
torch.optim.SGD([{"params": [("w", weight)]}, {"params": [bias]}])
torch.optim.SGD([{"params": [weight]}, {"params": [weight]}])
torch.optim.SGD([weight]).add_param_group([bias])
torch.optim.SGD([weight]).add_param_group({"params": weight})
torch.optim.SGD([weight]).load_state_dict({"state": {}, "param_groups": []})
torch.optim.SGD([weight]).load_state_dict({"state": {}, "param_groups": [{"params": [0, 1]}]})
torch.optim.SGD([weight], lr=-1)
torch.optim.SGD([weight], lr=torch.ones(2))
torch.optim.SGD([weight], momentum=-1)
torch.optim.SGD([weight], weight_decay=-1)
torch.optim.SGD([weight], nesterov=True)
torch.optim.SGD([weight], nesterov=True, momentum=0.9, dampening=0.1)
torch.optim.SGD([weight], foreach=True, fused=True)
torch.optim.SGD([weight], differentiable=True, fused=True)
torch.optim.Adam([weight], lr=-1)
torch.optim.Adam([weight], lr=torch.tensor(0.1), foreach=True)
torch.optim.Adam([weight], betas=(2.0, 0.1))
torch.optim.Adam([weight], betas=(0.1, -1.0))
torch.optim.Adam([weight], betas=(0, 0.1))
torch.optim.Adam([weight], betas=(torch.tensor(0.1), 0.1))
torch.optim.Adam([weight], betas=(torch.tensor(0.1), torch.tensor(0.1)), foreach=True)
torch.optim.Adam([weight], eps=-1)
torch.optim.Adam([weight], weight_decay=-1)
torch.optim.Adamax([weight], eps=-1)
torch.optim.NAdam([weight], momentum_decay=-1)
torch.optim.RAdam([weight], betas=(0.1, 1.0))
torch.optim.Adagrad([weight], lr_decay=-1)
torch.optim.Adagrad([weight], initial_accumulator_value=-1)
torch.optim.Adadelta([weight], rho=2)
torch.optim.RMSprop([weight], alpha=-1)
torch.optim.RMSprop([weight], momentum=-1)
torch.optim.Rprop([weight], etas=(1.5, 2))
torch.optim.ASGD([weight], weight_decay=-1)
torch.optim.Adafactor([weight], lr=-1)
torch.optim.Adafactor([weight], beta2_decay=1)
torch.optim.Adafactor([weight], eps=(-1, 1))
torch.optim.Adafactor([weight], eps=(None, -1))
torch.optim.Adafactor([weight], d=0.5)
torch.optim.Adafactor([weight], weight_decay=-1)
torch.optim.Muon([weight], lr=-1)
torch.optim.Muon([weight], momentum=-1)
torch.optim.Muon([weight], weight_decay=-1)
torch.optim.Muon([bias])
torch.optim.Muon([weight], adjust_lr_fn="best")
torch.optim.SparseAdam([weight], lr=0)
torch.optim.SparseAdam([weight], eps=0)
torch.optim.LBFGS([weight], lr=-1)
torch.optim.LBFGS([{"params": [weight]}, {"params": [bias]}])
torch.optim.swa_utils.get_ema_avg_fn(2)
torch.optim.swa_utils.AveragedModel(nn.Linear(2, 2), avg_fn=max, multi_avg_fn=max)
loss_of().backward(); torch.optim.SparseAdam([weight]).step()
loss_of().backward(); torch.optim.Muon([weight], ns_steps=100).step()
loss_of().backward(); torch.optim.Muon([weight], ns_coefficients=(1, 2)).step()
loss_of().backward(); torch.optim.Adam([weight], capturable=True).step()
loss_of().backward(); torch.optim.NAdam([weight], capturable=True).step()
loss_of().backward(); torch.optim.ASGD([weight], capturable=True).step()
loss_of().backward(); torch.optim.Adadelta([weight], capturable=True).step()
loss_of().backward(); torch.optim.LBFGS([weight], line_search_fn="armijo").step(lambda: loss_of())
""".strip().split("\n")


@pytest.mark.parametrize("code", ERRORS)
def test_errors(code: str) -> None:
    statements, _, last = code.rpartition("; ")
    check_message(f"{SETUP}{statements}\n{last}")


@pytest.mark.parametrize("name", ["SGD", "Adam", "RAdam", "Rprop"])
def test_differentiable_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedArgument, match="differentiable=True"):
        getattr(ours.optim, name)([ours.nn.Parameter(ours.ones(2))], differentiable=True)


@pytest.mark.parametrize("variant", VARIANTS)
def test_state_dict_of_pytorch_loads(variant: str) -> None:
    """PyTorch's state after twenty steps, loaded here, leads to the same parameters after twenty more."""
    theirs: dict[str, Any] = {}
    mine: dict[str, Any] = {}
    for torch, scope in ((real, theirs), (ours, mine)):
        scope.update(torch=torch, nn=torch.nn)
        # A centered RMSprop divides by the difference of two numbers that are nearly equal, where the last digit of a gradient in
        # float32, which depends on the processor, is worth a thousandth; in float64 the parameters agree to 1e-14.
        double = (
            "x, y = x.double(), y.double()\nfor one in parameters: one.data = one.data.double()\n" if "centered=True" in variant else ""
        )
        exec(f"{SETUP}{double}optimizer = torch.optim.{variant}", scope)
    mine.update(x=converted(theirs["x"]), y=converted(theirs["y"]))  # the last digit of a normal number depends on it, too
    exec(TRAIN, theirs)
    for one, other in zip(theirs["parameters"], mine["parameters"], strict=True):
        other.data.copy_(ours.tensor(one.detach().numpy()))
    mine["optimizer"].load_state_dict(converted(theirs["optimizer"].state_dict()))
    exec(TRAIN, theirs)
    exec(TRAIN, mine)
    expected, found = ([plain(scope[name]) for name in ("parameters",)] for scope in (theirs, mine))
    assert same(expected, found, 1e-5, 1e-6)
    assert same(plain(theirs["optimizer"].state_dict()), plain(mine["optimizer"].state_dict()), 1e-5, 1e-6)


def converted(value: Any) -> Any:
    """PyTorch's tensors as tensors of compat.torch."""
    if isinstance(value, real.Tensor):
        return ours.tensor(value.detach().numpy().copy())
    if isinstance(value, dict):
        return {key: converted(one) for key, one in value.items()}
    return type(value)(map(converted, value)) if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))], ids=["deepcopy", "pickle"])
def test_copies(copied: Any) -> None:
    """A copy has parameters and state of its own."""
    weight = ours.nn.Parameter(ours.ones(3))
    optimizer = ours.optim.Adam([weight], lr=0.1)
    weight.grad = ours.ones(3)
    optimizer.step()
    other = copied(optimizer)
    moved = other.param_groups[0]["params"][0]
    moved.grad = ours.ones(3)
    before = weight.detach().numpy().copy()
    other.step()
    assert np.array_equal(weight.detach().numpy(), before)
    assert [other.state[moved]["step"].item(), optimizer.state[weight]["step"].item()] == [2, 1]
    assert not np.array_equal(moved.detach().numpy(), before)
