"""Layers that learn their input size from the first call."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes
from compat.torch_on_mindspore.autograd import no_grad
from compat.torch_on_mindspore.layers import batch_norm, convolution, linear
from compat.torch_on_mindspore.parameter import Parameter, UninitializedBuffer, UninitializedParameter, is_lazy


class LazyModuleMixin:
    """A module whose uninitialised parameters `initialize_parameters` gives their shapes, at the first call.

    Then it becomes an instance of `cls_to_become`, if that is set.
    """

    cls_to_become: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._load_hook = self._register_load_state_dict_pre_hook(self._take_shapes)  # type: ignore[attr-defined]
        self._initialize_hook = self.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)  # type: ignore[attr-defined]

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shapes, from the arguments of the first call; a subclass overrides it."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        members: Any = self
        return any(map(is_lazy, (*members._parameters.values(), *members._buffers.values())))

    def _take_shapes(self, state_dict: Any, prefix: str, *_rest: Any) -> None:
        """Before loading: take the shapes of what is loaded."""
        members: Any = self
        for name, one in (*members._parameters.items(), *members._buffers.items()):
            given = state_dict.get(prefix + name)
            if is_lazy(one) and given is not None and not is_lazy(given):
                with no_grad():
                    one.materialize(given.shape)

    def _infer_parameters(self, module: Any, args: Any, kwargs: Any) -> None:
        module.initialize_parameters(*args, **kwargs)
        if module.has_uninitialized_params():
            raise invalid(RuntimeError, f"module {self.__class__.__name__} has not been fully initialized")
        self._initialize_hook.remove()
        self._load_hook.remove()
        del self._initialize_hook, self._load_hook
        if self.cls_to_become is not None:
            self.__class__ = self.cls_to_become

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        members: Any = self
        for name, one in members._own_state():
            destination[prefix + name] = one if is_lazy(one) or keep_vars else one.detach()


class LazyLinear(LazyModuleMixin, linear.Linear):
    """A Linear whose `in_features` is that of the first input."""

    cls_to_become = linear.Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False, device, dtype)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Any) -> None:
        if not self.has_uninitialized_params():
            return
        with no_grad():
            self.in_features = input.shape[-1]
            self.weight.materialize((self.out_features, self.in_features))
            if self.bias is not None:
                self.bias.materialize((self.out_features,))
            self.reset_parameters()


class _LazyConvolution(LazyModuleMixin):
    """What the convolutions share: everything but the number of input channels is known. Bias is the seventh parameter of all."""

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, bias: bool = True, **kwargs: Any) -> None:
        before, given, after = args[:4], args[4:5], args[5:]
        bias = given[0] if given else bias
        super().__init__(0, 0, kernel_size, *before, *(False for _ in given), *after, **kwargs, **({} if given else {"bias": False}))
        device, dtype = kwargs.get("device"), kwargs.get("dtype")
        self.weight: Any = UninitializedParameter(device=device, dtype=dtype)
        self.out_channels = out_channels
        if bias:
            self.bias: Any = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        members: Any = self
        if not self.has_uninitialized_params() and members.in_channels != 0:
            members.cls_to_become.reset_parameters(self)

    def initialize_parameters(self, input: Any, *_args: Any, **_kwargs: Any) -> None:
        if not self.has_uninitialized_params():
            return
        members: Any = self
        rank = len(members.kernel_size)
        if input.ndim not in (rank + 1, rank + 2):
            raise invalid(
                RuntimeError,
                f"Expected {rank + 1}D (unbatched) or {rank + 2}D (batched) input to {type(self).__name__}, but got input of size: {input.shape}",
            )
        with no_grad():
            members.in_channels = input.shape[-rank - 1]
            if members.in_channels % members.groups:
                raise invalid(ValueError, "in_channels must be divisible by groups")
            if members.transposed:
                shape = (members.in_channels, self.out_channels // members.groups)
            else:
                shape = (self.out_channels, members.in_channels // members.groups)
            self.weight.materialize((*shape, *members.kernel_size))
            if self.bias is not None:
                self.bias.materialize((self.out_channels,))
            self.reset_parameters()


class LazyConv1d(_LazyConvolution, convolution.Conv1d):
    """A Conv1d whose `in_channels` is that of the first input."""

    cls_to_become = convolution.Conv1d


class LazyConv2d(_LazyConvolution, convolution.Conv2d):
    """A Conv2d whose `in_channels` is that of the first input."""

    cls_to_become = convolution.Conv2d


class LazyConv3d(_LazyConvolution, convolution.Conv3d):
    """A Conv3d whose `in_channels` is that of the first input."""

    cls_to_become = convolution.Conv3d


class LazyConvTranspose1d(_LazyConvolution, convolution.ConvTranspose1d):
    """A ConvTranspose1d whose `in_channels` is that of the first input."""

    cls_to_become = convolution.ConvTranspose1d


class LazyConvTranspose2d(_LazyConvolution, convolution.ConvTranspose2d):
    """A ConvTranspose2d whose `in_channels` is that of the first input."""

    cls_to_become = convolution.ConvTranspose2d


class LazyConvTranspose3d(_LazyConvolution, convolution.ConvTranspose3d):
    """A ConvTranspose3d whose `in_channels` is that of the first input."""

    cls_to_become = convolution.ConvTranspose3d


class _LazyNorm(LazyModuleMixin):
    """What the normalisations share: everything but the number of channels is known."""

    def __init__(
        self,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype)
        options = {"device": device, "dtype": dtype}
        self.affine, self.track_running_stats = affine, track_running_stats
        if affine:
            self.weight = UninitializedParameter(**options)
            if bias:
                self.bias = UninitializedParameter(**options)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(**options)
            self.running_var = UninitializedBuffer(**options)
            self.num_batches_tracked = creation.zeros((), dtype=dtypes.int64)

    def reset_parameters(self) -> None:
        members: Any = self
        if not self.has_uninitialized_params() and members.num_features != 0:
            members.cls_to_become.reset_parameters(self)

    def initialize_parameters(self, input: Any) -> None:
        if not self.has_uninitialized_params():
            return
        members: Any = self
        members.num_features = input.shape[1]
        for name, one in members._parameters.items():
            if is_lazy(one):
                # a new object: MindSpore's BatchNorm goes on seeing the old shape of a parameter that took another
                members._parameters[name] = Parameter(creation.empty(members.num_features, dtype=one.dtype), one.requires_grad)
        for one in filter(is_lazy, members._buffers.values()):
            one.materialize((members.num_features,))
        self.reset_parameters()


class LazyBatchNorm1d(_LazyNorm, batch_norm.BatchNorm1d):
    """A BatchNorm1d whose `num_features` is that of the first input."""

    cls_to_become = batch_norm.BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, batch_norm.BatchNorm2d):
    """A BatchNorm2d whose `num_features` is that of the first input."""

    cls_to_become = batch_norm.BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, batch_norm.BatchNorm3d):
    """A BatchNorm3d whose `num_features` is that of the first input."""

    cls_to_become = batch_norm.BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, batch_norm.InstanceNorm1d):
    """An InstanceNorm1d whose `num_features` is that of the first input."""

    cls_to_become = batch_norm.InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, batch_norm.InstanceNorm2d):
    """An InstanceNorm2d whose `num_features` is that of the first input."""

    cls_to_become = batch_norm.InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, batch_norm.InstanceNorm3d):
    """An InstanceNorm3d whose `num_features` is that of the first input."""

    cls_to_become = batch_norm.InstanceNorm3d
