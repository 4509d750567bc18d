"""Parameters that are given as probabilities or as their logarithms."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore.descriptors import Size
from compat.torch_on_mindspore.distributions.distribution import Distribution
from compat.torch_on_mindspore.distributions.utilities import lazy_property, logits_to_probs, one_of, probs_to_logits


class Chances(Distribution):
    """Base of what takes `probs` or `logits`; the other one is computed when asked for."""

    is_binary = False  # logits are log odds, otherwise log probabilities along the last dimension

    def _set_chances(self, probs: Any, logits: Any) -> tuple[str, Any]:
        """The one that is given, by name; ValueError unless exactly one is."""
        one_of(probs, logits)
        return ("probs", probs) if probs is not None else ("logits", logits)

    @lazy_property
    def probs(self) -> Any:
        return logits_to_probs(self.logits, self.is_binary)

    @lazy_property
    def logits(self) -> Any:
        return probs_to_logits(self.probs, self.is_binary)

    @property
    def _param(self) -> Any:
        return self.probs if "probs" in self.__dict__ else self.logits

    @property
    def param_shape(self) -> Size:
        found: Size = self._param.shape
        return found
