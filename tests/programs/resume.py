"""Training that is interrupted: model, optimizer, schedule and random state go into a checkpoint, and a new run takes over."""

import io

import torch
from torch import nn


def start():
    torch.manual_seed(11)
    model = nn.Sequential(nn.Linear(5, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Dropout(0.2), nn.Linear(12, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, amsgrad=True)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
    return model, optimizer, schedule


def train(model, optimizer, schedule, inputs, targets, steps) -> None:
    for step in steps:
        loss = nn.functional.l1_loss(model(inputs).squeeze(1), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        print(f"step {step} loss {loss.item():.6f}")


def main() -> None:
    generator = torch.Generator().manual_seed(12)
    inputs = torch.randn(32, 5, generator=generator)
    targets = inputs.sum(dim=1).sin()
    model, optimizer, schedule = start()
    train(model, optimizer, schedule, inputs, targets, range(4))
    file = io.BytesIO()
    torch.save(
        {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "random": torch.get_rng_state(),
            "step": 4,
        },
        file,
    )
    train(model, optimizer, schedule, inputs, targets, range(4, 8))
    file.seek(0)
    checkpoint = torch.load(file, weights_only=True)
    model, optimizer, schedule = start()
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    schedule.load_state_dict(checkpoint["schedule"])
    torch.set_rng_state(checkpoint["random"])
    train(model, optimizer, schedule, inputs, targets, range(checkpoint["step"], 8))


if __name__ == "__main__":
    main()
