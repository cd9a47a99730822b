"""The planner, against its own promises."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.prompts import choosing, hours, planner
from api.prompts.hours import Slot, Times
from api.prompts.planner import FollowUp, Scene, Wishes
from api.shifts.shift import Shift
from tests.prompts.scenes import (
    BERLIN,
    DAYS,
    GAPS,
    NEW_YORK,
    ZONES,
    daily,
    days,
    in_steps,
    plan,
    reasons,
    scene,
    slot,
    times,
    utc,
)

WEEK = "2026-11-16", "2026-11-22"  # Monday to Sunday


def test_a_slot_keeps_its_wall_clock_time_across_a_change_of_clocks() -> None:
    dues = plan(times(slot(6, "18:30")), "2026-10-24T00:00", "2026-11-09T00:00")
    assert [due.due_at for due in dues] == [utc("2026-10-25T22:30"), utc("2026-11-01T23:30"), utc("2026-11-08T23:30")]


def test_a_slot_that_happens_twice_or_not_at_all_comes_exactly_once() -> None:
    nocturnal = times(slot(6, "01:30"), slot(0, "02:30"), quiet=("12:00", "12:00"))
    assert [due.due_at for due in plan(nocturnal, "2026-10-31T00:00", "2026-11-02T00:00")] == [utc("2026-11-01T05:30")]
    skipped = times(slot(6, "02:30"), quiet=("12:00", "12:00"))
    assert [due.due_at for due in plan(skipped, "2026-03-07T00:00", "2026-03-09T00:00")] == [utc("2026-03-08T07:30")]


def test_a_prompt_closes_after_four_hours_or_when_quiet_hours_begin() -> None:
    (due,) = plan(times(slot(3, "15:00")), "2026-11-19T12:00", "2026-11-21T12:00")
    assert due.until - due.due_at == timedelta(hours=4)
    (due,) = plan(times(slot(3, "20:30")), "2026-11-19T12:00", "2026-11-21T12:00")
    assert due.until == utc("2026-11-20T03:00")


def test_nothing_is_planned_in_quiet_hours_or_in_the_last_minutes_before_them() -> None:
    for at in ("23:00", "02:00", "06:59", "21:50", "22:00"):
        assert plan(times(slot(3, at)), "2026-11-18T12:00", "2026-11-21T12:00") == []
        assert reasons(scene(times(slot(3, at))), "2026-11-19", "2026-11-19") == {19: "quiet"}


def test_equal_ends_mean_no_quiet_hours() -> None:
    always = times(slot(3, "23:00"), quiet=("07:00", "07:00"))
    assert len(plan(always, "2026-11-18T12:00", "2026-11-21T12:00")) == 1


def test_on_nights_a_time_in_the_sleep_is_left_out_and_the_others_stay() -> None:
    nights = scene(times(slot(2, "12:00"), slot(3, "20:30"), slot(4, "12:00"), nights_until=date(2026, 11, 19)))
    assert reasons(nights, *WEEK) == {
        16: "no_slot", 17: "no_slot", 18: "nights", 19: "prompt", 20: "prompt", 21: "no_slot", 22: "no_slot",
    }  # fmt: skip


def test_a_pause_ends_on_the_day_it_names() -> None:
    resting = scene(times(*daily(), paused_until=date(2026, 11, 21)))
    assert reasons(resting, "2026-11-19", "2026-11-21") == {19: "paused", 20: "paused", 21: "prompt"}


def test_at_most_as_many_a_week_as_chosen_and_one_a_day() -> None:
    twice_a_day = [*daily("18:30"), *daily("10:00")]
    dues = plan(times(*twice_a_day), "2026-11-16T00:00", "2026-11-23T04:00")
    assert [due.local_date.weekday() for due in dues] == [0, 1, 2, 3]
    assert {due.slot for due in dues} == {"10:00"}
    two = scene(times(*daily()), weekly_cap=2)
    assert [one.reason for one in days(two, *WEEK)] == [None, None, *["cap"] * 5]


def test_days_that_had_a_prompt_count_towards_the_week_and_get_no_second_one() -> None:
    asked = {date(2026, 11, day): "P01" for day in (16, 17, 19)}
    had = scene(times(*daily()), asked=asked)
    assert [due.local_date.day for due in plan(had, "2026-11-19T00:00", "2026-11-23T00:00")] == [20]
    assert reasons(had, "2026-11-19", "2026-11-21") == {19: "done", 20: "prompt", 21: "cap"}


def test_a_check_in_comes_no_sooner_than_its_own_gap_allows() -> None:
    spaced = scene(times(*daily()), gaps=GAPS)
    assert reasons(spaced, *WEEK) == {
        16: "prompt",
        17: "gap",
        18: "prompt",
        19: "gap",
        20: "prompt",
        21: "gap",
        22: "prompt",
    }


@pytest.mark.parametrize(
    ("level", "expected"),
    [("more", [16, 17, 18, 19]), ("usual", [16, 18, 20, 22]), ("less", [16, 20]), ("off", [])],
)
def test_a_check_in_comes_more_often_less_often_or_never_as_the_resident_says(level: str, expected: list[int]) -> None:
    wished = scene(times(*daily()), gaps=GAPS, levels={"P01": level})
    assert [day for day, what in reasons(wished, *WEEK).items() if what == "prompt"] == expected
    assert (level == "off") == (reasons(wished, *WEEK)[16] == "off")


def test_a_time_without_a_check_in_takes_the_one_that_waited_longest() -> None:
    any_of_them = scene(times(*daily(protocol=None)), gaps=GAPS, asked={date(2026, 11, 13): "P10"})
    assert [due.protocol for due in plan(any_of_them, "2026-11-16T00:00", "2026-11-20T00:00")] == [
        "P01", "P02", "P10", "P01",
    ]  # fmt: skip
    assert {due.why for due in plan(any_of_them, "2026-11-16T00:00", "2026-11-20T00:00")} == {"picked"}


def test_what_is_never_pushed_is_never_planned() -> None:
    assert reasons(scene(times(*daily(protocol="P06"))), "2026-11-16", "2026-11-16") == {16: "off"}
    nothing = scene(times(*daily(protocol=None)), levels=dict.fromkeys(GAPS, "off"))
    assert plan(nothing, "2026-11-16T00:00", "2026-11-23T00:00") == []


def test_half_the_prompts_are_exactly_half_over_two_weeks() -> None:
    for chosen in ([0], [0, 2], [0, 2, 5], [0, 2, 4, 6]):
        usual = scene(times(*(slot(day, "12:00") for day in chosen)))
        eased = scene(usual.times, eased="half")
        fortnight = "2026-11-09T00:00", "2026-11-22T23:00"
        assert 2 * len(plan(eased, *fortnight)) == len(plan(usual, *fortnight)) == 2 * len(chosen)
    assert set(reasons(eased, *WEEK).values()) == {"prompt", "eased", "no_slot"}


def test_nobody_is_asked_while_prompts_rest() -> None:
    assert set(reasons(scene(times(*daily()), eased="resting"), *WEEK).values()) == {"resting"}


def test_a_follow_up_keeps_the_hours_and_nothing_else_holds_it() -> None:
    follow_up = FollowUp("after-1", utc("2026-11-19T18:00"), "P06")
    late = FollowUp("after-2", utc("2026-11-20T04:00"), "P06")
    full = scene(times(*daily()), weekly_cap=1, eased="resting", hold_back=True, follow_ups=[follow_up, late])
    (due,) = plan(full, "2026-11-16T00:00", "2026-11-23T00:00")
    assert (due.slot, due.protocol, due.due_at, due.why) == ("after-1", "P06", follow_up.at, "follow_up")
    assert (due.held_back, due.chance) == (False, None)


def test_one_in_four_is_held_back_the_same_ones_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "HELD_BACK_CHANCE", 0.25)
    held = total = 0
    for number in range(300):
        it = scene(times(*daily()), person_id=f"person {number}", hold_back=True)
        dues = plan(it, "2026-11-01T00:00", "2026-11-29T00:00")
        assert dues == plan(it, "2026-11-01T00:00", "2026-11-29T00:00")
        assert {due.chance for due in dues} == {0.25}
        held, total = held + sum(due.held_back for due in dues), total + len(dues)
    assert 0.235 < held / total < 0.265
    spared = scene(times(*daily()), person_id="person 1", hold_back=False)
    assert {(due.held_back, due.chance) for due in plan(spared, "2026-11-01T00:00", "2026-11-29T00:00")} == {
        (False, None)
    }


clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
protocols = st.none() | st.sampled_from(sorted(GAPS))
slots = st.lists(st.builds(Slot, st.integers(0, 6), clock_times, protocols), max_size=8)
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda at: utc(f"{at:%Y-%m-%dT%H:%M}"))
changes = st.sampled_from(["2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25", "2026-04-05", "2026-10-04"])
starts = moments | st.builds(lambda day, back: utc(day) - timedelta(hours=back), changes, st.integers(0, 300))
levels = st.dictionaries(st.sampled_from(sorted(GAPS)), st.sampled_from(["more", "usual", "less", "off"]))
wishes = st.builds(
    Wishes, st.integers(1, 4), levels, st.booleans(), st.booleans(), st.integers(0, 24), st.booleans(), st.booleans()
)
hours_of_work = st.lists(
    st.tuples(st.integers(-72, 24 * 16), st.integers(1, 30), st.sampled_from(["shift", "night", "off"])), max_size=14
)
whens = st.none() | st.integers(-3, 12)


@st.composite
def anybody(draw: st.DrawFn) -> tuple[Scene, datetime]:
    """A scene and the instant it is looked at from."""
    start, zone = draw(starts), draw(zones)
    today = hours.local_date(start, zone)
    paused, nights = ((today + DAYS * n if n is not None else None) for n in (draw(whens), draw(whens)))
    rhythm = Times(tuple(draw(slots)), draw(clock_times), draw(clock_times), paused, zone, nights)
    shifts = sorted(
        Shift(start + timedelta(hours=at), start + timedelta(hours=at + long), kind)
        for at, long, kind in draw(hours_of_work)
    )
    asked = {
        today - DAYS * ago: which
        for ago, which in draw(st.dictionaries(st.integers(1, 10), st.sampled_from(sorted(GAPS)))).items()
    }
    eased = draw(st.sampled_from(["usual", "usual", "half", "resting"]))
    return Scene(draw(st.uuids()).hex, rhythm, draw(wishes), GAPS, asked, shifts, eased), start


@given(anybody())
@settings(max_examples=300)
def test_no_plan_ever_breaks_a_promise(drawn: tuple[Scene, datetime]) -> None:
    it, start = drawn
    dues = planner.plan(it, start, start + 9 * DAYS)
    dates = [*it.asked, *(due.local_date for due in dues)]
    assert len(set(dates)) == len(dates)
    for due in dues:
        of_week = [day for day in dates if day.isocalendar()[:2] == due.local_date.isocalendar()[:2]]
        # What was there before may be more than is wished for now; a plan never adds to that.
        assert len([day for day in of_week if day <= due.local_date]) <= it.wishes.weekly_cap
        assert start < due.due_at <= start + 9 * DAYS
        assert planner.SHORTEST <= due.until - due.due_at <= planner.OPEN_FOR
        assert due.due_at.astimezone(ZoneInfo(it.times.zone)).date() in (due.local_date, due.local_date + DAYS)
        assert it.wishes.levels.get(due.protocol) != "off"
        assert not hours.is_paused(due.local_date, it.times)
        for minute in range(int((due.until - due.due_at).total_seconds() // 60)):
            moment = due.due_at + timedelta(minutes=minute)
            assert not hours.is_quiet(moment, it.times)
            work = [one for one in it.shifts if one.start <= moment < one.end]
            assert not any(one.kind == "off" or not it.wishes.during_shift for one in work)
        for one in it.shifts:
            silent = timedelta(hours=it.wishes.post_call_h)
            assert not (one.kind == "night" and one.end <= due.due_at < one.end + silent)


@given(anybody(), st.lists(st.integers(1, 40).map(lambda h: timedelta(hours=h)), min_size=1, max_size=20))
@settings(max_examples=300)
def test_planning_bit_by_bit_gives_what_one_look_ahead_gives(
    drawn: tuple[Scene, datetime], steps: list[timedelta]
) -> None:
    it, start = drawn
    assert in_steps(it, start, steps) == planner.plan(it, start, start + sum(steps, timedelta()))


@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN])
def test_a_first_rhythm_in_two_steps_over_a_change_of_clocks(zone: str) -> None:
    rhythm = scene(times(slot(0, "18:30", "P10"), slot(2, "20:30"), slot(5, "10:00", "P02"), zone=zone), gaps=GAPS)
    steps = [timedelta(days=5, hours=8), timedelta(days=8, hours=16)]
    assert len(in_steps(rhythm, utc("2026-10-19T00:00"), steps)) == 6
    assert time(20, 30) in {
        due.due_at.astimezone(ZoneInfo(zone)).time() for due in in_steps(rhythm, utc("2026-10-19T00:00"), steps)
    }
