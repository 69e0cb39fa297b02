from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import pytest
from av.video.frame import VideoFrame
from awkward import OPEN_GROUPS, OPEN_GROUPS_HEVC
from footage import Encoding, number_in, regular, write_video

from vstreamqa.schema import NANOSECONDS
from vstreamqa.video import media_of, open_frames, pyavreader, walk
from vstreamqa.video.background import Stopped
from vstreamqa.video.colour import ToRgb
from vstreamqa.video.container import Track, open_track
from vstreamqa.video.grid import Grid, on_grid
from vstreamqa.video.types import Pixels
from vstreamqa.video.walk import Walk

LONG = regular(240)
INTRA_REFRESH = {"preset": "fast", "x264-params": "intra-refresh=1:bframes=0:keyint=30:scenecut=0"}


def never() -> bool:
    return False


def walked(path: Path, fps: float, start: int = 0, *, careful: bool = False) -> tuple[list[int], Walk]:
    """Return the numbers of the frames shown on the grid, and the walk that gave them."""
    grid = Grid(start, Fraction(fps))
    with open_track(path) as track:
        steps = Walk(track, grid, never, careful=careful)
        chosen = [frame for *_, frame in on_grid(steps.pictures(), grid)]
        return [number_in(ToRgb()(frame)) for frame in chosen], steps


@pytest.fixture(scope="module")
def short_groups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("short") / "a.mp4", LONG, Encoding(gop=10))


def test_groups_without_a_grid_time_stay_undecoded(short_groups: Path) -> None:
    numbers, steps = walked(short_groups, 0.5)
    assert numbers == [0, 60, 120, 180]
    assert steps.decoder.decoded <= 60
    _, thorough = walked(short_groups, 0.5, careful=True)
    assert thorough.decoder.decoded == 240


def test_a_start_far_in_is_sought(short_groups: Path) -> None:
    numbers, steps = walked(short_groups, 2.0, start=7 * NANOSECONDS)
    assert numbers == [210, 225]
    assert steps.decoder.decoded < 45
    assert steps.packets < 60


@pytest.mark.parametrize(
    "encoding",
    [
        Encoding(gop=12, options=OPEN_GROUPS),
        Encoding(codec="libx265", options=OPEN_GROUPS_HEVC),
    ],
)
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize(("fps", "start"), [(0.7, 0), (1.1, 5_555_555_555), (4.0, 6_000_000_000)])
def test_leaving_out_is_exact_with_open_groups(
    tmp_path: Path, encoding: Encoding, suffix: str, fps: float, start: int
) -> None:
    path = write_video(tmp_path / f"a.{suffix}", LONG, encoding)
    numbers, steps = walked(path, fps, start)
    assert numbers == walked(path, fps, start, careful=True)[0]
    assert steps.decoder.decoded < 200


def test_mpeg_ts_is_decoded_from_the_first_frame_on(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.ts", LONG, Encoding(gop=10))
    numbers, steps = walked(path, 2.0, start=7 * NANOSECONDS)
    assert numbers == [210, 225]
    assert steps.decoder.decoded == 240


def test_reading_stops_after_the_last_grid_time(short_groups: Path) -> None:
    grid = Grid(0, Fraction(2), NANOSECONDS)
    with open_track(short_groups) as track:
        steps = Walk(track, grid, never, careful=False)
        assert [time for time, *_ in on_grid(steps.pictures(), grid)] == [0, NANOSECONDS // 2, NANOSECONDS]
        assert steps.decoder.decoded < 60


def test_a_seek_that_leads_too_far_is_noticed(short_groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_far(track: Track, tick: int) -> None:
        track.container.seek(tick + 10**6, stream=track.stream)

    monkeypatch.setattr(Track, "packets_from_key_before", too_far)
    with open_frames(media_of(short_groups), Path("/"), fps=2.0, start=7 * NANOSECONDS) as reader:
        assert [number_in(frame.pixels) for frame in reader] == [210, 225]


@pytest.mark.parametrize("fps", [0.5, 5.0])
@pytest.mark.parametrize("watched", [frozenset({"h264"}), frozenset[str]()])
def test_key_frames_that_decoding_cannot_start_at_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fps: float, watched: frozenset[str]
) -> None:
    monkeypatch.setattr("vstreamqa.video.decoder._ONE_FRAME_A_PACKET", watched)
    path = write_video(tmp_path / "a.mp4", LONG, Encoding(gop=30, b_frames=0, options=INTRA_REFRESH))
    with open_frames(media_of(path), Path("/"), fps=fps, start=1_100_000_000) as reader:
        assert [number_in(frame.pixels) for frame in reader] == list(range(33, 240, round(30 / fps)))


class Gauge:
    """Counts the frames converted, that is made, by the reading thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        convert = ToRgb.__call__

        def counted(converter: ToRgb, frame: VideoFrame) -> Pixels:
            self.made += 1
            return convert(converter, frame)

        monkeypatch.setattr(ToRgb, "__call__", counted)


def test_only_emitted_frames_are_converted_and_few_ahead_of_the_consumer(
    short_groups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gauge = Gauge(monkeypatch)
    with open_frames(media_of(short_groups), Path("/"), fps=10.0, prefetch=3) as reader:
        for taken in range(1, 20):
            next(reader)
            time.sleep(0.01)
            assert taken <= gauge.made <= taken + 3
        rest = len(list(reader))
    assert rest == 61
    assert gauge.made == 80


def test_closing_early_stops_the_walk_between_two_grid_times(
    short_groups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Stopped] = []
    original = walk.pictures

    def spied(path: Path, grid: Grid, stopped: Stopped) -> object:
        asked.append(stopped)
        return original(path, grid, stopped)

    monkeypatch.setattr(pyavreader, "pictures", spied)
    reader = open_frames(media_of(short_groups), Path("/"), fps=10.0, prefetch=1)
    next(reader)
    assert not asked[0]()
    reader.close()
    assert asked[0]()
    assert list(reader) == []


def test_a_walk_whose_consumer_has_gone_ends_without_a_mark(short_groups: Path) -> None:
    left = iter([False] * 20)
    with open_track(short_groups) as track:
        steps = Walk(track, Grid(0, Fraction(30)), lambda: next(left, True), careful=False)
        pictures = list(steps.pictures())
    assert 0 < len(pictures) < 30
    assert all(shown.picture is not None for shown in pictures)
