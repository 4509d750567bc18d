"""The CRC-32 of zip archives and checkpoint files: ten times as fast as zlib's where the package isal is installed, and the same number."""

from __future__ import annotations

try:
    from isal.isal_zlib import crc32
except ImportError:  # compat.torch saves and loads without it
    from zlib import crc32

__all__ = ["crc32"]
