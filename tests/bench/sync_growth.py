"""What an exchange costs as the log grows: `python -m tests.bench.sync_growth [OPS]`.

One server with a single op against one with a million (100,000 of them of the person who is measured), in turn, in one
run; and a phone that pulls beside one that sends.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from api.db import new_id, transaction
from api.journal.models import Stream
from api.people.models import Person
from tests.bench.figures import figure
from tests.bench.fleet import BODY, LONG_AGO, MAC
from tests.bench.sync_exchange import Instance, table
from tests.sync.phone import uuid7

OWN, ALL, EACH = 100_000, 1_000_000, 1_000
ROUNDS, EXCHANGES, BATCH = 9, 30, 20


def crowd(instance: Instance, ops: int) -> None:
    """As many ops again, of other people, a thousand each."""
    for _ in range(ops // EACH):
        person_id = new_id()
        who = {"email": f"{person_id}@x.example", "name": "R", "role": "resident", "zone": "UTC"}
        with transaction(instance.state.engine) as db:
            db.execute(insert(Person), [{"id": person_id, "joined_at": LONG_AGO, **who}])
            db.execute(insert(Stream), [{"person_id": person_id, "last_seq": EACH}])
            db.execute(insert(table()), [_row(person_id, n) for n in range(1, EACH + 1)])


def _row(person_id: str, n: int) -> dict[str, object]:
    return {
        "person_id": person_id, "server_seq": n, "op_id": uuid7(), "device_id": person_id, "seq": n, "proto": 1,
        "kind": "create", "entity_id": uuid7(), "base": None, "occurred_at": "2026-11-19T12:00:00.000Z",
        "body": BODY, "mac": MAC,
    }  # fmt: skip


def cost(step: Callable[[], None]) -> float:
    """Seconds an exchange, the median of a round."""
    taken = []
    for _ in range(EXCHANGES):
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main(ops: int = ALL) -> int:
    with TemporaryDirectory(prefix="handrail-growth-") as made:
        small, large = (Path(made) / name for name in ("small", "large"))
        for folder in (small, large):
            folder.mkdir()
        new, grown = Instance(small, 1), Instance(large, min(OWN, ops))
        crowd(grown, ops - min(OWN, ops))
        kinds = {
            "send": lambda at: lambda: at.deliver(at.ops(BATCH)),
            "send_one": lambda at: lambda: at.deliver(at.ops(1)),
            "pull": lambda at: lambda: at.deliver([]),
        }
        for name, of in kinds.items():
            cost(of(new))
            cost(of(grown))
            ratios = [cost(of(grown)) / cost(of(new)) for _ in range(ROUNDS)]
            print(
                figure(f"sync_growth_{name}_with_{ops}_stored", statistics.median(ratios), "ratio", "<=", 1.2),
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ALL))
