"""Modes, device, seed, jit. PyTorch runs eagerly, so graph mode changes nothing but its own flag."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors, frameworks

torch: Any = frameworks.load("torch")

GRAPH_MODE, PYNATIVE_MODE = 0, 1
DEVICES = ("CPU", "GPU", "Ascend")
# Switches of MindSpore's compiler and memory manager; a program's results do not depend on them.
WITHOUT_EFFECT = (
    "device_id", "max_call_depth", "save_graphs", "save_graphs_path", "enable_graph_kernel", "graph_kernel_flags",
    "pynative_synchronize", "memory_optimize_level", "max_device_memory", "mempool_block_size", "jit_config",
    "jit_level", "runtime_num_threads", "enable_compile_cache", "compile_cache_path", "op_timeout", "check_bprop",
    "print_file_path", "precompile_only", "env_config_path",
)  # fmt: skip

JIT_OPTIONS = {
    "capture_mode", "jit_level", "dynamic", "fullgraph", "backend", "mode", "input_signature", "jit_config",
    "hash_args", "compile_once", "infer_boost", "exec_order", "disable_format_transform", "ge_options",
}  # fmt: skip

# The release of MindSpore that is imitated, of which the table records names and behaviour.
RELEASE = "2.10.0"

state: dict[str, Any] = {"mode": PYNATIVE_MODE, "device_target": "CPU", "device_id": 0, "seed": None}


def set_context(**kwargs: Any) -> None:
    """mindspore.set_context. ValueError for an unknown key or mode."""
    for name, value in kwargs.items():
        if name == "mode":
            if value not in (GRAPH_MODE, PYNATIVE_MODE):
                reason = f"'mode' should be context.GRAPH_MODE (0) or context.PYNATIVE_MODE (1), but got {value}."
                raise errors.invalid(ValueError, f"For 'context.set_context', the argument {reason}")
        elif name == "device_target":
            set_device(value)
        elif name == "deterministic":
            torch.use_deterministic_algorithms(value == "ON")
        elif name not in WITHOUT_EFFECT:
            raise errors.invalid(ValueError, f"For 'context.set_context', the keyword argument {name} is not recognized!")
        state[name] = value


def get_context(attr_key: str) -> Any:
    """mindspore.get_context. ValueError for a key that is neither known nor set."""
    if attr_key not in state and attr_key not in WITHOUT_EFFECT:
        raise errors.invalid(ValueError, f"For 'get_context', the argument {attr_key} is not recognized!")
    return state.get(attr_key)


def set_device(device_target: str, device_id: int | None = None) -> None:
    """mindspore.set_device: where new tensors go. "GPU" is PyTorch's CUDA device."""
    if device_target not in DEVICES:
        reason = f"The argument 'device_target' must be one of {list(DEVICES)}, but got {device_target}."
        raise errors.invalid(ValueError, reason)
    if device_target == "Ascend" or (device_target == "GPU" and not torch.cuda.is_available()):
        raise errors.UnsupportedArgument("mindspore.set_device", "device_target", device_target, available())
    torch.set_default_device("cpu" if device_target == "CPU" else f"cuda:{device_id or 0}")
    state.update(device_target=device_target, device_id=device_id or 0)


def torch_device(name: str) -> str:
    """PyTorch's name for a device: "CPU", "GPU:1", "meta".

    UnsupportedArgument for one that this process lacks, TypeError for what is none.
    """
    kind, _, index = name.partition(":")
    if kind.upper() == "CPU" or kind.lower() == "meta":
        return kind.lower()
    if kind.upper() == "GPU" and torch.cuda.is_available():
        return f"cuda:{index or 0}"
    if kind.upper() not in ("GPU", "ASCEND", "NPU"):
        raise errors.invalid(TypeError, f"Tensor.to and its kind need a device of {list(DEVICES)}, but got {name!r}")
    raise errors.UnsupportedArgument("mindspore", "device", name, available())


def available() -> str:
    """The devices this process has."""
    return '"CPU" or "GPU"' if torch.cuda.is_available() else '"CPU"'


def set_seed(seed: int) -> None:
    """mindspore.set_seed: PyTorch's, NumPy's and Python's generators. MindSpore draws other numbers for a seed."""
    if not isinstance(seed, int):
        raise errors.invalid(TypeError, f"The argument 'seed' must be type of int, but got {type(seed)}.")
    if seed < 0:
        raise errors.invalid(ValueError, f"For 'global_seed', the 'seed' must be int and must >= 0, but got '{seed}'.")
    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)
    state.update(seed=seed, dataset_seed=seed)


def get_seed() -> int | None:
    """mindspore.get_seed: what set_seed was given, or None."""
    found = state["seed"]
    return None if found is None else int(found)


def jit(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """mindspore.jit: the function as it is. Compilation changes the speed of a MindSpore program, not its results."""
    unknown = set(options) - JIT_OPTIONS
    if unknown:
        raise errors.invalid(TypeError, f"mindspore.jit got unexpected options: {sorted(unknown)}")
    return jit if function is None else function


def launch_blocking() -> None:
    """mindspore.runtime.launch_blocking: nothing to do; PyTorch on CPU raises at the call."""


def synchronize() -> None:
    """mindspore.runtime.synchronize: wait for the device."""
    if state["device_target"] == "GPU":
        torch.cuda.synchronize()
