"""RNNCell, LSTMCell and GRUCell: one step of a recurrence."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import functions
from compat.torch_on_mindspore.functional import recurrent
from compat.torch_on_mindspore.layers.recurrent import draw_within
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors
from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.tensor import as_tensor


class RNNCellBase(Module):
    """What the cells share: weight_ih (num_chunks · hidden, input), weight_hh (num_chunks · hidden, hidden), and their biases."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        size = num_chunks * hidden_size
        self.weight_ih = Parameter(functions.empty(size, input_size, device=device, dtype=dtype))
        self.weight_hh = Parameter(functions.empty(size, hidden_size, device=device, dtype=dtype))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(functions.empty(size, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        draw_within(self, self.hidden_size)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias is True else f", bias={self.bias}")

    def _step(self, mode: str, input: Any, states: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
        """The states after `input` (batch, features) or (features); `names` are those of the states in errors."""
        kind = type(self).__name__
        for name, one in zip(("input", *names), (input, *(states or ())), strict=states is not None):
            if one.ndim not in (1, 2):
                raise invalid(ValueError, f"{kind}: Expected {name} to be 1D or 2D, got {one.ndim}D instead")
        batched = input.ndim == 2
        input = input if batched else input.unsqueeze(0)
        if states is None:
            states = (input.new_zeros((input.shape[0], self.hidden_size)),) * len(names)
        elif not batched:
            states = tuple(one.unsqueeze(0) for one in states)
        self._check(input, states)
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh, None)
        found = as_tensor(recurrent.one_step(mode, input, states, weights))
        return found if batched else tuple(one.squeeze(0) for one in found)

    def _check(self, input: Any, states: tuple[Any, ...]) -> None:
        """RuntimeError for inputs and states of other sizes, or in another dtype than the weights."""
        if input.shape[1] != self.input_size:
            raise invalid(RuntimeError, f"input has inconsistent input_size: got {input.shape[1]} expected {self.input_size}")
        for number, one in enumerate(states):
            if one.shape[0] != input.shape[0]:
                raise invalid(RuntimeError, f"Input batch size {input.shape[0]} doesn't match hidden{number} batch size {one.shape[0]}")
            if one.shape[1] != self.hidden_size:
                raise invalid(RuntimeError, f"hidden{number} has inconsistent hidden_size: got {one.shape[1]}, expected {self.hidden_size}")
        for one in (input, *states):
            if one.dtype != self.weight_ih.dtype:
                kinds = (one.dtype.tensor_type, self.weight_ih.dtype.tensor_type)
                raise invalid(RuntimeError, "mat1 and mat2 must have the same dtype, but got {} and {}".format(*kinds))


class RNNCell(RNNCellBase):
    """tanh, or relu, of weight_ih · input + bias_ih + weight_hh · hx + bias_hh."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Any = None) -> Any:
        if self.nonlinearity not in ("tanh", "relu"):
            raise invalid(RuntimeError, f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(f"RNN_{self.nonlinearity.upper()}", input, None if hx is None else (hx,), ("hidden",))[0]

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class LSTMCell(RNNCellBase):
    """The next hidden and cell state of an LSTM."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        hidden, cell = self._step("LSTM", input, hx, ("hx[0]", "hx[1]"))
        return hidden, cell


class GRUCell(RNNCellBase):
    """The next hidden state of a GRU."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        return self._step("GRU", input, None if hx is None else (hx,), ("hidden",))[0]


name_constructors(globals())
