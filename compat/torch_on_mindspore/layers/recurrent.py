"""RNN, LSTM and GRU: layers over whole sequences, padded or packed."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import functions, init
from compat.torch_on_mindspore.functional import recurrent
from compat.torch_on_mindspore.functional.dropout import dropout as dropped
from compat.torch_on_mindspore.indexing import index_select
from compat.torch_on_mindspore.linear_maps import cat
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors
from compat.torch_on_mindspore.packing import PackedSequence
from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.tensor import as_tensor, host

GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}
PROJECTION_REFUSED = "proj_size argument is only supported for LSTM, not RNN or GRU"


def draw_within(module: Module, hidden_size: int) -> None:
    """Draw all parameters, in their order, uniform within ± 1 / √hidden_size."""
    bound = 1 / math.sqrt(hidden_size) if hidden_size > 0 else 0
    for weight in module.parameters():
        init.uniform_(weight, -bound, bound)


class RNNBase(Module):
    """What RNN, LSTM and GRU share: the weights of each layer and direction, the checks, and the run over the layers."""

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, batch_first: bool = False,
        dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        check_sizes(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        if mode not in GATES:
            raise invalid(ValueError, "Unrecognized RNN mode: " + mode)
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        self._all_weights: list[list[str]] = []
        shown_size = proj_size or hidden_size
        gates = GATES[mode] * hidden_size
        for number in range(num_layers):
            features = shown_size * self._directions if number else input_size
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (gates, features), "weight_hh": (gates, shown_size)}
            shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)} if bias else {}
            shapes |= {"weight_hr": (proj_size, hidden_size)} if proj_size else {}
            for suffix in ("", "_reverse")[: self._directions]:
                names = {f"{kind}_l{number}{suffix}": shape for kind, shape in shapes.items()}
                for name, shape in names.items():
                    setattr(self, name, Parameter(functions.empty(shape, device=device, dtype=dtype)))
                self._all_weights.append(list(names))
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Any]:
        return [getattr(self, name) for name in self._flat_weights_names]

    def flatten_parameters(self) -> None:
        """Nothing to do: the weights need not lie side by side here."""

    def reset_parameters(self) -> None:
        draw_within(self, self.hidden_size)

    # --- checks ---

    def check_input(self, input: Any, batch_sizes: Any) -> None:
        """ValueError for another dtype than that of the weights; RuntimeError for another number of dimensions or features."""
        kind = getattr(self, self._all_weights[0][0]).dtype
        if input.dtype != kind:
            raise invalid(
                ValueError,
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({kind}). Convert input: input.to({kind}), or "
                f"convert model: model.to({input.dtype})",
            )
        ndim = 3 if batch_sizes is None else 2
        if input.ndim != ndim:
            raise invalid(RuntimeError, f"input must have {ndim} dimensions, got {input.ndim}")
        if self.input_size != input.shape[-1]:
            raise invalid(RuntimeError, f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}")

    def get_expected_hidden_size(self, input: Any, batch_sizes: Any) -> tuple[int, int, int]:
        return (self.num_layers * self._directions, self._batch(input, batch_sizes), self.proj_size or self.hidden_size)

    def _batch(self, input: Any, batch_sizes: Any) -> int:
        return int(batch_sizes[0] if batch_sizes is not None else input.shape[0 if self.batch_first else 1])

    def check_hidden_size(self, hx: Any, expected_hidden_size: tuple[int, int, int], msg: str = "Expected hidden size {}, got {}") -> None:
        if tuple(hx.shape) != expected_hidden_size:
            raise invalid(RuntimeError, msg.format(expected_hidden_size, list(hx.shape)))

    def check_forward_args(self, input: Any, hidden: Any, batch_sizes: Any) -> None:
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx: Any, permutation: Any) -> Any:
        """The state with its batch in another order."""
        return hx if permutation is None else index_select(hx, 1, permutation)

    def _initial(self, input: Any, batch_sizes: Any) -> Any:
        return input.new_zeros(self.get_expected_hidden_size(input, batch_sizes))

    def _check_state_dims(self, hx: Any, batched: bool) -> None:
        if hx.ndim != 2 + batched:
            kind = "batched 3-D" if batched else "unbatched 2-D"
            raise invalid(RuntimeError, f"For {kind} input, hx should also be {2 + batched}-D but got {hx.ndim}-D tensor")

    # --- computing ---

    def forward(self, input: Any, hx: Any = None) -> Any:
        """The outputs of the last layer, packed as the input is, and the last state of each layer and direction."""
        if isinstance(input, PackedSequence):
            return self._packed(input, hx)
        if input.ndim not in (2, 3):
            shown = f"{input.ndim}D tensor" if self.mode.startswith("RNN") else f"{input.ndim}D"
            raise invalid(ValueError, f"{self.mode.partition('_')[0]}: Expected input to be 2D or 3D, got {shown} instead")
        batched, batch_dim = input.ndim == 3, 0 if self.batch_first else 1
        input = input if batched else input.unsqueeze(batch_dim)
        if hx is None:
            hx = self._initial(input, None)
        else:
            self._check_state_dims(hx, batched)
            hx = hx if batched else each(hx, lambda one: one.unsqueeze(1))
        self.check_forward_args(input, hx, None)
        if not input.shape[1 - batch_dim]:
            raise invalid(RuntimeError, "Expected sequence length to be larger than 0 in RNN")
        output, state = self._run(input.transpose(0, 1) if self.batch_first else input, None, hx)
        output = output.transpose(0, 1) if self.batch_first else output
        return (output, state) if batched else (output.squeeze(batch_dim), each(state, lambda one: one.squeeze(1)))

    def _packed(self, sequence: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        data, batch_sizes, sorted_indices, unsorted_indices = sequence
        hx = self._initial(data, batch_sizes) if hx is None else self.permute_hidden(hx, sorted_indices)
        self.check_forward_args(data, hx, batch_sizes)
        output, state = self._run(data, host(batch_sizes).tolist(), hx)
        return PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices), self.permute_hidden(state, unsorted_indices)

    def _run(self, input: Any, sizes: list[int] | None, hx: Any) -> tuple[Any, Any]:
        """All layers, with dropout between them: input (steps, batch, features), or packed rows with the batch `sizes` of the steps."""
        states = tuple(hx) if isinstance(hx, (tuple, list)) else (hx,)
        count = self._directions
        weights = [
            (*found[:2], *(found[2:4] if self.bias else (None, None)), found[-1] if self.proj_size else None) for found in self.all_weights
        ]
        last = []
        for number in range(self.num_layers):
            if number and self.dropout:
                input = dropped(as_tensor(input), self.dropout, self.training)
            own = slice(number * count, (number + 1) * count)
            mine = states if self.num_layers == 1 else tuple(one[own] for one in states)
            input, state = recurrent.layer(self.mode, input, sizes, mine, weights[own])
            last.append(state)
        joined = as_tensor(last[0] if len(last) == 1 else tuple(cat(one) for one in zip(*last, strict=True)))
        return as_tensor(input), joined if isinstance(hx, (tuple, list)) else joined[0]

    def extra_repr(self) -> str:
        shown = [f"{self.input_size}, {self.hidden_size}"]
        for name, default in (
            ("proj_size", 0), ("num_layers", 1), ("bias", True), ("batch_first", False), ("dropout", 0), ("bidirectional", False),
        ):  # fmt: skip
            value = getattr(self, name)
            shown += [f"{name}={value}"] if value != default else []
        return ", ".join(shown)


def each(state: Any, change: Any) -> Any:
    """`change` of a state, or of both states of an LSTM."""
    return tuple(map(change, state)) if isinstance(state, tuple) else change(state)


def check_sizes(input_size: Any, hidden_size: Any, num_layers: int, bias: Any, batch_first: Any, dropout: Any, proj_size: int) -> None:
    """TypeError or ValueError for constructor arguments that PyTorch refuses; a warning for dropout after a single layer."""
    if not isinstance(dropout, numbers.Number) or isinstance(dropout, bool) or not 0 <= dropout <= 1:  # type: ignore[operator]
        raise invalid(ValueError, "dropout should be a number in range [0, 1] representing the probability of an element being zeroed")
    if dropout and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than "
            f"1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=4,
        )
    for name, value, kind in (
        ("bias", bias, bool), ("batch_first", batch_first, bool), ("input_size", input_size, int), ("hidden_size", hidden_size, int),
    ):  # fmt: skip
        if not isinstance(value, kind):
            raise invalid(TypeError, f"{name} should be of type {kind.__name__}, got: {type(value).__name__}")
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        if size <= 0:
            raise invalid(ValueError, f"{name} must be greater than zero")
    if proj_size < 0:
        raise invalid(ValueError, "proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise invalid(ValueError, "proj_size has to be smaller than hidden_size")


class RNN(RNNBase):
    """hₜ = tanh, or relu, of weight_ih · xₜ + bias_ih + weight_hh · hₜ₋₁ + bias_hh."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise invalid(ValueError, PROJECTION_REFUSED)
        nonlinearity = args[3] if len(args) > 3 else kwargs.pop("nonlinearity", "tanh")
        if nonlinearity not in ("tanh", "relu"):
            raise invalid(ValueError, f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{nonlinearity.upper()}", *args[:3], *args[4:], **kwargs)
        self.nonlinearity = nonlinearity


class GRU(RNNBase):
    """hₜ = (1 - z) · tanh(weight_ih · xₜ + bias_ih + r · (weight_hh · hₜ₋₁ + bias_hh)) + z · hₜ₋₁, with gates r and z."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise invalid(ValueError, PROJECTION_REFUSED)
        super().__init__("GRU", *args, **kwargs)


class LSTM(RNNBase):
    """cₜ = f · cₜ₋₁ + i · g and hₜ = o · tanh(cₜ), with gates i, f, o and candidate g; with `proj_size`, hₜ times weight_hr."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def get_expected_cell_size(self, input: Any, batch_sizes: Any) -> tuple[int, int, int]:
        return (self.num_layers * self._directions, self._batch(input, batch_sizes), self.hidden_size)

    def check_forward_args(self, input: Any, hidden: Any, batch_sizes: Any) -> None:
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden[0], self.get_expected_hidden_size(input, batch_sizes), "Expected hidden[0] size {}, got {}")
        self.check_hidden_size(hidden[1], self.get_expected_cell_size(input, batch_sizes), "Expected hidden[1] size {}, got {}")

    def permute_hidden(self, hx: Any, permutation: Any) -> Any:
        return each(hx, lambda one: super(LSTM, self).permute_hidden(one, permutation))

    def _initial(self, input: Any, batch_sizes: Any) -> Any:
        hidden = super()._initial(input, batch_sizes)
        return hidden, hidden if not self.proj_size else input.new_zeros(self.get_expected_cell_size(input, batch_sizes))

    def _check_state_dims(self, hx: Any, batched: bool) -> None:
        hidden, cell = hx[0], hx[1]
        if {hidden.ndim, cell.ndim} != {2 + batched}:
            kind = "batched 3-D" if batched else "unbatched 2-D"
            raise invalid(
                RuntimeError,
                f"For {kind} input, hx and cx should also be {2 + batched}-D but got ({hidden.ndim}-D, {cell.ndim}-D) tensors",
            )


name_constructors(globals())
