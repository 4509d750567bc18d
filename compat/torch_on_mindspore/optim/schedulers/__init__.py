"""torch.optim.lr_scheduler: Python arithmetic on the options of an optimizer's parameter groups."""
