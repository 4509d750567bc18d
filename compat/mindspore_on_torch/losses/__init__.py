"""MindSpore's loss functions on PyTorch, where PyTorch's own function differs; one topic to a file."""
