"""Storages, tensors made of buffers, and the same memory seen as another dtype."""

import pytest

from tests.torch_on_mindspore.compare import check, check_message, exact, ours

PROGRAMS = """
torch.arange(12.).reshape(3, 4).view(torch.int32)
torch.arange(12.).reshape(3, 4).view(torch.uint8)
torch.arange(12.).reshape(3, 4).view(torch.float64)
torch.arange(12.).reshape(3, 4).view(torch.complex64)
torch.arange(12.).reshape(3, 4).T.view(torch.int32)
torch.arange(12.).reshape(3, 4)[1:, :2].view(torch.float64)
torch.arange(4, dtype=torch.int16).view(torch.bfloat16)
torch.arange(4.).to(torch.bfloat16).view(dtype=torch.int16)
torch.tensor(1.).view(torch.int32)
torch.ones(2, requires_grad=True).view(torch.int32)
torch.frombuffer(bytearray(b"12345678"), dtype=torch.float32)
torch.frombuffer(b"12345678", dtype=torch.int16, count=2, offset=2)
torch.frombuffer(bytearray(b"\\x00\\x01"), dtype=torch.bool)
torch.frombuffer(bytearray(b"12345678"), dtype=torch.float64, requires_grad=True)
list(torch.arange(2, dtype=torch.int16).untyped_storage()), torch.arange(2.).untyped_storage().nbytes()
torch.arange(6.)[2:4].untyped_storage().nbytes(), len(torch.arange(6.)[2:4]._typed_storage())
x = torch.arange(6.)\nx[1:].untyped_storage().data_ptr() == x.data_ptr(), x.untyped_storage() == x[2:].untyped_storage()
x = torch.zeros(2, dtype=torch.uint8)\nx.untyped_storage()[1] = 7\nx
torch.UntypedStorage([1, 2]).tolist(), len(torch.UntypedStorage(3)), torch.UntypedStorage(b"abc")[1:].tolist()
repr(torch.UntypedStorage([1])), repr(torch.tensor([1.5])._typed_storage())
torch.zeros(1).layout == torch.strided, repr(torch.strided)
""".strip().split("\n")

ERRORS = """
torch.arange(12.).reshape(3, 4).T.view(torch.uint8)
torch.zeros(3).view(torch.float64)
torch.zeros(3)[1:].view(torch.float64)
torch.tensor(1.).view(torch.uint8)
torch.zeros(3, 3)[:, :2].view(torch.float64)
torch.frombuffer(b"", dtype=torch.float32)
torch.frombuffer(b"1234", dtype=torch.float32, count=0)
torch.frombuffer(b"1234", dtype=torch.float32, offset=9)
torch.frombuffer(b"12345", dtype=torch.float32)
torch.frombuffer(b"1234", dtype=torch.float32, count=5)
torch.zeros(2).untyped_storage()[::2]
torch.UntypedStorage.from_file("/nonexistent", False, 4)
""".strip().split("\n")


@pytest.mark.parametrize("code", PROGRAMS)
def test_values(code):
    exact(code.replace("\\n", "\n"))


@pytest.mark.parametrize("code", ERRORS)
def test_errors(code):
    check_message(code)


def test_what_shares_memory():
    check("b = bytearray(8)\nx = torch.frombuffer(b, dtype=torch.float32)\nx[0] = 1\nlist(b)")
    check("x = torch.zeros(2)\ny = x.view(torch.int32)\ny[1] = 1065353216\nx")
    check("x = torch.zeros(2)\ny = x.view(torch.int32)\nx.fill_(1.)\ny")


def test_a_buffer_that_is_read_only_is_copied():
    content = b"1234"
    ours.frombuffer(content, dtype=ours.int32).fill_(0)
    assert content == b"1234"


@pytest.mark.parametrize("shared", [True, False])
def test_files(tmp_path, shared):
    path = tmp_path / "bytes"
    path.write_bytes(b"1234")
    storage = ours.UntypedStorage.from_file(str(path), shared, 4)
    storage.fill_(48)
    del storage
    assert path.read_bytes() == (b"0000" if shared else b"1234")
    if shared:
        assert len(ours.UntypedStorage.from_file(str(path), True, 6)) == path.stat().st_size == 6


def test_a_storage_keeps_its_memory():
    tensor = ours.arange(100000.0) + 1
    storage = tensor.untyped_storage()
    tensor.data = ours.zeros(100000)
    del tensor
    kept = [ours.zeros(100000) + 5 for _ in range(5)]
    assert ours.frombuffer(storage.memory, dtype=ours.float32)[:2].tolist() == [1, 2]
    assert kept
