"""The two models of the training benchmark, written natively for MindSpore."""

from __future__ import annotations

import math
from typing import Any

import mindspore
import numpy as np
from mindspore import Parameter, Tensor, nn, ops


def conv(inputs: int, outputs: int) -> Any:
    return nn.Conv2d(inputs, outputs, 3, pad_mode="pad", padding=1, has_bias=False)


class CNN(nn.Cell):
    """Three convolutions with batch normalisation; images (N, 3, 32, 32) to 10 classes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv(3, 16), nn.BatchNorm2d(16)
        self.conv2, self.bn2 = conv(16, 32), nn.BatchNorm2d(32)
        self.conv3, self.bn3 = conv(32, 32), nn.BatchNorm2d(32)
        self.pool = nn.MaxPool2d(2, 2)
        self.head = nn.Dense(32 * 4 * 4, 10)

    def construct(self, images: Any) -> Any:
        x = self.pool(ops.relu(self.bn1(self.conv1(images))))
        x = self.pool(ops.relu(self.bn2(self.conv2(x))))
        x = self.pool(ops.relu(self.bn3(self.conv3(x))))
        return self.head(x.reshape(x.shape[0], -1))


class Attention(nn.Cell):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Dense(width, 3 * width), nn.Dense(width, width)

    def construct(self, x: Any, mask: Any) -> Any:
        batch, length, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, length, 3, self.heads, width // self.heads).transpose(2, 0, 3, 1, 4).unbind(0)
        scores = ops.matmul(q, k.swapaxes(-2, -1)) / math.sqrt(width // self.heads) + mask
        return self.out(ops.matmul(ops.softmax(scores, -1), v).swapaxes(1, 2).reshape(batch, length, width))


class Block(nn.Cell):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm((width,), epsilon=1e-5), nn.LayerNorm((width,), epsilon=1e-5)
        self.attention = Attention(width, heads)
        self.grow, self.shrink = nn.Dense(width, 4 * width), nn.Dense(4 * width, width)

    def construct(self, x: Any, mask: Any) -> Any:
        x = x + self.attention(self.norm1(x), mask)
        return x + self.shrink(ops.gelu(self.grow(self.norm2(x))))


class Transformer(nn.Cell):
    """A causal language model; tokens (N, L) to logits (N, L, vocabulary)."""

    def __init__(self, vocabulary: int = 256, width: int = 128, heads: int = 4, layers: int = 3, length: int = 64) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.position = Parameter(Tensor(np.zeros((length, width), np.float32)))
        self.blocks = nn.CellList([Block(width, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm((width,), epsilon=1e-5), nn.Dense(width, vocabulary)
        self.mask = Tensor(np.triu(np.full((length, length), -np.inf, np.float32), 1))

    def construct(self, tokens: Any) -> Any:
        x = self.embed(tokens) + self.position
        for block in self.blocks:
            x = block(x, self.mask)
        return self.head(self.norm(x))


mindspore.set_context(mode=mindspore.PYNATIVE_MODE)
