"""Normalisation as functions and modules, forward and backward, beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
torch.manual_seed(0)
def leaf(*shape, dtype=torch.float32, scale=1.0, shift=0.0): return (torch.randn(*shape) * scale + shift).to(dtype).requires_grad_()
def run(result, *leaves):
    torch.manual_seed(7)
    (result * torch.randn(result.shape).to(result.dtype)).sum().backward()
    return result, [one.grad.clone() for one in leaves]
def step(module, x, *more):
    torch.manual_seed(5)
    for one in module.parameters(): torch.nn.init.normal_(one, 1.0, 0.5)
    return run(module(x), x, *module.parameters()), dict(module.state_dict())
"""

FUNCTIONS = """
x = leaf(4, 3); run(F.batch_norm(x, None, None, training=True), x)
x = leaf(4, 3, scale=2.0, shift=5.0); w, b = leaf(3), leaf(3); run(F.batch_norm(x, None, None, w, b, True), x, w, b)
x = leaf(2, 3, 2, 2); w, b = leaf(3), leaf(3); run(F.batch_norm(x, None, None, w, b, True, eps=0.1), x, w, b)
x = leaf(2, 3, 2, 1, 2); w = leaf(3); run(F.batch_norm(x, None, None, w, None, True), x, w)
x = leaf(2, 3, 2); b = leaf(3); run(F.batch_norm(x, None, None, None, b, True), x, b)
x = leaf(2, 3, 2); w, b = leaf(3), leaf(3); m, v = torch.randn(3), torch.rand(3); run(F.batch_norm(x, m, v, w, b), x, w, b) + (m, v)
x = leaf(4, 3); m, v = torch.randn(3), torch.rand(3); run(F.batch_norm(x, m, v, training=True, momentum=0.3), x) + (m, v)
x = leaf(4, 3, 2, dtype=torch.float64); w = leaf(3, dtype=torch.float64); run(F.batch_norm(x, None, None, w, None, True), x, w)
m, v = torch.zeros(3).double(), torch.ones(3).double(); F.batch_norm(leaf(4, 3, dtype=torch.float64), m, v, training=True), m, v
base = torch.zeros(2, 3); F.batch_norm(leaf(4, 3), base[0], base[1], training=True), base
m = torch.zeros(3); kept = m.detach(); F.batch_norm(leaf(4, 3), m, torch.ones(3), training=True); kept
x = leaf(2, 2, 3).transpose(1, 2); F.batch_norm(x, None, None, training=True)
m, v = torch.ones(3), torch.ones(3); F.batch_norm(torch.ones(0, 3), m, v, training=True), m, v
x, w = leaf(2, 3, 0), leaf(3); run(F.batch_norm(x, None, None, w, w, True), x, w)
x = leaf(2, 3, 4); w, b = leaf(3), leaf(3); run(F.instance_norm(x, weight=w, bias=b), x, w, b)
x = leaf(2, 3, 2, 2, dtype=torch.float64); run(F.instance_norm(x), x)
x = leaf(2, 3, 4); m, v = torch.zeros(3), torch.ones(3); run(F.instance_norm(x, m, v, momentum=0.4), x) + (m, v)
x = leaf(2, 3, 4); m, v = torch.zeros(3), torch.ones(3); run(F.instance_norm(x, m, v, use_input_stats=False), x) + (m, v)
x = leaf(2, 4, 3); w, b = leaf(4), leaf(4); run(F.group_norm(x, 2, w, b), x, w, b)
x = leaf(2, 4); run(F.group_norm(x, 1), x)
x = leaf(2, 4, 2, 2, dtype=torch.float64); b = leaf(4, dtype=torch.float64); w = leaf(4, dtype=torch.float64); run(F.group_norm(x, 4, w, b), x, w, b)
x = leaf(0, 4, 2); run(F.group_norm(x, 4), x)
x = leaf(2, 3, 4, scale=3.0, shift=10.0); w, b = leaf(4), leaf(4); run(F.layer_norm(x, (4,), w, b), x, w, b)
x = leaf(2, 3, 4); w, b = leaf(3, 4), leaf(3, 4); run(F.layer_norm(x, [3, 4], w, b, 0.01), x, w, b)
x = leaf(5); run(F.layer_norm(x, (5,)), x)
x = leaf(2, 3, 4, dtype=torch.float64); w, b = leaf(4, dtype=torch.float64), leaf(4, dtype=torch.float64); run(F.layer_norm(x, (4,), w, b), x, w, b)
x = leaf(0, 4); w = leaf(4); run(F.layer_norm(x, (4,), w), x, w)
x, w = leaf(3, 4), leaf(4); run(F.layer_norm(x.detach(), (4,), w), w)
x = leaf(2, 3, 4); w = leaf(4); run(F.rms_norm(x, (4,), w), x, w)
x = leaf(2, 3, 4); w = leaf(3, 4); run(F.rms_norm(x, (3, 4), w, 0.1), x, w)
x = leaf(3, 4, dtype=torch.float64); run(F.rms_norm(x, (4,)), x)
x = leaf(2, 5, 3); run(F.local_response_norm(x, 3, alpha=0.5), x)
x = leaf(2, 4, 3, 2, dtype=torch.float64); run(F.local_response_norm(x, 2, 0.3, 0.5, 2.0), x)
x = leaf(2, 4, 3); run(F.local_response_norm(x, 1), x)
x = leaf(3, 4); run(F.normalize(x), x)
x = leaf(3, 4); run(F.normalize(x, p=3, dim=0), x)
x = leaf(3, 4); run(F.normalize(x, p=1, dim=-1), x)
x = leaf(3, 4); run(F.normalize(x, p=float("inf"), dim=(0, 1)), x)
x = torch.zeros(2, 3, requires_grad=True); run(F.normalize(x), x)
torch.layer_norm(leaf(2, 3), (3,)), torch.group_norm(leaf(2, 4), 2), torch.rms_norm(leaf(2, 3), (3,)), torch.instance_norm(leaf(2, 3, 2), None, None, None, None, True, 0.1, 1e-5, False)
x, w = leaf(3, 4), leaf(4); torch.batch_norm(x, w, None, None, None, True, 0.1, 1e-5, True)
""".strip().split("\n")

NARROW = """
x = leaf(4, 3, dtype=torch.float16); w = leaf(3); run(F.batch_norm(x, None, None, w, None, True), x, w)
x = leaf(4, 3, dtype=torch.float16); w = leaf(3, dtype=torch.float16); run(F.batch_norm(x, None, None, w, None, True), x, w)
m, v = torch.zeros(3).half(), torch.ones(3).half(); F.batch_norm(leaf(4, 3, dtype=torch.float16), m, v, training=True), m, v
x = leaf(4, 8, dtype=torch.float16); w, b = leaf(8), leaf(8); run(F.layer_norm(x, (8,), w, b), x, w, b)
x = leaf(4, 8, dtype=torch.float16); w = leaf(8, dtype=torch.float16); run(F.rms_norm(x, (8,), w), x, w)
x = leaf(2, 4, 3, dtype=torch.float16); w = leaf(4, dtype=torch.float16); run(F.group_norm(x, 2, w), x, w)
F.layer_norm(leaf(4, 8, dtype=torch.bfloat16), (8,))
F.batch_norm(leaf(4, 8, dtype=torch.bfloat16), None, None, training=True)
""".strip().split("\n")

MODULES = """
m = nn.BatchNorm1d(3); step(m, leaf(4, 3)), step(m, leaf(4, 3, 2)), step(m.eval(), leaf(4, 3))
m = nn.BatchNorm2d(3, momentum=None); step(m, leaf(2, 3, 2, 2)), step(m, leaf(2, 3, 2, 2)), m
m = nn.BatchNorm3d(2, affine=False); step(m, leaf(2, 2, 2, 1, 2)), m
m = nn.BatchNorm2d(2, track_running_stats=False); step(m, leaf(2, 2, 2, 2)), step(m.eval(), leaf(2, 2, 2, 2)), m, list(m.state_dict())
m = nn.BatchNorm1d(2, bias=False); step(m, leaf(3, 2)), m, [n for n, _ in m.named_parameters()]
m = nn.BatchNorm1d(3, dtype=torch.float64); step(m, leaf(4, 3, dtype=torch.float64))
m = nn.BatchNorm1d(3); m(leaf(4, 3)); m.reset_running_stats(); m.state_dict()
m = nn.BatchNorm1d(3); m(leaf(4, 3)); m.reset_parameters(); m.state_dict()
m = nn.BatchNorm1d(3); kept = m.running_mean; m(leaf(4, 3)); kept, kept is m.running_mean
m = nn.BatchNorm1d(3); m.weight.requires_grad = False; x = leaf(4, 3); run(m(x), x, m.bias)
nn.BatchNorm1d(2, dtype=torch.float64).running_var.dtype, nn.BatchNorm1d(2)._version
m = nn.SyncBatchNorm(3); step(m, leaf(4, 3)), m
n = nn.Sequential(nn.BatchNorm1d(3), nn.ReLU(), nn.Sequential(nn.BatchNorm2d(4))); s = nn.SyncBatchNorm.convert_sync_batchnorm(n); s, s[0].weight is n[0].weight
m = nn.InstanceNorm1d(3, affine=True); step(m, leaf(2, 3, 4)), step(m, leaf(3, 4)), m
m = nn.InstanceNorm2d(3, track_running_stats=True); step(m, leaf(2, 3, 2, 2)), step(m.eval(), leaf(2, 3, 2, 2)), m
m = nn.InstanceNorm3d(3); step(m, leaf(2, 3, 2, 1, 2)), list(m.state_dict())
nn.InstanceNorm1d(3)(torch.ones(2, 4, 2))
m = nn.LayerNorm(4); step(m, leaf(2, 4)), m
m = nn.LayerNorm((3, 4), bias=False); step(m, leaf(2, 3, 4)), m, m.normalized_shape
m = nn.LayerNorm([4], elementwise_affine=False); step(m, leaf(2, 4)), m, m.weight, m.bias
m = nn.RMSNorm(4); step(m, leaf(2, 4)), m
m = nn.RMSNorm((3, 4), 0.1, False); step(m, leaf(2, 3, 4)), m
m = nn.GroupNorm(2, 4); step(m, leaf(2, 4, 3)), m
m = nn.GroupNorm(2, 4, affine=False); step(m, leaf(2, 4, 3)), m
m = nn.GroupNorm(2, 4, bias=False); m, m.bias
m = nn.LocalResponseNorm(3, 0.1); step(m, leaf(2, 4, 3)), m
m = nn.CrossMapLRN2d(3, 0.1); step(m, leaf(2, 4, 3, 3)), m
m = nn.CrossMapLRN2d(4, 0.1, 0.5, 2.0); step(m, leaf(2, 6, 2, 1)), m
m = nn.BatchNorm1d(2); m.num_batches_tracked += 5; r = m.load_state_dict({k: torch.ones(2) for k in ("weight", "bias", "running_mean", "running_var")}); r, m.num_batches_tracked
nn.InstanceNorm1d(3).load_state_dict({"running_mean": torch.zeros(3), "running_var": torch.zeros(3)})
nn.InstanceNorm1d(3, track_running_stats=True).load_state_dict({})
issubclass(nn.SyncBatchNorm, nn.modules.batchnorm._BatchNorm), issubclass(nn.InstanceNorm1d, nn.modules.batchnorm._NormBase)
""".strip().split("\n")

MESSAGES = """
F.batch_norm(torch.ones(2, 3), None, None)
F.batch_norm(torch.ones(1, 3), None, None, training=True)
F.batch_norm(torch.ones(2, 3), torch.zeros(2), torch.ones(3))
F.batch_norm(torch.ones(2, 3), torch.zeros(3), torch.ones(3), None, torch.ones(2))
F.batch_norm(torch.ones(2, 3), torch.zeros(3), torch.ones(3), eps=-1.0)
F.batch_norm(torch.ones(2, 3), None, None, training=True, eps=0.0)
F.batch_norm(torch.ones(3), torch.zeros(3), torch.ones(3))
F.batch_norm(torch.ones(2, 3).long(), torch.zeros(3), torch.ones(3))
F.batch_norm(torch.ones(2, 3), None, torch.ones(3), training=True)
F.layer_norm(torch.ones(2, 3), (2,))
F.layer_norm(torch.ones(2, 3), 3)
F.layer_norm(torch.ones(2, 3), ())
F.layer_norm(torch.ones(2, 3), (3,), torch.ones(2))
F.layer_norm(torch.ones(2, 3).long(), (3,))
F.layer_norm(torch.ones(2, 3), (3,), torch.ones(3).double())
F.group_norm(torch.ones(2, 4), 3)
F.group_norm(torch.ones(1, 4, 1), 4)
F.group_norm(torch.ones(4), 2)
F.group_norm(torch.ones(2, 4), 0)
F.group_norm(torch.ones(2, 4, 3), 2, torch.ones(3))
F.instance_norm(torch.ones(2, 3, 1))
F.instance_norm(torch.ones(2, 3, 4), use_input_stats=False)
F.instance_norm(torch.ones(2, 3, 4), torch.ones(2), torch.ones(2))
F.rms_norm(torch.ones(2, 3).long(), (3,))
F.normalize(torch.ones(2, 3).long())
nn.BatchNorm1d(3)(torch.ones(3))
nn.BatchNorm2d(3)(torch.ones(3, 3))
nn.InstanceNorm1d(3)(torch.ones(3))
nn.InstanceNorm2d(3)(torch.ones(2, 4))
nn.InstanceNorm1d(3, affine=True)(torch.ones(2, 4, 2))
nn.SyncBatchNorm(3)(torch.ones(2))
nn.GroupNorm(3, 4)
""".strip().split("\n")


@pytest.mark.parametrize("line", FUNCTIONS)
def test_functions(line: str) -> None:
    check(f"{SETUP}\n" + line.replace("; ", "\n"), rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("line", NARROW)
def test_narrow_dtypes(line: str) -> None:
    check(f"{SETUP}\n" + line.replace("; ", "\n"), rtol=1e-2, atol=2e-2)


@pytest.mark.parametrize("line", MODULES)
def test_modules(line: str) -> None:
    check(f"{SETUP}\n" + line.replace("; ", "\n"), rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("line", MESSAGES)
def test_messages(line: str) -> None:
    check_message(line)


def test_float64_keeps_its_digits() -> None:
    for call in ("F.layer_norm(x, (4,))", "F.batch_norm(x, None, None, training=True)", "F.group_norm(x, 2)", "F.rms_norm(x, (4,))"):
        check(f"x = torch.arange(20.).double().reshape(5, 4).sin()\n{call}", rtol=1e-13, atol=1e-14)
