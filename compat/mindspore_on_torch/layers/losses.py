"""mindspore.nn's losses without a counterpart in PyTorch, and LossBase, from which a program derives its own."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.candidates import uniform_candidates
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.layers.activations import get_activation
from compat.mindspore_on_torch.layers.layer import Layer, Tensor, check_type, refuse
from compat.mindspore_on_torch.losses.common import aligned, cast
from compat.mindspore_on_torch.losses.regression import l1_loss, mse_loss_module
from compat.mindspore_on_torch.tensor import run_plain

torch: Any = frameworks.load("torch")

__all__ = [
    "DiceLoss", "FocalLoss", "L1LossExt", "LossBase", "MAELoss", "MultiClassDiceLoss", "RMSELoss", "SampledSoftmaxLoss",
    "SoftmaxCrossEntropyWithLogits",
]  # fmt: skip


class LossBase(Layer):
    """nn.LossBase: keeps how a loss is reduced. A subclass hands its unreduced loss to `get_loss`."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        if reduction not in ("mean", "sum", "none"):
            raise refuse(self, f"the 'reduction' must be in ['mean', 'sum', 'none'], but got {reduction}.")
        self.average, self.reduce = reduction != "sum", reduction != "none"

    def get_axis(self, x: Any) -> tuple[int, ...]:
        """Every axis of `x`."""
        return tuple(range(x.ndim))

    def get_loss(self, x: Any, weights: Any = 1.0) -> Any:
        """`x` times `weights`, reduced, in the data type of `x`."""
        return run_plain(self.reduced, x, weights)

    def reduced(self, x: Any, weights: Any) -> Any:
        """The same on plain tensors; it is computed in float32."""
        scaled = cast(x, torch.float32) * (cast(weights, torch.float32) if isinstance(weights, torch.Tensor) else weights)
        if self.reduce:
            scaled = scaled.mean() if self.average else scaled.sum()
        return cast(scaled, x.dtype)

    def construct(self, logits: Any, labels: Any) -> Any:
        """What a subclass computes."""
        raise NotImplementedError

    def check_tensors(self, **tensors: Any) -> None:
        """TypeError unless each is a Tensor."""
        for name, value in tensors.items():
            if not isinstance(value, torch.Tensor):
                raise refuse(self, f"the '{name}' must be a Tensor, but got {type(value).__name__}", TypeError)

    def checked(self, function: Any, *tensors: Any) -> Any:
        """`function` of plain tensors; what PyTorch raises becomes ValueError."""
        try:
            return run_plain(function, *tensors)
        except Exception as error:
            raise errors.at_boundary(f"mindspore.nn.{type(self).__name__}", error, ValueError, logits=tensors[0]) from error


class L1LossExt(LossBase):
    """nn.L1LossExt: |logits - labels|, reduced."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.reduction = reduction

    def construct(self, logits: Any, labels: Any) -> Any:
        self.check_tensors(logits=logits, labels=labels)
        return self.checked(lambda x, y: l1_loss(x, y, self.reduction), logits, labels)


class MAELoss(LossBase):
    """nn.MAELoss: |logits - label|, reduced."""

    def construct(self, logits: Any, label: Any) -> Any:
        self.check_tensors(logits=logits, labels=label)
        return self.checked(lambda x, y: self.reduced(torch.abs(torch.sub(*aligned(x, y))), 1.0), logits, label)


class RMSELoss(LossBase):
    """nn.RMSELoss: the root of the mean squared difference. TypeError for unsigned integers."""

    def __init__(self) -> None:
        super().__init__()

    def construct(self, logits: Any, label: Any) -> Any:
        self.check_tensors(logits=logits, labels=label)
        for tensor in (logits, label):
            if tensor.dtype in (dtypes.uint8, dtypes.uint16, dtypes.uint32, dtypes.uint64):
                raise refuse(self, f"the parameters data type must not be unsigned, but got {tensor.dtype}.", TypeError)
        return self.checked(lambda x, y: torch.sqrt(mse_loss_module(x, y)), logits, label)


class SoftmaxCrossEntropyWithLogits(LossBase):
    """nn.SoftmaxCrossEntropyWithLogits of logits (N, C): labels are probabilities (N, C), or with `sparse` classes (N,)."""

    def __init__(self, sparse: bool = False, reduction: str = "none") -> None:
        super().__init__(reduction)
        check_type(self, bool, sparse=sparse)
        self.sparse, self.reduction = sparse, reduction

    def construct(self, logits: Any, labels: Any) -> Any:
        self.check_tensors(logits=logits, labels=labels)
        if logits.ndim != 2:
            raise refuse(self, f"the 'logits' must have 2 dims, but got {logits.ndim}.")
        if self.sparse and (labels.ndim != 1 or labels.shape[0] != logits.shape[0]):
            raise refuse(self, f"the 'labels' must be ({logits.shape[0]},), but got {labels.shape}.")
        if self.sparse and labels.dtype not in (dtypes.int32, dtypes.int64):
            raise refuse(self, f"the 'labels' must be int32 or int64, but got {labels.dtype}.", TypeError)
        if not self.sparse and labels.shape != logits.shape:
            raise refuse(self, f"the 'labels' must have the shape of the 'logits' {logits.shape}, but got {labels.shape}.")
        return self.checked(self.entropy, logits, labels)

    def entropy(self, logits: Any, labels: Any) -> Any:
        """The loss on plain tensors."""
        if self.sparse:
            loss = torch.nn.functional.cross_entropy(logits, labels.long(), reduction="none")
        else:
            loss = against_probabilities(logits, labels.detach().to(logits.dtype))
        return self.reduced(loss, 1.0)


def against_probabilities(logits: Any, labels: Any) -> Any:
    """Cross entropy whose gradient by the logits is softmax - labels, as MindSpore's is, also where the labels do not add up to 1.

    The labels get none.
    """
    loss = -(labels * torch.log_softmax(logits, -1)).sum(-1)
    straight = torch.logsumexp(logits, -1) - (labels * logits).sum(-1)
    return straight + (loss - straight).detach()


class DiceLoss(LossBase):
    """nn.DiceLoss: 1 - 2 |x y| / (|x|² + |y|² + smooth), over all elements."""

    def __init__(self, smooth: float = 1e-5) -> None:
        super().__init__()
        check_type(self, float, smooth=smooth)
        if smooth <= 0:
            raise refuse(self, f"the 'smooth' must be > 0, but got {smooth}.")
        self.smooth = smooth

    def construct(self, logits: Any, label: Any) -> Any:
        self.check_tensors(logits=logits, labels=label)
        if logits.shape != label.shape:
            raise refuse(self, f"the 'logits_shape' must be equal to 'label_shape', but got {logits.shape} and {label.shape}.")
        for name, tensor in (("logits", logits), ("labels", label)):
            if tensor.dtype == dtypes.uint8:
                raise refuse(self, f"the dtype of '{name}' can not be uint8.", TypeError)
        return self.checked(lambda x, y: 1 - 2 * (x * y).sum() / ((x * x).sum() + (y * y).sum() + self.smooth), logits, label)


class MultiClassDiceLoss(LossBase):
    """nn.MultiClassDiceLoss of (N, C, ...): the mean of the DiceLoss of each channel, in which an ignored one counts as 0."""

    def __init__(self, weights: Any = None, ignore_indiex: int | None = None, activation: Any = "softmax") -> None:
        super().__init__()
        names = ["softmax", "logsoftmax", "relu", "relu6", "tanh", "sigmoid"]
        if weights is not None:
            check_type(self, Tensor, weights=weights)
            if weights.ndim != 2:
                raise refuse(self, f"the dimension of 'weights' must be 2, but got {weights.ndim}.")
        if ignore_indiex is not None:
            check_type(self, int, ignore_indiex=ignore_indiex)
        if isinstance(activation, str) and activation not in names:
            raise refuse(self, f"the 'activation' must be in {names}, but got {activation}.")
        if activation is not None and not isinstance(activation, (str, Cell)):
            raise refuse(self, f"the 'activation' must be str or Cell, but got {type(activation)}.", TypeError)
        self.binarydiceloss = DiceLoss()
        self.weights, self.ignore_indiex, self.activation = weights, ignore_indiex, get_activation(activation)

    def construct(self, logits: Any, label: Any) -> Any:
        self.check_tensors(logits=logits, labels=label)
        if logits.shape != label.shape or logits.ndim < 2:
            raise refuse(self, f"'logits' and 'labels' must have one shape of at least 2 dims, but got {logits.shape}, {label.shape}.")
        classes = label.shape[1]
        if self.weights is not None and self.weights.shape[0] != classes:
            raise refuse(self, f"weight_shape[0] must be equal to label_shape[1], but got {self.weights.shape[0]} and {classes}.")
        if self.activation is not None:
            logits = self.activation(logits)
        total: Any = 0
        for index in range(classes):
            if index != self.ignore_indiex:
                loss = self.binarydiceloss(logits[:, index], label[:, index])
                total = total + (loss if self.weights is None else loss * self.weights[index])
        return total / classes


class FocalLoss(LossBase):
    """nn.FocalLoss: -(1 - p)^gamma log(p) of the softmax over axis 1 of logits (N, C), (N, C, H) or (N, C, H, W).

    Labels have one channel of classes, or C channels of weights. With several classes the unreduced loss is a mean over the
    positions, with one channel over the axis behind the batch.
    """

    def __init__(self, weight: Any = None, gamma: float = 2.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        check_type(self, float, gamma=gamma)
        if weight is not None:
            check_type(self, Tensor, weight=weight)
            if weight.ndim != 1:
                raise refuse(self, f"the dimension of 'weight' must be 1, but got {weight.ndim}.")
        self.gamma, self.weight = gamma, weight

    def construct(self, logits: Any, labels: Any) -> Any:
        self.check_tensors(logits=logits, labels=labels)
        if logits.ndim != labels.ndim or not 2 <= logits.ndim <= 4:
            raise refuse(self, f"'logits' and 'labels' must both have 2 to 4 dims, but got {logits.ndim} and {labels.ndim}.")
        if logits.shape[1] == 1 or labels.shape[1] not in (1, logits.shape[1]):
            reason = f"'logits'.shape[1] must be above 1, 'labels'.shape[1] 1 or the same, but got {logits.shape[1]}, {labels.shape[1]}"
            raise refuse(self, reason)
        if labels.dtype not in (dtypes.int32, dtypes.int64, dtypes.float16, dtypes.float32):
            raise refuse(self, f"the type of 'labels' must be int32, int64, float16 or float32, but got {labels.dtype}", TypeError)
        return self.checked(self.focal, logits, labels)

    def focal(self, logits: Any, labels: Any) -> Any:
        """The loss on plain tensors."""
        logits, labels = (each.reshape(*each.shape[:2], -1) for each in (logits, labels))
        logs = torch.log_softmax(logits, 1)
        weight = None if self.weight is None else self.weight.reshape(1, -1, 1).expand(len(labels), -1, labels.shape[2])
        if labels.shape[1] == 1:
            # MindSpore squeezes axis 1 and then takes the mean over the next one.
            places = labels.long()
            logs = logs.gather(1, places).squeeze(1)
            weight = None if weight is None else weight.gather(1, places).squeeze(1)
        scaled = logs if weight is None else logs * weight
        loss = -((1 - logs.exp()) ** self.gamma) * scaled
        loss = loss.mean(1) if labels.shape[1] == 1 else (labels * loss).mean(-1)
        return self.reduced(loss, 1.0)


class SampledSoftmaxLoss(LossBase):
    """nn.SampledSoftmaxLoss: cross entropy of the true classes (N, num_true) against `num_sampled` drawn ones.

    weights (num_classes, dim), biases (num_classes,), logits (N, dim); the result is (N,), whatever the reduction.
    """

    def __init__(
        self, num_sampled: int, num_classes: int, num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = True,
        seed: int = 0, reduction: str = "none",
    ) -> None:  # fmt: skip
        super().__init__(reduction)
        for wrong, reason in (
            (num_true < 1, f"the 'num_true' must be greater than or equal to 1, but got {num_true}."),
            (seed < 0, f"the 'seed' must be greater than or equal to 0, but got {seed}."),
            (num_sampled > num_classes, f"'num_sampled' {num_sampled} must not be above 'num_classes' {num_classes}."),
            (num_true > num_classes, f"'num_true' {num_true} must not be above 'num_classes' {num_classes}."),
        ):
            if wrong:
                raise refuse(self, reason)
        if sampled_values is not None:
            check_type(self, (list, tuple), sampled_values=sampled_values)
            if len(sampled_values) != 3:
                raise refuse(self, f"the length of 'sampled_values' must be equal to 3, but got {len(sampled_values)}.")
        self.num_sampled, self.num_classes, self.num_true = num_sampled, num_classes, num_true
        self.sampled_values, self.remove_accidental_hits, self.seed = sampled_values, remove_accidental_hits, seed

    def construct(self, weights: Any, biases: Any, labels: Any, logits: Any) -> Any:  # type: ignore[override]
        self.check_tensors(weights=weights, biases=biases, labels=labels, logits=logits)
        if labels.dtype not in (dtypes.int32, dtypes.int64):
            raise refuse(self, f"the type of 'labels' must be int32 or int64, but got {labels.dtype}", TypeError)
        return self.checked(self.entropy, weights, biases, labels, logits)

    def entropy(self, weights: Any, biases: Any, labels: Any, logits: Any) -> Any:
        """The loss on plain tensors."""
        true = labels.reshape(-1, self.num_true).long()
        drawn = self.sampled_values
        if drawn is None:
            drawn = uniform_candidates(true, self.num_sampled, self.num_classes, self.seed, self.remove_accidental_hits)
        sampled, true_count, sampled_count = drawn
        sampled = sampled.long()
        of_true = (logits.unsqueeze(1) * weights[true]).sum(-1) + biases[true] - torch.log(true_count)
        of_sampled = logits @ weights[sampled].T + biases[sampled] - torch.log(sampled_count)
        chances = torch.softmax(torch.cat([of_true, of_sampled], 1), 1)[:, : self.num_true]
        return -torch.log(chances + 1e-20).sum(1) / self.num_true
