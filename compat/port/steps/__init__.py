"""Training steps of PyTorch → steps by MindSpore's value_and_grad: `zero_grad`, a forward pass, `backward`, clipping and `step`, where that is safe.

The forward pass becomes a function; the gradients are a result, which goes through clipping into the optimizer. Everything else stays.
"""
