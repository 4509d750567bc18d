"""torch.nn.functional, one topic to a module; the losses have a room of their own."""
