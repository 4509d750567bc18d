"""torch.save, torch.load and pickling: PyTorch's own file format, read and written without PyTorch."""
