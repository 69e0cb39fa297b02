from __future__ import annotations

from dataclasses import dataclass

import av
import pytest

from vstreamqa.video.decoder import Outstanding


@dataclass(frozen=True)
class Packet:
    pts: int | None
    dts: int | None = None
    duration: int | None = 1
    size: int = 1
    is_keyframe: bool = False
    is_discard: bool = False


@pytest.fixture
def frame() -> av.VideoFrame:
    return av.VideoFrame(16, 16, "yuv420p")


def given(codec: str, *packets: Packet) -> Outstanding:
    outstanding = Outstanding(codec)
    for packet in packets:
        outstanding.add(packet)
    return outstanding


def test_a_frame_that_a_later_one_overtakes_was_lost(frame: av.VideoFrame) -> None:
    outstanding = given("hevc", Packet(0), Packet(4), Packet(2), Packet(1), Packet(3))
    assert [outstanding.passed_over(frame, tick) for tick in (0, 1, 3)] == [None, None, 2]
    assert outstanding.passed_over(frame, 4) is None
    assert outstanding.first() is None


def test_a_frame_that_never_comes_remains(frame: av.VideoFrame) -> None:
    outstanding = given("h264", Packet(0), Packet(1))
    assert outstanding.passed_over(frame, 0) is None
    assert outstanding.first() == 1


def test_frames_never_shown_are_not_missed(frame: av.VideoFrame) -> None:
    assert given("h264", Packet(0, is_discard=True), Packet(1)).passed_over(frame, 1) is None


def test_codecs_with_packets_that_give_no_frame_are_not_watched(frame: av.VideoFrame) -> None:
    assert given("mpeg4", Packet(0), Packet(1)).passed_over(frame, 1) is None
