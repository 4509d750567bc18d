"""Packages that nobody here wrote, fetched from the registry into build/port, where they stay; nothing of them is committed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

from compat.errors import UsageError

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
BUILD = Path(__file__).parents[2] / "build" / "port"
# By the name under which it is imported.
PACKAGES = ("torchvision", "timm", "transformers", "torchmetrics", "einops", "segmentation_models_pytorch", "pytorch_lightning")
STANDARD = "standard library"


def sections() -> tuple[list[str], list[str]]:
    """The requirements: what is ported, and what its imports need."""
    ported, needed = REQUIREMENTS.read_text(encoding="utf-8").split("\n\n")
    return lines(ported), lines(needed)


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip"] if find_spec("pip") else [shutil.which("pip") or ""]
    if not command[0]:
        raise UsageError("packages are fetched by pip, and there is none")
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise UsageError(f"pip {' '.join(arguments)}: {done.stderr.strip().splitlines()[-1]}")


def fetched(package: str) -> Path:
    """The folder that holds the package as it was published."""
    folder = BUILD / "before" / package
    if not folder.exists():
        (requirement,) = [line for line in sections()[0] if re.split("[=-]", line)[0] == re.split("_", package)[0]]
        downloads = BUILD / "downloads"
        pip("download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(downloads), requirement)
        (wheel,) = downloads.glob(f"{package}-{requirement.partition('==')[2]}-*.whl")
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(part)
        part.rename(folder)
    return folder


def needed() -> Path:
    """The folder with what the imports of the packages need."""
    folder = BUILD / "needed"
    if not folder.exists():
        pip("install", "--quiet", "--no-deps", "--target", str(folder), *sections()[1])
    return folder


def standard_library() -> list[Path]:
    root = Path(sysconfig.get_path("stdlib"))
    return sorted(file for file in root.rglob("*.py") if not {"site-packages", "__pycache__"} & set(file.parts))
