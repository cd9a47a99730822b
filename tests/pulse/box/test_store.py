"""The box's file: one token one record, forward only, history independent, and nothing left after the close."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from api.problems import Problem
from api.pulse import client
from api.pulse.box import BoxStore, CountInvariant, buckets
from api.pulse.client import Token
from api.pulse.wire import b64u, digest, unb64u
from tests.pulse.tokens import BLOCK, GROUP, SHAPE, box_key, open_box, put, row, token

KEY_ID = box_key().key_id


@pytest.fixture
def box(tmp_path: Path) -> BoxStore:
    return open_box(tmp_path / "box.sqlite")


def counted(rows: Mapping[str, list[bytes]], marks: Mapping[str, int]) -> dict[str, Any]:
    """A disclosure that says too much, for tests to see what the box counted."""
    told = {name: sorted(list(one) for one in found) for name, found in rows.items()}
    return {"rows": told, "marks": dict(marks), "next": {"2026-12-21": "a-key"}}


def held(box: BoxStore) -> dict[str, bytes]:
    with box.file.connection() as db:
        return dict(db.execute("SELECT name, data FROM bucket"))


def refused(code: str, *call: Any) -> Problem:
    with pytest.raises(Problem) as found:
        put(*call)
    assert found.value.code == code
    return found.value


def files(path: Path) -> bytes:
    """Every byte of every file in a folder."""
    return b"".join(file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file())


def test_one_token_holds_one_record_however_often_it_sends(box: BoxStore) -> None:
    mine = token()
    put(box, mine, client.sheet(5, {"P10": [3]}))
    put(box, mine, client.sheet(5, {"P10": [3]}))
    put(box, mine, client.sheet(8, {"P10": [7], "P01": row(1)}, ["P10"]))
    told = box.close(KEY_ID, 2, 1, counted)
    assert '"P10":[[7]]' in told
    assert '"marks":{"P01":0,"P10":1}' in told


def test_a_stale_counter_changes_nothing_and_is_told_the_stored_one(box: BoxStore) -> None:
    mine = token()
    put(box, mine, client.sheet(9, {"P10": [3]}))
    before = held(box)
    assert refused("stale_sheet", box, mine, client.sheet(8, {"P10": [4]})).body()["counter"] == 9
    assert held(box) == before


def test_withdrawing_takes_every_answer_out_and_a_late_retry_cannot_bring_it_back(box: BoxStore) -> None:
    mine = token()
    late = client.sheet(5, {"P10": [3]}, ["P10"])
    put(box, mine, late)
    put(box, mine, client.withdrawal(6))
    assert [name for name, data in held(box).items() if data] == ["head"]
    refused("stale_sheet", box, mine, late)
    put(box, mine, client.sheet(7, {"P10": [1]}))
    assert '"P10":[[1]]' in box.close(KEY_ID, 1, 1, counted)


def test_a_withdrawn_sheet_counts_nobody(box: BoxStore) -> None:
    put(box, token(), client.withdrawal(6))
    assert '"issued":0' in box.close(KEY_ID, 1, 0, counted)


def test_a_token_opens_its_own_block_only(box: BoxStore) -> None:
    other = box_key(1, "2026-12-21")
    box.announce(other)
    box.open(other.key_id)
    mine = token()
    sheet = client.sheet(1, {})
    refused("bad_token", box, Token(other.key_id, mine.nonce, mine.signature), sheet)
    refused("bad_token", box, Token(KEY_ID, bytes(32), mine.signature), sheet)
    refused("bad_token", box, Token(KEY_ID, mine.nonce, bytes(256)), sheet)
    refused("unknown_key", box, Token(bytes(32), mine.nonce, mine.signature), sheet)


def test_a_block_takes_sheets_only_while_it_is_open(tmp_path: Path) -> None:
    box = BoxStore(tmp_path / "box.sqlite")
    box.announce(box_key())
    refused("block_not_open", box, token(), client.sheet(1, {}))
    box.open(KEY_ID)
    put(box, token(), client.sheet(1, {}))
    box.close(KEY_ID, 1, 1, counted)
    refused("block_closed", box, token(), client.sheet(1, {}))
    box.open(KEY_ID)
    refused("block_closed", box, token(), client.sheet(1, {}))


def fill(box: BoxStore, sheets: list[tuple[Token, Any]]) -> None:
    for mine, sheet in sheets:
        put(box, mine, sheet)


def test_the_same_sheets_in_any_order_and_with_edits_give_the_same_bytes(tmp_path: Path) -> None:
    tokens = [token() for _ in range(9)]
    last = [
        (mine, client.sheet(50, {"P01": row(n % 5, (n % 6,)), "P10": [n]}, ["P10"] * (n < 2)))
        for n, mine in enumerate(tokens)
    ]
    first = open_box(tmp_path / "first.sqlite")
    fill(first, last)
    second = open_box(tmp_path / "second.sqlite")
    rng = random.Random(3)
    for counter in (1, 2, 3):
        fill(second, [(mine, client.sheet(counter, {"P01": row(rng.randrange(5))})) for mine in tokens])
    fill(second, rng.sample(last, len(last)))
    assert held(first) == held(second)
    assert first.keys()["epoch"] != second.keys()["epoch"]


def test_two_records_of_one_person_share_no_value(box: BoxStore) -> None:
    mine = token()
    put(box, mine, client.sheet(5, {"P01": row(1), "P10": [1]}, ["P01", "P10"]))
    keys = {data[:32] for data in held(box).values() if data}
    assert len(keys) == 5


def test_neither_token_nor_signature_is_in_the_file(box: BoxStore, tmp_path: Path) -> None:
    mine = token()
    put(box, mine, client.sheet(5, {"P10": [3]}))
    kept = files(tmp_path)
    assert buckets.record_key(KEY_ID, "a:P10", mine.nonce) in kept
    for secret in (mine.nonce, mine.signature):
        assert not any(secret[at : at + 8] in kept for at in range(0, len(secret) - 8, 4))


def test_after_the_close_no_record_is_left_in_any_file(box: BoxStore, tmp_path: Path) -> None:
    tokens = [token() for _ in range(8)]
    fill(box, [(mine, client.sheet(5, {"P01": row(3), "P10": [9]}, ["P10"])) for mine in tokens])
    records = [buckets.record_key(KEY_ID, name, mine.nonce) for mine in tokens for name in ("head", "a:P01", "s:P10")]
    assert all(record in files(tmp_path) for record in records)
    box.close(KEY_ID, 9, 8, counted)
    box.tidy()
    kept = files(tmp_path)
    assert not any(record in kept or record[:8] in kept for record in records)


def test_a_release_has_the_same_bytes_however_often_the_block_is_closed(box: BoxStore) -> None:
    put(box, token(), client.sheet(5, {"P10": [3]}))
    first = box.close(KEY_ID, 4, 2, counted)
    again = box.close(KEY_ID, 9, 9, lambda rows, marks: {"other": True, "next": {}})
    assert first == again
    assert first.startswith('{"block":"2026-11-23","eligible":4,"group":"a-group","issued":2,"key_id":')


@pytest.mark.parametrize(("eligible", "issued"), [(5, 1), (1, 2), (0, 0)])
def test_counts_that_contradict_each_other_release_nothing(box: BoxStore, eligible: int, issued: int) -> None:
    fill(box, [(token(), client.sheet(1, {"P10": [1]})) for _ in range(2)])
    with pytest.raises(CountInvariant):
        box.close(KEY_ID, eligible, issued, counted)
    assert len(held(box)["head"]) == 2 * 37
    box.discard(KEY_ID)
    assert held(box) == {}
    with pytest.raises(CountInvariant):
        box.close(KEY_ID, 9, 9, counted)
    box.publish(KEY_ID)
    assert box.releases() == '{"releases":[]}'


def test_a_disclosure_that_fails_leaves_the_block_as_it_was(box: BoxStore) -> None:
    put(box, token(), client.sheet(5, {"P10": [3]}))
    before = held(box)

    def broken(rows: Any, marks: Any) -> dict[str, Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        box.close(KEY_ID, 4, 2, broken)
    assert held(box) == before
    assert box.states()[KEY_ID] == "open"


def test_the_key_list_is_the_same_for_everybody_until_a_block_closes(box: BoxStore) -> None:
    box.announce(box_key(1, "2026-12-21"))
    listed = box.keys()
    assert listed == box.keys()
    assert [set(key) for key in listed["keys"]] == [{"group", "block", "key_id", "spki", "shape"}] * 2
    assert {key["block"] for key in listed["keys"]} == {BLOCK, "2026-12-21"}
    assert listed["keys"][0]["group"] == GROUP
    assert listed["keys"][0]["shape"] == SHAPE
    box.close(KEY_ID, 1, 1, counted)
    after = box.keys()
    assert [key["block"] for key in after["keys"]] == ["2026-12-21"]
    assert after["list_hash"] != listed["list_hash"]
    assert after["epoch"] == listed["epoch"]


def test_announcing_again_changes_nothing(box: BoxStore) -> None:
    put(box, token(), client.sheet(5, {"P10": [3]}))
    before = held(box), box.keys()
    box.announce(box_key())
    assert (held(box), box.keys()) == before
    assert box.states()[KEY_ID] == "open"


def listed(body: str) -> str:
    """What the box lists for everybody of a release with this text."""
    digest = b64u(hashlib.sha256(body.encode()).digest())
    named = {"block": BLOCK, "digest": digest, "group": GROUP, "key_id": b64u(KEY_ID), "next": {"2026-12-21": "a-key"}}
    return json.dumps({"releases": [named]}, separators=(",", ":"))


def test_a_release_is_listed_by_its_digest_once_it_is_published(box: BoxStore) -> None:
    body = box.close(KEY_ID, 1, 1, counted)
    assert box.releases() == '{"releases":[]}'
    box.publish(KEY_ID)
    assert box.releases() == listed(body)


def test_the_box_makes_the_digest_the_phone_makes() -> None:
    # The phone's own test holds the same text to the same digest.
    assert digest('{"note":"Naïve – ✓"}') == "PP7zj5apn9lyo2Z76xUO0j6wKFkZxSyeI7WYQoo1qYc"


def test_two_releases_that_say_the_same_have_nothing_in_common_to_guess_by(tmp_path: Path) -> None:
    bodies = [open_box(tmp_path / f"{number}.sqlite").close(KEY_ID, 1, 1, counted) for number in range(2)]
    first, second = (json.loads(body) for body in bodies)
    assert digest(bodies[0]) != digest(bodies[1])
    assert [len(unb64u(release.pop("salt"))) for release in (first, second)] == [16, 16]
    assert first == second


def test_a_box_made_anew_takes_back_the_releases_of_the_lost_one(box: BoxStore, tmp_path: Path) -> None:
    body = box.close(KEY_ID, 1, 1, counted)
    again = BoxStore(tmp_path / "again.sqlite")
    for _ in range(2):
        again.readmit(box_key(), body, published=True)
    assert again.releases() == listed(body)
    assert again.keys()["keys"] == []
    refused("block_closed", again, token(), client.sheet(1, {}))


def test_the_file_keeps_no_log_beside_it_and_overwrites_what_it_deletes(box: BoxStore, tmp_path: Path) -> None:
    put(box, token(), client.sheet(5, {"P10": [3]}))
    assert [file.name for file in tmp_path.iterdir()] == ["box.sqlite"]
    assert (tmp_path / "box.sqlite").stat().st_mode & 0o077 == 0
    with box.file.connection() as db:
        settings = [
            db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "secure_delete", "synchronous")
        ]
    assert settings == ["delete", 1, 2]


def test_while_the_file_is_locked_the_answer_is_503_and_nothing_is_lost(box: BoxStore, tmp_path: Path) -> None:
    mine = token()
    put(box, mine, client.sheet(5, {"P10": [3]}))
    hasty = BoxStore(tmp_path / "box.sqlite", busy_s=0.05)
    other = sqlite3.connect(tmp_path / "box.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    problem = refused("unavailable", hasty, mine, client.sheet(6, {"P10": [4]}))
    assert (problem.status, problem.headers) == (503, {"Retry-After": "2"})
    other.execute("ROLLBACK")
    other.close()
    put(hasty, mine, client.sheet(6, {"P10": [4]}))
    assert '"P10":[[4]]' in box.close(KEY_ID, 1, 1, counted)


def test_a_file_that_is_gone_is_503_and_not_made_anew_behind_our_back(box: BoxStore, tmp_path: Path) -> None:
    (tmp_path / "box.sqlite").unlink()
    refused("unavailable", box, token(), client.sheet(1, {}))
    assert not (tmp_path / "box.sqlite").exists()
