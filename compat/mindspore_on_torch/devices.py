"""Devices, their memory, streams and events: mindspore.runtime, mindspore.hal and names of the top level."""

from __future__ import annotations

import time
from collections import namedtuple
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import context

torch: Any = frameworks.load("torch")

DeviceInfo = namedtuple("DeviceInfo", ["device_target", "device_id"])
# The order in which the tables of memory_summary and memory_stats list what PyTorch counts.
COUNTS = {
    "total_reserved_memory": "reserved_bytes.all.current", "total_allocated_memory": "allocated_bytes.all.current",
    "total_idle_memory": "inactive_split_bytes.all.current", "total_eager_free_memory": "",
    "max_reserved_memory": "reserved_bytes.all.peak", "max_allocated_memory": "allocated_bytes.all.peak",
}  # fmt: skip


def get_current_device() -> DeviceInfo:
    """mindspore.get_current_device: (device_target, device_id)."""
    return DeviceInfo(context.state["device_target"], context.state["device_id"])


def set_deterministic(deterministic: bool) -> None:
    """mindspore.set_deterministic: only operators that give the same result each time. TypeError for what is no bool."""
    if not isinstance(deterministic, bool):
        raise errors.invalid(TypeError, f"The parameter 'deterministic' must be <class 'bool'>, but got {type(deterministic)}")
    torch.use_deterministic_algorithms(deterministic)


class DeviceCtx:
    """mindspore.DeviceCtx: a context in which new tensors go to another device: "CPU", "GPU" or "meta"."""

    def __init__(self, name: str, device_id: int | None = None) -> None:
        place = context.torch_device(name if device_id is None else f"{name}:{device_id}")
        self.device = torch.device(place)

    def __enter__(self) -> Any:
        self.device.__enter__()
        return self

    def __exit__(self, *reason: object) -> None:
        self.device.__exit__(*reason)


def on_gpu() -> bool:
    """Whether tensors go to a GPU."""
    return bool(context.state["device_target"] == "GPU")


def checked_target(api: str, device_target: str | None) -> str:
    """The device, the current one for None; ValueError for a name that there is not."""
    if device_target is None:
        return str(context.state["device_target"])
    if device_target not in context.DEVICES:
        reason = f"the argument 'device_target' must be one of {list(context.DEVICES)}, but got {device_target}."
        raise errors.invalid(ValueError, f"For '{api}', {reason}")
    return device_target


def device_count(device_target: str | None = None) -> int:
    """mindspore.hal.device_count: 1 for "CPU"."""
    target = checked_target("hal.device_count", device_target)
    return 1 if target == "CPU" else int(torch.cuda.device_count()) if target == "GPU" else 0


def is_available(device_target: str) -> bool:
    """mindspore.hal.is_available."""
    return device_count(checked_target("hal.is_available", device_target)) > 0


def is_initialized(device_target: str) -> bool:
    """mindspore.hal.is_initialized."""
    target = checked_target("hal.is_initialized", device_target)
    return target == "CPU" or (target == "GPU" and bool(torch.cuda.is_initialized()))


def get_device_name(device_id: int, device_target: str | None = None) -> str:
    """mindspore.hal.get_device_name."""
    target = checked_target("hal.get_device_name", device_target)
    return "CPU" if target == "CPU" else str(torch.cuda.get_device_name(device_id))


def get_device_capability(device_id: int, device_target: str | None = None) -> tuple[int, int] | None:
    """mindspore.hal.get_device_capability: (major, minor) of a GPU, None for a CPU."""
    target = checked_target("hal.get_device_capability", device_target)
    return None if target == "CPU" else tuple(torch.cuda.get_device_capability(device_id))


def get_device_properties(device_id: int, device_target: str | None = None) -> Any:
    """mindspore.hal.get_device_properties: what PyTorch knows of a GPU, None for a CPU."""
    target = checked_target("hal.get_device_properties", device_target)
    return None if target == "CPU" else torch.cuda.get_device_properties(device_id)


def get_arch_list(device_target: str | None = None) -> Any:
    """mindspore.hal.get_arch_list: the architectures that PyTorch was built for, None for a CPU."""
    return None if checked_target("hal.get_arch_list", device_target) == "CPU" else torch.cuda.get_arch_list()


def memory_stats(device_target: str | None = None) -> dict[str, Any]:
    """mindspore.runtime.memory_stats: bytes of a GPU; of a CPU nothing is counted, all are 0."""
    gpu = checked_target("memory_stats", device_target) == "GPU" and torch.cuda.is_available()
    found = torch.cuda.memory_stats() if gpu else {}
    pool = {"block_unit_size": 0, "block_counts": 0, "blocks_info": {}}
    counts = {name: int(found.get(key, 0)) for name, key in COUNTS.items()}
    return {**counts, "common_mem_pool_stats": dict(pool), "persistent_mem_pool_stats": dict(pool)}


def memory_allocated(device_target: str | None = None) -> int:
    """mindspore.runtime.memory_allocated: bytes of tensors."""
    return int(memory_stats(device_target)["total_allocated_memory"])


def memory_reserved(device_target: str | None = None) -> int:
    """mindspore.runtime.memory_reserved: bytes taken from the device."""
    return int(memory_stats(device_target)["total_reserved_memory"])


def max_memory_allocated(device_target: str | None = None) -> int:
    """mindspore.runtime.max_memory_allocated: the most bytes of tensors at a time."""
    return int(memory_stats(device_target)["max_allocated_memory"])


def max_memory_reserved(device_target: str | None = None) -> int:
    """mindspore.runtime.max_memory_reserved: the most bytes taken from the device at a time."""
    return int(memory_stats(device_target)["max_reserved_memory"])


def memory_summary(device_target: str | None = None) -> str:
    """mindspore.runtime.memory_summary: a table of memory_stats."""
    rows = [f"| {name:<24} | {value:>16} |" for name, value in memory_stats(device_target).items() if isinstance(value, int)]
    return "\n".join([f"| {'Metric':<24} | {'Bytes':>16} |", f"|{'-' * 26}|{'-' * 18}|", *rows]) + "\n"


def reset_peak_memory_stats(device_target: str | None = None) -> None:
    """mindspore.runtime.reset_peak_memory_stats: count the most bytes anew."""
    if checked_target("reset_peak_memory_stats", device_target) == "GPU" and torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def empty_cache() -> None:
    """mindspore.runtime.empty_cache: give memory that no tensor uses back to the GPU."""
    torch.cuda.empty_cache()


class Stream:
    """mindspore.runtime.Stream: a queue of a GPU. On CPU every call is done when it returns."""

    def __init__(self, priority: int = 0, **kwargs: Any) -> None:
        if not isinstance(priority, int):
            raise errors.invalid(TypeError, f"For 'Stream', the argument 'priority' should be int, but got {type(priority)}.")
        native = kwargs.pop("native", None)
        if kwargs:
            raise errors.UnsupportedArgument("mindspore.runtime.Stream", next(iter(kwargs)), next(iter(kwargs.values())), "priority")
        self.native = torch.cuda.Stream(priority=priority) if native is None and on_gpu() else native

    def synchronize(self) -> None:
        """Wait until it is done."""
        if self.native is not None:
            self.native.synchronize()

    def query(self) -> bool:
        """Whether it is done."""
        return self.native is None or bool(self.native.query())

    def record_event(self, event: Event | None = None) -> Event:
        """Mark this place in the queue."""
        event = event or Event()
        event.record(self)
        return event

    def wait_event(self, event: Event) -> None:
        """Go on only after an event."""
        event.wait(self)

    def wait_stream(self, stream: Stream) -> None:
        """Go on only after what another stream has got so far."""
        if self.native is not None:
            self.native.wait_stream(stream.native)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and self.native == other.native

    def __hash__(self) -> int:
        return hash(self.native)

    def __repr__(self) -> str:
        number = 0 if self.native is None else self.native.stream_id
        return f"Stream(device_name={context.state['device_target']}, device_id:{context.state['device_id']}, stream id:{number})"


class Event:
    """mindspore.runtime.Event: a mark in a stream, for waiting and for measuring; on CPU the time of the call."""

    def __init__(self, enable_timing: bool = False, blocking: bool = False) -> None:
        for name, value in (("enable_timing", enable_timing), ("blocking", blocking)):
            if not isinstance(value, bool):
                raise errors.invalid(TypeError, f"For 'Event', the argument '{name}' should be bool, but got {type(value)}.")
        self.timing = enable_timing
        self.moment: float | None = None
        self.native = torch.cuda.Event(enable_timing=enable_timing, blocking=blocking) if on_gpu() else None

    def record(self, stream: Stream | None = None) -> None:
        """Put it into a stream, the current one for None."""
        self.moment = time.perf_counter()
        if self.native is not None:
            self.native.record(stream.native if stream else torch.cuda.current_stream())

    def wait(self, stream: Stream | None = None) -> None:
        """Let a stream, the current one for None, go on only after it."""
        if self.native is not None:
            self.native.wait(stream.native if stream else torch.cuda.current_stream())

    def synchronize(self) -> None:
        """Wait for it."""
        if self.native is not None:
            self.native.synchronize()

    def query(self) -> bool:
        """Whether it has been reached."""
        return self.native is None or bool(self.native.query())

    def elapsed_time(self, other_event: Event) -> float:
        """Milliseconds from this one to another. RuntimeError without `enable_timing`, or before both were recorded."""
        if not self.timing or self.moment is None or other_event.moment is None:
            raise errors.invalid(RuntimeError, "elapsed_time needs two events with enable_timing that were recorded.")
        if self.native is not None:
            return float(self.native.elapsed_time(other_event.native))
        return (other_event.moment - self.moment) * 1e3


class StreamCtx:
    """mindspore.runtime.StreamCtx: a context in which operators go to a stream; None leaves them where they are."""

    def __init__(self, ctx_stream: Stream | None) -> None:
        if ctx_stream is not None and not isinstance(ctx_stream, Stream):
            raise errors.invalid(TypeError, f"For 'StreamCtx', the argument 'ctx_stream' should be Stream, but got {type(ctx_stream)}.")
        self.context = torch.cuda.stream(ctx_stream.native if ctx_stream else None)

    def __enter__(self) -> Any:
        self.context.__enter__()
        return self

    def __exit__(self, *reason: object) -> None:
        self.context.__exit__(*reason)


def current_stream() -> Stream:
    """mindspore.runtime.current_stream."""
    return Stream(native=torch.cuda.current_stream()) if on_gpu() else Stream()


def default_stream() -> Stream:
    """mindspore.runtime.default_stream."""
    return Stream(native=torch.cuda.default_stream()) if on_gpu() else Stream()


def communication_stream() -> Stream:
    """mindspore.runtime.communication_stream: the current one; one process communicates with nobody."""
    return current_stream()


def set_cur_stream(stream: Stream) -> None:
    """mindspore.runtime.set_cur_stream: where operators go from now on."""
    if not isinstance(stream, Stream):
        raise errors.invalid(TypeError, f"For 'set_cur_stream', the argument 'stream' should be Stream, but got {type(stream)}.")
    if stream.native is not None:
        torch.cuda.set_stream(stream.native)


def set_memory(
    init_size: str = "2GB", increase_size: str = "2GB", max_size: str = "1024GB", optimize_level: str = "O0",
    huge_page_reserve_size: str = "0GB",
) -> None:  # fmt: skip
    """mindspore.runtime.set_memory: `max_size` limits PyTorch's memory of a GPU; how it grows is PyTorch's own affair."""
    if on_gpu() and max_size != "1024GB":
        total = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, float(max_size.removesuffix("GB")) * 2**30 / total))


def dispatch_threads_num(threads_num: int) -> None:
    """mindspore.runtime.dispatch_threads_num: nothing to do: PyTorch dispatches from the calling thread."""


def set_cpu_affinity(enable_affinity: bool, affinity_cpu_list: Any = None, module_to_cpu_dict: Any = None, bind_file: Any = None) -> None:
    """mindspore.runtime.set_cpu_affinity: nothing is bound; results do not depend on it."""


def set_kernel_launch_group(thread_num: int = 2, kernel_group_num: int = 8) -> None:
    """mindspore.runtime.set_kernel_launch_group: nothing to do: it is for compiled graphs."""


def set_kernel_launch_capture(enable_capture_graph: bool, op_capture_skip: Any = None) -> None:
    """mindspore.runtime.set_kernel_launch_capture: nothing to do: it is for compiled graphs."""


def run_check() -> None:
    """mindspore.run_check: multiply two tensors and say that it worked."""
    product = torch.ones(2, 3, device=torch.get_default_device()) @ torch.ones(3, 2, device=torch.get_default_device())
    if not bool((product == 3).all()):
        raise errors.invalid(RuntimeError, "The result of multiplication calculation is incorrect.")
    print(f"compat.mindspore runs on PyTorch {torch.__version__}.")
    print(f"The result of multiplication calculation is correct, it works on platform [{context.state['device_target']}] successfully!")
