"""Recurrences over time: the steps of RNN, LSTM and GRU, and layers of them in one or both directions.

Projecting the inputs of all steps takes one matrix product; what is left for each step is few operators. An LSTM layer in float32
is one MindSpore operator as a whole.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

from compat.torch_on_mindspore import dtypes, elementary, engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional.linear import add_bias, product, product_gradient
from compat.torch_on_mindspore.functional.pointwise import ReLU
from compat.torch_on_mindspore.linear_maps import cat, narrow, split, unbind
from compat.torch_on_mindspore.recomposition import recomposed
from compat.torch_on_mindspore.second_order import derived, whole
from compat.torch_on_mindspore.tensor import as_tensor

ops = mindspore.ops

State = tuple[Any, ...]
Weights = tuple[Any, ...]  # weight_ih, weight_hh, bias_ih, bias_hh, weight_hr; the last three may be None
Step = Callable[[Any, State, Weights], State]


def times(input: Any, weight: Any) -> Any:
    """input · weightᵀ."""
    return derived(product(input, weight), product_gradient, as_tensor(input), as_tensor(weight))


def projected(input: Any, weight: Any, bias: Any) -> Any:
    """input · weightᵀ + bias, for rows of inputs."""
    found = times(input, weight)
    return found if bias is None else add_bias(found, bias)


# --- one step, given the projected input ---


def tanh_step(projection: Any, state: State, weights: Weights) -> State:
    return (elementary.tanh(ops.add(projection, projected(state[0], weights[1], weights[3]))),)


def relu_step(projection: Any, state: State, weights: Weights) -> State:
    return (ReLU.apply(ReLU, ops.add(projection, projected(state[0], weights[1], weights[3]))),)  # MindSpore's own makes 0 of nan


def lstm_step(projection: Any, state: State, weights: Weights) -> State:
    hidden, cell = state
    gates = ops.add(projection, projected(hidden, weights[1], weights[3]))
    entering, kept, candidate, shown = split(gates, cell.shape[1], 1)
    cell = ops.add(ops.mul(elementary.sigmoid(kept), cell), ops.mul(elementary.sigmoid(entering), elementary.tanh(candidate)))
    hidden = ops.mul(elementary.sigmoid(shown), elementary.tanh(cell))
    return (hidden if weights[4] is None else times(hidden, weights[4])), cell


def gru_step(projection: Any, state: State, weights: Weights) -> State:
    (hidden,) = state
    size = hidden.shape[1]
    gates, candidate = split(projection, [2 * size, size], 1)
    recurrent_gates, recurrent = split(projected(hidden, weights[1], weights[3]), [2 * size, size], 1)
    reset, update = split(elementary.sigmoid(ops.add(gates, recurrent_gates)), size, 1)
    candidate = elementary.tanh(ops.add(candidate, ops.mul(reset, recurrent)))
    return (ops.add(candidate, ops.mul(update, ops.sub(hidden, candidate))),)


STEPS: dict[str, Step] = {"RNN_TANH": tanh_step, "RNN_RELU": relu_step, "LSTM": lstm_step, "GRU": gru_step}


def one_step(mode: str, input: Any, state: State, weights: Weights) -> State:
    """The state after one input (batch, features)."""
    return STEPS[mode](projected(input, weights[0], weights[2]), state, weights)


# --- the steps of a layer ---


def scan(run: Callable[[Any, State], tuple[Any, State]], pieces: Sequence[Any], state: State, reverse: bool) -> tuple[list[Any], State]:
    """`run` over pieces (…, batch, features) of a sequence, whose batches never grow: the outputs, and the last state of each row.

    Rows that a piece lacks end before it; in `reverse` they start after it, from their row of `state`.
    """
    initial = state
    batches = [piece.shape[-2] for piece in pieces]
    outputs = []
    ended = []
    if reverse:
        state = tuple(narrow(one, 0, 0, batches[-1]) for one in initial) if batches[-1] < batches[0] else initial
    batch = batches[-1] if reverse else batches[0]
    for piece, wanted in zip(reversed(pieces), reversed(batches), strict=True) if reverse else zip(pieces, batches, strict=True):
        if wanted < batch:
            ended.append(tuple(narrow(one, 0, wanted, batch - wanted) for one in state))
            state = tuple(narrow(one, 0, 0, wanted) for one in state)
        elif wanted > batch:
            state = tuple(cat([one, narrow(first, 0, batch, wanted - batch)]) for one, first in zip(state, initial, strict=True))
        batch = wanted
        output, state = run(piece, state)
        outputs.append(output)
    if ended:
        state = tuple(map(cat, zip(state, *reversed(ended), strict=True)))
    return (outputs[::-1] if reverse else outputs), state


def direction(mode: str, input: Any, sizes: list[int] | None, state: State, weights: Weights, reverse: bool) -> tuple[Any, State]:
    """One direction of a layer, step by step: input (steps, batch, features), or packed rows with the batch `sizes` of the steps."""
    if sizes is None:
        steps, batch, features = input.shape
        rows = ops.reshape(input, (steps * batch, features))
        pieces = unbind(ops.reshape(projected(rows, weights[0], weights[2]), (steps, batch, weights[0].shape[0])))
    else:
        pieces = split(projected(input, weights[0], weights[2]), sizes)

    def run(piece: Any, state: State) -> tuple[Any, State]:
        new = STEPS[mode](piece, state, weights)
        return new[0], new

    outputs, state = scan(run, pieces, state, reverse)
    return (ops.stack(outputs) if sizes is None else cat(outputs)), state


# --- an LSTM layer as one operator ---


@functools.cache
def kernel(features: int, hidden: int, bias: bool, bidirectional: bool, projection: int) -> Any:
    return ops.operations.LSTM(features, hidden, 1, bias, bidirectional, 0.0, projection)


def flat_weights(directions: Sequence[Weights]) -> Any:
    """The weights in one column, as the operator reads them: each kind for all directions, and the sum of the biases.

    The gradient of a sum is one tensor for both biases; being a part of that of the column, it is copied for each of them.
    """
    inputs, recurrent, bias_ih, bias_hh, projections = zip(*directions, strict=True)
    parts = [*inputs, *recurrent, *(one for one in projections if one is not None)]
    if bias_ih[0] is not None:
        parts += [ops.add(one, other) for one, other in zip(bias_ih, bias_hh, strict=True)]
    return cat([ops.reshape(one, (-1, 1, 1)) for one in parts])


def lstm_operator(directions: Sequence[Weights]) -> Callable[[Any, State], tuple[Any, State]]:
    """A layer in one or two directions, as a function of the input (steps, batch, features) and states (directions, batch, size)."""
    weight_ih, weight_hh, bias, _, projection = directions[0]
    size = weight_ih.shape[0] // 4
    operator = kernel(weight_ih.shape[1], size, bias is not None, len(directions) == 2, 0 if projection is None else weight_hh.shape[1])
    flat = flat_weights(directions)

    def run(input: Any, state: State) -> tuple[Any, State]:
        found = operator(input, *state, flat)
        output, hidden, cell = derived(found, recomposed, composition, input, *state, flat)[:3]
        return output, (hidden, cell)

    def composition(input: Any, hidden: Any, cell: Any, flat: Any) -> tuple[Any, Any, Any]:
        output, states = stepwise("LSTM", input, None, (hidden, cell), directions_of(flat, directions))
        return output, *states

    return run


def directions_of(flat: Any, directions: Sequence[Weights]) -> list[Weights]:
    """The weights of `flat_weights`, of the shapes of those in `directions`; the second bias is left out, in the first being both."""
    kinds = [[one[place] for one in directions] for place in (0, 1, 4, 2)]
    shapes = [tuple(one.shape) for kind in kinds for one in kind if one is not None]
    parts = iter(split(ops.reshape(flat, (-1,)), [math.prod(shape) for shape in shapes]))
    taken = iter([ops.reshape(whole(part), shape) for part, shape in zip(parts, shapes, strict=True)])
    inputs, recurrent, projections, biases = ([None if one is None else next(taken) for one in kind] for kind in kinds)
    return [(*own, None, last) for *own, last in zip(inputs, recurrent, biases, projections, strict=True)]


def lstm_packed(input: Any, sizes: list[int], state: State, weights: Weights, reverse: bool) -> tuple[Any, State]:
    """One direction over packed rows, in which steps with equal batches are one run of the operator."""
    starts = [0, *(at for at in range(1, len(sizes)) if sizes[at] != sizes[at - 1]), len(sizes)]
    runs = [(end - start, sizes[start]) for start, end in itertools.pairwise(starts)]
    pieces = [
        ops.reshape(piece, (*shape, -1)) for piece, shape in zip(split(input, [steps * batch for steps, batch in runs]), runs, strict=True)
    ]

    operator = lstm_operator([weights])

    def run(piece: Any, state: State) -> tuple[Any, State]:
        piece = ops.flip(piece, (0,)) if reverse else piece
        output, state = operator(piece, tuple(ops.expand_dims(one, 0) for one in state))
        output = ops.flip(output, (0,)) if reverse else output
        return ops.reshape(output, (-1, output.shape[-1])), tuple(ops.squeeze(one, 0) for one in state)

    outputs, state = scan(run, pieces, state, reverse)
    return cat(outputs), state


def layer(mode: str, input: Any, sizes: list[int] | None, state: State, directions: Sequence[Weights]) -> tuple[Any, State]:
    """All directions of a layer: their outputs side by side, and the last states (directions, batch, size)."""
    operator = mode == "LSTM" and engine.ON_CPU and input.dtype == dtypes.float32 and 0 not in input.shape
    if operator and sizes is None:
        return lstm_operator(directions)(input, state)
    return stepwise(mode, input, sizes, state, directions, operator)


def stepwise(
    mode: str, input: Any, sizes: list[int] | None, state: State, directions: Sequence[Weights], packed: bool = False
) -> tuple[Any, State]:
    """`layer`, step by step, or with `packed` by runs of LSTM steps."""
    found = []
    for number, weights in enumerate(directions):
        own = tuple(as_tensor(one)[number] for one in state)
        if packed:
            found.append(lstm_packed(input, sizes or [], own, weights, number == 1))
        else:
            found.append(direction(mode, input, sizes, own, weights, number == 1))
    outputs, states = zip(*found, strict=True)
    last = tuple(ops.stack(one) for one in zip(*states, strict=True))
    return (outputs[0] if len(outputs) == 1 else cat(outputs, -1)), last
