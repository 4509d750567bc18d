"""A convolutional network with batch normalisation and in-place activations that tells stripes by their direction."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def stripes(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    rows = torch.arange(12.0).view(1, 12, 1).expand(count, 12, 12)
    columns = rows.transpose(1, 2)
    labels = torch.randint(0, 3, (count,))
    pace = 0.6 + torch.rand(count, 1, 1)
    phase = torch.stack([rows, columns, rows + columns], dim=1)[torch.arange(count), labels]
    return (torch.sin(pace * phase) + 0.3 * torch.randn(count, 12, 12)).unsqueeze(1), labels


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        return self.relu(out)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(Block(1, 8, 1), nn.MaxPool2d(2), Block(8, 16, 2))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(16, 3)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        return self.head(torch.flatten(self.pool(self.blocks(x)), 1))


def main() -> None:
    torch.manual_seed(1)
    images, labels = stripes(48)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for epoch in range(4):
        model.train()
        total = 0.0
        for batch in torch.randperm(len(images)).split(16):
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=2.0)
            optimizer.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch} loss {total / len(images):.6f}")
    model.eval()
    with torch.no_grad():
        print(f"evaluation loss {F.cross_entropy(model(images), labels).item():.6f}")


if __name__ == "__main__":
    main()
