"""Automatic mixed precision: torch.autocast and the gradient scaler.

MindSpore's CPU has kernels for few operations in bfloat16 and float16, so that autocast computes in the dtypes of the inputs
there, and says so; PyTorch does the same for a device that is absent.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.autograd import no_grad
from compat.torch_on_mindspore.creation import full, tensor
from compat.torch_on_mindspore.descriptors import device

AUTOCAST_DTYPES = {"cpu": dtypes.bfloat16, "cuda": dtypes.float16}


class autocast:
    """A block, or a function decorated, that PyTorch would compute in a smaller dtype; here dtypes stay, with a warning."""

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None) -> None:
        if not isinstance(device_type, str):
            raise invalid(ValueError, f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        kind = device(device_type).type
        self.device, self.fast_dtype = kind, AUTOCAST_DTYPES.get(kind, dtypes.bfloat16) if dtype is None else dtype
        if enabled and kind == "cuda":
            warnings.warn("CUDA is not available or torch_xla is imported. Disabling autocast.", stacklevel=2)
        elif enabled and self.fast_dtype != dtypes.float32:
            warnings.warn(
                f"MindSpore on CPU has few kernels in {self.fast_dtype}. Disabling autocast: the block computes in the dtypes of its inputs.",
                stacklevel=2,
            )
        self._enabled = False

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing changed."""

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(func)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self:
                return func(*args, **kwargs)

        return decorated


class cuda_autocast(autocast):
    """`torch.cuda.amp.autocast`, which PyTorch deprecates."""

    def __init__(self, enabled: bool = True, dtype: Any = dtypes.float16, cache_enabled: bool = True) -> None:
        _warn_deprecated("cuda", "autocast")
        super().__init__("cuda", dtype, enabled, cache_enabled)


class cpu_autocast(autocast):
    """`torch.cpu.amp.autocast`, which PyTorch deprecates."""

    def __init__(self, enabled: bool = True, dtype: Any = dtypes.bfloat16, cache_enabled: bool = True) -> None:
        _warn_deprecated("cpu", "autocast")
        super().__init__("cpu", dtype, enabled, cache_enabled)


def _warn_deprecated(kind: str, name: str) -> None:
    warnings.warn(
        f"`torch.{kind}.amp.{name}(args...)` is deprecated. Please use `torch.amp.{name}('{kind}', args...)` instead.",
        FutureWarning,
        stacklevel=3,
    )


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """False: no block computes in a smaller dtype here."""
    return False


def get_autocast_dtype(device_type: str) -> Any:
    """The dtype that PyTorch would choose."""
    return AUTOCAST_DTYPES.get(device_type, dtypes.bfloat16)


def get_autocast_gpu_dtype() -> Any:
    return AUTOCAST_DTYPES["cuda"]


def get_autocast_cpu_dtype() -> Any:
    return AUTOCAST_DTYPES["cpu"]


def is_autocast_cpu_enabled() -> bool:
    """False."""
    return False


def is_autocast_cache_enabled() -> bool:
    """True, PyTorch's default; nothing is cast, so nothing is cached."""
    return True


def is_autocast_available(device_type: str) -> bool:
    """Whether PyTorch knows autocast for such a device."""
    return device_type in ("cpu", "cuda", "xpu", "hpu", "mps", "mtia", "maia", "xla", "ipu")


def custom_fwd(fwd: Callable[..., Any] | None = None, *, device_type: str = "cuda", cast_inputs: Any = None) -> Any:
    """Decorates `forward` of a torch.autograd.Function; without autocast there is nothing to change."""
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)
    return fwd


def custom_bwd(bwd: Callable[..., Any] | None = None, *, device_type: str = "cuda") -> Any:
    """Decorates `backward` of a torch.autograd.Function; without autocast there is nothing to change."""
    return functools.partial(custom_bwd, device_type=device_type) if bwd is None else bwd


READY, UNSCALED, STEPPED = "READY", "UNSCALED", "STEPPED"


class GradScaler:
    """Multiplies losses so that small gradients survive a small dtype, and skips steps whose gradients are not finite.

    For "cuda" it is disabled with a warning, as in PyTorch without CUDA; for "cpu" it works.
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        self._device, self._enabled = device, enabled
        if device not in ("cpu", "cuda"):
            raise UnsupportedArgument("torch.amp.GradScaler", "device", device, "'cpu', 'cuda'")
        if enabled and device == "cuda":
            warnings.warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.", stacklevel=2)
            self._enabled = False
        if self._enabled:
            if growth_factor <= 1.0:
                raise AssertionError("The growth factor must be > 1.0.")
            if backoff_factor >= 1.0:
                raise AssertionError("The backoff factor must be < 1.0.")
        self._init_scale = init_scale
        self._scale: Any = None
        self._growth_factor, self._backoff_factor, self._growth_interval = growth_factor, backoff_factor, growth_interval
        self._growth_tracker = 0
        self._steps: dict[int, dict[str, Any]] = {}

    def _current(self) -> Any:
        if self._scale is None:
            self._scale = full((), self._init_scale, dtype=dtypes.float32)
        return self._scale

    def scale(self, outputs: Any) -> Any:
        """A tensor, or each one in a container, times the scale."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, (list, tuple)):
            scaled = [self.scale(one) for one in outputs]
            return type(outputs)(*scaled) if hasattr(outputs, "_fields") else type(outputs)(scaled)
        if not hasattr(outputs, "requires_grad"):
            raise invalid(ValueError, "outputs must be a Tensor or an iterable of Tensors")
        return outputs * self._current().to(outputs.dtype)

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the scale."""
        if not self._enabled:
            return
        state = self._of(optimizer)
        if state["stage"] == UNSCALED:
            raise invalid(RuntimeError, "unscale_() has already been called on this optimizer since the last update().")
        if state["stage"] == STEPPED:
            raise invalid(RuntimeError, "unscale_() is being called after step().")
        state["not_finite"] = self._unscaled(optimizer)
        state["stage"] = UNSCALED

    def _unscaled(self, optimizer: Any) -> bool:
        """Divide, and say whether some gradient was not finite."""
        inverse = 1.0 / self._current()
        bad = False
        with no_grad():
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is None:
                        continue
                    if parameter.grad.dtype == dtypes.float16:
                        raise invalid(ValueError, "Attempting to unscale FP16 gradients.")
                    bad = bad or not bool(parameter.grad.isfinite().all())
                    parameter.grad.mul_(inverse.to(parameter.grad.dtype))
        return bad

    def _of(self, optimizer: Any) -> dict[str, Any]:
        if self._scale is None:
            raise AssertionError(
                "Attempted unscale_ but _scale is None.  This may indicate your script did not use scaler.scale(loss) first."
            )
        return self._steps.setdefault(id(optimizer), {"stage": READY, "not_finite": None})

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Unscale if that is still to do, then `optimizer.step`, unless a gradient is not finite."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise invalid(RuntimeError, "Closure use is not currently supported if GradScaler is enabled.")
        state = self._of(optimizer)
        if state["stage"] == STEPPED:
            raise invalid(RuntimeError, "step() has already been called since the last update().")
        if state["stage"] == READY:
            self.unscale_(optimizer)
        state["stage"] = STEPPED
        return None if state["not_finite"] else optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Shrink the scale after a gradient that was not finite, grow it after enough steps without one; or set it."""
        if not self._enabled:
            return
        if new_scale is not None:
            self._scale = tensor(float(new_scale), dtype=dtypes.float32)
            self._steps.clear()
            return
        found = [state["not_finite"] for state in self._steps.values() if state["not_finite"] is not None]
        if not found:
            raise AssertionError("No inf checks were recorded prior to update.")
        if any(found):
            self._scale = self._scale * self._backoff_factor
            self._growth_tracker = 0
        else:
            self._growth_tracker += 1
            if self._growth_tracker == self._growth_interval:
                self._scale = self._scale * self._growth_factor
                self._growth_tracker = 0
        self._steps.clear()

    def is_enabled(self) -> bool:
        return self._enabled

    def get_scale(self) -> float:
        if not self._enabled:
            return 1.0
        return self._init_scale if self._scale is None else float(self._scale)

    def get_growth_factor(self) -> float:
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        self._growth_interval = new_interval

    def state_dict(self) -> dict[str, Any]:
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        if not self._enabled:
            return
        if not state_dict:
            raise invalid(
                RuntimeError,
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler.",
            )
        self._init_scale, self._growth_tracker = state_dict["scale"], state_dict["_growth_tracker"]
        self._scale = None if self._scale is None else tensor(float(self._init_scale), dtype=dtypes.float32)
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]


class cuda_GradScaler(GradScaler):
    """`torch.cuda.amp.GradScaler`, which PyTorch deprecates."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _warn_deprecated("cuda", "GradScaler")
        super().__init__("cuda", *args, **kwargs)
