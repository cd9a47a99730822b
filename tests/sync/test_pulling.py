"""What a phone lacks comes back: pages, cursors, epochs, and the way home after a restore."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from api.journal import queries
from tests.cast import Cast
from tests.sync import backup
from tests.sync.phone import Phone, uuid7
from tests.sync.test_exchange import request, statuses, sync

PhoneOf = Callable[..., Phone]


def test_a_second_device_sees_the_same_journal(phone_of: PhoneOf, cast: Cast) -> None:
    first = phone_of(cast.rita)
    kept = [first.create({"n": n}) for n in range(4)]
    first.revise(kept[0], {"n": 10})
    first.withdraw(kept[1])
    first.quiet()
    second = phone_of(cast.rita, keys=first.keys)
    second.quiet()
    assert second.view() == first.view()
    assert sorted(content["n"] for content in second.view().values()) == [2, 3, 10]


def test_a_phone_does_not_get_back_what_it_just_sent(phone_of: PhoneOf, cast: Cast) -> None:
    first = phone_of(cast.rita)
    first.quiet()
    second = phone_of(cast.rita, keys=first.keys)
    theirs = second.create({})
    second.quiet()
    mine = first.create({})
    answer = sync(first, [mine])
    assert [change["op"] for change in answer["changes"]] == [theirs]
    assert answer["cursor"].startswith(f"{answer['server_epoch']}.2.")


def test_nobody_pulls_another_persons_ops(phone_of: PhoneOf, cast: Cast) -> None:
    rita, ravi = phone_of(cast.rita), phone_of(cast.ravi)
    rita.create({})
    rita.quiet()
    assert sync(ravi, [], cursor=rita.cursor)["changes"] == []


def test_a_long_log_comes_in_pages_without_a_gap(
    phone_of: PhoneOf, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries.changes, "__defaults__", (7,))
    first = phone_of(cast.rita)
    ops = [first.create({"n": n}) for n in range(20)]
    first.quiet()
    cursor, seen, rounds, more = None, [], 0, True
    second = phone_of(cast.rita, keys=first.keys)
    while more:
        answer = sync(second, [second.create({})], cursor=cursor)
        cursor, more, rounds = answer["cursor"], answer["more"], rounds + 1
        seen += [change["op"] for change in answer["changes"]]
    assert seen[:20] == ops
    assert [op["seq"] for op in seen[20:]] == list(range(1, len(seen) - 19))
    assert len(seen) - 20 == rounds - 1  # all it sent itself while it was behind, but for the last


def test_a_copy_put_back_without_the_restore_command_is_noticed_by_the_first_phone_that_knows_more(
    phone_of: PhoneOf, cast: Cast, engine: Engine
) -> None:
    first = phone_of(cast.rita)
    first.create({"n": 1})
    first.quiet()
    second = phone_of(cast.rita, keys=first.keys)
    yesterday = backup.take(engine)
    first.create({"n": 2})
    first.quiet()
    second.quiet()
    before = second.epoch
    backup.restore(engine, yesterday, new_epoch=False)
    second.register()
    second.create({"n": 3})
    assert len(sync(second, list(second.outbox.values()), cursor=None)["results"]) == 1, (
        "as long again, and another log"
    )
    for phone in (second, first, second):
        phone.quiet()
    assert second.epoch not in (None, before)
    assert sorted(content["n"] for content in second.view().values()) == [1, 2, 3]
    assert first.view() == second.view()


def test_the_same_ops_in_another_order_are_another_log(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    """Filled again by hand, the log is as long and holds the same op where the phone stopped, and yet it differs."""
    first = phone_of(cast.rita)
    second = phone_of(cast.rita, keys=first.keys)
    yesterday = backup.take(engine)
    ops = [first.create({"n": n}) for n in range(3)]
    first.quiet()
    second.quiet()
    backup.restore(engine, yesterday, new_epoch=False)
    assert statuses(sync(first, [ops[1], ops[0], ops[2]], cursor=None)) == ["applied"] * 3
    before = second.epoch
    second.exchange()
    assert second.epoch not in (None, before)


def test_a_cursor_from_before_there_were_tags_still_counts(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    phone.create({})
    phone.create({})
    phone.quiet()
    answer = sync(phone, [], cursor=f"{phone.epoch}.1")
    assert (answer["server_epoch"], len(answer["changes"])) == (phone.epoch, 1)


STRANGE = ["", "x", ".", "1", ".1", "x.1", "E.-1", "E.1x", "E.²", "E." + "9" * 20, "E.3", "\x00"]


def test_a_cursor_this_server_cannot_have_given_pulls_everything(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    phone.create({})
    phone.create({})
    phone.quiet()
    for cursor in (None, *(cursor.replace("E", str(phone.epoch)) for cursor in STRANGE)):
        assert len(sync(phone, [], cursor=cursor)["changes"]) == 2


def test_another_epoch_means_a_full_pull_under_the_new_one(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    phone.create({})
    phone.quiet()
    before = phone.epoch
    backup.restore(engine, backup.take(engine))
    answer = sync(phone, [])
    assert answer["server_epoch"] != before
    assert answer["cursor"].startswith(f"{answer['server_epoch']}.1.")
    assert len(answer["changes"]) == 1


@pytest.mark.parametrize("new_epoch", [True, False])
def test_after_a_restore_a_live_phone_brings_back_all_it_kept(
    phone_of: PhoneOf, cast: Cast, engine: Engine, new_epoch: bool
) -> None:
    phone = phone_of(cast.rita)
    early = phone.create({"when": "early"})
    phone.quiet()
    yesterday = backup.take(engine)
    phone.create({"when": "late"})
    phone.withdraw(early)
    phone.quiet()
    backup.restore(engine, yesterday, new_epoch)
    phone.exchange()
    phone.exchange()
    assert not phone.outbox
    fresh = phone_of(cast.rita, keys=phone.keys)
    fresh.quiet()
    assert [content["when"] for content in fresh.view().values()] == ["late"]
    phone.quiet()
    assert phone.view() == fresh.view()


def test_a_restore_that_forgot_the_phone_loses_nothing_either(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    yesterday = backup.take(engine)
    phone = phone_of(cast.rita)
    phone.create({"a": 1})
    phone.quiet()
    session_rows = [
        (table, [row | {"device_id": None} for row in rows])
        for table, rows in backup.take(engine)
        if table.name == "sign_in"
    ]
    backup.restore(engine, [pair for pair in yesterday if pair[0].name != "sign_in"] + session_rows)
    phone.quiet()
    phone.quiet()
    fresh = phone_of(cast.rita, keys=phone.keys)
    fresh.quiet()
    assert list(fresh.view().values()) == [{"a": 1}]


def test_missing_names_what_is_not_here_in_the_order_asked(phone_of: PhoneOf, cast: Cast) -> None:
    rita, ravi = phone_of(cast.rita), phone_of(cast.ravi)
    here, parked, theirs = rita.create({}), rita.create({}) | {"kind": "confess"}, ravi.create({})
    assert statuses(sync(rita, [here, parked])) == ["applied", "parked"]
    sync(ravi, [theirs])
    nowhere = uuid7()
    asked = [nowhere, here["op_id"], theirs["op_id"], parked["op_id"]]
    status, answer = rita.send("POST", "/api/sync/missing", {"device_id": rita.device_id, "op_ids": asked})
    assert (status, answer) == (200, {"missing": [nowhere, theirs["op_id"]]})


def test_missing_takes_five_hundred_ids_and_no_more(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    ids = [uuid7() for _ in range(501)]
    ask = {"device_id": phone.device_id, "op_ids": ids[:500]}
    assert phone.send("POST", "/api/sync/missing", ask) == (200, {"missing": ids[:500]})
    status, answer = phone.send("POST", "/api/sync/missing", ask | {"op_ids": ids})
    assert (status, answer["code"]) == (422, "invalid")


def test_missing_is_for_registered_phones_only(phone_of: PhoneOf, cast: Cast) -> None:
    rita, ravi = phone_of(cast.rita), phone_of(cast.ravi)
    status, answer = rita.send("POST", "/api/sync/missing", {"device_id": ravi.device_id, "op_ids": []})
    assert (status, answer["code"]) == (409, "device_unknown")


def test_the_word_of_the_phone_about_itself_changes_nothing(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    phone.create({})
    phone.quiet()
    told = request(phone, [], known_epoch="another", acked_through=99, client_now="1970-01-01T00:00:00Z")
    status, answer = phone.send("POST", "/api/sync", told)
    assert (status, answer["acked_through"], answer["changes"]) == (200, 1, [])
