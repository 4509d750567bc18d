"""torch.cuda, as PyTorch without CUDA shows it; MindSpore's wheels run on CPU and Ascend."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.environment.answers import answer, refusal

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
        raise invalid(AssertionError, NOT_COMPILED)


memory_allocated = answer("memory_allocated", 0, "device")
max_memory_allocated = answer("max_memory_allocated", 0, "device")
memory_reserved = answer("memory_reserved", 0, "device")
max_memory_reserved = answer("max_memory_reserved", 0, "device")


def memory_stats(device: Any = None) -> OrderedDict[str, Any]:
    """No statistics."""
    return OrderedDict()


def _without(name: str, *parameters: str) -> Any:
    """What asks for a device raises AssertionError, in PyTorch's words."""
    return refusal(name, AssertionError, NOT_COMPILED, *parameters)


init = _without("init")
current_device = _without("current_device")
get_device_name = _without("get_device_name", "device")
get_device_capability = _without("get_device_capability", "device")
get_device_properties = _without("get_device_properties", "device")
synchronize = _without("synchronize", "device")
current_stream = _without("current_stream", "device")
default_stream = _without("default_stream", "device")
mem_get_info = _without("mem_get_info", "device")
ipc_collect = _without("ipc_collect")
initial_seed = _without("initial_seed")
get_rng_state = _without("get_rng_state", "device")
set_rng_state = _without("set_rng_state", "new_state", "device")
reset_peak_memory_stats = _without("reset_peak_memory_stats", "device")
memory_summary = _without("memory_summary", "device", "abbreviated")
set_per_process_memory_fraction = _without("set_per_process_memory_fraction", "fraction", "device")
xpu_current_device = refusal("current_device", AssertionError, "Torch not compiled with XPU enabled")


def set_device(device: Any) -> None:
    """Nothing for a negative index; ValueError for what is no CUDA device, and AttributeError, as PyTorch without CUDA, for one."""
    kind, _, index = str(device).partition(":") if not isinstance(device, int) else ("cuda", "", str(device))
    if kind != "cuda":
        raise invalid(ValueError, f"Expected a cuda device, but got: {device}")
    if not index:
        raise invalid(ValueError, f"Expected a torch.device with a specified index or an integer, but got: {device}")
    if int(index) >= 0:
        raise invalid(AttributeError, f"set_device: {NOT_COMPILED}")


_record_memory_history = refusal(
    "_record_memory_history", AttributeError, f"_record_memory_history: {NOT_COMPILED}", "enabled", "context", "stacks", "max_entries",
    "device", "clear_history", "compile_context", "global_record_annotations", "skip_actions",
)  # fmt: skip
_dump_snapshot = refusal("_dump_snapshot", AttributeError, f"_dump_snapshot: {NOT_COMPILED}", "filename", "augment_with_fx_traces")


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


class CUDAGraph:
    """Can't be made without CUDA."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Any:
        raise invalid(RuntimeError, "Tried to instantiate dummy base class CUDAGraph")
