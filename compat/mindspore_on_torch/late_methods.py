"""Methods of Tensor that are a function of mindspore.ops with the tensor first; its module is imported when one is first looked up."""

from __future__ import annotations

import importlib
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.meanings import in_mindspore_code

torch: Any = frameworks.load("torch")

PACKAGE = "compat.mindspore_on_torch"
PLACES = {
    "approximate_equal": "arithmetic.approximate_equal",
    "col2im": "primitives.rearranging.col2im",
    "eigvals": "linear_algebra.eigvals",
    "fold": "primitives.rearranging.fold",
    "gather_nd": "gathering.gather_nd",
    "inplace_update": "primitives.indexing.inplace_update",
    "inv": "arithmetic.inv",
    "invert": "arithmetic.invert",
    "log_matrix_determinant": "linear_algebra.log_matrix_determinant",
    "log_normal": "filling.log_normal",
    "matrix_determinant": "linear_algebra.matrix_determinant",
    "random_categorical": "sampling.random_categorical",
    "reverse_sequence": "slicing.reverse_sequence_method",
    "scatter_div": "scattering.tensor_scatter_div",
    "scatter_max": "scattering.tensor_scatter_max",
    "scatter_min": "scattering.tensor_scatter_min",
    "scatter_mul": "scattering.tensor_scatter_mul",
    "scatter_sub": "scattering.tensor_scatter_sub",
    "soft_shrink": "primitives.activations.soft_shrink",
    "to_coo": "sparse.functions.dense_to_sparse_coo",
    "to_csr": "sparse.functions.dense_to_sparse_csr",
    "top_k": "ordering.top_k",
    "unfold": "primitives.rearranging.unfold",
    "uniform": "filling.uniform",
    "unique_with_pad": "primitives.indexing.unique_with_pad",
    "unsorted_segment_max": "segments.unsorted_segment_max",
    "unsorted_segment_min": "segments.unsorted_segment_min",
    "unsorted_segment_prod": "segments.unsorted_segment_prod",
    "xdivy": "arithmetic.xdivy",
}


class LateMethod:
    """The function at `place`, for callers outside of PyTorch's own code, which gets PyTorch's member of that name if it has one."""

    def __init__(self, name: str, place: str) -> None:
        self.place, self.theirs = place, getattr(torch.Tensor, name, None)
        self.mine: Any = None

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if self.theirs is not None and instance is not None and not in_mindspore_code():
            return self.theirs.__get__(instance, owner)
        if self.mine is None:
            module, _, name = self.place.rpartition(".")
            self.mine = getattr(importlib.import_module(f"{PACKAGE}.{module}"), name)
        return self.mine if instance is None else self.mine.__get__(instance, owner)


def attach(owner: type) -> None:
    """Give the class every method of the table."""
    for name, place in PLACES.items():
        setattr(owner, name, LateMethod(name, place))
