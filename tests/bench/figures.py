"""One figure: a number, the goal it is held against, and the line it is printed as."""

import operator
from collections.abc import Callable
from dataclasses import dataclass

COMPARE: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


@dataclass(frozen=True)
class Figure:
    """`op` is <=, >= or ==. A figure without a goal is reported only: `goal` is None then, and it always holds."""

    name: str
    value: float
    unit: str
    op: str = "<="
    goal: float | None = None

    @property
    def holds(self) -> bool:
        return self.goal is None or COMPARE[self.op](self.value, self.goal)

    def line(self) -> str:
        """`figure NAME VALUE UNIT goal OP VALUE holds|short`; `goal -` where there is none."""
        goal = "-" if self.goal is None else f"{self.op} {spelled(self.goal)}"
        return f"figure {self.name} {spelled(self.value)} {self.unit} goal {goal} {'holds' if self.holds else 'short'}"


def figure(name: str, value: float, unit: str, op: str, goal: float) -> str:
    """The line of a figure that has a goal."""
    return Figure(name, value, unit, op, goal).line()


def spelled(value: float) -> str:
    """Three digits that mean something, never an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def percentile(values: list[float], part: float) -> float:
    """The smallest value that at least `part` (0 to 1) of the values do not exceed. Raises ValueError when empty."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = -(-len(ordered) * part // 1)
    return ordered[max(0, int(rank) - 1)]
