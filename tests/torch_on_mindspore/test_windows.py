"""`torch.signal.windows`: values of each length, and what is refused."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check

WINDOWS = {
    "bartlett": "", "blackman": "", "cosine": "", "exponential": ", tau=2.0", "gaussian": ", std=0.7", "general_cosine": ", a=[0.5, 0.3, 0.2]",
    "general_hamming": ", alpha=0.6", "hamming": "", "hann": "", "kaiser": ", beta=5.0", "nuttall": "",
}  # fmt: skip


@pytest.mark.parametrize("name", WINDOWS)
def test_values(name):
    lengths = ", ".join(
        f"torch.signal.windows.{name}({length}{WINDOWS[name]}, sym={sym}, dtype=torch.{kind})"
        for length in (0, 1, 2, 7)
        for sym, kind in ((True, "float32"), (False, "float64"))
    )
    check(lengths)


@pytest.mark.parametrize("call", [
    "hann(-1)", "hann(3, dtype=torch.int64)", "hann(3, dtype=torch.float16)", "kaiser(3, layout=torch.sparse_coo)", "kaiser(3, beta=-1)", "hann(2.5)",
    "gaussian(3, std=0)", "exponential(3, tau=0)", "exponential(3, center=1)", "exponential(5, center=1.5, sym=False)", "general_cosine(3, a=())",
    "general_cosine(3, a=2)", "general_cosine(3)", "hann(3, requires_grad=True)", "hann(3, std=1)",
])  # fmt: skip
def test_errors(call):
    check(f"torch.signal.windows.{call}")
