"""A classifier of character sequences: an embedding, two bidirectional LSTM layers, the mean over the time steps and a Dense layer."""

import mindspore as ms
import numpy as np
from mindspore import nn, ops

WORDS, LENGTH, CLASSES = 12, 7, 3


class Classifier(nn.Cell):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(WORDS, 8)
        self.lstm = nn.LSTM(8, 6, num_layers=2, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm((12,))
        self.head = nn.Dense(12, CLASSES)

    def construct(self, tokens):
        hidden, _ = self.lstm(self.embedding(tokens))
        return self.head(self.norm(hidden.mean(axis=1)))


def deterministic(net, seed: int) -> None:
    """Every weight from NumPy's generator, so that both frameworks start from the same."""
    random = np.random.default_rng(seed)
    for parameter in net.trainable_params():
        values = random.normal(scale=0.3, size=parameter.shape).astype(np.float32)
        parameter.set_data(ms.Tensor(1 + 0.1 * values if parameter.name.endswith("gamma") else values))


def sequences(count: int):
    """Random tokens; the class is their sum, modulo the number of classes."""
    tokens = np.random.default_rng(5).integers(0, WORDS, (count, LENGTH)).astype(np.int32)
    return ms.Tensor(tokens), ms.Tensor((tokens.sum(1) % CLASSES).astype(np.int32))


def main() -> list[float]:
    net = Classifier()
    deterministic(net, 1)
    net.set_train()
    tokens, classes = sequences(24)
    optimizer = nn.Adam(net.trainable_params(), learning_rate=0.02)
    criterion = nn.CrossEntropyLoss()

    def forward(tokens, classes):
        logits = net(tokens)
        return criterion(logits, classes), logits

    step = ms.value_and_grad(forward, None, optimizer.parameters, has_aux=True)
    losses = []
    for _ in range(10):
        (loss, _), gradients = step(tokens, classes)
        optimizer(gradients)
        losses.append(float(loss.asnumpy()))
    net.set_train(False)
    predicted = ops.argmax(net(tokens), dim=1)
    losses.append(float((predicted == classes).astype(ms.float32).mean().asnumpy()))
    return losses


if __name__ == "__main__":
    print("\n".join(f"{loss:.4f}" for loss in main()))
