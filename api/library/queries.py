"""Reading the library. It is data of this version, not of a database."""

from __future__ import annotations

from typing import Any

from api.library.loading import Library, library


def whole() -> Library:
    """Every protocol of this version."""
    return library()


def protocol(protocol_id: str) -> dict[str, Any] | None:
    """One protocol in its served shape; None when there is none of that id."""
    return library().protocols.get(protocol_id)


def pushed() -> list[str]:
    """Ids of the protocols a prompt may ask for, in order."""
    return [key for key in library().protocols if library().pushed(key)]
