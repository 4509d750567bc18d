"""A multilayer perceptron that learns two interleaved spirals: a Cell of its own, value_and_grad, momentum, weight decay, accuracy."""

import math

import mindspore as ms
import numpy as np
from mindspore import Parameter, ParameterTuple, Tensor, nn, ops


def spirals(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    turn = np.linspace(0.3, 1.0, count) * 2.5 * math.pi
    arms = [np.stack([sign * turn * np.cos(turn), sign * turn * np.sin(turn)], axis=1) for sign in (1, -1)]
    points = np.concatenate(arms) / 8 + 0.02 * random.standard_normal((2 * count, 2))
    return points.astype(np.float32), np.repeat(np.arange(2), count).astype(np.int32)


class Scaled(nn.Cell):
    """A dense layer whose outputs have a learned scale."""

    def __init__(self, inputs: int, outputs: int, random: np.random.Generator) -> None:
        super().__init__()
        weight = random.uniform(-1, 1, (outputs, inputs)) / math.sqrt(inputs)
        self.dense = nn.Dense(inputs, outputs, weight_init=Tensor(weight.astype(np.float32)), bias_init="zeros")
        self.scale = Parameter(ops.ones(outputs, ms.float32), name="scale")

    def construct(self, x: Tensor) -> Tensor:
        return self.dense(x) * self.scale


class Classifier(nn.Cell):
    def __init__(self, hidden: int, random: np.random.Generator) -> None:
        super().__init__()
        self.layers = nn.SequentialCell(Scaled(2, hidden, random), nn.ReLU(), Scaled(hidden, hidden, random), nn.Tanh())
        self.head = Scaled(hidden, 2, random)

    def construct(self, points: Tensor) -> Tensor:
        return self.head(self.layers(points))


def main() -> list[float]:
    random = np.random.default_rng(0)
    points, arms = spirals(64, random)
    model = Classifier(32, random)
    weights = ParameterTuple(model.trainable_params())
    decayed = [weight for weight in weights if weight.ndim == 2]
    others = [weight for weight in weights if weight.ndim == 1]
    groups = [{"params": decayed, "weight_decay": 1e-4}, {"params": others}, {"order_params": weights}]
    optimizer = nn.Momentum(groups, learning_rate=0.1, momentum=0.9)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)

    def forward(batch: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        logits = model(batch)
        return criterion(logits, labels), logits

    step = ms.value_and_grad(forward, None, weights, has_aux=True)
    losses = []
    for _ in range(8):
        model.set_train()
        total, hits = 0.0, 0
        order = random.permutation(len(points))
        for chosen in np.split(order, 4):
            (loss, logits), gradients = step(Tensor(points[chosen]), Tensor(arms[chosen]))
            optimizer(gradients)
            total += float(loss.asnumpy()) * len(chosen)
            hits += int((logits.asnumpy().argmax(1) == arms[chosen]).sum())
        losses.append(total / len(points))
        print(f"loss {losses[-1]:.6f} accuracy {hits / len(points):.3f}")
    model.set_train(False)
    found = model(Tensor(points)).argmax(axis=1)
    losses.append(float((found.asnumpy() != arms).mean()))
    print(f"errors {losses[-1]:.3f}")
    return losses


if __name__ == "__main__":
    main()
