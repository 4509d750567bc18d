"""A language model of characters: truncated backpropagation through time, gradients clipped, the learning rate lowered on a plateau."""

import math

import torch
import torch.nn as nn

torch.manual_seed(1111)
TEXT = "the quick brown fox jumps over the lazy dog and runs away from the slow wolf " * 4
letters = sorted(set(TEXT))
data = torch.tensor([letters.index(c) for c in TEXT])
bptt, batch_size, clip = 12, 4, 0.25


class RNNModel(nn.Module):
    def __init__(self, ntoken, ninp, nhid):
        super().__init__()
        self.encoder = nn.Embedding(ntoken, ninp)
        self.rnn = nn.GRU(ninp, nhid)
        self.decoder = nn.Linear(nhid, ntoken)
        self.nhid = nhid

    def forward(self, tokens, hidden):
        output, hidden = self.rnn(self.encoder(tokens), hidden)
        return self.decoder(output).reshape(-1, len(letters)), hidden

    def init_hidden(self, bsz):
        return torch.zeros(1, bsz, self.nhid)


def batchify(data, bsz):
    nbatch = data.size(0) // bsz
    return data[: nbatch * bsz].view(bsz, -1).t().contiguous()


def get_batch(source, i):
    seq_len = min(bptt, len(source) - 1 - i)
    return source[i : i + seq_len], source[i + 1 : i + 1 + seq_len].reshape(-1)


train_data = batchify(data, batch_size)
model = RNNModel(len(letters), 8, 16)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.25, patience=0)


def train():
    model.train()
    total_loss = 0.0
    hidden = model.init_hidden(batch_size)
    for batch, i in enumerate(range(0, train_data.size(0) - 1, bptt)):
        inputs, targets = get_batch(train_data, i)
        # Starting each batch, the hidden state is detached from how it was made.
        optimizer.zero_grad()
        hidden = hidden.detach()
        output, hidden = model(inputs, hidden)
        loss = criterion(output, targets)
        loss.backward()

        # clip_grad_norm helps where gradients explode
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()

        total_loss += loss.item()
        if batch % 3 == 2:
            print(f"| {batch:5d} batches | loss {total_loss / 3:5.4f} | ppl {math.exp(total_loss / 3):8.3f}")
            total_loss = 0
    return loss


for epoch in range(1, 4):
    last = train()
    scheduler.step(last.item())
    print(f"epoch {epoch} lr {optimizer.param_groups[0]['lr']:.4f} loss {last.item():.5f}")
