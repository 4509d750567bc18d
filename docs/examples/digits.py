"""Learns scikit-learn's handwritten digits (1,797 images of 8 × 8 pixels) with a small network."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

EPOCHS = 12


def datasets():
    """Training and test images as float32 in [0, 1], with their labels."""
    digits = load_digits()
    parts = train_test_split(digits.data / 16, digits.target, test_size=0.2, random_state=0)
    train_images, test_images = (torch.tensor(part, dtype=torch.float32) for part in parts[:2])
    train_labels, test_labels = (torch.tensor(part) for part in parts[2:])
    return TensorDataset(train_images, train_labels), (test_images, test_labels)


def train_epoch(model, loader, criterion, optimizer):
    """One pass over the training images; the mean loss per image."""
    model.train()
    total = 0.0
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
    return total / len(loader.dataset)


@torch.no_grad()
def accuracy(model, images, labels):
    """The share of images that get their own label."""
    model.eval()
    return (model(images).argmax(dim=1) == labels).float().mean().item()


def main():
    torch.manual_seed(0)
    training, test = datasets()
    loader = DataLoader(training, batch_size=64, shuffle=True)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(1, EPOCHS + 1):
        print(f"epoch {epoch:2d}  loss {train_epoch(model, loader, criterion, optimizer):.6f}")
    print(f"test accuracy {accuracy(model, *test):.4f}")


if __name__ == "__main__":
    main()
