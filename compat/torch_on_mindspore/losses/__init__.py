"""The loss functions of torch.nn.functional on MindSpore; one topic to a file."""
