"""When blocks begin, end, close and are shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from api.people.term import block_weeks
from api.pulse import calendar

TERM = date(2026, 7, 6)
CHICAGO = "America/Chicago"


@pytest.mark.parametrize(("people", "weeks"), [(1, 4), (11, 4), (12, 2), (19, 2), (20, 1), (120, 1)])
def test_r2_small_groups_have_longer_blocks(people: int, weeks: int) -> None:
    assert block_weeks(people) == weeks


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_blocks_follow_each_other_without_a_gap(weeks: int) -> None:
    blocks = [calendar.block(TERM, weeks, index) for index in range(20)]
    assert blocks[0].open_day == TERM
    for before, after in pairwise(blocks):
        assert after.open_day == before.end_day + timedelta(days=1)
        assert before.label < after.label


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_every_block_within_five_weeks_and_the_next_two_get_a_key_at_least_a_week_ahead(weeks: int) -> None:
    asked: dict[str, int] = {}
    for day in range(300):
        today = TERM - timedelta(days=60) + timedelta(days=day)
        due = calendar.due(TERM, weeks, today)
        for block in due:
            ahead = (block.open_day - today).days
            assert ahead >= 7
            asked.setdefault(block.label, ahead)
        opening = [calendar.block(TERM, weeks, index) for index in range(60)]
        soon = [one for one in opening if today + timedelta(days=7) <= one.open_day <= today + timedelta(days=35)]
        coming = [one for one in opening if one.open_day > today][:2]
        assert {one.label for one in soon} <= {one.label for one in due}
        assert {one.label for one in coming if one.open_day >= today + timedelta(days=7)} <= {one.label for one in due}
    # A phone that comes back after four weeks still finds tokens: every key was there 35 days before its block.
    assert all(ahead >= 35 for label, ahead in asked.items() if label > (TERM + timedelta(days=70)).isoformat())


def test_a_block_closes_72_hours_after_its_last_local_day() -> None:
    assert calendar.closes_at(date(2026, 11, 22), CHICAGO, 72) == datetime(2026, 11, 26, 6, tzinfo=UTC)
    assert calendar.closes_at(date(2026, 7, 12), CHICAGO, 72) == datetime(2026, 7, 16, 5, tzinfo=UTC)


def test_a_close_over_a_change_of_clocks_is_still_72_hours_after_midnight() -> None:
    # Clocks go back on 1 November 2026 in Chicago, inside the grace.
    ends = datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert calendar.closes_at(date(2026, 10, 31), CHICAGO, 72) == ends + timedelta(hours=72)


def test_residents_see_a_release_at_the_first_seven_o_clock_after_the_close() -> None:
    midnight = datetime(2026, 11, 26, 6, tzinfo=UTC)
    assert calendar.shown_at(midnight, CHICAGO, 7) == datetime(2026, 11, 26, 13, tzinfo=UTC)
    seven = datetime(2026, 11, 26, 13, tzinfo=UTC)
    assert calendar.shown_at(seven, CHICAGO, 7) == seven
    late = datetime(2026, 11, 26, 13, 0, 1, tzinfo=UTC)
    assert calendar.shown_at(late, CHICAGO, 7) == datetime(2026, 11, 27, 13, tzinfo=UTC)
    assert calendar.shown_at(late, "Pacific/Auckland", 7) == datetime(2026, 11, 26, 18, tzinfo=UTC)
