"""The anonymous side: its own application over its own SQLite file, with no session, no log and no clock.

Nothing here imports the named side. Only public keys cross to it, and two whole numbers when a block closes.
"""

from __future__ import annotations

from api.pulse.box.routes import create_box
from api.pulse.box.store import BoxKey, BoxStore, CountInvariant, Disclose, Rows

__all__ = ["BoxKey", "BoxStore", "CountInvariant", "Disclose", "Rows", "create_box"]
