"""One model of every file of mindcv: the smallest that it offers, for images of 64 × 64 where it asks for their size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SIDE, CLASSES, BATCH = 64, 10, 4


@dataclass(frozen=True)
class Case:
    """A model: its file, its name, what its function gets besides the number of classes, and whether two steps of training are compared."""

    file: str
    model: str
    given: dict[str, Any] = field(default_factory=dict)
    trained: bool = False
    side: int = SIDE
    classes: str = "num_classes"


VISFORMER = {
    "init_channels": 24, "embed_dim": 192, "depth": [1, 4, 6, 3], "num_heads": [1, 3, 6, 12], "mlp_ratio": 4.0, "qk_scale": -0.5,
    "group": 8, "attn_stage": "0011", "spatial_conv": "1100", "conv_init": True,
}  # fmt: skip
# What real MindSpore 2.10 can't run on CPU, or mindcv 0.3.0 not on MindSpore 2.10: there is nothing to compare with.
IMPOSSIBLE = {
    "halonet": "ExtractImagePatches has no CPU kernel",
    "pvt": "uses ops.ResizeBilinear, which MindSpore 2.10 has not",
    "rexnet": "computes with a tensor of initializer() as it is, which MindSpore 2.10 calls uninitialised",
    "volo": "gives ops.pad pairs, which MindSpore 2.10 refuses",
}

CASES = {case.file: case for case in (
    Case("bit", "BiT_resnet50"),
    Case("cait", "CaiT", {"img_size": SIDE, "embed_dim": 192, "depth": 6, "num_heads": 4}),
    Case("cmt", "CMT", {"img_size": SIDE, "embed_dims": [46, 92, 184, 368], "stem_channel": 16, "num_heads": [1, 2, 4, 8], "depths": [2, 2, 4, 2],
         "mlp_ratios": [3.6] * 4, "qk_ratio": 1, "sr_ratios": [8, 4, 2, 1], "qkv_bias": True}),
    Case("coat", "coat_lite_tiny", {"image_size": SIDE}),
    Case("convit", "convit_tiny", side=224),
    Case("convnext", "convnext_tiny", {"drop_path_rate": 0.0}, trained=True),
    Case("crossvit", "crossvit_9"),
    Case("densenet", "densenet121", trained=True),
    Case("dpn", "dpn92"),
    Case("edgenext", "edgenext_xx_small", {"drop_path_rate": 0.0}, trained=True),
    Case("efficientnet", "efficientnet_b0"),
    Case("ghostnet", "ghostnet_050", {"drop_rate": 0.0}, trained=True),
    Case("googlenet", "googlenet"),
    Case("hrnet", "hrnet_w32"),
    Case("inceptionv3", "inception_v3", side=96),
    Case("inceptionv4", "inception_v4", side=96),
    Case("mae", "VisionTransformer", {"image_size": SIDE, "embed_dim": 192, "depth": 6, "num_heads": 3, "global_pool": "avg"}),
    Case("mixnet", "mixnet_s", {"drop_rate": 0.0}),
    Case("mlpmixer", "MLPMixer", {"depth": 8, "patch_size": 16, "n_patches": 16, "n_channels": 512, "token_dim": 256, "channel_dim": 2048}),
    Case("mnasnet", "mnasnet_050", {"drop_rate": 0.0}, trained=True),
    Case("mobilenetv1", "mobilenet_v1_025", trained=True),
    Case("mobilenetv2", "mobilenet_v2_035_96"),
    Case("mobilenetv3", "mobilenet_v3_small_075"),
    Case("mobilevit", "mobilevit_xx_small"),
    Case("nasnet", "nasnet_a_4x1056"),
    Case("pit", "PoolingTransformer", {"image_size": SIDE, "patch_size": 16, "stride": 8, "base_dims": [32] * 3, "depth": [2, 6, 4],
         "heads": [2, 4, 8], "mlp_ratio": 4.0}),
    Case("pnasnet", "pnasnet"),
    Case("poolformer", "poolformer_s12", {"drop_path_rate": 0.0}, trained=True),
    Case("pvtv2", "pvt_v2_b0", {"img_size": SIDE}),
    Case("regnet", "regnet_x_200mf", trained=True),
    Case("repmlp", "RepMLPNet", {"channels": (64, 128, 256, 512), "hs": (16, 8, 4, 2), "ws": (16, 8, 4, 2), "num_blocks": (2, 2, 6, 2),
         "reparam_conv_k": (1,), "sharesets_nums": (1, 4, 16, 128)}, classes="num_class"),
    Case("repvgg", "repvgg_a0", trained=True),
    Case("res2net", "res2net50", trained=True),
    Case("resnest", "resnest14"),
    Case("resnet", "resnet18", trained=True),
    Case("resnetv2", "resnetv2_50"),
    Case("senet", "seresnet18", trained=True),
    Case("shufflenetv1", "shufflenet_v1_g3_05", trained=True),
    Case("shufflenetv2", "shufflenet_v2_x0_5", trained=True),
    Case("sknet", "skresnet18", trained=True),
    Case("squeezenet", "squeezenet1_1", {"drop_rate": 0.0}, trained=True),
    Case("swintransformer", "SwinTransformer", {"image_size": SIDE, "embed_dim": 96, "depths": [2, 2, 6, 2], "num_heads": [3, 6, 12, 24], "window_size": 2}),
    Case("swintransformerv2", "swinv2_tiny_window8", {"image_size": SIDE}),
    Case("vgg", "vgg11", {"drop_rate": 0.0}, side=224),
    Case("visformer", "Visformer", {"img_size": SIDE, **VISFORMER}),
    Case("vit", "VisionTransformer", {"image_size": SIDE, "embed_dim": 192, "depth": 12, "num_heads": 3}, trained=True),
    Case("xception", "xception"),
    Case("xcit", "xcit_tiny_12_p16_224", {"img_size": SIDE}),
)}  # fmt: skip
