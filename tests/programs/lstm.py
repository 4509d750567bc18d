"""A bidirectional LSTM over packed sequences that tells whether a sequence of numbers rises more often than it falls."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset


class Walks(Dataset):
    def __init__(self, count: int) -> None:
        lengths = torch.randint(4, 12, (count,)).tolist()
        self.steps = [torch.randint(0, 2, (length,)) for length in lengths]

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, index):
        steps = self.steps[index]
        return steps + 1, float(2 * steps.sum() > len(steps))


def collate(samples):
    sequences, labels = zip(*samples, strict=True)
    lengths = torch.tensor([len(one) for one in sequences])
    return pad_sequence(sequences, batch_first=True), lengths, torch.tensor(labels)


class Classifier(nn.Module):
    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.embedding = nn.Embedding(3, width, padding_idx=0)
        self.lstm = nn.LSTM(width, width, num_layers=2, batch_first=True, bidirectional=True, dropout=0.2)
        self.output = nn.Linear(2 * width, 1)

    def forward(self, tokens, lengths):
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (hidden, _) = self.lstm(packed)
        return self.output(torch.cat([hidden[-2], hidden[-1]], dim=1)).squeeze(1)


def main() -> None:
    torch.manual_seed(3)
    loader = DataLoader(Walks(48), batch_size=16, shuffle=True, collate_fn=collate, drop_last=True)
    model = Classifier()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3)
    criterion = nn.BCEWithLogitsLoss()
    for epoch in range(3):
        for tokens, lengths, labels in loader:
            loss = criterion(model(tokens, lengths), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(f"epoch {epoch} loss {loss.item():.6f}")


if __name__ == "__main__":
    main()
