"""ops.LSTM, BasicLSTMCell, DynamicRNN, DynamicGRUV2: recurrent networks by their weights."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.primitives.base import primitive

torch: Any = frameworks.load("torch")

__all__ = ["BasicLSTMCell", "DynamicGRUV2", "DynamicRNN", "LSTM"]


@primitive
def LSTM(
    input: Any, h: Any, c: Any, w: Any, *, input_size: int, hidden_size: int, num_layers: int, has_bias: bool, bidirectional: bool,
    dropout: float, proj_size: int = 0,
) -> Any:  # fmt: skip
    """One layer over (T, N, input_size): output (T, N, directions * hidden), last states, and two more results that are empty here.

    `w` holds, flat, all input weights, then all hidden weights, then the biases of each direction, one or two of them that add up.
    """
    for argument, value, known in (("num_layers", num_layers, 1), ("proj_size", proj_size, 0)):
        if value != known:
            raise errors.UnsupportedArgument("mindspore.ops.LSTM", argument, value, repr(known))
    directions, rows = 2 if bidirectional else 1, 4 * hidden_size
    flat = w.reshape(-1)
    outer, inner = directions * rows * input_size, directions * rows * hidden_size
    inputs = flat[:outer].reshape(directions, rows, input_size)
    hidden = flat[outer : outer + inner].reshape(directions, rows, hidden_size)
    biases = flat[outer + inner :]
    if biases.numel() not in ((directions * rows, 2 * directions * rows) if has_bias else (0,)):
        raise errors.invalid(ValueError, f"For 'LSTM', the weights have {flat.numel()} elements, which does not fit its sizes.")
    weights = []
    parts = biases.reshape(-1, directions, rows)
    for way in range(directions):
        weights += [inputs[way], hidden[way]]
        weights += [parts[:, way].sum(0), torch.zeros_like(parts[0, way])] if has_bias else []
    output, last_h, last_c = torch.lstm(input, (h, c), weights, has_bias, 1, dropout, False, bidirectional, False)
    return output, last_h, last_c, output.new_zeros(0, 1), output.new_zeros(0, 1)


def only(name: str, **given: tuple[Any, Any]) -> None:
    """UnsupportedArgument unless each argument has the one value that MindSpore documents as supported."""
    for argument, (value, known) in given.items():
        if value != known:
            raise errors.UnsupportedArgument(f"mindspore.ops.{name}", argument, value, repr(known))


def lstm_step(x: Any, h: Any, c: Any, w: Any, b: Any, forget_bias: float) -> tuple[Any, ...]:
    """(h, c, i, j, f, o, tanh c) of weights (inputs + hidden, 4 hidden) in the order input, new, forget, output."""
    i, j, f, o = (torch.cat([x, h], 1) @ w + b).chunk(4, 1)
    i, j, f, o = torch.sigmoid(i), torch.tanh(j), torch.sigmoid(f + forget_bias), torch.sigmoid(o)
    c = f * c + i * j
    bent = torch.tanh(c)
    return o * bent, c, i, j, f, o, bent


@primitive
def BasicLSTMCell(
    x: Any, h: Any, c: Any, w: Any, b: Any, *, keep_prob: float = 1.0, forget_bias: float = 1.0, state_is_tuple: bool = True,
    activation: str = "tanh",
) -> Any:  # fmt: skip
    """One step of (N, inputs): the states c and h, and the gates i, j, f, o and tanh c."""
    only("BasicLSTMCell", keep_prob=(keep_prob, 1.0), state_is_tuple=(state_is_tuple, True), activation=(activation, "tanh"))
    new_h, new_c, *gates = lstm_step(x, h, c, w, b.reshape(-1), forget_bias)
    return new_c, new_h, *gates


@primitive
def DynamicRNN(
    x: Any, w: Any, b: Any, seq_length: Any, init_h: Any, init_c: Any, *, cell_type: str = "LSTM", direction: str = "UNIDIRECTIONAL",
    cell_depth: int = 1, use_peephole: bool = False, keep_prob: float = 1.0, cell_clip: float = -1.0, num_proj: int = 0,
    time_major: bool = True, activation: str = "tanh", forget_bias: float = 0.0, is_training: bool = True,
) -> Any:  # fmt: skip
    """An LSTM over (T, N, inputs): y, h, c, i, j, f, o and tanh c of every step, each (T, N, hidden), in the dtype of the bias; h float16."""
    only("DynamicRNN", cell_type=(cell_type, "LSTM"), direction=(direction, "UNIDIRECTIONAL"), cell_depth=(cell_depth, 1),
         use_peephole=(use_peephole, False), keep_prob=(keep_prob, 1.0), cell_clip=(cell_clip, -1.0), num_proj=(num_proj, 0),
         time_major=(time_major, True), activation=(activation, "tanh"), seq_length=(seq_length, None))  # fmt: skip
    h, c = init_h[0], init_c[0]
    steps = []
    for moment in x:
        h, c, *gates = lstm_step(moment, h, c, w, b, forget_bias)
        steps.append((h, h, c, *gates))
    y, hidden, *rest = (torch.stack(each).to(b.dtype) for each in zip(*steps, strict=True))
    return y, hidden.to(x.dtype), *rest


@primitive
def DynamicGRUV2(
    x: Any, weight_input: Any, weight_hidden: Any, bias_input: Any, bias_hidden: Any, seq_length: Any, init_h: Any, *,
    direction: str = "UNIDIRECTIONAL", cell_depth: int = 1, keep_prob: float = 1.0, cell_clip: float = -1.0, num_proj: int = 0,
    time_major: bool = True, activation: str = "tanh", gate_order: str = "rzh", reset_after: bool = True, is_training: bool = True,
) -> Any:  # fmt: skip
    """A GRU over (T, N, inputs): y, h, update, reset, new gate and the new gate's hidden part of every step, each (T, N, hidden).

    Weights (inputs, 3 hidden) and (hidden, 3 hidden) in the order of `gate_order`. All in the dtype of the first bias, or of `init_h`.
    """
    only("DynamicGRUV2", direction=(direction, "UNIDIRECTIONAL"), cell_depth=(cell_depth, 1), keep_prob=(keep_prob, 1.0),
         cell_clip=(cell_clip, -1.0), num_proj=(num_proj, 0), time_major=(time_major, True), activation=(activation, "tanh"),
         seq_length=(seq_length, None))  # fmt: skip
    if gate_order not in ("rzh", "zrh"):
        raise errors.invalid(ValueError, f"For 'DynamicGRUV2', 'gate_order' must be 'rzh' or 'zrh', but got {gate_order!r}.")
    kind = next((each.dtype for each in (bias_input, bias_hidden) if each is not None), init_h.dtype)
    inputs, outer, inner, h = (each.to(kind) for each in (x, weight_input, weight_hidden, init_h))
    outer_bias, inner_bias = (None if each is None else each.to(kind) for each in (bias_input, bias_hidden))
    steps = []
    for moment in inputs:
        given = (moment @ outer + (0 if outer_bias is None else outer_bias)).chunk(3, 1)
        kept = (h @ inner + (0 if inner_bias is None else inner_bias)).chunk(3, 1)
        first, second = (torch.sigmoid(a + b) for a, b in zip(given[:2], kept[:2], strict=True))
        reset, update = (first, second) if gate_order == "rzh" else (second, first)
        if reset_after:
            hidden_new = kept[2]
            new = torch.tanh(given[2] + reset * hidden_new)
        else:
            part = inner.chunk(3, 1)[2]
            hidden_new = (reset * h) @ part + (0 if inner_bias is None else inner_bias.chunk(3)[2])
            new = torch.tanh(given[2] + hidden_new)
        h = (1 - update) * new + update * h
        steps.append((h, h, update, reset, new, hidden_new))
    return tuple(torch.stack(each) for each in zip(*steps, strict=True))
