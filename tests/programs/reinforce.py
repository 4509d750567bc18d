"""REINFORCE with a baseline on a corridor: sampling from a categorical policy, log probabilities, discounted returns."""

import torch
from torch import nn
from torch.distributions import Categorical


class Policy(nn.Module):
    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places
        self.body = nn.Sequential(nn.Linear(places, 16), nn.Tanh())
        self.actor, self.critic = nn.Linear(16, 2), nn.Linear(16, 1)

    def forward(self, place: int):
        hidden = self.body(nn.functional.one_hot(torch.tensor(place), self.places).float())
        return Categorical(logits=self.actor(hidden)), self.critic(hidden).squeeze(-1)


def episode(policy: Policy, places: int):
    place, history = 1, []
    for _ in range(12):
        distribution, value = policy(place)
        action = distribution.sample()
        place += 1 if action.item() else -1
        done = place in (0, places - 1)
        reward = 1.0 if place == places - 1 else -0.1
        history.append((distribution.log_prob(action), distribution.entropy(), value, reward))
        if done:
            break
    return history


def main() -> None:
    torch.manual_seed(6)
    places = 6
    policy = Policy(places)
    optimizer = torch.optim.Adam(policy.parameters(), lr=2e-2)
    for number in range(10):
        history = episode(policy, places)
        returns, total = [], 0.0
        for *_, reward in reversed(history):
            total = reward + 0.95 * total
            returns.insert(0, total)
        log_probabilities, entropies, values = (torch.stack(one) for one in list(zip(*history, strict=True))[:3])
        returns = torch.tensor(returns)
        advantage = returns - values.detach()
        loss = -(log_probabilities * advantage).sum() + nn.functional.mse_loss(values, returns) - 0.01 * entropies.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(f"episode {number} steps {len(history)} loss {loss.item():.6f}")


if __name__ == "__main__":
    main()
