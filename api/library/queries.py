"""Reading the library. It is data of this version, not of a database."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from api.library.loading import Library, library

GAP_DAYS = 7


def whole() -> Library:
    """Every protocol of this version."""
    return library()


def protocol(protocol_id: str) -> dict[str, Any] | None:
    """One protocol in its served shape; None when there is none of that id."""
    return library().protocols.get(protocol_id)


@cache
def gaps() -> Mapping[str, int]:
    """The fewest days between two prompts for the same protocol, of each that prompts may ask for, in order."""
    return {key: one.get("gap_days", GAP_DAYS) for key, one in library().protocols.items() if one["pushed"]}


def pushed() -> list[str]:
    """Ids of the protocols a prompt may ask for, in order."""
    return [key for key in library().protocols if library().pushed(key)]
