"""PyTorch source → MindSpore source: what the table knows to mean the same is rewritten, everything else stays on compat.torch."""
