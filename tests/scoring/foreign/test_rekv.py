from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from foreign_files import choice_row, csv_file, open_row

from vstreamqa.errors import UserError
from vstreamqa.scoring.foreign import Foreign, read_foreign
from vstreamqa.scoring.score import score_run


def read(folder: Path, *rows: dict[str, Any], suite: str | None = None) -> Foreign:
    return read_foreign(csv_file(folder / "results.csv", rows), suite=suite)


def test_open_answers_are_read_by_column(tmp_path: Path) -> None:
    found = read(tmp_path, open_row(), open_row(question="Is it?", answer="no"), suite="vstream-qa/rvs-ego")
    assert (found.layout, found.suite, found.config) == ("rekv-open", "vstream-qa", "rvs-ego")
    assert [row.question.format for row in found.plan] == ["open", "yes_no"]
    assert {row.question.source_id for row in found.plan} == {"v1"}
    assert len({row.question.question_id for row in found.plan}) == 2


def test_a_questions_id_depends_on_the_question_alone(tmp_path: Path) -> None:
    one = read(tmp_path, open_row(), open_row(question="And?"))
    other = read(tmp_path, open_row(question="And?", pred_answer="no"), open_row(pred_answer="no"))
    assert {row.question.question_id for row in one.plan} == {row.question.question_id for row in other.plan}


def test_quotes_line_breaks_and_long_cells_survive(tmp_path: Path) -> None:
    said = 'He said "no",\nthen left. ' + "x" * 200_000
    found = read(tmp_path, open_row(pred_answer=said), open_row(question="And?"))
    assert found.predictions[0].prediction == said


def test_an_error_names_the_line_on_which_the_row_begins(tmp_path: Path) -> None:
    rows = [choice_row(pred_answer="A\nB\nC"), choice_row(question="And?", choices="[1, 2")]
    with pytest.raises(UserError, match=r"results\.csv, line 5: column 'choices' holds"):
        read(tmp_path, *rows)


def test_a_byte_order_mark_and_pandas_index_column_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(b"\xef\xbb\xbf,video_id,question,answer,pred_answer\r\n0,v1,What?,a cat,\r\n")
    found = read_foreign(path)
    assert found.predictions[0].prediction == ""
    assert any("1 of 1 rows hold no prediction" in note for note in found.notes)
    assert any(
        note.startswith("columns that are not read (1;") and note.endswith(": (no name)") for note in found.notes
    )


def test_the_same_question_twice_counts_twice(tmp_path: Path) -> None:
    found = read(tmp_path, open_row(), open_row(pred_answer="a dog"))
    first, second = (row.question.question_id for row in found.plan)
    assert second == f"{first}_1"
    assert any("1 rows repeat a question" in note for note in found.notes)


def test_a_choice_has_its_letter_for_a_gold(tmp_path: Path) -> None:
    found = read(tmp_path, choice_row(choices="['red', 'red']", answer="red"), choice_row(question="And?"))
    question = found.plan[0].question
    assert (found.layout, question.options, question.answer_index) == ("rekv-choice", ("red", "red"), 1)
    assert question.category == "colour"
    assert any("1 questions have the same option twice" in note for note in found.notes)


def test_without_a_letter_the_first_equal_choice_is_the_gold(tmp_path: Path) -> None:
    rows = [choice_row(choices="['blue', 'red', 'blue']"), choice_row(question="And?")]
    for row in rows:
        del row["correct_choice"]
    assert [row.question.answer_index for row in read(tmp_path, *rows).plan] == [0, 1]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"correct_choice": "C"}, "column 'correct_choice' holds 'C'; a letter from A to B"),
        ({"correct_choice": "", "answer": "green"}, "column 'answer' holds 'green'"),
        ({"choices": "red, blue"}, "column 'choices' holds 'red, blue'; a Python list"),
        ({"choices": "__import__('os').getcwd()"}, "column 'choices' holds"),
        ({"qa_acc": "50"}, "column 'qa_acc' holds '50'; 0 or 100"),
        ({"video_id": ""}, "column 'video_id' holds ''"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_named(tmp_path: Path, fields: dict[str, str], message: str) -> None:
    with pytest.raises(UserError, match="results.csv, line 2: .*".replace(".", r"\.", 1)) as raised:
        read(tmp_path, choice_row(**fields), choice_row(question="And?"))
    assert message in str(raised.value)


def test_the_files_own_accuracy_stands_beside_ours(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        choice_row(),
        choice_row(question="2", pred_answer="A", pred_choice="A", qa_acc=0.0),
        choice_row(question="3", pred_answer="The answer is B", pred_choice="B", qa_acc=100.0),
    )
    verdicts = score_run(found.plan, found.predictions, rule="native", layout=found.layout)
    assert [verdict.correct for verdict in verdicts] == [True, False, False]
    assert (
        "the file's own qa_acc has the mean 66.67 over 3 rows; the native rule decides 1 of them otherwise"
        in found.notes
    )
    assert "the native rule reads another letter than the file's pred_choice in 1 rows" in found.notes


def test_a_torn_row_is_an_error(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "results.csv", [choice_row(), choice_row(question="And?")])
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.raises(UserError, match=r"results\.csv, line 3: has \d cells where the header has 9"):
        read_foreign(path)
    path.write_bytes(whole.replace(b"B) blue", b'"B) blue', 1))
    with pytest.raises(UserError, match=r"results\.csv, line \d: not CSV"):
        read_foreign(path)


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("video_id,question,answer,pred_answer,answer\nv,q,a,p,a\n")
    with pytest.raises(UserError, match="column 'answer' stands twice in the header"):
        read_foreign(path)
