"""Both layouts of the annotations, and what is said of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from downloads import write_official, write_rekv

from vstreamqa.build.findings import Finding, Findings
from vstreamqa.build.vstream_qa.annotations import read_annotations
from vstreamqa.build.vstream_qa.records import CONFIGS, Annotations
from vstreamqa.errors import UserError

Rows = list[Any]


def read(root: Path) -> tuple[dict[str, Annotations], list[Finding]]:
    findings = Findings()
    return {one.config: one for one in read_annotations(root, findings)}, findings.found


def edit(path: Path, change: Callable[[Rows], None]) -> None:
    rows = json.loads(path.read_text())
    change(rows)
    path.write_text(json.dumps(rows))


def test_both_layouts_give_the_same_ids_and_windows(fetched: Path) -> None:
    official, _ = read(fetched / "official")
    rekv, _ = read(fetched / "rekv")
    assert tuple(official) == tuple(rekv) == CONFIGS
    for config in CONFIGS:
        one = [(q.question_id, q.text, q.answer, q.start.number, q.end.number) for q in official[config].questions]
        other = [(q.question_id, q.text, q.answer, q.start.number, q.end.number) for q in rekv[config].questions]
        assert len({row[0] for row in one}) == len(one) > 0
        assert sorted(one) == sorted(other)
        assert len(official[config].clips) == len(rekv[config].clips)


def test_the_folder_tells_which_of_two_equally_named_files_is_which(fetched: Path) -> None:
    official, _ = read(fetched / "official")
    assert official["rvs-ego"].file == "vstream-realtime/test_qa_ego4d.json"
    assert official["vs-ego"].file == "vstream/test_qa_ego4d.json"
    prefix = next(clip for clip in official["rvs-ego"].clips if clip.clip_id == "000001")
    window = next(clip for clip in official["vs-ego"].clips if clip.clip_id == "000001")
    assert (prefix.start.number, window.start.number) == (0, 5)


def test_answer_types_are_restored_by_question_and_answer(tmp_path: Path) -> None:
    write_official(tmp_path)
    write_rekv(tmp_path)
    for name in ("rvs_ego.json", "rvs_movie.json"):
        (tmp_path / "vstream-realtime" / name).unlink()
    found, findings = read(tmp_path)
    assert [one.layout for one in found.values()] == ["rekv", "rekv", "official", "official"]
    offline = {(q.text, q.answer): q.category for q in found["vs-ego"].questions}
    assert {(q.text, q.answer): q.category for q in found["rvs-ego"].questions} == offline
    assert None not in offline.values()
    assert "6 answer types restored" in next(one.text for one in findings if one.kind == "type")


def test_an_answer_type_that_is_not_certain_is_left_open(tmp_path: Path) -> None:
    write_official(tmp_path)
    write_rekv(tmp_path)
    (tmp_path / "vstream-realtime" / "rvs_ego.json").unlink()
    edit(tmp_path / "vstream" / "test_qa_ego4d.json", lambda rows: rows[3].update(answer="A kitchen."))
    edit(tmp_path / "ego" / "ego4d_oe.json", lambda rows: rows[0]["conversations"][1].update(answer="Never"))
    found, findings = read(tmp_path)
    assert [one.category for one in found["rvs-ego"].questions][:2] == [None, None]
    assert any("is one of ['Scene Summary', 'What event order'] elsewhere; left open" in one.text for one in findings)
    assert any("3 questions have no answer type, and no other file has it" in one.text for one in findings)


def test_the_official_files_are_used_where_both_are_there_and_differences_are_told(tmp_path: Path) -> None:
    write_official(tmp_path)
    write_rekv(tmp_path)

    def drop(rows: Rows) -> None:
        del rows[0]["conversations"][1]

    edit(tmp_path / "ego" / "ego4d_oe.json", drop)
    found, findings = read(tmp_path)
    assert {one.layout for one in found.values()} == {"official"}
    assert any("1 questions of the other layout are not in it" in one.text for one in findings)


def test_files_of_other_suites_in_the_same_layout_are_none_of_ours(tmp_path: Path) -> None:
    write_rekv(tmp_path)
    chosen = [{"video_id": "x", "conversations": [{"question": "?", "choices": ["a", "b"], "answer": "a"}]}]
    (tmp_path / "streamingbench.json").write_text(json.dumps(chosen))
    (tmp_path / "notes.json").write_text("{}")
    (tmp_path / "broken.json").write_text("[")
    assert len(read(tmp_path)[0]) == 4


def change(name: str, row: int, **fields: Any) -> tuple[str, Callable[[Rows], None]]:
    def run(rows: Rows) -> None:
        rows[row].update(fields)

    return name, run


def drop_field(name: str, row: int, field: str) -> tuple[str, Callable[[Rows], None]]:
    def run(rows: Rows) -> None:
        del rows[row][field]

    return name, run


REALTIME, OFFLINE = "vstream-realtime", "vstream"


@pytest.mark.parametrize(
    ("broken", "place", "text"),
    [
        (change(f"{REALTIME}/test_qa_ego4d.json", 1, end_time="soon"), "row 2", "end_time 'soon' is no position"),
        (change(f"{REALTIME}/test_qa_ego4d.json", 1, end_time=99), "row 2", "window 2 to 99 does not lie within clip"),
        (change(f"{REALTIME}/test_qa_ego4d.json", 2, start_time=13), "row 3", "window 13 to 12"),
        (change(f"{REALTIME}/test_qa_ego4d.json", 0, video_id="009999"), "row 1", "in no row of the clip table"),
        (change(f"{REALTIME}/test_qa_ego4d.json", 0, video_name="another"), "row 1", "is not the original_video"),
        (change(f"{OFFLINE}/test_qa_ego4d.json", 0, question="  "), "row 1", "question '  ' is no text"),
        (drop_field(f"{OFFLINE}/test_qa_movienet.json", 3, "answer"), "row 4", "answer is missing"),
        (change(f"{REALTIME}/test_qa_movienet.json", 0, end_time=2.5), "row 1", "end_time 2.5 is no shot"),
        (change(f"{OFFLINE}/vs_ego.json", 0, end_time=0), "row 1", "end 0 lies before start 2"),
        (change(f"{OFFLINE}/vs_ego.json", 1, video_id="000000"), "row 2", "stands in an earlier row too"),
    ],
)
def test_a_bad_row_is_skipped_aloud_with_file_row_field_and_value(
    broken: tuple[str, Callable[[Rows], None]], place: str, text: str, tmp_path: Path
) -> None:
    write_official(tmp_path)
    name, run = broken
    edit(tmp_path / name, run)
    _, findings = read(tmp_path)
    lacks = [one for one in findings if one.kind == "row" and one.place == f"{name}, {place}"]
    assert [one.incomplete for one in lacks] == [True]
    assert text in lacks[0].text
    assert lacks[0].text.startswith("skipped: ")


def test_rows_that_are_no_objects_and_files_that_are_no_lists_are_told(tmp_path: Path) -> None:
    write_official(tmp_path)
    edit(tmp_path / OFFLINE / "test_qa_ego4d.json", lambda rows: rows.insert(0, "a row"))
    found, findings = read(tmp_path)
    assert len(found["vs-ego"].questions) == 6
    assert any(one.place.endswith("row 1") and "is no object" in one.text for one in findings)
    (tmp_path / OFFLINE / "test_qa_ego4d.json").write_text('{"rows": []}')
    with pytest.raises(UserError, match=r"test_qa_ego4d.json: holds no list"):
        read(tmp_path)
    (tmp_path / OFFLINE / "test_qa_ego4d.json").write_text("[{")
    with pytest.raises(UserError, match=r"test_qa_ego4d.json: cannot be read as JSON"):
        read(tmp_path)


def test_counts_doubles_unclear_golds_and_scope_words_are_told(fetched: Path) -> None:
    _, findings = read(fetched / "official")
    told = [(one.kind, one.place, one.text) for one in findings]
    assert ("count", "rvs-movie, vstream-realtime/test_qa_movienet.json") in [(k, p) for k, p, _ in told]
    assert any("2 clips where 22 are expected" in text for _, _, text in told)
    assert any(k == "duplicate" and "asked 2 times" in text for k, _, text in told)
    assert ("unclear", "vstream/test_qa_ego4d.json, row 6") in [(k, p) for k, p, _ in told]
    assert any(k == "scope" and p == "rvs-ego" and "2 of 6 questions" in text for k, p, text in told)


@pytest.mark.usefixtures("whole")
def test_a_whole_set_lacks_nothing_and_the_windows_of_rekv_are_told_as_such(
    fetched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vstreamqa.build.vstream_qa import records

    assert not [one for one in read(fetched / "official")[1] if one.incomplete]
    monkeypatch.setitem(records.CLIPS, "vs-ego", 5)
    _, findings = read(fetched / "rekv")
    assert not [one for one in findings if one.incomplete]
    assert any("4 windows are told from the questions, the official table has 5" in one.text for one in findings)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda root: None, "holds no annotations of VStream-QA"),
        (lambda root: root.rmdir(), "no such folder; name the folder of the annotations with --annotations"),
    ],
)
def test_a_folder_without_annotations_is_a_mistake(make: Callable[[Path], None], message: str, tmp_path: Path) -> None:
    folder = tmp_path / "annotations"
    folder.mkdir()
    make(folder)
    with pytest.raises(UserError, match=message):
        read(folder)


def test_two_files_with_the_same_questions_are_refused(tmp_path: Path) -> None:
    write_rekv(tmp_path)
    shutil.copy(tmp_path / "ego" / "ego4d_oe.json", tmp_path / "again.json")
    with pytest.raises(UserError, match="hold the same questions; keep one of them"):
        read(tmp_path)
