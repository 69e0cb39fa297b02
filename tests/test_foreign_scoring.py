"""Prediction files of other projects on the way from the command line to the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from foreign_files import choice_row, csv_file, flash_row, json_lines, ovo_row
from scored import a_plan_row, a_question, an_answer

from vstreamqa.cli.main import run
from vstreamqa.foreign import read_foreign_run
from vstreamqa.scoring.native.first_a_to_e import drawn_letter


def scored(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[dict[str | None, Any], list[str]]:
    assert run(["score", *map(str, arguments), "--judge", "rules", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    rows: dict[str | None, Any] = {row["control"]: row for row in page["summary"] if row["category"] is None}
    return rows, page["meta"]["notes"]


def averages(row: dict[str, Any]) -> dict[str, float | None]:
    return {average["name"]: average["value"] for average in row["averages"]}


def test_the_two_rules_read_the_same_answers_differently(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Which?\n(A) red\n(B) blue\n(C) green\n(D) white"
    says = ["(B)", "The answer is B", "Blue", "I cannot tell"]
    rows = [flash_row(f"v{number}_0", question=text, answer=1, pred=said) for number, said in enumerate(says)]
    path = json_lines(tmp_path / "pred.json", rows)
    strict, _ = scored(capsys, path)
    native, notes = scored(capsys, path, "--rule", "native", "--suite", "egoschema")
    # "Blue" is an option's text to the strict rule, and begins with a B to the official one.
    assert (strict[None]["accuracy"], strict[None]["unparsed_share"]) == (0.5, 0.5)
    assert native[None]["accuracy"] == (3 + (drawn_letter(0, "v3_0") == "B")) / 4
    assert any("1 of 4 answers name no letter" in note for note in notes)
    assert strict["constant"]["accuracy"] == 0.0


def test_a_choice_file_is_scored_as_its_own_script_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        choice_row(),
        choice_row(question="2", pred_answer="A) red", pred_choice="A", qa_acc=0.0, task="shape"),
        choice_row(question="3", pred_answer="B", task="shape"),
    ]
    found, notes = scored(capsys, csv_file(tmp_path / "r.csv", rows), "--rule", "native", "--suite", "mvbench")
    assert found[None]["accuracy"] == pytest.approx(2 / 3)
    assert averages(found[None])["mean of tasks"] == 0.75
    assert any("qa_acc has the mean 66.67 over 3 rows; the native rule decides 0" in note for note in notes)


def test_ovo_bench_prints_its_averages_beside_the_constant_floor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = [ovo_row(1, task=task) | {"id": number} for number, task in enumerate(("EPM", "ASI", "HLD"), 1)]
    path = tmp_path / "ovo.json"
    path.write_text(json.dumps(items))
    found, _ = scored(capsys, path, "--rule", "native")
    assert averages(found[None])["group backward"] == 1.0
    assert averages(found[None])["mean of 3 groups"] is None
    assert averages(found["constant"])["group backward"] == 0.0


def test_predictions_of_ours_keep_the_floor_they_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = a_question(format="choice", options=("red", "blue"), answer_index=1)
    plan = [a_plan_row(question, suite="lvbench", config="c", controls=(None, "constant"))]
    answers = [an_answer("B", suite="lvbench", config="c", control=control) for control in (None, "constant")]
    for name, rows in (("plan", plan), ("predictions", answers)):
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    found, _ = scored(capsys, tmp_path / "predictions.jsonl", "--rule", "native")
    assert (found[None]["accuracy"], found["constant"]["accuracy"]) == (1.0, 1.0)


@pytest.mark.parametrize("suite", ["river", "mini"])
def test_a_suite_without_an_official_rule_is_a_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suite: str
) -> None:
    plan = [a_plan_row(a_question(answer="red"), suite=suite, config="c")]
    (tmp_path / "plan.jsonl").write_bytes(msgspec.json.encode(plan[0]) + b"\n")
    (tmp_path / "predictions.jsonl").write_bytes(msgspec.json.encode(an_answer("red", suite=suite, config="c")) + b"\n")
    assert run(["score", str(tmp_path), "--rule", "native"]) == 2
    assert f"--rule native: {suite}/c has no official rule here" in capsys.readouterr().err


def test_a_file_kept_as_a_run_keeps_the_columns_that_are_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = json_lines(tmp_path / "pred.json", [flash_row("v_0", url="u", fps=25.0), flash_row("v_1")])
    found, notes = scored(capsys, path, "--out", tmp_path / "run")
    assert found[None]["n_expected"] == 2
    assert "columns that are not read (2; --out keeps them in columns.jsonl): fps, url" in notes
    (line,) = (tmp_path / "run" / "columns.jsonl").read_text().splitlines()
    assert json.loads(line) == {"question_id": "v_0", "columns": {"url": "u", "fps": 25.0}}
    again, _ = scored(capsys, tmp_path / "run")
    assert again == found


def test_files_with_other_golds_are_of_another_task(tmp_path: Path) -> None:
    tasks = {
        read_foreign_run(json_lines(tmp_path / f"{name}.json", [flash_row(answer=gold, pred=said)])).manifest.task_hash
        for name, gold, said in (("a", "a cat", "a cat"), ("b", "a cat", "a dog"), ("c", "a dog", "a cat"))
    }
    assert len(tasks) == 2, "what was answered does not count, and what is right does"
