"""Record what the public names of one release take: `python -m compat.signatures.record torch [WHEEL]`, or `mindspore`.

PyTorch is read from a wheel, or where it is installed, and not imported. MindSpore is imported, so that a release is recorded by
the Python of an environment that has it. What the file says of other releases stays as it is.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from compat.signatures import snapshots
from compat.signatures.snapshots import FOLDER, Snapshot


def current(framework: str, package: Path | None = None) -> Snapshot:
    """What is installed, or what `package` holds (a wheel, or a folder with `torch` in it), read now."""
    if framework == "mindspore":
        from compat.signatures import mindspore_release  # it imports the framework

        return mindspore_release.snapshot()
    from compat.signatures.torch_release import Release

    return Release(package or installed("torch")).snapshot()


def installed(framework: str) -> Path:
    """The folder that the package of a framework lies in; nothing is imported."""
    found = find_spec(framework)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"No module named {framework!r}", name=framework)
    return Path(found.origin).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m compat.signatures.record", description=__doc__)
    parser.add_argument("framework", choices=("torch", "mindspore"))
    parser.add_argument("package", type=Path, nargs="?", help="a wheel of torch, or a folder that it lies in; without it what is installed")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files are")
    parsed = parser.parse_args()
    now = current(parsed.framework, parsed.package)
    known = {**snapshots.snapshots(parsed.framework, parsed.folder), now.release: now}
    file = parsed.folder / f"{parsed.framework}.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text(snapshots.text_of(parsed.framework, [known[r] for r in snapshots.ordered(known)]), encoding="utf-8")
    print(
        f"{file}: {parsed.framework} {now.release} with {len(now.names)} names; {file.stat().st_size // 1024} KiB for {', '.join(snapshots.ordered(known))}"
    )


if __name__ == "__main__":
    main()
