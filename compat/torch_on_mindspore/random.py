"""PyTorch's CPU random stream, number for number, on NumPy.

Numbers are drawn on the host and copied to MindSpore; no other way gives the stream of a PyTorch program. PyTorch's generator
is MT19937, seeded as NumPy's legacy RandomState; how each distribution reads it was found by execution against torch 2.13.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.descriptors import check_device, device
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

DEFAULT_SEED = 67280421310721
WIDE = 2**28  # a range this large takes 64 bits for each integer
STATE_BYTES = 5056  # layout: seed, words left, seeded, next word, 624 words of 64 bits, cached normals
# dtype → largest integer that random_() draws, plus one, when no bound is given
BOUNDS = {
    "int64": 2**63, "int32": 2**31, "int16": 2**15, "int8": 2**7, "uint8": 2**8, "bool": 2,
    "float64": 2**53 + 1, "float32": 2**24 + 1, "float16": 2**11 + 1, "bfloat16": 2**8 + 1,
}  # fmt: skip


class Generator:
    """A random stream of its own; `torch.Generator`."""

    def __init__(self, device: str | device = "cpu") -> None:
        check_device("torch.Generator", device)
        self.device = device_of(device)
        self.manual_seed(DEFAULT_SEED)

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream over. A negative seed counts from 2**64; the stream depends on the low 32 bits."""
        if not -(2**63) <= seed < 2**64:
            raise invalid(RuntimeError, "Overflow when unpacking long long")
        self._seed = seed % 2**64
        self._stream = np.random.RandomState(self._seed % 2**32)
        self._normal: float | None = None  # the second number of the last pair
        return self

    def initial_seed(self) -> int:
        return self._seed

    def __reduce__(self) -> Any:
        return Generator, (self.device,), (self._seed, None, self.get_state())

    def __setstate__(self, state: tuple[int, None, Tensor]) -> None:
        self.set_state(state[2])

    def seed(self) -> int:
        """Start over from a seed that the operating system gives, and return it."""
        fresh = int.from_bytes(np.random.SeedSequence().generate_state(2, np.uint32).tobytes(), "little") % 2**53
        self.manual_seed(fresh)
        return fresh

    def get_state(self) -> Tensor:
        """The state as a uint8 tensor in PyTorch's layout."""
        position: Any
        _, words, position, *_ = self._stream.get_state(legacy=True)
        state = np.zeros(STATE_BYTES, np.uint8)
        state[:8].view(np.uint64)[0] = self._seed
        state[8:16].view(np.int32)[:] = 625 - position, 1
        state[16:24].view(np.uint64)[0] = position % 624
        state[24:5016].view(np.uint64)[:] = words
        if self._normal is not None:
            state[5024:5032].view(np.float64)[0] = self._normal
            state[5040] = 1
        found: Tensor = as_tensor(mindspore.Tensor(state))
        return found

    def set_state(self, new_state: Any) -> Generator:
        """Continue from what `get_state` returned, here or in PyTorch."""
        if new_state.dtype != dtypes.uint8:
            raise invalid(TypeError, "RNG state must be a torch.ByteTensor")
        state = np.ascontiguousarray(new_state.asnumpy())
        if state.size != STATE_BYTES:
            raise invalid(RuntimeError, "RNG state is wrong size")
        self._seed = int(state[:8].view(np.uint64)[0])
        words, left = state[24:5016].view(np.uint64).astype(np.uint32), int(state[8:12].view(np.int32)[0])
        self._stream.set_state(("MT19937", words, 625 - left, 0, 0.0))
        self._normal = float(state[5024:5032].view(np.float64)[0]) if state[5040] else None
        return self

    def snapshot(self) -> tuple[Any, ...]:
        """Where the stream is, to compare with and to `restore`."""
        state: Any = self._stream.get_state(legacy=True)
        return state[1].tobytes(), state[2], self._normal

    def restore(self, snapshot: tuple[Any, ...]) -> None:
        words, position, self._normal = snapshot
        self._stream.set_state(("MT19937", np.frombuffer(words, np.uint32), position, 0, 0.0))

    def words(self, count: int) -> Any:
        """The next `count` numbers of 32 bits, as uint64."""
        return self._stream.randint(0, 2**32, count, dtype=np.uint32).astype(np.uint64)

    def double_words(self, count: int) -> Any:
        """The next `count` numbers of 64 bits; the first word is the high one."""
        words = self.words(2 * count)
        return (words[0::2] << np.uint64(32)) | words[1::2]

    def fractions(self, count: int, *, double: bool) -> Any:
        """Uniform numbers in [0, 1): 24 bits as float32, or 53 bits as float64."""
        if double:
            return (self.double_words(count) & np.uint64(2**53 - 1)).astype(np.float64) * 2.0**-53
        return (self.words(count) & np.uint64(2**24 - 1)).astype(np.float32) * np.float32(2.0**-24)

    def below(self, count: int, p: float) -> Any:
        """Whether each of `count` uniform numbers of 53 bits is less than `p`."""
        words = self._stream.randint(0, 2**32, 2 * count, dtype=np.uint32)
        high, low = divmod(math.ceil(p * 2**53), 2**32)
        top = words[0::2] & np.uint32(2**21 - 1)
        found = top < high
        for place in np.flatnonzero(top == high):
            found[place] = words[2 * place + 1] < low
        return found

    def uniform(self, count: int, low: float, high: float, *, double: bool) -> Any:
        """Uniform numbers in [low, high). A float32 product and sum are rounded once, as PyTorch's fused instruction does."""
        if double:
            return self.fractions(count, double=True) * (high - low) + low
        low32, span = np.float32(low), np.float32(np.float32(high) - np.float32(low))
        return (self.fractions(count, double=False).astype(np.float64) * float(span) + float(low32)).astype(np.float32)

    def integers(self, count: int, low: int, high: int) -> Any:
        """Integers in [low, high) as int64."""
        span = high - low
        words = self.double_words(count) if span >= WIDE else self.words(count)
        return (words % np.uint64(span)).astype(np.int64) + low

    def normals(self, count: int, *, double: bool, narrow: bool = False) -> Any:
        """Standard normal numbers: in blocks of 16 when there are that many, otherwise in cached pairs.

        What is left of the last block is drawn too, and then once more with what came before it, unless it is for a `narrow` dtype.
        """
        if count < 16:
            return np.array([self._paired() for _ in range(count)])
        drawn = self.fractions(count - count % 16 if narrow else count, double=double)
        blocks = drawn[: count - count % 16].reshape(-1, 16)
        found = np.empty(count, drawn.dtype)
        found[: blocks.size] = box_muller(blocks).reshape(-1)
        if count % 16:
            found[-16:] = box_muller(self.fractions(16, double=double).reshape(1, 16)).reshape(-1)
        return found

    def _paired(self) -> float:
        if self._normal is not None:
            found, self._normal = self._normal, None
            return found
        angle, radius = self.fractions(2, double=True)
        radius, angle = np.sqrt(-2.0 * np.log1p(-radius)), 2.0 * np.pi * angle
        self._normal = float(radius * np.sin(angle))
        return float(radius * np.cos(angle))

    def permutation(self, count: int) -> Any:
        """0 … count-1 in random order, as int64."""
        order = list(range(count))
        # The last place is not drawn for.
        jumps = self.words(max(count - 1, 0)) % np.arange(count, 1, -1).astype(np.uint64)
        for place, other in enumerate((jumps.astype(np.int64) + np.arange(jumps.size)).tolist()):
            order[place], order[other] = order[other], order[place]
        return np.array(order, np.int64)


def box_muller(blocks: Any) -> Any:
    """Normal numbers from rows of 16 uniform ones: eight radii with eight angles."""
    number = blocks.dtype.type
    radius = np.sqrt(number(-2) * np.log(number(1) - blocks[:, :8]))
    angle = number(2 * np.pi) * blocks[:, 8:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def device_of(where: str | device) -> device:
    return device(where)


default_generator = Generator().manual_seed(DEFAULT_SEED)


def chosen(generator: Generator | None) -> Generator:
    return default_generator if generator is None else generator


def manual_seed(seed: int) -> Generator:
    """Seed the default stream; `torch.manual_seed`."""
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    return default_generator.seed()


def initial_seed() -> int:
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    return default_generator.get_state()


@contextmanager
def fork_rng(
    devices: Any = None, enabled: bool = True, _caller: str = "fork_rng", _devices_kw: str = "devices", device_type: str | None = None
) -> Iterator[None]:
    """A block after which the default stream goes on from where it was before it; there is no other device's stream to keep."""
    if not enabled:
        yield
        return
    for one in devices or ():
        check_device("torch.random.fork_rng", f"cuda:{one}" if isinstance(one, int) else one)
    before = default_generator.get_state()
    try:
        yield
    finally:
        default_generator.set_state(before)


def set_rng_state(new_state: Any) -> None:
    if not isinstance(new_state, mindspore.Tensor):
        raise invalid(TypeError, f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
    default_generator.set_state(new_state)


def stored(numbers: Any, shape: tuple[int, ...], kind: Any) -> Tensor:
    """The drawn numbers as a Tensor of this shape and dtype."""
    if kind == dtypes.bfloat16:
        made = mindspore.ops.cast(mindspore.Tensor(numbers.astype(np.float32).reshape(shape)), kind)
    else:
        made = mindspore.Tensor(numbers.astype(kind.name).reshape(shape))
    found: Tensor = as_tensor(made)
    return found


def count_of(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def check_floating(api: str, kind: Any) -> None:
    if kind.category != dtypes.FLOAT:
        raise UnsupportedArgument(api, "dtype", kind, "floating-point dtypes")


def uniform_numbers(shape: tuple[int, ...], kind: Any, low: float, high: float, generator: Generator | None) -> Tensor:
    check_floating("torch.Tensor.uniform_", kind)
    drawn = chosen(generator).uniform(count_of(shape), low, high, double=kind == dtypes.float64)
    return stored(drawn, shape, kind)


def normal_numbers(shape: tuple[int, ...], kind: Any, mean: float, std: float, generator: Generator | None) -> Tensor:
    check_floating("torch.Tensor.normal_", kind)
    drawn = chosen(generator).normals(count_of(shape), double=kind == dtypes.float64, narrow=kind.narrow)
    return stored(drawn * drawn.dtype.type(std) + drawn.dtype.type(mean), shape, kind)


def integer_numbers(shape: tuple[int, ...], kind: Any, low: int, high: int | None, generator: Generator | None) -> Tensor:
    if high is None:
        draw = chosen(generator)
        words = (draw.double_words if kind.name in ("int64", "float64") else draw.words)(count_of(shape))
        return stored(words % np.uint64(BOUNDS[kind.name]), shape, kind)
    if high <= low:
        raise invalid(RuntimeError, f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    return stored(chosen(generator).integers(count_of(shape), low, high), shape, kind)


def bernoulli_numbers(shape: tuple[int, ...], kind: Any, p: float, generator: Generator | None, one: float = 1.0) -> Tensor:
    """`one` with probability `p`, else 0."""
    if not 0 <= p <= 1:
        raise invalid(RuntimeError, f"bernoulli_ expects p to be in [0, 1], but got p={p}")
    kept = chosen(generator).below(count_of(shape), p)
    return stored(kept if one == 1.0 else kept * np.float32(one) if kind.itemsize < 8 else kept * one, shape, kind)
