"""A small U-Net that separates discs from their background: skip connections, upsampling, Dice loss, instance normalisation."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Double(nn.Sequential):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="reflect"),
            nn.InstanceNorm2d(outputs, affine=True),
            nn.LeakyReLU(0.1, inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding="same"),
            nn.ReLU(inplace=True),
        )


class UNet(nn.Module):
    def __init__(self, width: int = 6) -> None:
        super().__init__()
        self.down1, self.down2 = Double(1, width), Double(width, 2 * width)
        self.pool = nn.MaxPool2d(2)
        self.bottom = Double(2 * width, 2 * width)
        self.up1 = Double(4 * width, width)
        self.up2 = Double(2 * width, width)
        self.head = nn.Conv2d(width, 1, 1)

    def forward(self, images):
        first = self.down1(images)
        second = self.down2(self.pool(first))
        low = self.bottom(self.pool(second))
        middle = self.up1(torch.cat([F.interpolate(low, scale_factor=2, mode="bilinear", align_corners=False), second], dim=1))
        full = self.up2(torch.cat([F.interpolate(middle, scale_factor=2, mode="nearest"), first], dim=1))
        return self.head(full)


def discs(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    row, column = torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij")
    centre, radius = 4 + 8 * torch.rand(count, 2, 1, 1), 2 + 3 * torch.rand(count, 1, 1)
    masks = ((row - centre[:, 0]).square() + (column - centre[:, 1]).square() <= radius**2).float().unsqueeze(1)
    return masks + 0.3 * torch.randn(count, 1, 16, 16), masks


def dice_loss(logits: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    found = logits.sigmoid()
    overlap = (found * masks).sum(dim=(1, 2, 3))
    return (1 - (2 * overlap + 1) / (found.sum(dim=(1, 2, 3)) + masks.sum(dim=(1, 2, 3)) + 1)).mean()


def main() -> None:
    torch.manual_seed(8)
    images, masks = discs(12)
    model = UNet()
    optimizer = torch.optim.NAdam(model.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=8)
    for step in range(8):
        batch = torch.randperm(12)[:4]
        logits = model(images[batch])
        loss = F.binary_cross_entropy_with_logits(logits, masks[batch]) + dice_loss(logits, masks[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        print(f"step {step} loss {loss.item():.6f}")


if __name__ == "__main__":
    main()
