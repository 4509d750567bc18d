"""Names of torch.distributed that need several processes, for `isinstance` and annotations: making one raises."""

from __future__ import annotations

from typing import Any

from compat.errors import UnsupportedAPI


class Placeholder:
    """The type of what several processes share; for `isinstance`. It can't be made."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise UnsupportedAPI(f"torch.distributed: {type(self).__name__} needs several processes; programs run in one")


class DTensor(Placeholder):
    """A tensor spread over processes."""


class DeviceMesh(Placeholder):
    """An arrangement of processes."""


class FullyShardedDataParallel(Placeholder):
    """A module spread over processes."""


class FSDPModule(Placeholder):
    """A module spread over processes in place."""
