"""Settings of a Cell that concern MindSpore's compiler and parallel training: kept, and without effect on one device."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from typing import Any

from compat import errors, frameworks

torch: Any = frameworks.load("torch")


class Settings:
    """The part of a Cell for settings. PyTorch runs every Cell eagerly, in one process."""

    param_prefix = ""
    cell_type: str | None = None
    compiled = False
    compile_phase: str | None = None
    parallel_parameter_name_list: tuple[str, ...] = ()
    _bprop_debug = False
    _set_inputs: Any = None
    _jit_config: Any = None

    @property
    def bprop_debug(self) -> bool:
        """Whether a gradient of the Cell's own is being debugged. Here it runs as plain Python in any case."""
        return self._bprop_debug

    @bprop_debug.setter
    def bprop_debug(self, value: bool) -> None:
        if not isinstance(value, bool):
            reason = f"the property 'bprop_debug' must be bool type, but got type {type(value)}."
            raise errors.invalid(TypeError, f"For 'Cell', {reason}")
        self._bprop_debug = value

    @property
    def jit_config_dict(self) -> dict[str, Any]:
        """What set_jit_config was given."""
        return dict(self._jit_config) if self._jit_config else {}

    def set_jit_config(self, jit_config: Any) -> None:
        """Keep a JitConfig: nothing is compiled."""
        self._jit_config = jit_config.jit_config_dict

    def set_inputs(self: Any, *inputs: Any, **kwargs: Any) -> None:
        """Keep a description of the inputs: shapes are free in PyTorch. ValueError for a name that construct lacks."""
        if not kwargs:
            self._set_inputs = inputs
            return
        names = list(inspect.signature(self.construct).parameters)
        for name in kwargs:
            if name not in names:
                raise errors.invalid(ValueError, f"For dict mode, valid key is {names}, but got {name}!")
        places = [[names.index(name), value] for name, value in kwargs.items()]
        self._set_inputs = {"arg_specified_infos": places, "total_arg_length": len(names)}

    def get_inputs(self) -> Any:
        """What set_inputs was given, or None."""
        return self._set_inputs

    def set_boost(self: Any, boost_type: str) -> Any:
        """Refused: ValueError for an unknown algorithm, UnsupportedArgument for "less_bn"."""
        if boost_type != "less_bn":
            reason = f"the argument 'boost_type' must be 'less_bn', but got {boost_type}."
            raise errors.invalid(ValueError, f"For 'set_boost', {reason}")
        raise errors.UnsupportedArgument("mindspore.nn.Cell.set_boost", "boost_type", boost_type, "a Cell without boost")

    def set_comm_fusion(self: Any, fusion_type: int, recurse: bool = True) -> Any:
        """Mark the trainable Parameters for one fused communication: one process has none."""
        for parameter in self.trainable_params(recurse):
            parameter.comm_fusion = fusion_type
        return self

    def set_data_parallel(self) -> None:
        """Nothing: it is for the automatic search of parallel strategies."""

    def set_broadcast_flag(self, mode: bool = True) -> Any:
        """The Cell. One process has nobody to send Parameters to."""
        return self

    def parameters_broadcast_dict(self: Any, recurse: bool = True) -> OrderedDict[str, Any]:
        """All Parameters by name."""
        return OrderedDict((parameter.name, parameter) for parameter in self.get_parameters(recurse))

    def shard(self, in_strategy: Any, out_strategy: Any = None, parameter_plan: Any = None) -> None:
        """Nothing, as in MindSpore outside of automatic parallel modes."""

    def offload(self, backward_prefetch: Any = "Auto") -> None:
        """ValueError, as in MindSpore outside of graph mode."""
        raise errors.invalid(ValueError, "The Cell offload does not support PyNative mode now.")

    def update_cell_prefix(self: Any) -> None:
        """Let `param_prefix` of every cell be its path."""
        for path, cell in self.cells_and_names():
            cell.param_prefix = path

    def update_cell_type(self, cell_type: str) -> None:
        """Set `cell_type`."""
        self.cell_type = cell_type

    def generate_scope(self) -> None:
        """Nothing: scopes name the operators of a compiled graph."""

    def get_scope(self) -> str | None:
        """None: the scope of an operator in a compiled graph."""
        return None

    def remove_redundant_parameters(self) -> None:
        """Nothing: it is for Parameters cut up for several devices."""

    def cast_inputs(self, inputs: Any, dst_type: Any) -> None:
        """Nothing, as in MindSpore."""

    def flatten_weights(self: Any, fusion_size: int = 0) -> None:
        """Nothing: where the memory of Parameters lies changes no result."""
