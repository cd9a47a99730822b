"""Print every figure: `python -m tests.bench [NAME…]`, where a name is a module of this folder.

Each module has `figures()`, which returns or yields Figure, or a `main()` that prints such lines by itself. Exit
status 1 when one could not be measured; a figure that is short is told, not punished: times depend on the machine.
"""

import importlib
import pkgutil
import sys
import traceback

from tests import bench

NOT_BENCHES = {"__main__", "figures"}


def names() -> list[str]:
    return sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if found.name not in NOT_BENCHES)


def measure(name: str) -> bool:
    """Print the figures of one module; False when it broke."""
    try:
        module = importlib.import_module(f"tests.bench.{name}")
        if not hasattr(module, "figures"):
            module.main()
            return True
        for figure in module.figures():
            print(figure.line(), flush=True)
    except Exception:
        traceback.print_exc()
        print(f"figure {name} was not measured", flush=True)
        return False
    return True


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(names())
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    measured = [measure(name) for name in wanted or names()]
    return 0 if all(measured) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
