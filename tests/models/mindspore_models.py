"""The models of `torch_models.py` for MindSpore; `planted` names the one thing that a model does otherwise."""

from __future__ import annotations

import math
from typing import Any

import mindspore
from mindspore import nn, ops


def conv(inside: int, outside: int, kernel: int, stride: int = 1, padding: int = 0, **given: Any) -> Any:
    return nn.Conv2d(inside, outside, kernel, stride, pad_mode="pad", padding=padding, has_bias=given.pop("has_bias", True), **given)


class Block(nn.Cell):
    def __init__(self, inside: int, outside: int, stride: int = 1, planted: str = "") -> None:
        super().__init__()
        self.planted = planted
        self.conv1 = conv(inside, outside, 3, stride, 0 if planted == "valid" else 1, has_bias=False)
        self.bn1 = nn.BatchNorm2d(outside, momentum=0.99 if planted == "momentum" else 0.9)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, pad_mode="pad", padding=1)
        self.bn2 = nn.BatchNorm2d(outside, eps=1e-3 if planted == "eps" else 1e-5)
        self.act = nn.LeakyReLU(0.2 if planted == "slope" else 0.1)
        self.short = None
        if stride > 1:
            self.short = nn.SequentialCell(conv(inside, outside, 1, stride, has_bias=False), nn.BatchNorm2d(outside))

    def construct(self, x: Any) -> Any:
        kept = x if self.short is None else self.short(x)
        x = self.act(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x))
        if self.planted == "residual":
            return self.act(x) + kept
        if self.planted == "cut":
            kept = ops.stop_gradient(kept)
        return self.act(x + kept)


class Residual(nn.Cell):
    def __init__(self, planted: str = "") -> None:
        super().__init__()
        self.planted = planted
        self.stem = nn.Conv2d(3, 6, 3, pad_mode="same", has_bias=True)
        same = planted == "same"
        self.pool = nn.MaxPool2d(3, 2, pad_mode="same" if same else "pad", padding=0 if same else 1)
        self.block1 = Block(6, 6, planted=planted)
        self.block2 = Block(6, 8, 2)
        self.last = nn.AvgPool2d(2, 1 if planted == "pool_stride" else 2)
        self.drop = nn.Dropout(p=0.5)
        self.head = nn.Dense(8, 5)

    def construct(self, x: Any) -> Any:
        x = ops.relu(self.stem(x))
        x = self.block2(self.block1(self.pool(x)))
        x = self.last(x).mean((2, 3))
        if self.planted == "dropout":
            x = ops.dropout(x, 0.5, training=True)
        return self.head(self.drop(x))


class Branches(nn.Cell):
    def __init__(self, planted: str = "") -> None:
        super().__init__()
        self.planted = planted
        self.wide = nn.SequentialCell(conv(3, 4, 5, padding=2), nn.ReLU())
        self.narrow = nn.SequentialCell(conv(3, 4, 3, padding=1), nn.Tanh() if planted == "activation" else nn.ReLU())
        if planted == "floor":
            self.pool = nn.MaxPool2d(3, 2)
        else:
            self.pool = nn.MaxPool2d(3, 2, pad_mode="pad", ceil_mode=True)
        dilation = 1 if planted == "dilation" else 2
        self.mix = conv(8, 6, 3, padding=dilation, dilation=dilation)
        self.act = nn.GELU(approximate=planted == "tanh")
        self.out = conv(6, 2, 3, 1 if planted == "stride" else 2)

    def construct(self, x: Any) -> Any:
        ways = [self.wide(x), self.narrow(x)]
        x = ops.cat(ways[::-1] if self.planted == "swapped" else ways, 1)
        return self.out(self.act(self.mix(self.pool(x))))


class Attention(nn.Cell):
    def __init__(self, width: int, heads: int, planted: str = "") -> None:
        super().__init__()
        self.heads = heads
        self.planted = planted
        self.qkv = nn.Dense(width, 3 * width)
        self.softmax = nn.Softmax(-2 if planted == "axis" else -1)
        self.out = nn.Dense(width, width)

    def construct(self, x: Any) -> Any:
        n, length, width = x.shape
        q, k, v = self.qkv(x).reshape(n, length, 3, self.heads, width // self.heads).transpose(2, 0, 3, 1, 4)
        scores = ops.matmul(q, k.swapaxes(-2, -1)) / (1.0 if self.planted == "scale" else math.sqrt(width // self.heads))
        return self.out(ops.matmul(self.softmax(scores), v).swapaxes(1, 2).reshape(n, length, width))


class Layer(nn.Cell):
    def __init__(self, width: int, planted: str = "") -> None:
        super().__init__()
        self.planted = planted
        self.norm1 = nn.LayerNorm([width], epsilon=1e-3 if planted == "norm_eps" else 1e-5)
        self.attention = Attention(width, 2, planted)
        self.norm2 = nn.LayerNorm([width], epsilon=1e-5)
        gelu = nn.GELU(approximate=planted == "feed_tanh")
        self.feed = nn.SequentialCell(nn.Dense(width, 2 * width), gelu, nn.Dropout(p=0.1), nn.Dense(2 * width, width))

    def construct(self, x: Any) -> Any:
        x = x + self.attention(self.norm1(x))
        if self.planted == "after":
            return self.norm2(x + self.feed(x))
        return x + self.feed(self.norm2(x))


class Square(nn.Cell):
    def __init__(self, width: int, planted: str = "") -> None:
        super().__init__()
        self.planted = planted
        self.weight = mindspore.Parameter(ops.randn(width, width) / width)

    def construct(self, x: Any) -> Any:
        return ops.matmul(x, self.weight.T if self.planted == "transposed" else self.weight)


class Transformer(nn.Cell):
    def __init__(self, planted: str = "") -> None:
        super().__init__()
        self.planted = planted
        self.embedding = nn.Embedding(11, 8)
        self.layers = nn.CellList([Layer(8), Layer(8, planted)])
        self.square = Square(8, planted)
        self.norm = nn.LayerNorm([8], epsilon=1e-5)
        self.head = nn.Dense(8, 11, has_bias=False)
        if planted != "untied":
            self.head.weight = self.embedding.embedding_table

    def construct(self, tokens: Any) -> Any:
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(self.square(x)))


class Recurrent(nn.Cell):
    def __init__(self, planted: str = "") -> None:
        super().__init__()
        self.planted = planted
        self.embedding = nn.Embedding(11, 6)
        self.lstm = nn.LSTM(6, 7, num_layers=2, batch_first=True)
        self.head = nn.Dense(7, 3)

    def construct(self, tokens: Any) -> Any:
        steps, (last, _) = self.lstm(self.embedding(tokens))
        return self.head(ops.tanh(steps[:, 0 if self.planted == "step" else -1] + last[-1]))


class UNet(nn.Cell):
    def __init__(self, planted: str = "") -> None:
        super().__init__()
        self.planted = planted
        self.down1 = conv(2, 4, 3, padding=1)
        self.down2 = conv(4, 8, 3, padding=1)
        self.up = nn.Conv2dTranspose(8, 4, 2, 2, pad_mode="pad", has_bias=True)
        self.merge = conv(8, 4, 3, padding=1)
        self.norm = nn.GroupNorm(4 if planted == "groups" else 2, 4)
        self.out = conv(4, 1, 1)

    def construct(self, x: Any) -> Any:
        high = ops.relu(self.down1(x))
        low = ops.relu(self.down2(ops.max_pool2d(high, 2, 2)))
        x = ops.cat([high, self.up(low)] if self.planted == "order" else [self.up(low), high], 1)
        x = self.norm(self.merge(x))
        return ops.sigmoid(self.out(ops.leaky_relu(x, 0.2) if self.planted == "leaky" else ops.relu(x)))


class Mixed(nn.Cell):
    def __init__(self, planted: str = "") -> None:
        super().__init__()
        self.planted = planted
        self.conv = nn.Conv1d(4, 8, 3, pad_mode="pad", padding=1, has_bias=True)
        self.act = nn.PReLU()
        layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True, activation="gelu" if planted == "gelu" else "relu")
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.gru = nn.GRU(8, 6, batch_first=True, bidirectional=True)
        self.head = nn.Dense(12, 3)

    def construct(self, x: Any) -> Any:
        steps, last = self.gru(self.encoder(self.act(self.conv(x)).swapaxes(1, 2)))
        return self.head(steps), last + 1 if self.planted == "last" else last
