"""Files that are damaged, foreign or made to do harm load nothing; what a program allows is loaded."""

import collections
import fractions
import io
import os
import pickle
import random
import struct
import zipfile

import numpy as np
import pytest

from compat.checkpoints.damage import Damaged
from compat.errors import UnsupportedAPI
from tests.torch_on_mindspore.compare import ours, real

PICKLE, DATA = "archive/data.pkl", "archive/data/0"


class Evil:
    def __reduce__(self):
        return os.mkdir, ("never-made",)


class Plain:
    def __init__(self):
        self.value = 1


class Slotted:
    __slots__ = ("value",)

    def __init__(self):
        self.value = 1


def saved(thing, torch=real, **options):
    buffer = io.BytesIO()
    torch.save(thing, buffer, **options)
    buffer.seek(0)
    return buffer


def remade(change=None, drop=(), compression=zipfile.ZIP_STORED, twice=()):
    """The archive of a dict with one tensor, with records changed, left out or written twice."""
    made = io.BytesIO()
    with zipfile.ZipFile(saved({"a": real.arange(6.0)})) as source, zipfile.ZipFile(made, "w", compression) as target:
        for name in source.namelist():
            content = source.read(name)
            if change and name in change:
                content = change[name](content)
            if name not in drop:
                for _ in range(1 + (name in twice)):
                    target.writestr(name, content)
    made.seek(0)
    return made


def patched(old, new):
    return remade({PICKLE: lambda content: content.replace(old, new, 1)})


def harmful(body):
    """An archive whose pickle is this program."""
    return remade({PICKLE: lambda _: b"\x80\x02" + body + b"."})


DAMAGED = {
    "cut off": (lambda: io.BytesIO(saved({"a": real.arange(6.0)}).getvalue()[:-50]), RuntimeError),
    "cut in half": (lambda: io.BytesIO(saved({"a": real.arange(6.0)}).getvalue()[:200]), RuntimeError),
    "empty": (lambda: io.BytesIO(b""), EOFError),
    "foreign": (lambda: io.BytesIO(b"hello world, no checkpoint"), pickle.UnpicklingError),
    "no storage": (lambda: remade(drop=(DATA,)), RuntimeError),
    "no pickle": (lambda: remade(drop=(PICKLE,)), RuntimeError),
    "no version": (lambda: remade(drop=("archive/version",)), RuntimeError),
    "short storage": (lambda: remade({DATA: lambda content: content[:8]}), RuntimeError),
    "long storage": (lambda: remade({DATA: lambda content: content + b"1234"}), RuntimeError),
    "fewer elements": (lambda: patched(b"K\x06t", b"K\x03t"), RuntimeError),
    "size beyond the storage": (lambda: patched(b"K\x06\x85", b"K\x09\x85"), RuntimeError),
    "stride beyond the storage": (lambda: patched(b"K\x01\x85", b"K\x09\x85"), RuntimeError),
    "negative stride": (lambda: patched(b"K\x01\x85", b"J\xff\xff\xff\xff\x85"), RuntimeError),
    "path in a key": (lambda: patched(b"X\x01\x00\x00\x000", b"X\x0a\x00\x00\x00../version"), RuntimeError),
    "compressed": (lambda: remade(compression=zipfile.ZIP_DEFLATED), RuntimeError),
    "old format, cut off": (
        lambda: io.BytesIO(saved(real.arange(6.0), _use_new_zipfile_serialization=False).getvalue()[:-5]),
        RuntimeError,
    ),
    "old format, huge storage": (
        lambda: io.BytesIO(
            saved(real.arange(6.0), _use_new_zipfile_serialization=False).getvalue().replace(b"K\x06N", b"J\xff\xff\xff\x7fN", 1)
        ),
        RuntimeError,
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files(name):
    make, kind = DAMAGED[name]
    with pytest.raises(kind):
        ours.load(make())


def test_records_of_one_name_are_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        file = remade(twice=(DATA,))
    with pytest.raises(RuntimeError, match="overlap"):
        ours.load(file)


def test_records_that_overlap_are_refused():
    content = bytearray(saved([real.arange(60.0), real.arange(60.0) + 1]).getvalue())
    # both entries of the directory point at the first storage, whose size becomes nearly the file's
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        if b"archive/data/" in content[at : at + 70]:
            struct.pack_into("<LL", content, at + 20, len(content) - 700, len(content) - 700)
        at = content.find(b"PK\x01\x02", at + 1)
    with pytest.raises(RuntimeError):
        ours.load(io.BytesIO(content))


HARMFUL = {
    "a blocked module": b"cposix\nsystem\nX\x02\x00\x00\x00ls\x85R",
    "another module": b"csubprocess\ncall\nX\x02\x00\x00\x00ls\x85R",
    "a builtin": b"c__builtin__\neval\nX\x01\x00\x00\x001\x85R",
    "an attribute of what is allowed": b"ccollections\nOrderedDict.__init__\n)R",
    "a function that is only mentioned": b"ctorch\nTensor\nJ\x00\x00\x00\x7f\x85R",
    "a huge bytearray": b"c__builtin__\nbytearray\nJ\x00\x00\x00\x7f\x85R",
    "attributes for a class": b"ctorch.nn.parameter\nParameter\nN}X\x05\x00\x00\x00numpyNs\x86b",
    "attributes for a function": b"ctorch._utils\n_rebuild_tensor_v2\n}X\x01\x00\x00\x00aNsb",
    "a class that a file may not make": b"ctorch\nTensor\n)\x81",
    "no such memo": b"h\x07",
    "an empty stack": b"0",
    "a mark alone": b"(",
    "no value at the end": b"",
    "an unhashable key": b"}](]Nu",
    "another protocol": b"\x8c\x01a",
    "an extension": b"\x82\x01",
    "another codec": b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x04\x00\x00\x00zlib\x86R",
    "a reference that is no storage": b"X\x06\x00\x00\x00moduleX\x01\x00\x00\x00a\x86Q",
    "a storage that is none": b"(X\x07\x00\x00\x00storageNX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x01tQ",
    "a storage of negative size": b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuJ\xff\xff\xff\xfftQ",
    "a name that is not ASCII": "cé\nb\n".encode(),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_pickles(name):
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        ours.load(harmful(HARMFUL[name]))


@pytest.mark.parametrize("options", [{}, {"_use_new_zipfile_serialization": False}], ids=["zip", "old format"])
def test_functions_are_not_called(options, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pickle.UnpicklingError, match=r"posix\.mkdir|nt\.mkdir"):
        ours.load(saved(Evil(), **options))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("thing", [eval, fractions.Fraction(1, 2), frozenset([1]), np.float64(1), np.arange(2), range(3), real.nn.Linear])
def test_what_pytorch_refuses_is_refused(thing):
    for torch in (real, ours):
        with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
            torch.load(saved(thing))


@pytest.fixture
def allowing():
    yield ours.serialization.add_safe_globals
    ours.serialization.clear_safe_globals()


@pytest.mark.parametrize("kind", [Plain, Slotted])
def test_a_class_that_the_program_allows(allowing, kind):
    file = saved(kind(), ours)
    with pytest.raises(pickle.UnpicklingError, match=f"GLOBAL {__name__}.{kind.__name__} "):
        ours.load(file)
    file.seek(0)
    allowing([kind])
    assert ours.serialization.get_safe_globals() == [kind]
    assert ours.load(file).value == 1


def test_allowing_for_a_while():
    with ours.serialization.safe_globals([fractions.Fraction]):
        assert ours.load(saved(fractions.Fraction(1, 2))) == fractions.Fraction(1, 2)
    assert ours.serialization.get_safe_globals() == []


def test_arrays_when_allowed(allowing):
    array = np.arange(3)
    reconstruct = array.__reduce__()[0]
    allowing([(reconstruct, "numpy.core.multiarray._reconstruct"), np.ndarray, np.dtype, type(array.dtype)])
    assert ours.load(saved(array)).tolist() == [0, 1, 2]


def test_blocked_modules_stay_blocked(allowing):
    allowing([os.mkdir])
    with pytest.raises(pickle.UnpicklingError, match="blocked"):
        ours.load(saved(Evil()))


def test_mistakes_of_add_safe_globals():
    for torch in (real, ours):
        with pytest.raises(ValueError, match="length 2"):
            torch.serialization.add_safe_globals([(eval,)]) or torch.serialization.get_unsafe_globals_in_checkpoint(saved(eval))
        torch.serialization.clear_safe_globals()


def test_unsafe_globals_of_a_file():
    names = ours.serialization.get_unsafe_globals_in_checkpoint(saved([Evil(), real.zeros(1)]))
    assert names == real.serialization.get_unsafe_globals_in_checkpoint(saved([Evil(), real.zeros(1)])) == [f"{os.name}.mkdir"]


def test_all_of_pickle_on_request():
    assert ours.load(saved(fractions.Fraction(1, 2)), weights_only=False) == fractions.Fraction(1, 2)
    assert ours.load(saved(collections.Counter("a")), pickle_module=pickle) == {"a": 1}


def located(location):
    text = location.encode()
    return patched(b"X\x03\x00\x00\x00cpu", b"X" + struct.pack("<L", len(text)) + text)


@pytest.mark.parametrize("torch", [real, ours], ids=["PyTorch", "here"])
@pytest.mark.parametrize("location", ["cuda:0", "npu:0", "xla:1", "elsewhere"])
def test_locations(location, torch):
    seen = []

    def kept(storage, where):
        seen.append(where)
        return storage

    for refused in (None, {}, lambda *_: None):
        with pytest.raises(RuntimeError, match=r"CUDA device but torch|don't know how to restore"):
            torch.load(located(location), map_location=refused)
    for taken in ("cpu", torch.device("cpu"), {location: "cpu"}, kept):
        assert torch.load(located(location), map_location=taken)["a"].tolist() == [0, 1, 2, 3, 4, 5]
    assert seen == [location]


CALLS = (
    (lambda torch, _: torch.load("/nonexistent/x.pt"), FileNotFoundError),
    (lambda torch, _: torch.load(3), AttributeError),
    (lambda torch, _: torch.save(1, 3), AttributeError),
    (lambda torch, _: torch.save(1, "/nonexistent/x.pt"), RuntimeError),
    (lambda torch, file: torch.load(file, mmap=True), ValueError),
    (lambda torch, file: torch.load(file, pickle_module=pickle, weights_only=True), RuntimeError),
    (lambda torch, file: torch.load(file, map_location=3), TypeError),
)


@pytest.mark.parametrize(("call", "kind"), CALLS)
@pytest.mark.parametrize("torch", [real, ours], ids=["PyTorch", "here"])
def test_arguments(torch, call, kind):
    with pytest.raises(kind):
        call(torch, saved(real.zeros(1)))


def test_every_damage_ends_in_a_clear_error():
    """A thousand files with bytes changed at random: loaded, or refused with an error that says so."""
    source = saved({"a": real.arange(12.0).reshape(3, 4).T[1:], "o": collections.OrderedDict(x=real.tensor([True])), "s": {1}})
    old = saved([real.arange(3.0)], _use_new_zipfile_serialization=False).getvalue()
    content = source.getvalue()
    pickled = zipfile.ZipFile(source).read(PICKLE)
    start = content.find(pickled)
    chance = random.Random(0)
    kinds = set()
    for number in range(1000):
        damaged = bytearray(old if number % 3 == 0 else content)
        low, high = (start, start + len(pickled)) if number % 3 == 1 else (0, len(damaged))
        for _ in range(chance.choice((1, 2, 5))):
            damaged[chance.randrange(low, high)] = chance.randrange(256)
        try:
            ours.load(io.BytesIO(damaged))
        except Exception as error:
            kinds.add("endianness" if "Unknown endianness type" in str(error) else type(error))
    assert kinds <= {pickle.UnpicklingError, Damaged, RuntimeError, EOFError, UnsupportedAPI, "endianness"}
