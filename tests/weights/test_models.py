"""Whole models: weights of PyTorch, converted, give the same outputs in MindSpore's model, and come back bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mindspore
import mindspore.nn as msnn
import numpy as np
import pytest
import torch
from mindspore import ops
from torch import nn

from compat.cli import main


class CNN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.body = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.PReLU(8))
        self.fc = nn.Linear(8, 5)

    def forward(self, x: Any) -> Any:
        x = torch.relu(self.bn1(self.conv1(x)))
        return self.fc(self.body(x).mean((2, 3)))


class MindSporeCNN(msnn.Cell):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = msnn.Conv2d(3, 8, 3, pad_mode="pad", padding=1), msnn.BatchNorm2d(8)
        self.body = msnn.SequentialCell(msnn.Conv2d(8, 8, 3, pad_mode="pad", padding=1, has_bias=True), msnn.GroupNorm(2, 8), msnn.PReLU(8))
        self.fc = msnn.Dense(8, 5)

    def construct(self, x: Any) -> Any:
        x = ops.relu(self.bn1(self.conv1(x)))
        return self.fc(self.body(x).mean((2, 3)))


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        self.position = nn.Parameter(torch.randn(1, 6, 8))
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2, nn.LayerNorm(8), enable_nested_tensor=False
        )
        self.head = nn.Linear(8, 20, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x: Any) -> Any:
        return self.head(self.encoder(self.embedding(x) + self.position))


class MindSporeTransformer(msnn.Cell):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.embedding = msnn.Embedding(20, 8)
        self.position = mindspore.Parameter(mindspore.Tensor(np.zeros((1, 6, 8), np.float32)))
        layer = msnn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.encoder = msnn.TransformerEncoder(layer, 2, msnn.LayerNorm((8,), epsilon=1e-5))

    def construct(self, x: Any) -> Any:
        return ops.matmul(self.encoder(self.embedding(x) + self.position), self.embedding.embedding_table.T)


class Sequences(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.up = nn.Conv1d(4, 6, 3), nn.ConvTranspose1d(6, 4, 3)
        self.lstm, self.gru = nn.LSTM(4, 5, 2, bidirectional=True, batch_first=True), nn.GRU(10, 3, batch_first=True)

    def forward(self, x: Any) -> Any:
        return self.gru(self.lstm(self.up(torch.tanh(self.conv(x))).transpose(1, 2))[0])[0]


class MindSporeSequences(msnn.Cell):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.conv = msnn.Conv1d(4, 6, 3, pad_mode="valid", has_bias=True)
        self.up = msnn.Conv1dTranspose(6, 4, 3, pad_mode="pad", has_bias=True)
        self.lstm, self.gru = msnn.LSTM(4, 5, 2, bidirectional=True, batch_first=True), msnn.GRU(10, 3, batch_first=True)

    def construct(self, x: Any) -> Any:
        return self.gru(self.lstm(self.up(ops.tanh(self.conv(x))).swapaxes(1, 2))[0])[0]


class Volumes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn = nn.Conv3d(1, 4, 3, padding=1), nn.BatchNorm3d(4)

    def forward(self, x: Any) -> Any:
        return self.bn(self.conv(x))


class MindSporeVolumes(msnn.Cell):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn = msnn.Conv3d(1, 4, 3, pad_mode="pad", padding=1, has_bias=True), msnn.BatchNorm3d(4)

    def construct(self, x: Any) -> Any:
        return self.bn(self.conv(x))


# models, an input, and whether the rules alone find every name of MindSpore's
MODELS: dict[str, tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any], bool]] = {
    "CNN": (CNN, MindSporeCNN, lambda: torch.randn(2, 3, 8, 8), False),  # PReLU's weight could be that of a norm
    "transformer": (
        Transformer,
        MindSporeTransformer,
        lambda: torch.randint(20, (2, 6)),
        False,
    ),  # nor is an embedding told from a linear layer
    "sequences": (Sequences, MindSporeSequences, lambda: torch.randn(2, 4, 9), True),
    "volumes": (Volumes, MindSporeVolumes, lambda: torch.randn(2, 1, 4, 4, 4), True),
}


def trained(make: Callable[[], Any], x: Any) -> Any:
    """A model whose running statistics are not those of the start."""
    torch.manual_seed(1)
    model = make()
    for parameter in model.parameters():
        parameter.data.add_(torch.randn_like(parameter) * 0.1)
    model.train()(x)
    return model.eval()


def command(*arguments: Any) -> int:
    return main(["weights", *map(str, arguments)])


@pytest.mark.parametrize("through", ["ckpt", "safetensors"])
@pytest.mark.parametrize(
    ("case", "by"), [(case, by) for case, model in MODELS.items() for by in ("like", "rules") if by == "like" or model[3]]
)
def test_a_model_moves_to_mindspore_and_back(case: str, by: str, through: str, tmp_path: Path) -> None:
    make, make_theirs, draw, _ = MODELS[case]
    torch.manual_seed(0)
    x = draw()
    ours, theirs = trained(make, x), make_theirs()
    theirs.set_train(False)
    torch.save(ours.state_dict(), tmp_path / "a.pth")
    mindspore.save_checkpoint(theirs, str(tmp_path / "like.ckpt"))
    there, back = tmp_path / f"there.{through}", tmp_path / "back.pth"

    assert command(tmp_path / "a.pth", there, *(["--like", tmp_path / "like.ckpt"] if by == "like" else [])) == 0
    missing, unused = mindspore.load_param_into_net(theirs, mindspore.load_checkpoint(str(there), format=through), strict_load=True)
    assert (missing, unused) == ([], [])
    assert np.allclose(ours(x).detach().numpy(), theirs(mindspore.Tensor(x.numpy())).asnumpy(), atol=1e-5)

    assert command(there, back, *(["--like", tmp_path / "a.pth"] if by == "like" else [])) == 0
    found, state = torch.load(back), ours.state_dict()
    again = make()
    again.load_state_dict(found)  # strict: it may lack nothing but what counts batches
    assert set(state) - set(found) == {name for name in state if name.endswith("num_batches_tracked")}
    for name, value in found.items():
        assert torch.equal(value, state[name]), name
        assert value.dtype == state[name].dtype
    if case == "transformer":
        assert found["head.weight"].data_ptr() == found["embedding.weight"].data_ptr()


def test_without_a_like_the_choices_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(Transformer().state_dict(), tmp_path / "a.pth")
    assert command(tmp_path / "a.pth", tmp_path / "a.ckpt") == 0
    printed = capsys.readouterr().out
    assert "a guess: embedding.weight ↔ embedding.weight" in printed
    assert "a guess: head.weight ↔ head.weight" in printed
    assert "2 guessed, 0 unmatched" in printed
