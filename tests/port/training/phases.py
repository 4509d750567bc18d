"""Pretraining of a part, then training of the whole with two learning rates: functions that are given optimizer and schedule."""

import torch
import torch.nn as nn
from torch.optim import SGD, Adam

torch.manual_seed(5)
features = torch.randn(24, 6)
classes = (features.sum(dim=1) > 0).long()


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 12), nn.Tanh())
        self.decoder = nn.Linear(12, 6)
        self.head = nn.Linear(12, 2)


def pretrain(model, optimizer, steps):
    losses = []
    for _ in range(steps):
        noisy = features + 0.1 * torch.randn_like(features)
        loss = ((model.decoder(model.body(noisy)) - features) ** 2).mean()

        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 0.1)
        optimizer.step()

        losses.append(loss.item())
    return losses


def finetune(model, optimizer, scheduler, criterion, epochs):
    for epoch in range(epochs):
        running_loss = 0.0
        running_corrects = 0
        for start in range(0, len(features), 8):
            inputs = features[start : start + 8]
            labels = classes[start : start + 8]
            optimizer.zero_grad()

            outputs = model.head(model.body(inputs))
            _, preds = torch.max(outputs, 1)
            loss = criterion(outputs, labels)

            # only what the loss depends on is trained
            loss.backward()
            optimizer.step()

            running_loss += loss.item() * inputs.size(0)
            running_corrects += torch.sum(preds == labels.data).item()
        scheduler.step()
        print(
            f"epoch {epoch} loss {running_loss / len(features):.6f} acc {running_corrects / len(features):.4f} lr {scheduler.get_last_lr()}"
        )


def main(kind="sgd"):
    model = Model()
    first = Adam(model.parameters(), lr=0.01, weight_decay=0.01)
    losses = pretrain(model, first, 6)
    print("pretraining", " ".join(f"{loss:.6f}" for loss in losses))
    settings = [{"params": model.body.parameters(), "lr": 0.01}, {"params": [*model.head.parameters(), *model.decoder.parameters()]}]
    if kind == "sgd":
        second = SGD(settings, lr=0.1, momentum=0.9, weight_decay=0.05)
    else:
        second = Adam(settings, lr=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(second, T_max=3)
    finetune(model, second, schedule, nn.CrossEntropyLoss(), 3)
    print(f"decoder {model.decoder.weight.sum().item():.6f}")  # which the second loss does not depend on


if __name__ == "__main__":
    main()
