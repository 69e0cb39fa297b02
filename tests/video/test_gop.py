from __future__ import annotations

from dataclasses import dataclass

from hypothesis import assume, given
from hypothesis import strategies as st

from vstreamqa.video import gop
from vstreamqa.video.gop import Decode, Everything, GopFilter, Restart
from vstreamqa.video.grid import Shown, on_grid


@dataclass(frozen=True)
class Packet:
    pts: int | None
    dts: int | None
    is_keyframe: bool = False
    duration: int | None = 1
    size: int = 100
    is_discard: bool = False


@st.composite
def tracks(draw: st.DrawFn) -> list[Packet]:
    """Groups of pictures in decoding order: an anchor, then the frames shown before it; open groups included."""
    order: list[tuple[int, bool]] = []
    shown = 0
    for _ in range(draw(st.integers(1, 8))):
        leading = draw(st.integers(0, 2)) if order else 0
        order += [(shown + leading, True), *((shown + k, False) for k in range(leading))]
        shown += leading + 1
        for _ in range(draw(st.integers(0, 4))):
            before = draw(st.integers(0, 2))
            order += [(shown + before, False), *((shown + k, False) for k in range(before))]
            shown += before + 1
    gaps = draw(st.lists(st.integers(1, 4), min_size=shown, max_size=shown))
    times = [sum(gaps[:number]) for number in range(shown)]
    return [Packet(times[at], times[number] - 12, key) for number, (at, key) in enumerate(order)]


def decode(packets: list[Packet], wanted: list[int]) -> tuple[list[tuple[int, int, int]], GopFilter[Packet]]:
    """Decode what the filter lets through with a decoder that gives out frames as late as it can."""
    chooser = GopFilter[Packet](lambda dts: next((time for time in wanted if time >= dts), None))
    held: list[int] = []
    out: list[Shown[int]] = []
    restarted_at = -1
    end = max(packet.pts or 0 for packet in packets) + 1

    def drain() -> None:
        out.extend(Shown(pts, pts) for pts in sorted(held) if pts >= restarted_at)
        held.clear()

    def do(step: Decode[Packet] | Restart) -> None:
        nonlocal restarted_at
        if isinstance(step, Restart):
            drain()
            restarted_at = step.pts
        else:
            held.append(step.packet.pts or 0)

    for packet in packets:
        for step in chooser.push(packet):
            do(step)
        if chooser.finished:
            end = packet.dts or 0
            break
    else:
        for step in chooser.finish(end):
            do(step)
    drain()
    return list(on_grid([*out, Shown(end, None)], wanted)), chooser


@given(tracks(), st.lists(st.integers(0, 80), min_size=1, max_size=12, unique=True).map(sorted))
def test_leaving_groups_out_changes_no_chosen_frame(packets: list[Packet], wanted: list[int]) -> None:
    stamps = sorted(packet.pts or 0 for packet in packets)
    wanted = [time for time in wanted if time <= stamps[-1]]
    assume(wanted)
    expected = [(time, shown, shown) for time in wanted for shown in [max(s for s in stamps if s <= time)]]
    assert decode(packets, wanted)[0] == expected


def closed_groups(groups: int, length: int) -> list[Packet]:
    return [Packet(number, number, number % length == 0) for number in range(groups * length)]


def test_groups_without_a_wanted_time_are_not_decoded() -> None:
    chosen, chooser = decode(closed_groups(groups=10, length=10), wanted=[0, 55])
    assert chosen == [(0, 0, 0), (55, 55, 55)]
    assert chooser.dropped == 49


def test_reading_ends_when_nothing_more_is_wanted() -> None:
    _, chooser = decode(closed_groups(groups=10, length=10), wanted=[0, 5])
    assert chooser.finished


def test_held_packets_are_bounded_however_long_the_group() -> None:
    chooser = GopFilter[Packet](lambda _: 10**9)
    most = since = 0
    for number in range(5 * gop.MAX_PACKETS):
        since += 1 - sum(isinstance(step, Decode) for step in chooser.push(Packet(number, number, number == 0)))
        most = max(most, since)
    assert 0 < most <= gop.MAX_PACKETS


def test_held_bytes_are_bounded() -> None:
    chooser = GopFilter[Packet](lambda _: 10**9)
    huge = gop.MAX_BYTES // 2
    steps = [list(chooser.push(Packet(number, number, number == 0, size=huge))) for number in range(4)]
    assert [len(made) for made in steps] == [0, 2, 0, 2]


def test_packets_without_stamps_are_decoded() -> None:
    chooser = GopFilter[Packet](lambda _: 100)
    unstamped = Packet(None, None)
    steps = [*chooser.push(Packet(0, 0, True)), *chooser.push(unstamped), *chooser.push(Packet(50, 50, True))]
    assert Decode(unstamped) in steps
    assert not any(isinstance(step, Restart) for step in steps)


def test_the_filter_of_untrusted_tracks_decodes_everything() -> None:
    packets = closed_groups(groups=3, length=4)
    chooser = Everything[Packet]()
    assert [step for packet in packets for step in chooser.push(packet)] == [Decode(packet) for packet in packets]
    assert not list(chooser.finish(100))
