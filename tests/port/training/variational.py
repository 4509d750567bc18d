"""A variational autoencoder: a loss function of several parts, totals over an epoch."""

import torch
from torch import nn, optim
from torch.nn import functional as F

torch.manual_seed(7)
device = torch.device("cpu")
images = torch.rand(32, 1, 4, 4)
batches = [(images[i : i + 8], torch.zeros(8)) for i in range(0, 32, 8)]


class VAE(nn.Module):
    def __init__(self):
        super().__init__()

        self.fc1 = nn.Linear(16, 12)
        self.fc21 = nn.Linear(12, 3)
        self.fc22 = nn.Linear(12, 3)
        self.fc3 = nn.Linear(3, 12)
        self.fc4 = nn.Linear(12, 16)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 16))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


model = VAE().to(device)
optimizer = optim.Adam(model.parameters(), lr=1e-2)


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x.view(-1, 16), reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def train(epoch):
    model.train()
    train_loss = 0
    for batch_idx, (data, _) in enumerate(batches):
        data = data.to(device)
        optimizer.zero_grad()
        recon_batch, mu, logvar = model(data)
        loss = loss_function(recon_batch, data, mu, logvar)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()
        if batch_idx % 2 == 0:
            print("Train Epoch: {} [{}] Loss: {:.6f}".format(epoch, batch_idx, loss.item() / len(data)))  # noqa: UP032

    print(f"====> Epoch: {epoch} Average loss: {train_loss / 32:.4f}")


if __name__ == "__main__":
    for epoch in range(1, 4):
        train(epoch)
        with torch.no_grad():
            sample = torch.randn(2, 3).to(device)
            sample = model.decode(sample).cpu()
            print(f"sample {sample.mean():.5f}")
