"""Pictures are of frames that the model had seen when it was asked, as it saw them, and of no later one."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from viewed import a_row, an_answer_to, frame_number, keep_viewed, say, served

from vstreamqa.asked import Place
from vstreamqa.cli.main import run
from vstreamqa.runs.folder import MANIFEST
from vstreamqa.schema import Media, Span
from vstreamqa.viewer import pictures
from vstreamqa.viewer.reading import question_key
from vstreamqa.viewer.shown import UNSTATED, Shown, shown_to

SECOND = 1_000_000_000


def times(strip: dict[str, list[dict[str, int]]]) -> list[int]:
    return [frame["time"] for frame in strip["frames"]]


def test_frames_are_those_of_the_grid_up_to_the_question(tmp_path: Path) -> None:
    row = a_row(time=3.5)
    with served(keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])) as site:
        strip = site.strip(row)
        numbers = [frame_number(site.get(frame["src"]).content) for frame in strip["frames"]]
    assert times(strip) == [0, 1, 2, 3]
    assert strip["n"] == 4
    assert numbers == [0, 30, 60, 90]


@pytest.mark.parametrize(
    "position", ["4000000000", "3500000000", "-1", "3000000001", "99999999999999999999", "9" * 5000, "x"]
)
def test_no_later_frame_can_be_had(position: str, tmp_path: Path) -> None:
    row = a_row(time=3.5)
    with served(keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])) as site:
        assert site.get(f"frames/{question_key(row)}/model/3000000000.jpg").status == 200
        assert site.get(f"frames/{question_key(row)}/model/{position}.jpg").status == 404


def test_a_row_that_claims_to_have_seen_the_future_is_not_believed() -> None:
    row = a_row(time=3)
    seen = shown_to(row, None, an_answer_to(row, "red", last_frame_time=6), 1.0)
    assert seen.spread(12) == [0, SECOND, 2 * SECOND, 3 * SECOND]


def test_a_video_that_broke_off_shows_no_more_than_was_seen() -> None:
    row = a_row(time=5)
    seen = shown_to(row, None, an_answer_to(row, "red", last_frame_time=2), 1.0)
    assert seen.spread(12) == [0, SECOND, 2 * SECOND]


def test_a_row_that_was_shown_nothing_has_no_frame() -> None:
    row = a_row(time=6, controls=("last-frame",))
    answer = an_answer_to(row, "red", control="last-frame", frames_seen=0, last_frame_time=None)
    assert shown_to(row, "last-frame", answer, 1.0).spread(12) == []


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        (None, [0, 1, 2, 3, 4, 5]),
        ("last-frame", [5]),
        ("recent-window:2", [4, 5]),
        ("window", [1, 2]),
        ("shuffled", [0, 1, 2, 3, 4, 5]),
        ("blind", []),
        ("constant", []),
        ("swapped", []),
        ("random-frames", []),
    ],
)
def test_every_arm_has_the_frames_that_it_was_shown(control: str | None, seconds: list[int]) -> None:
    row = a_row(time=5, controls=(None, control), evidence=(0.5, 2.5))
    seen = shown_to(row, control, an_answer_to(row, "red", control=control), 1.0)
    assert seen.spread(12) == [second * SECOND for second in seconds]
    assert bool(seen.remark) is (not seconds or control == "shuffled")


def test_what_is_listened_for_has_the_frames_until_its_stream_ended(tmp_path: Path) -> None:
    row = a_row(time=0, format="proactive", answer=None, spans=(Span(start=2, end=3, text="a"),))
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "", last_frame_time=0)])
    say(path, (2, "a"), (4.2, "b"), question=row.question)
    with served(path) as site:
        assert times(site.strip(row)) == [0, 1, 2, 3, 4, 5, 6]
        assert times(site.strip(row, choice="said")) == [2, 4]
        told = site.document()["questions"][0]["a"]["model"]
    assert told["outcome"] == "listened"
    assert told["told"] == {"matched": 1, "missed": 0, "falseAlarms": 1, "delays": [0]}
    assert [one.get("met", False) for one in told["said"]] == [True, False]
    assert shown_to(row, None, None, 1.0).spread(12) == []
    assert len(shown_to(row, None, an_answer_to(row, ""), 1.0, watched=6).ranks) == 6


def test_of_many_frames_some_are_chosen_the_last_among_them() -> None:
    row = a_row(time=6)
    seen = shown_to(row, None, None, 30.0)
    assert len(seen.ranks) == 181
    assert len(seen.spread(12)) == 12
    assert (seen.spread(12)[0], seen.spread(12)[-1]) == (0, 6 * SECOND)
    assert seen.latest(2) == [seen.grid.position(179), 6 * SECOND]
    assert seen.within(SECOND, SECOND + 1, 12) == [SECOND]


def test_evidence_that_lies_later_is_not_shown() -> None:
    row = a_row(time=3, evidence=(2, 5))
    seen = shown_to(row, None, None, 1.0)
    assert isinstance(seen, Shown)
    assert seen.within(2 * SECOND, 5 * SECOND, 12) == [2 * SECOND, 3 * SECOND]


def change_model(path: Path, **fields: object) -> None:
    """Change what a run's manifest says of its model."""
    manifest = json.loads((path / MANIFEST).read_text())
    manifest["model"].update(fields)
    (path / MANIFEST).write_text(json.dumps(manifest))


def test_of_a_run_that_was_answered_elsewhere_no_frames_are_known(tmp_path: Path) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    change_model(path, fps=None)
    with served(path) as site:
        strip = site.strip(row)
        assert (strip["frames"], strip["n"], strip["remark"]) == ([], 0, UNSTATED)
        assert site.get(f"frames/{question_key(row)}/model/0.jpg").status == 404


def test_a_manifest_with_pixels_of_no_known_kind_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    change_model(path, pixels={"size": [8, 8], "fit": "twist"})
    assert run(["view", str(path), "--out", str(tmp_path / "page")]) == 2
    assert "its manifest says of the pixels: Invalid enum value 'twist'" in capsys.readouterr().err


def test_a_picture_is_as_the_model_saw_it(tmp_path: Path) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    change_model(path, pixels={"size": [24, 48], "fit": "stretch", "filter": "bilinear", "reader": "pyav"})
    with served(path) as site:
        strip = site.strip(row)
        jpeg = site.get(strip["frames"][1]["src"]).content
    assert strip["size"] == [24, 48]
    assert Image.open(BytesIO(jpeg)).size == (48, 24)
    assert frame_number(jpeg) == 30


def test_media_that_is_not_there_is_said_where_the_picture_would_be(tmp_path: Path) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "clip.mp4").rename(tmp_path / "elsewhere" / "clip.mp4")
    with served(path) as site:
        strip = site.strip(row)
        reply = site.get(strip["frames"][0]["src"])
        assert (reply.status, len(strip["frames"])) == (404, 4)
        assert "clip.mp4" in reply.text
        assert site.get("data.js").status == 200
    with served(path, data=tmp_path / "elsewhere") as site:
        assert site.get(strip["frames"][0]["src"]).status == 200


def test_features_have_no_pictures(tmp_path: Path) -> None:
    row = a_row()
    media = Media(kind="features", path="clip.safetensors", rate=1.0)
    row = msgspec.structs.replace(row, stream=msgspec.structs.replace(row.stream, media=media))
    with served(keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])) as site:
        assert "holds features" in site.get(site.strip(row)["frames"][0]["src"]).text


def test_an_arm_or_a_question_that_was_not_planned_has_none(tmp_path: Path) -> None:
    row = a_row()
    with served(keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])) as site:
        assert site.get(f"frames/{question_key(row)}/blind/spread.json").status == 404
        assert site.get(f"frames/{question_key(a_row('other'))}/model/spread.json").status == 404
        assert site.get(f"frames/{question_key(row)}/model/all.json").status == 404


def test_data_that_are_others_than_the_runs_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    manifest = json.loads((path / MANIFEST).read_text())
    manifest["task"]["suites"] = [{"suite": "own", "config": "clip", "data": "was"}]
    (path / MANIFEST).write_text(json.dumps(manifest))
    for now, said in (("was", False), ("is", True)):
        monkeypatch.setattr(pictures, "place_of", lambda *_, now=now: Place(tmp_path, now))
        with served(path) as site:
            assert ("others than those of the run" in (site.strip(row)["remark"] or "")) is said


def test_of_a_run_that_was_answered_elsewhere_no_frames_are_claimed(tmp_path: Path) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    manifest = json.loads((path / MANIFEST).read_text())
    manifest["model"]["fps"] = None
    (path / MANIFEST).write_text(json.dumps(manifest))
    with served(path) as site:
        strip = site.strip(row)
    assert strip["frames"] == []
    assert strip["remark"] == "which frames were shown is not stated: the run was answered elsewhere"
