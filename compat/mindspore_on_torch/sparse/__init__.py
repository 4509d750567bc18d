"""MindSpore's sparse tensors: values and their places as dense tensors, through which gradients pass."""
