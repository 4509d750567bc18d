"""A generative adversarial network that learns a ring of points: two optimizers, detach, one-sided label smoothing."""

import itertools
import math

import torch
import torch.nn as nn


def ring(count: int) -> torch.Tensor:
    angle = 2 * math.pi * torch.rand(count)
    radius = 1 + 0.05 * torch.randn(count)
    return torch.stack((radius * torch.cos(angle), radius * torch.sin(angle)), 1)


def network(*sizes: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers[:-1])


def main() -> None:
    torch.manual_seed(5)
    generator, discriminator = network(4, 24, 24, 2), network(2, 24, 24, 1)
    generator_step = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    discriminator_step = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss()
    for step in range(15):
        real = ring(32)
        fake = generator(torch.randn(32, 4))
        discriminator_step.zero_grad()
        on_real = criterion(discriminator(real), torch.full((32, 1), 0.9))
        on_fake = criterion(discriminator(fake.detach()), torch.zeros(32, 1))
        (on_real + on_fake).backward()
        discriminator_step.step()
        generator_step.zero_grad()
        fooled = criterion(discriminator(fake), torch.ones(32, 1))
        fooled.backward()
        generator_step.step()
        print(f"step {step} discriminator {(on_real + on_fake).item():.6f} generator {fooled.item():.6f}")


if __name__ == "__main__":
    main()
