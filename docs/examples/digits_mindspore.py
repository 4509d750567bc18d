"""Train a small classifier on scikit-learn's handwritten digits."""

import mindspore
import numpy as np
from mindspore import Tensor, nn
from sklearn.datasets import load_digits

EPOCHS, BATCH = 12, 64


class Classifier(nn.Cell):
    """Two dense layers: 64 pixels to 48 hidden values to 10 digits."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__()
        self.hidden = dense(rng, 64, 48)
        self.relu = nn.ReLU()
        self.output = dense(rng, 48, 10)

    def construct(self, pixels: Tensor) -> Tensor:
        return self.output(self.relu(self.hidden(pixels)))


def dense(rng: np.random.Generator, inputs: int, outputs: int) -> nn.Dense:
    """A dense layer with initial weights from NumPy, so that every run starts alike."""
    bound = inputs**-0.5
    weight = rng.uniform(-bound, bound, (outputs, inputs)).astype(np.float32)
    return nn.Dense(inputs, outputs, weight_init=Tensor(weight), bias_init=Tensor(np.zeros(outputs, np.float32)))


def main() -> None:
    digits = load_digits()
    pixels = (digits.data / 16).astype(np.float32)
    labels = digits.target.astype(np.int32)
    rng = np.random.default_rng(0)
    order = rng.permutation(len(labels))
    train, test = order[:1437], order[1437:]

    model = Classifier(rng)
    loss_function = nn.CrossEntropyLoss()
    optimizer = nn.SGD(model.trainable_params(), learning_rate=0.1, momentum=0.9)

    def forward(inputs: Tensor, targets: Tensor) -> Tensor:
        return loss_function(model(inputs), targets)

    loss_and_gradients = mindspore.value_and_grad(forward, None, optimizer.parameters)

    model.set_train()
    for epoch in range(EPOCHS):
        losses = []
        for batch in np.array_split(rng.permutation(train), len(train) // BATCH):
            loss, gradients = loss_and_gradients(Tensor(pixels[batch]), Tensor(labels[batch]))
            optimizer(gradients)
            losses.append(float(loss.asnumpy()))
        print(f"epoch {epoch + 1:2d}  loss {np.mean(losses):.6f}")

    model.set_train(False)
    predicted = model(Tensor(pixels[test])).argmax(axis=1).asnumpy()
    print(f"test accuracy {np.mean(predicted == labels[test]):.4f}")


if __name__ == "__main__":
    main()
