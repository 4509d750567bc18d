"""torch.backends: what the libraries under PyTorch can be told. They are not here; what is set is noted and changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def no() -> bool:
    """False: there is no such library or device."""
    return False


def is_built() -> bool:
    """False."""
    return False


def version() -> None:
    """None: there is no such library."""


def get_cpu_capability() -> str:
    """The instructions that PyTorch's own kernels would use: none are here."""
    return "DEFAULT"


class Backend(ModuleType):
    """One library's settings, as attributes. A module, since programs write `import torch.backends.cudnn as cudnn`."""

    def __init__(self, name: str, **settings: Any) -> None:
        super().__init__(f"compat.torch.backends.{name}")
        self.__spec__ = ModuleSpec(self.__name__, None)
        self.__dict__.update(settings)
        self._names = tuple(settings)

    @property
    def _settings(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in self._names}

    def is_available(self) -> bool:
        return False

    def version(self) -> None:
        return None

    def is_acceptable(self, tensor: Any) -> bool:
        return False

    def set_flags(self, *given: Any, **flags: Any) -> tuple[Any, ...]:
        """Set some settings; returns what they all were, in order."""
        before = tuple(self._settings.values())
        names = [name.lstrip("_") for name in flags]
        values = dict(zip(self._names, given, strict=False)) | dict(zip(names, flags.values(), strict=True))
        self.__dict__.update({name: value for name, value in values.items() if value is not None})
        return before

    @contextmanager
    def flags(self, *given: Any, **flags: Any) -> Iterator[None]:
        """A block with other settings."""
        before = self._settings
        self.set_flags(*given, **flags)
        try:
            yield
        finally:
            self.__dict__.update(before)


cudnn = Backend("cudnn", enabled=True, benchmark=False, benchmark_limit=10, deterministic=False, allow_tf32=True, fp32_precision="none")
mkldnn = Backend("mkldnn", enabled=True, deterministic=False, allow_tf32=True, fp32_precision="none")
opt_einsum = Backend("opt_einsum", enabled=False, strategy=None)
nnpack = Backend("nnpack", enabled=True)
quantized = Backend("quantized", engine="none", supported_engines=["none"])
cuda_matmul = Backend(
    "cuda.matmul", allow_tf32=False, allow_fp16_reduced_precision_reduction=True, allow_bf16_reduced_precision_reduction=True,
    allow_fp16_accumulation=False, fp32_precision="none",
)  # fmt: skip
for backend in (cudnn, mkldnn, opt_einsum, nnpack, quantized):
    sys.modules[backend.__name__] = backend


class _Attention:
    """Which kernels scaled_dot_product_attention may choose from; the results are the same."""

    enabled = {"flash": True, "mem_efficient": True, "math": True, "cudnn": True}  # noqa: RUF012


def flash_sdp_enabled() -> bool:
    return _Attention.enabled["flash"]


def mem_efficient_sdp_enabled() -> bool:
    return _Attention.enabled["mem_efficient"]


def math_sdp_enabled() -> bool:
    return _Attention.enabled["math"]


def cudnn_sdp_enabled() -> bool:
    return _Attention.enabled["cudnn"]


def enable_flash_sdp(enabled: bool) -> None:
    _Attention.enabled["flash"] = bool(enabled)


def enable_mem_efficient_sdp(enabled: bool) -> None:
    _Attention.enabled["mem_efficient"] = bool(enabled)


def enable_math_sdp(enabled: bool) -> None:
    _Attention.enabled["math"] = bool(enabled)


def enable_cudnn_sdp(enabled: bool) -> None:
    _Attention.enabled["cudnn"] = bool(enabled)


@contextmanager
def sdp_kernel(
    enable_flash: bool = True, enable_math: bool = True, enable_mem_efficient: bool = True, enable_cudnn: bool = True
) -> Iterator[None]:
    """A block with other kernels to choose from."""
    before = dict(_Attention.enabled)
    _Attention.enabled.update(flash=enable_flash, math=enable_math, mem_efficient=enable_mem_efficient, cudnn=enable_cudnn)
    try:
        yield
    finally:
        _Attention.enabled.update(before)
