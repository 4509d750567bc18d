"""Models of torchvision, run forward and backward on small images, for the sake of the lines that they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def classifier(name: str, size: int = 64, **settings: Any) -> Callable[[], Any]:
    def loss() -> Any:
        import torch
        from torchvision import models

        model = getattr(models, name)(num_classes=3, **settings)
        return model(torch.randn(2, 3, size, size)).square().mean()

    return loss


def vision_transformer() -> Any:
    import torch
    from torchvision.models import VisionTransformer

    model = VisionTransformer(image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=32, mlp_dim=32, num_classes=3)
    return model(torch.randn(2, 3, 32, 32)).square().mean()


def detector(name: str) -> Callable[[], Any]:
    """The losses of a detector in training, which needs no operator that is compiled."""

    def loss() -> Any:
        import torch
        from torchvision import models

        model = getattr(models.detection, name)(weights=None, weights_backbone=None, num_classes=3)
        boxes = torch.tensor([[4.0, 4.0, 40.0, 40.0], [10.0, 8.0, 30.0, 50.0]])
        targets = [{"boxes": boxes, "labels": torch.tensor([1, 2])} for _ in range(2)]
        return sum(model([torch.rand(3, 64, 64), torch.rand(3, 64, 64)], targets).values())

    return loss


def segmentation() -> Any:
    import torch
    from torchvision import models

    model = models.segmentation.lraspp_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=3)
    return model(torch.randn(2, 3, 64, 64))["out"].square().mean()


def optical_flow() -> Any:
    import torch
    from torchvision import models

    model = models.optical_flow.raft_small(weights=None)
    return sum(one.square().mean() for one in model(torch.rand(1, 3, 128, 128), torch.rand(1, 3, 128, 128), num_flow_updates=2))


def video() -> Any:
    import torch
    from torchvision import models

    model = models.video.swin3d_t(weights=None, num_classes=3)
    return model(torch.randn(1, 3, 4, 32, 32)).square().mean()


LOSSES = (
    classifier("resnet18"), classifier("mobilenet_v2"), classifier("densenet121"), classifier("swin_t"), classifier("swin_v2_t"),
    classifier("mobilenet_v3_small"), classifier("shufflenet_v2_x0_5"), classifier("convnext_tiny"), classifier("regnet_y_400mf"),
    classifier("googlenet", aux_logits=False, init_weights=False), vision_transformer, detector("retinanet_resnet50_fpn"),
    detector("fcos_resnet50_fpn"), segmentation, optical_flow, video,
)  # fmt: skip


def run() -> None:
    import torch

    torch.manual_seed(0)
    for loss in LOSSES:
        loss().backward()
