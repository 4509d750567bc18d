"""torch.nn.utils: what changes the parameters of modules, one topic to a module."""
