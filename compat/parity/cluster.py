"""Cases over a Ray cluster, by the resources that each needs: actors that own a worker process each, as the threads of `pool` do.

A crash or a hang costs its worker process, not the actor; an actor whose node is lost is started elsewhere and does its batch again.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import compat
from compat.errors import CompatError, UsageError
from compat.parity import bundle
from compat.parity.case import Case
from compat.parity.engines import Engine, Work
from compat.parity.pool import Worker
from compat.parity.recording import release, table_digest
from compat.parity.sides import Setting

INSTALL = "pip install 'compat[ray]'"
ACCELERATOR = {"cuda": "GPU", "npu": "NPU"}  # by the names that Ray gives them
BATCH = 32  # cases for one call of an actor, at most
WITHOUT_TENSORS = ("value", "scheduler")
RESTARTS = 3  # of an actor whose node was lost
# Ray counts its users over the network otherwise, and says at each start what a later release will do with unused accelerators.
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}

Resources = Mapping[str, int]


def ray(jobs: int, address: str | None = None) -> Engine:
    """The cluster at `address`, or at RAY_ADDRESS, or one of this machine alone, of `jobs` processors, that is shut down at the end.

    UsageError where Ray is not installed, the cluster can't be reached, or no node of it has what a case needs; CompatError where a node
    has another table, bundle or release than this machine.
    """
    return partial(_run, jobs=jobs, address=address or os.environ.get("RAY_ADDRESS"))


def needs(case: Case, device: str) -> Resources:
    """What one worker process takes for a case: a processor, and an accelerator of the run's where it computes tensors."""
    accelerator = ACCELERATOR.get(device)
    return {"CPU": 1} if accelerator is None or case.kind in WITHOUT_TENSORS else {"CPU": 1, accelerator: 1}


def room(nodes: Sequence[Mapping[str, Any]], needed: Resources) -> int:
    """How many workers of such a need the living nodes of a cluster can hold at once, as `ray.nodes()` describes them."""
    alive = [node["Resources"] for node in nodes if node["Alive"]]
    return sum(min(int(has.get(name, 0) // count) for name, count in needed.items()) for has in alive)


@dataclass
class Group:
    """The cases of one need, in batches that wait, and how many actors serve them."""

    needed: Resources
    setting: Setting
    waiting: deque[list[Case]]
    actors: int


def groups(cases: Sequence[Case], setting: Setting, nodes: Sequence[Mapping[str, Any]]) -> list[Group]:
    """The cases by what they need; UsageError for a need that no node can ever meet."""
    kinds: dict[tuple[tuple[str, int], ...], list[Case]] = {}
    for case in cases:
        kinds.setdefault(tuple(needs(case, setting.device).items()), []).append(case)
    return [_group(dict(needed), found, setting, nodes) for needed, found in kinds.items()]


def _group(needed: Resources, cases: list[Case], setting: Setting, nodes: Sequence[Mapping[str, Any]]) -> Group:
    there = room(nodes, needed)
    if not there:
        raise UsageError(f"no node of the Ray cluster has {_listed(needed)}; they have {'; '.join(_has(node) for node in nodes)}")
    size = max(1, min(BATCH, len(cases) // (4 * there)))
    batches = deque(cases[start : start + size] for start in range(0, len(cases), size))
    own = setting if len(needed) > 1 else replace(setting, device="cpu")
    return Group(needed, own, batches, min(there, len(batches)))


def _listed(resources: Mapping[str, Any]) -> str:
    return ", ".join(f"{count:g} {name}" for name, count in resources.items())


def _has(node: Mapping[str, Any]) -> str:
    known = {name: count for name, count in node["Resources"].items() if name in ("CPU", *ACCELERATOR.values())}
    return _listed(known) or "none"


def facts(setting: Setting) -> dict[str, str]:
    """What must be the same on every node: the code, the table, the bundle, the frameworks."""
    found = {"compat": code_digest(), f"the table in {setting.table}": table_digest(setting.table)}
    found |= {name: release(name) or "" for name in setting.frameworks}
    return found if setting.bundle is None else found | {f"the bundle in {setting.bundle}": bundle.manifest(setting.bundle).digest}


@functools.cache
def code_digest() -> str:
    """A digest of this package's source files."""
    root, found = Path(compat.__file__).parent, hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        found.update(f"{file.relative_to(root)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


class Attendant:
    """An actor: it owns a worker process and asks it about a batch of cases at a time."""

    def __init__(self, setting: Setting, expected: Mapping[str, str]) -> None:
        self.setting, self.expected = setting, expected
        self.worker: Worker | None = None

    def attend(self, work: Work, cases: Sequence[Case]) -> list[Any]:
        """What `work` gives for the cases, in their order; CompatError on a node that is not as it should be."""
        worker = self.worker = self.worker or self._started()
        return [result for case in cases for result in work(worker, case)]

    def _started(self) -> Worker:
        here = facts(self.setting)
        if other := [name for name, value in self.expected.items() if here[name] != value]:
            raise CompatError(
                f"{os.uname().nodename}: not the same on this node of the Ray cluster as where the run was started: {', '.join(other)}"
            )
        os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(compat.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
        return Worker(self.setting.command())

    def stop(self) -> None:
        if self.worker is not None:
            self.worker.stop()


def _run(cases: Sequence[Case], work: Work, setting: Setting, *, jobs: int, address: str | None) -> Iterator[Any]:
    client = _client()
    bundle_folder = setting.bundle and setting.bundle.resolve()
    setting = replace(setting, table=setting.table.resolve(), bundle=bundle_folder)
    joined = client.is_initialized()  # by the program that this runs in
    if not joined:
        _connect(client, jobs, address)
    try:
        yield from _attended(client, groups(cases, setting, client.nodes()), work)
    finally:
        if not joined:
            client.shutdown()


def _client() -> Any:
    try:
        return importlib.import_module("ray")
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise UsageError(f"--engine ray needs Ray, which is not installed: {INSTALL}") from error


def _connect(client: Any, jobs: int, address: str | None) -> None:
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    quiet = {"log_to_driver": False, "logging_level": "error"}
    if address is None:
        client.init(address="local", num_cpus=jobs, include_dashboard=False, **quiet)
        return
    try:
        client.init(address=address, **quiet)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UsageError(f"no Ray cluster at {address}: {error}") from error


def _attended(client: Any, groups: Sequence[Group], work: Work) -> Iterator[Any]:
    """What `work` gives for the batches of every group: an actor gets its next one when it has done one."""
    actors: set[Any] = set()
    running: dict[Any, tuple[Any, Group]] = {}

    def next_batch(actor: Any, group: Group) -> None:
        if group.waiting:
            running[actor.attend.remote(work, group.waiting.popleft())] = (actor, group)
        else:  # what it holds is for others now
            client.get(actor.stop.remote())
            client.kill(actor)
            actors.remove(actor)

    try:
        for group in groups:
            for actor in _actors(client, group):
                actors.add(actor)
                next_batch(actor, group)
        while running:
            (done,), _ = client.wait(list(running), num_returns=1)
            actor, group = running.pop(done)
            yield from _got(client, done)
            next_batch(actor, group)
    finally:
        for actor in actors:
            actor.stop.remote()  # beside the batch that it has
            client.kill(actor)


def _actors(client: Any, group: Group) -> Iterator[Any]:
    options: dict[str, Any] = {"num_cpus": group.needed["CPU"], "num_gpus": group.needed.get("GPU", 0)}
    others = {name: count for name, count in group.needed.items() if name not in ("CPU", "GPU")}
    kind = client.remote(Attendant).options(
        **options, resources=others, max_restarts=RESTARTS, max_task_retries=RESTARTS, max_concurrency=2
    )
    expected = facts(group.setting)
    for _ in range(group.actors):
        yield kind.remote(group.setting, expected)


def _got(client: Any, done: Any) -> list[Any]:
    try:
        return list(client.get(done))
    except client.exceptions.RayTaskError as error:
        raise error.cause from None if isinstance(error.cause, CompatError) else error
