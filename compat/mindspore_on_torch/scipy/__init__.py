"""mindspore.scipy on PyTorch."""
