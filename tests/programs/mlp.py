"""A multilayer perceptron that learns two interleaved spirals: DataLoader, momentum, weight decay, a schedule, accuracy."""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def spirals(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    turn = torch.linspace(0.3, 1.0, count) * 2.5 * math.pi
    arms = [torch.stack([sign * turn * turn.cos(), sign * turn * turn.sin()], dim=1) for sign in (1, -1)]
    points = torch.cat(arms) / 8 + 0.02 * torch.randn(2 * count, 2)
    return points, torch.arange(2).repeat_interleave(count)


class Classifier(nn.Module):
    def __init__(self, hidden: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, hidden), nn.ReLU(), nn.Dropout(0.1), nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 2)
        )

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return self.layers(points)


def main() -> None:
    torch.manual_seed(0)
    points, arms = spirals(64)
    loader = DataLoader(TensorDataset(points, arms), batch_size=32, shuffle=True)
    model = Classifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.5)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(8):
        model.train()
        total = 0.0
        for batch, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(batch), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        schedule.step()
        print(f"epoch {epoch} loss {total / len(points):.6f}")
    model.eval()
    with torch.no_grad():
        accuracy = (model(points).argmax(dim=1) == arms).float().mean()
    print(f"accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
