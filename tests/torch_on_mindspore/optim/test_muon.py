"""Muon beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check

MUON = """
Muon([weight, wide])
Muon([weight, wide], lr=0.1, weight_decay=0.3, momentum=0.5, nesterov=False)
Muon([weight, wide], lr=0.1, adjust_lr_fn="match_rms_adamw", ns_steps=3)
Muon([weight, wide], lr=0.1, ns_coefficients=(2.0, -1.5, 0.5), eps=1e-3)
""".strip().split("\n")


@pytest.mark.parametrize("made", MUON)
def test_muon(made: str) -> None:
    """PyTorch computes the step in bfloat16: the same, unless sums in another order round to another side in one of some 10,000."""
    code = f"""
torch.manual_seed(0)
weight, wide = nn.Parameter(torch.randn(6, 4)), nn.Parameter(torch.randn(3, 7))
optimizer = torch.optim.{made}
for step in range(20):
    for p in (weight, wide):
        p.grad = torch.randn(p.shape)
    optimizer.step()
"""
    check(f"{code.rstrip()}\n[optimizer.state_dict()]", rtol=1e-5)
    check(f"{code.rstrip()}\n[weight, wide]", rtol=1e-5, atol=1e-6)
