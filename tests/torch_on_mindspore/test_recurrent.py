"""Recurrent layers and cells against PyTorch's: values, gradients, packed inputs, dropout, names and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

GRADIENTS = """
def gradients(module, *inputs):
    inputs = [torch.tensor(one, requires_grad=True) for one in inputs]
    return inputs, lambda: ([one.grad for one in inputs], {name: one.grad for name, one in module.named_parameters()})
def drawn(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape).astype(np.float32)
def weighed(*outputs):
    return sum((one * torch.tensor(drawn(*one.shape)).to(one.dtype)).sum() for one in outputs)
torch.manual_seed(3)
"""
LAYERS = (
    "RNN(3, 4)", "RNN(3, 4, 2, 'relu')", "RNN(3, 4, 2, bidirectional=True)", "RNN(3, 4, bias=False, nonlinearity='relu')",
    "GRU(3, 4)", "GRU(3, 4, 2, bidirectional=True)", "GRU(3, 4, bias=False)",
    "LSTM(3, 4)", "LSTM(3, 4, 2, bidirectional=True)", "LSTM(3, 4, bias=False)", "LSTM(3, 4, 2, proj_size=2)",
    "LSTM(3, 4, 2, bidirectional=True, proj_size=2)", "LSTM(3, 4, proj_size=2, bias=False)", "LSTM(1, 1, bidirectional=True)",
)  # fmt: skip


def states(layer: str, batch: str) -> str:
    """Code for a drawn initial state of `layer`."""
    lines = [f"count = m.num_layers * (2 if m.bidirectional else 1)\nshapes = [(count{batch}, m.proj_size or m.hidden_size)]"]
    if layer.startswith("LSTM"):
        lines.append(f"shapes.append((count{batch}, m.hidden_size))")
    return "\n".join(lines)


def first(layer: str) -> str:
    return "(h[0], h[1])" if layer.startswith("LSTM") else "h[0]"


def last(layer: str) -> str:
    return "*last" if layer.startswith("LSTM") else "last"


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("shape", "batch"), [("5, 2", ", 2"), ("5", "")])
def test_layer(layer: str, shape: str, batch: str) -> None:
    check(
        f"""{GRADIENTS}
m = nn.{layer}
{states(layer, batch)}
(x, *h), found = gradients(m, drawn({shape}, m.input_size), *(drawn(*one) for one in shapes))
y, last = m(x, {first(layer)})
weighed(y, {last(layer)}).backward()
(y, last, found())""",
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("given", [True, False])
def test_packed(layer: str, given: bool) -> None:
    check(
        f"""{GRADIENTS}
m = nn.{layer}
{states(layer, ", 4")}
(x, *h), found = gradients(m, drawn(5, 4, m.input_size), *(drawn(*one) for one in shapes))
packed = nn.utils.rnn.pack_padded_sequence(x, [2, 5, 2, 1], enforce_sorted=False)
y, last = m(packed, {first(layer) if given else None})
weighed(y.data, {last(layer)}).backward()
(list(y), last, found())""",
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize(
    "code",
    [
        "m = nn.LSTM(3, 4, 2, batch_first=True)\nm(torch.tensor(drawn(2, 5, 3)))",
        "m = nn.GRU(3, 4, batch_first=True)\nm(torch.tensor(drawn(5, 3)))",
        "m = nn.RNN(3, 4, 2, 'relu', False, True)\nm(torch.tensor(drawn(2, 5, 3)))",
        "m = nn.LSTM(3, 4, 3, dropout=0.5)\nm(torch.tensor(drawn(5, 2, 3)))",
        "m = nn.GRU(3, 4, 3, dropout=0.3, batch_first=True, bidirectional=True)\nm(torch.tensor(drawn(5, 2, 3)))",
        "m = nn.GRU(3, 4, 2, dropout=1.0)\nm(torch.tensor(drawn(5, 2, 3)))",
        "m = nn.RNN(3, 4, 2, dropout=0.5).eval()\nm(torch.tensor(drawn(5, 2, 3)))",
        "m = nn.RNN(3, 4, 2, dropout=0.5)\nm(nn.utils.rnn.pack_sequence([torch.tensor(drawn(n, 3)) for n in (4, 2)]))[0].data",
        "m = nn.LSTM(3, 4, dtype=torch.float64)\nm(torch.tensor(drawn(5, 2, 3)).double())",
        "m = nn.GRU(3, 4).double()\nm(torch.tensor(drawn(5, 2, 3)).double())",
        "m = nn.GRU(3, 4)\nm(torch.zeros(5, 0, 3))",
        "m = nn.LSTM(3, 4, 2, bidirectional=True)\nm(torch.zeros(5, 0, 3))",
        "m = nn.LSTM(3, 4)\nwith torch.no_grad():\n    y = m(torch.tensor(drawn(5, 2, 3)))\ny",
        "m = nn.LSTM(3, 4)\nm.flatten_parameters()\n[[one.shape for one in each] for each in m.all_weights]",
        "m = nn.RNNCell(3, 4)\nm(torch.tensor(drawn(2, 3)))",
        "m = nn.RNNCell(3, 4, nonlinearity='relu', bias=False)\nm(torch.tensor(drawn(3)), torch.tensor(drawn(4)))",
        "m = nn.LSTMCell(3, 4)\nm(torch.tensor(drawn(2, 3)), (torch.tensor(drawn(2, 4)), torch.tensor(drawn(2, 4))))",
        "m = nn.LSTMCell(3, 4, bias=False)\nm(torch.tensor(drawn(3)))",
        "m = nn.GRUCell(3, 4)\nm(torch.tensor(drawn(2, 3)), torch.tensor(drawn(2, 4)))",
        "m = nn.GRUCell(3, 4)\nm(torch.tensor(drawn(3)))",
    ],
)
def test_variants(code: str) -> None:
    check(GRADIENTS + code, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cell", ["RNNCell(3, 4)", "LSTMCell(3, 4)", "GRUCell(3, 4)", "GRUCell(3, 4, bias=False)"])
def test_cell_gradients(cell: str) -> None:
    state = "(h, c)" if cell.startswith("LSTM") else "h"
    check(
        f"""{GRADIENTS}
m = nn.{cell}
(x, h, c), found = gradients(m, drawn(3, 2, 3), drawn(2, 4), drawn(2, 4))
state = {state}
for one in x:
    state = m(one, state)
weighed({"*state" if "(" in state else "state"}).backward()
found()""",
        rtol=1e-4,
        atol=1e-5,
    )


def test_gradients_accumulate() -> None:
    check(
        f"""{GRADIENTS}
m = nn.LSTM(3, 4)
(x,), found = gradients(m, drawn(5, 2, 3))
for _ in range(3):
    weighed(m(x)[0]).backward()
_ = nn.utils.clip_grad_norm_(m.parameters(), 0.5)
found()""",
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_names_weights_and_text(layer: str) -> None:
    check(f"torch.manual_seed(1)\nm = nn.{layer}\n(m.state_dict(), repr(m), m.mode, m._flat_weights_names)")


@pytest.mark.parametrize(
    "code",
    [
        "repr(nn.RNN(2, 3, 2, 'relu', dropout=0.5, bidirectional=True, batch_first=True, bias=False))",
        "repr([nn.RNNCell(2, 3, nonlinearity='relu'), nn.LSTMCell(2, 3, bias=False), nn.GRUCell(2, 3)])",
        "list(nn.GRUCell(2, 3, bias=False).state_dict())",
        "isinstance(nn.LSTM(2, 3), nn.RNNBase), isinstance(nn.GRUCell(2, 3), nn.modules.rnn.RNNCellBase)",
    ],
)
def test_text(code: str) -> None:
    check(code)


@pytest.mark.parametrize(
    "code",
    [
        "nn.LSTM(2, 3)(torch.zeros(0, 2, 2))",
        "nn.RNN(2, 3)(torch.zeros(2, 2, 2).double())",
        "nn.RNN(2, 3)(torch.zeros(2, 2, 5))",
        "nn.RNN(2, 3)(torch.zeros(2, 2, 2, 2))",
        "nn.GRU(2, 3)(torch.zeros(2))",
        "nn.LSTM(2, 3)(torch.zeros(2, 2, 2), (torch.zeros(1, 2, 3), torch.zeros(1, 2, 4)))",
        "nn.LSTM(2, 3)(torch.zeros(2, 2), (torch.zeros(1, 2, 3), torch.zeros(1, 2, 3)))",
        "nn.GRU(2, 3)(torch.zeros(2, 2, 2), torch.zeros(2, 2, 3))",
        "nn.GRU(2, 3)(torch.zeros(2, 2), torch.zeros(1, 2, 3))",
        "nn.GRU(2, 3, proj_size=1)",
        "nn.RNN(2, 3, nonlinearity='x')",
        "nn.LSTM(2, 3, proj_size=3)",
        "nn.LSTM(2, 3, proj_size=-1)",
        "nn.LSTM(2, 3, dropout=2)",
        "nn.LSTM(2, 0)",
        "nn.LSTM(2.0, 3)",
        "nn.LSTM(2, 3, 0)",
        "nn.LSTM(2, 3, bias=1)",
        "nn.RNNBase('X', 2, 3)",
        "nn.RNNCell(2, 3)(torch.zeros(2, 3))",
        "nn.RNNCell(2, 3)(torch.zeros(2, 2), torch.zeros(3, 3))",
        "nn.RNNCell(2, 3)(torch.zeros(2, 2), torch.zeros(2, 4))",
        "nn.LSTMCell(2, 3)(torch.zeros(2, 2), (torch.zeros(2, 3), torch.zeros(2, 4)))",
        "nn.LSTMCell(2, 3)(torch.zeros(2, 2), (torch.zeros(2, 3), torch.zeros(2, 3, 3)))",
        "nn.GRUCell(2, 3)(torch.zeros(2, 2).double())",
        "nn.RNNCell(2, 3)(torch.zeros(2, 2, 2))",
        "nn.RNNCell(2, 3, nonlinearity='x')(torch.zeros(2, 2))",
    ],
)
def test_mistakes(code: str) -> None:
    check_message(code)
