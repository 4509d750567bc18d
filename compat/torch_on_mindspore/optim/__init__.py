"""torch.optim on MindSpore: one module per family of optimizers, and `schedulers` for the learning rate."""
