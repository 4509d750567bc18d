"""Gradients of several batches added up before a step; warm-up per step; part of the weights is frozen, and part is never used."""

import torch
from torch import nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(3)


class Tagger(nn.Module):
    def __init__(self, vocabulary, width, tags):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.mixing = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.head = nn.Linear(width, tags)
        self.unused = nn.Linear(width, tags)

    def forward(self, tokens, labels=None):
        logits = self.head(self.mixing(self.embedding(tokens)))
        if labels is None:
            return logits
        return nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten()), logits


def train(model, batches, epochs=2, gradient_accumulation_steps=3):
    decayed = [p for n, p in model.named_parameters() if "bias" not in n]
    others = [p for n, p in model.named_parameters() if "bias" in n]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    optimizer = AdamW(groups, lr=0.02)
    scheduler = LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 4))

    global_step, tr_loss = 0, 0.0
    optimizer.zero_grad()
    for _ in range(epochs):
        for step, batch in enumerate(batches):
            model.train()
            inputs = {"tokens": batch[0], "labels": batch[1]}
            outputs = model(**inputs)
            loss = outputs[0]  # it is a tuple
            if gradient_accumulation_steps > 1:
                loss = loss / gradient_accumulation_steps
            loss.backward()

            tr_loss += loss.item()
            if (step + 1) % gradient_accumulation_steps == 0:
                optimizer.step()
                scheduler.step()  # the schedule counts steps of the optimizer
                optimizer.zero_grad()
                global_step += 1
                print(f"step {global_step} loss {tr_loss / global_step:.6f} lr {scheduler.get_last_lr()[0]:.5f}")
    return outputs


model = Tagger(20, 8, 3)
model.embedding.weight.requires_grad_(False)
tokens = torch.randint(0, 20, (7, 4, 5))
result = train(model, [(one, one % 3) for one in tokens])
print(f"last {result[1].mean().item():.6f} unused {model.unused.weight.sum().item():.6f} head {model.head.weight.sum().item():.6f}")
