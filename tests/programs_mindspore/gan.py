"""A generative adversarial network that learns a ring of points: one training cell for each side, label smoothing, schedules."""

import itertools

import mindspore as ms
import numpy as np
from mindspore import Tensor, nn, ops

NOISE, BATCH, STEPS = 4, 32, 12


def network(random: np.random.RandomState, *sizes: int) -> nn.SequentialCell:
    """Dense layers with weights from `random`, and leaky ReLU between them."""
    layers: list[nn.Cell] = []
    for inputs, outputs in itertools.pairwise(sizes):
        weight = random.uniform(-1, 1, (outputs, inputs)).astype(np.float32) / np.sqrt(inputs)
        layers += [nn.Dense(inputs, outputs, weight_init=Tensor(weight.astype(np.float32)), bias_init="zeros"), nn.LeakyReLU(0.2)]
    return nn.SequentialCell(*layers[:-1])


def ring(random: np.random.RandomState, count: int) -> Tensor:
    """Points near the circle of radius 1."""
    angle, radius = 2 * np.pi * random.rand(count), 1 + 0.05 * random.randn(count)
    return Tensor(np.stack((radius * np.cos(angle), radius * np.sin(angle)), 1).astype(np.float32))


class Fooled(nn.Cell):
    """How far the discriminator is from `label` on these logits: binary cross-entropy, in a form that doesn't overflow."""

    def construct(self, logits: Tensor, label: float) -> Tensor:
        return (ops.relu(logits) - logits * label + ops.log(1 + ops.exp(-ops.abs(logits)))).mean()


class GeneratorLoss(nn.Cell):
    """noise → how badly the generator fools the discriminator."""

    def __init__(self, generator: nn.Cell, discriminator: nn.Cell) -> None:
        super().__init__(auto_prefix=False)
        self.generator, self.discriminator, self.loss = generator, discriminator, Fooled()

    def construct(self, noise: Tensor) -> Tensor:
        return self.loss(self.discriminator(self.generator(noise)), 1.0)


class DiscriminatorLoss(nn.Cell):
    """(points, noise) → how badly the discriminator tells points from fakes."""

    def __init__(self, generator: nn.Cell, discriminator: nn.Cell) -> None:
        super().__init__(auto_prefix=False)
        self.generator, self.discriminator, self.loss = generator, discriminator, Fooled()

    def construct(self, points: Tensor, noise: Tensor) -> Tensor:
        fakes = ops.stop_gradient(self.generator(noise))
        return self.loss(self.discriminator(points), 0.9) + self.loss(self.discriminator(fakes), 0.0)


def main() -> list[float]:
    """Two losses a step."""
    ms.set_context(mode=ms.PYNATIVE_MODE)
    random = np.random.RandomState(5)
    generator, discriminator = network(random, NOISE, 24, 24, 2), network(random, 2, 24, 24, 1)
    generator.update_parameters_name("generator.")
    discriminator.update_parameters_name("discriminator.")
    schedule = nn.ExponentialDecayLR(4e-3, 0.9, 4, is_stair=True)
    generator_step = nn.TrainOneStepCell(
        GeneratorLoss(generator, discriminator), nn.Adam(generator.trainable_params(), schedule, beta1=0.5, weight_decay=1e-3)
    )
    discriminator_step = nn.TrainOneStepCell(
        DiscriminatorLoss(generator, discriminator),
        nn.Adam(discriminator.trainable_params(), nn.cosine_decay_lr(1e-4, 4e-3, STEPS, 3, 4), beta1=0.5),
    )
    generator_step.set_train()
    discriminator_step.set_train()
    losses = []
    for _ in range(STEPS):
        noise = Tensor(random.randn(BATCH, NOISE).astype(np.float32))
        losses.append(float(discriminator_step(ring(random, BATCH), noise).asnumpy()))
        losses.append(float(generator_step(noise).asnumpy()))
    return losses


if __name__ == "__main__":
    losses = main()
    for step, (judged, fooled) in enumerate(zip(losses[::2], losses[1::2], strict=True)):
        print(f"step {step} discriminator {judged:.6f} generator {fooled:.6f}")
