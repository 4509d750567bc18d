"""DLPack in both directions, without a copy; and devices as blocks."""

import numpy as np
import pytest

from tests.torch_on_mindspore.compare import check, check_message, ours, real


def test_memory_is_shared_with_pytorch():
    theirs = real.arange(6.0).reshape(2, 3)
    mine = ours.from_dlpack(theirs)
    theirs[0, 0] = 7
    assert isinstance(mine, ours.Tensor)
    assert mine.tolist() == theirs.tolist()
    mine = ours.arange(6.0)
    theirs = real.from_dlpack(mine)
    mine.add_(1)
    assert theirs.tolist() == mine.tolist()


def test_memory_is_shared_with_numpy():
    mine = ours.arange(6.0).reshape(2, 3)
    array = np.from_dlpack(mine[:, 1:])
    mine.mul_(2)
    assert array.tolist() == [[2.0, 4.0], [8.0, 10.0]]
    source = np.arange(3.0, dtype=np.float32)
    mine = ours.from_dlpack(source)
    source[0] = 5
    assert mine.tolist() == [5.0, 1.0, 2.0]


@pytest.mark.parametrize("code", [
    "source = np.arange(3.0)\nmine = torch.from_dlpack(source, copy=True)\nsource[0] = 5\nmine",
    "source = np.arange(3.0)\nmine = torch.from_dlpack(source, copy=False, device='cpu')\nsource[0] = 5\nmine",
    "torch.from_dlpack(torch.ones(2), device='cuda')", "torch.from_dlpack(torch.ones(2), nothing=1)",
])  # fmt: skip
def test_options(code):
    check(code)


def test_a_capsule():
    mine = ours.utils.dlpack.from_dlpack(ours.utils.dlpack.to_dlpack(ours.ones(2)))
    assert mine.tolist() == [1.0, 1.0]
    assert ours.ones(1).__dlpack_device__() == (1, 0)


@pytest.mark.parametrize("code", ["torch.ones(1).cuda()", "torch.ones(1, requires_grad=True).__dlpack__()"])
def test_messages(code):
    check_message(code)


def test_a_device_is_a_block():
    with ours.device("cpu"):
        assert ours.ones(1).device == ours.device("cpu")
    with pytest.raises(NotImplementedError, match="device='meta' is not supported"), ours.device("meta"):
        pass
