"""torch.distributed in a group of one process, beside real PyTorch with gloo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch as real

from tests.torch_on_mindspore.compare import check, check_message, ours

SETUP = """
d = torch.distributed
x = torch.arange(3.0)
w = d.group.WORLD
def attempt(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__
def filled(collective, out, *given, **options):
    return collective(out, *given, **options), out
"""


def begun(torch: Any) -> None:
    torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)


@pytest.fixture
def group() -> Iterator[None]:
    for one in (real, ours):
        begun(one)
    yield
    for one in (real, ours):
        if one.distributed.is_initialized():
            one.distributed.destroy_process_group()


ASKED = r"""
d.is_available(), d.is_initialized(), d.is_gloo_available(), d.is_nccl_available(), d.is_mpi_available(), d.is_backend_available("gloo")
d.get_rank(), d.get_world_size(), d.get_backend(), d.get_rank(w), d.get_world_size(w), d.get_backend(group=w)
d.get_process_group_ranks(w), d.get_process_group_ranks(None), d.get_global_rank(w, 0), d.get_group_rank(w, 0), d.get_group_rank(w, 1)
w.rank(), w.size(), w.name(), isinstance(w, d.ProcessGroup), d.GroupMember.WORLD is w
d.get_node_local_rank(fallback_rank=3), attempt(d.get_node_local_rank), d.is_torchelastic_launched()
g = d.new_group([0])\nd.get_rank(g), d.get_world_size(g), d.get_backend(g), d.get_process_group_ranks(g), d.get_global_rank(g, 0), attempt(lambda: d.get_group_rank(g, 1))
g = d.new_group(ranks=[0], backend="gloo")\nd.destroy_process_group(g)\nd.is_initialized(), attempt(lambda: d.get_rank(g)), attempt(lambda: d.get_backend(g))
[attempt(lambda: d.new_group(ranks)) for ranks in ([0, 1], [1], [0, 0], [])], d.new_group() is w
d.barrier(), d.barrier(group=w, async_op=False), d.barrier(async_op=True).wait(), d.monitored_barrier()
d.destroy_process_group()\nd.is_initialized(), d.group.WORLD, attempt(d.get_rank), attempt(d.get_world_size), attempt(d.barrier)
attempt(lambda: d.init_process_group("gloo", store=d.HashStore(), rank=0, world_size=1))
[str(one) for one in (d.ReduceOp.SUM, d.ReduceOp.AVG, d.ReduceOp.PREMUL_SUM)], [int(getattr(d.ReduceOp, n)) for n in "SUM AVG PRODUCT MIN MAX BAND BOR BXOR".split()]
s = d.HashStore()\ns.set("a", "1")\ns.get("a"), s.add("n", 2), s.add("n", 3), s.check(["a"]), s.check(["b"]), s.delete_key("a"), s.delete_key("a")
""".strip().split("\n")

COLLECTIVES = r"""
filled(d.all_reduce, x), filled(d.all_reduce, x, op=d.ReduceOp.AVG, group=w), d.all_reduce(x, d.ReduceOp.MAX, async_op=True).wait()
work = d.all_reduce(x, async_op=True)\nwork.wait(), work.is_completed(), work.is_success(), work.result(), work.exception()
[attempt(lambda: filled(d.all_reduce, torch.tensor(v), op=getattr(d.ReduceOp, n))) for n in "SUM AVG PRODUCT MIN MAX BAND BOR BXOR".split() for v in ([1.5], [3], [True], [1j])]
y = torch.ones(2, requires_grad=True)\nz = y * 2\nd.all_reduce(z)\nz.sum().backward()\nz, y.grad
filled(d.reduce, x, 0), filled(d.reduce, x, dst=0, op=d.ReduceOp.MIN), [attempt(lambda: d.reduce(x, **k)) for k in ({}, {"dst": 1}, {"dst": 0, "group_dst": 0}, {"group_dst": 0})]
filled(d.broadcast, x, 0), filled(d.broadcast, x, src=0, group=w), [attempt(lambda: d.broadcast(x, **k)) for k in ({}, {"src": 1}, {"src": 0, "group_src": 0}, {"group_src": 0})]
filled(d.all_gather, [torch.zeros(3)], x), d.all_gather(tensor_list=[torch.zeros(3)], tensor=x)
[attempt(lambda: d.all_gather(out, x)) for out in ([], [torch.zeros(3)] * 2, [torch.zeros(4)], [torch.zeros(3).double()], torch.zeros(3), [1])]
o = [torch.zeros(3)]\nd.all_gather(o, torch.ones(3, requires_grad=True))\no
o = torch.zeros(3)\nd.all_gather_into_tensor(o, x), o, [attempt(lambda: d.all_gather_into_tensor(b, x)) for b in (torch.zeros(1, 3), torch.zeros(6), torch.zeros(3).double(), [x])]
filled(d.reduce_scatter, torch.zeros(3), [x]), [attempt(lambda: d.reduce_scatter(torch.zeros(3), b)) for b in ([x, x], x, [x.double()])]
filled(d.reduce_scatter_tensor, torch.zeros(3), x), attempt(lambda: d.reduce_scatter_tensor([x], x))
filled(d.all_to_all, [torch.zeros(3)], [x]), [attempt(lambda: d.all_to_all(*b)) for b in (([x], x), ([x], [x.double()]))]
filled(d.all_to_all_single, torch.zeros(3), x), filled(d.all_to_all_single, torch.zeros(3), x, [3], [3]), attempt(lambda: d.all_to_all_single(torch.zeros(3), x, [2], [2])), attempt(lambda: d.all_to_all_single(torch.zeros(3).double(), x))
o = [torch.zeros(3)]\nd.gather(x, o), o, d.gather(x, gather_list=o, dst=0)
[attempt(lambda: d.gather(*b, **k)) for b, k in (((x,), {}), ((x, [x]), {"dst": 1}), ((x,), {"dst": 1}), ((x, [torch.zeros(4)]), {}), ((x, [x, x]), {}), ((3,), {}))]
filled(d.scatter, torch.zeros(3), [x]), filled(d.scatter, torch.zeros(3), scatter_list=[x], src=0)
[attempt(lambda: d.scatter(*b, **k)) for b, k in (((x,), {}), ((x, [x]), {"src": 1}), ((x,), {"src": 1}), ((x, [torch.zeros(4)]), {}), ((x, [x, x]), {}), ((3,), {}))]
""".strip().split("\n")

OBJECTS = r"""
o = [None]\nd.all_gather_object(o, {"a": x}), o, attempt(lambda: d.all_gather_object([], 3)), attempt(lambda: d.all_gather_object([None, None], 3))
o, one = [None], [1, 2]\nd.all_gather_object(o, one)\no[0] == one, o[0] is one
o = [None]\nd.gather_object(5, o), o, attempt(lambda: d.gather_object(5)), attempt(lambda: d.gather_object(5, o, dst=1)), attempt(lambda: d.gather_object(5, dst=1))
o = [1, {"a": x}]\nd.broadcast_object_list(o, src=0), o, d.broadcast_object_list(o), attempt(lambda: d.broadcast_object_list(o, src=1)), attempt(lambda: d.broadcast_object_list([lambda: 1]))
o = [None]\nd.scatter_object_list(o, [7]), o, [attempt(lambda: d.scatter_object_list(*b, **k)) for b, k in (((o,), {}), (([], [7]), {}), ((o, [7]), {"src": 1}))]
""".strip().split("\n")

SENT = r"""
D = torch.utils.data\ns = D.DistributedSampler(range(4), shuffle=False)\nlist(s), s.rank, s.num_replicas, list(D.DistributedSampler(range(5), rank=0))
[attempt(lambda: d.send(*b)) for b in ((x, 0), (3, 0))], [attempt(lambda: one(x, 0)) for one in (d.isend, d.recv, d.irecv)], [attempt(lambda: one(3, 0)) for one in (d.isend, d.recv, d.irecv)]
p = d.P2POp(d.isend, x, 0)\np.op is d.isend, p.tensor is x, p.peer, attempt(lambda: d.P2POp(len, x, 0)), attempt(lambda: d.batch_isend_irecv([])), attempt(lambda: d.batch_isend_irecv([p]))
""".strip().split("\n")

PARALLEL = r"""
m = nn.parallel.DistributedDataParallel(net)\nm(b).sum().backward()\nlist(m.state_dict()), m(b), [p.grad for p in net.parameters()], m.module is net, repr(m)
m = nn.parallel.DistributedDataParallel(net, find_unused_parameters=True, process_group=w, gradient_as_bucket_view=False)\nwith m.no_sync():\n    m(b).sum().backward()\n\nm(b).sum().backward()\n[p.grad for p in m.parameters()]
attempt(lambda: nn.parallel.DistributedDataParallel(nn.ReLU())), attempt(lambda: nn.parallel.DistributedDataParallel(net, device_ids=[0]))
d.destroy_process_group()\nattempt(lambda: nn.parallel.DistributedDataParallel(net))
""".strip().split("\n")
MODEL = "torch.manual_seed(0)\nnet = nn.Linear(3, 2)\nb = torch.randn(4, 3)\n"


@pytest.mark.usefixtures("group")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("code", [*ASKED, *COLLECTIVES, *OBJECTS, *SENT, *(MODEL + one for one in PARALLEL)])
def test_with_a_group(code: str) -> None:
    check(SETUP + code.replace("\\n", "\n"))


WITHOUT = """
d.is_initialized(), d.group.WORLD
[attempt(call) for call in (d.get_rank, d.get_world_size, d.get_backend, d.barrier, d.new_group, d.destroy_process_group)]
[attempt(lambda: getattr(d, n)(x)) for n in ("all_reduce", "gather", "scatter")]
[attempt(lambda: getattr(d, n)(x, 0)) for n in ("broadcast", "reduce", "send", "isend", "recv", "irecv")]
[attempt(lambda: getattr(d, n)("no", 0)) for n in ("all_reduce", "gather", "scatter", "broadcast", "reduce", "send", "isend", "recv", "irecv")]
[attempt(lambda: getattr(d, n)([x], [x])) for n in ("all_gather", "reduce_scatter", "all_to_all", "all_gather_object", "scatter_object_list")]
[attempt(lambda: getattr(d, n)(x, x)) for n in ("all_gather_into_tensor", "reduce_scatter_tensor", "all_to_all_single", "gather_object")]
attempt(lambda: d.all_gather([x], x)), attempt(lambda: d.broadcast_object_list([1])), attempt(lambda: d.P2POp(d.isend, x, 0))
""".strip().split("\n")


@pytest.mark.parametrize("code", WITHOUT)
def test_without_a_group(code: str) -> None:
    check(SETUP + code)


BEGUN = """
d.init_process_group()
d.init_process_group("gloo")
d.init_process_group(3)
d.init_process_group("gloo", init_method="tcp://127.0.0.1:29511", rank=0)
d.init_process_group("gloo", init_method="tcp://127.0.0.1:29511", world_size=1)
d.init_process_group("gloo", store=d.HashStore(), rank=0)
d.init_process_group("gloo", store=d.HashStore(), world_size=1)
d.init_process_group("gloo", init_method="env://", store=d.HashStore(), rank=0, world_size=1)
d.init_process_group("gloo", init_method="other://x", rank=0, world_size=1)
d.init_process_group("nccl", store=d.HashStore(), rank=0, world_size=1)
d.init_process_group("unheard-of", store=d.HashStore(), rank=0, world_size=1)
d.init_process_group("cpu:gloo,cuda:nccl", store=d.HashStore(), rank=0, world_size=1)
""".strip().split("\n")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("code", BEGUN)
def test_refused_beginnings(code: str) -> None:
    check_message(SETUP + code)


def test_what_torchrun_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29541"}.items():
        monkeypatch.setenv(name, value)
    for backend in ("'gloo'", ""):
        check(
            f"{SETUP}d.init_process_group({backend})\nfound = d.get_rank(), d.get_world_size(), str(d.get_backend()), d.get_node_local_rank()\n"
            "d.destroy_process_group()\nfound"
        )


def test_several_processes_are_refused() -> None:
    d = ours.distributed
    with pytest.raises(NotImplementedError, match="world_size=2"):
        d.init_process_group("gloo", store=d.HashStore(), rank=0, world_size=2)
    assert not d.is_initialized()
