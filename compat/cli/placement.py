"""What `compat parity` takes to run elsewhere: one side at a time on two machines, on a device, on a Ray cluster. No command itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from compat.errors import UsageError
from compat.parity import cluster, recording
from compat.parity.bundle import Bundle
from compat.parity.case import Case
from compat.parity.engines import Engine, local
from compat.parity.report import frameworks_compared
from compat.parity.sides import BOTH, DEVICES, Setting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    halves = parser.add_mutually_exclusive_group()
    halves.add_argument("--record", type=Path, metavar="DIR", help="run the sides of the one framework that is installed, and store them")
    halves.add_argument("--against", type=Path, metavar="DIR", help="run the other sides, and compare them with those stored by --record")
    parser.add_argument("--framework", choices=BOTH, help="the one to record, where both are installed")
    devices = sorted({device for known in DEVICES.values() for device in known})
    parser.add_argument("--device", choices=devices, default="cpu", help="where tensors live: PyTorch's on cuda, MindSpore's on npu")
    parser.add_argument("--engine", choices=("local", "ray"), default="local", help="processes of this machine, or of a Ray cluster")
    parser.add_argument("--ray-address", metavar="ADDRESS", help="the cluster to join (default: RAY_ADDRESS, else one of this machine)")


@dataclass(frozen=True)
class Place:
    """How and on what the cases run. `versions` are the releases that are compared, `facts` all that a result may depend on."""

    setting: Setting
    engine: Engine
    versions: dict[str, str]
    bundle: Bundle | None = None

    @property
    def on_cpu(self) -> bool:
        """Whether everything is computed on CPU, of which the record beside the table speaks."""
        return self.setting.device == "cpu" and (self.bundle is None or self.bundle.manifest.device == "cpu")

    @property
    def facts(self) -> dict[str, str]:
        return {**self.versions, "device": self.setting.device, "bundle": self.bundle.manifest.digest if self.bundle else ""}

    def patterns(self, parsed: argparse.Namespace) -> list[str]:
        """Those that were given, else those that the bundle was recorded with."""
        return list(parsed.patterns) or (list(self.bundle.manifest.patterns) if self.bundle else [])

    def check(self, parsed: argparse.Namespace, cases: Sequence[Case]) -> None:
        """CompatError where the bundle is not of these cases; a word where its numbers are not those that would be drawn here."""
        if self.bundle is None:
            return
        recording.check(self.bundle, cases, whole=not parsed.patterns and not parsed.case)
        if others := recording.drawn_otherwise(self.bundle, cases):
            print(f"{len(others)} cases have other inputs where they are drawn here: the recorded ones are used", file=sys.stderr)


def given(parsed: argparse.Namespace) -> Place:
    """What was asked for; UsageError where it makes no sense, the errors of `Bundle` for a bundle that can't be used."""
    if parsed.accept and (parsed.record or parsed.against or parsed.device != "cpu"):
        raise UsageError("--accept is for a run of both frameworks on CPU")
    if parsed.record and parsed.case:
        raise UsageError("--record stores all cases of the patterns: --case shows one of a run of both frameworks, or of --against")
    if (parsed.record or parsed.against) and (parsed.examples or parsed.samples or parsed.no_fixtures):
        raise UsageError("--record and --against are about the calls of the table: --examples and --samples need both frameworks")
    if parsed.framework and not (parsed.record or parsed.against):
        raise UsageError("--framework is for --record and --against: without these both run")
    if parsed.record:
        framework = recording.chosen(parsed.framework)
        return _place(parsed, Setting(parsed.table, (framework,), parsed.device), frameworks_compared())
    if parsed.against:
        bundle, framework = recording.opened(parsed.against, parsed.framework)
        versions = frameworks_compared() | {bundle.manifest.framework: bundle.manifest.release}
        return _place(parsed, Setting(parsed.table, (framework,), parsed.device, parsed.against), versions, bundle)
    if missing := [name for name in BOTH if name not in frameworks_compared()]:
        raise UsageError(f"{missing[0]} is not installed here: record this machine's side by --record, and compare on another by --against")
    return _place(parsed, Setting(parsed.table, BOTH, parsed.device), frameworks_compared())


def _place(parsed: argparse.Namespace, setting: Setting, versions: dict[str, str], bundle: Bundle | None = None) -> Place:
    recording.checked_device(setting.device, setting.frameworks)
    return Place(setting, _engine(parsed), versions, bundle)


def _engine(parsed: argparse.Namespace) -> Engine:
    if parsed.engine == "ray":
        return cluster.ray(parsed.jobs, parsed.ray_address)
    if parsed.ray_address:
        raise UsageError("--ray-address is for --engine ray")
    return local(parsed.jobs)


def record(parsed: argparse.Namespace, place: Place, cases: Sequence[Case], progress: Callable[[int], None]) -> int:
    """Carry out `--record`."""
    manifest = recording.record(
        cases, place.setting, place.engine, parsed.record, parsed.timeout,
        patterns=parsed.patterns, resume=parsed.resume, progress=progress,
    )  # fmt: skip
    size = sum(file.size for file in manifest.files.values())
    print(
        f"recorded: {manifest.cases} cases, {manifest.framework} {manifest.release} on {manifest.device}, {size / 1e6:.1f} MB in {parsed.record}"
    )
    return 0
