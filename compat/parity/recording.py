"""One framework's side of a run: recorded into a bundle, and a bundle of the other framework's held against the cases of this table."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from compat import frameworks
from compat.errors import CompatError, UsageError
from compat.parity.bundle import Arrays, Bundle, Framework, Manifest, Recording
from compat.parity.case import Case, definition
from compat.parity.engines import Engine
from compat.parity.sides import BOTH, DEVICES, OTHER, Setting, inputs_of
from compat.parity.worker import record as outcomes

SHOWN = 3  # ids in a message


def release(framework: Framework) -> str | None:
    """The installed release of a framework, without the build that follows a plus; None where it is absent."""
    found = frameworks.available(framework)
    return found and found.partition("+")[0]


def chosen(asked: Framework | None) -> Framework:
    """The framework to record: the one that is installed, or `asked` where both are. UsageError where that does not say which."""
    installed = [name for name in BOTH if release(name)]
    if asked in installed:
        return asked
    if asked or not installed:
        raise UsageError(f"{asked or 'torch or mindspore'} is not installed here")
    if len(installed) > 1:
        raise UsageError("torch and mindspore are both installed: choose the one to record by --framework")
    return installed[0]


def checked_device(device: str, frameworks: Iterable[Framework]) -> str:
    """The device; UsageError for one that no tensor of these frameworks can live on."""
    known = {name for framework in frameworks for name in DEVICES[framework]}
    if device not in known:
        raise UsageError(f"--device {device}: {' and '.join(frameworks)} run on {' or '.join(sorted(known))} here")
    return device


def table_digest(folder: Path) -> str:
    """A digest of the table's files in a folder."""
    found = hashlib.sha256()
    for file in sorted(folder.glob("*.yaml")):
        found.update(f"{file.name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def record(
    cases: Sequence[Case],
    setting: Setting,
    engine: Engine,
    folder: Path,
    seconds: float,
    *,
    patterns: Sequence[str] = (),
    resume: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Manifest:
    """Record into `folder` what the one framework of `setting` gives for the cases, each in at most so many seconds.

    What was ready is kept when this is stopped, and `resume` goes on from there; see `Recording` for the errors.
    """
    (framework,) = setting.frameworks
    manifest = Manifest(framework, release(framework) or "", setting.device, platform.platform(), np.__version__,
                        table_digest(setting.table), list(patterns), len(cases))  # fmt: skip
    definitions = {case.id: definition(case) for case in cases}
    recording = Recording(folder, _key(manifest, definitions), resume=resume)
    try:
        for entry in outcomes([case for case in cases if case.id not in recording.lines], setting, engine, seconds):
            recording.add(replace(entry, definition=definitions[entry.id]))
            if progress:
                progress(recording.count)
    except BaseException:
        recording.flush()
        raise
    return recording.finish(definitions, manifest)


def _key(manifest: Manifest, definitions: dict[str, str]) -> str:
    """What a recording is a recording of."""
    return hashlib.sha256(json.dumps([manifest.text(), definitions]).encode()).hexdigest()


def opened(folder: Path, asked: Framework | None) -> tuple[Bundle, Framework]:
    """A bundle, and the framework that runs the other side of it here.

    UsageError where that is not installed, or is not the one that was `asked` for; the errors of `Bundle`.
    """
    bundle = Bundle(folder)
    theirs = bundle.manifest.framework
    ours = OTHER[theirs]
    if asked not in (None, ours):
        raise UsageError(f"{folder} holds {theirs}'s side: the other one is {ours}'s")
    if release(ours) is None:
        raise UsageError(f"{folder} holds {theirs}'s side, and {ours}, which runs the other one, is not installed here")
    return bundle, ours


def check(bundle: Bundle, cases: Sequence[Case], *, whole: bool) -> None:
    """CompatError unless the bundle has every one of these cases as it is defined here, and, if these are the `whole` of it, no other."""
    here = {case.id: definition(case) for case in cases}
    missing = [id for id in here if id not in bundle.cases]
    if missing and not whole:
        raise CompatError(f"{bundle.folder}: {_some(missing)} not recorded: record with the same patterns")
    changed = [id for id, own in here.items() if id in bundle.cases and bundle.cases[id].definition != own]
    gone = [id for id in bundle.cases if id not in here] if whole else []
    if changed or missing or gone:
        raise CompatError(
            f"{bundle.folder}: of another table or release of compat: {_some([*changed, *missing, *gone])} changed, new or gone: record again"
        )


def _some(ids: Sequence[str]) -> str:
    more = len(ids) - SHOWN
    return f"{len(ids)} cases ({', '.join(ids[:SHOWN])}{f' and {more} more' if more > 0 else ''})"


def drawn_otherwise(bundle: Bundle, cases: Iterable[Case]) -> list[str]:
    """The cases whose inputs are other numbers where they are drawn here: another NumPy, or another processor's logarithm."""
    found = [case.id for case in cases if any(_differ(given, bundle.inputs(case.id, whose)) for whose, given in inputs_of(case).items())]
    bundle.close()
    return found


def _differ(here: Arrays, there: Arrays) -> bool:
    return here.keys() != there.keys() or any(
        array.shape != there[name].shape or array.tobytes() != there[name].tobytes() for name, array in here.items()
    )
