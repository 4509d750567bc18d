"""The recorded signatures are those of the installed releases, read again now."""

import pytest

from compat.frameworks import available
from compat.signatures.rows import present
from compat.signatures.snapshots import snapshots

# Of every way to find a signature: sources, stubs with overloads, schemas, dispatch in C++, primitives, decorators that hide one.
SAMPLE = {
    "torch": [
        "torch.add", "torch.max", "torch.zeros", "torch.where", "torch.stft", "torch.unique", "torch.float32", "torch.device",
        "torch.Tensor.abs", "torch.Tensor.backward", "torch.Tensor.shape", "torch.Tensor.to", "torch.nn.Linear", "torch.nn.Linear.forward",
        "torch.nn.LSTM", "torch.nn.LazyBatchNorm1d.forward", "torch.nn.functional.softmax", "torch.nn.functional.max_pool2d",
        "torch.nn.functional.avg_pool2d", "torch.linalg.lstsq", "torch.fft.fftfreq", "torch.special.bessel_j0", "torch.optim.Adam",
        "torch.optim.Adam.step", "torch.distributions.Normal", "torch.utils.data.DataLoader", "torch.nn.init.xavier_uniform_",
    ],
    "mindspore": [
        "mindspore.Tensor.sum", "mindspore.Tensor.abs", "mindspore.Tensor.shape", "mindspore.Tensor.view", "mindspore.mint.add",
        "mindspore.mint.max", "mindspore.mint.reshape", "mindspore.mint.nn.functional.l1_loss", "mindspore.mint.nn.Linear.construct",
        "mindspore.ops.relu", "mindspore.ops.Add.__call__", "mindspore.ops.ScatterMax.__call__", "mindspore.nn.Adam", "mindspore.nn.Dense",
        "mindspore.nn.Dense.construct", "mindspore.numpy.arange", "mindspore.scipy.linalg.lu", "mindspore.common.initializer.Normal",
        "mindspore.float32", "mindspore.value_and_grad",
    ],
}  # fmt: skip


@pytest.mark.parametrize("framework", SAMPLE)
def test_the_installed_release_is_as_it_was_recorded(framework: str) -> None:
    if not available(framework):
        pytest.skip(f"{framework} is not installed")
    release = present(framework)
    recorded = snapshots(framework)[release.release]
    for name in SAMPLE[framework]:
        # A primitive's call is found with the primitive.
        found = release.described(name.removesuffix(".__call__"))[name]
        assert set(found or ()) == set(recorded.signatures(name)), name


@pytest.mark.parametrize("framework", SAMPLE)
def test_every_line_is_a_signature(framework: str) -> None:
    for recorded in snapshots(framework).values():
        assert all(recorded.signatures(name) or set(texts) <= {"?"} for name, texts in recorded.names.items())


def test_the_releases_that_the_project_speaks_of_are_recorded() -> None:
    assert list(snapshots("mindspore")) == ["2.7.0", "2.7.2", "2.8.0", "2.9.0", "2.10.0"]
    assert list(snapshots("torch")) == ["2.10.0", "2.13.0"]
