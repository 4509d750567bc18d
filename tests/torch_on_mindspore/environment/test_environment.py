"""What a program touches besides tensors and modules, beside real PyTorch without CUDA."""

import warnings

import pytest

from tests.torch_on_mindspore.compare import check, check_message, ours, real

SETUP = """
torch.manual_seed(0)
import importlib
checkpoint = importlib.import_module("torch.utils.checkpoint" if torch is real else "compat.torch.utils.checkpoint")
pytree = importlib.import_module("torch.utils._pytree" if torch is real else "compat.torch.utils._pytree")
net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Dropout(0.5), nn.Linear(4, 2))
x = torch.randn(5, 3)
y = x.clone().requires_grad_()
calls = []
def counted(*a):
    calls.append(1)
    return net(a[0])
def train(out):
    out.sum().backward()
    return out, [p.grad for p in net.parameters()], y.grad, len(calls), torch.rand(1)
def attempt(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__, str(error).partition("\\n")[0]
"""

PROGRAMS = r"""
train(checkpoint.checkpoint(counted, y, use_reentrant=True))
train(checkpoint.checkpoint(counted, y, use_reentrant=False))
train(checkpoint.checkpoint(counted, x, use_reentrant=False))[:3]
train(checkpoint.checkpoint(lambda a, b, k: net(a) * b * k, y, x[:, :1], 3, use_reentrant=True))
train(checkpoint.checkpoint(lambda a, scale: net(a) * scale, y, scale=2.0, use_reentrant=False))
train(checkpoint.checkpoint(lambda a: (net(a), a * 2), y, use_reentrant=False)[0])
train(checkpoint.checkpoint(lambda a: a * 2, checkpoint.checkpoint(net, y, use_reentrant=False), use_reentrant=False))
train(checkpoint.checkpoint_sequential(net, 2, y, use_reentrant=False))
with torch.no_grad():\n    out = checkpoint.checkpoint(counted, y, use_reentrant=True)\nout.requires_grad, len(calls)
checkpoint.checkpoint(net, x, use_reentrant=True).requires_grad
pytree.tree_flatten({"a": [1, (2, 3)], "b": None})[0]
pytree.tree_map(lambda v: v * 2, {"a": [1, (2, 3)], "b": 4})
pytree.tree_map(lambda v, w: v + w, [1, (2, 3)], [10, (20, 30)])
leaves, spec = pytree.tree_flatten([1, {"x": (2,)}])\npytree.tree_unflatten([v + 1 for v in leaves], spec), spec.num_leaves
pytree.tree_map_only(int, lambda v: -v, [1, "a", 2.0])
pytree.tree_leaves([[1, 2], [3]], is_leaf=lambda v: v == [3]), pytree.tree_all(bool, [1, 0]), pytree.tree_any(bool, [1, 0])
torch.cuda.is_available(), torch.cuda.device_count(), torch.cuda.memory_allocated(), torch.cuda.is_initialized(), torch.cuda.empty_cache(), torch.cuda.get_rng_state_all()
[attempt(lambda: getattr(torch.cuda, n)()) for n in ("current_device", "synchronize", "get_device_name", "Stream", "Event", "init", "mem_get_info")]
with torch.cuda.stream(None):\n    pass
attempt(torch.cuda.device(0).__enter__)
attempt(lambda: x.to("cuda")), attempt(lambda: net.to("cuda:0")), attempt(lambda: torch.ones(1, device="cuda"))
torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic, torch.backends.cudnn.enabled, torch.backends.cudnn.is_available(), torch.backends.mps.is_available(), torch.backends.mps.is_built()
torch.backends.cudnn.benchmark = True\nresult = torch.backends.cudnn.benchmark\ntorch.backends.cudnn.benchmark = False\nresult
with torch.backends.cudnn.flags(enabled=True, benchmark=True, deterministic=True):\n    inside = torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic\ninside, torch.backends.cudnn.benchmark
torch.backends.cuda.matmul.allow_tf32, torch.backends.cuda.flash_sdp_enabled(), torch.backends.cuda.is_built()
torch.are_deterministic_algorithms_enabled(), torch.get_float32_matmul_precision(), str(torch.get_default_device())
torch.use_deterministic_algorithms(True, warn_only=True)\nresult = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()\ntorch.use_deterministic_algorithms(False)\nresult
torch.set_float32_matmul_precision("high")\ntorch.set_float32_matmul_precision("x")\nresult = torch.get_float32_matmul_precision()\ntorch.set_float32_matmul_precision("highest")\nresult
torch.compiler.is_compiling(), torch.jit.is_scripting(), torch.jit.is_tracing(), torch.distributed.is_initialized()
torch.jit.annotate(int, 3), isinstance(net, torch.jit.ScriptModule)
with torch.autocast("cuda"):\n    out = net[0](x)\nout
with torch.autocast("cpu", enabled=False):\n    out = net[0](x)\nout
torch.is_autocast_enabled(), str(torch.get_autocast_dtype("cuda")), torch.is_autocast_cache_enabled()
torch.autocast("cuda")(lambda v: v + 1)(1)
s = torch.amp.GradScaler("cuda")\ns.is_enabled(), s.scale(x) is x, s.get_scale(), s.state_dict()
s = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=1)\ns.scale(x), s.get_scale(), s.state_dict()
s, o = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=1), torch.optim.SGD(net.parameters(), lr=0.1)\ns.scale(net(x).sum()).backward()\ns.step(o)\ns.update()\ns.get_scale(), list(net.parameters())
s, o = torch.amp.GradScaler("cpu", init_scale=8.0), torch.optim.SGD(net.parameters(), lr=0.1)\ns.scale(net(x).sum() * float("inf")).backward()\ns.unscale_(o)\ns.step(o)\ns.update()\ns.get_scale(), list(net.parameters())
s, o = torch.amp.GradScaler("cpu"), torch.optim.SGD(net.parameters(), lr=0.1)\ns.scale(net(x).sum()).backward()\ns.unscale_(o)\nattempt(lambda: s.unscale_(o)), s.step(o), attempt(lambda: s.step(o))
torch.__version__ > "2.0", torch.__version__ >= (2, 13), torch.__version__ < "2.9", torch.__version__ == "1.0", torch.__version__.split("+")[0], isinstance(torch.__version__, str)
[attempt(lambda: torch.get_device_module(one).__name__.rpartition(".")[2]) for one in (None, "cpu", "cuda", "cuda:1", "xpu", torch.device("cpu"))], attempt(lambda: torch.get_device_module(3)), attempt(lambda: torch.get_device_module("maia"))[0]
torch.version.cuda, torch.version.hip, torch.version.debug
torch.xpu.is_available(), torch.xpu.device_count()
attempt(lambda: torch.testing.assert_close(x, x)), attempt(lambda: torch.testing.assert_close([1, x], [1, x])), attempt(lambda: torch.testing.assert_close({"a": 1.0}, {"a": 1.0 + 1e-9}))
[attempt(lambda: torch.testing.assert_close(*pair))[0] for pair in ((x, x + 1), (x, x.double()), (x, x[0]), ([1], [1, 2]), (1, 2), ({"a": 1}, {"b": 1}), (x, [1.0]))]
attempt(lambda: torch.testing.assert_close(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0])))
attempt(lambda: torch.testing.assert_close(x, x + 1e-3, rtol=0.0, atol=0.1)), attempt(lambda: torch.testing.assert_close(torch.tensor(float("nan")), torch.tensor(float("nan")), equal_nan=True))
torch.overrides.is_tensor_like(x), torch.overrides.is_tensor_like(1), torch.overrides.has_torch_function((x,))
""".strip().split("\n")

MESSAGES = r"""
torch.autocast("nothing")
torch.set_num_threads(0)
torch.amp.GradScaler("cpu", growth_factor=0.5)
torch.cuda.current_device()
checkpoint.checkpoint(net, y, use_reentrant=True, k=1)
pytree.tree_unflatten([1, 2], pytree.tree_flatten([1])[1])
torch.compile(net, mode="default", options={})
torch.compile(mode="default", options={})(net)
torch.compile(net, mode="fastest")
torch.compile(net, no_such=1)
torch.compile(3)
""".strip().split("\n")
TYPE_ONLY = ('torch.autocast("nothing")', "pytree.tree_unflatten([1, 2], pytree.tree_flatten([1])[1])")


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code):
    code = code.replace("\\n", "\n")
    check(SETUP + (code + "\nNone" if code.startswith("with") and code.endswith("pass") else code), rtol=2e-5, atol=3e-6)


@pytest.mark.parametrize("code", MESSAGES)
def test_messages(code):
    (check if code in TYPE_ONLY else check_message)(SETUP + code)


def test_compile_returns_what_it_was_given():
    net = ours.nn.Linear(2, 1)
    assert ours.compile(net) is net
    assert ours.compile(mode="reduce-overhead")(len) is len
    assert ours.jit.script(net) is net
    assert ours.jit.trace(net, ours.ones(1, 2)) is net

    @ours.jit.ignore
    def function():
        return 3

    assert function() == 3


@pytest.mark.parametrize(("make", "kind", "text"), [
    (lambda torch: torch.autocast("cuda"), UserWarning, "CUDA is not available or torch_xla is imported. Disabling autocast."),
    (lambda torch: torch.amp.GradScaler(), UserWarning, "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling."),
    (lambda torch: torch.cuda.amp.GradScaler(enabled=False), FutureWarning, "`torch.cuda.amp.GradScaler(args...)` is deprecated."),
])  # fmt: skip
def test_warnings(make, kind, text):
    for torch in (real, ours):
        with pytest.warns(kind) as caught:
            make(torch)
        assert any(str(one.message).startswith(text) for one in caught)


def test_autocast_on_cpu_says_that_it_changes_nothing():
    with pytest.warns(UserWarning, match=r"few kernels in torch.bfloat16. Disabling autocast"):
        block = ours.autocast("cpu", dtype=ours.bfloat16)
    with block:
        assert ours.nn.Linear(2, 1)(ours.ones(1, 2)).dtype is ours.float32
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours.autocast("cpu", enabled=False)


@pytest.mark.parametrize("code", [
    "torch.jit.save(None, 'x')", "torch.fx.symbolic_trace(len)", "torch.fx.Tracer()", "torch.distributed.init_process_group(world_size=2, rank=0, store=1)",
    "torch.onnx.export(None)", "torch.ops.aten.add(1, 2)", "torch.nn.attention.flex_attention.flex_attention()",
    "torch.hub.load('owner/name', 'model')",
])  # fmt: skip
def test_what_cannot_work_raises_when_it_is_called(code):
    with pytest.raises(NotImplementedError, match=r"\w"):
        eval(code, {"torch": ours})
