"""The callbacks of mindspore.train: what they print, save and change, beside MindSpore's."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compat.mindspore as imitated
from compat.errors import UnsupportedAPI, UnsupportedArgument
from tests.mindspore_on_torch.test_model import Batches, masked, model_of, weights

Case = tuple[str, dict[str, Any]]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def both(real: Any, tmp_path: Path) -> list[tuple[Any, Path]]:
    """Each framework with a folder of its own."""
    folders = [tmp_path / "ours", tmp_path / "theirs"]
    for folder in folders:
        folder.mkdir()
    return list(zip((imitated, real), folders, strict=True))


CONSTRUCTED: list[Case] = [
    *(("LossMonitor", {"per_print_times": value}) for value in (-1, 1.5, "a", True, None)),
    *(("TimeMonitor", {"data_time": value}) for value in (-1, 1.5, "a", None)),
    *(("EarlyStopping", {name: value}) for name, value in (
        ("monitor", 3), ("min_delta", "a"), ("min_delta", None), ("min_delta", True), ("patience", -1), ("patience", 1.5),
        ("patience", True), ("verbose", 1), ("mode", "x"), ("mode", 3), ("restore_best_weights", 1))),
    *(("ReduceLROnPlateau", {name: value}) for name, value in (
        ("monitor", 3), ("factor", 1), ("factor", 1.0), ("factor", 0.0), ("factor", "a"), ("patience", -1), ("verbose", 1),
        ("mode", "x"), ("min_delta", "a"), ("cooldown", -1), ("cooldown", 1.5), ("min_lr", "a"))),
    *(("BackupAndRestore", {"backup_dir": "b", **more}) for more in (
        {"backup_dir": 3}, {"backup_dir": ""}, {"save_freq": 0}, {"save_freq": 1.5}, {"save_freq": "x"}, {"save_freq": True},
        {"delete_checkpoint": 1})),
    *(("ModelCheckpoint", arguments) for arguments in (
        {"prefix": "a/b"}, {"prefix": 3}, {"directory": 3}, {"directory": ""}, {"config": 3})),
    *(("CheckpointConfig", {name: value}) for name, value in (
        ("save_checkpoint_steps", -1), ("save_checkpoint_steps", "a"), ("save_checkpoint_steps", True), ("save_checkpoint_seconds", -1),
        ("keep_checkpoint_max", -1), ("keep_checkpoint_per_n_minutes", 1.5), ("saved_network", 3), ("integrated_save", 1),
        ("async_save", 1), ("async_save", "x"), ("append_info", 3), ("append_info", ["x"]), ("append_info", [3]),
        ("append_info", [{"a": [1]}]), ("append_info", [{3: 1}]), ("append_info", [{"a": 1}, {"b": 2}]), ("append_info", "epoch_num"),
        ("append_info", [{"a": None}]), ("enc_key", "a"), ("enc_mode", 3), ("crc_check", 1), ("format", 3), ("remove_redundancy", 1),
        ("exception_save", 1))),
    ("CheckpointConfig", {"save_checkpoint_steps": 0, "keep_checkpoint_max": 0}),
    ("CheckpointConfig", {"save_checkpoint_steps": None, "keep_checkpoint_max": None}),
    ("CheckpointConfig", {"format": "safetensors", "crc_check": True}),
    *(("OnRequestExit", {"save_mindir": False, **more}) for more in ({"save_ckpt": 1}, {"sig": "a"}, {"sig": 9}, {"save_mindir": 1})),
    ("RunContext", {"original_args": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), CONSTRUCTED)
def test_refused_arguments(real: Any, tmp_path: Path, monkeypatch: Any, name: str, arguments: dict[str, Any]) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception) as expected:  # noqa: PT011 - its type is what the test is about
        getattr(real, name)(**arguments)
    with pytest.raises(expected.type):
        getattr(imitated, name)(**arguments)


CONFIGS: list[dict[str, Any]] = [
    {},
    {"save_checkpoint_steps": 3, "save_checkpoint_seconds": 5, "keep_checkpoint_max": 2, "keep_checkpoint_per_n_minutes": 3},
    {"save_checkpoint_steps": 0, "save_checkpoint_seconds": 5, "keep_checkpoint_max": 0, "keep_checkpoint_per_n_minutes": 3},
    {"save_checkpoint_steps": None, "save_checkpoint_seconds": 5, "keep_checkpoint_max": 0},
    {"append_info": ["epoch_num", {"a": 1, "b": "text"}], "async_save": "thread", "crc_check": True, "format": "ckpt"},
    {"append_info": []},
]


@pytest.mark.parametrize("arguments", CONFIGS)
def test_what_a_config_says(real: Any, arguments: dict[str, Any]) -> None:
    names = ("append_dict", "async_save", "crc_check", "enc_key", "enc_mode", "format", "integrated_save", "map_param_inc", "saved_network")
    said = []
    for framework in (imitated, real):
        config = framework.CheckpointConfig(**arguments)
        said.append((config.get_checkpoint_policy(), [getattr(config, name) for name in names]))
    assert said[0] == said[1]


def saving(**config: Any) -> Callable[[Any, Path], Any]:
    def run(f: Any, folder: Path) -> Any:
        times = config.pop("times", 1)
        for _ in range(times):
            callback = f.ModelCheckpoint("net", str(folder), f.CheckpointConfig(**config))
            model_of(f).train(2, Batches(f), callback)
        config["times"] = times
        return os.path.basename(callback.latest_ckpt_file_name)

    return run


def named_by_functions(f: Any, folder: Path) -> None:
    callback = f.ModelCheckpoint(
        lambda known: f"step{known.cur_step_num}", lambda known: str(folder / f"epoch{known.cur_epoch_num}"), f.CheckpointConfig(2)
    )
    model_of(f).train(2, Batches(f), callback)


def stopped_by_an_error(f: Any, folder: Path) -> None:
    class Failing(f.Callback):  # type: ignore[misc, name-defined]
        def on_train_step_end(self, run_context: Any) -> None:
            if run_context.original_args().cur_step_num == 5:
                raise KeyError("stop")

    for _ in range(2):
        config = f.CheckpointConfig(100, exception_save=True, append_info=["epoch_num", "step_num"])
        with pytest.raises(KeyError):
            model_of(f).train(2, Batches(f), [f.ModelCheckpoint("net", str(folder), config), Failing()])


SAVED: dict[str, Callable[[Any, Path], Any]] = {
    "every step": saving(),
    "every second step": saving(save_checkpoint_steps=2),
    "the last two": saving(save_checkpoint_steps=2, keep_checkpoint_max=2),
    "at the end": saving(save_checkpoint_steps=100),
    "rarely": saving(save_checkpoint_steps=0, save_checkpoint_seconds=1000),
    "all of an hour": saving(keep_checkpoint_max=0, keep_checkpoint_per_n_minutes=60),
    "three runs": saving(save_checkpoint_steps=4, times=3),
    "with counts": saving(save_checkpoint_steps=4, append_info=["epoch_num", "step_num", {"rate": 0.5}]),
    "by a thread": saving(save_checkpoint_steps=4, async_save=True),
    "safetensors": saving(save_checkpoint_steps=4, format="safetensors"),
    "with a checksum": saving(save_checkpoint_steps=4, crc_check=True),
    "by functions": named_by_functions,
    "after an error": stopped_by_an_error,
    "another network": lambda f, folder: model_of(f).train(
        1, Batches(f), f.ModelCheckpoint("s", str(folder), f.CheckpointConfig(3, saved_network=model_of(f).predict_network))
    ),
}


@pytest.mark.parametrize("case", SAVED)
def test_checkpoints(both: Any, case: str) -> None:
    """The same files with the same names in them, and each framework reads what the other wrote."""
    pytest.importorskip("safetensors")
    found = []
    for framework, folder in both:
        found.append((SAVED[case](framework, folder), files(folder)))
    assert found[0] == found[1]
    for name in found[0][1]:
        path, ending = [str(folder / name) for _, folder in both], name.rpartition(".")[2]
        (mine, theirs), (theirs_in_mine, mine_in_theirs) = (
            [contents(framework, place, ending) for (framework, _), place in zip(both, places, strict=True)]
            for places in (path, path[::-1])
        )
        assert list(mine) == list(theirs)
        assert mine == pytest.approx(theirs, rel=1e-5)
        assert mine_in_theirs == mine
        assert theirs_in_mine == theirs


def contents(framework: Any, path: str, ending: str) -> dict[str, Any]:
    loaded = framework.load_checkpoint(path, format=ending)
    return {
        f"{name} {place}": value
        for name, parameter in loaded.items()
        for place, value in enumerate(np.ravel(parameter if isinstance(parameter, str) else parameter.asnumpy()).tolist())
    }


def test_redundancy_is_for_many_devices(both: Any) -> None:
    for framework, folder in both:
        config = framework.CheckpointConfig(remove_redundancy=True)
        with pytest.raises(TypeError):
            model_of(framework).train(1, Batches(framework), framework.ModelCheckpoint("net", str(folder), config))


def test_backup_and_restore(both: Any) -> None:
    trained = []
    for framework, folder in both:
        first, second = model_of(framework), model_of(framework)
        first.train(2, Batches(framework), framework.BackupAndRestore(str(folder), delete_checkpoint=False))
        assert files(folder) == ["backup.ckpt"]
        second.train(1, Batches(framework), framework.BackupAndRestore(str(folder)))
        assert files(folder) == []
        straight = model_of(framework)
        straight.train(3, Batches(framework))
        assert weights(straight) == weights(second)
        trained.append(weights(second))
    for mine, theirs in zip(*trained, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5)


def watched(name: str, values: list[float], monitor: str = "eval_loss", **arguments: Any) -> Callable[[Any], Any]:
    """Run a callback over epochs that gave these values, and tell what became of it."""

    def run(f: Any) -> Any:
        model = model_of(f)
        callback = getattr(f, name)(monitor=monitor, **arguments)
        known = f.train.callback._InternalCallbackParam(train_network=model.train_network, optimizer=model.train_network.optimizer)
        context, told = f.RunContext(known), []
        callback.on_train_begin(context)
        for epoch, value in enumerate(values, 1):
            known.cur_epoch_num = epoch
            known.net_outputs = f.Tensor(value, f.float32)
            known.eval_results = {"eval_loss": value, "acc": np.array(value)}
            for parameter in model.predict_network.trainable_params():
                parameter.set_data(f.Tensor(np.full(parameter.shape, epoch, np.float32)))
            callback.on_train_epoch_end(context)
            told.append((callback.wait, float(callback.best), context.get_stop_requested(), float(known.optimizer.learning_rate.asnumpy())))
        callback.on_train_end(context)
        return told, weights(model)

    return run


FALLING, RISING, WAVE = [3.0, 2.0, 1.5, 1.4, 1.39], [1.0, 2.0, 3.0, 4.0, 5.0], [3.0, 1.0, 2.0, 2.5, 0.5, 0.6, 0.7, 0.8]
WATCHED: dict[str, Callable[[Any], Any]] = {
    "falling": watched("EarlyStopping", FALLING, patience=2),
    "rising": watched("EarlyStopping", RISING, patience=2, verbose=True),
    "no patience": watched("EarlyStopping", WAVE),
    "much better only": watched("EarlyStopping", FALLING, patience=2, min_delta=-0.5),
    "the most": watched("EarlyStopping", WAVE, patience=3, mode="max"),
    "an accuracy": watched("EarlyStopping", RISING, patience=2, monitor="acc"),
    "the loss": watched("EarlyStopping", WAVE, patience=2, monitor="loss", restore_best_weights=True, verbose=True),
    "the best weights": watched("EarlyStopping", WAVE, patience=2, restore_best_weights=True, verbose=True),
    "a baseline": watched("EarlyStopping", FALLING, patience=2, baseline=1.6),
    "a baseline and a difference": watched("EarlyStopping", WAVE, patience=3, baseline=0.9, min_delta=0.6),
    "none": watched("EarlyStopping", WAVE, patience=1, monitor="f1"),
    "a loss of 0": watched("EarlyStopping", [1.0, 0.0, 0.0, 2.0], patience=2),
    "rate, falling": watched("ReduceLROnPlateau", FALLING, patience=1),
    "rate, rising": watched("ReduceLROnPlateau", RISING, patience=1, verbose=True),
    "rate, in waves": watched("ReduceLROnPlateau", WAVE, patience=2, factor=0.5, verbose=True),
    "rate, cooling": watched("ReduceLROnPlateau", RISING, patience=1, cooldown=2, verbose=True),
    "rate, not below": watched("ReduceLROnPlateau", RISING, patience=1, min_lr=0.03, verbose=True),
    "rate, an accuracy": watched("ReduceLROnPlateau", FALLING, patience=2, monitor="acc", verbose=True),
    "rate, the loss": watched("ReduceLROnPlateau", WAVE, patience=1, monitor="loss", mode="min", verbose=True),
    "rate, none": watched("ReduceLROnPlateau", WAVE, patience=1, monitor="f1"),
}  # fmt: skip


@pytest.mark.parametrize("case", WATCHED)
def test_watching(real: Any, capsys: Any, case: str) -> None:
    mine = WATCHED[case](imitated)
    lines = [masked(line) for line in capsys.readouterr().out.splitlines()]
    theirs = WATCHED[case](real)
    assert lines == [masked(line) for line in capsys.readouterr().out.splitlines()]
    assert mine == theirs


def test_a_scheduled_rate_is_not_reduced(real: Any) -> None:
    for framework in (imitated, real):
        net = framework.nn.Dense(3, 1)
        optimizer = framework.nn.Momentum(net.trainable_params(), [0.1] * 8, 0.9)
        model = framework.Model(net, framework.nn.MSELoss(), optimizer, metrics={"loss"})
        with pytest.raises(ValueError, match="learning rate"):
            model.fit(1, Batches(framework), Batches(framework), callbacks=framework.ReduceLROnPlateau())


def recorded(f: Any) -> Any:
    history, rates, calls = f.History(), [], []

    def halved(rate: float, step: int) -> float:
        rates.append((rate, step))
        return rate / 2 if step % 3 == 0 else rate

    lambdas = f.LambdaCallback(
        on_train_epoch_end=lambda context: calls.append(context.original_args().cur_epoch_num), on_eval_begin=lambda _: calls.append("eval")
    )
    model = model_of(f, {"mae"})
    model.fit(3, Batches(f), Batches(f), callbacks=[history, lambdas, f.LearningRateScheduler(halved)])
    return history.epoch, {name: [float(v) for v in values] for name, values in history.history.items()}, rates, calls, weights(model)


def test_recording(real: Any) -> None:
    mine, theirs = recorded(imitated), recorded(real)
    assert mine[0] == theirs[0]
    for name in ("net_output", "mae"):
        assert mine[1][name] == pytest.approx(theirs[1][name], rel=1e-5)
    assert mine[2:4] == theirs[2:4]
    for left, right in zip(mine[4], theirs[4], strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-5)


def test_a_loss_that_is_not_finite_ends_the_training(real: Any) -> None:
    for framework in (imitated, real):
        known = framework.train.callback._InternalCallbackParam(cur_epoch_num=1, cur_step_num=1, batch_num=1, dataset_sink_mode=False)
        for value in (np.nan, np.inf):
            known.net_outputs = framework.Tensor(np.float32(value))
            with pytest.raises(ValueError, match="loss is NAN or INF"):
                framework.LossMonitor().step_end(framework.RunContext(known))


def test_several_outputs(real: Any, capsys: Any) -> None:
    """A step with loss scaling gives the loss, whether it overflowed, and the scale."""
    lines = []
    for framework in (imitated, real):
        outputs = (framework.Tensor(np.float32(1.5)), framework.Tensor(False), framework.Tensor(np.float32(1024)))
        known = framework.train.callback._InternalCallbackParam(
            cur_epoch_num=1, cur_step_num=1, batch_num=1, dataset_sink_mode=False, net_outputs=outputs
        )
        history = framework.History()
        for callback in (framework.LossMonitor(), history):
            callback.on_train_begin(framework.RunContext(known))
            callback.on_train_step_end(framework.RunContext(known))
            callback.on_train_epoch_end(framework.RunContext(known))
        lines.append((capsys.readouterr().out, history.epoch, history.history))
    assert lines[0] == lines[1]


def test_what_is_known(real: Any) -> None:
    for framework in (imitated, real):
        known = framework.train.callback._InternalCallbackParam()
        known.step = 3
        assert (known["step"], known.step, known) == (3, 3, {"step": 3})
        with pytest.raises(KeyError):
            known.other  # noqa: B018
        for wrong in (3, [3], (framework.LossMonitor(),)):
            with pytest.raises(TypeError):
                framework.train.callback._CallbackManager(wrong)


@pytest.mark.parametrize("by_file", [False, True])
def test_exit_on_request(tmp_path: Path, by_file: bool) -> None:
    """By MindSpore's documentation: MindSpore 2.10 goes on training after the signal."""
    config = tmp_path / "exit.json"

    def ask(context: Any) -> None:
        if context.original_args().cur_step_num == 2:
            if by_file:
                config.write_text(json.dumps({"GracefulExit": 1}), encoding="utf-8")
            else:
                os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.getsignal(signal.SIGUSR1)
    try:
        steps: list[int] = []
        asking = imitated.LambdaCallback(on_train_step_begin=ask, on_train_step_end=lambda c: steps.append(c.original_args().cur_step_num))
        leaving = imitated.OnRequestExit(save_mindir=False, directory=str(tmp_path), config_file=str(config), sig=signal.SIGUSR1)
        model = model_of(imitated)
        model.train(2, Batches(imitated), [asking, leaving])
        assert steps == [1, 2]
        assert files(tmp_path / "rank_0") == ["Net_train.ckpt"]
        config.unlink(missing_ok=True)
        again = model_of(imitated, {"loss"})
        resuming = imitated.OnRequestExit(save_mindir=False, directory=str(tmp_path), sig=signal.SIGUSR1)
        again.eval(Batches(imitated), [resuming])
        assert weights(again) == weights(model)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_what_can_not_work_says_why() -> None:
    for name in ("SummaryCollector", "SummaryLandscape", "SummaryRecord", "FlopsUtilizationCollector", "TrainFaultTolerance"):
        with pytest.raises(UnsupportedAPI, match=name):
            getattr(imitated, name)("somewhere")
    with pytest.raises(UnsupportedArgument, match="MindIR"):
        imitated.OnRequestExit()
