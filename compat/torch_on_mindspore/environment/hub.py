"""Downloaded files: torch.hub and torch.utils.model_zoo."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import sys
import uuid
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import Request, urlopen

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore.serialization import files


class SilentProgress:
    """A progress bar that shows nothing, where the package tqdm is not installed."""

    def __init__(self, iterable: Any = None, *_args: Any, **_options: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Any:
        return iter(self.iterable)

    def update(self, n: float = 1) -> None:
        """Nothing is shown."""

    def close(self) -> None:
        """Nothing was shown."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing was shown."""


tqdm: Any = importlib.import_module("tqdm").tqdm if importlib.util.find_spec("tqdm") else SilentProgress
HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")

__all__ = ["HASH_REGEX", "download_url_to_file", "get_dir", "load", "load_state_dict_from_url", "set_dir", "tqdm", "urlparse"]


class _Chosen:
    folder: str | None = None


def _get_torch_home() -> str:
    """$TORCH_HOME, else torch in $XDG_CACHE_HOME or ~/.cache."""
    cache = os.getenv("XDG_CACHE_HOME", "~/.cache")
    return os.path.expanduser(os.getenv("TORCH_HOME", os.path.join(cache, "torch")))


def get_dir() -> str:
    """The folder that downloads go to."""
    return _Chosen.folder or os.path.join(_get_torch_home(), "hub")


def set_dir(d: str | os.PathLike[str]) -> None:
    _Chosen.folder = os.path.expanduser(d)


def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
    """Download to a file, whole or not at all; RuntimeError when its SHA-256 does not begin with `hash_prefix`."""
    target = Path(os.path.expanduser(dst))
    partial = target.with_name(f"{target.name}.{uuid.uuid4().hex}.partial")
    digest = hashlib.sha256()
    try:
        with urlopen(Request(url, headers={"User-Agent": "torch.hub"})) as source, partial.open("wb") as sink:
            while block := source.read(1 << 20):
                sink.write(block)
                digest.update(block)
        if hash_prefix is not None and not digest.hexdigest().startswith(hash_prefix):
            raise invalid(RuntimeError, f'invalid hash value (expected "{hash_prefix}", got "{digest.hexdigest()[: len(hash_prefix)]}")')
        shutil.move(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> Any:
    """`torch.load` of a file that is downloaded unless it is there already."""
    if os.getenv("TORCH_MODEL_ZOO"):
        warnings.warn("TORCH_MODEL_ZOO is deprecated, please use env TORCH_HOME instead", stacklevel=2)
    folder = Path(model_dir or os.path.join(get_dir(), "checkpoints"))
    folder.mkdir(parents=True, exist_ok=True)
    cached = folder / (file_name or os.path.basename(urlparse(url).path))
    if not cached.exists():
        sys.stderr.write(f'Downloading: "{url}" to {cached}\n')
        found = HASH_REGEX.search(cached.name) if check_hash else None
        download_url_to_file(url, str(cached), found[1] if found else None, progress)
    return files.load(str(cached), map_location=map_location, weights_only=weights_only)


def load(repo_or_dir: str, model: str, *args: Any, source: str = "github", **kwargs: Any) -> Any:
    """The result of an entry point of a local folder's hubconf.py; UnsupportedAPI for what would have to be downloaded and run."""
    if source != "local":
        raise UnsupportedAPI("torch.hub.load from a repository: clone it, then torch.hub.load(folder, model, source='local')")
    path = os.path.join(repo_or_dir, "hubconf.py")
    spec = importlib.util.spec_from_file_location("hubconf", path)
    if spec is None or spec.loader is None or not os.path.exists(path):
        raise invalid(FileNotFoundError, f"{path}: no such file")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, repo_or_dir)
    try:
        spec.loader.exec_module(module)
        entry = getattr(module, model, None)
        if not callable(entry):
            raise invalid(RuntimeError, f"Cannot find callable {model} in hubconf")
        return entry(*args, **kwargs)
    finally:
        sys.path.remove(repo_or_dir)
