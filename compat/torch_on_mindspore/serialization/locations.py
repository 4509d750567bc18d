"""Where the storages of a file go: `map_location`, on a machine that has the CPU alone, or an NPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore.descriptors import HERE, device

Restore = Callable[[Any, str], Any]
WRITTEN = "cpu"  # a file from here can be loaded on any machine

NO_CUDA = (
    "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on a CPU-only "
    "machine, please use torch.load with map_location=torch.device('cpu') to map your storages to the CPU."
)


def default_restore_location(storage: Any, location: str) -> Any:
    """`storage`, when it can be where `location` says; RuntimeError otherwise."""
    kind = location.partition(":")[0]
    if kind in ("cpu", HERE):
        return storage
    if kind == "meta":
        raise UnsupportedArgument("torch.load", "map_location", location, "cpu: tensors without data have no counterpart in MindSpore")
    if kind == "cuda":
        raise invalid(RuntimeError, NO_CUDA)
    raise invalid(RuntimeError, f"don't know how to restore data location of torch.storage.UntypedStorage (tagged with {location})")


def restore_location(map_location: Any) -> Restore:
    """The function that puts a storage where `map_location` wants it, as PyTorch reads that argument."""
    if map_location is None:
        return default_restore_location
    if isinstance(map_location, Mapping):
        return lambda storage, location: default_restore_location(storage, map_location.get(location, location))
    if isinstance(map_location, (str, bytes, device)):
        wanted = map_location.decode() if isinstance(map_location, bytes) else str(map_location)
        return lambda storage, _location: default_restore_location(storage, wanted)

    def chosen(storage: Any, location: str) -> Any:
        found = map_location(storage, location)
        return default_restore_location(storage, location) if found is None else found

    return chosen
