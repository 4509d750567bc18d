"""torch.utils.data: datasets, samplers and the DataLoader, with PyTorch's order, batches and random streams for the same seed."""
