"""A whole hospital passes behind one address; one address that hammers does not."""

from __future__ import annotations

from api.pulse.box.limiter import ADDRESSES_MAX, BURST, PER_SECOND, SALT_S, Limiter


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_three_thousand_phones_behind_one_address_pass_within_a_minute() -> None:
    seconds = Seconds()
    limiter = Limiter(seconds=seconds)
    for phone in range(3000):
        seconds.now = phone / 50
        assert limiter.wait_s("192.0.2.1") == 0


def test_a_burst_passes_and_then_the_caller_is_told_how_long_to_wait() -> None:
    seconds = Seconds()
    limiter = Limiter(per_second=0.5, burst=3, seconds=seconds)
    assert [limiter.wait_s("192.0.2.1") for _ in range(4)] == [0, 0, 0, 2]
    assert limiter.wait_s("192.0.2.2") == 0
    seconds.now = 2
    assert limiter.wait_s("192.0.2.1") == 0
    assert (PER_SECOND, BURST) == (50.0, 1000)


def test_addresses_of_one_ipv6_network_share_one_bucket() -> None:
    limiter = Limiter(per_second=0.1, burst=1, seconds=Seconds())
    assert limiter.wait_s("2001:db8:1:2::1") == 0
    assert limiter.wait_s("2001:db8:1:2::2") > 0
    assert limiter.wait_s("2001:db8:1:3::1") == 0
    assert limiter.wait_s("no address") == 0


def test_no_address_is_kept_and_the_salt_lives_for_an_hour() -> None:
    seconds = Seconds()
    limiter = Limiter(per_second=0.0001, burst=1, seconds=seconds)
    limiter.wait_s("192.0.2.1")
    first = set(limiter._left)
    assert b"192.0.2.1" not in b"".join(first)
    assert bytes([192, 0, 2, 1]) not in b"".join(first)
    seconds.now = SALT_S
    assert limiter.wait_s("192.0.2.1") == 0
    assert not first & set(limiter._left)


def test_memory_stays_bounded_however_many_addresses_call() -> None:
    limiter = Limiter(seconds=Seconds())
    for number in range(ADDRESSES_MAX + 10):
        limiter.wait_s(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limiter._left) <= ADDRESSES_MAX
