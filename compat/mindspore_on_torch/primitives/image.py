"""ops.ResizeBilinearV2, CropAndResize, RGBToHSV and their kind: images of other sizes and colours."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.primitives.common import check_rank, numbers
from compat.mindspore_on_torch.primitives.resampling import cubic

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = [
    "AdjustHue", "AdjustSaturation", "CropAndResize", "ExtractGlimpse", "HSVToRGB", "RGBToHSV", "ResizeArea", "ResizeBicubic",
    "ResizeBilinearV2", "ResizeLinear1D", "ResizeNearestNeighbor", "ResizeNearestNeighborV2", "UpsampleNearest3D", "UpsampleTrilinear3D",
    "crop_and_resize",
]  # fmt: skip


def ratio(before: int, after: int, align_corners: bool) -> float:
    """How many old pixels a new one stands for."""
    return (before - 1) / (after - 1) if align_corners and after > 1 else before / after


def check_alignment(name: str, align_corners: bool, half_pixel_centers: bool) -> None:
    """ValueError where both are asked for."""
    if align_corners and half_pixel_centers:
        raise errors.invalid(ValueError, f"For '{name}', 'half_pixel_centers' must be False where 'align_corners' is True.")


def places(before: int, after: int, align_corners: bool, half_pixel_centers: bool, like: Any) -> Any:
    """Where the new pixels stand among the old ones."""
    counted = torch.arange(after, device=like.device, dtype=torch.float32)
    step = ratio(before, after, align_corners)
    return (counted + 0.5) * step - 0.5 if half_pixel_centers else counted * step


@primitive
def ResizeBilinearV2(image: Any, size: Any, *, align_corners: bool = False, half_pixel_centers: bool = False) -> Any:
    """(N, C, H, W) in another size; without either option the first pixels alone stand on each other."""
    check_rank("ResizeBilinearV2", image, 4)
    check_alignment("ResizeBilinearV2", align_corners, half_pixel_centers)
    sizes = numbers(size)
    if align_corners or half_pixel_centers:
        return F.interpolate(image, sizes, mode="bilinear", align_corners=align_corners)
    for axis, after in zip((2, 3), sizes, strict=True):
        before = image.shape[axis]
        at = places(before, after, False, False, image)
        low = at.floor().long().clamp(max=before - 1)
        part = (at - low).to(image.dtype).reshape(-1, *(1,) * (3 - axis))
        first, second = image.index_select(axis, low), image.index_select(axis, (low + 1).clamp(max=before - 1))
        image = torch.lerp(first, second, part.expand(first.shape))
    return image


def nearest(name: str, image: Any, size: Any, align_corners: bool, half_pixel_centers: bool) -> Any:
    """Each new pixel that of the nearest old one, or the one before."""
    check_rank(name, image, 4)
    check_alignment(name, align_corners, half_pixel_centers)
    for axis, after in zip((2, 3), numbers(size), strict=True):
        before = image.shape[axis]
        step = ratio(before, after, align_corners)
        counted = torch.arange(after, device=image.device, dtype=torch.float32)
        at = ((counted + 0.5) * step).floor() if half_pixel_centers else counted * step
        at = (at + 0.5).floor() if align_corners else at.floor()
        image = image.index_select(axis, at.long().clamp(max=before - 1))
    return image


@primitive
def ResizeNearestNeighbor(input_x: Any, *, size: Any, align_corners: bool = False, half_pixel_centers: bool = False) -> Any:
    """(N, C, H, W) in another size."""
    return nearest("ResizeNearestNeighbor", input_x, size, align_corners, half_pixel_centers)


@primitive
def ResizeNearestNeighborV2(image: Any, size: Any, *, align_corners: bool = False, half_pixel_centers: bool = False) -> Any:
    """(N, C, H, W) in another size."""
    return nearest("ResizeNearestNeighborV2", image, size, align_corners, half_pixel_centers)


@primitive
def ResizeLinear1D(x: Any, size: Any, *, coordinate_transformation_mode: str = "align_corners") -> Any:
    """(N, C, W) in another width."""
    if coordinate_transformation_mode not in ("align_corners", "half_pixel"):
        raise errors.invalid(ValueError, "For 'ResizeLinear1D', 'coordinate_transformation_mode' must be 'align_corners' or 'half_pixel', "
                                         f"but got {coordinate_transformation_mode!r}.")  # fmt: skip
    return F.interpolate(x, numbers(size), mode="linear", align_corners=coordinate_transformation_mode == "align_corners")


def cubic_matrix(before: int, after: int, align_corners: bool, half_pixel_centers: bool, like: Any) -> Any:
    """(after, before): the weights of the four nearest pixels, in steps of 1/1024 as MindSpore tabulates them.

    With half pixels a is -0.5 and pixels outside don't count; else a is -0.75 and the outermost stand for them.
    """
    at = places(before, after, align_corners, half_pixel_centers, like)
    low = at.floor()
    part = torch.round((at - low) * 1024) / 1024
    steps = torch.arange(-1, 3, device=at.device)
    weights = cubic((part[:, None] - steps).abs(), 0.0, 0.5 if half_pixel_centers else 0.75)
    index = low[:, None].long() + steps
    if half_pixel_centers:
        weights = weights * ((index >= 0) & (index < before))
        weights = weights / weights.sum(1, keepdim=True)
    return torch.zeros(after, before, device=at.device).scatter_add(1, index.clamp(0, before - 1), weights)


@primitive
def ResizeBicubic(image: Any, size: Any, *, align_corners: bool = False, half_pixel_centers: bool = False) -> Any:
    """(N, C, H, W) in another size."""
    check_rank("ResizeBicubic", image, 4)
    check_alignment("ResizeBicubic", align_corners, half_pixel_centers)
    wide = image.to(torch.float32) if image.dtype == torch.float16 else image
    rows, columns = (
        cubic_matrix(before, after, align_corners, half_pixel_centers, image).to(wide.dtype)
        for before, after in zip(image.shape[2:], numbers(size), strict=True)
    )
    return (rows @ wide @ columns.t()).to(image.dtype)


def area_matrix(before: int, after: int, align_corners: bool, like: Any) -> Any:
    """(after, before): the share of each old pixel in a new one; what lies behind the last pixel is the last."""
    step = ratio(before, after, align_corners)
    starts = torch.arange(after, device=like.device)[:, None] * step
    cells = torch.arange(max(before, math.ceil(after * step)), device=like.device)
    common = (torch.minimum(starts + step, cells + 1) - torch.maximum(starts, cells)).clamp(min=0) / step
    return torch.cat([common[:, : before - 1], common[:, before - 1 :].sum(1, keepdim=True)], 1)


@primitive
def ResizeArea(images: Any, size: Any, *, align_corners: bool = False) -> Any:
    """(N, H, W, C) in another size, float32: the mean of what a new pixel covers."""
    check_rank("ResizeArea", images, 4)
    height, width = numbers(size)
    rows = area_matrix(images.shape[1], height, align_corners, images)
    columns = area_matrix(images.shape[2], width, align_corners, images)
    return torch.einsum("ih,jw,nhwc->nijc", rows, columns, images.to(torch.float32))


def upsampled(name: str, x: Any, output_size: Any, scales: Any, **options: Any) -> Any:
    """ValueError unless either size or scales are given."""
    check_rank(name, x, 5)
    if (output_size is None) == (scales is None):
        raise errors.invalid(ValueError, f"For '{name}', either 'output_size' or 'scales' must be given.")
    given = {"size": numbers(output_size)} if scales is None else {"scale_factor": tuple(scales)}
    return F.interpolate(x, **given, **options)


@primitive
def UpsampleNearest3D(x: Any, output_size: Any = None, scales: Any = None) -> Any:
    """(N, C, D, H, W) in another size."""
    return upsampled("UpsampleNearest3D", x, output_size, scales, mode="nearest")


@primitive
def UpsampleTrilinear3D(x: Any, output_size: Any = None, scales: Any = None, *, align_corners: bool = False) -> Any:
    """(N, C, D, H, W) in another size."""
    return upsampled("UpsampleTrilinear3D", x, output_size, scales, mode="trilinear", align_corners=align_corners)


def cropped(image: Any, boxes: Any, box_indices: Any, crop_size: Any, method: str, extrapolation_value: float) -> Any:
    """ValueError for another method than "bilinear", "nearest" or "bilinear_v2"."""
    if method not in ("bilinear", "nearest", "bilinear_v2"):
        reason = f"For 'CropAndResize', 'method' must be 'bilinear', 'nearest' or 'bilinear_v2', but got {method!r}."
        raise errors.invalid(ValueError, reason)
    chosen = image.to(torch.float32)[box_indices.long()]
    outside = []
    for axis, after in zip((1, 2), numbers(crop_size), strict=True):
        before = image.shape[axis]
        start, end = boxes[:, axis - 1, None], boxes[:, axis + 1, None]
        counted = torch.arange(after, device=image.device)
        if method == "bilinear_v2":
            first, last = (start * before).trunc(), (end * before).trunc()
            count = (last - first + 1).clamp(min=1)
            at = first + ((counted + 0.5) * (count / after) - 0.5).clamp(min=0).minimum(count - 1)
        elif after > 1:
            at = start * (before - 1) + counted * ((end - start) * (before - 1) / (after - 1))
        else:
            at = (start + end) / 2 * (before - 1)
        out = (at < 0) | (at > before - 1)
        outside.append(out if method != "bilinear_v2" else torch.zeros_like(out))
        low = (at + 0.5).floor() if method == "nearest" else at.floor()
        part = torch.zeros_like(at) if method == "nearest" else at - low
        pick = [low.long().clamp(0, before - 1), (low.long() + 1).clamp(0, before - 1)]
        shape = [len(boxes), 1, 1, 1]
        shape[axis] = after
        indices = [index.reshape(shape).expand(*chosen.shape[:axis], after, *chosen.shape[axis + 1 :]) for index in pick]
        first, second = (chosen.gather(axis, index) for index in indices)
        chosen = first + (second - first) * part.reshape(shape)
    hidden = outside[0][:, :, None, None] | outside[1][:, None, :, None]
    return torch.where(hidden, torch.full_like(chosen, extrapolation_value), chosen)


@primitive
def CropAndResize(
    x: Any, boxes: Any, box_index: Any, crop_size: Any, *, method: str = "bilinear", extrapolation_value: float = 0.0
) -> Any:  # fmt: skip
    """Crops (B, height, width, C) of (N, H, W, C), float32; boxes (B, 4) are y1, x1, y2, x2 in shares of the image."""
    return cropped(x, boxes, box_index, crop_size, method, extrapolation_value)


@operation
def crop_and_resize(
    image: Any, boxes: Any, box_indices: Any, crop_size: Any, method: str = "bilinear", extrapolation_value: float = 0.0
) -> Any:  # fmt: skip
    """mindspore.ops.crop_and_resize: crops (B, height, width, C) of (N, H, W, C), float32, boxes in shares of the image."""
    return cropped(image, boxes, box_indices, crop_size, method, extrapolation_value)


def to_hsv(images: Any) -> Any:
    """Hue, saturation and value, each 0 to 1."""
    red, green, blue = images.unbind(-1)
    value, low = images.amax(-1), images.amin(-1)
    spread = value - low
    safe = torch.where(spread > 0, spread, torch.ones_like(spread))
    turned = torch.where(
        value == red, (green - blue) / safe, torch.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe)
    )
    hue = torch.where(spread > 0, torch.remainder(turned / 6, 1), torch.zeros_like(spread))
    saturation = torch.where(value > 0, spread / torch.where(value > 0, value, torch.ones_like(value)), torch.zeros_like(value))
    return torch.stack([hue, saturation, value], -1)


def to_rgb(images: Any) -> Any:
    """Red, green and blue."""
    hue, saturation, value = images.unbind(-1)
    colours = []
    for shift in (5, 3, 1):
        turned = torch.remainder(shift + hue * 6, 6)
        colours.append(value - value * saturation * torch.minimum(turned, 4 - turned).clamp(0, 1))
    return torch.stack(colours, -1)


def check_colours(name: str, images: Any) -> None:
    """ValueError unless the last axis has three colours."""
    if not images.dim() or images.shape[-1] != 3:
        raise errors.invalid(ValueError, f"For '{name}', the last axis must have 3 elements, but the shape is {tuple(images.shape)}.")


@primitive
def RGBToHSV(images: Any) -> Any:
    """Of (..., 3), colours 0 to 1."""
    check_colours("RGBToHSV", images)
    return to_hsv(images)


@primitive
def HSVToRGB(x: Any) -> Any:
    """Of (..., 3), all 0 to 1."""
    check_colours("HSVToRGB", x)
    return to_rgb(x)


@primitive
def AdjustHue(image: Any, delta: Any) -> Any:
    """(..., 3) with the hue turned by `delta`, where 1 is the whole circle."""
    check_colours("AdjustHue", image)
    hue, saturation, value = to_hsv(image.to(torch.float32)).unbind(-1)
    return to_rgb(torch.stack([torch.remainder(hue + delta, 1), saturation, value], -1)).to(image.dtype)


@primitive
def AdjustSaturation(image: Any, scale: Any) -> Any:
    """(..., 3) with the saturation multiplied."""
    check_colours("AdjustSaturation", image)
    hue, saturation, value = to_hsv(image.to(torch.float32)).unbind(-1)
    return to_rgb(torch.stack([hue, (saturation * scale).clamp(0, 1), value], -1)).to(image.dtype)


@primitive
def ExtractGlimpse(
    x: Any, size: Any, offsets: Any, *, centered: bool = True, normalized: bool = True, uniform_noise: bool = True, noise: str = "uniform"
) -> Any:  # fmt: skip
    """A window (N, height, width, C) around a point of each image (N, H, W, C); what lies outside is noise, or 0 with noise="zero"."""
    if noise not in ("uniform", "gaussian", "zero") or (uniform_noise and noise != "uniform"):
        raise errors.invalid(ValueError, f"For 'ExtractGlimpse', uniform_noise={uniform_noise} does not go with noise={noise!r}.")
    kept = torch.ones(x.shape[:3], dtype=torch.bool, device=x.device)
    picked = x
    for axis, after in zip((1, 2), numbers(size), strict=True):
        before = x.shape[axis]
        at = offsets[:, axis - 1] * before if normalized else offsets[:, axis - 1]
        at = at / 2 + before / 2 if centered else at
        index = (at - after / 2).trunc().long()[:, None] + torch.arange(after, device=x.device)
        inside = (index >= 0) & (index < before)
        shape = [len(x), 1, 1]
        shape[axis] = after
        index, inside = index.clamp(0, before - 1).reshape(*shape, 1), inside.reshape(shape)
        picked = picked.gather(axis, index.expand(*picked.shape[:axis], after, *picked.shape[axis + 1 :]))
        kept = kept.narrow(axis, 0, 1).expand(*kept.shape[:axis], after, *kept.shape[axis + 1 :]) & inside
    fill = {"uniform": torch.rand_like, "gaussian": torch.randn_like, "zero": torch.zeros_like}[noise](picked)
    return torch.where(kept[..., None], picked, fill)
