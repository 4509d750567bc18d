"""What torch.nn.Module is made of, one topic to a module, and the modules that hold others."""
