"""A causal transformer language model with tied embeddings, warm-up and clipping, on a small text of its own."""

import math

import torch
from torch import nn

TEXT = "the quick brown fox jumps over the lazy dog and the dog sleeps while the fox runs over the hill again and again "


class Model(nn.Module):
    def __init__(self, vocabulary: int, width: int = 32, heads: int = 4, layers: int = 2, context: int = 24) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.position = nn.Parameter(torch.zeros(context, width))
        layer = nn.TransformerEncoderLayer(width, heads, 64, dropout=0.1, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.embed.weight  # tied
        nn.init.normal_(self.embed.weight, std=0.1)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(context), persistent=False)

    def forward(self, tokens):
        hidden = self.embed(tokens) * math.sqrt(self.embed.embedding_dim) + self.position
        return self.head(self.encoder(hidden, mask=self.mask, is_causal=True))


def main() -> None:
    torch.manual_seed(2)
    letters = sorted(set(TEXT))
    data = torch.tensor([letters.index(letter) for letter in TEXT * 2])
    model = Model(len(letters))
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / 4, (step + 1) ** -0.2))
    loss_function = nn.CrossEntropyLoss()
    for step in range(12):
        starts = torch.randint(0, len(data) - 25, (8,))
        batch = torch.stack([data[start : start + 25] for start in starts.tolist()])
        logits = model(batch[:, :-1])
        loss = loss_function(logits.reshape(-1, logits.size(-1)), batch[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        print(f"step {step} loss {loss.item():.6f}")
    model.eval()
    tokens = data[:24].unsqueeze(0)
    with torch.no_grad():
        probabilities = torch.softmax(model(tokens)[0, -1], dim=-1)
    print(f"largest probability {probabilities.max().item():.4f}")


if __name__ == "__main__":
    main()
