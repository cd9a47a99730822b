"""An analyst holds copies of both stores, taken just before a close, and matches sheets to accounts.

The statistic is the number of right matches in a block of twelve. A guess without information is a random permutation:
one right on average, with a variance of one, whatever the group's size, so z = (right - blocks) / sqrt(blocks) needs no
model. It shows the absence of the attacks listed here, not of all. The control stores records in the order in which
they came, and must be caught, or the test is worth nothing.
"""

from __future__ import annotations

import hashlib
import math
import os
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from api.db import new_id, transaction
from api.people.models import Group, Membership, Person
from api.pulse import blindsign, client, keys, services
from api.pulse.box import BoxKey, BoxStore, buckets
from api.pulse.client import Token
from api.pulse.models import BlockKey, Issuance
from api.pulse.wire import b64u, canonical, unb64u
from api.state import State
from tests.cast import LONG_AGO, ZONE
from tests.pulse.conftest import on_sqlite
from tests.pulse.tokens import SHAPE, put, row

PEOPLE = 12
OPEN_DAY = date(2026, 11, 23)
RNG = random.Random(20261122)

pytestmark = on_sqlite


@dataclass
class Play:
    """One block as it really happened: what the analyst has to find out."""

    box: BoxKey
    people: list[str]
    issued: list[str]
    tokens: dict[str, Token] = field(default_factory=dict)
    hashes: dict[str, bytes] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    edits: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)

    def record(self, person: str, name: str) -> bytes:
        return buckets.record_key(self.box.key_id, name, self.tokens[person].nonce)


def shuffled(people: list[str]) -> list[str]:
    return RNG.sample(people, len(people))


def stage(state: State, box: BoxStore, number: int) -> Play:
    """A group of twelve whose block is open, with everybody on the ledger."""
    key = blindsign.generate()
    named = b64u(blindsign.key_id(key.spki()))
    people, group_id = [new_id() for _ in range(PEOPLE)], new_id()
    with transaction(state.engine) as db:
        db.add(Group(id=group_id, name=f"Group {number}", zone=ZONE, term_start=OPEN_DAY, block_weeks=2))
        db.add(
            BlockKey(
                key_id=named, group_id=group_id, block=OPEN_DAY.isoformat(), spki=key.spki(), state="open",
                sealed=keys.seal(state.key_encryption_key, key), shape=canonical(SHAPE), open_day=OPEN_DAY,
                end_day=OPEN_DAY, closes_at=datetime.max.replace(tzinfo=LONG_AGO.tzinfo), eligible=PEOPLE,
            )
        )  # fmt: skip
        for place, person in enumerate(people):
            mail = f"{number}.{place}@hospital.example"
            db.add(Person(id=person, email=mail, name="R", role="resident", zone=ZONE, joined_at=LONG_AGO))
        db.flush()
        for person in shuffled(people):
            db.add(Membership(person_id=person, group_id=group_id, kind="resident"))
            db.add(Issuance(person_id=person, key_id=named))
    announced = BoxKey(group_id, OPEN_DAY.isoformat(), key.spki(), SHAPE)
    box.announce(announced)
    box.open(announced.key_id)
    return Play(announced, people, shuffled(people), sent=shuffled(people))


def perform(state: State, box: BoxStore, play: Play) -> None:
    """Everybody takes a token in one order and answers in another; some change their answers."""
    for person in play.issued:
        pending = client.blind(play.box.spki)
        with transaction(state.engine) as db:
            me = db.get_one(Person, person)
            asked = b64u(play.box.key_id), b64u(pending.blinded_msg)
            grant = services.issue(db, me, *asked, state.key_encryption_key)
        play.tokens[person] = client.finalize(play.box.spki, pending, unb64u(grant.blind_sig))
        play.hashes[person] = hashlib.sha256(pending.blinded_msg).digest()
    for person in play.sent:
        play.edits[person] = RNG.choice((1, 1, 2, 3))
        counter = client.next_counter(None)
        for _ in range(play.edits[person]):
            counter = client.next_counter(counter)
            a = {"P01": row(RNG.randrange(5), (RNG.randrange(6),)), "P10": [RNG.randrange(11)]}
            put(box, play.tokens[person], client.sheet(counter, a))
        play.counters[person] = counter


def files(*paths: Path) -> bytes:
    return b"".join(path.read_bytes() for path in paths if path.exists())


def attack(play: Play, box: bytes, named: bytes) -> dict[str, int]:
    """Right matches of every attack on one block."""
    right: dict[str, int] = {}
    for name in ("head", "a:P01", "a:P10"):
        owner = {play.record(person, name): person for person in play.people}
        placed = [owner[record] for record in sorted(owner, key=box.find)]
        sorted_records = [owner[record] for record in sorted(owner)]
        ledger = {person: named.rfind(play.hashes[person]) for person in play.people}
        guesses = {
            "order of arrival": play.sent,
            "order of issuing": play.issued,
            "order of account ids": sorted(play.people),
            "order of blinded hashes": sorted(play.people, key=lambda person: play.hashes[person]),
            "place in the ledger": sorted(ledger, key=ledger.__getitem__),
        }
        for what, order in guesses.items():
            right[f"{name}: place in the file ~ {what}"] = matches(placed, order)
            right[f"{name}: place in the file ~ {what}, backwards"] = matches(placed, order[::-1])
        right[f"{name}: record keys ~ order of account ids"] = matches(sorted_records, sorted(play.people))
    by_counter = sorted(play.people, key=lambda person: play.counters[person])
    by_edits = sorted(shuffled(play.people), key=lambda person: play.edits[person])
    right["counters ~ number of changes"] = matches(by_counter, by_edits)
    pair = [sorted(play.people, key=lambda person: play.record(person, name)) for name in ("a:P01", "a:P10")]
    right["the same place in two buckets"] = matches(*pair)
    return right


def matches(first: list[str], second: list[str]) -> int:
    return sum(a == b for a, b in zip(first, second, strict=True))


def campaign(state: State, blocks: int) -> tuple[dict[str, float], int]:
    """z of every attack over so many blocks, and how many pieces of tokens were found in either store."""
    box, hits, found = BoxStore(state.box_path), defaultdict(int), 0
    database = Path(str(state.engine.url.database))
    for number in range(blocks):
        play = stage(state, box, number)
        perform(state, box, play)
        copies = files(state.box_path), files(database, database.with_name(database.name + "-wal"))
        for what, right in attack(play, *copies).items():
            hits[what] += right
        secrets = [token.nonce + token.signature for token in play.tokens.values()]
        pieces = {secret[at : at + 8] for secret in secrets for at in range(0, len(secret), 36)}
        found += sum(piece in copy for piece in pieces for copy in copies)
    return {what: (right - blocks) / math.sqrt(blocks) for what, right in hits.items()}, found


@pytest.mark.timeout(3600)
def test_copies_of_both_stores_match_people_to_sheets_no_better_than_guessing(state: State) -> None:
    """SOAK_BLOCKS=200 is the gate of a release; the short run of every day catches what is plainly wrong."""
    blocks = int(os.environ.get("SOAK_BLOCKS", "16"))
    limit = 4.0 if blocks >= 200 else 5.0
    scores, found = campaign(state, blocks)
    assert found == 0
    assert {what: z for what, z in scores.items() if abs(z) > limit} == {}


def test_a_store_that_keeps_the_order_of_arrival_is_caught(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsorted(records: dict[bytes, bytes]) -> bytes:
        return b"".join(key + value for key, value in records.items())

    monkeypatch.setattr(buckets, "dump", unsorted)
    scores, _ = campaign(state, 6)
    assert scores["head: place in the file ~ order of arrival"] > 10
