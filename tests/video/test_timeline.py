from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.video.timeline import Clock, Timeline

BASE = Fraction(1, 90_000)


@dataclass(frozen=True)
class Packet:
    pts: int | None
    dts: int | None = None
    duration: int | None = 0
    size: int = 1
    is_keyframe: bool = False
    is_discard: bool = False


def noted(*packets: Packet) -> Timeline:
    timeline = Timeline(BASE)
    for packet in packets:
        timeline.note(packet)
    return timeline


def test_the_last_shown_frame_ends_the_track_not_the_last_coded() -> None:
    assert noted(Packet(0, duration=10), Packet(30, duration=10), Packet(20, duration=5)).end(None) == 40


def test_a_frame_of_unknown_duration_lasts_the_median_interval() -> None:
    assert noted(*(Packet(stamp) for stamp in (0, 50, 10, 20, 30))).end(None) == 60


def test_a_single_frame_lasts_one_frame_of_the_stated_rate() -> None:
    assert noted(Packet(7)).end(Fraction(30)) == 7 + 3000
    assert noted(Packet(7)).end(None) == 8


def test_frames_outside_the_edit_list_do_not_count() -> None:
    assert noted(Packet(0, duration=10), Packet(10, duration=10, is_discard=True)).end(None) == 10


def test_nothing_noted_has_no_end() -> None:
    assert noted().end(Fraction(30)) is None


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(-(10**9), 10**9), st.integers(0, 10**13))
def test_the_last_tick_not_after_a_time_is_found(numerator: int, denominator: int, zero: int, time: int) -> None:
    clock = Clock(Fraction(numerator, denominator), zero)
    tick = clock.ticks(time)
    assert clock.time(tick) <= time < clock.time(tick + 1)
    assert clock.time(zero) == 0
