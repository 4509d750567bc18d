"""mindspore.Generator and the default one, over PyTorch's."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")


class Generator(torch.Generator):
    """mindspore.Generator: random numbers with a seed. They are PyTorch's, other ones than MindSpore draws for that seed."""

    def manual_seed(self, seed: int) -> Any:
        """Start anew from a seed; the Generator is returned. TypeError for what is no int."""
        if not isinstance(seed, int):
            raise errors.invalid(TypeError, f"The argument 'seed' must be int, but got {type(seed).__name__}.")
        super().manual_seed(seed)
        return self

    def get_state(self) -> Any:
        """Where it stands, as a Tensor of uint8."""
        return as_tensor(super().get_state())

    def set_state(self, state: Any) -> None:
        """Go to where get_state was."""
        super().set_state(state.as_subclass(torch.Tensor))


class DefaultGenerator:
    """The generator that every function without another one draws from."""

    def manual_seed(self, seed: int) -> Any:
        """Start anew from a seed, on every device."""
        if not isinstance(seed, int):
            raise errors.invalid(TypeError, f"The argument 'seed' must be int, but got {type(seed).__name__}.")
        torch.manual_seed(seed)
        return self

    def seed(self) -> int:
        """Start anew from a seed of the system's, which is returned."""
        return int(torch.seed())

    def initial_seed(self) -> int:
        """The seed that it started from."""
        return int(torch.initial_seed())

    def get_state(self) -> Any:
        """Where it stands, as a Tensor of uint8."""
        return as_tensor(torch.get_rng_state())

    def set_state(self, state: Any) -> None:
        """Go to where get_state was."""
        torch.set_rng_state(state.as_subclass(torch.Tensor))


default_generator = DefaultGenerator()


def manual_seed(seed: int) -> Any:
    """mindspore.manual_seed: start the default generator anew; it is returned."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """mindspore.seed: start the default generator anew from a seed of the system's, which is returned."""
    return default_generator.seed()


def initial_seed() -> int:
    """mindspore.initial_seed: the seed that the default generator started from."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """mindspore.get_rng_state: where the default generator stands."""
    return default_generator.get_state()


def set_rng_state(state: Any) -> None:
    """mindspore.set_rng_state: set the default generator to where get_rng_state was."""
    default_generator.set_state(state)
