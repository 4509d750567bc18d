"""A small transformer that learns to reverse sequences: hand-written causal attention, nn.TransformerEncoderLayer and AdamWeightDecay."""

import math

import mindspore as ms
import numpy as np
from mindspore import nn, ops

WORDS, LENGTH, WIDTH, HEADS = 10, 6, 16, 4


class Attention(nn.Cell):
    """Causal self-attention with several heads, written out."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Dense(WIDTH, 3 * WIDTH)
        self.out = nn.Dense(WIDTH, WIDTH)
        self.dropout = nn.Dropout(p=0.0)
        self.mask = ms.Tensor(np.triu(np.full((LENGTH, LENGTH), -1e9, np.float32), 1))

    def construct(self, x):
        batch = x.shape[0]
        split = self.qkv(x).reshape(batch, LENGTH, 3, HEADS, WIDTH // HEADS).transpose(2, 0, 3, 1, 4)
        query, key, value = split[0], split[1], split[2]
        scores = ops.matmul(query, key.swapaxes(-1, -2)) / math.sqrt(WIDTH // HEADS) + self.mask
        weights = self.dropout(ops.softmax(scores, axis=-1))
        return self.out(ops.matmul(weights, value).transpose(0, 2, 1, 3).reshape(batch, LENGTH, WIDTH))


class Block(nn.Cell):
    def __init__(self) -> None:
        super().__init__()
        self.attention = Attention()
        self.norm1 = nn.LayerNorm((WIDTH,))
        self.norm2 = nn.LayerNorm((WIDTH,))
        self.mlp = nn.SequentialCell(nn.Dense(WIDTH, 32), nn.GELU(), nn.Dense(32, WIDTH))

    def construct(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Cell):
    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(WORDS, WIDTH)
        self.places = ms.Parameter(ms.Tensor(np.zeros((LENGTH, WIDTH), np.float32)), name="places")
        self.encoder = nn.TransformerEncoderLayer(WIDTH, HEADS, 32, dropout=0.0, batch_first=True)
        self.blocks = nn.CellList([Block(), Block()])
        self.norm = nn.LayerNorm((WIDTH,))
        self.head = nn.Dense(WIDTH, WORDS, has_bias=False)

    def construct(self, tokens):
        x = self.encoder(self.tokens(tokens) + self.places)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def deterministic(net, seed: int) -> None:
    """Every weight from NumPy's generator, so that both frameworks start from the same."""
    random = np.random.default_rng(seed)
    for parameter in net.trainable_params():
        values = random.normal(scale=0.2, size=parameter.shape).astype(np.float32)
        parameter.set_data(ms.Tensor(1 + 0.1 * values if parameter.name.endswith("gamma") else values))


def grouped(net, decay: float) -> list:
    """Weights decay; biases and normalisation don't."""
    plain = [p for p in net.trainable_params() if p.name.endswith(("bias", "gamma", "beta"))]
    names = {p.name for p in plain}
    decayed = [p for p in net.trainable_params() if p.name not in names]
    return [{"params": decayed, "weight_decay": decay}, {"params": plain, "weight_decay": 0.0}, {"order_params": net.trainable_params()}]


def main() -> list[float]:
    tokens = np.random.default_rng(3).integers(0, WORDS, (32, LENGTH)).astype(np.int32)
    inputs, targets = ms.Tensor(tokens), ms.Tensor(tokens[:, ::-1].copy())
    net = Transformer()
    deterministic(net, 2)
    net.set_train()
    optimizer = nn.AdamWeightDecay(grouped(net, 0.01), learning_rate=0.01)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)

    def forward(inputs, targets):
        return criterion(net(inputs).reshape(-1, WORDS), targets.reshape(-1))

    step = ms.value_and_grad(forward, None, optimizer.parameters)
    losses = []
    for _ in range(10):
        loss, gradients = step(inputs, targets)
        optimizer(gradients)
        losses.append(float(loss.asnumpy()))
    return losses


if __name__ == "__main__":
    print("\n".join(f"{loss:.4f}" for loss in main()))
