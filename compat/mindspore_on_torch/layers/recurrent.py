"""nn.RNN, GRU, LSTM and their cells."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.initializers import Uniform
from compat.mindspore_on_torch.layers.layer import Layer, check_positive, check_rank, check_type, computed, new_parameter, refuse
from compat.mindspore_on_torch.parameter import ParameterTuple

torch: Any = frameworks.load("torch")

GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}


class Recurrent(Layer):
    """What the layers share. Parameters weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, …, and with _reverse those of the way back.

    They are listed by kind: all weight_ih, then all weight_hh, and so on. Each starts uniform in ± 1/sqrt(hidden_size).
    """

    mode = "rnn_tanh"

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, has_bias: bool = True, batch_first: bool = False,
        dropout: float = 0.0, bidirectional: bool = False, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        check_positive(self, hidden_size=hidden_size, input_size=input_size, num_layers=num_layers)
        check_type(self, float, dropout=dropout)
        check_type(self, bool, has_bias=has_bias, batch_first=batch_first, bidirectional=bidirectional)
        if not 0 <= dropout < 1:
            raise refuse(self, f"the 'dropout' must be a number in range [0, 1), but got {dropout}.")
        self.hidden_size, self.num_layers, self.dropout = hidden_size, num_layers, dropout
        self.has_bias, self.batch_first, self.bidirectional = has_bias, batch_first, bidirectional
        self.directions = 2 if bidirectional else 1
        rows = GATES[self.mode] * hidden_size
        shapes: dict[str, list[Any]] = {"w_ih": [], "w_hh": [], "b_ih": [], "b_hh": []}
        init = Uniform(1 / math.sqrt(hidden_size))
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else hidden_size * self.directions
            for suffix in ("", "_reverse")[: self.directions]:
                shapes["w_ih"].append(new_parameter(f"weight_ih_l{layer}{suffix}", init, (rows, inputs), dtype))
                shapes["w_hh"].append(new_parameter(f"weight_hh_l{layer}{suffix}", init, (rows, hidden_size), dtype))
                if has_bias:
                    shapes["b_ih"].append(new_parameter(f"bias_ih_l{layer}{suffix}", init, (rows,), dtype))
                    shapes["b_hh"].append(new_parameter(f"bias_hh_l{layer}{suffix}", init, (rows,), dtype))
        self.w_ih_list, self.w_hh_list = ParameterTuple(shapes["w_ih"]), ParameterTuple(shapes["w_hh"])
        self.b_ih_list, self.b_hh_list = ParameterTuple(shapes["b_ih"]), ParameterTuple(shapes["b_hh"])

    def flat_weights(self, dtype: Any) -> list[Any]:
        """The parameters as PyTorch's kernels take them, layer by layer."""
        kinds = (self.w_ih_list, self.w_hh_list, self.b_ih_list, self.b_hh_list)[: 4 if self.has_bias else 2]
        return [weight.to(dtype) for group in zip(*kinds, strict=True) for weight in group]

    def states(self, x: Any, hx: Any, batch: int) -> tuple[Any, ...]:
        """The initial states, zeros unless given; TypeError for what is none."""
        count = 2 if self.mode == "lstm" else 1
        if hx is None:
            return (x.new_zeros(self.num_layers * self.directions, batch, self.hidden_size),) * count
        if count == 2 and not (isinstance(hx, tuple) and len(hx) == 2):
            raise refuse(self, f"the 'hx' must be a tuple of two Tensors, but got {type(hx).__name__}.", TypeError)
        states = hx if count == 2 else (hx,)
        for state in states:
            if not isinstance(state, torch.Tensor) or state.dtype != x.dtype:
                raise refuse(self, "the 'hx' must be a Tensor of the input's data type.", TypeError)
        return tuple(states)

    @computed
    def construct(self, x: Any, hx: Any = None, seq_length: Any = None) -> Any:
        check_rank(self, x, 3)
        if x.dtype not in (torch.float32, torch.float16) and not (x.dtype == torch.float64 and hx is None):
            raise refuse(self, f"the data type of 'x' must be float32 or float16, but got {x.dtype}.", TypeError)
        size = self.w_ih_list[0].shape[1]
        if x.shape[-1] != size:
            raise refuse(self, f"the last axis of 'x' must be of input_size {size}, but got {x.shape[-1]}.", ValueError)
        batch = x.shape[0 if self.batch_first else 1]
        states = self.states(x, hx, batch)
        run = getattr(torch, self.mode)
        options = self.has_bias, self.num_layers, self.dropout, self.training, self.bidirectional
        weights = self.flat_weights(x.dtype)
        start = states if self.mode == "lstm" else states[0]
        if seq_length is None:
            output, *last = run(x, start, weights, *options, self.batch_first)
        else:
            packed = self.packed(x, seq_length, batch)
            order = packed.sorted_indices
            moved = tuple(state.index_select(1, order) for state in states)
            data, *last = run(packed.data, packed.batch_sizes, moved if self.mode == "lstm" else moved[0], weights, *options)
            last = [state.index_select(1, packed.unsorted_indices) for state in last]
            again = packed._replace(data=data)
            length = x.shape[1 if self.batch_first else 0]
            output, _ = torch.nn.utils.rnn.pad_packed_sequence(again, self.batch_first, total_length=length)
        return output, tuple(last) if self.mode == "lstm" else last[0]

    def packed(self, x: Any, seq_length: Any, batch: int) -> Any:
        """The sequences cut to their lengths. TypeError unless these are an int32 or int64 Tensor, ValueError unless one a sequence."""
        if not isinstance(seq_length, torch.Tensor) or seq_length.dtype not in (torch.int32, torch.int64):
            raise refuse(self, "the 'seq_length' must be a Tensor of int32 or int64.", TypeError)
        if seq_length.shape != (batch,):
            raise refuse(self, f"batch size of x and seq_length must be equal, but got {batch} and {seq_length.shape[0]}.")
        return torch.nn.utils.rnn.pack_padded_sequence(x, seq_length.long().cpu(), self.batch_first, enforce_sorted=False)


class RNN(Recurrent):
    """nn.RNN, with `nonlinearity="tanh"` or "relu" by keyword."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if nonlinearity not in ("tanh", "relu"):
            raise refuse(self, f"the 'nonlinearity' must be in ['tanh', 'relu'], but got {nonlinearity}.")
        mode = f"rnn_{nonlinearity}"
        self.__dict__["mode"] = mode
        try:
            super().__init__(*args, **kwargs)
        except TypeError as error:
            raise errors.at_boundary("mindspore.nn.RNN", error, TypeError) from error
        self.mode = mode


class GRU(Recurrent):
    """nn.GRU."""

    mode = "gru"


class LSTM(Recurrent):
    """nn.LSTM: hx is (h, c), and so is the second result."""

    mode = "lstm"


class RecurrentCell(Layer):
    """What the cells share: weight_ih, weight_hh, bias_ih, bias_hh, each uniform in ± 1/sqrt(hidden_size) at first."""

    mode = ""

    def __init__(self, input_size: int, hidden_size: int, has_bias: bool = True, dtype: Any = dtypes.float32) -> None:
        super().__init__()
        check_type(self, bool, has_bias=has_bias)
        check_positive(self, hidden_size=hidden_size, input_size=input_size)
        self.input_size, self.hidden_size, self.has_bias = input_size, hidden_size, has_bias
        rows, init = GATES[self.mode] * hidden_size, Uniform(1 / math.sqrt(hidden_size))
        self.weight_ih = new_parameter("weight_ih", init, (rows, input_size), dtype)
        self.weight_hh = new_parameter("weight_hh", init, (rows, hidden_size), dtype)
        self.bias_ih: Any = new_parameter("bias_ih", init, (rows,), dtype) if has_bias else None
        self.bias_hh: Any = new_parameter("bias_hh", init, (rows,), dtype) if has_bias else None

    @computed
    def construct(self, x: Any, hx: Any) -> Any:
        states = hx if isinstance(hx, tuple) else (hx,)
        if isinstance(hx, tuple) != (self.mode == "lstm") or (self.mode == "lstm" and len(hx) != 2):
            raise refuse(self, f"the 'hx' must not be {type(hx).__name__} of this length.", TypeError)
        for tensor in (x, *states):
            if not isinstance(tensor, torch.Tensor) or tensor.dtype not in (torch.float32, torch.float16):
                raise refuse(self, "'x' and 'hx' must be Tensors of float32 or float16.", TypeError)
        if x.dim() != 2:
            raise errors.invalid(ValueError, f"For '{type(self).__name__}', the input must have 2 dims, but got {x.dim()}.")
        return getattr(torch, f"{self.mode}_cell")(x, hx, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)


class RNNCell(RecurrentCell):
    """nn.RNNCell."""

    mode = "rnn_tanh"

    def __init__(
        self, input_size: int, hidden_size: int, has_bias: bool = True, nonlinearity: str = "tanh", dtype: Any = dtypes.float32
    ) -> None:
        super().__init__(input_size, hidden_size, has_bias, dtype)
        check_type(self, str, nonlinearity=nonlinearity)
        if nonlinearity not in ("tanh", "relu"):
            raise refuse(self, f"the 'nonlinearity' must be in ['tanh', 'relu'], but got {nonlinearity}.")
        self.nonlinearity, self.mode = nonlinearity, f"rnn_{nonlinearity}"


class GRUCell(RecurrentCell):
    """nn.GRUCell."""

    mode = "gru"


class LSTMCell(RecurrentCell):
    """nn.LSTMCell: hx is (h, c), and so is the result."""

    mode = "lstm"
