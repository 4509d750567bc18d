"""torch.__version__ and torch.version: the release that is imitated."""

from __future__ import annotations

import re
from typing import Any


class TorchVersion(str):
    """A release as text, which compares with others as releases do: "2.9" < "2.13"; `torch.torch_version.TorchVersion`."""

    def __lt__(self, other: Any) -> bool:
        return _release(self) < _release(other)

    def __le__(self, other: Any) -> bool:
        return _release(self) <= _release(other)

    def __gt__(self, other: Any) -> bool:
        return _release(self) > _release(other)

    def __ge__(self, other: Any) -> bool:
        return _release(self) >= _release(other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (str, tuple, list)) and _release(self) == _release(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return super().__hash__()

    # what packaging.version.Version answers
    @property
    def major(self) -> int:
        return _numbers(self)[0]

    @property
    def minor(self) -> int:
        return _numbers(self)[1]

    @property
    def micro(self) -> int:
        return _numbers(self)[2]

    @property
    def release(self) -> tuple[int, ...]:
        return _numbers(self)

    @property
    def public(self) -> str:
        return self.partition("+")[0]

    @property
    def local(self) -> str | None:
        return self.partition("+")[2] or None

    @property
    def base_version(self) -> str:
        return ".".join(map(str, _numbers(self)))


def _numbers(text: str) -> tuple[int, ...]:
    found = re.match(r"\s*v?(\d+(?:\.\d+)*)", text)
    return tuple(map(int, found[1].split("."))) if found else ()


def _release(other: Any) -> tuple[Any, ...]:
    """What is compared: the numbers without trailing zeros, whether it is final, then the local label."""
    text = other if isinstance(other, str) else ".".join(map(str, other))
    numbers = list(_numbers(text))
    while numbers and not numbers[-1]:
        numbers.pop()
    public, _, label = text.partition("+")
    early = re.search(r"(a|b|rc|\.?dev)\d*", public)
    return tuple(numbers), (early is None, early[0] if early else ""), label


RELEASE = TorchVersion("2.13.0+compat")
# torch.version, of a build without any accelerator
cuda: str | None = None
hip: str | None = None
rocm: str | None = None
xpu: str | None = None
debug = False
git_version = "unknown"
