"""mindspore.train.Model: a network, its loss and its optimizer, trained and evaluated over datasets, with callbacks."""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import context
from compat.mindspore_on_torch.amp import build_train_network
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.layers.layer import check_type
from compat.mindspore_on_torch.serialization.checks import switch
from compat.mindspore_on_torch.tensor import Tensor
from compat.mindspore_on_torch.train import callbacks as known_callbacks
from compat.mindspore_on_torch.train.callbacks import ModelCheckpoint, RunContext, TimeMonitor
from compat.mindspore_on_torch.train.callbacks.base import STAGES, CallbackManager, InternalCallbackParam, whole
from compat.mindspore_on_torch.train.callbacks.checkpoints import unused_prefix
from compat.mindspore_on_torch.train.feeding import Epochs, as_inputs, check_sink_size, network_device, one_by_one, sunk
from compat.mindspore_on_torch.train.metrics import Loss, get_metrics
from compat.mindspore_on_torch.wrap.cells import WithEvalCell, WithLossCell

torch: Any = frameworks.load("torch")
log = logging.getLogger("mindspore")

OPTIONS = ("loss_scale_manager", "keep_batchnorm_fp32", "boost_config_dict", "acc_level")
BUILT_IN = tuple(getattr(known_callbacks, name) for name in known_callbacks.__all__)
PARALLEL = "it lays parameters out over devices by MindSpore's own parallel strategies, which PyTorch has nothing like"


class Model:
    """train.Model(network, loss_fn=None, optimizer=None, metrics=None, eval_network=None, eval_indexes=None, amp_level="O0",
    boost_level="O0", loss_scale_manager=…, keep_batchnorm_fp32=…).

    Without `loss_fn` the network gives its loss itself; without `optimizer` it trains itself. ValueError for options that do
    not fit together, TypeError for a network that is no Cell.
    """

    def __init__(
        self, network: Any, loss_fn: Any = None, optimizer: Any = None, metrics: Any = None, eval_network: Any = None,
        eval_indexes: list[int] | None = None, amp_level: str = "O0", boost_level: str = "O0", **kwargs: Any,
    ) -> None:  # fmt: skip
        self._network = network
        self._loss_fn = loss_fn
        self._optimizer = optimizer
        self._amp_level = amp_level
        self._options = self._checked(kwargs, boost_level)
        self._loss_scale_manager = kwargs.get("loss_scale_manager")
        self._train_network = self._build_train_network()
        self._metric_fns = get_metrics(metrics)
        self._eval_network = eval_network
        self._eval_indexes = eval_indexes
        if self._metric_fns:
            self._build_eval_network()
        self._backbone_is_train = True
        self._epoch = self._step = 0

    def _checked(self, options: dict[str, Any], boost_level: Any) -> dict[str, Any]:
        """The options that building the training network takes."""
        for name in options:
            if name not in OPTIONS:
                raise errors.invalid(ValueError, f"The argument in 'kwargs' should be one of {OPTIONS}, but got '{name}'.")
        if self._optimizer is None and self._amp_level != "O0":
            raise errors.invalid(ValueError, "Auto mixed precision needs an 'optimizer': set it, or amp_level='O0'.")
        level = options.get("acc_level", boost_level)
        if level not in ("O0", "O1", "O2"):
            raise errors.invalid(ValueError, f"The 'boost_level' should be in : ['O0', 'O1', 'O2'], but got {level}.")
        if level != "O0" or options.get("boost_config_dict"):
            raise errors.UnsupportedArgument("mindspore.train.Model", "boost_level", level, '"O0": the boost mode is Ascend\'s')
        return {name: options[name] for name in OPTIONS[:2] if name in options}

    def _build_train_network(self) -> Any:
        check_type(self, Cell, network=self._network)
        if self._optimizer is not None:
            return build_train_network(self._network, self._optimizer, self._loss_fn, level=self._amp_level, **self._options)
        if self._loss_scale_manager is not None:
            raise errors.invalid(ValueError, "The argument 'optimizer' can not be None when set 'loss_scale_manager'.")
        return self._network if self._loss_fn is None else WithLossCell(self._network, self._loss_fn)

    def _build_eval_network(self) -> None:
        if self._eval_network is not None:
            indexes = self._eval_indexes
            if indexes is not None and (not isinstance(indexes, list) or len(indexes) != 3):
                reason = f"must be None or a list of the places of loss, prediction and label, but got {indexes}."
                raise errors.invalid(ValueError, f"The argument 'eval_indexes' {reason}")
            return
        if self._loss_fn is None:
            raise errors.invalid(ValueError, "If 'metrics' is set, 'eval_network' or 'loss_fn' must not be None.")
        self._eval_network = WithEvalCell(self._network, self._loss_fn, self._amp_level in ("O2", "O3", "auto"))
        self._eval_indexes = [0, 1, 2]

    @property
    def train_network(self) -> Any:
        """What a training step calls."""
        return self._train_network

    @property
    def predict_network(self) -> Any:
        """What `predict` calls."""
        return self._network

    @property
    def eval_network(self) -> Any:
        """What a step of evaluation calls; None without metrics."""
        return self._eval_network

    def train(
        self, epoch: int, train_dataset: Any, callbacks: Any = None, dataset_sink_mode: bool = False, sink_size: int = -1,
        initial_epoch: int = 0,
    ) -> None:  # fmt: skip
        """Train up to this epoch. Each takes the whole dataset; on a GPU with `dataset_sink_mode`, `sink_size` steps of it.

        In graph mode such an epoch is one step to the callbacks. TypeError or ValueError for arguments of a wrong type or
        value, and for a dataset without data.
        """
        sink_size = self._checked_run("Model.train", epoch, train_dataset, dataset_sink_mode, sink_size, initial_epoch)
        check_hooks(callbacks, refuse=False)
        self._train(epoch, train_dataset, callbacks, dataset_sink_mode, sink_size, initial_epoch)

    def fit(
        self, epoch: int, train_dataset: Any, valid_dataset: Any = None, valid_frequency: int | list[int] = 1, callbacks: Any = None,
        dataset_sink_mode: bool = False, valid_dataset_sink_mode: bool = False, sink_size: int = -1, initial_epoch: int = 0,
    ) -> None:  # fmt: skip
        """As `train`, with an evaluation after every `valid_frequency` epochs, or after those that it lists.

        ValueError, too, for a `valid_dataset` without metrics and for callbacks with hooks of the older names.
        """
        switch("valid_dataset_sink_mode", valid_dataset_sink_mode)
        sink_size = self._checked_run("Model.fit", epoch, train_dataset, dataset_sink_mode, sink_size, initial_epoch)
        if not isinstance(valid_frequency, (int, list)):
            reason = f"the type of 'valid_frequency' must be a list or an integer, but got type {type(valid_frequency)}."
            raise errors.invalid(TypeError, f"For 'Model.fit', {reason}")
        if valid_dataset is not None and not self._metric_fns:
            raise errors.invalid(ValueError, "For 'Model.fit', the model argument 'metrics' can not be None or empty with a valid_dataset.")
        check_hooks(callbacks, refuse=True)
        self._train(epoch, train_dataset, callbacks, dataset_sink_mode, sink_size, initial_epoch, valid_dataset, valid_frequency)

    def _checked_run(self, name: str, epoch: Any, dataset: Any, sinks: Any, sink_size: Any, initial_epoch: Any) -> int:
        """The number of steps of a sunk epoch."""
        switch("dataset_sink_mode", sinks)
        check_sink_size(name, sink_size)
        whole("epoch", epoch, 1)
        whole("initial_epoch", initial_epoch)
        if initial_epoch >= epoch:
            reason = f"'epoch' must be bigger than 'initial_epoch', but got {epoch} and {initial_epoch}"
            raise errors.invalid(ValueError, f"For '{name}', the parameter {reason}.")
        if getattr(dataset, "_warmup_epoch", epoch) != epoch:
            reason = f"'epoch' should be what Model.build was given, but got {epoch} and {dataset._warmup_epoch}"
            raise errors.invalid(ValueError, f"For '{name}', the parameter {reason}.")
        size = dataset.get_dataset_size()
        if size == 0:
            raise errors.invalid(ValueError, "There is no valid data in dataset, please check dataset file firstly.")
        return int(size if sink_size == -1 else sink_size)

    def _train(
        self, epochs: int, dataset: Any, callbacks: Any, sinks: bool, sink_size: int, initial_epoch: int, valid_dataset: Any = None,
        valid_frequency: int | list[int] = 1,
    ) -> None:  # fmt: skip
        listed = list(callbacks) if isinstance(callbacks, Iterable) else [] if callbacks is None else [callbacks]
        on_device = sinks and context.get_context("device_target") != "CPU"
        known = InternalCallbackParam(
            cur_step_num=0, train_network=self._train_network, epoch_num=epochs - initial_epoch,
            batch_num=sink_size if sinks else dataset.get_dataset_size(), mode="train", loss_fn=self._loss_fn,
            optimizer=self._optimizer, parallel_mode="stand_alone", device_number=1, train_dataset=dataset, list_callback=listed,
            train_dataset_element=None, network=self._network, last_save_ckpt_step=None, latest_ckpt_file=None,
            loss_scale_mananger=self._loss_scale_manager, initial_step=None, dataset_sink_mode=on_device,
        )  # fmt: skip
        with CallbackManager(listed) as hooks:
            if getattr(dataset, "__model_hash__", hash(self)) != hash(self):
                reason = "The dataset object had been used in other model by model.train(...), please create a new dataset."
                raise errors.invalid(RuntimeError, reason)
            dataset.__model_hash__ = hash(self)
            device = network_device(self._network)
            feed = sunk(dataset, sink_size, device) if on_device else one_by_one(dataset, epochs - initial_epoch, device)
            try:
                self._train_epochs(range(initial_epoch + 1, epochs + 1), feed, hooks, known, valid_dataset, valid_frequency)
            except BaseException:
                self._save_at_exception(listed)
                raise

    def _train_epochs(
        self, epochs: range, feed: Epochs, hooks: CallbackManager, known: Any, valid_dataset: Any,
        valid_frequency: int | list[int],
    ) -> None:  # fmt: skip
        run_context = RunContext(known)
        self._start(self._train_network, True)
        hooks.on_train_begin(run_context)
        for epoch, batches in zip(epochs, feed, strict=False):
            known.cur_epoch_num = self._epoch = epoch
            self._step = 0
            hooks.on_train_epoch_begin(run_context)
            for group in batches:
                self._train_step(group, hooks, known, run_context)
                if run_context.get_stop_requested() and not known.dataset_sink_mode:
                    break
            if valid_dataset is not None and due(epoch, valid_frequency):
                self._eval_in_training(valid_dataset, hooks, known)
            if not known.dataset_sink_mode:
                known.train_dataset.reset()
            hooks.on_train_epoch_end(run_context)
            known.pop("metrics", None)
            known.pop("eval_results", None)
            if run_context.get_stop_requested():
                break
        hooks.on_train_end(run_context)

    def _train_step(self, group: list[Any], hooks: CallbackManager, known: Any, run_context: RunContext) -> None:
        """Train on the batches, which are one step to the callbacks."""
        for batch in group:
            if self._loss_fn is not None and len(batch) != 2:
                raise errors.invalid(ValueError, f"With a 'loss_fn', 'train_dataset' should return two elements, but got {len(batch)}.")
        known.cur_step_num += len(group)
        self._step = (known.cur_step_num - 1) % known.batch_num + 1
        known.train_dataset_element = group[-1]
        hooks.on_train_step_begin(run_context)
        self._set_mode(self._train_network, True)
        for batch in group:
            known.net_outputs = self._train_network(*batch)
        manager = self._loss_scale_manager
        if manager and manager.get_drop_overflow_update():
            manager.update_loss_scale(np.all(known.net_outputs[1].asnumpy()))
        hooks.on_train_step_end(run_context)

    def _eval_in_training(self, dataset: Any, hooks: CallbackManager, known: Any) -> None:
        """Evaluate with the callbacks that are not MindSpore's own, and TimeMonitor; what is known of the training stays."""
        kept = {name: known[name] for name in ("cur_step_num", "batch_num", "dataset_sink_mode", "net_outputs")}
        mine = [item for item in hooks._callbacks if isinstance(item, TimeMonitor) or type(item) not in BUILT_IN]
        known.update(eval_network=self._eval_network, valid_dataset=dataset, batch_num=dataset.get_dataset_size(), mode="eval")
        with CallbackManager(mine) as evaluating:
            self._evaluate(dataset, evaluating, known, with_loss=True)
        known.update(kept, mode="train")

    def eval(self, valid_dataset: Any, callbacks: Any = None, dataset_sink_mode: bool = False) -> dict[str, Any]:
        """The metrics over the dataset, by name. TypeError or ValueError for bad arguments and without metrics."""
        switch("dataset_sink_mode", dataset_sink_mode)
        if not self._metric_fns:
            raise errors.invalid(ValueError, "For Model.eval, the model argument 'metrics' can not be None or empty.")
        check_hooks(callbacks, refuse=False)
        listed = list(callbacks) if isinstance(callbacks, Iterable) else [] if callbacks is None else [callbacks]
        known = InternalCallbackParam(
            eval_network=self._eval_network, valid_dataset=valid_dataset, batch_num=valid_dataset.get_dataset_size(), mode="eval",
            list_callback=listed, network=self._network,
        )  # fmt: skip
        with CallbackManager(callbacks) as hooks:
            return self._evaluate(valid_dataset, hooks, known)

    def _evaluate(self, dataset: Any, hooks: CallbackManager, known: Any, with_loss: bool = False) -> dict[str, Any]:
        """With the loss: `eval_results` has, as in MindSpore, that of the last batch as "eval_loss"."""
        metrics: dict[str, Any] = self._metric_fns or {}
        run_context = RunContext(known)
        known.update(cur_step_num=0, dataset_sink_mode=False)
        for metric in metrics.values():
            metric.clear()
        hooks.on_eval_begin(run_context)
        self._start(self._eval_network, False)
        hooks.on_eval_epoch_begin(run_context)
        device, outputs = network_device(self._network), None
        for batch in dataset.create_tuple_iterator(num_epochs=1):
            known.cur_step_num += 1
            known.eval_dataset_element = inputs = as_inputs(batch, device)
            hooks.on_eval_step_begin(run_context)
            self._set_mode(self._eval_network, False)
            with torch.no_grad():
                known.net_outputs = outputs = self._eval_network(*inputs)
            hooks.on_eval_step_end(run_context)
            self._update_metrics(metrics, outputs)
            if run_context.get_stop_requested():
                break
        hooks.on_eval_epoch_end(run_context)
        dataset.reset()
        known.metrics = found = {name: metric.eval() for name, metric in metrics.items()}
        if with_loss:
            known.eval_results = copy.deepcopy(found)
            if self._eval_indexes is not None and outputs is not None:
                last = Loss()
                last.update(outputs[self._eval_indexes[0]])
                known.eval_results["eval_loss"] = last.eval()
        hooks.on_eval_end(run_context)
        return found

    def _update_metrics(self, metrics: dict[str, Any], outputs: Any) -> None:
        given = (outputs,) if isinstance(outputs, Tensor) else outputs
        if not isinstance(given, tuple):
            raise errors.invalid(ValueError, f"The argument 'outputs' should be tuple, but got {type(outputs)}.")
        if self._eval_indexes is not None and len(given) < 3:
            raise errors.invalid(ValueError, f"The length of 'outputs' must be >= 3, but got {len(given)}")
        for metric in metrics.values():
            if self._eval_indexes is None:
                metric.update(*given)
            elif isinstance(metric, Loss):
                metric.update(given[self._eval_indexes[0]])
            else:
                metric.update(given[self._eval_indexes[1]], given[self._eval_indexes[2]])

    def predict(self, *predict_data: Any, backend: str | None = None, config: Any = None) -> Any:
        """What the network gives, in evaluation mode. ValueError for a Tensor without elements or an unknown backend.

        The backend "lite" is MindSpore Lite's; as in MindSpore without it, the network itself runs, with a warning.
        """
        if backend not in ("lite", None):
            raise errors.invalid(ValueError, f"For Model.predict, `backend` should be 'lite' or None, but got {backend}")
        if backend == "lite":
            log.warning("For Model.predict, there is no MindSpore Lite on PyTorch; the network itself runs.")
        self._set_mode(self._network, False)
        for item in predict_data:
            if not isinstance(item, (Tensor, int, float, str, type(None))):
                raise errors.invalid(TypeError, f"The types of input data must be Tensor, None, int, float, str, but got {type(item)}.")
            if isinstance(item, Tensor) and item.size == 0:
                raise errors.invalid(ValueError, "The input data can not be empty.")
        with torch.no_grad():
            return self._network(*as_inputs(predict_data, network_device(self._network)))

    def build(
        self, train_dataset: Any = None, valid_dataset: Any = None, sink_size: int = -1, epoch: int = 1, sink_mode: bool = True
    ) -> None:
        """Nothing to compile ahead: checks its arguments, and that a later training has this number of epochs."""
        whole("epoch", epoch, 1)
        if train_dataset is None and valid_dataset is None:
            raise errors.invalid(ValueError, "The argument 'train_dataset' and 'valid_dataset' can not both be None or empty.")
        if valid_dataset is not None and not self._metric_fns:
            raise errors.invalid(RuntimeError, "If define `valid_dataset`, metric fn can not be None or empty.")
        if train_dataset is not None and sink_mode:
            train_dataset._warmup_epoch = epoch

    def infer_predict_layout(self, *predict_data: Any, skip_backend_compile: bool = False) -> Any:
        """UnsupportedAPI: parameters are not laid out over devices."""
        raise errors.UnsupportedAPI(f"mindspore.train.Model.infer_predict_layout can't work on PyTorch: {PARALLEL}")

    def infer_train_layout(self, train_dataset: Any, dataset_sink_mode: bool = True, sink_size: int = -1) -> Any:
        """UnsupportedAPI: parameters are not laid out over devices."""
        raise errors.UnsupportedAPI(f"mindspore.train.Model.infer_train_layout can't work on PyTorch: {PARALLEL}")

    def _start(self, network: Any, training: bool) -> None:
        network.set_train(training)
        self._backbone_is_train = training

    def _set_mode(self, network: Any, training: bool) -> None:
        """Only if another run changed it: what a callback has set stays."""
        if self._backbone_is_train != training:
            self._start(network, training)

    def _save_at_exception(self, listed: list[Any]) -> None:
        """Save for the ModelCheckpoint that asks for it, in `PREFIX-EPOCH_STEP_breakpoint.ckpt`."""
        for item in listed:
            if isinstance(item, ModelCheckpoint) and item._config.exception_save and not callable(item._exception_prefix):
                prefix = unused_prefix(item._directory, item._exception_prefix, r"_breakpoint\.ckpt")
                name = f"{prefix}-{self._epoch}_{self._step}_breakpoint.ckpt"
                item.write(os.path.join(item._directory, name), self._train_network, self._epoch, self._step)


def check_hooks(callbacks: Any, refuse: bool) -> None:
    """Hooks of the older names in callbacks that are not MindSpore's own: a warning, or ValueError."""
    for callback in callbacks if isinstance(callbacks, list) else [callbacks]:
        older = sorted(set(STAGES) & set(vars(type(callback)))) if callback is not None and type(callback) not in BUILT_IN else []
        if older:
            reason = f"callback {type(callback).__name__} has {older}; name hooks with the prefix 'on_train' or 'on_eval' instead."
            if refuse:
                raise errors.invalid(ValueError, f"For 'Model.fit', the {reason}")
            log.warning("The %s", reason)


def due(epoch: int, frequency: int | list[int]) -> bool:
    """Whether an epoch ends with an evaluation."""
    return epoch % frequency == 0 if isinstance(frequency, int) else epoch in frequency
