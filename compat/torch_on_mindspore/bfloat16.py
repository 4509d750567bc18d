"""Operations on bfloat16, for which MindSpore's CPU has few kernels: computed in float32 and rounded once, as PyTorch's own do on CPU.

Gradients are computed in float32 with them: the casts belong to the history. Until a tensor of bfloat16 has been met
(`dtypes.BFLOAT16_MET`), no call looks for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.engine import TensorBase
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.linear_maps import Adjoint
from compat.torch_on_mindspore.tensor import as_tensor, cast

MET = dtypes.BFLOAT16_MET
# What is called with bfloat16 as it is: views, which share storage; what only asks; what draws numbers by the dtype; and what sees to
# it itself, as batch_norm, whose kernel moves the running statistics without a trace.
NAMES = """
_batch_norm_with_update _native_batch_norm_legit adjoint as_strided as_tensor asarray atleast_1d atleast_2d atleast_3d batch_norm
bernoulli broadcast_tensors broadcast_to chunk clone conj detach diagonal dsplit flatten histc hsplit imag instance_norm is_complex
is_floating_point is_nonzero is_same_size is_signed linalg_diagonal meshgrid moveaxis movedim multinomial narrow native_batch_norm
nextafter normal numel permute positive rand_like randint_like randn_like ravel real reshape resolve_conj resolve_neg select split
split_with_sizes squeeze swapaxes swapdims t tensor tensor_split transpose unbind unflatten unsafe_chunk unsafe_split
unsafe_split_with_sizes unsqueeze view_as_complex view_as_real view_copy vsplit
"""
# What PyTorch has no kernel for either, and refuses: found by calling it.
REFUSING = """
cdist cholesky cholesky_inverse cholesky_solve complex ctc_loss det fft_fft fft_fft2 fft_fftn fft_hfft fft_hfft2 fft_hfftn fft_ifft
fft_ifft2 fft_ifftn fft_ihfft fft_ihfft2 fft_ihfftn fft_irfft fft_irfft2 fft_irfftn fft_rfft fft_rfft2 fft_rfftn geqrf histogramdd inverse
linalg_cholesky linalg_cholesky_ex linalg_cond linalg_det linalg_eig linalg_eigh linalg_eigvals linalg_eigvalsh linalg_householder_product
linalg_inv linalg_inv_ex linalg_ldl_factor linalg_ldl_factor_ex linalg_ldl_solve linalg_lstsq linalg_lu linalg_lu_factor
linalg_lu_factor_ex linalg_lu_solve linalg_matrix_rank linalg_pinv linalg_qr linalg_slogdet linalg_solve linalg_solve_ex
linalg_solve_triangular linalg_svd linalg_svdvals linalg_tensorinv linalg_tensorsolve linalg_vander logdet lu lu_solve multi_margin_loss
multilabel_margin_loss nanquantile orgqr ormqr pca_lowrank pinverse polar qr quantile slogdet special_chebyshev_polynomial_t
special_chebyshev_polynomial_u special_chebyshev_polynomial_v special_chebyshev_polynomial_w special_hermite_polynomial_h
special_hermite_polynomial_he special_laguerre_polynomial_l special_legendre_polynomial_p special_shifted_chebyshev_polynomial_t
special_shifted_chebyshev_polynomial_u special_shifted_chebyshev_polynomial_v special_shifted_chebyshev_polynomial_w stft svd svd_lowrank
triangular_solve
"""
REFUSED = frozenset(REFUSING.split())
AS_THEY_ARE = frozenset(NAMES.split()) | REFUSED


def among(values: Iterable[Any], named: dict[str, Any] | None = None) -> bool:
    """Whether a tensor of bfloat16 is among the arguments, or in a list or tuple among them."""
    for value in values:
        if isinstance(value, TensorBase):
            if dtypes.of(value) is dtypes.bfloat16:
                return True
        elif type(value) in (list, tuple) and among(value):
            return True
    return bool(named) and among(named.values())  # type: ignore[union-attr]


def called(operation: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`operation` of these arguments, in float32 if bfloat16 is among them."""
    return in_float32(operation, args, kwargs) if MET and among(args, kwargs) else operation(*args, **kwargs)


def in_float32(operation: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What `operation` makes of the arguments in float32, in bfloat16; what it writes into them is written into those given.

    float32 beside bfloat16 becomes float64, so that the results tell which of them is whose. What can't be computed so is
    called as it was, for PyTorch's error.
    """
    engine.record()  # an argument that MindSpore could not read has ended the recording
    wide = _Wide((*args, *kwargs.values()))
    try:
        found = operation(*map(wide.of, args), **{name: wide.of(value) for name, value in kwargs.items()})
    except Exception:
        if wide.written():
            raise
        return operation(*args, **kwargs)
    wide.write_back()
    return wide.back(found)


class _Wide:
    """The arguments of one call in the wider dtypes, and the way back."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        kinds = set(_kinds(values))
        mixed = dtypes.float32 in kinds and dtypes.float64 not in kinds
        self.wider = {dtypes.bfloat16: dtypes.float32, **({dtypes.float32: dtypes.float64} if mixed else {})}
        self.narrower = {wide: own for own, wide in self.wider.items()}
        self.made: dict[int, tuple[Any, Any, int]] = {}  # by the given tensor: it, that in a wider dtype, and its version then
        self.given: dict[int, Any] = {}  # by the tensor in a wider dtype

    def of(self, value: Any) -> Any:
        if isinstance(value, TensorBase):
            return self._cast(value)
        if type(value) in (list, tuple):
            return type(value)(map(self.of, value))
        return self.wider.get(value, value) if isinstance(value, dtypes.dtype) else value

    def _cast(self, tensor: Any) -> Any:
        if id(tensor) in self.made:
            return self.made[id(tensor)][1]
        wider = self.wider.get(dtypes.of(tensor))
        if wider is None:
            return tensor
        made = cast(tensor, wider)
        self.made[id(tensor)] = tensor, made, engine.version(made)
        self.given[id(made)] = tensor
        return made

    def written(self) -> list[tuple[Any, Any]]:
        """The arguments that were written to: as given, and in a wider dtype."""
        return [(given, made) for given, made, version in self.made.values() if engine.version(made) != version]

    def write_back(self) -> None:
        from compat.torch_on_mindspore.storage import write

        for given, made in self.written():
            write(given, made)

    def back(self, value: Any) -> Any:
        if isinstance(value, TensorBase):
            if id(value) in self.given:
                return self.given[id(value)]
            narrower = self.narrower.get(dtypes.of(value))
            return value if narrower is None else cast(value, narrower)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self.back, value))
        return type(value)(map(self.back, value)) if type(value) in (list, tuple) else value


def _kinds(values: Iterable[Any]) -> Iterable[Any]:
    """The dtypes of the tensors among the values, and those that are among them."""
    for value in values:
        if isinstance(value, TensorBase):
            yield dtypes.of(value)
        elif isinstance(value, dtypes.dtype):
            yield dtypes.OF.get(value)
        elif type(value) in (list, tuple):
            yield from _kinds(value)


# --- views ---


class Seen(Function):
    """A view of a tensor of bfloat16, whose gradient is that of the same view in float32: MindSpore has no kernels for it in bfloat16."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, operation: Callable[..., Any], source: Any, *args: Any) -> Any:
        ctx.operation, ctx.args, ctx.shape = operation, args, tuple(source.shape)
        return operation(source, *args)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        operation, args = ctx.operation, ctx.args
        found = Adjoint.apply(lambda whole: operation(whole, *args), ctx.shape, dtypes.float32, cast(gradient, dtypes.float32))
        return None, cast(as_tensor(found), dtypes.bfloat16), *(None for _ in args)


def view(operation: Callable[..., Any], source: Any, *args: Any) -> Any:
    """`operation(source, *args)`, a view of a tensor of bfloat16."""
    if engine.grad_enabled() and engine.requires_grad(source):
        return Seen.apply(operation, source, *args)
    return operation(source, *args)
