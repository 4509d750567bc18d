"""The demonstration behind `make demo`: two plain programs on both frameworks, then the parity of the losses.

Prints a line whenever something takes over two seconds. Exit status 1 if a bar is missed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
LOSS = re.compile(r"^epoch\s+(\d+)\s+loss\s+([0-9.]+)$")
ACCURACY = re.compile(r"^test accuracy ([0-9.]+)$")
TOLERANCE = 1e-3
LEAST_ACCURACY = 0.95


def output_of(title: str, command: list[str]) -> list[str]:
    """Run a command and show what it prints as it comes; a note every two seconds while it is silent. Exits if it fails."""
    print(f"\n== {title}\n   {' '.join(['python', *command])}", flush=True)
    started = heard = time.monotonic()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[str] = []
    reader = threading.Thread(target=lambda: errors.extend(process.stderr or ()))
    reader.start()
    done = threading.Event()

    def note() -> None:
        while not done.wait(2):
            if time.monotonic() - heard > 2:
                print(f"   … {time.monotonic() - started:.0f} s", flush=True)

    threading.Thread(target=note, daemon=True).start()
    lines = []
    for line in process.stdout:
        heard = time.monotonic()
        lines.append(line.rstrip("\n"))
        print(f"   {lines[-1]}", flush=True)
    done.set()
    reader.join()
    if process.wait() not in (0, 1) or (process.returncode and not lines):
        sys.exit("".join(errors))
    print(f"   ({time.monotonic() - started:.1f} s)", flush=True)
    return lines


def compared(program: str, api: str) -> bool:
    """Run one program through this project and on the framework it was written for; tell whether its losses agree."""
    target, other = {"torch": ("PyTorch", "MindSpore"), "mindspore": ("MindSpore", "PyTorch")}[api]
    path = str(HERE / program)
    options = ["--api", api] if api != "torch" else []
    ours = output_of(f"{program}, a plain {target} program, on {other}", ["-m", "compat", "run", *options, path])
    theirs = output_of(f"{program} on real {target}", [path])
    losses = [[float(match[2]) for line in lines if (match := LOSS.match(line))] for lines in (ours, theirs)]
    accuracies = [float(match[1]) for line in ours if (match := ACCURACY.match(line))]
    if not losses[0] or len(losses[0]) != len(losses[1]) or not accuracies:
        print("   the two runs did not print the same epochs")
        return False
    worst = max(abs(a - b) for a, b in zip(*losses, strict=True))
    good = worst <= TOLERANCE and accuracies[0] >= LEAST_ACCURACY
    print(f"   {'OK' if good else 'FAILED'}: {len(losses[0])} epochs, largest difference of the loss {worst:.1e} (at most {TOLERANCE:.0e}), "
          f"test accuracy {accuracies[0]:.4f} (at least {LEAST_ACCURACY})")  # fmt: skip
    return good


def main() -> int:
    started = time.monotonic()
    results = [compared("digits.py", "torch"), compared("digits_mindspore.py", "mindspore")]
    lines = output_of(
        "parity of the losses", ["-m", "compat", "parity", "-o", "build/parity", "torch.nn.*Loss", "torch.nn.functional.*loss*"]
    )
    results.append(any(line.startswith("parity OK") for line in lines))
    print(
        f"\n{'everything agrees' if all(results) else 'FAILED'}, in {time.monotonic() - started:.0f} s; open build/parity/report.html in a browser"
    )
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
