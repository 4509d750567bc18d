"""The command: what it refuses, what it leaves alone, and which names, ties and parts arrive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mindspore
import numpy as np
import pytest
import safetensors.numpy
import torch

from compat.checkpoints import open_checkpoint
from compat.cli import main
from compat.errors import UsageError
from compat.weights import sides


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(path: str, **tensors: Any) -> None:
    """Shapes, or tensors, by names with `__` for a dot."""
    named = {name.replace("__", "."): torch.randn(one) if isinstance(one, tuple) else one for name, one in tensors.items()}
    if path.endswith("ckpt"):
        mindspore.save_checkpoint([{"name": name, "data": mindspore.Tensor(one.numpy())} for name, one in named.items()], path)
    elif path.endswith("safetensors"):
        safetensors.numpy.save_file({name: one.numpy() for name, one in named.items()}, path)
    else:
        torch.save(named, path)


def shapes(path: str) -> dict[str, tuple[int, ...]]:
    with open_checkpoint(path) as found:
        return {one.name: one.shape for one in found.tensors}


USAGE = {
    "no ending": (["a.pth", "b"], "b: expected a name that ends in"),
    "another ending": (["a.pth", "b.onnx"], "b.onnx: expected a name that ends in"),
    "both safetensors": (["a.safetensors", "b.safetensors"], "of which framework are they?"),
    "a map for one side": (["a.pth", "b.pth", "--map", "map.yaml"], "both files have the names of one framework"),
    "a like for one side": (["a.pth", "b.pth", "--like", "a.pth"], "both files have the names of one framework"),
}


@pytest.mark.parametrize("case", USAGE, ids=str)
def test_calls_that_are_wrong(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    save("a.pth", w=(2,))
    Path("map.yaml").write_text("")
    arguments, said = USAGE[case]
    assert main(["weights", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not Path("b.pth").exists()


FAILS = {
    "no such file": (["missing.pth", "b.ckpt"], "missing.pth: No such file"),
    "no such like": (["a.pth", "b.ckpt", "--like", "missing.ckpt"], "missing.ckpt: No such file"),
    "no such map": (["a.pth", "b.ckpt", "--map", "missing.yaml"], "missing.yaml: No such file"),
    "no such part": (["a.pth", "b.ckpt", "--key", "ema"], "a.pth: it has no 'ema'"),
    "a part of a file that has none": (["c.ckpt", "b.pth", "--key", "ema"], "only files of torch.save have parts"),
    "two weights of one name": (["a.pth", "b.ckpt", "--map", "clash.yaml"], "two weights would be called 'fc.weight'"),
    "a map for another model": (["a.pth", "b.ckpt", "--map", "other.yaml"], "other.yaml:1: there is no 'x' on the side of torch"),
}


@pytest.mark.parametrize("case", FAILS, ids=str)
def test_what_can_not_be_done(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    save("a.pth", fc__weight=(3, 2), fc__bias=(3,))
    save("c.ckpt", fc__weight=(3, 2))
    Path("clash.yaml").write_text("- {torch: fc.bias, mindspore: fc.weight}")
    Path("other.yaml").write_text("- {torch: x, mindspore: fc.weight}")
    arguments, said = FAILS[case]
    assert main(["weights", *arguments]) == 1
    assert said in capsys.readouterr().err
    assert not Path("b.ckpt").exists()


def test_nothing_is_written_when_something_is_unmatched(capsys: pytest.CaptureFixture[str]) -> None:
    save("a.pth", fc__weight=(3, 2), extra__weight=(7, 7))
    save("like.ckpt", fc__weight=(3, 2), other__weight=(9, 9))
    assert main(["weights", "a.pth", "b.ckpt", "--like", "like.ckpt", "--json", "report.json", "--write-map", "map.yaml"]) == 1
    printed = capsys.readouterr().out
    assert "unmatched in PyTorch: extra.weight" in printed
    assert "unmatched in MindSpore: other.weight" in printed
    assert printed.endswith("2 unmatched; not written\n")
    assert not Path("b.ckpt").exists()
    report = json.loads(Path("report.json").read_text())
    assert report["matching"]["unmatched_torch"] == ["extra.weight"]
    assert report["matching"]["pairs"] == [{"torch": "fc.weight", "mindspore": "fc.weight", "layout": "same", "how": "name"}]
    assert report["written"] is False

    # A person says that this is meant, or allows it.
    text = Path("map.yaml").read_text()
    Path("map.yaml").write_text(text.replace("# unmatched: ", "- "))
    assert main(["weights", "a.pth", "b.ckpt", "--like", "like.ckpt", "--map", "map.yaml"]) == 0
    assert shapes("b.ckpt") == {"fc.weight": (3, 2)}
    assert main(["weights", "a.pth", "c.ckpt", "--like", "like.ckpt", "--allow-unmatched"]) == 0
    assert shapes("c.ckpt") == {"fc.weight": (3, 2)}


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    save("a.pth", fc__weight=(3, 2))
    assert main(["weights", "a.pth", "b.ckpt", "--dry-run"]) == 0
    assert "1 tensors" in capsys.readouterr().out
    assert not Path("b.ckpt").exists()


def test_a_target_stays_as_it_was_when_the_source_is_damaged(capsys: pytest.CaptureFixture[str]) -> None:
    save("a.pth", fc__weight=(300, 20))
    content = bytearray(Path("a.pth").read_bytes())
    content[len(content) // 2] ^= 1
    Path("a.pth").write_bytes(content)
    Path("b.ckpt").write_text("before")
    assert main(["weights", "a.pth", "b.ckpt"]) == 1
    assert "a.pth: data/0 at byte" in capsys.readouterr().err
    assert Path("b.ckpt").read_text() == "before"
    assert sorted(one.name for one in Path().iterdir()) == ["a.pth", "b.ckpt"]


SIDES = [
    ("a.pth", "b.ckpt", None, None, ("torch", "mindspore")),
    ("a.ckpt", "b.pt", None, None, ("mindspore", "torch")),
    ("a.pth", "b.safetensors", None, None, ("torch", "mindspore")),
    ("a.pth", "b.safetensors", None, "torch", ("torch", "torch")),
    ("a.safetensors", "b.ckpt", None, None, ("torch", "mindspore")),
    ("a.safetensors", "b.bin", None, None, ("mindspore", "torch")),
    ("a.ckpt", "b.safetensors", None, None, ("mindspore", "torch")),
    ("a.safetensors", "b.safetensors", "torch", None, ("torch", "mindspore")),
    ("a.safetensors", "b.safetensors", None, "torch", ("mindspore", "torch")),
    ("a.safetensors", "b.safetensors", "torch", "torch", ("torch", "torch")),
    ("a.pth", "b.pth", None, None, ("torch", "torch")),
    ("a.ckpt", "b.ckpt", "torch", None, ("torch", "mindspore")),  # PyTorch Lightning's
]


@pytest.mark.parametrize(("source", "target", "first", "second", "expected"), SIDES)
def test_the_endings_say_whose_names_they_are(source: str, target: str, first: Any, second: Any, expected: tuple[str, str]) -> None:
    assert sides(source, target, first, second) == expected


def test_two_safetensors_must_be_told() -> None:
    with pytest.raises(UsageError, match="--from, --to or both"):
        sides("a.safetensors", "b.safetensors")


def test_names_of_safetensors_files() -> None:
    save("a.safetensors", bn__weight=(3,), bn__bias=(3,), bn__running_mean=(3,), bn__running_var=(3,))
    assert main(["weights", "a.safetensors", "b.safetensors", "--from", "torch", "--to", "mindspore"]) == 0
    assert set(shapes("b.safetensors")) == {"bn.gamma", "bn.beta", "bn.moving_mean", "bn.moving_variance"}
    assert main(["weights", "b.safetensors", "c.safetensors", "--from", "mindspore"]) == 0
    ours, theirs = (safetensors.numpy.load_file(name) for name in ("a.safetensors", "c.safetensors"))
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours | theirs)


def test_what_has_no_counterpart_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"state_dict": torch.nn.BatchNorm2d(3).state_dict(), "epoch": 3}, "a.pth")
    assert main(["weights", "a.pth", "b.ckpt"]) == 0
    printed = capsys.readouterr().out
    assert "without a counterpart, and not written: num_batches_tracked" in printed
    assert "no weight, and not written: epoch" in printed


def test_a_type_that_the_format_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    save("a.pth", w=torch.ones(2, dtype=torch.complex64))
    assert main(["weights", "a.pth", "b.ckpt"]) == 1
    assert "can't hold 'w', which is complex64" in capsys.readouterr().err


def test_what_mindspore_would_misread_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    save("a.pth", none=(0,), rows=(0, 3), w=(2,))
    assert main(["weights", "a.pth", "b.ckpt"]) == 0
    assert "no weight, and not written: none" in capsys.readouterr().out
    assert {name: one.shape for name, one in mindspore.load_checkpoint("b.ckpt").items()} == {"rows": (0, 3), "w": (2,)}


def test_tied_weights() -> None:
    shared = torch.randn(5, 3)
    save("a.pth", emb__weight=shared, head__weight=shared, fc__weight=(2, 3))
    save("like.ckpt", fc__weight=(2, 3), emb__embedding_table=(5, 3))
    assert main(["weights", "a.pth", "same.pth"]) == 0  # stay tied
    found = torch.load("same.pth")
    assert found["emb.weight"].data_ptr() == found["head.weight"].data_ptr()
    assert main(["weights", "a.pth", "b.ckpt", "--like", "like.ckpt"]) == 0  # once in MindSpore's model, in its order
    assert list(shapes("b.ckpt")) == ["fc.weight", "emb.embedding_table"]
    assert main(["weights", "b.ckpt", "c.pth", "--like", "a.pth"]) == 0  # and tied again
    found = torch.load("c.pth")
    assert list(found) == ["emb.weight", "head.weight", "fc.weight"]
    assert found["emb.weight"].data_ptr() == found["head.weight"].data_ptr()
    assert torch.equal(found["head.weight"], shared)
    assert main(["weights", "a.pth", "d.safetensors"]) == 0  # no way to say it: under each of its names
    assert shapes("d.safetensors") == {"emb.weight": (5, 3), "head.weight": (5, 3), "fc.weight": (2, 3)}


def test_a_map_without_a_like() -> None:
    save("a.pth", emb__weight=(5, 3), seq__weight=(4, 3, 2), fc__weight=(2, 3), old__weight=(1,))
    Path("map.yaml").write_text(
        "- {torch: emb.weight, mindspore: table}\n- {torch: seq.weight, mindspore: seq.kernel, layout: unit_height}\n- {torch: old.weight, mindspore: null}\n"
    )
    assert main(["weights", "a.pth", "b.ckpt", "--map", "map.yaml"]) == 0
    assert shapes("b.ckpt") == {"table": (5, 3), "seq.kernel": (4, 3, 1, 2), "fc.weight": (2, 3)}
    assert main(["weights", "b.ckpt", "c.pth", "--map", "back.yaml"]) == 1
    Path("back.yaml").write_text(
        "- {torch: emb.weight, mindspore: table}\n- {torch: seq.weight, mindspore: seq.kernel, layout: unit_height}\n"
    )
    assert main(["weights", "b.ckpt", "c.pth", "--map", "back.yaml"]) == 0
    assert shapes("c.pth") == {"emb.weight": (5, 3), "seq.weight": (4, 3, 2), "fc.weight": (2, 3)}


def test_a_map_that_was_written_gives_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    save("a.pth", enc__weight=(5, 3), enc__bias=(5,), dec__weight=(3, 5))
    save("like.ckpt", first__weight=(5, 3), first__bias=(5,), second__weight=(3, 5))
    assert main(["weights", "a.pth", "b.ckpt", "--like", "like.ckpt", "--write-map", "map.yaml"]) == 0
    assert "3 guessed, 0 unmatched" in capsys.readouterr().out
    assert main(["weights", "a.pth", "c.ckpt", "--like", "like.ckpt", "--map", "map.yaml"]) == 0
    assert "0 guessed, 0 unmatched" in capsys.readouterr().out
    assert Path("b.ckpt").read_bytes() == Path("c.ckpt").read_bytes()


def test_a_long_list_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    save("a.pth", **{f"fc{index}__weight": (3, 2) for index in range(25)})
    assert main(["weights", "a.pth", "b.ckpt"]) == 0
    assert "a guess: and 5 more (--json FILE has all)" in capsys.readouterr().out


def test_text_of_a_checkpoint_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    mindspore.save_checkpoint(
        [{"name": "fc.weight", "data": mindspore.Tensor(np.ones((2, 3), np.float32))}], "a.ckpt", append_dict={"note": "text"}
    )
    assert main(["weights", "a.ckpt", "b.pth"]) == 0
    assert "no weight, and not written: note" in capsys.readouterr().out
    assert list(torch.load("b.pth")) == ["fc.weight"]
