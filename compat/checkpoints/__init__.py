"""Checkpoint files, read and written as streams of bytes: PyTorch's, MindSpore's and safetensors. No framework."""
