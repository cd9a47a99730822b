"""One span of somebody's working life, as the rooms above read it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["shift", "night", "off"]


@dataclass(frozen=True, order=True)
class Shift:
    """Hours of work or of time off, as UTC instants. "night" is work through 03:00 on the resident's wall clock."""

    start: datetime
    end: datetime
    kind: Kind
