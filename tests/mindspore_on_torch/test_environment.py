"""Names of the top level that set or tell something: compiler settings, devices, streams, generators, parallel contexts, DLPack."""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import Any

import numpy as np
import pytest

import compat
from compat.errors import UnsupportedAPI, UnsupportedArgument

SETUP = """
import numpy as np
Tensor, nn = ms.Tensor, ms.nn
x = Tensor(np.array([1, 2], np.float32))

class Plain:
    def f(self):
        return 1
"""

SAME = [
    # the compiler
    "ms.mutable(3), ms.mutable((1, 2)), ms.mutable([x])[0], ms.mutable(x) is x, ms.mutable((1, 2), True), ms.mutable(2.5)",
    "ms.JitConfig().jit_config_dict, ms.JitConfig('O1', exc_mode='sink', foo=1).jit_config_dict",
    "ms.jit_class(Plain)().f(), Plain.__ms_class__, ms.no_inline(lambda: 2)(), ms.set_recursion_limit(2000), ms.ms_memory_recycle()",
    "ms.Symbol(max=3).to_dict(), ms.Symbol(divisor=2, remainder=1).to_dict(), 'id' in ms.Symbol(unique=True).to_dict()",
    "ms.STRICT, ms.COMPATIBLE, ms.LAX, [int(kind) if isinstance(kind, int) else kind.name for kind in ms.QuantDtype][-2:]",
    # data types
    "repr(ms.number), str(ms.int_), repr(ms.float_), str(ms.uint), repr(ms.string), repr(ms.tensor_type), str(ms.type_none)",
    "repr(ms.float8_e4m3fn), str(ms.float8_e5m2), repr(ms.hifloat8), repr(ms.list_), str(ms.tuple_)",
    "[repr(ms.get_py_obj_dtype(value)) for value in (1, 1.0, True, 'a', x, (1,), [1], None, int, ms.float32, 1j)]",
    # devices
    "tuple(ms.get_current_device()), ms.get_current_device().device_target, ms.hal.device_count(), ms.hal.is_available('CPU')",
    "ms.hal.is_available('GPU'), ms.hal.get_device_name(0), ms.hal.get_device_capability(0)",
    "ms.runtime.memory_allocated(), ms.runtime.max_memory_reserved(), ms.runtime.memory_stats(), ms.runtime.empty_cache()",
    "ms.runtime.reset_peak_memory_stats(), ms.runtime.set_memory('1GB'), ms.runtime.set_kernel_launch_group()",
    "repr(ms.runtime.Stream())",
    # generators
    "(g := ms.Generator()).manual_seed(5) is g, g.initial_seed(), str(g.get_state().dtype), g.set_state(g.get_state())",
    # memory
    "ms.frombuffer(b'abcd', dtype=ms.int8), ms.frombuffer(b'abcdefgh', dtype=ms.float32, count=1, offset=4).shape",
    "ms.from_dlpack(ms.to_dlpack(x)), (a := Tensor([1.0])), (b := Tensor([2.0, 3.0])), ms.swap_tensors(a, b), a, b",
    # parallel contexts
    "ms.ParallelMode.DATA_PARALLEL, ms.ParallelMode.MODE_LIST",
    "[ms.get_auto_parallel_context(n) for n in ('device_num', 'global_rank', 'parallel_mode', 'gradients_mean', 'full_batch')]",
    "[ms.get_auto_parallel_context(n) for n in ('search_mode', 'pipeline_stages', 'enable_parallel_optimizer', 'loss_repeated_mean')]",
    "ms.set_auto_parallel_context(device_num=8, parallel_mode='data_parallel'), ms.get_auto_parallel_context('device_num'), "
    "ms.reset_auto_parallel_context(), ms.get_auto_parallel_context('device_num'), ms.get_auto_parallel_context('parallel_mode')",
    "ms.get_algo_parameters('tensor_slice_align_size'), ms.set_algo_parameters(fully_use_devices=False), ms.reset_algo_parameters()",
    "ms.get_ps_context('enable_ps'), ms.get_ps_context('worker_num')",
    "ms.communication.get_rank(), ms.communication.get_group_size(), ms.communication.get_local_rank(), ms.communication.GlobalComm.INITED",
]

RAISED = [
    "ms.mutable('a')",
    "ms.mutable(3, True)",
    "ms.JitConfig(jit_level='O3')",
    "ms.JitConfig(exc_mode='x')",
    "ms.jit_class(3)",
    "ms.lazy_inline(lambda self: 1)",
    "ms.set_deterministic(1)",
    "ms.set_recursion_limit(0)",
    "ms.set_recursion_limit('a')",
    "ms.Symbol(max='a')",
    "ms.swap_tensors(x, 3)",
    "ms.get_auto_parallel_context('foo')",
    "ms.set_auto_parallel_context(parallel_mode='foo')",
    "ms.set_auto_parallel_context(foo=3)",
    "ms.set_algo_parameters(foo=1)",
    "ms.get_algo_parameters('foo')",
    "ms.hal.is_available('foo')",
    "ms.communication.init('nccl')",
    "ms.communication.create_group('g', [0])",
    "ms.get_py_obj_dtype({'a': 1})",
]


def evaluated(text: str) -> Any:
    def case(ms: Any) -> Any:
        names: dict[str, Any] = {"ms": ms, "__name__": __name__}
        exec(SETUP, names)
        return eval(text, names)

    return case


@pytest.mark.parametrize("text", SAME)
def test_same(text: str, compare: Any) -> None:
    compare(lambda ms: [item if not isinstance(item, dict) else sorted(item.items(), key=str) for item in listed(evaluated(text)(ms))])


def listed(value: Any) -> list[Any]:
    """The results that can be compared: not a framework's own objects."""
    kept = value if isinstance(value, tuple) else (value,)
    return [item for item in kept if isinstance(item, (str, int, float, list, tuple, dict, type(None))) or hasattr(item, "asnumpy")]


@pytest.mark.parametrize("text", RAISED)
def test_errors(text: str, compare_errors: Any) -> None:
    compare_errors(evaluated(text))


def test_refused(ours: Any) -> None:
    for call in (ours.flops_collection, lambda: ours.set_dump(ours.nn.Cell()), lambda: ours.GraphCell(None)):
        with pytest.raises(UnsupportedAPI):
            call()
    with pytest.raises(UnsupportedArgument):
        ours.set_ps_context(enable_ps=True)


def test_a_world_of_one_process(ours: Any, monkeypatch: Any) -> None:
    world = ours.communication
    world.init()
    world.create_group("pair", [0])
    assert (world.get_rank("pair"), world.get_group_size("pair"), world.get_process_group_ranks("pair")) == (0, 1, [0])
    world.destroy_group("pair")
    with pytest.raises(ValueError, match="was not created"):
        world.get_rank("pair")
    world.release()
    monkeypatch.setenv("RANK_SIZE", "2")
    with pytest.raises(UnsupportedAPI, match="one process"):
        world.init()


def test_collectives_of_one_process() -> None:
    alone = importlib.import_module("compat.mindspore_on_torch.distributed")
    Tensor = importlib.import_module("compat.mindspore_on_torch.tensor").Tensor
    x, out, parts = Tensor([1.0, 2.0]), Tensor([0.0, 0.0]), [Tensor([0.0, 0.0])]
    alone.init_process_group("mccl", world_size=1, rank=0)
    assert (alone.get_rank(), alone.get_world_size(), alone.is_initialized(), alone.get_backend()) == (0, 1, True, "mccl")
    assert alone.all_reduce(x) is None
    assert alone.all_reduce(x, async_op=True).is_completed()
    alone.all_gather_into_tensor(out, x)
    alone.all_gather(parts, x * 2)
    gathered: list[Any] = []
    alone.all_gather_object(gathered, "a")
    assert (x.asnumpy().tolist(), out.asnumpy().tolist(), parts[0].asnumpy().tolist(), gathered) == ([1, 2], [1, 2], [2, 4], ["a"])
    for move, arguments in ((alone.gather_into_tensor, ()), (alone.scatter_tensor, ()), (alone.all_to_all_v_c, ([1],))):
        moved = Tensor([0.0, 0.0])
        assert move(moved, x, *arguments) is None
        assert moved.asnumpy().tolist() == ([1, 0] if arguments else [1, 2])
    alone.set_comm_ops_inplace(True)
    for call, kind in (
        (lambda: alone.broadcast(x, 1), ValueError),
        (lambda: alone.all_reduce(x, "foo"), ValueError),
        (lambda: alone.all_reduce(3), TypeError),
        (lambda: alone.all_to_all_v_c(out, x, [1, 1]), ValueError),
        (lambda: alone.set_comm_ops_inplace(1), TypeError),
        (lambda: alone.set_comm_ops_inplace(False), UnsupportedArgument),
        (lambda: alone.send(x), UnsupportedAPI),
        (lambda: alone.init_process_group("mccl", world_size=2, rank=0), UnsupportedAPI),
    ):
        with pytest.raises(kind):
            call()
    alone.destroy_process_group()


def test_a_generator_repeats(ours: Any) -> None:
    generator = ours.Generator()
    generator.manual_seed(3)
    state = generator.get_state()
    generator.seed()
    generator.set_state(state)
    assert generator.initial_seed() == 3
    ours.manual_seed(4)
    assert (ours.initial_seed(), ours.get_rng_state().shape) == (4, ours.default_generator.get_state().shape)


def test_events_measure(ours: Any) -> None:
    first, second = ours.Event(enable_timing=True), ours.Event(enable_timing=True)
    with ours.StreamCtx(ours.current_stream()):
        first.record()
        second.record()
    ours.current_stream().synchronize()
    assert first.query()
    assert 0 <= first.elapsed_time(second) < 1e4
    with pytest.raises(RuntimeError):
        ours.Event().elapsed_time(second)


def test_device_context(ours: Any) -> None:
    with ours.DeviceCtx("meta"):
        assert ours.Tensor([1.0]).is_meta
    assert ours.Tensor([1.0]).asnumpy() == np.float32(1)


def test_the_release_is_said(real: Any) -> None:
    """What a program prints first, and what packages ask before they import anything."""
    with compat.installed("mindspore") as imitated:
        assert imitated.__version__ == imitated.version.__version__ == importlib.metadata.version("mindspore") == real.__version__
