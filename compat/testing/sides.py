"""The two sides of a comparison: a framework, and this project's package that offers the same API on the other framework."""

from __future__ import annotations

import importlib
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from compat import frameworks
from compat.elementwise import bfloat16, dtype_of

Api = Literal["torch", "mindspore"]
APIS: tuple[Api, ...] = get_args(Api)
NAMES = {"torch": "PyTorch", "mindspore": "MindSpore"}


@dataclass(frozen=True)
class Side:
    """One API as one of the two offers it: the framework itself, or, if `ours`, this project's package."""

    api: Api
    ours: bool

    @property
    def name(self) -> str:
        """What a message calls it: "PyTorch", "compat.torch"."""
        return f"compat.{self.api}" if self.ours else NAMES[self.api]

    @property
    def module(self) -> Any:
        """The module that stands for `torch` or `mindspore`. Raises FrameworkMissing."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # MindSpore 2.10 and what it imports warn at import
            if self.ours:
                return importlib.import_module(self.name)
            module = frameworks.load(self.api)
        if self.api == "mindspore":
            module.runtime.launch_blocking()  # an error otherwise surfaces in a later call
        return module

    def array(self, value: Any) -> NDArray[Any] | None:
        """A copy of a tensor as an array, bfloat16 as `compat.elementwise.bfloat16` marks it; None for what is no tensor."""
        module = self.module
        if not isinstance(value, module.Tensor):
            return None
        if self.api == "mindspore":
            return bfloat16(value.astype(module.float32).asnumpy()) if value.dtype == module.bfloat16 else np.array(value.asnumpy())
        plain = value.detach().cpu()
        plain = plain.resolve_conj().resolve_neg() if plain.is_complex() else plain
        return bfloat16(plain.float().numpy()) if plain.dtype == module.bfloat16 else np.array(plain.numpy())

    def tensor(self, array: NDArray[Any]) -> Any:
        """The tensor of an array, sharing nothing with it."""
        module = self.module
        if self.api == "mindspore":
            made = module.Tensor(np.array(array))
            return made.astype(module.bfloat16) if dtype_of(array) == "bfloat16" else made
        made = module.tensor(np.array(array))
        return made.to(module.bfloat16) if dtype_of(array) == "bfloat16" else made

    def seed(self, seed: int) -> None:
        """Seed the API's own random stream."""
        seeding = self.module.manual_seed if self.api == "torch" else self.module.set_seed
        seeding(seed)

    @contextmanager
    def running(self, seed: int) -> Iterator[None]:
        """What a run needs: Python's, NumPy's and the API's random numbers from a seed; the first two are as before afterwards.

        compat.torch has MindSpore record all operations, which MindSpore's own functions are run without.
        """
        states = random.getstate(), np.random.get_state()
        random.seed(seed)
        np.random.seed(seed)
        self.seed(seed)
        alone = self.api == "mindspore" and not self.ours and "compat.torch" in sys.modules
        engine = importlib.import_module("compat.torch_on_mindspore.engine") if alone else None
        try:
            if engine:
                engine.record(False)
            yield
        finally:
            if engine:
                engine.record()
            random.setstate(states[0])
            np.random.set_state(states[1])


def sides(api: Api) -> tuple[Side, Side]:
    """The reference, which is the framework itself, and what is held against it."""
    return Side(api, ours=False), Side(api, ours=True)


def any_array(value: Any) -> NDArray[Any] | None:
    """As `Side.array`, of a tensor of any side that has been imported; arrays and NumPy's numbers are themselves."""
    if isinstance(value, (np.ndarray, np.generic)):
        return np.array(value)
    for ours in (True, False):  # our tensors are also those of the framework that they run on
        for api in APIS:
            if f"compat.{api}" in sys.modules if ours else _is_loaded(api):
                found = Side(api, ours).array(value)
                if found is not None:
                    return found
    return None


def _is_loaded(api: Api) -> bool:
    """Whether the framework itself has been imported: under its own name, or aside while a stand-in has that."""
    return api in sys.modules or frameworks.stand_in() is not None
