"""torch.compile and torch.jit: a program goes on being executed as it is written, which gives the same results."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore.environment.answers import answer

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


class Future:
    """What `torch.jit.fork` gives: a call that has been made; also an annotation, `Future[Tensor]`. A new one has no value."""

    def __init__(self, *, devices: Any = None) -> None:
        self._values: list[Any] = []

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def done(self) -> bool:
        return bool(self._values)

    def wait(self) -> Any:
        """The value; RuntimeError if there is none, for nobody else can set it."""
        return self.value()

    def value(self) -> Any:
        if not self._values:
            raise invalid(RuntimeError, "the Future has no value")
        return self._values[0]

    def set_result(self, result: Any) -> None:
        """Give it its value; RuntimeError if it has one."""
        if self._values:
            raise invalid(RuntimeError, "Attempting to mark a completed Future as complete again.")
        self._values.append(result)


def fork(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Future:
    """The call, made at once; `torch.jit.wait` returns its result."""
    found = Future()
    found.set_result(func(*args, **kwargs))
    return found


def wait(future: Future) -> Any:
    """The value of a Future; `torch.jit.wait`."""
    return future.wait()


def no(*_args: Any, **_kwargs: Any) -> bool:
    """False: nothing is compiled, traced or exported here."""
    return False


is_compiling = answer("is_compiling", False)
is_scripting = answer("is_scripting", False)
is_tracing = answer("is_tracing", False)
is_in_onnx_export = answer("is_in_onnx_export", False)
get_tracing_state = answer("_get_tracing_state", None)
cudagraph_mark_step_begin = answer("cudagraph_mark_step_begin", None)
mark_static_address = answer("mark_static_address", None, "t", "guard")
# what TorchScript's executor is told; it is not here
set_can_fuse_on_gpu = answer("_jit_override_can_fuse_on_gpu", None, "arg0")
set_texpr_fuser = answer("_jit_set_texpr_fuser_enabled", None, "arg0")


def _switch(name: str) -> Callable[[bool], bool]:
    """A setting of TorchScript's executor that tells what it was: noted, and read by nobody."""
    state = [True]

    def function(arg0: bool) -> bool:
        state.append(bool(arg0))
        return state.pop(0)

    function.__name__ = function.__qualname__ = name
    return function


set_profiling_executor = _switch("_jit_set_profiling_executor")
set_profiling_mode = _switch("_jit_set_profiling_mode")


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """There is no compiler to be told."""


def block(*_args: Any, **_kwargs: Any) -> AbstractContextManager[None]:
    """A block in which a compiler would behave otherwise."""
    return nullcontext()


def autograd_profile(enabled: bool = True, **_options: Any) -> AbstractContextManager[None]:
    """`torch.autograd.profiler.profile`: a block that records nothing, if that is asked for; else UnsupportedAPI."""
    if enabled:
        raise UnsupportedAPI("torch.autograd.profiler.profile records PyTorch's own operators: use mindspore.profiler")
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
