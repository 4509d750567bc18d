"""Names of MindSpore's compiler that programs carry. PyTorch runs everything eagerly, so they are checked, kept, and change nothing."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks

torch: Any = frameworks.load("torch")

# Levels of support for Python's syntax in graph mode.
STRICT, COMPATIBLE, LAX = 0, 1, 2
# The backend that MindSpore takes for each level.
JIT_LEVELS = {"O0": "ms_backend", "O1": "ms_backend", "O2": "GE"}
EXECUTION_MODES = ("auto", "sink", "no_sink")
QUANTISED = {f"{kind}{bits}": first + bits - 1 for kind, first in (("INT", 0), ("UINT", 100)) for bits in range(1, 17)}
QuantDtype = enum.Enum("QuantDtype", QUANTISED)  # type: ignore[misc]


class JitConfig:
    """mindspore.JitConfig: settings for compilation. ValueError for a level or a mode that there is not."""

    def __init__(
        self, jit_level: str = "", exc_mode: str = "auto", jit_syntax_level: str = "", debug_level: str = "RELEASE",
        infer_boost: str = "off", **kwargs: Any,
    ) -> None:  # fmt: skip
        check_choice("jit_level", jit_level, ("", *JIT_LEVELS))
        check_choice("exc_mode", exc_mode, EXECUTION_MODES)
        check_choice("jit_syntax_level", jit_syntax_level, ("", "STRICT", "COMPATIBLE", "LAX"))
        check_choice("debug_level", debug_level, ("RELEASE", "DEBUG"))
        check_choice("infer_boost", infer_boost, ("on", "off"))
        self.jit_config_dict = {
            **kwargs, "jit_level": jit_level, "exc_mode": exc_mode, "jit_syntax_level": jit_syntax_level,
            "debug_level": debug_level, "infer_boost": infer_boost,
        }  # fmt: skip
        if jit_level:
            self.jit_config_dict["backend"] = JIT_LEVELS[jit_level]


def check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    """ValueError for what is no choice."""
    if value not in choices:
        raise errors.invalid(ValueError, f"For '{name}' must be one of {[choice for choice in choices if choice]}.")


def jit_class(cls: Any) -> Any:
    """mindspore.jit_class: the class itself. TypeError for what is none."""
    if not isinstance(cls, type):
        raise errors.invalid(TypeError, f"Decorator jit_class can only be used for class type, but got {cls}.")
    cls.__ms_class__ = True  # type: ignore[attr-defined]
    return cls


def lazy_inline(fn: Callable[..., Any] | None = None, attrs: Any = None, policy: str | None = None) -> Any:
    """mindspore.lazy_inline: the constructor itself. ValueError for another function."""
    if fn is None:
        return functools.partial(lazy_inline, attrs=attrs, policy=policy)
    if fn.__name__ != "__init__":
        raise errors.invalid(ValueError, f"The lazy_inline should decorate the __init__ function, not the function: {fn.__name__}.")
    return fn


def no_inline(fn: Callable[..., Any] | None = None) -> Any:
    """mindspore.no_inline: the function itself."""
    return no_inline if fn is None else fn


def mutable(input_data: Any, dynamic_len: bool = False) -> Any:
    """mindspore.mutable: the value itself: nothing is a constant here. TypeError for what can't be an input of a graph."""
    if dynamic_len and not isinstance(input_data, (list, tuple)):
        reason = f"the first input should be list or tuple, but got: {type(input_data).__name__}"
        raise errors.invalid(TypeError, f"For 'mutable', when the variable_len is True, {reason}")
    check_input(input_data)
    return input_data


def check_input(value: Any) -> None:
    """TypeError for a leaf that is no number and no Tensor."""
    if isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            check_input(item)
    elif not isinstance(value, (bool, int, float, torch.Tensor)):
        kinds = "(bool, int, float, Tensor, tuple, list, dict)"
        reason = f"should be one of {kinds} or their nested structures with no self-reference, but got {type(value).__name__}: {value}."
        raise errors.invalid(TypeError, f"For 'mutable', the 'input_data' {reason}")


class Symbol:
    """mindspore.Symbol: what is known of a length that is free, for Cell.set_inputs. TypeError for what is no int or bool."""

    def __init__(self, max: int = 0, min: int = 1, divisor: int = 1, remainder: int = 0, unique: bool = False, **kwargs: Any) -> None:
        for name, value, kind in (
            ("max", max, int), ("min", min, int), ("divisor", divisor, int), ("remainder", remainder, int), ("unique", unique, bool)
        ):  # fmt: skip
            if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
                raise errors.invalid(TypeError, f"For 'Symbol', the argument '{name}' must be {kind.__name__}, but got {type(value)}")
        if min < 0 or divisor < 1 or remainder < 0 or 0 < max < min:
            raise errors.invalid(ValueError, f"For 'Symbol', the lengths do not fit: max={max}, min={min}, divisor={divisor}.")
        self.max, self.min, self.divisor, self.remainder, self.unique = max, min, divisor, remainder, unique

    def to_dict(self) -> dict[str, Any]:
        """What is not at its default; `id` for one that is `unique`."""
        given = {"max": (self.max, 0), "min": (self.min, 1), "divisor": (self.divisor, 1), "remainder": (self.remainder, 0)}
        found = {name: value for name, (value, default) in given.items() if value != default}
        return {**found, "id": id(self)} if self.unique else found


def set_recursion_limit(recursion_limit: int = 1000) -> None:
    """mindspore.set_recursion_limit: a limit of the compiler. TypeError for what is no int, ValueError below 1."""
    if not isinstance(recursion_limit, int):
        raise errors.invalid(TypeError, f"The input value must be int, but got {type(recursion_limit).__name__!r}")
    if recursion_limit <= 0:
        raise errors.invalid(ValueError, f"The input value must be int and must > 0, but got '{recursion_limit}' with type 'int'.")


def enable_dynamic(**kwargs: Any) -> Callable[[Any], Any]:
    """mindspore.enable_dynamic: a decorator that gives the function itself: shapes are free in PyTorch."""
    return lambda function: function


def ms_memory_recycle() -> None:
    """mindspore.ms_memory_recycle: nothing to do: compiled graphs hold no memory here."""


def flops_collection(phase: str = "train") -> Any:
    """Refused: it reads a compiled graph."""
    raise errors.UnsupportedAPI("mindspore.flops_collection counts in a compiled graph; torch.utils.flop_counter counts here")


def set_dump(target: Any, enabled: bool = True) -> None:
    """Refused: it marks operators of a compiled graph."""
    raise errors.UnsupportedAPI("mindspore.set_dump writes out operators of a compiled graph; a forward hook sees values here")


class GraphCell:
    """Refused: it runs a graph that MindSpore compiled."""

    def __init__(self, graph: Any, params_init: Any = None, obf_random_seed: Any = None) -> None:
        raise errors.UnsupportedAPI("mindspore.nn.GraphCell runs a MindIR file, which is a program of MindSpore's compiler")
