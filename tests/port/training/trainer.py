"""A class that trains: the model, the optimizer and the schedule are attributes, with an average of weights and an evaluation."""

import copy
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class Config:
    epochs: int = 2
    batch_size: int = 8
    learning_rate: float = 0.05
    grad_clip: float = 1.0


class Trainer:
    def __init__(self, model, dataset, config):
        self.model = model
        self.config = config
        self.loader = DataLoader(dataset, batch_size=config.batch_size, shuffle=True, drop_last=True)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=config.learning_rate, momentum=0.9, nesterov=True)
        self.scheduler = torch.optim.lr_scheduler.OneCycleLR(self.optimizer, max_lr=0.1, total_steps=config.epochs * len(self.loader))
        self.criterion = nn.SmoothL1Loss()
        self.average = copy.deepcopy(model)
        self.steps = 0

    def _run_batch(self, source, targets):
        self.optimizer.zero_grad(set_to_none=True)
        output = self.model(source)
        loss = self.criterion(output, targets)
        loss.backward()
        if self.config.grad_clip is not None:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.config.grad_clip)
        self.optimizer.step()
        self.scheduler.step()
        self.steps += 1
        self._update_average(0.5)
        return loss.item(), output.detach()

    @torch.no_grad()
    def _update_average(self, share):
        for mean, now in zip(self.average.parameters(), self.model.parameters(), strict=True):
            mean.lerp_(now, share)

    def _run_epoch(self, epoch):
        total = 0.0
        for source, targets in self.loader:
            loss, output = self._run_batch(source, targets)
            total += loss
        print(f"[{epoch}] steps {self.steps} loss {total / len(self.loader):.6f} mean {output.mean().item():.6f}")

    def train(self):
        for epoch in range(self.config.epochs):
            self.model.train()
            self._run_epoch(epoch)
        self.average.eval()
        with torch.no_grad():
            losses = [self.criterion(self.average(x), y).item() for x, y in self.loader]
        print(f"average {sum(losses) / len(losses):.6f}")


def main():
    torch.manual_seed(11)
    inputs = torch.randn(40, 5)
    targets = inputs @ torch.randn(5, 2) + 0.1
    model = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))
    Trainer(model, TensorDataset(inputs, targets), Config()).train()


if __name__ == "__main__":
    main()
