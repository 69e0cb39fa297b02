from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.sidedata.sidedata import SideData
from awkward import AWKWARD, FRAGMENTED, MILLISECONDS, OPEN_GROUPS, UNSTEADY
from footage import HEIGHT, WIDTH, Encoding, barcode, number_in, regular, write_stamped, write_video

from vstreamqa.build.cutting import Cut, Method, cut_video
from vstreamqa.build.cutting import copy as cutting_copy
from vstreamqa.build.cutting import cut as cutting
from vstreamqa.build.cutting import encode as cutting_encode
from vstreamqa.build.cutting.encode import encode
from vstreamqa.build.cutting.reel import scan
from vstreamqa.build.cutting.stamps import stamped
from vstreamqa.errors import MediaError
from vstreamqa.schema import NANOSECONDS
from vstreamqa.video import media_of, open_frames, probe

SECOND = NANOSECONDS
ROOT = Path("/")
TICK = 90_000
ANCHORS = {"preset": "veryfast", "x264-params": "b-adapt=0:bframes=2:b-pyramid=0:scenecut=0"}
"""Frames 0, 3, 6, ... are coded before the two that are shown before them."""
LONG = Encoding(gop=30, options=ANCHORS)
INTRA_REFRESH = {"preset": "fast", "x264-params": "intra-refresh=1:bframes=0:keyint=30:scenecut=0"}


def time_of(frame: int, fps: Fraction = Fraction(30)) -> int:
    return int(frame / fps * SECOND)


def seen(path: Path, fps: float, start: int, end: int) -> list[tuple[int, int]]:
    """Return the times of a grid, counted from its start, and the number of the frame shown at each."""
    with open_frames(path, fps=fps, start=start, end=end) as reader:
        return [(frame.position - start, number_in(frame.pixels)) for frame in reader]


def assert_exact(source: Path, cuts: Mapping[Path, Cut], fps: tuple[float, ...] = (7, 30)) -> None:
    for path, cut in cuts.items():
        length = cut.end - cut.start
        for rate in fps:
            shown = seen(path, rate, 0, length)
            assert shown == seen(source, rate, cut.start, cut.end)
            assert len(shown) >= length * rate // SECOND
        assert probe(media_of(path), ROOT, unit="second").duration >= length


def packets(path: Path) -> list[tuple[int | None, int | None, bytes]]:
    with av.open(str(path)) as container:
        return [(packet.pts, packet.dts, bytes(packet)) for packet in container.demux(video=0) if packet.size]


def presented(path: Path) -> list[Fraction]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        return sorted(packet.pts * stream.time_base for packet in container.demux(stream) if packet.pts is not None)


class Bench:
    """Cuts a source, and keeps what was made."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.work.mkdir()
        self.made = folder / "made"

    def cut(self, source: Path, *cuts: Cut) -> list[Method]:
        """Cut; check that the cuts show what the source does; return how they were made."""
        methods = self.cut_unchecked(source, *cuts)
        assert_exact(source, {self.path(index): cut for index, cut in enumerate(cuts)})
        assert list(self.work.iterdir()) == []
        return methods

    def cut_unchecked(self, source: Path, *cuts: Cut) -> list[Method]:
        methods = cut_video(source, {self.path(index): cut for index, cut in enumerate(cuts)}, self.work)
        assert list(methods) == [self.path(index) for index in range(len(cuts))]
        return list(methods.values())

    def path(self, index: int = 0) -> Path:
        return self.made / "some" / f"{index}.mp4"

    @property
    def files(self) -> list[Path]:
        return [path for folder in (self.made, self.work) for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds with two B-frames between anchors and a key frame every second."""
    return write_video(tmp_path_factory.mktemp("plain") / "a.mp4", regular(240), LONG)


@pytest.fixture
def no_encode(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("encoded")

    monkeypatch.setattr(cutting, "encode", refuse)


@pytest.fixture(scope="session", params=AWKWARD)
def awkward(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return AWKWARD[request.param](tmp_path_factory.mktemp("awkward"))[0]


def test_cuts_of_awkward_files_show_what_their_sources_show(awkward: Path, bench: Bench) -> None:
    length = probe(media_of(awkward), ROOT, unit="second").duration
    bench.cut(
        awkward,
        Cut(0, SECOND),
        Cut(0, 1_033_333_333),
        Cut(SECOND, 2 * SECOND - 1),
        Cut(700_000_000, 1_500_000_000),
        Cut(712_345_678, 1_923_456_789),
        Cut(333_333_333, 900_000_000),
        Cut(0, length),
        Cut(length - 1, length - 1),
    )


@pytest.mark.parametrize("last", [0, 3, 6, 29, 33, 59, 239])
@pytest.mark.usefixtures("no_encode")
def test_a_prefix_that_ends_with_an_anchor_is_copied(plain: Path, bench: Bench, last: int) -> None:
    assert bench.cut(plain, Cut(0, time_of(last))) == ["copied"]
    assert [data for *_, data in packets(bench.path())] == [data for *_, data in packets(plain)][: last + 1]


@pytest.mark.parametrize("last", [1, 2, 4, 31, 61, 62])
def test_a_prefix_that_ends_within_b_frames_is_encoded(plain: Path, bench: Bench, last: int) -> None:
    assert bench.cut(plain, Cut(0, time_of(last))) == ["encoded"]
    assert len(packets(bench.path())) == last + 1


@pytest.mark.usefixtures("no_encode")
def test_windows_that_start_with_key_frames_are_copied(plain: Path, bench: Bench) -> None:
    windows = [Cut(key * SECOND, key * SECOND + time_of(33)) for key in (1, 2, 6)]
    assert bench.cut(plain, *windows) == ["copied"] * 3
    source = [data for *_, data in packets(plain)]
    for index, key in enumerate((1, 2, 6)):
        assert [data for *_, data in packets(bench.path(index))] == source[30 * key : 30 * key + 34]


def test_windows_that_start_elsewhere_are_encoded(plain: Path, bench: Bench) -> None:
    windows = [Cut(time_of(start), time_of(start + 40)) for start in (1, 29, 31, 33, 170)]
    assert bench.cut(plain, *windows) == ["encoded"] * 5


def test_one_encode_serves_all_cuts_that_need_one(plain: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def counted(source: Any, cuts: Any, target: Path) -> Any:
        calls.append(len(cuts))
        return encode(source, cuts, target)

    monkeypatch.setattr(cutting, "encode", counted)
    methods = bench.cut(
        plain,
        Cut(0, 3 * SECOND - 1),
        Cut(0, time_of(33)),
        Cut(0, time_of(31)),
        Cut(time_of(31), time_of(32)),
        Cut(time_of(32), time_of(75)),
        Cut(SECOND, 2 * SECOND - 1),
        Cut(time_of(75), time_of(75)),
        Cut(0, time_of(50)),
    )
    others = ["encoded"] * 3
    assert methods == ["copied", "copied", *others, "copied", "encoded", "encoded"]
    assert calls == [5]


def test_the_encode_holds_only_frames_that_a_cut_needs(plain: Path, tmp_path: Path) -> None:
    cuts = [Cut(time_of(5), time_of(10)), Cut(time_of(8), time_of(20)), Cut(time_of(199), time_of(201))]
    reel = encode(scan(plain, 8 * SECOND), cuts, tmp_path / "encoded.mp4")
    assert reel.times == [time_of(frame) for frame in [*range(5, 21), 199, 200, 201]]
    assert {reel.ticks.index(reel.coded[key] or 0) for key in reel.keys} >= {0, 3, 6, 16}


@pytest.mark.usefixtures("no_encode")
def test_every_prefix_is_copied_where_there_are_no_b_frames(tmp_path: Path, bench: Bench) -> None:
    source = write_video(tmp_path / "a.mp4", regular(60), Encoding(b_frames=0, options={"preset": "veryfast"}))
    assert bench.cut(source, *[Cut(0, time_of(last) + 7) for last in range(0, 60, 7)]) == ["copied"] * 9


@pytest.mark.usefixtures("no_encode")
def test_a_whole_video_is_copied(plain: Path, bench: Bench) -> None:
    length = probe(media_of(plain), ROOT, unit="second").duration
    assert bench.cut(plain, Cut(0, length)) == ["copied"]
    assert packets(bench.path()) == packets(plain)
    assert probe(media_of(bench.path()), ROOT, unit="second") == probe(media_of(plain), ROOT, unit="second")


@pytest.mark.parametrize(("start", "method"), [(SECOND + 5_000_000, "copied"), (time_of(40) + 5_000_000, "encoded")])
def test_a_cut_that_starts_between_frames_shows_the_earlier_from_0_on(
    plain: Path, bench: Bench, start: int, method: Method
) -> None:
    start -= start % 1_000_000
    assert bench.cut(plain, Cut(start, start + SECOND)) == [method]
    times = presented(bench.path())
    assert times[0] == 0
    assert (
        times[1:]
        == [Fraction(frame, 30) - Fraction(start, SECOND) for frame in range(start * 3 // 10**8 + 1, 300)][
            : len(times) - 1
        ]
    )


@pytest.mark.parametrize("name", ["v.mp4", "v.mkv"])
@pytest.mark.parametrize("first", [0, 13])
def test_a_variable_frame_rate_stays(tmp_path: Path, bench: Bench, name: str, first: int) -> None:
    source = write_video(tmp_path / name, UNSTEADY, Encoding(options=ANCHORS))
    unit = MILLISECONDS if name == "v.mkv" else Fraction(1, TICK)
    times = sorted({round(time / unit) * unit for time in UNSTEADY})
    start = Fraction(first, 20)
    bench.cut(source, Cut(int(start * SECOND), 2 * SECOND))
    shown = [time for time in times if time <= 2]
    earlier = sum(time <= start for time in shown) - 1
    assert presented(bench.path()) == [max(Fraction(0), time - start) for time in shown[earlier:]]


@pytest.mark.parametrize("b_frames", [0, 2])
def test_the_last_frame_is_shown_as_long_as_in_the_source(tmp_path: Path, bench: Bench, b_frames: int) -> None:
    times = [Fraction(0), *(Fraction(number, 10) for number in (1, 2, 3, 9, 10, 11, 12, 20, 21, 22, 23, 24))]
    options = {"preset": "veryfast", "x264-params": f"b-adapt=0:bframes={b_frames}:scenecut=0"}
    source = write_video(tmp_path / "a.mp4", times, Encoding(b_frames=b_frames, options=options))
    ends = [time + Fraction(1, 20) for time in times[:-1]]
    bench.cut_unchecked(source, *[Cut(0, int(end * SECOND)) for end in ends])
    for index, (end, following) in enumerate(zip(ends, times[1:], strict=True)):
        made = media_of(bench.path(index))
        assert probe(made, ROOT, unit="second").duration == int(following * SECOND)
        assert_exact(source, {bench.path(index): Cut(0, int(end * SECOND))})


def test_turn_shape_and_colours_are_kept(tmp_path: Path, bench: Bench) -> None:
    source = _described(tmp_path / "a.mp4")
    assert bench.cut(source, Cut(0, 2 * SECOND), Cut(SECOND // 2, SECOND)) == ["copied", "encoded"]
    assert _description(bench.path(0)) == _description(bench.path(1)) == _description(source)


@pytest.mark.parametrize(
    ("name", "size", "pix_fmt", "made"),
    [
        ("a.mkv", (97, 131), "yuv420p", "yuv444p"),
        ("a.mkv", (97, 128), "yuv422p", "yuv422p"),
        ("a.mkv", (96, 131), "yuv422p10le", "yuv444p10le"),
        ("a.mkv", (96, 128), "yuv420p12le", "yuv420p10le"),
        ("a.mkv", (96, 128), "yuva420p", "yuv420p"),
        ("a.mkv", (96, 128), "yuv411p", "yuv422p"),
        ("a.mkv", (97, 131), "bgr0", "yuv444p"),
        ("a.avi", (96, 128), "yuvj422p", "yuvj422p"),
        ("a.avi", (97, 131), "yuvj420p", "yuvj444p"),
    ],
)
def test_any_size_and_pixel_format_can_be_encoded(
    tmp_path: Path, bench: Bench, name: str, size: tuple[int, int], pix_fmt: str, made: str
) -> None:
    codec = "mjpeg" if name == "a.avi" else "ffv1"
    encoding = Encoding(codec, pix_fmt, b_frames=0, size=size, options={}, time_base=Fraction(1, 30))
    source = write_video(tmp_path / name, regular(40), encoding)
    start, end = SECOND // 2, SECOND
    assert bench.cut(source, Cut(start, end)) == ["encoded"]
    with av.open(str(bench.path())) as container:
        stream = container.streams.video[0]
        assert (stream.pix_fmt, stream.height, stream.width) == (made, *size)
    for before, after in zip(_pictures(source, start, end), _pictures(bench.path(), 0, end - start), strict=True):
        assert np.abs(before - after).mean() < 3


def test_a_window_at_the_key_frame_of_an_open_group_is_encoded(tmp_path: Path, bench: Bench) -> None:
    source = write_video(tmp_path / "a.mp4", regular(60), Encoding(gop=12, options=OPEN_GROUPS))
    keys = sorted(scan(source, 2 * SECOND).coded[key] or 0 for key in scan(source, 2 * SECOND).keys)
    assert len(keys) > 3
    starts = [key * SECOND // TICK for key in keys]
    assert bench.cut(source, *[Cut(start, 2 * SECOND) for start in starts]) == ["copied"] + ["encoded"] * (
        len(starts) - 1
    )


def test_a_frame_from_which_a_picture_builds_up_is_no_start(tmp_path: Path, bench: Bench) -> None:
    source = write_video(tmp_path / "a.mp4", regular(120), Encoding(options=INTRA_REFRESH))
    assert len(scan(source, 4 * SECOND).keys) > 2
    assert bench.cut(source, Cut(0, SECOND), Cut(SECOND, 2 * SECOND)) == ["copied", "encoded"]


@pytest.mark.parametrize("stamps", [[0, 100, 100, 100, 200, 300], [0, 100, 300, 200, 400, 500]])
def test_badly_stamped_frames_are_shown_as_the_source_is_read(tmp_path: Path, bench: Bench, stamps: list[int]) -> None:
    decoded = [min(stamp, 50 * index) for index, stamp in enumerate(stamps)]
    source = write_stamped(tmp_path / "a.mkv", list(zip(stamps, decoded, strict=True)))
    assert bench.cut(source, Cut(0, 250_000_000), Cut(100_000_000, 400_000_000)) == ["encoded", "encoded"]


def test_decord_reads_the_cuts_as_well(plain: Path, bench: Bench) -> None:
    pytest.importorskip("decord")
    cuts = [Cut(0, 2 * SECOND), Cut(SECOND + 12_345_678, 7 * SECOND), Cut(1_034_567_891, 5 * SECOND)]
    bench.cut_unchecked(plain, *cuts)
    for index, cut in enumerate(cuts):
        with open_frames(bench.path(index), fps=3.3, end=cut.end - cut.start, reader="decord") as reader:
            read = [number_in(frame.pixels) for frame in reader]
        assert read == [number for _, number in seen(plain, 3.3, cut.start, cut.end)]


@pytest.mark.parametrize("fails", ["the copy", "the encode", "the check"])
def test_a_break_leaves_no_file_and_nothing_temporary(
    plain: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def broken(*_: Any, **__: Any) -> Iterator[Any]:
        assert list(bench.work.rglob("*.mp4")) != []
        raise KeyboardInterrupt

    patched = {
        "the copy": (cutting_copy, "zip"),
        "the encode": (cutting_encode, "scan"),
        "the check": (cutting_copy, "is_exact"),
    }
    monkeypatch.setattr(*patched[fails], broken, raising=False)
    with pytest.raises(KeyboardInterrupt):
        bench.cut_unchecked(plain, Cut(0, time_of(31)))
    assert bench.files == []
    assert list(bench.work.iterdir()) == []


def test_a_copy_that_fails_its_check_is_encoded(plain: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False])

    def first_fails(path: Path, stamps: Any) -> bool:
        return next(answers, None) is None and checked(path, stamps)

    checked = cutting_copy.is_exact
    monkeypatch.setattr(cutting_copy, "is_exact", first_fails)
    assert bench.cut(plain, Cut(0, time_of(33))) == ["encoded"]


def test_an_encode_that_fails_its_check_is_an_error(plain: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting_copy, "is_exact", lambda *_: False)
    with pytest.raises(MediaError, match=r"a\.mp4: cannot be cut exactly from 1\.000 s to 2\.000 s"):
        bench.cut_unchecked(plain, Cut(SECOND, 2 * SECOND))
    assert bench.files == []


def test_the_check_tells_what_is_wrong_with_a_file(plain: Path) -> None:
    reel = scan(plain, 8 * SECOND)
    order = [list(reel.ticks).index(tick) for tick in reel.coded if tick is not None]
    right = stamped(order, [*reel.times, reel.end], reel.time_base, 0)
    late = stamped(order, [*reel.times[:-1], reel.times[-1] + 100_000, reel.end], reel.time_base, 0)
    longer = stamped(order, [*reel.times, reel.end + SECOND], reel.time_base, 0)
    finer = stamped(order, [*reel.times, reel.end], reel.time_base / 2, 0)
    exact = [cutting_copy.is_exact(plain, stamps) for stamps in (right, late, longer, finer)]
    assert exact == [True, False, False, False]


def test_a_source_that_is_too_short_is_named_with_its_length(plain: Path, bench: Bench) -> None:
    with pytest.raises(MediaError) as caught:
        bench.cut_unchecked(plain, Cut(0, SECOND), Cut(5 * SECOND, 8 * SECOND + 1))
    assert str(caught.value).startswith(f"{plain}: lasts 8.000 s, too short for the cut from 5.000 s to 8.000 s; ")
    assert (caught.value.path, caught.value.time) == (str(plain), 8.0)
    assert bench.files == []


@pytest.mark.parametrize("name", ["a.mp4", "f.mp4", "a.mkv", "a.ts"])
def test_a_source_that_is_cut_off_gives_only_what_is_whole(tmp_path: Path, bench: Bench, name: str) -> None:
    container = {"a.mp4": {"movflags": "faststart"}, "f.mp4": FRAGMENTED}.get(name, {})
    source = write_video(tmp_path / name, regular(120), Encoding(container=container))
    content = source.read_bytes()
    source.write_bytes(content[: int(len(content) * 0.8) // 188 * 188 + 94])
    with pytest.raises(MediaError, match=r"unreadable from [1-4]\.\d+ s on"):
        bench.cut_unchecked(source, Cut(0, SECOND), Cut(0, 4 * SECOND - 1))
    assert bench.files == []
    bench.cut(source, Cut(0, SECOND), Cut(time_of(5), SECOND))


def test_a_source_whose_frames_are_damaged_is_an_error(plain: Path, tmp_path: Path, bench: Bench) -> None:
    content = bytearray(plain.read_bytes())
    with av.open(str(plain)) as container:
        for packet in list(container.demux(video=0))[100:110]:
            begin, end = (packet.pos or 0) + 8, (packet.pos or 0) + packet.size
            content[begin:end] = bytes(end - begin)
    source = tmp_path / "a.mp4"
    source.write_bytes(content)
    with pytest.raises(MediaError, match=r"unreadable from 3\.\d+ s on"):
        bench.cut_unchecked(source, Cut(time_of(85), 5 * SECOND))
    assert bench.files == []
    bench.cut(source, Cut(time_of(5), 2 * SECOND), Cut(time_of(151), 7 * SECOND))


@pytest.mark.parametrize("content", [None, b"no video"])
def test_what_is_no_video_is_an_error(tmp_path: Path, bench: Bench, content: bytes | None) -> None:
    source = tmp_path / "a.mp4"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(MediaError, match=r"a\.mp4: "):
        bench.cut_unchecked(source, Cut(0, 1))


def test_no_cuts_need_no_source(bench: Bench) -> None:
    assert bench.cut_unchecked(Path("/nowhere.mp4")) == []


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 4)])
def test_a_cut_goes_forward_from_the_first_frame_at_the_earliest(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no cut goes"):
        Cut(start, end)


@pytest.mark.parametrize(
    ("start", "length", "rate"),
    [
        (0, 3600 * SECOND, TICK),
        (12_300_000_000, 60 * SECOND, TICK),
        (12_345_678_000, 60 * SECOND, 4_500_000),
        (12_345_678_000, 3600 * SECOND, TICK),
        (12_345_678_901, 2 * SECOND, SECOND),
        (12_345_678_901, 60 * SECOND, 9_000_000),
        (12_345_678_901, 600 * SECOND, 900_000),
        (0, 100_000 * SECOND, TICK),
    ],
)
def test_ticks_are_as_fine_as_the_start_asks_for_and_readers_can_count(start: int, length: int, rate: int) -> None:
    stamps = stamped([0, 1], [0, SECOND // 5, length], Fraction(1, TICK), start)
    assert stamps.time_base == Fraction(1, rate)
    assert stamps.pts == [0, rate // 5]


def test_frames_that_are_decoded_long_ahead_need_coarser_ticks() -> None:
    times = [0, 300_000_001, 600_000_002, 900_000_003, 1_000_000_004]
    stamps = stamped([0, 3, 1, 2], times, Fraction(1, 1000), 1)
    assert stamps.time_base == Fraction(1, 100_000_000)
    assert all(decoded <= shown for decoded, shown in zip(stamps.dts, stamps.pts, strict=True))
    assert all(before < after for before, after in zip(stamps.dts, stamps.dts[1:], strict=False))


def _described(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.height, stream.width, stream.pix_fmt = HEIGHT, WIDTH, "yuv420p"
        stream.set_display_rotation(90, hflip=True)
        context = stream.codec_context
        context.sample_aspect_ratio = Fraction(4, 3)
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = 9, 9, 16, 1
        for number in range(61):
            frame = av.VideoFrame.from_ndarray(barcode(number), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _description(path: Path) -> tuple[object, ...]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frame = next(container.decode(stream))
        context = stream.codec_context
        colours = context.colorspace, context.color_primaries, context.color_trc, context.color_range
        matrix = frame.side_data.get("DISPLAYMATRIX")
        assert isinstance(matrix, SideData)
        return *colours, stream.sample_aspect_ratio, bytes(matrix)


def _pictures(path: Path, start: int, end: int) -> list[Any]:
    with open_frames(path, fps=30, start=start, end=end) as reader:
        return [frame.pixels.astype(int) for frame in reader if frame.pixels is not None]
