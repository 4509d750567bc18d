"""torch.compile and torch.jit: a program goes on being executed as it is written, which gives the same results."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from compat.errors import UnsupportedAPI, invalid

MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")


def compile(
    model: Any = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
    isolate_recompiles: bool = False,
    shapes_spec: Any = None,
) -> Any:
    """`model` itself, or a decorator that returns what it decorates; no option changes results.

    RuntimeError for a mode that is unknown or given beside options, AssertionError for a model that can't be called.
    """
    if model is None:
        return lambda found: compile(found, backend=backend, mode=mode, options=options)
    if mode is not None and options is not None:
        raise invalid(RuntimeError, "Either mode or options can be specified, but both can't be specified at the same time.")
    if mode is not None and mode not in MODES and backend in (None, "inductor"):
        raise invalid(RuntimeError, f"Unrecognized mode={mode}, should be one of: {', '.join(MODES)}")
    if not callable(model):
        raise AssertionError(f"A callable function is expected, but {type(model)} is provided.")
    return model


def unchanged(obj: Any = None, *_args: Any, **_kwargs: Any) -> Any:
    """A decorator that only a compiler reads: `torch.jit.ignore`, with options or without."""
    return (lambda found: found) if obj is None or isinstance(obj, (bool, str)) else obj


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """`torch.compiler.disable`: nothing is compiled anyway."""
    return unchanged(fn)


def script(obj: Any, optimize: Any = None, _frames_up: int = 0, _rcb: Any = None, example_inputs: Any = None) -> Any:
    """`obj` itself; `torch.jit.script`."""
    return obj


def trace(func: Any, example_inputs: Any = None, *_args: Any, **_kwargs: Any) -> Any:
    """`func` itself; `torch.jit.trace`. What depends on values goes on depending on them."""
    return func


def freeze(mod: Any, preserved_attrs: Any = None, optimize_numerics: bool = True) -> Any:
    """The module itself; ValueError in train mode."""
    if mod.training:
        raise invalid(
            RuntimeError,
            "Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing.",
        )
    return mod


def annotate(the_type: Any, the_value: Any) -> Any:
    """The value."""
    return the_value


def isinstance_of(obj: Any, target_type: Any) -> bool:
    """`torch.jit.isinstance`, for plain types."""
    return isinstance(obj, target_type)


def fork(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The result of the call, made at once; `torch.jit.wait` returns it."""
    return func(*args, **kwargs)


def wait(future: Any) -> Any:
    return future


def no(*_args: Any, **_kwargs: Any) -> bool:
    """False: nothing is compiled, traced or exported here."""
    return False


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """There is no compiler to be told."""


def block(*_args: Any, **_kwargs: Any) -> AbstractContextManager[None]:
    """A block in which a compiler would behave otherwise."""
    return nullcontext()


def refused(api: str, why: str = "") -> Callable[..., Any]:
    """A function that is there to be imported and raises UnsupportedAPI when it is called."""

    def function(*_args: Any, **_kwargs: Any) -> Any:
        raise UnsupportedAPI(f"{api} has no implementation on MindSpore here{': ' + why if why else ''}")

    function.__name__ = function.__qualname__ = api.rpartition(".")[2]
    return function


NO_ARCHIVE = "a compiled program is code of PyTorch's own; save the state_dict"
save = refused("torch.jit.save", NO_ARCHIVE)
load = refused("torch.jit.load", NO_ARCHIVE)


class ScriptModule:
    """The type of a compiled module, of which there is none here; for `isinstance`."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise UnsupportedAPI("torch.jit.ScriptModule has no implementation on MindSpore here: use torch.nn.Module")


class ScriptFunction(ScriptModule):
    """The type of a compiled function, of which there is none here; for `isinstance`."""


class Attribute:
    """A value with a type that only a compiler reads."""

    def __new__(cls, value: Any, type: Any = None) -> Any:
        return value


def allow_in_graph(fn: Any) -> Any:
    return fn


def optimize(*_args: Any, **_kwargs: Any) -> Callable[..., Any]:
    """A decorator that returns what it decorates."""
    return lambda found: found
