"""Every operation by its public name: which are functions of torch, which are methods of Tensor, and which are both."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from compat.torch_on_mindspore import (
    arithmetic,
    comparison,
    copies,
    creation,
    cumulative,
    diagonals,
    einsum,
    factorizations,
    fourier,
    histograms,
    householder,
    indexing,
    joining,
    linear_algebra,
    low_rank,
    lu,
    masked,
    masked_indexing,
    norms,
    operands,
    pointwise,
    polynomials,
    products,
    properties,
    rearranging,
    reductions,
    sampling,
    scatter,
    segments,
    shaping,
    short_time,
    sorting,
    special,
    spectra,
    statistics,
    windows,
)
from compat.torch_on_mindspore.arithmetic import TABLED
from compat.torch_on_mindspore.environment import aten
from compat.torch_on_mindspore.functional import activations, grids, native_norm, softmax

Table = dict[str, Callable[..., Any]]


def named(module: ModuleType, names: str) -> Table:
    return {name: getattr(module, name) for name in names.split()}


# both `torch.name` and `Tensor.name`
SHARED: Table = {
    **TABLED,
    **named(arithmetic, "add sub mul div floor_divide remainder pow neg abs clamp bitwise_not logical_not"),
    **named(comparison, "equal allclose isclose isin isreal isposinf isneginf heaviside maximum minimum fmax fmin"),
    **named(
        pointwise,
        "addcmul addcdiv lerp fmod atan2 copysign hypot nextafter gcd lcm bitwise_left_shift bitwise_right_shift float_power ldexp frac "
        "sgn sign signbit positive deg2rad rad2deg nan_to_num clamp_min clamp_max square round conj angle frexp",
    ),
    **named(reductions, "sum mean prod var std all any amax amin max min argmax argmin logsumexp"),
    **named(cumulative, "cumsum cumprod cummax cummin logcumsumexp diff"),
    **named(sorting, "sort argsort topk msort kthvalue unique unique_consecutive"),
    **named(
        statistics,
        "nansum nanmean median nanmedian mode quantile nanquantile aminmax count_nonzero cov corrcoef",
    ),
    **named(histograms, "bincount histc histogram"),
    **named(shaping, "reshape flatten unflatten unsqueeze squeeze permute transpose t movedim tile select narrow split chunk unbind"),
    **named(
        rearranging,
        "flip fliplr flipud roll rot90 repeat_interleave as_strided swapaxes swapdims moveaxis ravel adjoint narrow_copy",
    ),
    **named(joining, "tensor_split hsplit vsplit dsplit split_with_sizes broadcast_to"),
    **named(diagonals, "diagonal diag diag_embed diagflat tril triu trace"),
    **named(indexing, "gather index_select masked_fill masked_select nonzero nonzero_static"),
    **copies.SHARED,
    **named(
        scatter,
        "scatter scatter_add scatter_reduce index_add index_copy index_fill index_reduce index_put put take take_along_dim masked_scatter "
        "select_scatter slice_scatter diagonal_scatter as_strided_scatter",
    ),
    **named(products, "matmul mm bmm dot mv vdot inner outer addmm addmv addr baddbmm addbmm kron cross"),
    **named(norms, "norm dist renorm"),
    "logdet": factorizations.logdet, "det": factorizations.of_input(factorizations.det),
    "slogdet": factorizations.of_input(factorizations.slogdet), "inverse": factorizations.of_input(factorizations.inv),
    **named(linear_algebra, "cholesky_inverse cholesky_solve matrix_power matrix_exp pinverse"),
    "svd": linear_algebra.legacy_svd, "qr": linear_algebra.legacy_qr,
    "cholesky": linear_algebra.legacy_cholesky, "lu_solve": lu.legacy_lu_solve, "triangular_solve": lu.triangular_solve,
    **named(householder, "geqrf orgqr ormqr"),
    **named(sampling, "bernoulli multinomial"),
    **named(short_time, "stft istft"),
    **named(special, "lgamma digamma erfinv sinc i0 mvlgamma logaddexp logaddexp2 xlogy logit igamma igammac"),
    **named(properties, "is_floating_point is_complex is_signed is_nonzero is_same_size"),
    **named(activations, "relu tanh prelu hardshrink"),
    "softmax": softmax.softmax_along, "log_softmax": softmax.log_softmax_along,
    "resolve_conj": pointwise.resolved, "resolve_neg": pointwise.resolved, "conj_physical": pointwise.conj,
    "var_mean": statistics.var_mean, "std_mean": statistics.std_mean, "argwhere": indexing.nonzero,
}  # fmt: skip
ALIASES = {
    "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div", "negative": "neg", "absolute": "abs",
    "clip": "clamp", "greater": "gt", "greater_equal": "ge", "less": "lt", "less_equal": "le", "not_equal": "ne",
    "arccos": "acos", "arcsin": "asin", "arctan": "atan", "arctan2": "atan2", "arccosh": "acosh", "arcsinh": "asinh", "arctanh": "atanh",
    "fix": "trunc", "ger": "outer",
}  # fmt: skip
SHARED.update({alias: SHARED[name] for alias, name in ALIASES.items()})

SPECIAL_NAMES = "erf erfc exp2 expm1 log1p round logsumexp softmax"

# `torch.linalg.name`
LINALG: Table = {
    **named(norms, "vector_norm matrix_norm"),
    **named(factorizations, "inv det slogdet cholesky qr"),
    **named(spectra, "eigh eigvalsh eig eigvals svd svdvals"),
    **named(linear_algebra, "solve solve_triangular inv_ex cholesky_ex solve_ex matrix_rank pinv lstsq matrix_power matrix_exp cond cross "
                            "diagonal vander vecdot tensorinv tensorsolve"),
    **named(products, "matmul multi_dot"),
    **named(lu, "lu lu_factor lu_factor_ex lu_solve ldl_factor ldl_factor_ex ldl_solve"),
    **named(householder, "householder_product"),
    "norm": norms.linalg_norm,
}  # fmt: skip

# `torch.special.name`, where it has another name or is nowhere else
SPECIAL: Table = {
    **named(special, "i0 i0e i1 i1e erfcx erfinv ndtr ndtri log_ndtr entr digamma polygamma sinc xlogy xlog1py logit zeta bessel_j0 bessel_j1 "
                     "bessel_y0 bessel_y1 modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 "
                     "scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0 airy_ai"),
    **polynomials.FUNCTIONS,
    **{name: SHARED[name] for name in SPECIAL_NAMES.split()},
    "expit": TABLED["sigmoid"], "gammaln": special.lgamma, "psi": special.digamma, "multigammaln": special.mvlgamma,
    "gammainc": special.igamma, "gammaincc": special.igammac, "log_softmax": special.log_softmax,
}  # fmt: skip

# `torch.name` only
FUNCTIONS: Table = {
    **named(joining, "hstack vstack dstack column_stack atleast_1d atleast_2d atleast_3d broadcast_shapes broadcast_tensors meshgrid "
                     "cartesian_prod combinations block_diag"),
    **named(shaping, "cat stack"),
    **copies.FUNCTIONS,
    **named(copies, "_chunk_cat fill"),
    **named(masked_indexing, "_unsafe_masked_index _unsafe_masked_index_put_accumulate"),
    **named(segments, "segment_reduce"),
    **named(histograms, "histogramdd"),
    **named(indexing, "unravel_index"),
    **named(native_norm, "native_batch_norm _native_batch_norm_legit native_layer_norm native_group_norm"),
    **named(grids, "grid_sampler grid_sampler_2d grid_sampler_3d"),
    **named(aten, "_softmax_backward_data _safe_softmax _shape_as_tensor"),
    **named(indexing, "where"),
    **named(cumulative, "trapezoid cumulative_trapezoid gradient"),
    **named(sorting, "searchsorted bucketize"),
    **named(diagonals, "vander tril_indices triu_indices"),
    **named(products, "tensordot chain_matmul"),
    **named(einsum, "einsum"),
    **named(lu, "lu_unpack"),
    **named(low_rank, "svd_lowrank pca_lowrank"),
    "lu": lu.legacy_lu,
    **named(pointwise, "complex polar rsub real imag"),
    **named(rearranging, "view_as_real view_as_complex"),
    **named(properties, "numel clone detach"),
    **{f"linalg_{name}": one for name, one in LINALG.items()},
    **{f"special_{name}": one for name, one in SPECIAL.items()},
    **{f"fft_{name}": one for name, one in fourier.FUNCTIONS.items()},
    **{f"masked_{name}": one for name, one in named(masked, operands.MASKED).items()},
    **named(special, "polygamma"),
    **named(windows, "hann_window hamming_window bartlett_window blackman_window kaiser_window"),
    **named(creation, "tensor zeros ones empty full zeros_like ones_like empty_like full_like arange linspace logspace eye scalar_tensor "
                      "empty_strided empty_permuted"),
    **named(sampling, "rand randn rand_like randn_like randint randint_like randperm normal"),
    "concat": shaping.cat, "concatenate": shaping.cat, "row_stack": joining.vstack, "trapz": cumulative.trapezoid,
    "range": creation.range_, "as_tensor": creation.as_tensor_public, "asarray": creation.asarray,
}  # fmt: skip

# `Tensor.name` only
METHODS: Table = {
    **named(shaping, "view view_as reshape_as expand expand_as repeat"),
    **named(rearranging, "unfold"),
    **named(creation, "new new_full new_zeros new_ones new_tensor new_empty new_empty_strided"),
    **properties.METHODS,
    **sampling.METHODS,
    "lu": lu.lu_method,
    "polygamma": lambda self, n: special.polygamma(n, self),
}

# the operations whose in-place methods are made from them, besides those that `in_place` names
IN_PLACE_NAMES = """
abs absolute acos acosh addbmm addcdiv addcmul addmm addmv addr arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh
baddbmm bitwise_left_shift bitwise_not bitwise_right_shift ceil clamp_max clamp_min clip conj_physical copysign cos cosh cumprod
cumsum deg2rad digamma divide eq erf erfc erfinv exp exp2 expm1 fix float_power floor fmod frac gcd ge greater greater_equal gt
heaviside hypot i0 igamma igammac index_add index_copy index_fill index_put index_reduce lcm ldexp le lerp lgamma less less_equal log log10 log1p
log2 logical_and logical_not logical_or logical_xor logit lt masked_scatter multiply mvlgamma nan_to_num ne negative nextafter
not_equal put rad2deg relu renorm round scatter scatter_add scatter_reduce sgn sign sin sinc sinh square subtract tan tanh tril triu
true_divide trunc xlogy
"""
IN_PLACE: Table = {name: SHARED[name] for name in IN_PLACE_NAMES.split()}
