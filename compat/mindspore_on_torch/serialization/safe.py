"""Files of the safetensors package, which is needed only for them."""

from __future__ import annotations

import importlib
import json
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.serialization.content import host_bytes, on_host

torch: Any = frameworks.load("torch")

LENGTH_BYTES = 8


def package() -> Any:
    """safetensors, or an error that says how to install it."""
    try:
        importlib.import_module("safetensors.torch")
        return importlib.import_module("safetensors")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "safetensors":
            raise
        raise errors.FrameworkMissing("format='safetensors' needs the package safetensors: pip install safetensors") from error


def write(path: str, values: dict[str, Any], crc_check: bool, remove_redundancy: bool | None) -> None:
    """Write tensors by name. ValueError for text and for complex128, which the format can't hold."""
    safetensors = package()
    metadata = {"format": "ms"}
    if remove_redundancy is not None:
        metadata["remove_redundancy"] = str(remove_redundancy)
    tensors: dict[str, Any] = {}
    storages: set[int] = set()
    for name in sorted(values):
        tensor = values[name]
        if isinstance(tensor, str) or tensor.dtype is torch.complex128:
            kind = "text" if isinstance(tensor, str) else "complex128"
            raise errors.invalid(ValueError, f"For 'save_checkpoint', a safetensors file can't hold {kind}, which {name!r} is.")
        # The package refuses tensors that share memory.
        shared = tensor.untyped_storage().data_ptr() in storages and tensor.numel()
        tensors[name] = tensor.clone() if shared else tensor
        storages.add(tensor.untyped_storage().data_ptr())
    if crc_check:
        metadata["crc_num"] = str(checksum(tensors))
    safetensors.torch.save_file(tensors, path, metadata=metadata if tensors else None)


def checksum(tensors: dict[str, Any]) -> int:
    """The CRC-32 of names and contents, in the order of the names."""
    found = 0
    for name in sorted(tensors):
        found = zlib.crc32(host_bytes(on_host(tensors[name])), zlib.crc32(name.encode(), found))
    return found


def read(file: str | BytesIO, chosen: Any, crc_check: bool) -> dict[str, Any]:
    """The tensors whose names `chosen` takes, in the order of their names; ValueError for a damaged file."""
    safetensors = package()
    try:
        tensors, metadata = _parsed(safetensors, file.getvalue() if isinstance(file, BytesIO) else Path(file).read_bytes())
    except (safetensors.SafetensorError, KeyError) as error:
        reason = f"Fail to parse the input safetensors: {file!r}. Please check the correctness of the file"
        raise errors.invalid(ValueError, f"{reason}: {error}.") from error
    expected = metadata.get("crc_num")
    if crc_check and expected is not None and expected != str(checksum(tensors)):
        raise errors.invalid(ValueError, "For 'load_checkpoint', the crc check has failed: the file is damaged.")
    return {name: tensors[name] for name in sorted(tensors) if chosen(name)}


def _parsed(safetensors: Any, content: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    # Not `safe_open`: it keeps the torch that its first call of a process met, and compat.torch may stand in for another.
    tensors = safetensors.torch.load(content)
    # The package checked the header, and hands out no metadata of what lies in memory.
    header = json.loads(content[LENGTH_BYTES : LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES], "little")])
    return tensors, header.get("__metadata__", {})
