"""torch.optim.swa_utils beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check

AVERAGED = """
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2))
model.register_buffer("seen", torch.zeros(2)); model.register_buffer("count", torch.tensor(0))
U = torch.optim.swa_utils
averaged = U.AveragedModel(model{options})
for step in range(5):
    for p in model.parameters():
        p.data.add_(torch.randn(p.shape))
    model.seen.add_(1.0)
    model.count.add_(3)
    averaged.update_parameters(model)
"""


@pytest.mark.parametrize(
    "options",
    [
        "",
        ", use_buffers=True",
        ", avg_fn=U.get_ema_avg_fn(0.9)",
        ", multi_avg_fn=U.get_ema_multi_avg_fn(0.9), use_buffers=True",
        ", avg_fn=U.get_swa_avg_fn()",
        ", multi_avg_fn=U.get_swa_multi_avg_fn()",
        ", device='cpu', avg_fn=lambda average, new, count: average * count + new",
    ],
)
def test_averaged_model(options: str) -> None:
    check(f"{AVERAGED.format(options=options).rstrip()}\n[dict(averaged.state_dict()), averaged(torch.ones(1, 3))]")


def test_update_bn() -> None:
    code = """
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
data = [torch.randn(5, 3) for _ in range(4)]
model(data[0])
model.eval()
torch.optim.swa_utils.update_bn([(one, 1) for one in data], model)
"""
    check(f"{code.rstrip()}\n[model.training, model[1].momentum, dict(model.state_dict())]")
