"""`python -m tests.port.models [STYLE…]`: torchvision, ported, gives PyTorch's outputs and gradients with the same weights.

Each model is made and run in a process of its own framework: by torchvision on PyTorch, and by its port, which loads the same state dict.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from compat.cli import main as compat
from compat.port.model import STYLES

# Of the largest element. Batch normalisation over a few values makes rounding larger, in its gradient above all: there PyTorch's own
# float32 is as far from its float64.
LIMITS = {"eval": 1e-3, "train": 1e-3, "gradient": 2e-2}
# Of each model: how it is made, and its images.
MODELS = {
    "resnet18": ("models.resnet18()", (2, 3, 64, 64)),
    "mobilenet_v2": ("models.mobilenet_v2()", (2, 3, 64, 64)),
    "densenet121": ("models.densenet121()", (2, 3, 64, 64)),
    "vit (small)": ("models.VisionTransformer(32, 8, 2, 2, 32, 64, num_classes=10)", (2, 3, 32, 32)),
    "swin_t": ("models.swin_t()", (2, 3, 64, 64)),
}
# Runs one model: `torch` is PyTorch or compat.torch; on PyTorch torchvision's compiled operators are declared, of which no model needs one.
PROGRAM = """
import sys
{head}
import numpy as np
import torchvision.models as models

folder = sys.argv[1]
torch.manual_seed(0)
model = {build}
if {reference}:
    for parameter in model.parameters():  # some begin as zeros, and would hide what comes before them
        torch.nn.init.normal_(parameter, std=0.02) if parameter.abs().max() == 0 else None
    torch.save(model.state_dict(), folder + "/weights.pth")
else:
    model.load_state_dict(torch.load(folder + "/weights.pth"))
# Drawn, since smooth images make ties in max pooling, which rounding decides: of these the gradient would be another one.
torch.manual_seed(2)
x = torch.randn({shape}).requires_grad_()
found = {{}}
for name in ("eval", "train"):
    model.train(name == "train")
    torch.manual_seed(1)
    y = model(x)
    y.square().mean().backward()
    found[name] = y.detach().numpy()
found["gradient"] = x.grad.numpy()
np.savez(folder + "/{name}.npz", **found)
"""
HEADS = {
    "reference": (
        "import torch\nlibrary = torch.library.Library('torchvision', 'DEF')\n"
        "for each in ('nms', 'qnms'):\n    library.define(each + '(Tensor dets, Tensor scores, float iou_threshold) -> Tensor')"
    ),
    "port": "import compat.torch as torch",
}


def run(which: str, build: str, shape: tuple[int, ...], folder: Path, ported: Path | None) -> dict[str, np.ndarray]:
    """The outputs of one model, in evaluation and in training, and the gradient by its images."""
    is_reference = ported is None
    text = PROGRAM.format(
        head=HEADS["reference" if is_reference else "port"], build=build, reference=is_reference, shape=shape,
        name=which,
    )  # fmt: skip
    path = [] if ported is None else [str(ported)]
    code = f"import sys; sys.path[:0] = {path!r}\n" + text
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(folder)], check=True)
    with np.load(folder / f"{which}.npz") as found:
        return dict(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("styles", nargs="*", choices=(*STYLES, []), default=[])
    styles = parser.parse_args().styles or list(STYLES)
    spec = next(Path(folder) / "torchvision" for folder in sys.path if (Path(folder) / "torchvision" / "models").is_dir())
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for style in styles:
            compat(["port", str(spec), "-o", str(folder / style / "torchvision"), "--style", style])
        for model, (build, shape) in MODELS.items():
            reference = run("reference", build, shape, folder, None)
            for style in styles:
                found = run(style, build, shape, folder, folder / style)
                errors = {key: np.abs(found[key] - reference[key]).max() / np.abs(reference[key]).max() for key in reference}
                fine = all(error <= LIMITS[key] for key, error in errors.items())
                failed += not fine
                print(
                    f"{model:<14} {style:<7} {'OK' if fine else 'DIFFERS'}  "
                    + ", ".join(f"{key} {error:.1e}" for key, error in errors.items())
                )
    print(f"{failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
