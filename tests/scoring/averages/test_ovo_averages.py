from __future__ import annotations

import pytest
from verdicts import many, scored_row

from vstreamqa.schema import Average
from vstreamqa.scoring.averages import Scored, suite_averages

# Queries of the whole suite, and the accuracies of Gemini as published, in percent.
QUERIES = {
    "EPM": 297, "ASI": 148, "HLD": 186,
    "OCR": 149, "ACR": 109, "ATR": 116, "STU": 178, "FPD": 101, "OJR": 184,
    "REC": 698, "SSR": 629, "CRR": 240,
}  # fmt: skip
GEMINI = {
    "OCR": 85.91, "ACR": 66.97, "ATR": 79.31, "STU": 58.43, "FPD": 63.37, "OJR": 61.96,
    "EPM": 58.59, "ASI": 76.35, "HLD": 52.64, "REC": 35.53, "SSR": 74.24, "CRR": 61.67,
}  # fmt: skip


def figures(rows: list[Scored]) -> dict[str, Average]:
    return {average.name: average for average in suite_averages("ovo-bench", "all", rows)}


def percent(average: Average) -> float:
    assert average.value is not None
    return round(100 * average.value, 2)


def test_the_published_row_of_gemini_comes_out_by_all_three_averages() -> None:
    rows = [row for task, n in QUERIES.items() for row in many(round(GEMINI[task] * n / 100), n, task)]
    found = figures(rows)
    assert percent(found["mean of 3 groups"]) == pytest.approx(63.00, abs=0.02)
    assert percent(found["mean of 12 tasks"]) == pytest.approx(64.58, abs=0.02)
    assert percent(found["micro over queries"]) == pytest.approx(60.07, abs=0.02)
    assert percent(found["group forward"]) == pytest.approx(57.15, abs=0.01)
    assert found["micro over queries"].n == 3035
    assert [name for name, average in found.items() if average.official] == ["mean of 3 groups"]
    assert {task: percent(found[f"task {task}"]) for task in GEMINI} == pytest.approx(GEMINI, abs=0.06)


def test_always_yes_is_worth_two_thirds_of_ssr_and_most_of_crr() -> None:
    found = figures([*many(423, 629, "SSR"), *many(144, 240, "CRR")])
    assert (percent(found["task SSR"]), percent(found["task CRR"])) == (67.25, 60.00)


def test_an_item_counts_as_often_as_it_is_polled_unless_questions_are_averaged() -> None:
    polls = {"1": [True], "2": [False, False, False]}
    rows = [
        scored_row(right, "REC", question_id=f"{item}_{number}")
        for item, some in polls.items()
        for number, right in enumerate(some)
    ]
    found = figures(rows)
    assert (found["task REC"].value, found["task REC"].n) == (0.25, 4)
    assert (found["task REC, per question"].value, found["task REC, per question"].n) == (0.5, 2)


def test_a_mean_over_tasks_that_are_not_there_does_not_exist() -> None:
    rows = [row for task in ("OCR", "ACR", "ATR", "STU", "FPD", "OJR") for row in many(1, 2, task)]
    found = figures(rows)
    assert found["group realtime"].value == 0.5
    assert found["group backward"].value is found["mean of 3 groups"].value is None
    assert found["mean of 3 groups"].note == "no question of EPM, ASI, HLD, REC, SSR, CRR"
    assert "task EPM" not in found
