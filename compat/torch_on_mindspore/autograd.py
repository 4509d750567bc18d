"""Eager differentiation: `backward`, `grad`, and the contexts that turn recording off and on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import anomaly, engine, second_order
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, with_own_storage

SECOND_TIME = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward."
)
UNUSED = "The differentiated Tensor at index {} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior."
# what MindSpore says → what PyTorch says
TRANSLATED = (
    ("backward the graph twice", SECOND_TIME),
    (
        "modified by an inplace operation",
        "one of the variables needed for gradient computation has been modified by an inplace operation",
    ),
)


def is_grad_enabled() -> bool:
    """Whether operations are being recorded; `torch.is_grad_enabled`."""
    return engine.grad_enabled()


class _GradMode:
    """A context, and a decorator, in which recording is `mode`."""

    mode = False

    def __init__(self) -> None:
        self.previous: list[bool] = []

    def __enter__(self) -> None:
        self.previous.append(engine.grad_enabled())
        engine.set_grad_enabled(self.mode)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        engine.set_grad_enabled(self.previous.pop())

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return wrapper


class no_grad(_GradMode):
    """Nothing is recorded inside; `torch.no_grad`."""

    def __new__(cls, orig_func: Callable[..., Any] | None = None) -> Any:
        # `@no_grad` without parentheses returns the wrapped function.
        return super().__new__(cls) if orig_func is None else cls()(orig_func)


class enable_grad(no_grad):
    """Recording is on inside, also within `no_grad`; `torch.enable_grad`."""

    mode = True


class set_grad_enabled(_GradMode):
    """Recording is `mode` from here on, or inside the block; `torch.set_grad_enabled`."""

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self.mode = mode
        self.previous = [engine.grad_enabled()]
        engine.set_grad_enabled(mode)

    def __enter__(self) -> None:
        engine.set_grad_enabled(self.mode)


class inference_mode(_GradMode):
    """Like `no_grad`; MindSpore has no separate inference tensors. `torch.inference_mode`."""

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        return super().__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.inference = mode

    def __enter__(self) -> None:
        self.previous.append(engine.grad_enabled())
        if self.inference:
            engine.set_grad_enabled(False)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of `tensors` to the `grad` of every leaf; `torch.autograd.backward`.

    Raises RuntimeError when a tensor was not recorded, when a non-scalar has no gradient given, when a given gradient has
    another shape, and when the graph was used before without `retain_graph`.
    """
    outputs = _as_tuple(tensors)
    gradients = _gradients(outputs, _as_tuple(grad_tensors if grad_tensors is not None else grad_variables))
    keep = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        _run(outputs, gradients, (), keep, create_graph, accumulate=True)
        return
    leaves = _as_tuple(inputs)
    if not leaves:
        raise invalid(RuntimeError, "`inputs` argument to `backward()` cannot be empty.")
    for leaf, found in zip(leaves, _run(outputs, gradients, leaves, keep, create_graph, accumulate=False), strict=True):
        if found is not None:
            known = engine.grad(leaf)
            engine.set_grad(leaf, found if known is None else known + found)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """The gradients of `outputs` with respect to `inputs`, accumulated nowhere, by key if these are a dict; `torch.autograd.grad`."""
    if is_grads_batched:
        raise UnsupportedArgument("torch.autograd.grad", "is_grads_batched", True, "False")
    roots = _as_tuple(outputs)
    if not all(isinstance(one, Tensor) for one in roots):
        raise invalid(AssertionError, "Expected output to be a torch.Tensor")
    if isinstance(inputs, dict):
        found = grad(
            outputs, tuple(inputs.values()), grad_outputs, retain_graph, create_graph, only_inputs, allow_unused, False, materialize_grads
        )
        return dict(zip(inputs, found, strict=True))
    wanted = _as_tuple(inputs)
    for one in wanted:
        if not isinstance(one, Tensor):
            raise invalid(RuntimeError, f"all inputs have to be Tensors or GradientEdges, but got {type(one).__name__}")
        if not engine.requires_grad(one):
            raise invalid(RuntimeError, "One of the differentiated Tensors does not require grad")
    keep = create_graph if retain_graph is None else retain_graph
    found = _run(roots, _gradients(roots, _as_tuple(grad_outputs)), wanted, keep, create_graph, accumulate=False)
    if not (allow_unused or materialize_grads):
        for number, one in enumerate(found):
            if one is None:
                raise invalid(RuntimeError, UNUSED.format(number))
    if materialize_grads:
        found = [one.new_zeros(one.shape) if new is None else new for one, new in zip(wanted, found, strict=True)]
    return tuple(with_own_storage(as_tensor(one)) for one in found)


def _run(outputs: Any, gradients: Any, inputs: Any, keep: bool, create: bool, *, accumulate: bool) -> Any:
    """`engine.run_backward`, with PyTorch's words for its errors; under `create`, UnsupportedArgument where MindSpore's gradient
    of a gradient can't be trusted, see `second_order`."""
    engine.record()
    if anomaly.detecting():
        anomaly.watch(outputs)
    if create:
        second_order.prepare(outputs)
    try:
        return engine.run_backward(outputs, gradients, inputs, keep_graph=keep, create_graph=create, accumulate=accumulate)
    except RuntimeError as error:
        for theirs, ours in TRANSLATED:
            if theirs in str(error):
                raise invalid(RuntimeError, ours) from error
        raise


def _gradients(outputs: tuple[Any, ...], given: tuple[Any, ...]) -> tuple[Any, ...]:
    """One gradient for each output: the given one, or 1 for a scalar."""
    if given and len(given) != len(outputs):
        raise invalid(RuntimeError, f"got {len(outputs)} tensors and {len(given)} gradients")
    for number, output in enumerate(outputs):
        if not engine.requires_grad(output):
            raise invalid(RuntimeError, f"element {number} of tensors does not require grad and does not have a grad_fn")
    return tuple(
        _gradient(number, output, one) for number, (output, one) in enumerate(zip(outputs, given or (None,) * len(outputs), strict=True))
    )


def _gradient(number: int, output: Any, given: Any) -> Any:
    if given is None:
        if output.numel() != 1:
            raise invalid(RuntimeError, "grad can be implicitly created only for scalar outputs")
        return engine.mindspore.ops.ones_like(output.detach())
    if tuple(given.shape) != tuple(output.shape):
        raise invalid(
            RuntimeError,
            f"Mismatch in shape: grad_output[{number}] has a shape of {as_tensor(given).shape} and output[{number}] "
            f"has a shape of {as_tensor(output).shape}.",
        )
    return given


def _as_tuple(tensors: Tensor | Sequence[Tensor] | None) -> tuple[Any, ...]:
    if tensors is None:
        return ()
    return (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)
