"""What programs call now and then, beside real PyTorch: lists of tensors, checks, print options, single-device parallelism."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch as real

from tests.torch_on_mindspore.compare import check, ours

FOREACH = """
torch._foreach_add(xs, 2)
torch._foreach_add(xs, ys, alpha=3)
torch._foreach_mul(xs, [2.0, 3.0])
torch._foreach_addcmul(xs, xs, ys, 0.5)
torch._foreach_addcdiv(xs, xs, ys, scalars=[0.5, 2.0])
torch._foreach_lerp(xs, ys, 0.25)
torch._foreach_norm(xs), torch._foreach_norm(xs, 1)
torch._foreach_sqrt(ys)
torch._foreach_maximum(xs, 1.5)
torch._foreach_add_(xs, 1), xs
torch._foreach_mul_(xs, ys), xs
torch._foreach_addcdiv_(xs, xs, ys, [2.0, 3.0]), xs
torch._foreach_neg_(xs), xs
torch._foreach_zero_(xs), xs
torch._foreach_copy_(xs, ys), xs
torch._foreach_maximum_(xs, ys), xs
torch._foreach_add(self=xs, scalar=2), torch._foreach_add(self=xs, other=ys), torch._foreach_add(self=xs, scalars=[1.0, 2.0])
torch._foreach_addcdiv(xs, xs, ys, torch.tensor([0.5, 2.0]))
torch._foreach_lerp(self=xs, tensors1=ys, weights=ys), torch._foreach_lerp(xs, tensors1=ys, weight=[0.5, 1.0])
torch._foreach_pow(xs, 2), torch._foreach_pow(self=xs, exponent=[2.0, 3.0])
torch._foreach_add(xs, 1, alpha=2)
torch._foreach_add(input=xs, scalar=1)
torch._foreach_add(xs)
torch._foreach_add(xs, 1, 2)
torch._foreach_sqrt("text")
torch._foreach_norm(3.0)
torch._foreach_copy_(xs, ys, no_such=1)
torch._foreach_add([], 1)
torch._foreach_add(xs, ys[:1])
""".strip().split("\n")


@pytest.mark.parametrize("call", FOREACH)
def test_an_operation_on_each_tensor_of_a_list(call: str) -> None:
    check(f"xs, ys = [torch.tensor([1.0, 2.0]), torch.tensor([[3.0]])], [torch.tensor([4.0, 1.0]), torch.tensor([[2.0]])]\n{call}")


CHECKS = """
torch._check(True), torch._check(1 < 2, lambda: 'no')
torch._check(False)
torch._check(1, lambda: 'no')
torch._check_index(False, lambda: 'at')
torch._check_value(False)
torch._check_type(False)
torch._check_is_size(-1)
torch._check_is_size(3, max=2)
torch._assert_async(torch.tensor(1)), torch._assert_async(torch.tensor(0))
issubclass(torch.OutOfMemoryError, RuntimeError), torch.cuda.OutOfMemoryError is torch.OutOfMemoryError
torch.accelerator.is_available(), torch.accelerator.device_count(), torch.accelerator.current_accelerator()
torch.accelerator.set_device_index(0)
nn.parallel.data_parallel(nn.Linear(2, 3), torch.ones(4, 2))
""".strip().split("\n")


@pytest.mark.parametrize("call", CHECKS)
def test_expectations_and_devices(call: str) -> None:
    check(call)


@pytest.fixture
def options() -> Iterator[None]:
    yield
    for one in (real, ours):
        one.set_printoptions(profile="default")


PRINTED = """
precision=2
precision=8
sci_mode=True
sci_mode=False
linewidth=40
threshold=10, edgeitems=2
profile='short'
profile='full'
profile='short', precision=3
""".strip().split("\n")
NUMBERS = ("torch.arange(60.) / 7", "torch.arange(12).reshape(3, 4)", "torch.tensor([1e-7, 1e5])", "torch.tensor([[1.5, float('nan')]])")


@pytest.mark.usefixtures("options")
@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize("given", PRINTED)
def test_print_options(given: str, numbers: str) -> None:
    check(f"torch.set_printoptions({given})\nrepr({numbers})")


def test_unknown_profile() -> None:
    with pytest.raises(ValueError, match="profile"):
        ours.set_printoptions(profile="wide")


def test_a_forked_stream() -> None:
    check(
        """
torch.manual_seed(3)
with torch.random.fork_rng():
    a = torch.rand(3)

b = torch.rand(3)
with torch.random.fork_rng(enabled=False):
    c = torch.rand(3)

a, b, c, torch.rand(1)
"""
    )


def test_parallel_without_a_second_device() -> None:
    check(
        """
torch.manual_seed(0)
m = nn.DataParallel(nn.Linear(2, 3)); x = torch.randn(4, 2)
m(x).sum().backward()
list(m.state_dict()), m(x), [p.grad for p in m.parameters()], m.device_ids, repr(m)
"""
    )


@pytest.mark.parametrize("options", ["", ", div_value=2.0, head_bias=True"])
@pytest.mark.parametrize("target", ["torch.tensor([0, 3, 9, 5, 14])", "torch.tensor([1, 0, 1, 1, 0])", "torch.tensor([14, 13, 12, 5, 4])"])
def test_adaptive_softmax(target: str, options: str) -> None:
    check(
        f"""
torch.manual_seed(0)
m = nn.AdaptiveLogSoftmaxWithLoss(8, 15, [4, 10]{options}); x = torch.randn(5, 8, requires_grad=True); t = {target}
found = m(x, t); found.loss.backward()
found.output, found.loss, x.grad, [p.grad for p in m.parameters()], m.log_prob(x), m.predict(x), m(x[0], t[0]), list(m.state_dict()), repr(m)
""",
        1e-4,
        1e-5,
    )


MISTAKES = """
nn.AdaptiveLogSoftmaxWithLoss(8, 15, [])
nn.AdaptiveLogSoftmaxWithLoss(8, 15, [4, 4])
nn.AdaptiveLogSoftmaxWithLoss(8, 15, [15])
m(torch.ones(5, 8), torch.tensor([15] * 5))
m(torch.ones(5, 8), torch.tensor([1] * 4))
m(torch.ones(8), torch.tensor([1]))
m(torch.ones(5, 8), torch.ones(5, 1, dtype=torch.long))
""".strip().split("\n")


@pytest.mark.parametrize("call", MISTAKES)
def test_mistakes_of_adaptive_softmax(call: str) -> None:
    check(f"m = nn.AdaptiveLogSoftmaxWithLoss(8, 15, [4, 10])\n{call}")
