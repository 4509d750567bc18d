"""torch.cuda, as PyTorch without CUDA shows it; MindSpore's wheels run on CPU and Ascend."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from compat.errors import invalid

NOT_COMPILED = "Torch not compiled with CUDA enabled"


def is_available() -> bool:
    """False."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def get_arch_list() -> list[str]:
    """No architecture."""
    return []


def manual_seed(seed: int) -> None:
    """Accepted; there is no CUDA generator to seed, as in PyTorch without CUDA."""
    int(seed)


def manual_seed_all(seed: int) -> None:
    """Accepted; there is no CUDA generator to seed, as in PyTorch without CUDA."""
    int(seed)


def seed() -> None:
    """Nothing is seeded."""


def seed_all() -> None:
    """Nothing is seeded."""


def empty_cache() -> None:
    """There is no cache."""


def get_rng_state_all() -> list[Any]:
    """No device, no state."""
    return []


def set_rng_state_all(new_states: Any) -> None:
    """Raise AssertionError for the state of any device; there is none to take it."""
    for _ in new_states:
        refuse()


def _nothing(device: Any = None) -> int:
    """0 bytes; there is no device to hold any."""
    return 0


memory_allocated = max_memory_allocated = memory_reserved = max_memory_reserved = _nothing


def memory_stats(device: Any = None) -> OrderedDict[str, Any]:
    """No statistics."""
    return OrderedDict()


def refuse(*_args: Any, **_kwargs: Any) -> Any:
    """What asks for a device raises AssertionError, in PyTorch's words."""
    raise invalid(AssertionError, NOT_COMPILED)


# what PyTorch without CUDA refuses in these words, or in an AttributeError of its own
init = current_device = set_device = get_device_name = get_device_capability = get_device_properties = refuse
synchronize = current_stream = default_stream = mem_get_info = ipc_collect = initial_seed = refuse
get_rng_state = set_rng_state = reset_peak_memory_stats = memory_summary = set_per_process_memory_fraction = refuse


class device:
    """The device to make current inside a block; there is none, so that the block can't be entered, but for None or -1."""

    def __init__(self, device: Any) -> None:
        self.idx = device

    def __enter__(self) -> None:
        if self.idx is not None and self.idx != -1:
            raise invalid(RuntimeError, "PyTorch was compiled without CUDA support")

    def __exit__(self, *_error: object) -> None:
        """Nothing changed."""


class StreamContext:
    """The stream to make current inside a block: none."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        """Nothing changes."""

    def __exit__(self, *_error: object) -> None:
        """Nothing changed."""


def stream(stream: Any) -> StreamContext:
    """A block that changes nothing; a stream other than None can't exist here."""
    return StreamContext(stream)


class Stream:
    """Can't be made without CUDA."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Any:
        raise invalid(RuntimeError, "torch.cuda.Stream requires CUDA support")


class Event:
    """Can't be made without CUDA."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Any:
        raise invalid(RuntimeError, "Tried to instantiate dummy base class Event")
