"""One block's trouble stays its own. On the floor of the services; see `services.tick`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from api.problems import Problem

log = structlog.get_logger()


@contextmanager
def apart(step: str, block: str | None) -> Iterator[None]:
    """Keep what goes wrong in one block's step from every other block; the next tick tries the step again.

    The log gets the kind of the error and the block's label (None before a block has one), never the error's own
    text, which could hold what was counted.
    """
    try:
        yield
    except Problem as problem:
        log.warning("block_waits", step=step, block=block, kind=problem.code)
    except Exception as error:
        log.error("block_failed", step=step, block=block, kind=type(error).__name__)
