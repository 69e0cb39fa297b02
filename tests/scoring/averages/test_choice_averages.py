from __future__ import annotations

import json
from pathlib import Path

import pytest
from annotations import annotations_folder
from foreign_files import json_lines
from verdicts import many, scored_row

from vstreamqa.schema import Average
from vstreamqa.scoring.averages import Scored, suite_averages
from vstreamqa.scoring.foreign import read_foreign
from vstreamqa.scoring.score import score_run


def figures(suite: str, rows: list[Scored]) -> dict[str, Average]:
    return {average.name: average for average in suite_averages(suite, "c", rows)}


def test_streamingbench_divides_by_the_answered() -> None:
    native = [*many(3, 4, "OP"), scored_row(None, "OP", status="unparsed"), *many(0, 1, "CR")]
    strict = [*many(3, 4, "OP"), scored_row(False, "OP", status="unparsed", by="strict/empty"), *many(0, 1, "CR")]
    for rows in (native, strict):
        found = figures("streamingbench", rows)
        assert (found["right / answered"].value, found["right / answered"].n) == (0.6, 5)
        assert found["right / answered"].official
        assert (found["right / expected"].value, found["right / expected"].n) == (0.5, 6)
        assert found["mean of tasks"].value == 0.375


def test_river_goes_by_type_and_age() -> None:
    rows = [*many(1, 2, "Retro-Memory@very_long"), *many(2, 2, "Retro-Memory@short"), *many(1, 1, "Live-Perception")]
    found = figures("river", rows)
    assert list(found) == ["type Live-Perception", "type Retro-Memory", "age short", "age very_long"]
    assert [found[name].value for name in found] == [1.0, 0.75, 1.0, 0.5]
    assert not any(average.official for average in found.values())


def test_video_mme_goes_by_duration_and_domain() -> None:
    rows = [*many(1, 2, "short, Sports"), *many(2, 2, "long, Sports"), *many(0, 4, "medium")]
    found = figures("video-mme", rows)
    assert list(found) == ["accuracy", "duration short", "duration medium", "duration long", "domain Sports"]
    assert [found[name].value for name in found] == [3 / 8, 0.5, 0.0, 1.0, 0.75]


def test_categories_without_a_duration_are_tasks() -> None:
    assert list(figures("video-mme", many(1, 2, "OCR Problems"))) == ["accuracy", "task OCR Problems"]


def test_a_question_of_lvbench_counts_in_each_of_its_types() -> None:
    rows = [*many(1, 1, "entity, event"), *many(0, 2, "event")]
    found = figures("lvbench", rows)
    assert [(name, average.n) for name, average in found.items()] == [
        ("accuracy", 3),
        ("type entity", 1),
        ("type event", 3),
    ]
    assert found["type event"].value == pytest.approx(1 / 3)


def test_mvbench_and_mlvu_average_tasks() -> None:
    rows = [*many(1, 1, "ego"), *many(0, 3, "order")]
    for suite, name, tasks in (("mvbench", "mean of tasks", 20), ("mlvu", "M-Avg", 7)):
        found = figures(suite, rows)
        assert (found[name].value, found["micro"].value) == (0.5, 0.25)
        assert found[name].official
        assert found[name].note == f"of 2 tasks where the suite has {tasks}"


def test_a_figure_over_another_suites_categories_is_not_passed_off_as_official() -> None:
    rows = many(1, 2, "OCR")
    for suite, name in (("mlvu", "M-Avg"), ("lvbench", "accuracy")):
        found = figures(suite, rows)[name]
        assert not found.official
        assert found.note is not None


def test_rekvs_tasks_of_mlvu_are_divided_by_all_questions_under_its_rule_only() -> None:
    rows = [*many(2, 2, "one", by="native/before-bracket"), *many(1, 2, "two", by="native/before-bracket")]
    found = figures("mlvu", rows)
    assert found["task one"].value == 1.0
    assert found["task one, right / all (ReKV)"].value == 0.5
    assert not any("ReKV" in name for name in figures("mlvu", many(2, 2, "one")))


def test_an_open_row_leaves_no_figure_of_what_it_is_in() -> None:
    found = figures("mvbench", [*many(1, 1, "one"), scored_row(None, "two")])
    assert (found["task one"].value, found["task two"].value, found["micro"].value) == (1.0, None, None)
    assert found["mean of tasks"].value is None


def test_a_suite_without_averages_has_none() -> None:
    assert suite_averages("mini", "rvs-ego", many(1, 2, "one")) == ()


@pytest.mark.parametrize(
    ("suite", "name", "figure"),
    [
        ("egoschema", "egoschema", "accuracy"),
        ("lvbench", "lvbench", "type event understanding"),
        ("mlvu", "mlvu", "M-Avg"),
        ("mvbench", "mvbench", "mean of tasks"),
        ("video-mme", "videomme", "duration short"),
    ],
)
def test_real_rows_answered_a_score_their_share_of_a(tmp_path: Path, suite: str, name: str, figure: str) -> None:
    items = json.loads((annotations_folder(name) / f"{name}.flashvstream.json").read_text())
    found = read_foreign(json_lines(tmp_path / "x.json", [{**item, "pred": "(A)"} for item in items]), suite=suite)
    verdicts = score_run(found.plan, found.predictions, rule="native", layout=found.layout)
    rows = [Scored(row.question, verdict) for row, verdict in zip(found.plan, verdicts, strict=True)]
    averages = figures(suite, rows)
    share = sum(item["answer"] == 0 for item in items) / len(items)
    assert averages[next(name for name in ("accuracy", "micro") if name in averages)].value == pytest.approx(share)
    if figure == "type event understanding":
        typed = [item for item in items if "event understanding" in item["question_type"]]
        assert averages[figure].value == pytest.approx(sum(item["answer"] == 0 for item in typed) / len(typed))
    assert averages[figure].value is not None
