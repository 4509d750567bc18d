"""A small convolutional network, trained and evaluated by Model over a dataset, with callbacks."""

import mindspore as ms
import numpy as np
from mindspore import dataset as ds, nn
from mindspore.train import Callback, LearningRateScheduler, LossMonitor, Model

CLASSES, SIZE = 4, 12


def images(number: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise with a bright square in one of four corners, which is the class."""
    draw = np.random.RandomState(seed)
    labels = np.arange(number) % CLASSES
    data = draw.uniform(0.0, 1.0, (number, 1, SIZE, SIZE)).astype(np.float32)
    for image, label in zip(data, labels, strict=True):
        top, left = 6 * (label // 2), 6 * (label % 2)
        image[0, top + 1 : top + 5, left + 1 : left + 5] += 0.5
    return data, labels.astype(np.int32)


def dataset(number: int, seed: int) -> ds.Dataset:
    data, labels = images(number, seed)
    return ds.NumpySlicesDataset({"image": data, "label": labels}, shuffle=False).batch(16)


def weight(seed: int, *shape: int) -> ms.Tensor:
    return ms.Tensor(np.random.RandomState(seed).normal(0.0, 0.2, shape).astype(np.float32))


class Network(nn.Cell):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.SequentialCell(
            nn.Conv2d(1, 8, 3, weight_init=weight(1, 8, 1, 3, 3)),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(2, 2),
            nn.Conv2d(8, 16, 3, pad_mode="pad", padding=1, has_bias=True, weight_init=weight(2, 16, 8, 3, 3), bias_init="zeros"),
            nn.ReLU(),
            nn.AvgPool2d(2, 2),
        )
        self.flatten = nn.Flatten()
        self.classifier = nn.Dense(16 * 9, CLASSES, weight_init=weight(3, CLASSES, 16 * 9), bias_init="zeros")

    def construct(self, x: ms.Tensor) -> ms.Tensor:
        return self.classifier(self.flatten(self.features(x)))


class Losses(Callback):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[float] = []

    def on_train_step_end(self, run_context: object) -> None:
        self.found.append(float(run_context.original_args().net_outputs.asnumpy()))


def main() -> list[float]:
    network = Network()
    loss = nn.CrossEntropyLoss()
    optimizer = nn.Momentum(network.trainable_params(), learning_rate=0.01, momentum=0.9, weight_decay=1e-4)
    model = Model(network, loss, optimizer, metrics={"accuracy", "loss"})
    losses = Losses()
    slower = LearningRateScheduler(lambda rate, step: rate * 0.9 if step % 4 == 0 else rate)
    model.fit(4, dataset(64, 0), dataset(32, 1), callbacks=[losses, LossMonitor(4), slower])
    found = model.eval(dataset(32, 2))
    print("accuracy", found["accuracy"])
    return [*losses.found, float(found["loss"]), float(found["accuracy"])]


if __name__ == "__main__":
    print(main())
