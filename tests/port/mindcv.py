"""mindcv, as it is installed, ported to PyTorch in both styles: `python -m tests.port.mindcv FOLDER`.

Every file parses, is what it is when it is ported again, and imports without MindSpore; and models give MindSpore's outputs with the same weights.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from compat.port.model import STYLES
from tests.helpers import QUIET, ROOT

MODELS = ("resnet18", "mobilenet_v2_100")
RTOL = 1e-3  # of the largest output
# Run with the package as it is, or a port of it, in front: what can't be imported, and the outputs of the models.
OBSERVED = """
import importlib, json, sys, zlib
import numpy as np
modules, models = json.load(sys.stdin)
if "ported" in sys.argv:
    sys.modules["mindspore"] = None
    import compat.mindspore as ms
else:
    import mindspore as ms
problems, outputs = {}, {}
for name in modules:
    try:
        importlib.import_module(name)
    except BaseException as error:
        problems[name] = f"{type(error).__name__}: {error}"
import mindcv
for name in models:
    net = mindcv.create_model(name, num_classes=10)
    for place, parameter in enumerate(net.get_parameters()):
        random = np.random.default_rng(place)
        scale = max(1, int(np.prod(parameter.shape[1:]))) ** 0.5
        positive = parameter.name.endswith(("gamma", "moving_variance"))
        values = random.uniform(0.5, 1.5, parameter.shape) if positive else random.standard_normal(parameter.shape) / scale
        parameter.set_data(ms.Tensor(values.astype("float32")))
    net.set_train(False)
    images = np.random.default_rng(0).standard_normal((2, 3, 224, 224)).astype("float32")
    outputs[name] = net(ms.Tensor(images)).asnumpy().tolist()
print(json.dumps([problems, outputs]))
"""


def ported(source: Path, target: Path, style: str) -> None:
    """Port the package there, and once more in place; what is said goes to the terminal."""
    command = [sys.executable, "-m", "compat", "port", "--to", "torch", "--style", style, "--exclude", "__pycache__"]
    subprocess.run([*command, str(source), "-o", str(target), "--force"], check=True, cwd=ROOT)
    subprocess.run([*command, str(target), "--check"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def observed(path: list[Path], modules: list[str], *words: str) -> tuple[dict[str, str], dict[str, Any]]:
    """What a process with these folders in front of `sys.path` can't import, and the outputs of the models."""
    environment = {**os.environ, **QUIET, "PYTHONPATH": os.pathsep.join(map(str, [*path, ROOT]))}
    asked = json.dumps([modules, MODELS])
    found = subprocess.run(
        [sys.executable, "-c", OBSERVED, *words], input=asked, capture_output=True, text=True, check=False, env=environment, cwd=ROOT
    )
    if found.returncode:
        sys.exit(found.stderr[-3000:])
    problems, outputs = json.loads(found.stdout.splitlines()[-1])
    return problems, outputs


def names(package: Path) -> list[str]:
    """The modules of a package, dotted."""
    files = (file.relative_to(package.parent).with_suffix("") for file in sorted(package.rglob("*.py")))
    return [".".join(file.parts).removesuffix(".__init__") for file in files]


def main(folder: Path) -> int:
    spec = importlib.util.find_spec("mindcv")
    if spec is None or spec.origin is None:
        sys.exit("mindcv is not installed: pip install mindcv==0.3.0")
    package = Path(spec.origin).parent
    modules = names(package)
    before, expected = observed([], modules)
    wrong = 0
    for style in STYLES:
        ported(package, folder / style / "mindcv", style)
        problems, outputs = observed([folder / style], modules, "ported")
        broken = {name: problem for name, problem in problems.items() if name not in before}
        print(f"{style}: {len(modules) - len(problems)} of {len(modules)} modules import, {len(modules) - len(before)} did before")
        for name, problem in broken.items():
            print(f"  {name}: {problem}")
        wrong += len(broken)
        for name in MODELS:
            reference, found = np.asarray(expected[name]), np.asarray(outputs[name])
            deviation = float(abs(found - reference).max() / abs(reference).max())
            print(f"  {name}: off by {deviation:.1e} of the largest output")
            wrong += not deviation <= RTOL
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
