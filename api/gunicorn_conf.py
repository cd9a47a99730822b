"""gunicorn's settings that cannot be said on its command line."""

from __future__ import annotations

import socket
import struct
from typing import Any

# A phone that lost its signal in the middle of a request holds a thread until the next byte or this many seconds.
RECEIVE_TIMEOUT_S = 15


def when_ready(server: Any) -> None:
    """Bound every wait for bytes. Accepted connections inherit the option, and gunicorn's own calls do not undo it."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", RECEIVE_TIMEOUT_S, 0))
