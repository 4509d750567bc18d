"""One table of what PyTorch and MindSpore call differently, and everything that follows from it."""

from __future__ import annotations

from compat.frameworks import installed

__all__ = ["__version__", "installed"]
__version__ = "0.1.0"
