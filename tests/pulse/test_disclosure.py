"""What may be said of a block: one test for each rule of the wall that disclosure holds."""

from __future__ import annotations

import math
import random
from collections import Counter
from typing import Any

import pytest

from api.pulse import cells, disclosure
from api.pulse.disclosure import FEW, HALF, MOST
from api.pulse.shapes import Shape

WORDS = cells.words()
ONE_SHARE: Shape = {"P01": [{"item": "a", "max": 4}]}
ONE_CHIPS: Shape = {"P10": [{"item": "b", "options": 6, "pick": 2}]}
HEAVY, LIGHT = bytes([4]), bytes([0])


class Still:
    """Chance that never moves anything."""

    def random(self) -> float:
        return 0.0


class Scripted:
    """Chance that says what it was told to, and then nothing."""

    def __init__(self, *values: float) -> None:
        self.values = list(values)
        self.drawn = 0

    def random(self) -> float:
        self.drawn += 1
        return self.values.pop(0) if self.values else 0.0


def told(rows: list[bytes], shape: Shape = ONE_SHARE, marks: int = 0, people: int = 12, rng: Any = None) -> Any:
    (protocol,) = shape
    return disclosure.release(shape, {protocol: rows}, {protocol: marks}, people, WORDS, rng or Still())


def cell(*given: Any, **options: Any) -> Any:
    return told(*given, **options)["cells"][0]


@pytest.mark.parametrize(("people", "k"), [(1, 5), (19, 5), (20, 7), (200, 7)])
def test_r3_the_threshold_is_five_in_small_groups_and_seven_from_twenty_people_on(people: int, k: int) -> None:
    assert disclosure.threshold(people) == k
    assert disclosure.threshold(people, sensitive=True) == 10
    assert cell([LIGHT] * k, people=people)["state"] == "shown"
    assert cell([LIGHT] * (k - 1), people=people)["state"] == "not_enough"


def test_r3_people_whose_answer_a_coach_was_given_do_not_count_as_cover() -> None:
    assert cell([LIGHT] * 6, marks=1)["state"] == "shown"
    assert cell([LIGHT] * 6, marks=2)["state"] == "not_enough"


def test_r3_people_who_left_the_item_out_do_not_count_as_cover() -> None:
    assert cell([LIGHT] * 4 + [bytes([255])] * 20)["state"] == "not_enough"


def test_r3_a_hidden_cell_says_why_and_never_how_many() -> None:
    hidden = [cell([HEAVY] * count) for count in range(5)]
    assert all(one == hidden[0] for one in hidden)
    assert hidden[0]["band"] is None
    assert hidden[0]["chips"] is None
    assert not any(character.isdigit() for character in hidden[0]["why"])


def test_r5_a_share_is_told_in_three_bands() -> None:
    bands = [cell([HEAVY] * heavy + [LIGHT] * (12 - heavy))["band"] for heavy in range(13)]
    assert bands == [FEW] * 5 + [HALF] * 3 + [MOST] * 5


def test_r5_none_and_all_look_like_few_and_most() -> None:
    assert cell([LIGHT] * 12)["band"] == cell([LIGHT] * 9 + [HEAVY] * 3)["band"] == FEW
    assert cell([HEAVY] * 12)["band"] == cell([HEAVY] * 9 + [LIGHT] * 3)["band"] == MOST


def test_r5_a_release_holds_no_number_at_all() -> None:
    rows = [bytes([heavy % 5]) for heavy in range(13)]

    def numbers(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [found for part in value.values() for found in numbers(part)]
        if isinstance(value, list):
            return [found for part in value for found in numbers(part)]
        return [value] if isinstance(value, int | float) else []

    assert numbers(told(rows)) == []
    assert numbers(told([bytes([1, 1, 0, 0, 0, 0])] * 9, ONE_CHIPS)) == []


def test_r5_a_chip_is_shown_only_when_three_or_more_chose_it() -> None:
    rows = [bytes([1, 1, 0, 0, 0, 0])] * 2 + [bytes([1, 0, 0, 0, 0, 1])] * 5
    assert cell(rows, ONE_CHIPS)["chips"] == [
        {"words": "Sleep", "band": MOST},
        {"words": "None of these", "band": MOST},
    ]
    # Noise cannot lift a chip that two people chose over the line.
    lifted = Scripted(0.0, 0.0, 0.999999)
    assert "Food or water" not in [chip["words"] for chip in cell(rows, ONE_CHIPS, rng=lifted)["chips"]]


def test_r5_when_no_chip_was_chosen_by_three_the_cell_says_so() -> None:
    rows = [bytes(1 if place == index else 0 for place in range(6)) for index in range(6)]
    shown = cell(rows, ONE_CHIPS)
    assert (shown["state"], shown["chips"], shown["why"]) == ("shown", [], WORDS.no_chip)


def test_r6_noise_is_two_sided_geometric() -> None:
    rng, draws = random.Random(7), 200_000
    seen = Counter(disclosure.noise(rng, 1.0) for _ in range(draws))
    alpha = math.exp(-1.0)
    for value in range(-4, 5):
        expected = draws * (1 - alpha) / (1 + alpha) * alpha ** abs(value)
        assert abs(seen[value] - expected) < 5 * math.sqrt(expected)


def test_r6_noise_moves_a_band_and_each_chip_has_its_own() -> None:
    at_the_edge = [HEAVY] * 4 + [LIGHT] * 8
    up, down = Scripted(0.7, 0.0), Scripted(0.0, 0.7)
    assert cell(at_the_edge)["band"] == FEW
    assert cell(at_the_edge, rng=up)["band"] == HALF
    assert cell([HEAVY] * 5 + [LIGHT] * 7, rng=down)["band"] == FEW
    rng = Scripted()
    cell([bytes([1, 1, 0, 0, 0, 0])] * 9, ONE_CHIPS, rng=rng)
    assert rng.drawn == 2 * 6


def test_r6_a_person_who_may_choose_two_chips_is_covered_by_twice_the_noise() -> None:
    drawn = Scripted(1 - math.exp(-1.01), 0.0)
    assert disclosure.noise(drawn, 0.5) == 2


def test_r6_a_hidden_cell_uses_as_much_chance_as_a_shown_one() -> None:
    shown, hidden = Scripted(), Scripted()
    told([HEAVY] * 9, rng=shown)
    told([], rng=hidden)
    assert shown.drawn == hidden.drawn


def test_r9_a_release_never_holds_more_than_five_cells() -> None:
    for index in range(4):
        shape = cells.shape_of(index)
        empty = {protocol: [] for protocol in shape}
        release = disclosure.release(shape, empty, dict.fromkeys(shape, 0), 12, WORDS, Still())
        assert len(release["cells"]) == 5
    six: Shape = {"P01": [{"item": "a", "max": 4}] * 6}
    with pytest.raises(ValueError, match="at most 5"):
        disclosure.release(six, {"P01": []}, {"P01": 0}, 12, WORDS, Still())


def test_every_release_carries_the_honest_line() -> None:
    assert "stretched answer less" in told([])["note"]


def test_the_agenda_comes_from_the_highest_band_and_shares_go_before_chips() -> None:
    shape: Shape = {"P01": ONE_SHARE["P01"], "P10": ONE_CHIPS["P10"]}
    sleepless, hungry = [bytes([1, 0, 0, 0, 0, 0])] * 9, [bytes([0, 1, 0, 0, 0, 0])] * 9

    def card(heavy: int, chips: list[bytes]) -> Any:
        rows = {"P01": [HEAVY] * heavy + [LIGHT] * (9 - heavy), "P10": chips}
        return disclosure.release(shape, rows, {"P01": 0, "P10": 0}, 12, WORDS, Still())["agenda"]

    assert card(4, sleepless)["question"] == "Where in the roster does sleep get lost?"
    assert card(4, hungry)["from"] == "What ran short: Food or water, most."
    assert card(9, sleepless)["from"].startswith("Had a lot of work")
    assert card(9, sleepless) == card(9, hungry)


def test_the_agenda_of_a_calm_block_asks_what_to_keep() -> None:
    assert told([LIGHT] * 9)["agenda"] == WORDS.steady


def test_the_agenda_is_made_only_of_what_is_shown() -> None:
    assert told([HEAVY] * 4)["agenda"] is None
    # The strongest chip has no card of its own, so nothing is made up for it.
    assert told([bytes([0, 0, 0, 0, 0, 1])] * 9, ONE_CHIPS)["agenda"] == WORDS.steady


def test_one_persons_answer_is_hard_to_read_off_a_share() -> None:
    """The bound of the curious coach without collusion: he knows the group's habits, not the others' answers."""
    rng, right, rounds = random.Random(11), 0, 4000
    likely = {FEW: 0, HALF: 0, MOST: 0}
    games = []
    for _ in range(rounds):
        secret = rng.random() < 0.5
        others = [HEAVY if rng.random() < 0.4 else LIGHT for _ in range(11)]
        band = cell([*others, HEAVY if secret else LIGHT], rng=rng)["band"]
        games.append((band, secret))
    for band, secret in games[: rounds // 2]:
        likely[band] += 1 if secret else -1
    right = sum((likely[band] > 0) == secret for band, secret in games[rounds // 2 :])
    assert right / (rounds / 2) <= 0.68


def test_a_group_where_half_are_low_can_be_told_from_one_where_a_fifth_are() -> None:
    rng, rank = random.Random(5), {FEW: 0, HALF: 1, MOST: 2}

    def score(share: float) -> int:
        def block() -> str:
            rows = [HEAVY if rng.random() < share else LIGHT for _ in range(12)]
            return str(cell(rows, rng=rng)["band"])

        return sum(rank[block()] for _ in range(3))

    low, high = [score(0.2) for _ in range(400)], [score(0.5) for _ in range(400)]
    wins = sum((b > a) + 0.5 * (a == b) for a in low for b in high)
    assert wins / (400 * 400) >= 0.85
