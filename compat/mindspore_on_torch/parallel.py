"""Settings of training on several devices. They are kept and can be read; in one process nothing depends on them."""

from __future__ import annotations

from typing import Any, ClassVar

from compat import errors


class ParallelMode:
    """mindspore.ParallelMode: the names of the modes."""

    STAND_ALONE = "stand_alone"
    DATA_PARALLEL = "data_parallel"
    HYBRID_PARALLEL = "hybrid_parallel"
    SEMI_AUTO_PARALLEL = "semi_auto_parallel"
    AUTO_PARALLEL = "auto_parallel"
    MODE_LIST: ClassVar[list[str]] = [STAND_ALONE, DATA_PARALLEL, HYBRID_PARALLEL, SEMI_AUTO_PARALLEL, AUTO_PARALLEL]


class Settings:
    """Named values with defaults. ValueError for a name that there is not."""

    def __init__(self, **defaults: Any) -> None:
        self.defaults = defaults
        self.values: dict[str, Any] = {}

    def set(self, given: dict[str, Any]) -> None:
        """Keep values."""
        for name in given:
            if name not in self.defaults:
                raise errors.invalid(ValueError, f"Set context keyword {name} is not recognized!")
        self.values.update(given)

    def get(self, name: str) -> Any:
        """A value, or its default."""
        if name not in self.defaults:
            raise errors.invalid(ValueError, f"Get context keyword {name} is not recognized!")
        return self.values.get(name, self.defaults[name])


auto_parallel = Settings(
    device_num=1, global_rank=0, gradients_mean=False, gradient_fp32_sync=True, parallel_mode=ParallelMode.STAND_ALONE,
    auto_parallel_search_mode="recursive_programming", search_mode="recursive_programming", parameter_broadcast=False,
    strategy_ckpt_load_file="", strategy_ckpt_save_file="", full_batch=False, dataset_strategy="data_parallel",
    enable_parallel_optimizer=False, force_fp32_communication=False, enable_alltoall=False, all_reduce_fusion_config=[],
    pipeline_stages=1, pipeline_result_broadcast=False, auto_parallel_new_interface=False, communi_parallel_mode="all_group_parallel",
    loss_repeated_mean=True, grad_accumulation_step=1, device_num_is_set=False, parameter_broadcast_is_set=False,
    optimizer_weight_shard_size=-1, optimizer_weight_shard_aggregated_save=False, sharding_propagation=False,
    pipeline_config={"pipeline_interleave": False, "pipeline_scheduler": "1f1b"}, comm_fusion={}, strategy_ckpt_config={},
    parallel_optimizer_config={}, group_ckpt_save_file="", dump_local_norm=False,
)  # fmt: skip
algorithm = Settings(
    fully_use_devices=False, elementwise_op_strategy_follow=False, enable_algo_approxi=False, algo_approxi_epsilon=0.1,
    tensor_slice_align_enable=False, tensor_slice_align_size=16,
)  # fmt: skip
parameter_server = Settings(
    enable_ps=False, ms_role="MS_WORKER", worker_num=0, server_num=0, scheduler_ip="", scheduler_port=0, config_file_path="",
    scheduler_manage_port=11202, enable_ssl=False, client_password="", server_password="",
)  # fmt: skip


def set_auto_parallel_context(**kwargs: Any) -> None:
    """mindspore.set_auto_parallel_context. ValueError for a name or mode that there is not."""
    mode = kwargs.get("parallel_mode")
    if mode is not None and mode not in ParallelMode.MODE_LIST:
        reason = f"only support {ParallelMode.MODE_LIST}, but got the value : {mode}."
        raise errors.invalid(ValueError, f"The context configuration parameter 'parallel_mode' {reason}")
    auto_parallel.set(kwargs)


def get_auto_parallel_context(attr_key: str) -> Any:
    """mindspore.get_auto_parallel_context."""
    return auto_parallel.get(attr_key)


def reset_auto_parallel_context() -> None:
    """mindspore.reset_auto_parallel_context: all defaults again."""
    auto_parallel.values.clear()


def set_algo_parameters(**kwargs: Any) -> None:
    """mindspore.set_algo_parameters: settings of the search for parallel strategies."""
    algorithm.set(kwargs)


def get_algo_parameters(attr_key: str) -> Any:
    """mindspore.get_algo_parameters."""
    return algorithm.get(attr_key)


def reset_algo_parameters() -> None:
    """mindspore.reset_algo_parameters: all defaults again."""
    algorithm.values.clear()


def set_ps_context(**kwargs: Any) -> None:
    """mindspore.set_ps_context. UnsupportedArgument for a parameter server, which needs several processes."""
    if kwargs.get("enable_ps"):
        raise errors.UnsupportedArgument("mindspore.set_ps_context", "enable_ps", True, "False: there is one process")
    parameter_server.set(kwargs)


def get_ps_context(attr_key: str) -> Any:
    """mindspore.get_ps_context."""
    return parameter_server.get(attr_key)


def reset_ps_context() -> None:
    """mindspore.reset_ps_context: all defaults again."""
    parameter_server.values.clear()
