"""torch.cuda and torch.backends.mps as a program without such devices sees them; MindSpore's wheels run on CPU and Ascend."""

from __future__ import annotations


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Accepted; there is no CUDA generator to seed, as in PyTorch without CUDA."""
    int(seed)


def manual_seed_all(seed: int) -> None:
    """Accepted; there is no CUDA generator to seed, as in PyTorch without CUDA."""
    int(seed)
