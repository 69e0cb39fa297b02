"""What looks alike and is not, what leads elsewhere, and what is moved or completed later."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from downloads import EGO, FILMS, keyframe_names, keyframes, pack, write_official, write_rekv
from footage import Encoding, regular, write_video

from vstreamqa import load_suite
from vstreamqa.build.assembling import BuildReport, Target
from vstreamqa.build.findings import Findings
from vstreamqa.build.validating import validate
from vstreamqa.build.vstream_qa.annotations import read_annotations
from vstreamqa.build.vstream_qa.building import build_vstream_qa
from vstreamqa.build.vstream_qa.downloads import Cutting, Downloads
from vstreamqa.errors import UserError

Folders = dict[str, Any]

pytestmark = pytest.mark.usefixtures("whole")


def build(out: Path, *, cutting: Cutting = "uncut", allow_missing: bool = False, **folders: Path) -> BuildReport:
    target = Target(suite="", out=out, allow_missing=allow_missing)
    return build_vstream_qa(Downloads(**folders), target, cutting=cutting)


def texts(report: BuildReport) -> str:
    return "\n".join(f"{one.kind}: {one.place}: {one.text}" for one in report.findings)


def edit(path: Path, row: int, **fields: Any) -> None:
    rows = json.loads(path.read_text())
    rows[row].update(fields)
    path.write_text(json.dumps(rows))


@pytest.mark.parametrize("name", ["../../../precious", "/tmp/precious", "a\u0000b", "..", "x" * 300, "a\\b"])
@pytest.mark.parametrize("table", ["vstream/vs_movie.json", "vstream/vs_ego.json", "vstream-realtime/rvs_ego.json"])
def test_a_clip_whose_name_leads_elsewhere_is_a_fault_of_its_row(
    name: str, table: str, fetched: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("mine")
    write_official(tmp_path / "annotations")
    edit(tmp_path / "annotations" / table, 0, video_id=name)
    folders: Folders = {
        "annotations": tmp_path / "annotations",
        "ego4d": fetched / "ego4d",
        "movienet": fetched / "movienet",
    }
    report = build(tmp_path / "out" / "a" / "b", allow_missing=True, cutting="official", **folders)
    assert any(one.place == f"{table}, row 1" and "skipped: video_id" in one.text for one in report.findings)
    assert [path.name for path in precious.iterdir()] == ["thesis.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["annotations", "out", "precious"]


def test_both_clip_tables_beside_one_questions_file_are_refused(fetched: Path, tmp_path: Path) -> None:
    write_official(tmp_path / "official")
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in sorted((tmp_path / "official").rglob("*.json")):
        shutil.copy(path, flat / path.name)
    with pytest.raises(
        UserError, match=r"holds the clip tables of both settings.*keep vstream-realtime and vstream apart"
    ):
        read_annotations(flat, Findings())
    (tmp_path / "official" / "vstream" / "test_qa_ego4d.json").unlink()
    with pytest.raises(UserError, match=r"vs_ego.json is there, and .*test_qa_ego4d.json is missing"):
        read_annotations(tmp_path / "official", Findings())


def test_answer_types_are_restored_from_the_layout_that_is_not_used(tmp_path: Path) -> None:
    write_official(tmp_path, types=False)
    write_rekv(tmp_path)
    path = tmp_path / "ego" / "ego4d_oe.json"
    videos = json.loads(path.read_text())
    for video in videos:
        for row in video["conversations"]:
            row["answer_type"] = "Scene Summary"
    path.write_text(json.dumps(videos))
    found = {one.config: one for one in read_annotations(tmp_path, Findings())}
    assert found["rvs-ego"].layout == "official"
    assert {question.category for question in found["rvs-ego"].questions} == {"Scene Summary"}


def test_a_duration_that_is_not_that_of_its_clip_is_told(tmp_path: Path) -> None:
    write_official(tmp_path)
    edit(tmp_path / "vstream" / "test_qa_ego4d.json", 0, duration=1000.0)
    edit(tmp_path / "vstream" / "test_qa_ego4d.json", 1, duration="ten")
    findings = Findings()
    read_annotations(tmp_path, findings)
    told = {one.place: one.text for one in findings.found}
    assert "duration 1000 of a clip of 4 s" in told["vstream/test_qa_ego4d.json, row 1"]
    assert "duration 'ten' is no number of frames" in told["vstream/test_qa_ego4d.json, row 2"]


def test_a_folder_that_both_settings_unpack_to_must_say_which_it_is(fetched: Path, tmp_path: Path) -> None:
    made = fetched / "frames" / "unpacked"
    shutil.copytree(made / "movie_online" / "movienet_frames", tmp_path / "frames" / "movienet_frames")
    with pytest.raises(UserError, match="rvs-movie and vs-movie both unpack to a folder of this name"):
        build(tmp_path / "out", annotations=fetched / "official", frames=tmp_path / "frames")
    (tmp_path / "vstream-realtime").mkdir()
    (tmp_path / "frames" / "movienet_frames").rename(tmp_path / "vstream-realtime" / "movienet_frames")
    folders: Folders = {"annotations": fetched / "official", "frames": tmp_path / "vstream-realtime"}
    report = build(tmp_path / "out", allow_missing=True, **folders)
    assert (report.configs["rvs-movie"].questions, report.configs["vs-movie"].questions) == (4, 0)
    assert "looked for vstream/movienet_frames.zip (or .partaa) and vstream/movienet_frames" in texts(report)


def test_of_two_series_in_an_archive_the_one_in_its_folder_is_taken_and_equals_are_refused(
    fetched: Path, tmp_path: Path
) -> None:
    content = tmp_path / "content"
    for number, film in enumerate(FILMS):
        keyframes(content / "movienet_frames" / f"{number:06d}", film, *{FILMS[0]: (2, 6), FILMS[1]: (1, 4)}[film])
        (content / "thumbs" / f"{number:06d}").mkdir(parents=True)
        for name in keyframe_names(film):
            (content / "thumbs" / f"{number:06d}" / name).write_bytes(b"small")
    frames = tmp_path / "frames" / "vstream-realtime"
    frames.mkdir(parents=True)
    pack(content, frames / "movienet_frames_online.zip")
    folders: Folders = {"annotations": fetched / "official", "frames": tmp_path / "frames"}
    assert build(tmp_path / "out", allow_missing=True, **folders).configs["rvs-movie"].questions == 4
    with zipfile.ZipFile(frames / "movienet_frames_online.zip", "a") as archive:
        archive.writestr(f"again/movienet_frames/000000/{keyframe_names(FILMS[0], 2)[0]}", b"other")
    with pytest.raises(UserError, match="would be the same; fetch the archive again"):
        build(tmp_path / "other", allow_missing=True, **folders)


@pytest.mark.parametrize("inner", ["", "rvs-ego"])
def test_a_features_folder_without_configs_is_a_mistake(inner: str, fetched: Path, tmp_path: Path) -> None:
    features = fetched / "features" / inner if inner else tmp_path
    folders: Folders = {"annotations": fetched / "official", "ego4d": fetched / "ego4d", "features": features}
    with pytest.raises(UserError, match=r"holds none of the folders rvs-ego, .*name the folder above them"):
        build(tmp_path / "out", allow_missing=True, **folders)


def test_published_clips_that_are_too_long_are_not_those_of_the_table(fetched: Path, tmp_path: Path) -> None:
    videos = tmp_path / "frames" / "vstream" / "ego4d_videos"
    videos.mkdir(parents=True)
    for clip in range(4):
        write_video(videos / f"{clip:06d}.mp4", regular(110, 10), Encoding(fps=10))
    folders: Folders = {"annotations": fetched / "official", "frames": tmp_path / "frames"}
    told = texts(build(tmp_path / "out", **folders))
    assert "vs-ego, stream 000000: media/vs-ego/000000.mp4 lasts 11.000 s where 4 s are expected" in told
    assert "vs-ego, stream 000003" not in told


def test_keyframes_that_have_moved_are_linked_anew(fetched: Path, tmp_path: Path) -> None:
    shutil.copytree(fetched / "movienet", tmp_path / "here")
    folders: Folders = {"annotations": fetched / "official", "ego4d": fetched / "ego4d"}
    assert build(tmp_path / "out", movienet=tmp_path / "here", **folders).written
    (tmp_path / "here").rename(tmp_path / "there")
    assert any("lead nowhere" in one.text for one in validate(tmp_path / "out", workers=1).problems)
    assert build(tmp_path / "out", movienet=tmp_path / "there", **folders).written
    assert not validate(tmp_path / "out", workers=1).problems


def test_a_part_is_completed_later_without_cutting_again(fetched: Path, tmp_path: Path) -> None:
    annotations = tmp_path / "annotations"
    shutil.copytree(fetched / "official" / "vstream-realtime", annotations / "vstream-realtime")
    folders: Folders = {"annotations": annotations, "ego4d": fetched / "ego4d", "movienet": fetched / "movienet"}
    out = tmp_path / "out"
    build(out, cutting="official", allow_missing=True, **folders)
    before = {path: path.stat().st_mtime_ns for path in (out / "media" / "rvs-ego").iterdir()}
    shutil.copytree(fetched / "official" / "vstream", annotations / "vstream")
    assert build(out, cutting="official", **folders).written
    assert {path: path.stat().st_mtime_ns for path in (out / "media" / "rvs-ego").iterdir()} == before
    assert load_suite("vstream-qa/vs-ego", data=out).shortfall is None


def test_a_clip_may_end_with_the_second_that_its_video_lacks(fetched: Path, tmp_path: Path) -> None:
    ego4d = tmp_path / "ego4d"
    ego4d.mkdir()
    for name in EGO:
        write_video(ego4d / f"{name}.MP4", regular(146, 10), Encoding(fps=10))
    folders: Folders = {"annotations": fetched / "official", "ego4d": ego4d, "movienet": fetched / "movienet"}
    for layout in ("uncut", "official"):
        report = build(tmp_path / layout, cutting="official" if layout == "official" else "uncut", **folders)
        assert report.written, texts(report)


def test_rows_whose_media_are_missing_are_in_the_report_one_by_one(fetched: Path, tmp_path: Path) -> None:
    report = build(tmp_path / "out", annotations=fetched / "official", ego4d=fetched / "ego4d")
    told = texts(report)
    assert "row: vstream-realtime/test_qa_movienet.json, row 4: left out: its clip" in told
    assert report.configs["rvs-movie"].questions == 0


def test_a_row_of_no_list_is_told_in_the_rekv_layout(tmp_path: Path) -> None:
    write_rekv(tmp_path)
    edit(tmp_path / "ego" / "ego4d_oe.json", 1, conversations={"question": "?"})
    findings = Findings()
    read_annotations(tmp_path, findings)
    assert any(
        one.place == "ego4d_oe.json, video 2" and "is no list of questions" in one.text for one in findings.found
    )
