"""Model over a dataset: hooks and what they see, printed lines, weights and metrics, beside MindSpore's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import compat.mindspore as imitated

X = np.random.default_rng(0).random((12, 3)).astype(np.float32)
Y = X @ np.array([[1.0], [2.0], [3.0]], np.float32)
STAGES = ("begin", "epoch_begin", "epoch_end", "step_begin", "step_end", "end")
HOOKS = [f"on_{mode}_{stage}" for mode in ("train", "eval") for stage in STAGES]


class Batches:
    """What Model asks of a dataset; both frameworks take it."""

    def __init__(self, framework: Any, rows: int = 12, columns: int = 2, size: int = 4) -> None:
        self.framework, self.rows, self.columns, self.size = framework, rows, columns, size

    def get_dataset_size(self) -> int:
        return -(-self.rows // self.size)

    def create_tuple_iterator(self, **_: Any) -> Any:
        return Passes(self)

    def __iter__(self) -> Any:
        for start in range(0, self.rows, self.size):
            rows = slice(start, min(start + self.size, self.rows))
            yield [self.framework.Tensor(column[rows]) for column in (X, Y, Y)[: self.columns]]

    def reset(self) -> None:
        pass

    def get_init_step(self) -> int:
        return 0


class Passes:
    """An iterator that starts again after its end."""

    def __init__(self, batches: Batches) -> None:
        self.batches, self.running = batches, iter(batches)

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        for batch in self.running:
            return batch
        self.running = iter(self.batches)
        raise StopIteration


def model_of(framework: Any, metrics: Any = None, optimizer: bool = True, **options: Any) -> Any:
    nn = framework.nn
    net = nn.Dense(3, 1, weight_init=framework.Tensor(np.full((1, 3), 0.1, np.float32)), bias_init="zeros")
    step = nn.Momentum(net.trainable_params(), 0.1, 0.9) if optimizer else None
    return framework.train.Model(net, nn.MSELoss(), step, metrics=metrics, **options)


def weights(model: Any) -> list[Any]:
    return [parameter.asnumpy().tolist() for parameter in model.predict_network.get_parameters()]


def recorder(framework: Any, names: list[str], stop_at: str = "") -> Any:
    """A callback that writes down each hook and what it finds."""

    class Recorder(framework.train.Callback):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            self.seen: list[Any] = []

        def __enter__(self) -> Any:
            self.seen.append("enter")
            return self

        def __exit__(self, *error: Any) -> None:
            self.seen.append("exit")

    def hook(name: str) -> Callable[[Any, Any], None]:
        def record(self: Any, run_context: Any) -> None:
            known = run_context.original_args()
            state = [known.get(key) for key in ("mode", "cur_epoch_num", "cur_step_num", "batch_num", "dataset_sink_mode", "epoch_num")]
            outputs = known.get("net_outputs")
            shown = [outputs] if not isinstance(outputs, tuple) else list(outputs)
            values = [round(float(item.asnumpy().sum()), 4) for item in shown if item is not None]
            self.seen.append((name, *state, values, sorted(known)))
            if f"{name}{known.cur_step_num}" == stop_at:
                run_context.request_stop()

        return record

    for name in names:
        setattr(Recorder, name, hook(name))
    return Recorder()


RUNS: dict[str, Callable[[Any, Any], Any]] = {
    "train": lambda f, cb: model_of(f).train(2, Batches(f), cb),
    "train from an epoch on": lambda f, cb: model_of(f).train(3, Batches(f), [cb], initial_epoch=1),
    "train, sinking": lambda f, cb: model_of(f).train(2, Batches(f), [cb], dataset_sink_mode=True, sink_size=2),
    "train without an optimizer": lambda f, cb: model_of(f, optimizer=False).train(1, Batches(f), [cb]),
    "fit": lambda f, cb: model_of(f, {"mae", "loss"}).fit(2, Batches(f), Batches(f, 8), callbacks=cb),
    "fit, every second epoch": lambda f, cb: model_of(f, {"loss"}).fit(4, Batches(f), Batches(f), 2, callbacks=[cb]),
    "fit, listed epochs": lambda f, cb: model_of(f, {"loss"}).fit(4, Batches(f), Batches(f), [1, 4], [cb], initial_epoch=1),
    "fit without a valid_dataset": lambda f, cb: model_of(f, {"loss"}).fit(1, Batches(f), callbacks=[cb]),
    "eval": lambda f, cb: model_of(f, {"mae", "mse", "loss"}).eval(Batches(f), cb),
    "eval, sinking": lambda f, cb: model_of(f, {"loss"}).eval(Batches(f), [cb], dataset_sink_mode=True),
}  # fmt: skip


@pytest.mark.parametrize("stop_at", ["", "on_train_step_end2", "on_train_epoch_end3", "on_eval_step_end1"])
@pytest.mark.parametrize("run", RUNS)
def test_hooks_see_the_same(real: Any, run: str, stop_at: str) -> None:
    seen, results = [], []
    for framework in (imitated, real):
        callback = recorder(framework, HOOKS, stop_at)
        results.append(RUNS[run](framework, callback))
        seen.append(callback.seen)
    assert seen[0] == seen[1]
    assert results[0] == (pytest.approx(results[1], rel=1e-5) if results[1] else None)


@pytest.mark.parametrize("run", [run for run in RUNS if not run.startswith("fit")])
def test_hooks_of_the_older_names(real: Any, run: str) -> None:
    seen = []
    for framework in (imitated, real):
        callback = recorder(framework, list(STAGES))
        RUNS[run](framework, callback)
        seen.append(callback.seen)
    assert seen[0] == seen[1]


def printed(capsys: Any, run: Callable[[Any], Any], framework: Any) -> list[str]:
    capsys.readouterr()
    run(framework)
    return [masked(line) for line in capsys.readouterr().out.splitlines()]


def masked(line: str) -> str:
    """Times are masked, other numbers rounded to 4 digits: a loss is a float32, and they differ in the last."""
    line = re.sub(r" *[0-9.]+ ms", " # ms", line)
    return re.sub(r"\d+\.\d+", lambda match: f"{float(match[0]):.4g}", line)


def epochs_with(*names: str, times: int = 2, **options: Any) -> Callable[[Any], Any]:
    """Train with these callbacks of MindSpore's, made with their options, or fit with metrics."""

    def run(f: Any) -> Any:
        made = [getattr(f.train, name)(**options.get(name, {})) for name in names]
        return model_of(f, {"loss", "mae"}).fit(times, Batches(f), Batches(f, 8), callbacks=made)

    return run


PRINTED: dict[str, Callable[[Any], Any]] = {
    "each loss": epochs_with("LossMonitor"),
    "each second loss": epochs_with("LossMonitor", LossMonitor={"per_print_times": 2}),
    "no loss": epochs_with("LossMonitor", LossMonitor={"per_print_times": 0}),
    "a loss of every fifth step": epochs_with("LossMonitor", times=4, LossMonitor={"per_print_times": 5}),
    "times": epochs_with("TimeMonitor"),
    "times with those of the data": epochs_with("TimeMonitor", TimeMonitor={"data_time": True}),
    "losses and times": epochs_with("LossMonitor", "TimeMonitor"),
    "eval with times": lambda f: model_of(f, {"loss"}).eval(Batches(f), [f.train.TimeMonitor(), f.train.LossMonitor()][:1]),
    "a monitor used twice": lambda f: [model_of(f).train(2, Batches(f), monitor) for monitor in [f.train.LossMonitor(2)] * 2],
}


@pytest.mark.parametrize("case", PRINTED)
def test_printed_lines(capsys: Any, real: Any, case: str) -> None:
    lines = printed(capsys, PRINTED[case], imitated)
    assert lines == printed(capsys, PRINTED[case], real)


def test_weights_and_predictions(real: Any) -> None:
    found = []
    for framework in (imitated, real):
        model = model_of(framework, {"mae"})
        before = model.predict(framework.Tensor(X)).asnumpy()
        model.train(3, Batches(framework))
        metrics = model.eval(Batches(framework))
        model.fit(2, Batches(framework))
        found.append((before, weights(model), metrics, model.predict(framework.Tensor(X), backend="lite").asnumpy()))
        assert not model.predict_network.training
    for mine, theirs in zip(*found, strict=True):
        if isinstance(mine, dict):
            assert mine == pytest.approx(theirs, rel=1e-5)
        else:
            for left, right in zip(mine, theirs, strict=True):
                np.testing.assert_allclose(left, right, rtol=1e-5)


def over_a_pipeline(f: Any) -> Any:
    """A dataset of MindSpore's, shuffled by its own generator, with a remainder."""
    ds = f.dataset
    ds.config.set_seed(3)
    rows = ds.NumpySlicesDataset({"x": X, "y": Y}, shuffle=False).map(lambda x: x * 2, "x").batch(5)
    model = model_of(f, {"mae", "loss"})
    steps = f.History()
    model.fit(2, rows, ds.GeneratorDataset(lambda: zip(X, Y, strict=True), ["x", "y"], shuffle=False).batch(6), callbacks=[steps])
    return weights(model), model.eval(rows), steps.epoch


def test_over_a_pipeline(real: Any) -> None:
    mine, theirs = over_a_pipeline(imitated), over_a_pipeline(real)
    for left, right in zip(mine[0], theirs[0], strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-5)
    assert mine[1] == pytest.approx(theirs[1], rel=1e-5)
    assert mine[2] == theirs[2]


def scaled(f: Any, manager: Any, scale: float = 1.0) -> Any:
    net = f.nn.Dense(3, 1, weight_init=f.Tensor(np.full((1, 3), 0.1, np.float32)), bias_init="zeros")
    model = f.Model(net, f.nn.MSELoss(), f.nn.Momentum(net.trainable_params(), 0.1, 0.9, loss_scale=scale), loss_scale_manager=manager)
    seen: list[Any] = []
    model.train(2, Batches(f), f.LambdaCallback(on_train_step_end=lambda context: seen.append(context.original_args().net_outputs)))
    return seen, weights(model)


def test_loss_scaling(real: Any) -> None:
    (_, mine), (_, theirs) = (scaled(f, f.FixedLossScaleManager(128.0, False), 128.0) for f in (imitated, real))
    for left, right in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-5)
    # MindSpore refuses on CPU what leaves out steps. Here: the scale doubles after three good steps, and the manager knows.
    manager = imitated.DynamicLossScaleManager(2**10, 2, 3)
    seen, weighed = scaled(imitated, manager)
    assert [float(scale) for _, _, scale in seen] == [1024.0] * 3 + [2048.0] * 3
    assert manager.get_loss_scale() == 4096.0
    for left, right in zip(weighed, mine, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-5)


def test_the_networks(real: Any) -> None:
    for framework in (imitated, real):
        model = model_of(framework, {"loss"})
        names = [type(item).__name__ for item in (model.train_network, model.eval_network, model.predict_network)]
        assert names == ["TrainOneStepCell", "WithEvalCell", "Dense"]
        assert type(model_of(framework, optimizer=False).train_network).__name__ == "WithLossCell"
        assert model_of(framework).eval_network is None
        network = model.predict_network
        assert framework.train.Model(network).train_network is network


def evaluated(framework: Any, indexes: Any) -> Any:
    class Both(framework.nn.Cell):  # type: ignore[misc, name-defined]
        def construct(self, x: Any, y: Any) -> Any:
            return y - x[:, :1], x[:, :1], y

    metrics = (
        {"loss": framework.train.Loss(), "mse": framework.train.MSE()} if indexes else {"mse": framework.train.MSE().set_indexes([1, 2])}
    )
    model = framework.train.Model(Both(), eval_network=Both(), metrics=metrics, eval_indexes=indexes)
    return model.eval(Batches(framework, columns=2))


def test_an_eval_network(real: Any) -> None:
    for indexes in ([0, 1, 2], None):
        if indexes:  # the loss must be a number or a row: (N, 1) is neither
            for framework in (imitated, real):
                with pytest.raises(ValueError, match="dimension"):
                    evaluated(framework, indexes)
        else:
            assert evaluated(imitated, indexes) == pytest.approx(evaluated(real, indexes), rel=1e-5)


def wrong_models(f: Any) -> dict[str, Callable[[], Any]]:
    model = f.train.Model
    net, loss = f.nn.Dense(3, 1), f.nn.MSELoss()
    step = f.nn.Momentum(net.trainable_params(), 0.1, 0.9)
    return {
        "option": lambda: model(net, foo=1),
        "network": lambda: model(3),
        "amp without optimizer": lambda: model(net, loss, amp_level="O2"),
        "amp level": lambda: model(net, loss, step, amp_level="O9"),
        "amp type": lambda: model(net, loss, step, amp_level=3),
        "boost level": lambda: model(net, loss, step, boost_level="O9"),
        "optimizer": lambda: model(net, loss, 3),
        "metrics without loss": lambda: model(net, metrics={"acc"}),
        "metrics": lambda: model(net, loss, metrics=["acc"]),
        "two indexes": lambda: model(net, metrics={"acc"}, eval_network=net, eval_indexes=[0, 1]),
        "indexes": lambda: model(net, metrics={"acc"}, eval_network=net, eval_indexes=3),
        "scale without optimizer": lambda: model(net, loss, loss_scale_manager=f.FixedLossScaleManager()),
        "scale": lambda: model(net, loss, step, loss_scale_manager=3),
        "batch norm": lambda: model(net, loss, step, keep_batchnorm_fp32=3),
    }


def wrong_runs(f: Any) -> dict[str, Callable[[], Any]]:
    train = f.train
    values: list[tuple[Any, dict[str, Any]]] = [
        *((epoch, {}) for epoch in (0, -1, "a", 1.5, True)),
        *((2, {"initial_epoch": first}) for first in (2, -1, "a")),
        *((1, {"sink_size": size}) for size in (0, -2, "a")),
        (1, {"dataset_sink_mode": 3}),
        (1, {"callbacks": 3}),
        (1, {"callbacks": [3]}),
    ]
    older = type("Older", (train.Callback,), {"step_end": lambda *_: None})
    runs = {f"train {value}": lambda value=value: model_of(f).train(value[0], Batches(f), **value[1]) for value in values}
    runs |= {
        f"fit {value}": lambda value=value: model_of(f, {"loss"}).fit(value[0], Batches(f), Batches(f), **value[1]) for value in values
    }
    for every in ("a", 0, (1,)):
        runs[f"every {every}"] = lambda every=every: model_of(f, {"loss"}).fit(1, Batches(f), Batches(f), every)
    return runs | {
        "valid sink": lambda: model_of(f, {"loss"}).fit(1, Batches(f), Batches(f), valid_dataset_sink_mode=3),
        "fit without metrics": lambda: model_of(f).fit(1, Batches(f), Batches(f)),
        "fit with older hooks": lambda: model_of(f).fit(1, Batches(f), callbacks=[older()]),
        "eval without metrics": lambda: model_of(f).eval(Batches(f)),
        "eval sink": lambda: model_of(f, {"loss"}).eval(Batches(f), dataset_sink_mode=3),
        "eval with a tuple": lambda: model_of(f, {"loss"}).eval(Batches(f), (train.LossMonitor(),)),
        "no data": lambda: model_of(f).train(1, Batches(f, 0)),
        "three columns": lambda: model_of(f).train(1, Batches(f, columns=3)),
        "one column": lambda: model_of(f).train(1, Batches(f, columns=1)),
        "a dataset of two models": lambda: [model_of(f).train(1, data) for data in [Batches(f)] * 2],
        "predict an array": lambda: model_of(f).predict(X),
        "predict a list": lambda: model_of(f).predict([f.Tensor(X)]),
        "predict nothing": lambda: model_of(f).predict(f.Tensor(X[:0])),
        "backend": lambda: model_of(f).predict(f.Tensor(X), backend="x"),
        "layout": lambda: model_of(f).infer_predict_layout(f.Tensor(X)),
        "train layout": lambda: model_of(f).infer_train_layout(Batches(f)),
        "build no epochs": lambda: model_of(f).build(Batches(f), epoch=0),
    }


def raised_by(call: Callable[[], Any]) -> Exception | None:
    try:
        call()
    except Exception as error:
        return error
    return None


@pytest.mark.parametrize("cases", [wrong_models, wrong_runs])
def test_errors(real: Any, cases: Callable[[Any], dict[str, Callable[[], Any]]]) -> None:
    mine, theirs = cases(imitated), cases(real)
    for name, call in theirs.items():
        with pytest.raises(Exception) as expected:  # noqa: PT011 - its type is what the test is about
            call()
        assert raised_by(mine[name]) is not None, name
        assert isinstance(raised_by(mine[name]), expected.type), name


def test_build() -> None:
    """There is nothing to build on PyTorch; on CPU MindSpore refuses."""
    model, data = model_of(imitated), Batches(imitated)
    model.build(data, epoch=2)
    with pytest.raises(ValueError, match="build"):
        model.train(1, data)
    model.train(2, data)
    with pytest.raises(ValueError, match="None or empty"):
        model.build()
    with pytest.raises(RuntimeError, match="metric"):
        model.build(valid_dataset=data)


def test_a_sunk_epoch_takes_sink_size_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """On another device than the CPU, by MindSpore's documentation; the steps of the next epoch go on where it ended."""
    from compat.mindspore_on_torch import context

    monkeypatch.setitem(context.state, "device_target", "GPU")
    for mode, steps in ((context.PYNATIVE_MODE, [1, 2, 3, 4]), (context.GRAPH_MODE, [2, 4])):
        monkeypatch.setitem(context.state, "mode", mode)
        callback = recorder(imitated, HOOKS)
        model = model_of(imitated)
        model.train(2, Batches(imitated), callback, dataset_sink_mode=True, sink_size=2)
        assert [step for name, _, _, step, *_ in (item for item in callback.seen if len(item) > 5) if name == "on_train_step_end"] == steps
        one_after_the_other = model_of(imitated)
        for batch in [*Batches(imitated), *Batches(imitated)][:4]:
            one_after_the_other.train_network.set_train()(*batch)
        assert weights(model) == weights(one_after_the_other)


def test_dataset_helper(real: Any) -> None:
    for framework in (imitated, real):
        helper = framework.train.DatasetHelper(Batches(framework), False)
        assert [[column.shape for column in batch] for batch in helper] == [[(4, 3), (4, 1)]] * 3
        with pytest.raises(AttributeError):
            helper.sink_size()
        with pytest.raises(RuntimeError):
            framework.train.connect_network_with_dataset(framework.nn.Dense(3, 1), helper)
        for wrong in ((3,), (False, "a"), (False, 0), (False, -2), (False, 1.5)):
            with pytest.raises((TypeError, ValueError)):
                framework.train.DatasetHelper(Batches(framework), *wrong)
        for wrong in (0, -1, "a"):
            with pytest.raises((TypeError, ValueError)):
                framework.data_sink(lambda *columns: columns, Batches(framework), wrong)


def test_sinking() -> None:
    """By MindSpore's documentation: it sinks on Ascend and GPU alone."""
    helper = imitated.DatasetHelper(Batches(imitated), sink_size=2)
    network = imitated.connect_network_with_dataset(Sums(), helper)
    found = [float(network(*inputs)) for _ in range(2) for inputs in helper]
    sums = [float(X[start : start + 4].sum()) for start in (0, 4, 8, 0)]
    assert found == pytest.approx(sums)
    assert helper.sink_size() == 2
    step = imitated.data_sink(lambda *columns: columns[0].sum(), Batches(imitated), sink_size=2)
    assert [float(step()) for _ in range(2)] == pytest.approx(sums[1::2])


class Sums(imitated.nn.Cell):  # type: ignore[misc, name-defined]
    def construct(self, *columns: Any) -> Any:
        return columns[0].sum()
