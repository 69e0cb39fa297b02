"""The whole way from downloads to a suite that loads, for every source of pictures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import datasets
import pytest
from downloads import EGO, FILMS, FPS, keyframe_names
from footage import number_in

from vstreamqa import load_suite
from vstreamqa.build.assembling import BuildReport, Target
from vstreamqa.build.validating import validate
from vstreamqa.build.vstream_qa.building import build_vstream_qa
from vstreamqa.build.vstream_qa.downloads import Cutting, Downloads
from vstreamqa.errors import UserError
from vstreamqa.schema import Stream, to_position
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.video import open_frames

pytestmark = pytest.mark.usefixtures("whole")

CONFIGS = ("rvs-ego", "rvs-movie", "vs-ego", "vs-movie")


def build(out: Path, downloads: Downloads, *, cutting: Cutting = "uncut", allow_missing: bool = False) -> BuildReport:
    return build_vstream_qa(downloads, Target(suite="", out=out, allow_missing=allow_missing), cutting=cutting)


def originals(fetched: Path, annotations: str = "official") -> Downloads:
    return Downloads(annotations=fetched / annotations, ego4d=fetched / "ego4d", movienet=fetched / "movienet")


def loaded(out: Path) -> dict[str, SuiteConfig]:
    return {config: load_suite(f"vstream-qa/{config}", data=out) for config in CONFIGS}


def shown(config: SuiteConfig, stream: Stream, end: int | float | None = None) -> list[int]:
    """Read the numbers of the frames that a question at `end` may see."""
    last = to_position(stream.end if end is None else end, stream.unit)
    start = to_position(stream.start, stream.unit)
    with open_frames(stream.media, config.root, unit=stream.unit, fps=1.0, start=start, end=last) as frames:
        return [number_in(frame.pixels) for frame in frames]


def stream_of(config: SuiteConfig, stream_id: str) -> Stream:
    return next(stream for stream in config.streams if stream.stream_id == stream_id)


def test_uncut_originals_give_one_stream_a_video_and_windows_on_the_sources_own_axis(
    fetched: Path, tmp_path: Path
) -> None:
    report = build(tmp_path / "out", originals(fetched))
    assert report.written
    assert all(entry.complete for entry in report.configs.values())
    configs = loaded(tmp_path / "out")
    rvs, vs = configs["rvs-ego"], configs["vs-ego"]
    assert [(s.stream_id, s.start, s.end) for s in rvs.streams] == [(EGO[0], 0, 12), (EGO[1], 0, 15)]
    assert {(s.source_id, s.start, s.end) for s in vs.streams} == {
        (EGO[0], 2, 6), (EGO[0], 5, 12), (EGO[1], 0, 9), (EGO[1], 4, 15)
    }  # fmt: skip
    assert len({stream.media.path for stream in (*rvs.streams, *vs.streams)}) == 2
    for config in (rvs, vs):
        assert {(q.time, q.evidence) for q in config.questions} == {
            (6, (2, 6)), (12, (5, 12)), (9, (0, 9)), (15, (4, 15))
        }  # fmt: skip
        for question in config.questions:
            stream = stream_of(config, question.stream_id)
            seconds = range(int(stream.start), int(question.time) + 1)
            assert shown(config, stream, question.time) == [second * FPS for second in seconds]


def test_films_count_the_keyframes_of_their_clip(fetched: Path, tmp_path: Path) -> None:
    build(tmp_path / "out", originals(fetched))
    configs = loaded(tmp_path / "out")
    rvs = configs["rvs-movie"]
    stream = stream_of(rvs, FILMS[0])
    every, clip = keyframe_names(FILMS[0]), keyframe_names(FILMS[0], 2, 6)
    assert (stream.unit, stream.start, stream.end) == ("keyframe", 0, len(clip) - 1)
    assert shown(rvs, stream) == [every.index(name) for name in clip]
    chase = next(q for q in rvs.questions if q.text == "What follows?")
    assert chase.time == len(keyframe_names(FILMS[0], 2, 6)) - 1
    assert chase.evidence == (len(keyframe_names(FILMS[0], 2, 4)), chase.time)
    vs = configs["vs-movie"]
    for question in vs.questions:
        stream = stream_of(vs, question.stream_id)
        assert (question.time, question.evidence) == (stream.end, (0, stream.end))


def test_both_layouts_of_the_annotations_build_the_same_suite(fetched: Path, tmp_path: Path) -> None:
    for layout in ("official", "rekv"):
        assert build(tmp_path / layout, originals(fetched, layout)).written
    one, other = loaded(tmp_path / "official"), loaded(tmp_path / "rekv")
    for config in CONFIGS:
        assert {(q.question_id, q.source_id, q.time, q.evidence, q.text, q.answer) for q in one[config].questions} == {
            (q.question_id, q.source_id, q.time, q.evidence, q.text, q.answer) for q in other[config].questions
        }
        assert {(s.source_id, s.start, s.end) for s in one[config].streams} == {
            (s.source_id, s.start, s.end) for s in other[config].streams
        }


def test_published_archives_and_what_they_unpack_to_give_the_same_suite(fetched: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    made = fetched / "frames" / "unpacked"
    shutil.copytree(made / "online" / "ego4d_frames", unpacked / "vstream-realtime" / "ego4d_frames")
    shutil.copytree(made / "movie_online" / "movienet_frames", unpacked / "vstream-realtime" / "movienet_frames")
    shutil.copytree(made / "ego" / "ego4d_videos", unpacked / "vstream" / "ego4d_videos")
    shutil.copytree(made / "movie" / "movienet_frames", unpacked / "vstream" / "movienet_frames")
    for name, frames in (("packed", fetched / "frames"), ("plain", unpacked)):
        assert build(tmp_path / name, Downloads(annotations=fetched / "official", frames=frames)).written
    packed, plain = loaded(tmp_path / "packed"), loaded(tmp_path / "plain")
    assert {config: one.data_hash for config, one in packed.items()} == {
        config: one.data_hash for config, one in plain.items()
    }
    rvs = packed["rvs-ego"]
    assert [(s.stream_id, s.media.kind, s.media.rate, s.end) for s in rvs.streams] == [
        (EGO[0], "frames", 1.0, 12), (EGO[1], "frames", 1.0, 15)
    ]  # fmt: skip
    assert shown(rvs, rvs.streams[0]) == [second * FPS for second in range(12)]
    window = next(s for s in packed["vs-ego"].streams if (s.source_id, s.start) == (EGO[0], 5))
    assert (window.media.kind, window.media.origin) == ("video", 5)
    assert shown(packed["vs-ego"], window)[0] == 0
    every = keyframe_names(FILMS[1])
    films = packed["rvs-movie"]
    assert shown(films, stream_of(films, FILMS[1])) == [every.index(n) for n in keyframe_names(FILMS[1], 1, 4)]
    assert not validate(tmp_path / "packed", workers=2).problems


def test_features_take_the_place_of_pictures_and_ranks_come_from_names(fetched: Path, tmp_path: Path) -> None:
    downloads = Downloads(
        annotations=fetched / "official", movienet=fetched / "movienet", features=fetched / "features"
    )
    assert build(tmp_path / "out", downloads).written
    pictures = tmp_path / "pictures"
    build(pictures, originals(fetched))
    features, frames = loaded(tmp_path / "out"), loaded(pictures)
    for config in CONFIGS:
        assert {stream.media.kind for stream in features[config].streams} == {"features"}
        assert [q.time for q in features[config].questions] == [q.time for q in frames[config].questions]
    assert not validate(tmp_path / "out", workers=2).problems


def test_the_official_layout_cuts_every_clip_exactly(fetched: Path, tmp_path: Path) -> None:
    report = build(tmp_path / "cut", originals(fetched), cutting="official")
    assert report.written
    assert (report.configs["rvs-ego"].streams, report.configs["vs-ego"].streams) == (4, 4)
    build(tmp_path / "uncut", originals(fetched))
    cut, uncut = loaded(tmp_path / "cut"), loaded(tmp_path / "uncut")
    for config in ("rvs-ego", "vs-ego"):
        assert {q.question_id for q in cut[config].questions} == {q.question_id for q in uncut[config].questions}
        for stream in cut[config].streams:
            assert stream.media.path == f"media/{config}/{stream.stream_id}.mp4"
            assert not (cut[config].root / stream.media.path).is_symlink()
            seconds = range(int(stream.start), int(stream.end) + 1)
            assert shown(cut[config], stream) == [second * FPS for second in seconds]
    assert not list((tmp_path / "cut" / ".build").glob("cutting-*"))
    assert not validate(tmp_path / "cut", workers=2).problems


def test_datasets_loads_every_config_with_its_types_and_without_a_network(fetched: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out, originals(fetched))
    cache = str(tmp_path / "cache")
    for config, loaded_config in loaded(out).items():
        questions = datasets.load_dataset(str(out), config, split="test", cache_dir=cache)
        assert questions["question_id"] == [q.question_id for q in loaded_config.questions]
        assert questions["time"] == [q.time for q in loaded_config.questions]
        assert questions.features["time"].dtype == "float64"
        assert questions.features["text"].dtype == "string"
        streams = datasets.load_dataset(str(out), f"{config}-streams", split="test", cache_dir=cache)
        assert streams["stream_id"] == [s.stream_id for s in loaded_config.streams]
    questions = datasets.load_dataset(str(out), "rvs-ego", split="test", cache_dir=cache)
    root = str(out)
    questions = questions.map(lambda row: {"video": root + "/" + row["video"]})
    questions = questions.cast_column("video", datasets.Video(decode=False))
    assert Path(questions[0]["video"]["path"]).is_file()


def test_what_is_missing_is_named_and_a_partial_set_says_so_everywhere(fetched: Path, tmp_path: Path) -> None:
    ego4d = tmp_path / "ego4d"
    shutil.copytree(fetched / "ego4d", ego4d)
    next(ego4d.rglob(f"{EGO[1]}.mp4")).unlink()
    movienet = tmp_path / "movienet"
    shutil.copytree(fetched / "movienet", movienet)
    for path in (movienet / "240P" / FILMS[0]).glob("shot_0003_*"):
        path.unlink()
    downloads = {"annotations": fetched / "official", "ego4d": ego4d, "movienet": movienet}
    out = tmp_path / "out"
    refused = build(out, Downloads(**downloads))
    assert not refused.written
    assert not (out / "README.md").exists()
    texts = [f"{one.kind}: {one.place}: {one.text}" for one in refused.findings]
    assert any(f"missing: rvs-ego: no {EGO[1]}.mp4 below" in text for text in texts)
    assert any("extra: v2/full_scale/11111111" in text for text in texts)
    assert any("1 of its shots have no keyframe (3)" in text for text in texts)
    report = json.loads((out / "build-report.json").read_text())
    assert report["written"] is False
    assert len(report["findings"]) == len(refused.findings)
    partial = build(out, Downloads(**downloads), allow_missing=True)
    assert partial.written
    entry = partial.configs["rvs-ego"]
    assert (entry.questions, entry.expected_questions, entry.streams, entry.expected_streams) == (4, 6, 1, 2)
    config = load_suite("vstream-qa/rvs-ego", data=out)
    assert config.shortfall == "partial: 4 of 6 questions, 1 of 2 streams"
    card = (out / "README.md").read_text()
    assert "| `rvs-ego` | 4 | 6 | 1 | 2 |" in card
    assert "**Partial**" in card
    shutil.rmtree(movienet / "240P")
    build(tmp_path / "less", Downloads(**downloads), allow_missing=True)
    with pytest.raises(UserError, match="none of the 4 questions of vstream-qa/rvs-movie is built"):
        load_suite("vstream-qa/rvs-movie", data=tmp_path / "less")


def test_a_clip_of_another_length_than_annotated_is_not_used(fetched: Path, tmp_path: Path) -> None:
    features = tmp_path / "features"
    shutil.copytree(fetched / "features", features)
    shutil.copy(features / "vs-ego" / "000000.safetensors", features / "vs-ego" / "000001.safetensors")
    frames = tmp_path / "movienet"
    shutil.copytree(fetched / "movienet", frames)
    next((frames / "240P" / FILMS[1]).glob("shot_0002_img_1.jpg")).unlink()
    downloads = Downloads(annotations=fetched / "official", ego4d=fetched / "ego4d", movienet=frames, features=features)
    shutil.rmtree(features / "rvs-movie")
    shutil.rmtree(features / "vs-movie")
    texts = [f"{one.place}: {one.text}" for one in build(tmp_path / "out", downloads).findings if one.incomplete]
    assert any("vs-ego, stream 000001" in text and "holds 4 frames where 7 to 8 are expected" in text for text in texts)
    assert any(f"rvs-movie, stream {FILMS[1]}" in text and "where 12 are expected" in text for text in texts)


def test_a_question_beyond_the_video_is_told_with_its_row_and_the_others_are_kept(
    fetched: Path, tmp_path: Path
) -> None:
    annotations = tmp_path / "annotations"
    shutil.copytree(fetched / "official", annotations)
    for name in ("rvs_ego.json", "test_qa_ego4d.json"):
        path = annotations / "vstream-realtime" / name
        rows = json.loads(path.read_text())
        rows[-1]["end_time"] = 9999
        path.write_text(json.dumps(rows))
    downloads = Downloads(annotations=annotations, ego4d=fetched / "ego4d", movienet=fetched / "movienet")
    report = build(tmp_path / "out", downloads, allow_missing=True)
    told = [one for one in report.findings if one.place == "vstream-realtime/test_qa_ego4d.json, row 6"]
    assert any("skipped: time 9999 lies beyond the video's end (20 s)" in one.text for one in told)
    assert report.configs["rvs-ego"].questions == 5
    assert report.configs["rvs-ego"].streams == 2


def test_a_row_beyond_the_duration_that_its_video_states_is_skipped_aloud(fetched: Path, tmp_path: Path) -> None:
    annotations = tmp_path / "annotations"
    shutil.copytree(fetched / "rekv", annotations)
    path = annotations / "ego" / "ego4d_oe.json"
    rows = json.loads(path.read_text())
    rows[1]["conversations"][1]["end_time"] = 22
    path.write_text(json.dumps(rows))
    downloads = Downloads(annotations=annotations, ego4d=fetched / "ego4d", movienet=fetched / "movienet")
    told = [one for one in build(tmp_path / "out", downloads).findings if one.kind == "row"]
    assert {one.place for one in told} == {"ego4d_oe.json, video 2, row 2"}
    assert all("end_time 22 lies beyond the video's duration, 20.4" in one.text for one in told)


def test_two_videos_of_one_name_have_to_be_told_apart_unless_one_is_full_scale(fetched: Path, tmp_path: Path) -> None:
    ego4d = tmp_path / "ego4d"
    shutil.copytree(fetched / "ego4d", ego4d)
    shutil.copytree(ego4d / "v2" / "full_scale", ego4d / "v2" / "video_540ss")
    downloads = {"annotations": fetched / "official", "ego4d": ego4d, "movienet": fetched / "movienet"}
    assert build(tmp_path / "out", Downloads(**downloads)).written
    link = tmp_path / "out" / "media" / "ego4d" / f"{EGO[0]}.mp4"
    assert link.resolve().parent.name == "full_scale"
    (ego4d / "v2" / "full_scale").rename(ego4d / "v2" / "clips")
    refused = build(tmp_path / "other", Downloads(**downloads))
    assert any("is there more than once" in one.text and "name the folder" in one.text for one in refused.findings)


def test_a_hostile_archive_stops_the_build_before_anything_is_written(fetched: Path, tmp_path: Path) -> None:
    import zipfile

    frames = tmp_path / "frames"
    frames.mkdir()
    with zipfile.ZipFile(frames / "ego4d_frames_online.zip", "w") as archive:
        archive.writestr("ego4d_frames/../../../escaped.jpg", b"x")
    with pytest.raises(UserError, match=r"ego4d_frames_online.zip: .*escaped.jpg"):
        build(tmp_path / "out", Downloads(annotations=fetched / "official", frames=frames))
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.rglob("escaped.jpg"))


def test_the_same_command_again_makes_nothing_again(fetched: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out, Downloads(annotations=fetched / "official", frames=fetched / "frames"))
    before = {path: path.lstat().st_mtime_ns for path in out.rglob("*") if ".build" not in path.parts}
    build(out, Downloads(annotations=fetched / "official", frames=fetched / "frames"))
    after = {path: path.lstat().st_mtime_ns for path in out.rglob("*") if ".build" not in path.parts}
    changed = {path.relative_to(out).as_posix() for path in after if before.get(path) != after[path]}
    assert set(before) == set(after)
    assert changed <= {"README.md", "build-report.json", "data"}
