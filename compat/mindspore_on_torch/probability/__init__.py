"""mindspore.nn.probability on PyTorch: distributions and bijectors."""
