"""How long a group's blocks are. Pure."""

from __future__ import annotations


def block_weeks(people: int) -> int:
    """Weeks in a block (R2): small groups need longer ones, for more people to have answered."""
    if people < 12:
        return 4
    return 2 if people < 20 else 1
