"""What programs say to compilers, devices and tools of PyTorch's that are not here, beside real PyTorch without CUDA."""

import typing
import warnings
from pathlib import Path

import pytest
import torch as real

from tests.torch_on_mindspore.compare import check, ours

SETUP = """
import typing, warnings, importlib
warnings.simplefilter("ignore")
at = lambda name: importlib.import_module(name if torch is real else "compat." + name)
x = torch.arange(3.0)
def attempt(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__
"""

TOLD = r"""
[torch._C._jit_set_profiling_mode(one) for one in (False, True, True)], [torch._C._jit_set_profiling_executor(one) for one in (True, False, True)]
torch._C._jit_override_can_fuse_on_gpu(False), torch._C._jit_set_texpr_fuser_enabled(False), torch._C._get_tracing_state(), str(torch._C._get_accelerator()), attempt(lambda: torch._C._get_accelerator(True))
at("torch._inductor").cudagraph_mark_step_begin(), torch.compiler.cudagraph_mark_step_begin(), at("torch._dynamo").mark_static_address(x, guard=True)
f = torch.compiler.disable(lambda v: v + 1)\ng = torch.compiler.disable(recursive=False, reason="slow")(lambda v: v * 2)\nf(x), g(x), torch.compiler.is_compiling()
with torch.profiler.record_function("forward"):\n    y = x * 2\n\ny
with torch.autograd.profiler.profile(enabled=False) as p:\n    y = x * 2\n\ny, p
torch.profiler.ProfilerActivity.CPU is torch.autograd.ProfilerActivity.CPU, str(torch.profiler.ProfilerActivity.CUDA)
torch.version.cuda, torch.version.hip
torch.fx.wrap("len"), torch.fx.wrap(fn_or_name="sum")
"""

JIT = r"""
class M(nn.Module):\n    n: torch.jit.Final[int]\n    def __init__(self):\n        super().__init__()\n        self.n = 2\n    def forward(self, v):\n        return self.helper(v) * self.n\n    @torch.jit.ignore\n    def helper(self, v):\n        return v + 1\n    @torch.jit.unused\n    def other(self, v):\n        return v\n    @torch.jit.export\n    def third(self, v):\n        return v - 1\n    @torch.jit.ignore(drop=True)\n    def fourth(self, v):\n        return v - 2\n\nm = M()\nm(x), m.helper(x), m.other(x), m.third(x), m.fourth(x)
torch.jit.script(nn.Linear(3, 2).eval())(x * 0).shape, torch.jit.trace(nn.ReLU(), (x - 1,))(x - 1), torch.jit.is_scripting(), torch.jit.is_tracing()
f = torch.jit.fork(lambda v, k: v + k, x, k=2)\ntorch.jit.wait(f), f.wait(), f.value(), f.done()
f = torch.jit.Future()\nf.done(), attempt(f.value), f.set_result(3), f.wait(), attempt(lambda: f.set_result(4)), torch.jit.annotate(typing.List[int], [])
[torch.jit.isinstance(v, t) for v, t in ((x, torch.Tensor), (3, (int, str)), (None, typing.Optional[int]), ("a", typing.Optional[int]), (3, typing.Union[int, str]), (3, int | None))]
[torch.jit.isinstance(v, typing.List[int]) for v in ([1], [1.0], [], (1,))], torch.jit.isinstance([[1]], typing.List[typing.List[int]]), torch.jit.isinstance([1, None], typing.List[typing.Optional[int]])
[torch.jit.isinstance(v, typing.Dict[str, int]) for v in ({}, {"a": 1}, {"a": 1.0}, {1: 1})], [torch.jit.isinstance(v, typing.Tuple[int, int]) for v in ((1, 2), (1,), (), (1, 2.0))]
[attempt(lambda: torch.jit.isinstance([1], t)) for t in ([int], list, typing.List, typing.Dict, tuple)]
"""

CUDA = r"""
[attempt(lambda: torch.cuda.set_device(one)) for one in (-1, 0, "cpu", "cuda", "cuda:0")], attempt(lambda: torch.cuda.set_device(device=-1))
torch.cuda.manual_seed(3), torch.cuda.manual_seed_all(seed=3), attempt(lambda: torch.cuda.manual_seed("x")), torch.cuda.is_bf16_supported() in (True, False)
[attempt(getattr(torch.cuda, n)) for n in "Stream CUDAGraph current_stream get_device_capability get_device_properties get_rng_state synchronize mem_get_info".split()]
[attempt(lambda: getattr(torch.cuda, n)(no_such=1)) for n in "current_device get_device_name current_stream get_rng_state synchronize mem_get_info memory_allocated set_device".split()]
[attempt(lambda: getattr(torch.cuda, n)(device="cuda:0")) for n in "get_device_capability get_device_name get_device_properties synchronize memory_allocated mem_get_info".split()]
with torch.cuda.stream(None):\n    y = x + 1\n\ny
attempt(torch.cuda.device(0).__enter__), attempt(torch.cuda.device(-1).__enter__)
attempt(lambda: at("torch.cuda.memory")._record_memory_history(enabled=None)), attempt(lambda: at("torch.cuda.memory")._dump_snapshot("x"))
torch.xpu.empty_cache(), torch.xpu.memory_allocated(), attempt(torch.xpu.current_device), torch.xpu.is_available(), torch.xpu.device_count()
torch.accelerator.set_device_index(-1), attempt(lambda: torch.accelerator.set_device_index(0)), torch.accelerator.current_accelerator(check_available=True)
"""

TOOLS = r"""
q, d = torch.ao.quantization.QuantStub(), torch.ao.quantization.DeQuantStub(3)\nd(q(x)), repr(q), hasattr(q, "qconfig"), d.qconfig, list(q.state_dict()), isinstance(q, nn.Module)
class Square(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, v):\n        seen.append(isinstance(ctx, torch.autograd.function.FunctionCtx))\n        ctx.save_for_backward(v)\n        return v * v\n    @staticmethod\n    def backward(ctx, g):\n        seen.append(isinstance(ctx, torch.autograd.function.FunctionCtx))\n        return 2 * ctx.saved_tensors[0] * g\n\nseen = []\ny = x.clone().requires_grad_()\nSquare.apply(y).sum().backward()\nseen, y.grad
v = torch.autograd.Variable(x, requires_grad=True)\n(v * v).sum().backward()\nv.grad, v.requires_grad, torch.autograd.Variable(x).requires_grad
p = at("torch.utils._pytree")\nclass Pair:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n\np.register_pytree_node(Pair, lambda v: ([v.a, v.b], None), lambda leaves, _: Pair(*leaves))\nleaves, spec = p.tree_flatten([Pair(1, 2), 3])\nback = p.tree_unflatten(leaves, spec)\nleaves, isinstance(spec, p.TreeSpec), spec.num_leaves, back[0].a, back[0].b, p.tree_map_only(int, lambda v: v + 1, [Pair(1, 2), "a"])[0].b
from collections import OrderedDict\nhooks = OrderedDict()\nh = at("torch.utils.hooks").RemovableHandle(hooks)\nhooks[h.id] = 1\nh.remove()\nlist(hooks), h.remove()
hooks = __import__("collections").OrderedDict()\nwith at("torch.utils.hooks").RemovableHandle(hooks) as h:\n    hooks[h.id] = 1\n\nlist(hooks)
class Backwards(torch.utils.data.Sampler):\n    def __init__(self, data):\n        self.data = data\n    def __iter__(self):\n        return iter(range(len(self.data) - 1, -1, -1))\n    def __len__(self):\n        return len(self.data)\n\nlist(torch.utils.data.DataLoader(x, batch_size=2, sampler=Backwards(x)))
with torch.random.fork_rng(devices=[], enabled=True):\n    a = torch.manual_seed(1).initial_seed()\n\na, attempt(lambda: torch.random.fork_rng(nonsense=1)), attempt(lambda: torch.random.fork_rng(devices=[0]).__enter__() and None)
a, b = torch.autograd.grad((y := x.clone().requires_grad_()).square().sum(), y)[0], torch.autograd.grad((z := x.clone().requires_grad_()).exp().sum(), {"z": z})\na, b
[attempt(lambda: torch.autograd.grad(*one)) for one in (("text", x), (x.clone().requires_grad_().sum(), "text"), (x.clone().requires_grad_().sum(), x), (x.sum(), x))]
fs = at("torch.distributed.tensor")\n[str(one) for one in (fs.Shard(0), fs.Replicate(), fs.Partial("max"))], repr([fs.Shard(dim=1), fs.Replicate(), fs.Partial()]), fs.Shard(0) == fs.Shard(0), fs.Shard(0) == fs.Shard(1), fs.Partial() == fs.Partial("avg"), hash(fs.Replicate()) == hash(fs.Replicate())
fs = at("torch.distributed.tensor")\n[one.is_shard() for one in (fs.Shard(0), fs.Replicate())], fs.Shard(0).is_shard(1), fs.Shard(0).dim, fs.Partial().is_partial("sum"), fs.Replicate().is_replicate(), fs.Partial().reduce_op, attempt(fs.Shard), attempt(lambda: fs.Shard("x")), attempt(lambda: fs.Partial(3)), isinstance(fs.Shard(0), fs.Placement)
"""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("code", [line for table in (TOLD, JIT, CUDA, TOOLS) for line in table.strip().split("\n")])
def test_programs(code: str) -> None:
    check(SETUP + code.replace("\\n", "\n"))


BOTH = pytest.mark.parametrize("torch", [real, ours], ids=["torch", "compat"])


@BOTH
def test_guards_of_the_dispatcher_and_operators_of_libraries_change_nothing(torch: typing.Any) -> None:
    with torch._C._ExcludeDispatchKeyGuard(torch._C.DispatchKeySet(torch._C.DispatchKey.AutogradCUDA)):
        assert (torch.ones(2) + 1).tolist() == [2.0, 2.0]

    @torch.library.custom_op("stand_ins::twice", mutates_args=())
    def twice(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    torch.library.register_fake("stand_ins::twice", torch.empty_like)
    torch.library.register_autograd("stand_ins::twice", lambda _ctx, grad: grad * 2)
    x = torch.ones(2, requires_grad=True)
    twice(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


@BOTH
def test_signatures_for_a_compiler(torch: typing.Any) -> None:
    @torch.jit._overload
    def shifted(v: int) -> int: ...

    def shifted(v):  # noqa: F811
        return v + 1

    class Shift(torch.nn.Module):
        @torch.jit._overload_method
        def forward(self, v: int) -> int: ...

        def forward(self, v):  # noqa: F811
            return v + 1

    assert (shifted(1), Shift()(1)) == (2, 2)


def test_weights_from_an_address(tmp_path: Path) -> None:
    real.save({"w": real.arange(3.0)}, tmp_path / "weights.pth")
    url = (tmp_path / "weights.pth").as_uri()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [
            torch.hub.load_state_dict_from_url(url, model_dir=str(tmp_path / name), progress=False, map_location="cpu", file_name="one.pth")
            for torch, name in ((real, "a"), (ours, "b"))
        ]
    assert found[0]["w"].tolist() == found[1]["w"].tolist() == [0.0, 1.0, 2.0]
    assert (tmp_path / "b" / "one.pth").exists()
    assert ours.hub.get_dir() == real.hub.get_dir()


FOR_ISINSTANCE = [
    "fx.Node", "fx.GraphModule", "jit.ScriptModule", "export.ExportedProgram", "_dynamo.OptimizedModule", "distributed.ProcessGroup",
    "distributed.DeviceMesh", "distributed.tensor.DTensor", "distributed.fsdp.FSDPModule",
]  # fmt: skip


@pytest.mark.parametrize("name", FOR_ISINSTANCE)
def test_types_that_nothing_is_of(name: str) -> None:
    kind: typing.Any = ours
    for part in name.split("."):
        kind = getattr(kind, part)
    assert not isinstance(ours.nn.Linear(1, 1), kind)
    assert not isinstance(ours.ones(1), kind)
    with pytest.raises(NotImplementedError, match=r"\w"):
        kind()


@pytest.mark.parametrize("call", [
    "jit.load('x')", "fx.symbolic_trace(len)", "fx.Tracer()", "fx.Proxy(None)", "fx.Graph()", "export.export(None, ())", "onnx.export(None)",
    "profiler.profile()", "autograd.profiler.profile()", "distributed.fsdp.FullyShardedDataParallel(None)",
])  # fmt: skip
def test_what_is_refused_by_name(call: str) -> None:
    with pytest.raises(NotImplementedError, match=r"\w"):
        eval(f"torch.{call}", {"torch": ours})
