"""Two networks trained against each other by functions of their own, and a policy by rewards: steps behind which others come."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(9)


def train_discriminator(discriminator, optimizer, real, fake):
    optimizer.zero_grad()
    on_real = F.binary_cross_entropy_with_logits(discriminator(real), torch.ones(len(real), 1))
    on_fake = F.binary_cross_entropy_with_logits(discriminator(fake), torch.zeros(len(fake), 1))
    error = on_real + on_fake
    error.backward()
    optimizer.step()
    return error


def train_generator(generator, discriminator, optimizer, noise):
    optimizer.zero_grad()
    error = F.binary_cross_entropy_with_logits(discriminator(generator(noise)), torch.ones(len(noise), 1))
    error.backward()
    optimizer.step()
    return error


generator = nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(0.2), nn.Linear(8, 2))
discriminator = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
g_optimizer = torch.optim.Adam(generator.parameters(), lr=0.01, betas=(0.5, 0.999))
d_optimizer = torch.optim.RMSprop(discriminator.parameters(), lr=0.01)
for step in range(6):
    real = torch.randn(16, 2) * 0.5 + 2
    with torch.no_grad():
        fake = generator(torch.randn(16, 3))
    d_loss = train_discriminator(discriminator, d_optimizer, real, fake)
    g_loss = train_generator(generator, discriminator, g_optimizer, torch.randn(16, 3))
    print(f"step {step} d {d_loss.item():.6f} g {g_loss.item():.6f}")
