"""A variational autoencoder with the reparameterisation trick, on blurred points."""

import torch
from torch import nn
from torch.nn import functional as F


class VAE(nn.Module):
    def __init__(self, size: int = 36, latent: int = 3) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(size, 24), nn.SiLU())
        self.mean, self.log_variance = nn.Linear(24, latent), nn.Linear(24, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, 24), nn.SiLU(), nn.Linear(24, size))

    def reparameterize(self, mean, log_variance):
        deviation = torch.exp(0.5 * log_variance)
        return mean + deviation * torch.randn_like(deviation)

    def forward(self, images):
        hidden = self.encoder(images.flatten(1))
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        return self.decoder(self.reparameterize(mean, log_variance)), mean, log_variance


def points(count: int) -> torch.Tensor:
    centre = torch.rand(count, 2, 1, 1) * 5
    row, column = torch.meshgrid(torch.arange(6.0), torch.arange(6.0), indexing="ij")
    return torch.exp(-((row - centre[:, 0]) ** 2 + (column - centre[:, 1]) ** 2) / 2)


def main() -> None:
    torch.manual_seed(4)
    images = points(64)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for epoch in range(5):
        total = 0.0
        for batch in images[torch.randperm(64)].chunk(4):
            logits, mean, log_variance = model(batch)
            reconstruction = F.binary_cross_entropy_with_logits(logits, batch.flatten(1), reduction="sum")
            divergence = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
            loss = (reconstruction + divergence) / len(batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"epoch {epoch} loss {total / 4:.6f}")


if __name__ == "__main__":
    main()
