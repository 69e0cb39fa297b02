from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from annotations import annotations_folder
from foreign_files import flash_row, json_lines

from vstreamqa.errors import UserError
from vstreamqa.scoring.foreign import Foreign, read_foreign
from vstreamqa.scoring.score import score_run


def read(folder: Path, *rows: dict[str, Any]) -> Foreign:
    return read_foreign(json_lines(folder / "pred.json", rows))


def test_an_open_answer_becomes_a_question_with_its_video_category_and_prediction(tmp_path: Path) -> None:
    found = read(tmp_path, flash_row("abc_12_3"), flash_row("abc_12_4", answer="Yes.", pred="yes it is"))
    assert (found.layout, found.suite, found.config) == ("flash-vstream", "flash-vstream", "all")
    first, second = (row.question for row in found.plan)
    assert (first.question_id, first.source_id, first.format) == ("abc_12_3", "abc_12", "open")
    assert (first.answer, first.category) == ("a cat", "Scene Summary")
    assert second.format == "yes_no"
    assert [row.prediction for row in found.predictions] == ["a cat", "yes it is"]
    assert [verdict.correct for verdict in score_run(found.plan, found.predictions)] == [None, True]


def test_an_index_is_a_choice_among_the_options_in_the_question(tmp_path: Path) -> None:
    text = "Which one?\nOptions:\n(A) red\n(B) blue\nand green\n(C) none\nOnly give the best option."
    found = read(tmp_path, flash_row(question=text, answer=1, pred="B"))
    question = found.plan[0].question
    assert question.format == "choice"
    assert question.options == ("red", "blue\nand green", "none")
    assert (question.answer_index, question.answer) == (1, "blue\nand green")
    assert question.text == text


def test_options_may_be_marked_with_a_full_stop(tmp_path: Path) -> None:
    found = read(tmp_path, flash_row(question="Which?\nA. red.\nB. blue.", answer=0))
    assert found.plan[0].question.options == ("red.", "blue.")


def test_a_gold_beyond_the_listed_options_is_kept_and_noted(tmp_path: Path) -> None:
    found = read(tmp_path, flash_row(question="Which?\n(A) red\n(B) blue", answer=3, pred="D"))
    assert found.plan[0].question.options == ("red", "blue", "C", "D")
    assert score_run(found.plan, found.predictions)[0].correct is True
    assert any("1 golds lie beyond the options" in note for note in found.notes)


def test_a_number_without_options_is_no_gold(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"line 2: column 'answer' holds 3; text, or the index of an option"):
        read(tmp_path, flash_row(), flash_row("v1_1", answer=3))


def test_an_id_that_comes_again_counts_again_under_its_occurrence(tmp_path: Path) -> None:
    found = read(tmp_path, flash_row("v1"), flash_row("v1", question="And then?"), flash_row("v1"))
    assert [row.question.question_id for row in found.plan] == ["v1", "v1_1", "v1_2"]
    assert len(found.predictions) == 3
    assert any("2 rows repeat a question" in note for note in found.notes)


def test_an_occurrence_that_is_another_questions_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"line 3: question 'v_1' stands already at .*line 2"):
        read(tmp_path, flash_row("v"), flash_row("v_1"), flash_row("v"))


@pytest.mark.parametrize("silence", [None, "", "  ", float("nan")])
def test_nothing_said_is_kept_and_is_not_right(tmp_path: Path, silence: object) -> None:
    found = read(tmp_path, flash_row(pred=silence), flash_row("v1_1"))
    assert len(found.predictions) == 2
    verdict = score_run(found.plan, found.predictions)[0]
    assert (verdict.correct, verdict.status) == (False, "unparsed")
    assert any("1 of 2 rows hold no prediction" in note for note in found.notes)


def test_the_video_named_by_the_row_is_the_cluster_and_other_columns_are_kept(tmp_path: Path) -> None:
    found = read(tmp_path, flash_row("7", video_id="clip", video_name="film", url="u"))
    assert found.plan[0].question.source_id == "film"
    assert found.kept == {"7": {"url": "u"}}
    assert any(note.startswith("columns that are not read (1;") and note.endswith(": url") for note in found.notes)


def test_a_row_that_names_no_video_is_a_cluster_of_its_own(tmp_path: Path) -> None:
    found = read(tmp_path, flash_row("7"), flash_row("8"))
    assert [row.question.source_id for row in found.plan] == ["7", "8"]
    assert any("2 rows do not say which video" in note for note in found.notes)


@pytest.mark.parametrize("column", ["id", "question", "answer", "pred"])
def test_a_missing_column_is_named_with_its_line(tmp_path: Path, column: str) -> None:
    torn = {name: value for name, value in flash_row("v1_1").items() if name != column}
    with pytest.raises(UserError, match=rf"pred\.json, line 2: column '{column}' is missing"):
        read(tmp_path, flash_row(), torn)


@pytest.mark.parametrize(("column", "value"), [("pred", 3), ("question", ""), ("id", None), ("answer", True)])
def test_a_column_of_another_type_is_named_with_its_line(tmp_path: Path, column: str, value: object) -> None:
    with pytest.raises(UserError, match=rf"line 2: column '{column}' holds"):
        read(tmp_path, flash_row(), flash_row("v1_1", **{column: value}))


def test_a_torn_line_is_an_error_not_a_row_less(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "pred.json", [flash_row(), flash_row("v1_1")])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UserError, match=r"pred\.json, line 2: not JSON .*torn or damaged"):
        read_foreign(path)


def test_a_folder_of_chunks_is_one_file(tmp_path: Path) -> None:
    json_lines(tmp_path / "4_0.json", [flash_row()])
    json_lines(tmp_path / "4_1.json", [flash_row("v2_0")])
    (tmp_path / "notes.txt").write_text("no predictions")
    assert [row.question.question_id for row in read_foreign(tmp_path).plan] == ["v1_0", "v2_0"]


def test_a_list_in_one_piece_is_read_as_lines_are(tmp_path: Path) -> None:
    path = tmp_path / "pred.json"
    path.write_text("\ufeff" + json.dumps([flash_row(), flash_row("v1_1")], indent=1), encoding="utf-8")
    assert len(read_foreign(path).plan) == 2


def test_categories_of_several_kinds_are_told_by_their_columns(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        flash_row("1", answer_type=None, question_type=["event", "entity"], type="film"),
        flash_row("2", answer_type=3),
        flash_row("3", answer_type=None, duration="short", domain="Sports", task_type="OCR"),
        flash_row("4", answer_type=None, duration=[180], task_type="moving"),
    )
    assert [row.question.category for row in found.plan] == ["event, entity", "3", "short, Sports", "moving"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("egoschema/egoschema", 100),
        ("lvbench/lvbench", 104),
        ("mlvu/mlvu", 100),
        ("mvbench/mvbench", 107),
        ("videomme/videomme", 117),
    ],
)
def test_real_rows_answered_with_their_gold_are_all_right_by_both_rules(tmp_path: Path, name: str, rows: int) -> None:
    suite = name.partition("/")[0]
    items = json.loads((annotations_folder(suite) / f"{name.partition('/')[2]}.flashvstream.json").read_text())
    found = read(tmp_path, *({**item, "pred": "ABCDEFG"[item["answer"]]} for item in items))
    assert len(found.plan) == rows
    for rule in ("strict", "native"):
        verdicts = score_run(found.plan, found.predictions, rule=rule, layout=found.layout)
        assert all(verdict.correct for verdict in verdicts)
