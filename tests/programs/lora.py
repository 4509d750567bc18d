"""Fine-tuning with low-rank updates: a frozen network, parametrizations, only the small matrices trained, then merged."""

import torch
from torch import nn
from torch.nn.utils import parametrize


class LowRank(nn.Module):
    def __init__(self, outputs: int, inputs: int, rank: int = 2, alpha: float = 4.0) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, inputs) * 0.1)
        self.up = nn.Parameter(torch.zeros(outputs, rank))
        self.scale = alpha / rank

    def forward(self, weight):
        return weight + self.scale * (self.up @ self.down)


def main() -> None:
    torch.manual_seed(10)
    model = nn.Sequential(nn.Linear(6, 16), nn.GELU(), nn.Linear(16, 16), nn.Mish(), nn.Linear(16, 2))
    model.requires_grad_(False)
    for module in [one for one in model.modules() if isinstance(one, nn.Linear)]:
        parametrize.register_parametrization(module, "weight", LowRank(*module.weight.shape))
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    print(f"trained {sum(one.numel() for one in trained)} of {sum(one.numel() for one in model.parameters())}")
    inputs = torch.randn(40, 6)
    targets = torch.stack([inputs[:, 0] * inputs[:, 1], inputs[:, 2].abs()], dim=1)
    optimizer = torch.optim.AdamW(trained, lr=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=5e-2, total_steps=12)
    for step in range(12):
        loss = nn.functional.huber_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        print(f"step {step} loss {loss.item():.6f}")
    before = model(inputs)
    for module in [one for one in model.modules() if isinstance(one, nn.Linear)]:
        parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
    print(f"merged {torch.allclose(before, model(inputs), atol=1e-5)} frozen {[name for name, _ in model.named_parameters()]}")


if __name__ == "__main__":
    main()
