"""Packages that nobody here wrote, run as they are under `compat.installed("torch")`, against what they gave on real PyTorch."""
