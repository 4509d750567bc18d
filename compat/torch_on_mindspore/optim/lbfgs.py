"""L-BFGS: steps by an estimate of the curvature from the latest gradients, with a line search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import autograd, creation, dtypes, engine, shaping
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.optim.base import Optimizer
from compat.torch_on_mindspore.optim.first_order import check_rate
from compat.torch_on_mindspore.optim.line_search import strong_wolfe
from compat.torch_on_mindspore.tensor import as_tensor, elements

LEAST_CURVATURE = 1e-10  # below it a pair of steps and gradients says nothing


class LBFGS(Optimizer):
    """`torch.optim.LBFGS`: one parameter group; `step` needs a closure that computes loss and gradients."""

    def __init__(
        self, params: Any, lr: float = 1, max_iter: int = 20, max_eval: int | None = None, tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9, history_size: int = 100, line_search_fn: str | None = None,
    ) -> None:  # fmt: skip
        check_rate(lr)
        super().__init__(
            params,
            {
                "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
                "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size,
                "line_search_fn": line_search_fn,
            },
        )  # fmt: skip
        if len(self.param_groups) != 1:
            raise invalid(ValueError, "LBFGS doesn't support per-parameter options (parameter groups)")
        for one in self._params:
            if dtypes.OF[one.dtype].category == dtypes.COMPLEX:
                raise UnsupportedArgument("torch.optim.LBFGS", "params", one.dtype, "real parameters")

    @property
    def _params(self) -> list[Any]:
        parameters: list[Any] = self.param_groups[0]["params"]
        return parameters

    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Up to `max_iter` iterations; returns the loss of the first evaluation."""
        with autograd.no_grad():
            return self._minimize(closure)

    def _minimize(self, closure: Callable[[], Any]) -> Any:
        evaluate = autograd.enable_grad()(closure)
        group = self.param_groups[0]
        lr = group["lr"].item() if isinstance(group["lr"], mindspore.Tensor) else group["lr"]
        state = self.state[self._params[0]]  # all of it belongs to the first parameter, as in PyTorch
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = evaluate()
        loss = float(first_loss)
        evaluations = 1
        state["func_evals"] += 1
        gradient = self._gradient()
        if largest(gradient) <= group["tolerance_grad"]:
            return first_loss
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            direction = self._direction(state, gradient, group["history_size"])
            state["prev_flat_grad"], state["prev_loss"] = gradient.clone(), loss
            rate = min(1.0, 1.0 / gradient.abs().sum()) * lr if state["n_iter"] == 1 else lr
            slope = gradient.dot(direction).item()
            state["d"], state["t"] = direction, rate
            if slope > -group["tolerance_change"]:
                break
            before, used = loss, 0
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise invalid(RuntimeError, "only 'strong_wolfe' is supported")
                loss, gradient, rate, used = self._search(evaluate, float(rate), direction, loss, gradient, slope, group, evaluations)
                state["t"] = rate
                self._add(rate, direction)
            else:
                self._add(rate, direction)
                if iteration != group["max_iter"]:
                    loss, gradient, used = float(evaluate()), self._gradient(), 1
            evaluations += used
            state["func_evals"] += used
            if (
                evaluations >= group["max_eval"]
                or largest(gradient) <= group["tolerance_grad"]
                or largest(direction * rate) <= group["tolerance_change"]
                or abs(loss - before) < group["tolerance_change"]
            ):
                break
        return first_loss

    def _direction(self, state: dict[str, Any], gradient: Any, history: int) -> Any:
        """Where to go: against the gradient, bent by what the kept pairs of steps and gradient changes tell of the curvature."""
        if state["n_iter"] == 1:
            state.update(d=None, t=None, old_dirs=[], old_stps=[], ro=[], H_diag=1)
            return -gradient
        changes, steps, scales = state["old_dirs"], state["old_stps"], state["ro"]
        change, step = gradient - state["prev_flat_grad"], state["d"] * state["t"]
        curvature = change.dot(step)
        if curvature.item() > LEAST_CURVATURE:
            if len(changes) == history:
                for kept in (changes, steps, scales):
                    kept.pop(0)
            changes.append(change)
            steps.append(step)
            scales.append(1.0 / curvature)
            state["H_diag"] = curvature / change.dot(change)
        weights = state.setdefault("al", [None] * history)
        # On CPU the products run over the tensors' own memory: two loops over the history are hundreds of operators otherwise.
        held = elements if engine.ON_CPU else as_tensor
        pairs = [(held(one), held(other), scale.item()) for one, other, scale in zip(steps, changes, scales, strict=True)]
        direction = -held(gradient)
        for number, (one, other, scale) in reversed(list(enumerate(pairs))):
            weights[number] = float(one.dot(direction)) * scale
            direction = direction - other * weights[number]
        direction = direction * held(state["H_diag"]) if isinstance(state["H_diag"], mindspore.Tensor) else direction
        for number, (one, other, scale) in enumerate(pairs):
            direction = direction + one * (weights[number] - float(other.dot(direction)) * scale)
        return creation.from_numpy(direction) if engine.ON_CPU else direction

    def _search(
        self, evaluate: Callable[[], Any], rate: float, direction: Any, loss: float, gradient: Any, slope: float,
        group: dict[str, Any], evaluations: int,
    ) -> tuple[float, Any, float, int]:  # fmt: skip
        start = [one.detach().clone() for one in self._params]

        def at(length: float) -> tuple[float, Any]:
            self._add(length, direction)
            found = float(evaluate()), self._gradient()
            for one, old in zip(self._params, start, strict=True):
                one.copy_(old)
            return found

        allowed = group["max_eval"] - evaluations
        return strong_wolfe(at, rate, largest(direction), direction, loss, gradient, slope, group["tolerance_change"], allowed)

    def _gradient(self) -> Any:
        """All gradients in one dimension, zeros where there is none."""
        found = (one.detach() * 0 if engine.grad(one) is None else one.grad for one in self._params)
        return shaping.cat([one.reshape(-1) for one in found])

    def _add(self, length: float, direction: Any) -> None:
        """Move every parameter by its part of `length` times `direction`."""
        first = 0
        for one in self._params:
            one.add_(direction[first : first + one.numel()].reshape(one.shape) * length)
            first += one.numel()


def largest(tensor: Any) -> float:
    return float(tensor.abs().max().item())
