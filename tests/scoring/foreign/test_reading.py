from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from foreign_files import choice_row, csv_file, flash_row, json_lines, open_row
from scored import a_plan_row, a_question, an_answer

from vstreamqa.errors import UserError
from vstreamqa.scoring.foreign import read_foreign
from vstreamqa.scoring.score import score_run


def test_a_file_of_no_known_layout_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "x.jsonl", [{"q": "What?", "a": "cat"}])
    with pytest.raises(
        UserError, match=r"its layout is not known, its first row has a, q; looked for flash-vstream: id"
    ):
        read_foreign(path)


def test_a_named_layout_must_be_the_files(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "x.csv", [open_row()])
    with pytest.raises(UserError, match="column 'choices' is missing, which rekv-choice has"):
        read_foreign(path, layout="rekv-choice")
    with pytest.raises(UserError, match="not JSON, as flash-vstream is"):
        read_foreign(path, layout="flash-vstream")
    with pytest.raises(UserError, match="not laid out as ovo-bench"):
        read_foreign(path, layout="ovo-bench")


def test_choices_may_be_read_as_open_answers_when_asked_for(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "x.csv", [choice_row()])
    assert read_foreign(path).layout == "rekv-choice"
    assert read_foreign(path, layout="rekv-open").plan[0].question.format == "open"


def test_an_unknown_layout_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--layout rekv-chioce: unknown; did you mean 'rekv-choice'"):
        read_foreign(tmp_path, layout="rekv-chioce")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xff\xfe{", "byte 0 is not UTF-8"),
        (b"video_id,question,answer,pred_answer\n", "holds a header and no row"),
        (b"[]", "its layout is not known"),
        (b'{"id": 1, "id": 2}', "'id' stands twice in one object"),
        (b'{"id": "\\ud800"}', "x.json: holds half of a surrogate pair"),
        (b"[1, 2]", "row 1: is no object but '1'"),
    ],
)
def test_a_file_with_nothing_to_read_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(UserError, match=message):
        read_foreign(path)


def test_a_file_that_is_not_there_and_a_folder_without_predictions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not there"):
        read_foreign(tmp_path / "x")
    with pytest.raises(UserError, match="holds neither"):
        read_foreign(tmp_path)


def test_a_suite_whose_name_is_nearly_known_is_asked_about(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "x.json", [flash_row()])
    with pytest.raises(UserError, match=r"--suite videomme: unknown; did you mean 'video-mme'\?"):
        read_foreign(path, suite="videomme")
    assert read_foreign(path, suite="my-own/all").notes == []


def test_clips_of_vstream_qa_are_noted(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "x.json", [flash_row()])
    assert any("names clips" in note for note in read_foreign(path, suite="vstream-qa/rvs-ego").notes)
    path = json_lines(tmp_path / "x.json", [flash_row(video_name="film")])
    assert not any("names clips" in note for note in read_foreign(path, suite="vstream-qa/rvs-ego").notes)


def test_a_list_of_rows_with_tasks_is_not_taken_for_ovo_bench(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([flash_row(task="moving")]))
    assert read_foreign(path).layout == "flash-vstream"


def test_our_own_predictions_are_read_with_the_plan_beside_them(tmp_path: Path) -> None:
    plan = [a_plan_row(a_question("b", answer="red")), a_plan_row(a_question("a", answer="Yes"))]
    predictions = [an_answer("red", question_id="b"), an_answer("No", question_id="a")]
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in predictions))
    with pytest.raises(UserError, match=r"put .*plan\.jsonl beside them"):
        read_foreign(file)
    (tmp_path / "plan.jsonl").write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in plan))
    for path in (file, tmp_path):
        found = read_foreign(path)
        assert (found.layout, found.suite, found.config) == ("vstreamqa", "mini", "rvs-ego")
        assert [verdict.correct for verdict in score_run(found.plan, found.predictions)] == [True, False]
    with pytest.raises(UserError, match="leave --suite out"):
        read_foreign(file, suite="mini")


def test_a_row_of_our_own_of_another_type_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan.jsonl").write_bytes(msgspec.json.encode(a_plan_row(a_question())))
    line = msgspec.json.encode(an_answer("red")).replace(b'"red"', b"7")
    (tmp_path / "predictions.jsonl").write_bytes(line)
    with pytest.raises(UserError, match=r"predictions\.jsonl, line 1: not a Prediction row"):
        read_foreign(tmp_path)


def test_controls_and_streams_of_a_foreign_file_are_stand_ins(tmp_path: Path) -> None:
    found = read_foreign(json_lines(tmp_path / "x.json", [flash_row()]))
    (row,) = found.plan
    assert row.controls == (None,)
    assert row.stream.stream_id == row.question.stream_id == row.question.source_id == "v1"
