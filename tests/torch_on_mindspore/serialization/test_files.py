"""What torch.save writes here real PyTorch reads, and the reverse: the same bits, layout, names and sharing."""

import collections
import copy
import io
import pickle
import zipfile

import pytest

from compat.frameworks import installed
from tests.torch_on_mindspore.compare import ours, real

TENSORS = """
torch.arange(6.)
torch.tensor(3)
torch.empty(0)
torch.empty(0, 3)
torch.arange(12.).reshape(3, 4).T
torch.arange(12.).reshape(3, 4)[1:, ::2]
torch.arange(12.)[3]
torch.arange(5.)[1:3].detach()
torch.ones(1).expand(4)
torch.arange(6.).to(torch.bfloat16)
torch.arange(6.).to(torch.float16)
torch.tensor([1., -2.], dtype=torch.float64)
torch.tensor([float("nan"), float("inf"), -0.0])
torch.tensor([1 + 2j, 3 - 1j])
torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128)
torch.tensor([True, False])
torch.tensor([1, 2], dtype=torch.uint8)
torch.tensor([1, -2], dtype=torch.int8)
torch.tensor([1, -2], dtype=torch.int16)
torch.tensor([1, -2], dtype=torch.int32)
torch.zeros(2, requires_grad=True)
torch.zeros(2, requires_grad=True) * 2
torch.nn.Parameter(torch.arange(4.))
torch.nn.Parameter(torch.arange(4.), requires_grad=False)
torch.nn.Parameter(torch.arange(4.).reshape(2, 2).T)
""".strip().split("\n")

PLAIN = (
    1, -1, 2**31, 2**80, 1.5, "é", b"b", None, True, {1, 2}, 1j, bytearray(b"x"), (), [1, (2,)], {"a": [1, {2: 3}]},
    collections.Counter("aab"), collections.OrderedDict(a=1),
)  # fmt: skip

OBJECTS = (
    "torch.Size([1, 2])", "torch.float32", "torch.bool", "torch.bfloat16", "torch.device('cpu')", "torch.device('cuda', 1)",
    "torch.strided", "torch.Tensor", "torch.nn.Parameter",
)  # fmt: skip

WAYS = {"read by PyTorch": (ours, real), "written by PyTorch": (real, ours), "both here": (ours, ours)}


def saved(torch, thing, **options):
    buffer = io.BytesIO()
    torch.save(thing, buffer, **options)
    buffer.seek(0)
    return buffer


def records(file):
    with zipfile.ZipFile(file) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    file.seek(0)
    return found


def laid_out(tensor):
    """All that a tensor is: type, dtype, shape, strides, offset, every byte of its storage, and whether it requires grad."""
    return (
        type(tensor).__name__, str(tensor.dtype), tuple(tensor.shape), tuple(tensor.stride()), tensor.storage_offset(),
        bytes(tensor.untyped_storage()), tensor.requires_grad,
    )  # fmt: skip


def pair(code):
    return (eval(code, {"torch": torch}) for torch in (real, ours))


@pytest.mark.parametrize("code", TENSORS)
def test_tensors(code):
    expected, found = pair(code)
    copies = {
        "read by PyTorch": real.load(saved(ours, found)),
        "written by PyTorch": ours.load(saved(real, expected)),
        "loaded with all of pickle": ours.load(saved(ours, found), weights_only=False),
        "in the old format": ours.load(saved(real, expected, _use_new_zipfile_serialization=False)),
        "pickled": pickle.loads(pickle.dumps(found)),
        "copied": copy.copy(found),
    }
    assert {way: laid_out(one) for way, one in copies.items()} == dict.fromkeys(copies, laid_out(expected))


@pytest.mark.parametrize("thing", PLAIN, ids=repr)
def test_plain_data(thing):
    assert real.load(saved(ours, thing)) == ours.load(saved(real, thing)) == thing
    assert records(saved(ours, thing))["archive/data.pkl"] == records(saved(real, thing))["archive/data.pkl"]


@pytest.mark.parametrize("code", OBJECTS)
def test_objects(code):
    expected, found = pair(code)
    assert real.load(saved(ours, found)) == expected
    assert ours.load(saved(real, expected)) == found


@pytest.mark.parametrize(("writer", "reader"), WAYS.values(), ids=WAYS)
def test_shared_storage_is_written_once_and_shared_again(writer, reader):
    base = writer.arange(6.0)
    file = saved(writer, {"a": base, "b": base[1:4], "c": base.reshape(2, 3).T, "again": [base]})
    assert [name for name in records(file) if name.startswith("archive/data/")] == ["archive/data/0"]
    found = reader.load(file)
    found["a"][1] = 99
    assert found["b"][0].item() == found["c"][1, 0].item() == 99
    assert found["again"][0] is found["a"]


@pytest.mark.parametrize(("writer", "reader"), WAYS.values(), ids=WAYS)
def test_tied_weights_stay_tied(writer, reader):
    def model(torch):
        made = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Linear(3, 3))
        made[1].weight = made[0].weight
        return made

    found = reader.load(saved(writer, model(writer).state_dict()))
    assert type(found) is collections.OrderedDict
    model(reader).load_state_dict(found)
    found["0.weight"].zero_()
    assert not found["1.weight"].any()


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
@pytest.mark.parametrize(("writer", "reader"), WAYS.values(), ids=WAYS)
def test_training_goes_on_from_a_checkpoint(writer, reader, name):
    options = {"lr": 0.1, "momentum": 0.9} if name == "SGD" else {"lr": 0.1}

    def step(torch, model, optimizer):
        optimizer.zero_grad()
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()

    def made(torch):
        model = torch.nn.Linear(2, 2)
        return model, getattr(torch.optim, name)(model.parameters(), **options)

    model, optimizer = made(writer)
    step(writer, model, optimizer)
    loaded = reader.load(saved(writer, {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}))
    step(writer, model, optimizer)
    other, other_optimizer = made(reader)
    other.load_state_dict(loaded["model"])
    other_optimizer.load_state_dict(loaded["optimizer"])
    step(reader, other, other_optimizer)
    assert loaded["epoch"] == 3
    for one, another in zip(model.parameters(), other.parameters(), strict=True):
        assert one.detach().reshape(-1).tolist() == pytest.approx(another.detach().reshape(-1).tolist(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("kind", ["Tensor", "Parameter"])
@pytest.mark.parametrize(("writer", "reader"), WAYS.values(), ids=WAYS)
def test_attributes_stay(writer, reader, kind):
    tensor = writer.zeros(2) if kind == "Tensor" else writer.nn.Parameter(writer.zeros(2))
    tensor.note = "kept"
    found = reader.load(saved(writer, tensor))
    assert (type(found).__name__, found.note) == (kind, "kept")


def test_whole_modules():
    model = ours.nn.Sequential(ours.nn.Linear(2, 3), ours.nn.ReLU())
    x = ours.ones(1, 2)
    file = saved(ours, model)
    assert b"torch.nn.modules.linear" in records(file)["archive/data.pkl"]
    assert b"compat" not in records(file)["archive/data.pkl"]
    assert bool((ours.load(file, weights_only=False)(x) == model(x)).all())
    assert bool((pickle.loads(pickle.dumps(model))(x) == model(x)).all())


def test_a_conjugate_is_computed():
    assert ours.load(saved(real, real.tensor([1 + 2j]).conj())).tolist() == [1 - 2j]


def test_storages():
    for writer, reader in WAYS.values():
        tensor = writer.arange(3.0)
        file = saved(writer, [tensor.untyped_storage()])
        assert list(reader.load(file)[0]._untyped_storage) == list(tensor.untyped_storage())
        assert list(reader.load(saved(writer, [tensor._typed_storage()]))[0]._untyped_storage) == list(tensor.untyped_storage())


def test_two_dtypes_of_one_storage_are_refused():
    base = ours.zeros(4)
    whole = base.untyped_storage()
    with pytest.raises(RuntimeError, match="view the same data as different types"):
        saved(ours, [base, whole])


def test_a_tensor_that_real_pickle_wrote():
    content = pickle.dumps(real.arange(3.0))
    with installed("torch"):
        assert pickle.loads(content).tolist() == [0, 1, 2]


def test_paths_and_memory_mapping(tmp_path):
    path = tmp_path / "a.model.pt"
    ours.save({"w": ours.arange(100.0)}, path)
    assert next(iter(records(io.BytesIO(path.read_bytes())))) == "a.model/data.pkl"
    assert real.load(path, mmap=True)["w"].tolist() == list(range(100))
    real.save({"w": real.arange(100.0)}, str(path))
    mapped = ours.load(str(path), mmap=True)["w"]
    mapped[0] = 5
    assert mapped[0].item() == 5
    assert ours.load(path)["w"].tolist() == list(range(100))


def test_generators():
    first = ours.Generator().manual_seed(3)
    ours.rand(2, generator=first)
    for second in (pickle.loads(pickle.dumps(first)), copy.deepcopy(first)):
        assert second.initial_seed() == 3
        assert second.get_state().tolist() == first.get_state().tolist()


def test_two_runs_write_the_same_bytes():
    state = {"w": ours.arange(4.0), "n": 1}
    assert saved(ours, state).getvalue() == saved(ours, state).getvalue()


def test_records_are_aligned():
    file = saved(ours, [ours.zeros(3), ours.zeros(5), ours.ones(2)])
    for one in zipfile.ZipFile(file).infolist():
        start = one.header_offset + 30 + len(one.filename) + len(one.extra)
        assert start % 64 == 0, one.filename
