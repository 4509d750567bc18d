"""A fit in the body of a script, without a loader: a while loop, a tolerance, the gradients zeroed behind the step."""

import torch
from torch import nn

torch.manual_seed(2)
xs = torch.linspace(-3, 3, 50).unsqueeze(1)
ys = torch.sin(xs)
net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
optimizer = torch.optim.Rprop(net.parameters(), lr=0.01)
schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.99)
penalty = 0.0
loss, t = None, 0
while t < 12 and (loss is None or loss.item() > 1e-4):
    prediction = net(xs)
    penalty = 0.9 * penalty + 0.1 * sum(p.abs().mean().item() for p in net.parameters())
    loss = nn.functional.mse_loss(prediction, ys) + 1e-3 * penalty
    loss.backward()
    optimizer.step()
    schedule.step()
    optimizer.zero_grad()
    t += 1
    if t % 3 == 0:
        print(f"{t} loss {loss.item():.6f} penalty {penalty:.6f}")
print(f"last {prediction.abs().mean().item():.6f}")
