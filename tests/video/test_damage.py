from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import pytest
from awkward import FRAGMENTED, SVT_AV1, X265
from footage import Encoding, number_in, regular, write_video

from vstreamqa.errors import MediaError
from vstreamqa.schema import NANOSECONDS, Media
from vstreamqa.video import media_of, open_frames

FASTSTART = {"movflags": "faststart"}
FILES = {
    "a.mp4": Encoding(container=FASTSTART),
    "f.mp4": Encoding(container=FRAGMENTED),
    "h.mp4": Encoding(codec="libx265", options={"preset": "ultrafast", "x265-params": X265}, container=FASTSTART),
    "a.mkv": Encoding(),
    "1.mkv": Encoding(codec="libsvtav1", options=SVT_AV1),
    "a.ts": Encoding(),
}


@dataclass(frozen=True)
class Reading:
    """What came out of a file, and the error that ended it."""

    frames: list[tuple[int, int]]
    error: MediaError | None


def read(media: Media, fps: float = 30.0, end: int | None = None, start: int = 0) -> Reading:
    frames: list[tuple[int, int]] = []
    try:
        with open_frames(media, Path("/"), fps=fps, start=start, end=end) as reader:
            frames.extend((frame.position, number_in(frame.pixels)) for frame in reader)
    except MediaError as error:
        return Reading(frames, error)
    return Reading(frames, None)


@pytest.fixture(scope="module", params=FILES)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("whole") / request.param, regular(120), FILES[request.param])


def cut(whole: Path, target: Path, share: float) -> Path:
    content = whole.read_bytes()
    length = int(len(content) * share)
    if whole.suffix == ".ts":
        length = length // 188 * 188 + 94
    target.write_bytes(content[:length])
    return target


@pytest.mark.parametrize("share", [0.8, 0.87, 0.93])
@pytest.mark.parametrize("fps", [30.0, 3.0])
def test_a_cut_file_gives_its_frames_up_to_the_cut_and_then_an_error(
    whole: Path, tmp_path: Path, share: float, fps: float
) -> None:
    sound = read(media_of(whole), fps)
    path = cut(whole, tmp_path / whole.name, share)
    damaged = read(media_of(path), fps)
    assert sound.error is None
    assert damaged.frames == sound.frames[: len(damaged.frames)]
    assert damaged.error is not None
    assert damaged.error.path == str(path)
    assert damaged.error.time is not None
    assert 0.5 < damaged.error.time < 4
    assert len(damaged.frames) == sum(position < damaged.error.time * NANOSECONDS for position, _ in sound.frames)
    assert "\n" not in str(damaged.error)


def test_a_cut_beyond_the_end_asked_for_is_not_reached(whole: Path, tmp_path: Path) -> None:
    path = cut(whole, tmp_path / whole.name, 0.9)
    assert read(media_of(path), end=NANOSECONDS // 2) == read(media_of(whole), end=NANOSECONDS // 2)


def test_the_time_of_a_fault_is_on_the_source_axis(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "w.mp4", regular(120), Encoding(container=FASTSTART))
    path = cut(whole, tmp_path / "c.mp4", 0.8)
    plain = read(Media(kind="video", path=str(path))).error
    moved = read(Media(kind="video", path=str(path), origin=100), start=100 * NANOSECONDS).error
    assert plain is not None
    assert moved is not None
    assert moved.time == pytest.approx((plain.time or 0) + 100)


def test_an_index_that_was_never_written_is_an_error_at_once(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "w.mp4", regular(60))
    reading = read(media_of(cut(whole, tmp_path / "c.mp4", 0.5)))
    assert reading.frames == []
    assert reading.error is not None
    assert reading.error.time is None


def test_overwritten_content_is_an_error_after_the_frames_before_it(whole: Path, tmp_path: Path) -> None:
    content = bytearray(whole.read_bytes())
    at = len(content) * 17 // 20
    content[at : at + 300] = bytes(300)
    path = tmp_path / whole.name
    path.write_bytes(content)
    sound, damaged = read(media_of(whole)), read(media_of(path))
    assert damaged.error is not None
    assert damaged.error.time is not None
    trusted = [frame for frame in sound.frames if frame[0] < (damaged.error.time - 0.3) * NANOSECONDS]
    assert trusted
    assert damaged.frames[: len(trusted)] == trusted


def test_a_frame_the_decoder_had_to_patch_up_is_a_fault(tmp_path: Path) -> None:
    encoding = Encoding(b_frames=0, options={"preset": "ultrafast", "crf": "5"})
    path = write_video(tmp_path / "a.mp4", regular(90), encoding)
    sound, content = read(media_of(path)), path.read_bytes()
    with av.open(str(path)) as container:
        packet = next(packet for number, packet in enumerate(container.demux(video=0)) if number == 75)
        assert packet.pos is not None
    told = []
    for at in range(packet.pos + 6, packet.pos + packet.size):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        error = read(media_of(path)).error
        if error is not None:
            told.append(str(error))
            assert error.time == pytest.approx(2.5)
            assert read(media_of(path)).frames == sound.frames[:75]
    assert any("a frame is damaged" in message for message in told)


@pytest.mark.parametrize("lost", [30, 59])
def test_a_frame_the_decoder_drops_in_silence_is_a_fault(tmp_path: Path, lost: int) -> None:
    options = {"preset": "ultrafast", "x265-params": f"{X265}:bframes=0"}
    path = write_video(tmp_path / "a.mp4", regular(60), Encoding(codec="libx265", b_frames=0, options=options))
    sound, content = read(media_of(path)), bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        place = next(packet.pos for number, packet in enumerate(container.demux(video=0)) if number == lost)
    assert place is not None
    content[place + 4] = 41 << 1  # a NAL unit type that is reserved, to be ignored (ITU-T H.265, 7.4.2.2)
    path.write_bytes(content)
    damaged = read(media_of(path))
    assert "did not come out" in str(damaged.error)
    assert damaged.frames == sound.frames[:lost]


def test_cutting_off_only_what_is_no_video_is_no_fault(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "w.avi", regular(60), Encoding(codec="mpeg4", options={}, time_base=Fraction(1, 30)))
    path = tmp_path / "c.avi"
    path.write_bytes(whole.read_bytes()[:-100])
    assert read(media_of(path)) == read(media_of(whole))
