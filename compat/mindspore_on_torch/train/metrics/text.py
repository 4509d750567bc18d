"""BleuScore, by Papineni et al. 2002."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.layers.layer import check_type, refuse
from compat.mindspore_on_torch.train.metrics.base import Metric, takes


class BleuScore(Metric):
    """The BLEU score of a corpus: n-gram precisions up to `n_gram`, their geometric mean, and the penalty for brevity."""

    def __init__(self, n_gram: int = 4, smooth: bool = False) -> None:
        super().__init__()
        check_type(self, int, n_gram=n_gram)
        if not 1 <= n_gram <= 4:
            raise refuse(self, f"the argument 'n_gram' should range from 1 to 4, but got {n_gram}.")
        check_type(self, bool, smooth=smooth)
        self.n_gram = n_gram
        self.smooth = smooth
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._numerator = np.zeros(self.n_gram)
        self._denominator = np.zeros(self.n_gram)
        self._trans_len = 0
        self._ref_len = 0
        self._is_update = False

    @takes("candidate_corpus", "reference_corpus", raw=("candidate_corpus", "reference_corpus"))
    def update(self, candidate_corpus: Any, reference_corpus: Any) -> None:
        """A list of translations, each a list of words, and for each a list of references; ValueError if their lengths differ."""
        if len(candidate_corpus) != len(reference_corpus):
            reason = f"got {len(candidate_corpus)} and {len(reference_corpus)}."
            raise errors.invalid(ValueError, f"For 'BleuScore.update', both corpora should be equal in length, but {reason}")
        for words, references in zip(candidate_corpus, reference_corpus, strict=True):
            self._trans_len += len(words)
            self._ref_len += min((len(reference) for reference in references), key=lambda length: abs(length - len(words)))
            known: Counter[tuple[Any, ...]] = Counter()
            for reference in references:
                known |= n_grams(reference, self.n_gram)
            said = n_grams(words, self.n_gram)
            for gram, count in (said & known).items():
                self._numerator[len(gram) - 1] += count
            for gram, count in said.items():
                self._denominator[len(gram) - 1] += count
        self._is_update = True

    def eval(self) -> Any:
        """The score; RuntimeError before an update."""
        if not self._is_update:
            raise errors.invalid(RuntimeError, "Please call the 'update' method before calling 'eval' method.")
        if self._numerator.min() == 0:
            return np.array(0.0)
        smooth = 1 if self.smooth else 0
        precision = np.exp(np.log((self._numerator + smooth) / (self._denominator + smooth)).mean())
        penalty = 1.0 if self._trans_len > self._ref_len else np.exp(1 - self._ref_len / self._trans_len)
        return penalty * precision


def n_grams(words: Any, longest: int) -> Counter[tuple[Any, ...]]:
    """How often each sequence of one up to `longest` words occurs."""
    return Counter(tuple(words[start : start + n]) for n in range(1, longest + 1) for start in range(len(words) - n + 1))
