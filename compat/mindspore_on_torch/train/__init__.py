"""mindspore.train on PyTorch: metrics, callbacks and Model."""
