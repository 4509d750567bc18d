"""The comparison itself: what it refuses, both directions, one source on both frameworks, rounding in deep networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mindspore
import numpy as np
import pytest
import torch
from torch.nn import functional as F

from compat.errors import CompatError, UsageError
from compat.models import compare, compare_models
from compat.models.sources import made
from tests.models import mindspore_models, torch_models
from tests.models.test_planted import EVEN, INPUTS, PLANES, TOKENS

HERE = Path(__file__).parent
LINE = np.linspace(-4, 4, 12, dtype=np.float32).reshape(3, 4)


class Does(torch.nn.Module):
    """A linear layer, and what a function makes of its result."""

    def __init__(self, function: Any, width: int = 4) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.linear = torch.nn.Linear(4, width)
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(self.linear(x))


class Deep(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(*(torch.nn.Sequential(torch.nn.Linear(16, 16), torch.nn.LayerNorm(16)) for _ in range(30)))

    def forward(self, x: Any) -> Any:
        return torch.sin(3 * self.layers(x))


class DeepCell(mindspore.nn.Cell):
    def __init__(self) -> None:
        super().__init__()
        nn = mindspore.nn
        self.layers = nn.SequentialCell(*(nn.SequentialCell(nn.Dense(16, 16), nn.LayerNorm([16], epsilon=1e-5)) for _ in range(30)))

    def construct(self, x: Any) -> Any:
        return mindspore.ops.sin(3 * self.layers(x))


REFUSED = [
    (3, torch.nn.ReLU(), LINE, {}, UsageError, "int: expected a torch.nn.Module or a mindspore.nn.Cell"),
    (torch.nn.ReLU(), torch.nn.ReLU(), [[1.0]], {}, UsageError, "input 0: list, expected a NumPy array"),
    (torch.nn.Linear(3, 3), torch.nn.Linear(3, 3), LINE, {}, CompatError, "the first model does not run: RuntimeError in (model)"),
]


@pytest.mark.parametrize(("first", "second", "inputs", "given", "kind", "message"), REFUSED)
def test_what_cannot_be_compared_is_refused(
    first: Any, second: Any, inputs: Any, given: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as raised:
        compare(first, second, inputs, **given)
    assert message in str(raised.value)


def test_rounding_in_a_deep_network_is_no_difference() -> None:
    rng = np.random.default_rng(0)
    found = compare_models(Deep(), DeepCell(), rng.standard_normal((4, 16)).astype(np.float32), train=True)
    assert max(each.alone or 0 for each in found.growth) < 1e-4


SAME_SOURCE = [("torch", "Residual", EVEN), ("torch", "Transformer", TOKENS), ("torch", "UNet", PLANES), ("torch", "Recurrent", TOKENS),
               ("mindspore", "Residual", EVEN), ("mindspore", "Transformer", TOKENS), ("mindspore", "Recurrent", TOKENS)]  # fmt: skip


@pytest.mark.parametrize(("api", "name", "inputs"), SAME_SOURCE, ids=[f"{api}-{name}" for api, name, _ in SAME_SOURCE])
def test_one_source_on_both_frameworks_agrees(api: str, name: str, inputs: Any) -> None:
    source = f"{HERE / f'{api}_models.py'}:{name}"
    found = compare_models(made(source), made(source, api), inputs, train=True, steps=1)
    assert found.second.label == f"compat.{api}"
    assert found.first.label != found.second.label


def test_the_first_may_be_mindspores() -> None:
    found = compare(mindspore_models.Residual("eps"), torch_models.Residual(), EVEN)
    assert [each.first for each in found.findings] == ["block1.bn2"]
    assert "eps 0.001 against 1e-05" in str(found)


OPERATORS = [
    (F.gelu, lambda x: F.gelu(x, approximate="tanh"), "operator gelu: "),
    (F.relu, F.gelu, "operator 1 there: relu against gelu"),
    (lambda x: F.relu(x) * 2, F.relu, "operators there: 2 against 1; mul is in one of them alone"),
    (lambda x: F.dropout(x, 0.5), lambda x: x, "PyTorch draws random numbers there"),
]


@pytest.mark.parametrize(("ours", "theirs", "said"), OPERATORS, ids=[said for *_, said in OPERATORS])
def test_an_operator_is_named(ours: Any, theirs: Any, said: str) -> None:
    found = compare(Does(ours), Does(theirs), LINE)
    assert [each.first for each in found.findings] == [""]
    assert said in str(found)


def test_labels_several_inputs_and_names() -> None:
    class Two(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = torch.nn.Linear(4, 3)

        def forward(self, x: Any, scale: Any) -> Any:
            return {"logits": self.linear(x) * scale, "count": 2}

    class TwoCell(mindspore.nn.Cell):
        def __init__(self) -> None:
            super().__init__()
            self.linear = mindspore.nn.Dense(4, 3)

        def construct(self, x: Any, scale: Any) -> Any:
            return {"logits": self.linear(x) * scale, "count": 2}

    scale = np.array([[2.0]], np.float32)
    losses = [compare_models(Two(), TwoCell(), inputs, loss="cross_entropy", labels=labels, steps=1).losses
              for inputs, labels in [((LINE, scale), None), ({"x": LINE, "scale": scale}, np.array([0, 2, 1]))]]  # fmt: skip
    assert all(np.allclose(*pair, rtol=1e-5) for pair in losses)


def test_weights_without_a_partner_are_named() -> None:
    ours, theirs = Does(F.relu), Does(F.relu, width=5)
    found = compare(ours, theirs, LINE)
    assert found.weights.unmatched_first == found.weights.unmatched_second == ("linear.weight", "linear.bias")
    assert "weights without a partner keep their own values: linear.weight, linear.bias" in str(found)


def test_both_end_with_the_weights_of_the_first() -> None:
    ours, theirs = torch_models.UNet(), mindspore_models.UNet()
    before = {name: parameter.detach().clone() for name, parameter in ours.named_parameters()}
    compare(ours, theirs, INPUTS["UNet"], train=True, steps=2, rate=1.0)
    assert all(torch.equal(parameter, before[name]) for name, parameter in ours.named_parameters())
    assert np.array_equal(theirs.down1.weight.asnumpy(), ours.down1.weight.detach().numpy())
    assert not any(hooks for module in ours.modules() for hooks in (module._forward_hooks, module._forward_pre_hooks))


def test_the_fixture_fails_with_the_whole_text() -> None:
    with pytest.raises(AssertionError, match="first difference: \\(model\\)"):
        compare_models(Does(F.relu), Does(F.gelu), LINE)
