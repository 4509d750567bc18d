"""What mindspore.numpy makes out of a tensor stands on the device of that tensor: on the meta device nothing else can be computed with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.mindspore_on_torch.test_values import table

CALLS = table("""
mnp.sin(x) | mnp.add(x, 2) | mnp.add(x, [1, 2, 3]) | mnp.power(x, 2) | mnp.divmod(x, 2) | mnp.clip(x, 0, [1, 2, 3]) | mnp.where([True, False, True], x, 0)
mnp.ones_like(x) | mnp.full_like(x, 2) | mnp.empty_like(x) | mnp.array([x, x]) | mnp.array(x, ndmin=3) | mnp.linspace(x, 5.0, 3)
mnp.logspace(x, 1.0, 2) | mnp.geomspace(x, 5.0, 3) | mnp.meshgrid(w, w) | mnp.ix_(w, w) | mnp.diag(w) | mnp.tril(w) | mnp.vander(w, 2)
mnp.pad(x, 1) | mnp.pad(x, 1, "edge") | mnp.pad(x, 1, "maximum") | mnp.pad(x, 1, "linear_ramp") | mnp.pad(x, 1, "reflect", reflect_type="odd")
mnp.concatenate((x, x)) | mnp.split(x, 3, 1) | mnp.take(x, k, 1) | mnp.take_along_axis(x, k, 1) | mnp.choose(k, [[1, 2, 3], [3, 4, 5]])
mnp.select([x > 0, [True, False, True]], [x, [1.0, 2, 3]], 2) | mnp.piecewise(x, [x < 0], [lambda q: q * q, 3.0]) | mnp.unravel_index(k, (2, 3))
mnp.apply_along_axis(lambda q: q * 2, 0, x) | mnp.ravel_multi_index(k[:2], (2, 3)) | mnp.repeat(x, 2) | mnp.roll(x, 1) | mnp.isin(x, [1.0])
mnp.in1d(w, w) | mnp.array_equal(x, x) | mnp.mean(x) | mnp.average(x, returned=True) | mnp.amax(x, 1, initial=2, where=x > 0) | mnp.nanmax(x, 1)
mnp.nanvar(x) | mnp.cumsum(x) | mnp.cumprod(k) | mnp.diff(x, prepend=1.0) | mnp.ediff1d(x, 1.0, [2.0]) | mnp.gradient(x) | mnp.trapz(x, [0.0, 1, 2])
mnp.convolve(w, [1.0, 2]) | mnp.correlate(w, [1.0, 2]) | mnp.interp(x, [0, 1.2, 2], [1, 2, 4], 1.0, 2.0) | mnp.unwrap(x) | mnp.cov(x, fweights=[1, 2, 3])
mnp.corrcoef(x) | mnp.digitize(x, [0, 1]) | mnp.searchsorted(w, x) | mnp.histogram(x, [0.0, 1, 2]) | mnp.histogram(x, 3)
mnp.histogram2d(w, w, [[0.0, 1], [0.0, 1]]) | mnp.kron(x, [1.0, 2]) | mnp.cross(x, [1.0, 2, 3]) | mnp.multi_dot((x, x.T)) | mnp.norm(x)
mnp.polyadd(w, [1.0, 2]) | mnp.polyint(w, 2, [1, 2]) | mnp.polyval([1.0, 2], x) | mnp.fft.rfft(x) | x.ptp() | x.fill(2) | x.fills(2) | x.resize(4)
k[0].choose([[1, 2, 3], [3, 4, 5]]) | w.searchsorted([1.0, 2]) | x.cumsum() | x.trace(1) | x.argmax_with_value()
""")  # fmt: skip


def devices(value: Any) -> set[str]:
    return set().union(*map(devices, value)) if isinstance(value, (tuple, list)) else {value.device}


@pytest.mark.parametrize("text", CALLS)
def test_devices(text: str, mine: Any) -> None:
    x, w, k = (
        mine.Tensor(np.ones(shape, kind), device="meta") for shape, kind in (((2, 3), np.float32), ((3,), np.float32), ((2, 3), np.int32))
    )
    assert devices(eval(text, {"mnp": mine.numpy, "x": x, "w": w, "k": k})) == {"META:0"}
