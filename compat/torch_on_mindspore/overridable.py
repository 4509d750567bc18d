"""What `__torch_function__` is told of a call: which functions PyTorch has in Python, and in which module it counts them.

A function that PyTorch has in C++ hands over its arguments as they were given; one in Python names those that have a default.
Read off PyTorch 2.13, whose own functions were called with an argument that takes over; the tests compare.
"""

from __future__ import annotations

# functions of torch that PyTorch counts to torch.functional
MODULES = dict.fromkeys(
    (
        "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_tensors", "cartesian_prod", "cdist", "chain_matmul", "einsum",
        "istft", "lu", "meshgrid", "norm", "pca_lowrank", "split", "stft", "svd_lowrank", "tensordot", "unique", "unique_consecutive",
        "unravel_index",
    ),
    "torch.functional",
)  # fmt: skip

IN_PYTHON = {
    "torch.functional": """
broadcast_tensors einsum meshgrid atleast_1d atleast_2d atleast_3d block_diag cartesian_prod chain_matmul
cdist lu norm pca_lowrank split stft svd_lowrank tensordot unique unique_consecutive unravel_index
""",
    "torch.nn.functional": """
adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool1d_with_indices adaptive_max_pool2d
adaptive_max_pool2d_with_indices adaptive_max_pool3d adaptive_max_pool3d_with_indices affine_grid alpha_dropout batch_norm
binary_cross_entropy binary_cross_entropy_with_logits celu cosine_embedding_loss cross_entropy linear_cross_entropy ctc_loss
dropout dropout1d dropout2d dropout3d elu embedding embedding_bag feature_alpha_dropout fold hardsigmoid hardswish
fractional_max_pool2d
fractional_max_pool2d_with_indices fractional_max_pool3d fractional_max_pool3d_with_indices gaussian_nll_loss glu grid_sample
group_norm gumbel_softmax hardtanh hinge_embedding_loss instance_norm interpolate kl_div l1_loss layer_norm leaky_relu
local_response_norm log_softmax lp_pool1d lp_pool2d lp_pool3d margin_ranking_loss max_pool1d max_pool1d_with_indices
max_pool2d max_pool2d_with_indices max_pool3d max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d mse_loss
multi_head_attention_forward multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss nll_loss normalize pad
poisson_nll_loss relu relu6 rms_norm rrelu selu silu mish smooth_l1_loss huber_loss soft_margin_loss softmax softmin softsign
tanhshrink threshold triplet_margin_loss triplet_margin_with_distance_loss unfold
""",
    "torch.nn.init": "uniform_ normal_ constant_ kaiming_uniform_",
    "torch.Tensor": """
__floordiv__ __rfloordiv__ __rtruediv__ __rlshift__ __rrshift__ __array__ __contains__ __rmod__ __array_wrap__ __deepcopy__
__len__ __format__ __reduce_ex__ __reversed__ __repr__ backward dim_order is_shared register_hook
register_post_accumulate_grad_hook share_memory_ storage storage_type __dlpack__ __dlpack_device__ istft lu __rmatmul__ norm
__pow__ __ipow__ __rpow__ __rsub__ split stft unflatten unique unique_consecutive
""",
}
NAMED = frozenset(f"{module}.{name}" for module, names in IN_PYTHON.items() for name in names.split())

WITH_OUT = {"torch.functional.norm", "torch.functional.tensordot"}  # of them, those that name `out` too

# functions of torch.nn.functional that PyTorch has in C++
FUNCTIONAL_IN_CPP = """
adaptive_avg_pool1d avg_pool1d avg_pool2d avg_pool3d bilinear celu_ channel_shuffle conv1d conv2d conv3d conv_tbc conv_transpose1d
conv_transpose2d conv_transpose3d cosine_similarity elu_ gelu hardshrink hardtanh_ leaky_relu_ linear logsigmoid
native_channel_shuffle one_hot pairwise_distance pdist pixel_shuffle pixel_unshuffle prelu relu_ rrelu_
scaled_dot_product_attention selu_ softplus softshrink threshold_
"""
# Every function of the modules `functional` that is public, and its name. The same object is torch.selu and torch.nn.functional.selu.
FUNCTIONAL = {
    **{name: f"torch.nn.functional.{name}" for name in f"{IN_PYTHON['torch.nn.functional']} {FUNCTIONAL_IN_CPP}".split()},
    **{name: f"torch.{name}" for name in ("cdist", "constant_pad_nd", "feature_dropout")},
    **{f"torch_{name}": f"torch.{name}" for name in ("batch_norm", "group_norm", "instance_norm", "layer_norm")},
}

# functions in Python that ask their first argument for a shape or a method before they call anything in C++: AttributeError for what
# is no tensor, where the others raise TypeError
ASKING = {
    "torch.nn.functional": """
adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool2d adaptive_max_pool3d affine_grid binary_cross_entropy
binary_cross_entropy_with_logits dropout1d dropout2d dropout3d embedding_bag fractional_max_pool2d fractional_max_pool3d glu
group_norm instance_norm interpolate local_response_norm lp_pool1d lp_pool2d lp_pool3d max_unpool1d max_unpool2d max_unpool3d
multi_head_attention_forward normalize softsign tanhshrink triplet_margin_with_distance_loss upsample upsample_bilinear
upsample_nearest
""",
    "torch.nn.init": "constant_ kaiming_uniform_ normal_ uniform_",
}
ASKS_ITS_ARGUMENT = frozenset(f"{module}.{name}" for module, names in ASKING.items() for name in names.split())

# the operators that PyTorch hands over as another method
OPERATORS = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "mod": "remainder", "matmul": "matmul", "radd": "add", "rmul": "mul",
    "rand": "bitwise_and", "ror": "bitwise_or", "rxor": "bitwise_xor", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge",
}  # fmt: skip

# methods with two underscores that can be taken over, besides the operators
SPECIAL_METHODS = (
    "__array__", "__bool__", "__complex__", "__contains__", "__deepcopy__", "__dlpack__", "__dlpack_device__", "__float__", "__format__",
    "__getitem__", "__index__", "__int__", "__invert__", "__len__", "__reduce_ex__", "__repr__", "__reversed__", "__setitem__",
)  # fmt: skip
