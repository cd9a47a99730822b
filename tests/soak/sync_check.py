"""The end of a seed: heal everything, let every phone fall quiet, and count what is not as the screens said."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pyrage
from sqlalchemy import select

from api.db import transaction
from api.journal.models import Op, Parked
from api.prompts.models import Prompt
from tests.soak.sync_phones import SoakPhone
from tests.soak.sync_world import Intent, Seed
from tests.sync.phone import Lost

ZERO = (
    "lost", "duplicated", "resurrected", "wrong owner", "stuck", "not parked", "parked without cause", "holes wrong",
    "devices differ", "conflicts not told", "effects wrong",
)  # fmt: skip
ROUNDS_MAX = 60


def count(seed: Seed) -> Counter[str]:
    """What is wrong, by name, with everything healed; all of ZERO are to be 0."""
    found = Counter(dict.fromkeys(ZERO, 0))
    found.update(seed.wrong)
    found["stuck"] += heal(seed)
    for name in seed.people:
        fresh = _fresh(seed, name, found)
        _count_one_person(seed, name, fresh, found)
    _count_effects(seed, found)
    return found


def heal(seed: Seed) -> int:
    """Network and server whole, no new writes: exchange until nothing moves. How many ops still wait then."""
    seed.network.heal()
    seed.weather.calm()
    seed.house.stand()
    still, before = 0, None
    for _ in range(ROUNDS_MAX):
        for phone in seed.phones:
            if phone.signed_out:
                seed._sign_in(phone)
            phone.tick()
        now = [(len(phone.waiting()), phone.epoch, phone.cursor, phone.more, phone.signed_out) for phone in seed.phones]
        still = still + 1 if now == before else 0
        before = now
        if still >= 2:
            break
    return sum(len(phone.waiting()) for phone in seed.phones)


def _fresh(seed: Seed, name: str, found: Counter[str]) -> SoakPhone:
    """A brand-new device of the person, with the whole journal on it."""
    fresh = seed._phone(name)
    seed._sign_in(fresh)
    try:
        fresh.register()
        fresh.quiet()
    except (Lost, AssertionError):
        found["stuck"] += 1
    return fresh


def _count_one_person(seed: Seed, name: str, fresh: SoakPhone, found: Counter[str]) -> None:
    mine = [intent for intent in seed.intents if intent.owner == name]
    there = Counter(_opened(fresh, op) for op in fresh.log.values() if op["body"])
    found["wrong owner"] += there.pop("", 0)
    for intent in mine:
        _count_intent(seed, intent, there, fresh, found)
    with transaction(seed.house.state.engine, write=False) as db:
        person_id = seed.people[name].id
        rows = list(db.scalars(select(Op).where(Op.person_id == person_id)))
        parked = [json.loads(kept) for kept in db.scalars(select(Parked.kept).where(Parked.person_id == person_id))]
    _count_withdrawn(seed, mine, rows, parked, found)
    _count_owners(seed, name, rows, found)
    _count_parked(seed, name, parked, found)
    for phone in (*(phone for phone in seed.phones if phone.owner == name), fresh):
        found["holes wrong"] += phone.holes != _absent(phone, rows, parked)
        found["devices differ"] += _shown(phone) != _shown(fresh)


def _opened(phone: SoakPhone, op: dict[str, Any]) -> str:
    """What an entry says; "" when it is sealed to somebody else."""
    try:
        return str(phone.keys.open(op["body"]))
    except pyrage.DecryptError:
        return ""


def _shown(phone: SoakPhone) -> dict[str, str]:
    """entity → its latest entry that is not withdrawn, still sealed."""
    latest = {op["entity_id"]: op for _, op in sorted(phone.log.items())}
    gone = {op["entity_id"] for op in phone.log.values() if op["kind"] == "withdraw"}
    return {entity: op["op_id"] for entity, op in latest.items() if entity not in gone and op["body"]}


def _count_intent(seed: Seed, intent: Intent, there: Counter[str], fresh: SoakPhone, found: Counter[str]) -> None:
    if intent.kind not in ("create", "revise"):
        return
    times = there[intent.token]
    found["duplicated"] += max(0, times - 1)
    gone = intent.op["entity_id"] in seed.withdrawn
    if times == 0 and intent.sure and not gone:
        found["lost"] += 1


def _count_withdrawn(
    seed: Seed, mine: list[Intent], rows: list[Op], parked: list[dict[str, Any]], found: Counter[str]
) -> None:
    """A withdrawal that only a wiped phone had may be lost with it; any other is for good."""
    buried = {intent.op["entity_id"] for intent in mine if intent.kind == "withdraw" and intent.sure}
    ops = Counter(row.op_id for row in rows)
    found["duplicated"] += sum(times - 1 for times in ops.values())
    found["resurrected"] += sum(1 for row in rows if row.entity_id in buried and row.body)
    found["resurrected"] += sum(1 for told in parked if told.get("entity_id") in buried and "body" in told)
    here = {row.op_id for row in rows}
    quiet = [intent for intent in mine if intent.kind in ("withdraw", "prompt") and intent.sure]
    found["lost"] += sum(1 for intent in quiet if intent.op["op_id"] not in here)
    gone = {intent.op["entity_id"] for intent in mine if intent.kind == "withdraw" and not intent.sure}
    seed.withdrawn -= gone - buried


def _count_owners(seed: Seed, name: str, rows: list[Op], found: Counter[str]) -> None:
    mine = {intent.op["op_id"] for intent in (*seed.intents, *seed.planted) if intent.owner == name}
    theirs = {intent.op["op_id"] for intent in (*seed.intents, *seed.planted) if intent.owner != name}
    found["wrong owner"] += sum(1 for row in rows if row.op_id in theirs - mine)


def _count_parked(seed: Seed, name: str, parked: list[dict[str, Any]], found: Counter[str]) -> None:
    here = {told.get("op_id") for told in parked}
    planted = [intent for intent in seed.planted if intent.owner == name]
    found["planted"] += sum(1 for intent in planted if intent.sure or intent.op["op_id"] in here)
    found["parked"] += len(here)
    found["not parked"] += sum(1 for intent in planted if intent.sure and intent.op["op_id"] not in here)
    found["parked without cause"] += len(here - {intent.op["op_id"] for intent in planted})


def _count_effects(seed: Seed, found: Counter[str]) -> None:
    unsure = {intent.op["entity_id"] for intent in seed.intents if intent.kind == "prompt" and not intent.sure}
    with transaction(seed.house.state.engine, write=False) as db:
        states = {id_: state for id_, state in db.execute(select(Prompt.id, Prompt.state))}  # noqa: C416
    for prompt, outcome in seed.settled.items():
        if prompt not in unsure and states.get(prompt) != outcome:
            found["effects wrong"] += 1


def _absent(phone: SoakPhone, rows: list[Op], parked: list[dict[str, Any]]) -> list[int]:
    """The gaps by another road than the server's own bookkeeping: from the log itself."""
    here = {row.seq for row in rows if row.device_id == phone.device_id}
    here |= {told["seq"] for told in parked if told.get("device_id") == phone.device_id and "seq" in told}
    return sorted(set(range(1, max(here, default=0) + 1)) - here)[:500]
