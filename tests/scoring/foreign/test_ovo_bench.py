from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from annotations import annotations_folder
from foreign_files import ovo_row

from vstreamqa.errors import UserError
from vstreamqa.scoring.foreign import Foreign, read_foreign
from vstreamqa.scoring.score import score_run

REC = {"activity": "jumping", "test_info": [{"realtime": 3, "count": 1, "response": "1"}, {"realtime": 9, "count": 2}]}
SSR = {"test_info": [{"realtime": 3, "step": "cut", "type": 1, "response": "Yes"}]}
CRR = {"question": "Where?", "answer": "Home.", "test_info": [{"realtime": 3, "type": 0, "response": "Yes"}]}


def forward(identity: int, task: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"id": identity, "task": task, "video": "v2.mp4", **fields}


def read(folder: Path, value: Any) -> Foreign:
    path = folder / "results.json"
    path.write_text(json.dumps(value))
    return read_foreign(path)


ALL = [ovo_row(), forward(2, "REC", REC), forward(3, "SSR", SSR), forward(4, "CRR", CRR)]


@pytest.mark.parametrize("value", [ALL, {"backward": [], "realtime": ALL[:1], "forward": ALL[1:]}])
def test_a_list_and_lists_by_group_are_the_same(tmp_path: Path, value: Any) -> None:
    found = read(tmp_path, value)
    assert (found.layout, found.suite, found.config) == ("ovo-bench", "ovo-bench", "all")
    asked = [
        (row.question.question_id, row.question.format, row.question.answer, row.question.category)
        for row in found.plan
    ]
    assert asked == [
        ("1", "choice", "blue", "OCR"),
        ("2_0", "count", "1", "REC"),
        ("2_1", "count", "2", "REC"),
        ("3_0", "yes_no", "Yes", "SSR"),
        ("4_0", "yes_no", "No", "CRR"),
    ]
    assert found.plan[0].question.time == 7.5
    for rule in ("strict", "native"):
        verdicts = score_run(found.plan, found.predictions, rule=rule, layout=found.layout)
        assert [verdict.correct for verdict in verdicts] == [True, True, False, True, False]


def test_the_gold_is_the_index_whatever_the_answers_text_says(tmp_path: Path) -> None:
    question = read(tmp_path, [ovo_row(answer="red", gt=2)]).plan[0].question
    assert (question.answer_index, question.answer) == (2, "green")


def test_a_letter_is_a_gold_too_and_without_options_letters_stand_in(tmp_path: Path) -> None:
    row = ovo_row(ground_truth="B", response="B. blue")
    del row["gt"], row["options"]
    found = read(tmp_path, [row])
    assert score_run(found.plan, found.predictions)[0].correct is True
    assert any("1 items come without their options" in note for note in found.notes)


def test_a_missing_response_is_wrong_not_absent(tmp_path: Path) -> None:
    row = ovo_row(2)
    del row["response"]
    found = read(tmp_path, [ovo_row(), row, ovo_row(3, response=None)])
    verdicts = score_run(found.plan, found.predictions, rule="native", layout=found.layout)
    assert [verdict.correct for verdict in verdicts] == [True, False, False]
    assert any("2 of 3 rows hold no prediction" in note for note in found.notes)


def test_a_file_without_any_response_is_the_annotation(tmp_path: Path) -> None:
    row = ovo_row()
    del row["response"]
    with pytest.raises(UserError, match="no item of the file has a `response`; this is the annotation"):
        read(tmp_path, [row])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ovo_row(gt=3), r"item 2: column 'gt' holds 3; the index of one of 3 options"),
        (ovo_row(gt="1"), r"item 2: column 'gt' holds '1'; a whole number"),
        (ovo_row(gt=None), r"item 2: has neither 'gt' \(an index\) nor 'ground_truth'"),
        (ovo_row(ground_truth="A"), r"item 2: column 'ground_truth' holds 'A'; B of 'gt' 1"),
        (ovo_row(task="XYZ"), r"item 2: column 'task' holds 'XYZ'; one of EPM"),
        (ovo_row(response=["B"]), r"item 2: column 'response' holds"),
        (ovo_row(realtime="now"), r"item 2: column 'realtime' holds 'now'"),
        (ovo_row(options=[]), r"item 2: column 'options' holds \[\]"),
        (forward(5, "REC", {"activity": "a", "test_info": []}), r"item 2: column 'test_info' holds \[\]"),
        (forward(5, "SSR", {"test_info": [{"step": "a", "type": 2}]}), r"item 2, test_info 0: column 'type' holds 2"),
        (ovo_row(1), r"item 2: question '1' stands already at .*item 1"),
    ],
)
def test_a_damaged_item_is_named(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    if "stands already" not in message:
        row = {**row, "id": 9}
    with pytest.raises(UserError, match=message):
        read(tmp_path, [ovo_row(), row])


def test_a_file_that_is_cut_off_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(ALL)[:-30])
    with pytest.raises(UserError, match="is it cut off"):
        read_foreign(path)


def test_real_items_answered_yes_score_what_a_constant_scores(tmp_path: Path) -> None:
    items = json.loads((annotations_folder("ovobench") / "official_ovo_bench_new.json").read_text())
    for item in items:
        item["response"] = "Yes"
        for poll in item.get("test_info", ()):
            poll["response"] = "Yes"
    found = read(tmp_path, items)
    assert len(found.plan) == 194
    verdicts = score_run(found.plan, found.predictions, rule="native", layout=found.layout)
    right = {row.question.question_id for row, verdict in zip(found.plan, verdicts, strict=True) if verdict.correct}
    positive = {
        f"{item['id']}_{number}"
        for item in items
        for number, poll in enumerate(item.get("test_info", ()))
        if poll.get("type") == 1
    }
    assert right == positive


def test_the_gold_of_real_items_is_that_of_the_annotation(tmp_path: Path) -> None:
    items = json.loads((annotations_folder("ovobench") / "official_ovo_bench_new.json").read_text())
    asked = [item for item in items if "gt" in item]
    found = read(tmp_path, [{**item, "response": "ABCDE"[item["gt"]]} for item in asked])
    assert all(
        verdict.correct for verdict in score_run(found.plan, found.predictions, rule="native", layout="ovo-bench")
    )
    assert any(item["answer"] != item["options"][item["gt"]] for item in asked)
