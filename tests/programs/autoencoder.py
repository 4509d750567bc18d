"""A convolutional autoencoder with transposed convolutions, and a learning rate that waits for a plateau."""

import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 6, 3, stride=2, padding=1), nn.ELU(), nn.Conv2d(6, 8, 3, stride=2, padding=1), nn.GroupNorm(2, 8), nn.ELU()
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(8, 6, 2, stride=2),
            nn.ELU(),
            nn.ConvTranspose2d(6, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, images):
        return self.decoder(self.encoder(images))


def squares(count: int) -> torch.Tensor:
    images = torch.zeros(count, 1, 12, 12)
    for image in images:
        row, column = torch.randint(0, 7, (2,)).tolist()
        image[0, row : row + 5, column : column + 5] = 1.0
    return images


def main() -> None:
    torch.manual_seed(7)
    images = squares(32)
    model = Autoencoder()
    optimizer = torch.optim.Adamax(model.parameters(), lr=2e-2)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    for epoch in range(5):
        total = 0.0
        for batch in images.split(8):
            noisy = (batch + 0.2 * torch.randn_like(batch)).clamp_(0, 1)
            loss = nn.functional.mse_loss(model(noisy), batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        schedule.step(total / 4)
        print(f"epoch {epoch} loss {total / 4:.6f} rate {optimizer.param_groups[0]['lr']:.4f}")


if __name__ == "__main__":
    main()
