"""How a Cell runs when there is more to it than `construct`: mixed precision, recomputation, a gradient of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.cells.precision import FLAGS, checked_type, operators_in
from compat.mindspore_on_torch.meanings import callers_meanings, plain_torch
from compat.mindspore_on_torch.nesting import Place, emptied, filled
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")

RECOMPUTE_OPTIONS = ("mp_comm_recompute", "parallel_optimizer_comm_recompute", "recompute_slice_activation")


class Running:
    """The part of a Cell that calls `construct`. `_special` is False for a Cell that only does that."""

    _special = False
    _cast_type: Any = None
    _recomputed: dict[str, Any] | None = None
    _saved_hooks: tuple[Any, Any] | None = None
    _hooked_parameters: tuple[Any, ...] = ()
    _flags: dict[str, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "bprop" in cls.__dict__:
            cls._special = True

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        """PyTorch's name for construct."""
        return self._run_special(args, kwargs) if self._special else self.construct(*args, **kwargs)

    def _run_special(self: Any, args: Any, kwargs: Any) -> Any:
        with ExitStack() as stack:
            if self._saved_hooks is not None:
                stack.enter_context(torch.autograd.graph.saved_tensors_hooks(*self._saved_hooks))
            if self._recomputed is not None and torch.is_grad_enabled():
                with plain_torch():
                    return torch.utils.checkpoint.checkpoint(self._constructed, *args, **self._recomputed, **kwargs)
            return self._constructed(*args, **kwargs)

    def _constructed(self: Any, *args: Any, **kwargs: Any) -> Any:
        # Recomputation calls this from inside PyTorch's code, where our tensors would have PyTorch's meanings.
        with callers_meanings(), operators_in(self._cast_type), ExitStack() as stack:
            for cell, name, hook in self._hooked_parameters:
                # An entry in the instance's own dictionary is found before the Parameter.
                cell.__dict__[name] = hook(cell._parameters[name])
                stack.callback(cell.__dict__.pop, name)
            if hasattr(type(self), "bprop"):
                return run_with_bprop(self, args, kwargs)
            return self.construct(*args, **kwargs)

    def add_flags(self: Any, **flags: Any) -> Any:
        """Set attributes of the Cell that get_flags gives; `fp16`, `fp32` and `bf16` are those of to_float."""
        self._flags.update(flags)
        for name, value in flags.items():
            setattr(self, name, value)
        if FLAGS.keys() & flags.keys():
            chosen = [kind.torch for flag, kind in FLAGS.items() if self._flags.get(flag)]
            self._cast_type = chosen[0] if chosen else None
            self._special = self._special or bool(chosen)
        return self

    def add_flags_recursive(self: Any, **flags: Any) -> Any:
        """add_flags here and in every cell below."""
        for _, cell in self.cells_and_names():
            cell.add_flags(**flags)
        return self

    def get_flags(self: Any) -> dict[str, Any]:
        """What add_flags was given."""
        return dict(self._flags)

    def to_float(self: Any, dst_type: Any) -> Any:
        """Run the operators of this Cell and of those below in float16, bfloat16 or float32; Parameters keep their type.

        ValueError for another type.
        """
        chosen = checked_type(dst_type)
        return self.add_flags_recursive(**{flag: flag == chosen for flag in FLAGS})

    def recompute(
        self: Any, *, use_reentrant: bool = True, output_recompute: bool = False, early_stop: bool = True,
        context_fn: Callable[[], Any] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        """Keep no intermediate values of this Cell: they are computed again for the gradient.

        Values and gradients stay as they are. ValueError for an unknown option.
        """
        unknown = [name for name in kwargs if name not in RECOMPUTE_OPTIONS]
        if unknown:
            keys = ", ".join(repr(name) for name in RECOMPUTE_OPTIONS)
            reason = f"keyword '{unknown[0]}' is not recognized! the key kwargs must be {keys}"
            raise errors.invalid(ValueError, f"For 'recompute', {reason}")
        options = checkpoint_options(use_reentrant, early_stop, context_fn)
        self._recomputed, self._special = options, True

    def register_saved_tensors_hooks(self: Any, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        """What to keep in place of a tensor that a gradient needs, and how to get the tensor back from it."""
        self._saved_hooks, self._special = saved_hooks(pack_hook, unpack_hook), True

    def register_parameter_forward_hook(self: Any, hook: Any) -> None:
        """Let `construct` see `hook(parameter)` in place of Parameters: of all, or of those in [{"params", "hook"}, …].

        MindSpore does so in graph mode and inside `jit`; here it is so in every call.
        """
        if callable(hook):
            chosen = [{"params": list(self.get_parameters()), "hook": hook}]
        else:
            chosen = hook
        hooks = {}
        for entry in chosen:
            if "params" not in entry or "hook" not in entry:
                raise errors.invalid(ValueError, 'each dictionary must have the keys "params" and "hook".')
            if not callable(entry["hook"]):
                raise errors.invalid(TypeError, f'the value of "hook" must be callable, but got {type(entry["hook"])}.')
            hooks.update({id(parameter): entry["hook"] for parameter in entry["params"]})
        self._hooked_parameters = tuple(
            (cell, name, hooks[id(parameter)])
            for _, cell in self.cells_and_names()
            for name, parameter in cell._parameters.items()
            if id(parameter) in hooks
        )
        self._special = True

    def run_construct(self: Any, cast_inputs: Any, kwargs: Any) -> Any:
        """`construct` of these arguments, without hooks."""
        return self.construct(*cast_inputs, **kwargs)

    def compile(self: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing: PyTorch runs `construct` as it is."""

    def compile_and_run(self: Any, *args: Any, **kwargs: Any) -> Any:
        """A call."""
        return self(*args, **kwargs)


def checkpoint_options(use_reentrant: bool, early_stop: bool, context_fn: Any) -> dict[str, Any]:
    """MindSpore's options of recomputation as PyTorch's. Its reentrant way is PyTorch's other one, with all the gradients."""
    options = {"use_reentrant": False, "early_stop": early_stop and not use_reentrant}
    return options if context_fn is None or use_reentrant else {**options, "context_fn": context_fn}


def saved_hooks(pack_hook: Any, unpack_hook: Any) -> tuple[Any, Any]:
    """The two hooks, for PyTorch's code to call: they meet our tensors with MindSpore's meanings."""
    for name, hook in (("pack_hook", pack_hook), ("unpack_hook", unpack_hook)):
        if not callable(hook):
            raise errors.invalid(TypeError, f"'{name}' must be callable, but got {type(hook)}.")

    def packed(tensor: Any) -> Any:
        with callers_meanings():
            return pack_hook(as_tensor(tensor))

    def unpacked(kept: Any) -> Any:
        with callers_meanings():
            return unpack_hook(kept)

    return packed, unpacked


class OwnGradient(torch.autograd.Function):
    """`construct` forward and the Cell's `bprop` backward. `layout` holds the arguments, with the tensors' positions."""

    @staticmethod
    def forward(ctx: Any, cell: Any, layout: Any, *tensors: Any) -> Any:
        with callers_meanings():
            args = filled(layout, tensors)
            output = cell.construct(*args)
        ctx.cell, ctx.layout, ctx.total = cell, layout, len(tensors)
        flat, ctx.output = emptied(output)
        ctx.save_for_backward(*tensors, *flat)
        ctx.is_tuple = isinstance(output, tuple)
        return output

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        saved = [as_tensor(tensor) for tensor in ctx.saved_tensors]
        tensors, flat = saved[: ctx.total], saved[ctx.total :]
        douts = as_tensor(tuple(gradients)) if ctx.is_tuple else as_tensor(gradients[0])
        with callers_meanings():
            found = ctx.cell.bprop(*filled(ctx.layout, tensors), filled(ctx.output, flat), douts)
        found = found if isinstance(found, tuple) else (found,)
        if len(found) < len(ctx.layout):
            reason = f"there must be a gradient for each input, but got {len(found)} for {len(ctx.layout)}"
            raise errors.invalid(RuntimeError, f"{ctx.cell.cls_name}.bprop: {reason}")
        pairs = zip(found, ctx.layout, strict=False)
        return None, None, *(gradient for given, place in pairs for gradient in matched(given, place))


def matched(gradient: Any, layout: Any) -> list[Any]:
    """The gradients for the tensors of one argument; a number, as `bprop` gives for what has none, is no gradient."""
    if isinstance(layout, Place):
        return [gradient if isinstance(gradient, torch.Tensor) else None]
    if type(layout) in (tuple, list):
        given = gradient if isinstance(gradient, (tuple, list)) else [None] * len(layout)
        return [item for part, place in zip(given, layout, strict=True) for item in matched(part, place)]
    return []


def run_with_bprop(cell: Any, args: Any, kwargs: Any) -> Any:
    """Call a Cell whose class defines `bprop(self, *inputs, out, dout)`. Its Parameters get no gradient."""
    given = inspect.signature(cell.construct).bind(*args, **kwargs)
    given.apply_defaults()
    flat, layout = emptied(given.args)
    return as_tensor(OwnGradient.apply(cell, layout, *flat))
