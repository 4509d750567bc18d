"""Print the shares; with `--missing N`, the N most used names that each lacks."""

from __future__ import annotations

import argparse

from compat.table.load import load
from tests.usage import coverage

SHARES = {
    "references to verified APIs": coverage.calls,
    "uses of arguments": coverage.arguments,
    "pairs of the official tables": coverage.official,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.usage", description=__doc__)
    parser.add_argument("--missing", type=int, default=0, metavar="N")
    wanted = parser.parse_args()
    table = load()
    for title, measure in SHARES.items():
        share = measure(table)
        print(f"{title}: {share.covered} of {share.total} ({share.percent:.2f} %)")
        for count, name in share.missing[: wanted.missing]:
            print(f"  {count:6} {name}")
    for title, (count, total) in coverage.declared(table).items():
        print(f"declared without hand-written code: {title}: {count} of {total} ({100 * count / total:.1f} %)")


if __name__ == "__main__":
    main()
