"""Layers of torch.nn that a Cell holds are Cells: in eval mode at first, with a Cell's methods, in copies and pickles, and for `isinstance`."""

from __future__ import annotations

import copy
import pickle
from abc import ABC
from typing import Any

import numpy as np
import pytest

import compat.mindspore as mindspore
from compat import frameworks
from compat.mindspore import nn

torch: Any = frameworks.load("torch")


class Net(nn.Cell):
    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Dense(4, 4)
        self.drop = torch.nn.Dropout(p=0.5)
        self.row = nn.SequentialCell(torch.nn.Flatten(), nn.ReLU(), torch.nn.ReLU())
        self.list = nn.CellList([torch.nn.Softmax(dim=-1)])

    def construct(self, x: Any) -> Any:
        return self.list[0](self.row(self.drop(self.dense(x))))


def tensor(*shape: int) -> Any:
    return mindspore.Tensor(np.random.default_rng(0).standard_normal(shape).astype(np.float32))


# An object, a class of MindSpore's, and whether the one is an instance of the other.
INSTANCES = {
    "a layer, a Cell": (torch.nn.ReLU(), nn.Cell, True),
    "a layer, its own": (torch.nn.ReLU(), nn.ReLU, True),
    "a layer of another name": (torch.nn.Hardshrink(), nn.HShrink, True),
    "a layer, another": (torch.nn.ReLU(), nn.GELU, False),
    "a layer whose base in PyTorch is another": (torch.nn.ReLU6(), nn.Hardtanh, False),
    "held": (Net().drop, nn.Dropout, True),
    "held, another": (Net().drop, nn.ReLU, False),
    "with weights": (torch.nn.Linear(2, 2), nn.Cell, False),
    "a module of a program": (type("Own", (torch.nn.Module,), {})(), nn.Cell, False),
    "a class of a program that has the name": (torch.nn.ReLU(), type("ReLU", (nn.Cell,), {}), False),
    "no layer": (3, nn.Cell, False),
    "MindSpore's own": (nn.ReLU(), nn.ReLU, True),
}


@pytest.mark.parametrize(("value", "kind", "expected"), INSTANCES.values(), ids=INSTANCES)
def test_instances(value: Any, kind: Any, expected: bool) -> None:
    assert isinstance(value, kind) is expected
    assert issubclass(type(value), kind) is expected


def test_it_begins_in_eval_mode_and_follows_set_train() -> None:
    net = Net()
    x = tensor(2, 4)
    assert [cell.training for _, cell in net.cells_and_names()] == [False] * 9
    np.testing.assert_array_equal(net(x).asnumpy(), net(x).asnumpy())
    net.set_train()
    assert all(cell.training and cell.phase == "train" for _, cell in net.cells_and_names())
    mindspore.set_seed(0)
    assert (net.drop(tensor(100)).asnumpy() == 0).any()
    net.drop.set_train(False)
    assert not (net.drop(tensor(100)).asnumpy() == 0).any()


def test_it_has_a_cells_methods() -> None:
    net = Net()
    names = ["", "dense", "drop", "row", "row.0", "row.1", "row.2", "list", "list.0"]
    assert [name for name, _ in net.cells_and_names()] == names
    assert type(net.row[0]).__name__ == "Flatten"
    assert [parameter.name for parameter in net.trainable_params()] == ["dense.weight", "dense.bias"]
    assert net.row[2].trainable_params() == []
    assert net.add_flags_recursive(seen=1).drop.seen == 1
    net.to_float(mindspore.float16)
    assert net(tensor(2, 4)).dtype == mindspore.float16
    seen: list[Any] = []
    net.row[2].register_forward_hook(lambda cell, _, output: seen.append((cell, output)))
    found = net(tensor(2, 4))
    assert seen[0][0] is net.row[2]
    assert type(seen[0][1]) is type(found) is mindspore.Tensor
    assert "p=0.5" in repr(net.drop)


def test_it_may_be_inserted_set_and_put_by_name() -> None:
    net = nn.Cell()
    net.insert_child_to_cell("first", torch.nn.ReLU())
    cells = nn.CellDict({"second": torch.nn.Tanh()})
    row = nn.SequentialCell([nn.ReLU()])
    row.append(torch.nn.Sigmoid())
    row[0] = torch.nn.ReLU()
    assert all(cell.set_train(False) is cell for cell in (net.first, cells["second"], *row))
    part = row[:1]
    assert part[0] is row[0]


@pytest.mark.parametrize("made", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))], ids=["copied", "pickled"])
def test_copies_are_what_they_were(made: Any) -> None:
    net = Net().set_train()
    net.drop.p = 0.25
    net.drop.set_train(False)
    twin = made(net)
    assert twin.drop is not net.drop
    assert (twin.drop.p, twin.drop.training, twin.row[2].training) == (0.25, False, True)
    assert type(twin.drop) is type(net.drop)
    np.testing.assert_array_equal(twin(tensor(2, 4)).asnumpy(), net(tensor(2, 4)).asnumpy())


def test_what_is_held_is_held_once() -> None:
    drop = torch.nn.Dropout()
    first, second = nn.Cell(), nn.Cell()
    first.drop = drop
    drop.set_train()
    second.drop = drop
    assert second.drop is drop is first.drop
    assert drop.training


def test_modules_of_a_program_stay_what_they_are() -> None:
    class Own(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.drop = torch.nn.Dropout()

    net, own = nn.Cell(), Own()
    net.own = own
    assert type(own) is Own
    assert own.training
    assert type(own.drop) is torch.nn.Dropout


def test_a_row_of_pytorchs_runs_a_programs_cells_as_they_are() -> None:
    class Size(nn.Cell):
        def construct(self, x: Any) -> Any:
            return x * x.size  # a number, where PyTorch has a method

    net, size = nn.Cell(), Size().set_train()
    net.row = torch.nn.Sequential(size, torch.nn.Dropout())
    assert net.row(tensor(2)).shape == (2,)
    assert size.training
    assert not net.row[1].training


def test_a_cell_may_have_another_base() -> None:
    class Both(nn.Cell, ABC):
        pass

    assert isinstance(Both(), nn.Cell)
