"""The layers of torch.nn, one topic to a module."""
