"""ops.IOU, BoundingBoxEncode, NMSWithMask, ROIAlign and their kind: boxes, of pixels unless a docstring says otherwise."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.primitives.common import number, numbers

torch: Any = frameworks.load("torch")

__all__ = [
    "CombinedNonMaxSuppression", "NMSWithMask", "NonMaxSuppressionV3",
    "NonMaxSuppressionWithOverlaps", "ROIAlign", "SampleDistortedBoundingBoxV2", "bounding_box_decode", "bounding_box_encode",
    "check_valid", "iou",
]  # fmt: skip

ZEROS, ONES = (0.0, 0.0, 0.0, 0.0), (1.0, 1.0, 1.0, 1.0)


def overlaps(first: Any, second: Any, edge: float) -> tuple[Any, Any, Any]:
    """The areas (N,) and (M,) of boxes (x0, y0, x1, y1) and those of their overlaps (N, M); `edge` is 1 where x1 is part of a box."""
    low = torch.maximum(first[:, None, :2], second[:, :2])
    high = torch.minimum(first[:, None, 2:], second[:, 2:])
    common = (high - low + edge).clamp(min=0).prod(-1)
    sizes = ((box[:, 2:] - box[:, :2] + edge).prod(-1) for box in (first, second))
    return *sizes, common


@operation
def iou(anchor_boxes: Any, gt_boxes: Any, mode: str = "iou") -> Any:
    """mindspore.ops.iou: the overlap (M, N) of boxes (N, 4) and true boxes (M, 4), as a share of their union or of the true box.

    KeyError for another mode than "iou" or "iof".
    """
    if mode not in ("iou", "iof"):
        raise errors.invalid(KeyError, f"For 'IOU', 'mode' must be 'iou' or 'iof', but got {mode!r}.")
    boxes, others = (each.to(torch.float32) if each.dtype == torch.float16 else each for each in (gt_boxes, anchor_boxes))
    truth, anchors, common = overlaps(boxes, others, 1)
    whole = truth[:, None] if mode == "iof" else truth[:, None] + anchors - common
    return (common / whole).to(anchor_boxes.dtype)


@operation
def check_valid(bboxes: Any, img_metas: Any) -> Any:
    """mindspore.ops.check_valid: whether boxes (N, 4) lie within an image of (height, width, ratio)."""
    height, width, ratio = img_metas.unbind()
    x0, y0, x1, y1 = bboxes.unbind(-1)
    return (x0 >= 0) & (y0 >= 0) & (x1 <= width * ratio - 1) & (y1 <= height * ratio - 1)


def centred(box: Any) -> tuple[Any, Any]:
    """Centres and sizes (N, 2) of boxes (N, 4)."""
    return (box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2] + 1


@operation
def bounding_box_encode(anchor_box: Any, groundtruth_box: Any, means: Any = ZEROS, stds: Any = ONES) -> Any:
    """mindspore.ops.bounding_box_encode: shifts and logarithms of sizes (N, 4) of true boxes against anchors."""
    (centre, size), (true_centre, true_size) = centred(anchor_box), centred(groundtruth_box)
    deltas = torch.cat([(true_centre - centre) / size, torch.log(true_size / size)], 1)
    return (deltas - deltas.new_tensor(means)) / deltas.new_tensor(stds)


@operation
def bounding_box_decode(
    anchor_box: Any, deltas: Any, max_shape: Any, means: Any = ZEROS, stds: Any = ONES, wh_ratio_clip: float = 0.016
) -> Any:  # fmt: skip
    """mindspore.ops.bounding_box_decode: the boxes (N, 4) that such deltas mean, cut to (height, width)."""
    moved = deltas * deltas.new_tensor(stds) + deltas.new_tensor(means)
    centre, size = centred(anchor_box)
    most = abs(math.log(wh_ratio_clip))
    half = size * torch.exp(moved[:, 2:].clamp(-most, most)) / 2 - 0.5
    middle = centre + size * moved[:, :2]
    limit = deltas.new_tensor([max_shape[1], max_shape[0]])
    return torch.cat([torch.minimum(corner.clamp(min=0), limit) for corner in (middle - half, middle + half)], 1)


def chosen(close: Any, order: list[int], most: int | None = None) -> list[int]:
    """Greedily those in `order` that are close to none chosen before; `close` is a square of bool, read from its device."""
    matrix = close.tolist()
    found: list[int] = []
    for item in order:
        if most is not None and len(found) >= most:
            break
        if not any(matrix[item][other] for other in found):
            found.append(item)
    return found


def union_shares(boxes: Any, edge: float = 0) -> Any:
    """The overlap of each two boxes as a share of their union."""
    size, _, common = overlaps(boxes, boxes, edge)
    return common / (size[:, None] + size - common)


@primitive
def NMSWithMask(bboxes: Any, *, iou_threshold: float = 0.5) -> Any:
    """Boxes (N, 5) in falling order of their last number, their places in that order, int32, and whether each overlaps none before it."""
    ordered = bboxes[torch.argsort(bboxes[:, 4], descending=True, stable=True)]
    found = chosen(union_shares(ordered[:, :4].to(torch.float32)) > iou_threshold, list(range(len(ordered))))
    mask = torch.zeros(len(ordered), dtype=torch.bool, device=bboxes.device)
    mask[found] = True
    return ordered, torch.arange(len(ordered), dtype=torch.int32, device=bboxes.device), mask


def suppressed(close: Any, scores: Any, max_output_size: Any, score_threshold: Any) -> Any:
    """The chosen places, int32, in falling order of the scores above the threshold."""
    order = torch.argsort(scores, descending=True, stable=True)
    order = order[scores[order] > score_threshold].tolist()
    return torch.tensor(chosen(close, order, max(int(number(max_output_size)), 0)), dtype=torch.int32, device=scores.device)


@primitive
def NonMaxSuppressionV3(boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any, score_threshold: Any) -> Any:
    """The indices of boxes (N, 4), each two opposite corners, that overlap no better one."""
    low, high = torch.minimum(boxes[:, :2], boxes[:, 2:]), torch.maximum(boxes[:, :2], boxes[:, 2:])
    return suppressed(union_shares(torch.cat([low, high], 1)) > iou_threshold, scores, max_output_size, score_threshold)


@primitive
def NonMaxSuppressionWithOverlaps(overlaps: Any, scores: Any, max_output_size: Any, overlap_threshold: Any, score_threshold: Any) -> Any:
    """The same with overlaps (N, N) that are given."""
    return suppressed(overlaps > overlap_threshold, scores, max_output_size, score_threshold)


@primitive
def CombinedNonMaxSuppression(
    boxes: Any, scores: Any, max_output_size_per_class: Any, max_total_size: Any, iou_threshold: Any, score_threshold: Any, *,
    pad_per_class: bool = False, clip_boxes: bool = True,
) -> Any:  # fmt: skip
    """For each image boxes (N, q, 4) by class, the best of all classes: boxes, scores, classes, and how many, int32."""
    per_class, total = int(number(max_output_size_per_class)), int(number(max_total_size))
    classes = scores.shape[2]
    size = min(total, per_class * classes) if pad_per_class else total
    results = [one_image(*image, per_class, iou_threshold, score_threshold, size) for image in zip(boxes, scores, strict=True)]
    found, best, labels, counts = (torch.stack(each) for each in zip(*results, strict=True))
    return found.clamp(0, 1) if clip_boxes else found, best, labels, counts


def one_image(boxes: Any, scores: Any, per_class: int, iou_threshold: Any, score_threshold: Any, size: int) -> tuple[Any, ...]:
    """One image's results, filled up with zeros to `size`."""
    count, classes = scores.shape
    places, labels = [], []
    for label in range(classes):
        own = boxes[:, min(label, boxes.shape[1] - 1)]
        low, high = torch.minimum(own[:, :2], own[:, 2:]), torch.maximum(own[:, :2], own[:, 2:])
        close = union_shares(torch.cat([low, high], 1)) > iou_threshold
        kept = suppressed(close, scores[:, label], min(per_class, count), score_threshold).long()
        places.append(kept)
        labels.append(torch.full_like(kept, label))
    rows, kinds = torch.cat(places), torch.cat(labels)
    best = scores[rows, kinds]
    order = torch.argsort(best, descending=True, stable=True)[:size]
    rows, kinds, best = rows[order], kinds[order], best[order]
    found = boxes[rows, kinds.clamp(max=boxes.shape[1] - 1)]
    more = size - len(order)
    pad = torch.nn.functional.pad
    counted = torch.tensor(len(order), dtype=torch.int32, device=boxes.device)
    return pad(found, (0, 0, 0, more)), pad(best, (0, more)), pad(kinds.to(scores.dtype), (0, more)), counted


@primitive
def ROIAlign(
    features: Any, rois: Any, *, pooled_height: int, pooled_width: int, spatial_scale: float, sample_num: int = 2, roi_end_mode: int = 1
) -> Any:  # fmt: skip
    """The mean of bilinear samples in each cell of regions (R, 5), an image's index and two corners, of (N, C, H, W).

    Without a number of samples there is one for each whole pixel of a cell; how many, is read from the device.
    """
    if roi_end_mode not in (0, 1):
        raise errors.invalid(ValueError, f"For 'ROIAlign', 'roi_end_mode' must be 0 or 1, but got {roi_end_mode}.")
    regions = rois.to(torch.float32)
    start = regions[:, 1:3] * spatial_scale
    size = (regions[:, 3:] + roi_end_mode) * spatial_scale - start
    if roi_end_mode == 0:
        size = size.clamp(min=1)
    cell = size / size.new_tensor([pooled_width, pooled_height])
    results = []
    if sample_num > 0:
        groups = [(slice(None), (sample_num, sample_num))]
    else:
        groups = [(slice(row, row + 1), (max(int(x), 1), max(int(y), 1))) for row, (x, y) in enumerate(cell.tolist())]
    for rows, (across, down) in groups:
        counted = (torch.arange(n * count, device=rois.device) for n, count in ((pooled_width, across), (pooled_height, down)))
        x, y = (start[rows, axis, None] + cell[rows, axis, None] * (places + 0.5) / count
                for axis, (places, count) in enumerate(zip(counted, (across, down), strict=True)))  # fmt: skip
        images = features[regions[rows, 0].long()]
        sampled = bilinear(images, y, x)
        split = sampled.reshape(*sampled.shape[:2], pooled_height, down, pooled_width, across)
        results.append(split.mean((3, 5)))
    return torch.cat(results).to(features.dtype)


def bilinear(images: Any, y: Any, x: Any) -> Any:
    """Samples (R, C, A, B) of (R, C, H, W) at rows (R, A) and columns (R, B); 0 more than a pixel outside."""

    def weights(at: Any, length: int) -> Any:
        outside = (at < -1) | (at > length)
        at = at.clamp(0, length - 1)
        low = at.floor().long()
        part = at - low
        matrix = torch.zeros(*at.shape, length, device=at.device, dtype=at.dtype)
        matrix = matrix.scatter_add(-1, low[..., None], (1 - part)[..., None])
        matrix = matrix.scatter_add(-1, (low + 1).clamp(max=length - 1)[..., None], part[..., None])
        return matrix * ~outside[..., None]

    rows, columns = weights(y, images.shape[2]), weights(x, images.shape[3])
    return rows[:, None] @ images.to(rows.dtype) @ columns[:, None].transpose(-1, -2)


@primitive
def SampleDistortedBoundingBoxV2(
    image_size: Any, bounding_boxes: Any, min_object_covered: Any, *, seed: int = 0, seed2: int = 0, aspect_ratio_range: Any = (0.75, 1.33),
    area_range: Any = (0.05, 1.0), max_attempts: int = 100, use_image_if_no_bounding_boxes: bool = False,
) -> Any:  # fmt: skip
    """A random crop of an image of (height, width, channels) that covers enough of a box: start, size, and box (1, 1, 4).

    Drawn on the host with PyTorch's generator. Without a crop that fits after `max_attempts`, the whole image.
    """
    height, width, _ = numbers(image_size)
    boxes = bounding_boxes.reshape(-1, 4).tolist()
    if not boxes:
        if not use_image_if_no_bounding_boxes:
            raise errors.invalid(ValueError, "For 'SampleDistortedBoundingBoxV2', there must be a bounding box.")
        boxes = [[0.0, 0.0, 1.0, 1.0]]
    generator = torch.Generator()
    generator.manual_seed(seed * 2**20 + seed2 if seed or seed2 else int(torch.randint(2**62, (), device="cpu")))
    covered = float(number(min_object_covered))

    def between(low: float, high: float) -> float:
        return low + (high - low) * float(torch.rand((), generator=generator, device="cpu"))

    top, left, tall, broad = 0, 0, height, width
    for _ in range(max_attempts):
        ratio, area = between(*aspect_ratio_range), between(*area_range) * height * width
        rows, columns = round(math.sqrt(area / ratio)), round(math.sqrt(area * ratio))
        if not (0 < rows <= height and 0 < columns <= width):
            continue
        first, second = round(between(0, height - rows)), round(between(0, width - columns))
        if any(part_inside(box, first / height, second / width, rows / height, columns / width) >= covered for box in boxes):
            top, left, tall, broad = first, second, rows, columns
            break
    last = 255 if image_size.dtype == torch.uint8 else -1
    box = [top / height, left / width, (top + tall) / height, (left + broad) / width]
    begin, size = image_size.new_tensor([top, left, 0]), image_size.new_tensor([tall, broad, last])
    return begin, size, bounding_boxes.new_tensor(box).reshape(1, 1, 4)


def part_inside(box: list[float], top: float, left: float, height: float, width: float) -> float:
    """The share of the box (y0, x0, y1, x1) that a crop covers."""
    tall = min(box[2], top + height) - max(box[0], top)
    broad = min(box[3], left + width) - max(box[1], left)
    size = (box[2] - box[0]) * (box[3] - box[1])
    return max(tall, 0) * max(broad, 0) / size if size > 0 else 0.0
