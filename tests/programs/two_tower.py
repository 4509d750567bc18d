"""A two-tower recommender: EmbeddingBag with offsets, cosine similarity, in-batch negatives, sparse users and items."""

import torch
from torch import nn
from torch.nn import functional as F


class Tower(nn.Module):
    def __init__(self, vocabulary: int, width: int, mode: str) -> None:
        super().__init__()
        self.bag = nn.EmbeddingBag(vocabulary, width, mode=mode)
        self.project = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 8))

    def forward(self, tokens, offsets):
        return F.normalize(self.project(self.bag(tokens, offsets)), dim=-1)


def bags(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    offsets = torch.tensor([0] + [len(row) for row in rows[:-1]]).cumsum(0)
    return torch.tensor([token for row in rows for token in row]), offsets


def main() -> None:
    torch.manual_seed(9)
    users, items = Tower(30, 12, "mean"), Tower(20, 12, "sum")
    scale = nn.Parameter(torch.tensor(1.0))
    optimizer = torch.optim.Adagrad([{"params": [*users.parameters(), *items.parameters()]}, {"params": [scale], "lr": 0.01}], lr=0.1)
    for step in range(10):
        topics = torch.randint(0, 10, (12,)).tolist()
        liked = bags([[topic, topic + 10, int(torch.randint(20, 30, ()))] for topic in topics])
        shown = bags([[topic, topic + 10][: 1 + topic % 2] for topic in topics])
        logits = scale.exp() * users(*liked) @ items(*shown).T
        same = torch.tensor(topics).unsqueeze(0) == torch.tensor(topics).unsqueeze(1)
        logits = logits.masked_fill(same & ~torch.eye(12, dtype=torch.bool), float("-inf"))
        target = torch.arange(12)
        loss = (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(f"step {step} loss {loss.item():.6f}")
    print(f"scale {scale.item():.5f}")


if __name__ == "__main__":
    main()
