"""Long suites: `python -m tests.soak SUITE --seed N [--count K]`.

Each suite is a module of this folder with `run(seed, count) -> int` that prints its counts and the seed and returns 0
when everything holds.
"""

from __future__ import annotations

import argparse
import importlib
import sys


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("suite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int)
    given = parser.parse_args(arguments)
    suite = importlib.import_module(f"tests.soak.{given.suite.replace('-', '_')}")
    status: int = suite.run(given.seed, given.count)
    return status


if __name__ == "__main__":
    sys.exit(main())
