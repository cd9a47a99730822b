"""The demo instance: a made-up residency whose past is played by simulated phones through the real API.

Nothing here inserts a row, and none of it exists outside an instance with HANDRAIL_DEMO on.
"""

from __future__ import annotations

from api.demo.player import NotADemo, advance_from_shell, is_played, play_until, prepare
from api.demo.welcome import greet

__all__ = ["NotADemo", "advance_from_shell", "greet", "is_played", "play_until", "prepare"]
