"""Softmax over many classes, the rare ones in clusters of smaller projections."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import creation
from compat.torch_on_mindspore.functional.softmax import log_softmax_along
from compat.torch_on_mindspore.layers.linear import Linear
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors
from compat.torch_on_mindspore.modules.containers import ModuleList, Sequential
from compat.torch_on_mindspore.shaping import cat
from compat.torch_on_mindspore.tensor import Tensor

_ASMoutput = namedtuple("_ASMoutput", ["output", "loss"])


class AdaptiveLogSoftmaxWithLoss(Module):
    """The log probability of the target, and its mean loss, for (N, in_features) or (in_features).

    The classes below `cutoffs[0]` and one entry for each cluster are told apart by `head`; the classes of cluster i, between
    cutoffs[i] and cutoffs[i + 1], by `tail[i]`, which goes through in_features / div_value ** (i + 1) numbers.
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise invalid(ValueError, "cutoffs should be a sequence of length larger than 0")
        if (
            cutoffs != sorted(cutoffs)
            or min(cutoffs) <= 0
            or max(cutoffs) > n_classes - 1
            or len(set(cutoffs)) != len(cutoffs)
            or any(int(one) != one for one in cutoffs)
        ):
            raise invalid(
                ValueError,
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1",
            )
        made = {"device": device, "dtype": dtype}
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs = [*cutoffs, n_classes]
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, **made)
        self.tail = ModuleList()
        for at, (start, stop) in enumerate(zip(self.cutoffs, self.cutoffs[1:], strict=False), 1):
            width = int(in_features // div_value**at)
            self.tail.append(Sequential(Linear(in_features, width, bias=False, **made), Linear(width, stop - start, bias=False, **made)))

    def reset_parameters(self) -> None:
        self.head.reset_parameters()
        for first, second in self.tail:
            first.reset_parameters()
            second.reset_parameters()

    def forward(self, input_: Any, target_: Any) -> Any:
        """(log probability of each target, their mean, negated); RuntimeError for a target outside [0, n_classes)."""
        alone = not target_.dim()
        if not alone and input_.dim() != 2:
            raise invalid(RuntimeError, f"1D target tensor expects 2D input tensors, but found inputs with size {input_.shape}")
        if target_.dim() > 1:
            raise invalid(RuntimeError, "0D or 1D target tensor expected, multi-target not supported")
        input = input_.unsqueeze(0) if alone else input_
        target = target_.unsqueeze(0) if alone else target_
        if not alone and input.shape[0] != target.shape[0]:
            raise invalid(RuntimeError, "Input and target should have the same size in the batch dimension.")
        wrong = (target < 0) | (target >= self.n_classes)
        if bool(wrong.any()):
            raise invalid(
                RuntimeError,
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{int(target.min())}, {int(target.max())}] were found. ",
            )
        places = target.clone()
        found = creation.zeros(tuple(target.shape), dtype=input.dtype)
        for at, (start, stop) in enumerate(zip(self.cutoffs, self.cutoffs[1:], strict=False)):
            rows = ((target >= start) & (target < stop)).nonzero().squeeze(1)
            if not rows.numel():
                continue
            logits = log_softmax_along(self.tail[at](input.index_select(0, rows)), 1)
            places[rows] = self.shortlist_size + at
            found = found.index_copy(0, rows, logits.gather(1, (target[rows] - start).unsqueeze(1)).squeeze(1))
        output = found + log_softmax_along(self.head(input), 1).gather(1, places.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return _ASMoutput(output.squeeze(0) if alone else output, loss)

    def log_prob(self, input: Any) -> Tensor:
        """(N, n_classes): the log probability of each class."""
        head = log_softmax_along(self.head(input), 1)
        parts = [head[:, : self.shortlist_size]]
        for at, projection in enumerate(self.tail):
            parts.append(log_softmax_along(projection(input), 1) + head[:, self.shortlist_size + at].unsqueeze(1))
        return cat(parts, 1)

    def predict(self, input: Any) -> Tensor:
        """(N): the most likely class; the clusters are looked into where the shortlist is not the likeliest."""
        head = self.head(input)
        found: Any = head.argmax(dim=1)
        rows = (found >= self.shortlist_size).nonzero().squeeze(1)
        best: Tensor = found.index_copy(0, rows, self.log_prob(input[rows]).argmax(dim=1)) if rows.numel() else found
        return best


name_constructors(globals())
