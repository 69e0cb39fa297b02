from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from awkward import AWKWARD, FRAMES, STEADY, Made, backward_stamps, encoded, equal_stamps
from footage import HEIGHT, WIDTH, Encoding, number_in, regular, remux, write_video

from vstreamqa.errors import MediaError
from vstreamqa.schema import NANOSECONDS
from vstreamqa.video import media_of, open_frames, probe
from vstreamqa.video.colour import ToRgb
from vstreamqa.video.resize import Resize

ROOT = Path("/")


@pytest.fixture(scope="session", params=AWKWARD)
def awkward(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return AWKWARD[request.param](tmp_path_factory.mktemp("awkward"))


def numbers(path: Path, fps: float, *, start: int = 0, end: int | None = None) -> list[tuple[int, int, int]]:
    """Return grid position, presentation time and number of every frame."""
    with open_frames(media_of(path), ROOT, fps=fps, start=start, end=end) as reader:
        return [(frame.position, frame.presented, number_in(frame.pixels)) for frame in reader]


def shown(made: Made, fps: float, start: int = 0) -> list[tuple[int, int, int]]:
    """Return what `numbers` should say, by looking at every frame for every grid time."""
    path, times = made
    stamps = [int(time * NANOSECONDS) for time in times]
    end = probe(media_of(path), ROOT, unit="second").duration
    expected = []
    for k in range(10_000):
        position = start + int(k * NANOSECONDS / Fraction(repr(fps)))
        if position >= end:
            break
        latest = max(index for index, stamp in enumerate(stamps) if stamp <= position)
        expected.append((position, stamps[latest], FRAMES - len(times) + latest))
    return expected


@pytest.mark.parametrize(("fps", "start"), [(2.0, 0), (29.97, 0), (50.0, 0), (0.7, 1_234_567_890)])
def test_the_frame_of_a_grid_time_is_the_one_shown_then(awkward: Made, fps: float, start: int) -> None:
    read, expected = numbers(awkward[0], fps, start=start), shown(awkward, fps, start)
    assert [(position, number) for position, _, number in read] == [
        (position, number) for position, _, number in expected
    ]
    assert all(abs(one[1] - other[1]) <= 1 for one, other in zip(read, expected, strict=True))


def test_the_last_frame_is_shown_until_it_ends(awkward: Made) -> None:
    path, times = awkward
    last, end = int(times[-1] * NANOSECONDS), probe(media_of(path), ROOT, unit="second").duration
    assert last + 10_000_000 < end < last + 200_000_000
    assert numbers(path, 1.0, start=end - 1)[0][2] == FRAMES - 1


def test_equal_stamps_show_the_last_of_them(tmp_path: Path) -> None:
    assert [number for *_, number in numbers(equal_stamps(tmp_path), 20.0)][:6] == [0, 0, 3, 3, 4, 4]


def test_a_frame_stamped_before_its_predecessor_is_shown_after_it(tmp_path: Path) -> None:
    read = numbers(backward_stamps(tmp_path), 10.0)
    assert [number for *_, number in read] == [0, 1, 1, 3, 4, 5]
    assert [presented // 1_000_000 for _, presented, _ in read] == [0, 100, 100, 300, 400, 500]


def test_the_end_is_included(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", STEADY)
    assert [position for position, *_ in numbers(path, 2.0, end=NANOSECONDS)] == [0, 500_000_000, NANOSECONDS]
    assert [position for position, *_ in numbers(path, 2.0, end=NANOSECONDS - 1)] == [0, 500_000_000]


@pytest.mark.parametrize(
    "encoding",
    [Encoding(gop=30), Encoding(codec="mpeg4", gop=30, b_frames=0, time_base=Fraction(1, 30), options={})],
)
def test_a_recording_that_starts_within_a_group_starts_with_its_first_key_frame(
    tmp_path: Path, encoding: Encoding
) -> None:
    whole = write_video(tmp_path / "whole.ts", STEADY, encoding)
    content = whole.read_bytes()
    late = tmp_path / "late.ts"
    late.write_bytes(content[len(content) // 5 // 188 * 188 :])
    read = numbers(late, 30.0)
    assert [number for *_, number in read] == list(range(30, FRAMES))
    assert read[0][:2] == (0, 0)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_frames_stand_upright(tmp_path: Path, turn: int) -> None:
    path = write_video(tmp_path / "a.mp4", STEADY[:8], Encoding(rotation=turn))
    with open_frames(media_of(path), ROOT, fps=30.0) as reader:
        frames = [frame.pixels for frame in reader]
    upright = (WIDTH, HEIGHT) if turn % 180 else (HEIGHT, WIDTH)
    stored = [np.rot90(pixels, -turn // 90) for pixels in frames if pixels is not None]
    assert [number_in(pixels) for pixels in stored] == list(range(8))
    assert {pixels.shape for pixels in frames if pixels is not None} == {(*upright, 3)}
    assert probe(media_of(path), ROOT, unit="second").size == upright


def test_the_best_track_is_read_and_never_a_cover(tmp_path: Path) -> None:
    path = tmp_path / "tracks.mp4"
    with av.open(str(path), "w") as container:
        small, large = (container.add_stream("libx264", rate=10) for _ in range(2))
        cover = container.add_stream("mjpeg", rate=1)
        for stream, (height, width) in ((small, (48, 64)), (large, (96, 128)), (cover, (480, 640))):
            stream.height, stream.width = height, width
            stream.pix_fmt = "yuvj420p" if stream is cover else "yuv420p"
        cover.disposition = av.stream.Disposition.attached_pic
        small.disposition = large.disposition = av.stream.Disposition.default
        for stream, count in ((cover, 1), (small, 10), (large, 10)):
            for number in range(count):
                level = {id(small): 60, id(large): 120, id(cover): 250}[id(stream)]
                picture = np.full((stream.height, stream.width, 3), level, np.uint8)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts = number
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    with open_frames(media_of(path), ROOT, fps=5.0) as reader:
        frames = list(reader)
    assert len(frames) == 5
    assert {frame.pixels.shape for frame in frames if frame.pixels is not None} == {(96, 128, 3)}
    assert all(abs(float(frame.pixels.mean()) - 120) < 6 for frame in frames if frame.pixels is not None)


def test_sound_that_lasts_longer_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "sound.mkv"
    with av.open(str(path), "w") as container:
        video, audio = container.add_stream("libx264", rate=10), container.add_stream("aac", rate=8000)
        video.height, video.width, video.pix_fmt = HEIGHT, WIDTH, "yuv420p"
        audio.layout = "mono"
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8), format="rgb24")
            frame.pts = number
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for number in range(24):
            sound = av.AudioFrame.from_ndarray(np.zeros((1, 1000), np.float32), format="fltp", layout="mono")
            sound.sample_rate, sound.pts = 8000, number * 1000
            container.mux(audio.encode(sound))
        container.mux(audio.encode(None))
    with open_frames(media_of(path), ROOT, fps=10.0) as reader:
        assert len(list(reader)) == 10


def test_resizing_happens_before_frames_are_queued(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", STEADY)
    with open_frames(media_of(path), ROOT, fps=5.0, resize=Resize((24, 32), "stretch")) as reader:
        frames = list(reader)
    assert {frame.pixels.shape for frame in frames if frame.pixels is not None} == {(24, 32, 3)}
    assert [number_in(frame.pixels) for frame in frames] == [number for *_, number in shown((path, STEADY), 5.0)]


@pytest.mark.parametrize("content", [b"", b"no video at all" * 100])
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(MediaError, match=r"a\.mp4: cannot be opened as video") as caught:
        numbers(tmp_path / "a.mp4", 1.0)
    assert caught.value.time is None


def test_sound_with_a_cover_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        audio, cover = container.add_stream("aac", rate=8000), container.add_stream("mjpeg", rate=1)
        audio.layout = "mono"
        cover.height, cover.width, cover.pix_fmt = HEIGHT, WIDTH, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 8000
        picture = av.VideoFrame.from_ndarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8), format="rgb24")
        container.mux([*cover.encode(picture), *cover.encode(None)])
        container.mux([*audio.encode(sound), *audio.encode(None)])
    with av.open(str(path)) as container:
        assert len(container.streams.video) == 1
    with pytest.raises(MediaError, match="has no video track"):
        numbers(path, 1.0)


def test_frames_without_time_stamps_are_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.h264", STEADY, Encoding(format="h264"))
    with pytest.raises(MediaError, match="no time stamp"):
        numbers(path, 1.0)


def test_a_remuxed_copy_shows_the_same_frames(tmp_path: Path) -> None:
    source = write_video(tmp_path / "a.mp4", regular(60, fps=25))
    copy = remux(source, tmp_path / "a.ts")
    assert numbers(source, 12.5) == numbers(copy, 12.5)


def test_the_maker_of_awkward_files_knows_its_frames(tmp_path: Path) -> None:
    path, times = encoded("a.mp4", Encoding(), STEADY)(tmp_path)
    with av.open(str(path)) as container:
        decoded = [number_in(ToRgb()(frame)) for frame in container.decode(video=0)]
    assert decoded == list(range(FRAMES)) == list(range(len(times)))
