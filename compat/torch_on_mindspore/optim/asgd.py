"""ASGD: gradient descent that also averages where it has been."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore.optim.first_order import FirstOrder, check_at_least_zero, check_rate, descent, like, scalar


class ASGD(FirstOrder):
    """`torch.optim.ASGD`; the average is the state `ax`."""

    counters = ("step", "eta", "mu")
    captured = "params, mus, etas, and state_steps"

    def __init__(
        self, params: Any, lr: float = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
        weight_decay: float = 0, foreach: bool | None = None, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        check_rate(lr)
        check_at_least_zero({"weight_decay value": weight_decay})
        super().__init__(
            params,
            {
                "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
                "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
            },
        )  # fmt: skip

    def _initial(self, parameter: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"step": scalar(0.0), "eta": scalar(options["lr"]), "mu": scalar(1.0), "ax": like(parameter)}

    def _move(self, parameter: Any, gradient: Any, state: dict[str, Any], options: dict[str, Any]) -> None:
        run = self._formulas
        steps = run.increased(parameter, state)
        rate, weight = state["eta"].item(), state["mu"].item()
        numbers = (rate, options["maximize"], options["weight_decay"], 1 - options["lambd"] * rate, weight)
        run.run(asgd, parameter, gradient, (state["ax"],), numbers)
        run.changed(parameter, state, "eta", lambda _: options["lr"] / (1 + options["lambd"] * options["lr"] * steps) ** options["alpha"])
        run.changed(parameter, state, "mu", lambda _: 1 / max(1, steps - options["t0"]))


def asgd(
    _xp: Any, value: Any, gradient: Any, average: Any, rate: float, maximize: bool, decay: float, shrink: float, weight: float,
) -> None:  # fmt: skip
    """`weight` is that of the newest value in the average; with 1 the average is that value."""
    move = descent(value, gradient, maximize, decay)
    value *= shrink
    value -= move * rate
    if weight == 1:
        average[...] = value
    else:
        average += (value - average) * weight
