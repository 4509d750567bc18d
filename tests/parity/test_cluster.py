"""`--engine ray` on a cluster of this machine alone: the results of the process pool, a crash included; needs that can't be met are refused.

The cluster takes some ten seconds to start, so all tests here share one.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from compat.errors import CompatError, UsageError
from compat.parity import cluster
from compat.parity.case import Case
from compat.parity.cases import cases
from compat.parity.cluster import groups, needs, room
from compat.parity.engines import local
from compat.parity.sides import Setting
from compat.parity.worker import run
from compat.table.load import MAPPINGS
from compat.table.model import Table

SETTING = Setting(MAPPINGS)
CRASH = "mindspore:mindspore.ops.multi_margin_loss:empty-mean"  # MindSpore 2.10 ends the process on an empty batch
# MindSpore leaves a result without elements as the memory was, so that its numbers are others each time.
SEEN = ("id", "status", "checks", "reason", "ending", "side", "reference", "style", "dtype")


def case(kind: Any = "function") -> Case:
    return Case("torch", "torch.sum", "torch.sum", "base", None, {}, (), False, kind=kind)


def node(alive: bool = True, **resources: float) -> dict[str, Any]:
    return {"Alive": alive, "Resources": {"memory": 1e9, **resources}}


# --- what needs no cluster ---

NEEDS = {
    "a call on CPU": ("function", "cpu", {"CPU": 1}),
    "a call on a GPU": ("class", "cuda", {"CPU": 1, "GPU": 1}),
    "a call on an NPU": ("optimizer", "npu", {"CPU": 1, "NPU": 1}),
    "a number, beside GPUs": ("value", "cuda", {"CPU": 1}),
    "a schedule, beside NPUs": ("scheduler", "npu", {"CPU": 1}),
}


@pytest.mark.parametrize(("kind", "device", "expected"), NEEDS.values(), ids=NEEDS)
def test_what_a_case_needs(kind: str, device: str, expected: dict[str, int]) -> None:
    assert needs(case(kind), device) == expected


ROOM = {
    "no node": ([], {"CPU": 1}, 0),
    "a node that is gone": ([node(alive=False, CPU=4)], {"CPU": 1}, 0),
    "one node and a half": ([node(CPU=1), node(CPU=2.5)], {"CPU": 1}, 3),
    "processors here, accelerators there": ([node(CPU=4), node(GPU=4)], {"CPU": 1, "GPU": 1}, 0),
    "the scarcer of the two": ([node(CPU=4, GPU=2), node(CPU=4)], {"CPU": 1, "GPU": 1}, 2),
    "named as Ray names them": ([node(CPU=8, NPU=8)], {"CPU": 1, "NPU": 1}, 8),
}


@pytest.mark.parametrize(("nodes", "needed", "expected"), ROOM.values(), ids=ROOM)
def test_how_many_workers_a_cluster_holds(nodes: Any, needed: dict[str, int], expected: int) -> None:
    assert room(nodes, needed) == expected


def test_cases_are_grouped_by_need() -> None:
    some = [*[replace(case(), fixture=str(number)) for number in range(100)], case("value")]
    computing, plain = groups(some, replace(SETTING, device="cuda"), [node(CPU=4, GPU=2), node(CPU=1)])
    assert (computing.needed, computing.setting.device, computing.actors) == ({"CPU": 1, "GPU": 1}, "cuda", 2)
    assert (plain.needed, plain.setting.device, plain.actors) == ({"CPU": 1}, "cpu", 1)
    assert [one for batch in computing.waiting for one in batch] == some[:100]
    assert max(map(len, computing.waiting)) <= cluster.BATCH


def test_ray_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster.importlib, "import_module", absent)
    with pytest.raises(UsageError, match=r"needs Ray, which is not installed: pip install 'compat\[ray\]'"):
        list(run([case()], MAPPINGS, engine=cluster.ray(1)))


def absent(name: str) -> Any:
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


# --- on a cluster ---


@pytest.fixture(scope="module")
def ray_cluster() -> Iterator[Any]:
    pytest.importorskip("ray", reason="--engine ray is an extra")
    with pytest.MonkeyPatch.context() as environment, warnings.catch_warnings():
        for name, value in cluster.QUIET.items():
            environment.setenv(name, value)
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"ray\..*")
        warnings.filterwarnings("ignore", category=FutureWarning, module=r"ray\..*")
        warnings.filterwarnings("ignore", category=ResourceWarning)  # of processes and pipes that ray.init leaves to the end
        import ray

        ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
        yield ray
        ray.shutdown()


def seen(results: Any) -> dict[str, tuple[Any, ...]]:
    return {result.id: tuple(getattr(result, name) for name in SEEN) for result in results}


def test_the_results_of_the_pool(table: Table, ray_cluster: Any) -> None:
    assert ray_cluster.is_initialized()
    chosen = cases(table, ["torch.cumsum", "mindspore.mint.nn.L1Loss", "torch.pi", "torch.optim.Rprop"])[:59]
    chosen += [replace(one, declared=None) for one in cases(table, ["mindspore.ops.multi_margin_loss"]) if one.id == CRASH]
    pool = list(run(chosen, MAPPINGS, engine=local(2)))
    spread = list(run(chosen, MAPPINGS, engine=cluster.ray(2)))
    assert len(spread) == len(chosen) == 60
    assert seen(spread) == seen(pool)
    crashed = next(result for result in spread if result.id == CRASH)
    assert (crashed.status, crashed.ending, crashed.side) == ("differs", "crashed", "reference")
    assert sum(result.status == "agrees" for result in spread) > 40


def test_what_no_node_has_is_refused(ray_cluster: Any) -> None:
    assert ray_cluster.is_initialized()
    with pytest.raises(UsageError, match="no node of the Ray cluster has 1 CPU, 1 NPU; they have 2 CPU"):
        list(run([case()], MAPPINGS, setting=replace(SETTING, device="npu"), engine=cluster.ray(2)))


def test_a_node_with_another_table_is_refused(ray_cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ray_cluster.is_initialized()
    plain = cluster.facts
    monkeypatch.setattr(cluster, "facts", lambda setting: {name: "other" if "table" in name else v for name, v in plain(setting).items()})
    with pytest.raises(CompatError, match=f"not the same on this node of the Ray cluster .*: the table in {MAPPINGS}"):
        list(run([case()], MAPPINGS, engine=cluster.ray(2)))
