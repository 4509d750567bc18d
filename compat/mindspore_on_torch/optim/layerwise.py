"""mindspore.nn.Lamb and LARS: a step whose length follows the norm of each parameter. MindSpore has no CPU kernel for either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.optim.adam import AdamWeightDecay, averaged
from compat.mindspore_on_torch.optim.base import Bucket, Optimizer
from compat.mindspore_on_torch.optim.checks import flags, number

torch: Any = frameworks.load("torch")


class Lamb(AdamWeightDecay):
    """nn.Lamb: Adam's bias-corrected step plus decay, scaled to the norm of the parameter; unscaled where a norm is 0."""

    has_target = False
    names = ("lamb_m", "lamb_v")

    def __init__(
        self, params: Any, learning_rate: Any, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-6, weight_decay: Any = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, learning_rate, beta1, beta2, eps, weight_decay)
        self.params = self.parameters

    def _update(self, bucket: Bucket, parameters: Any, gradients: Any, rate: float) -> None:
        first, second = bucket.of(self.moments1), bucket.of(self.moments2)
        averaged(first, second, gradients, self.beta1, self.beta2)
        step = int(self.global_step) + 1
        divisors = torch._foreach_div(second, 1 - self.beta2**step)
        torch._foreach_sqrt_(divisors)
        torch._foreach_add_(divisors, self.eps)
        steps = torch._foreach_div(first, 1 - self.beta1**step)
        torch._foreach_div_(steps, divisors)
        decay = self._decay_value(bucket.decay)
        if decay:
            torch._foreach_add_(steps, parameters, alpha=decay)
        lengths = zip(torch._foreach_norm(parameters), torch._foreach_norm(steps), strict=True)
        torch._foreach_mul_(steps, [torch.where((weight > 0) & (step > 0), weight / step, 1.0) for weight, step in lengths])
        torch._foreach_add_(parameters, steps, alpha=-rate)


def neither_layer_norm_nor_bias(parameter: Any) -> bool:
    """LARS's choice of parameters unless `lars_filter` says otherwise."""
    return "LayerNorm" not in parameter.name and "bias" not in parameter.name


class LARS(Optimizer):
    """nn.LARS: gradients scaled to the norms of their parameters, then a step of `optimizer` without its weight decay.

    With use_clip, the scale times the learning rate is at most the learning rate.
    """

    def __init__(
        self, optimizer: Any, epsilon: float = 1e-5, coefficient: float = 0.001, use_clip: bool = False,
        lars_filter: Callable[[Any], bool] = neither_layer_norm_nor_bias,
    ) -> None:  # fmt: skip
        if not isinstance(optimizer, Optimizer):
            raise errors.invalid(TypeError, f"For 'LARS', 'optimizer' must be an Optimizer, but got {type(optimizer)}.")
        super().__init__(0.0, optimizer.parameters)
        self.epsilon = number("LARS", "epsilon", epsilon)
        self.coefficient = number("LARS", "coefficient", coefficient)
        flags("LARS", use_clip=use_clip)
        self.use_clip, self.opt = use_clip, optimizer
        self.lars_flag = tuple(bool(lars_filter(parameter)) for parameter in self.parameters)
        del self.learning_rate
        self.learning_rate, self.weight_decay = optimizer.learning_rate, optimizer.weight_decay
        self.global_step = optimizer.global_step
        # What the optimizer would do to the gradients is done here.
        self.need_scale, self.loss_scale = optimizer.need_scale, optimizer.loss_scale
        optimizer.need_scale, optimizer._decay_buckets = False, []
        optimizer._buckets = [bucket._replace(decay=0.0) for bucket in optimizer._buckets]

    def construct(self, gradients: Any) -> Any:
        """One step; the result is that of the optimizer. RuntimeError if there are not as many gradients."""
        with torch.no_grad():
            with torch._C.DisableTorchFunctionSubclass():
                scaled = self._scaled(self._unscaled(self._matching(gradients)))
            return self.opt(tuple(scaled))

    def _scaled(self, gradients: list[Any]) -> list[Any]:
        scaled = list(gradients)
        for bucket in self.opt._buckets:
            rate = self.opt._bucket_rate(bucket)
            for place in bucket.places:
                if self.lars_flag[place]:
                    decay = self.opt._decay_value(self.opt._decays[place]) / self.loss_scale
                    scaled[place] = self._layer(self.parameters[place], gradients[place], decay, rate)
        return scaled

    def _layer(self, parameter: Any, gradient: Any, decay: float, rate: float) -> Any:
        weight, slope = torch.linalg.vector_norm(parameter), torch.linalg.vector_norm(gradient)
        trust = self.coefficient * weight / (slope + decay * weight + self.epsilon)
        if self.use_clip:
            trust = (trust / rate).clamp(max=1.0)
        trust = torch.where((weight > 0) & (slope > 0), trust, 1.0)
        return gradient.add(parameter, alpha=decay).mul_(trust)
