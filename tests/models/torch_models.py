"""Small PyTorch models, which `mindspore_models.py` has, too: the second ones with one thing done otherwise, where a test asks for it."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """A residual block; one with a stride has a convolution on its short way."""

    def __init__(self, inside: int, outside: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.act = nn.LeakyReLU(0.1, inplace=True)
        self.short = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside)) if stride > 1 else None

    def forward(self, x: Any) -> Any:
        kept = x if self.short is None else self.short(x)
        x = self.act(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x))
        return self.act(x + kept)


class Residual(nn.Module):
    """Convolutions with batch normalisation, pooling, a dropout, functions between modules."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.block1 = Block(6, 6)
        self.block2 = Block(6, 8, 2)
        self.last = nn.AvgPool2d(2, 2, ceil_mode=False)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(8, 5)

    def forward(self, x: Any) -> Any:
        x = F.relu(self.stem(x))
        x = self.block2(self.block1(self.pool(x)))
        x = self.last(x).mean((2, 3))
        return self.head(self.drop(x))


class Branches(nn.Module):
    """Two ways, put side by side; a pooling that may leave the edge out."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Sequential(nn.Conv2d(3, 4, 5, padding=2), nn.ReLU())
        self.narrow = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU())
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.mix = nn.Conv2d(8, 6, 3, padding=2, dilation=2)
        self.act = nn.GELU()
        self.out = nn.Conv2d(6, 2, 3, 2)

    def forward(self, x: Any) -> Any:
        x = torch.cat([self.wide(x), self.narrow(x)], 1)
        return self.out(self.act(self.mix(self.pool(x))))


class Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.softmax = nn.Softmax(-1)
        self.out = nn.Linear(width, width)

    def forward(self, x: Any) -> Any:
        n, length, width = x.shape
        q, k, v = self.qkv(x).reshape(n, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / math.sqrt(width // self.heads)
        return self.out((self.softmax(scores) @ v).transpose(1, 2).reshape(n, length, width))


class Layer(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = Attention(width, 2)
        self.norm2 = nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(0.1), nn.Linear(2 * width, width))

    def forward(self, x: Any) -> Any:
        x = x + self.attention(self.norm1(x))
        return x + self.feed(self.norm2(x))


class Square(nn.Module):
    """A matrix of its own."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(width, width) / width)

    def forward(self, x: Any) -> Any:
        return x @ self.weight


class Transformer(nn.Module):
    """Embedding, two layers of attention, and logits from the weights of the embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(11, 8)
        self.layers = nn.ModuleList([Layer(8), Layer(8)])
        self.square = Square(8)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 11, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, tokens: Any) -> Any:
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(self.square(x)))


class Recurrent(nn.Module):
    """An LSTM over embedded tokens; its last step is classified."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(11, 6)
        self.lstm = nn.LSTM(6, 7, num_layers=2, batch_first=True)
        self.head = nn.Linear(7, 3)

    def forward(self, tokens: Any) -> Any:
        steps, (last, _) = self.lstm(self.embedding(tokens))
        return self.head(torch.tanh(steps[:, -1] + last[-1]))


class UNet(nn.Module):
    """Down, up by a transposed convolution, and the same height put beside it; no module for its activations."""

    def __init__(self) -> None:
        super().__init__()
        self.down1 = nn.Conv2d(2, 4, 3, padding=1)
        self.down2 = nn.Conv2d(4, 8, 3, padding=1)
        self.up = nn.ConvTranspose2d(8, 4, 2, 2)
        self.merge = nn.Conv2d(8, 4, 3, padding=1)
        self.norm = nn.GroupNorm(2, 4)
        self.out = nn.Conv2d(4, 1, 1)

    def forward(self, x: Any) -> Any:
        high = F.relu(self.down1(x))
        low = F.relu(self.down2(F.max_pool2d(high, 2)))
        x = torch.cat([self.up(low), high], 1)
        return torch.sigmoid(self.out(F.relu(self.norm(self.merge(x)))))


class Mixed(nn.Module):
    """A sequence through a 1-D convolution, the framework's own transformer, and a GRU in both directions; two results."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 3, padding=1)
        self.act = nn.PReLU()
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True), 2)
        self.gru = nn.GRU(8, 6, batch_first=True, bidirectional=True)
        self.head = nn.Linear(12, 3)

    def forward(self, x: Any) -> Any:
        steps, last = self.gru(self.encoder(self.act(self.conv(x)).transpose(1, 2)))
        return self.head(steps), last
