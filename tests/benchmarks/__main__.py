"""Print each figure beside its bar: the table, the cost of an adapter, the cost of an import."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROW = """\
- torch: torch.nn.functional.loss_{index:04}
  summary: {{en: Squared difference of input and target., zh: 平方差。}}
  parameters:
    input: {{type: Tensor, about: {{en: predictions, zh: 预测值}}}}
    target: {{type: Tensor, about: {{en: the shape of input, zh: 形状与 input 相同}}}}
    size_average: {{kind: deprecated, into: reduction, type: bool, default: null}}
    reduce: {{kind: deprecated, into: reduction, type: bool, default: null}}
    reduction: {{type: str, default: mean, choices: [none, mean, sum]}}
  result: {{en: a scalar, zh: 标量}}
  checks:
    - {{kind: same_shape, of: [input, target], raises: ValueError}}
  mindspore:
    - api: mindspore.ops.loss_{index:04}
      devices: [CPU, Ascend]
      parameters:
        logits: {{source: input, older: {{"2.0": inputs}}}}
        labels: {{source: target}}
        reduction: {{default: mean}}
  arguments: {{input: {{draw: normal, shape: [3, 5]}}, target: {{draw: normal, shape: [3, 5]}}}}
  gradient: [input]
  fixtures:
    - {{name: sum, change: {{reduction: sum}}}}
    - {{name: shape-mismatch, raises: true, change: {{target: {{draw: normal, shape: [4]}}}}}}
"""


def table_seconds(rows: int = 1000) -> float:
    """Seconds to load and validate a synthetic table, best of three, in this process after imports."""
    from compat.table.load import load

    with tempfile.TemporaryDirectory() as folder:
        text = "".join(ROW.format(index=index) for index in range(rows))
        Path(folder, "torch.nn.functional.yaml").write_text(text, encoding="utf-8")
        return min(timeit.repeat(lambda: load(Path(folder)), number=1, repeat=3))


def added_microseconds(call: Callable[[], object], direct: Callable[[], object]) -> float:
    """What `call` takes more than `direct`, in microseconds: best of seven runs of each, interleaved."""
    number = 20_000
    pairs = [(timeit.timeit(call, number=number), timeit.timeit(direct, number=number)) for _ in range(7)]
    return (min(first for first, _ in pairs) - min(second for _, second in pairs)) / number * 1e6


def adapter_microseconds() -> dict[str, float]:
    """What a generated function adds to its target, when the target does nothing."""
    import compat.mindspore as mindspore
    import compat.torch as torch

    x = torch.zeros(3)
    functional = torch.nn.functional
    y = mindspore.Tensor([0.0])
    ops = mindspore.ops

    def nothing(*_: object, **__: object) -> object:
        return x

    def nothing_torch(*_: object, **__: object) -> object:
        return y

    targets = [
        (functional, "kl_div", "_binary", x, nothing, {"reduction": "mean", "log_target": False}),
        (functional, "binary_cross_entropy_with_logits", "_binary", x, nothing, {"weight": None, "reduction": "mean", "pos_weight": None}),
        (ops, "l1_loss", "_regression", y, nothing_torch, {"reduction": "mean"}),
        (
            ops,
            "binary_cross_entropy_with_logits",
            "_nn_functional",
            y,
            nothing_torch,
            {"weight": None, "reduction": "mean", "pos_weight": None},
        ),
    ]
    found = {}
    for package, name, alias, tensor, target, options in targets:
        real = getattr(package, alias)
        setattr(package, alias, type("target", (), {name: staticmethod(target)}))
        function = getattr(package, name)
        found[f"{package.__name__}.{name}"] = added_microseconds(
            partial(function, tensor, tensor), partial(target, tensor, tensor, **options)
        )
        setattr(package, alias, real)
    return found


def added_milliseconds(statement: str, over: str, runs: int = 9) -> float:
    """CPU milliseconds of a process that runs `statement` above one that runs `over`: the least of each, run in turn."""
    pairs = [(_cpu(statement), _cpu(over)) for _ in range(runs)]
    return (min(first for first, _ in pairs) - min(second for _, second in pairs)) * 1000


def _cpu(statement: str) -> float:
    code = f"{statement}\nimport time; print(time.process_time())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    print(f"load and validate 1,000 rows      {table_seconds():6.2f} s    (bar: 1 s)")
    for name, added in adapter_microseconds().items():
        print(f"added by {name:<68} {added:5.2f} µs   (bar: 0.6 µs)")
    print(f"import compat over bare Python          {added_milliseconds('import compat', 'pass'):6.0f} ms   (bar: 60 ms)")
    print(
        f"import compat.torch over mindspore      {added_milliseconds('import compat.torch', 'import mindspore'):6.0f} ms   (bar: 250 ms)"
    )


if __name__ == "__main__":
    main()
