"""Runs whose files were tampered with, or lost something: the audit of their records finds it, without a model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audited import Run, alarms, make_run

from vstreamqa.audit.certificate import read_certificate, void_for
from vstreamqa.audit.run import audit_records
from vstreamqa.results import score_run_folder

Row = dict[str, Any]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "run")


def edit(path: Path, change: Callable[[list[Row]], list[Row]]) -> None:
    rows = change([json.loads(line) for line in path.read_text().splitlines()])
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def each(path: Path, change: Callable[[Row], Row], *, only: Callable[[Row], bool] = lambda row: True) -> None:
    edit(path, lambda rows: [change(row) if only(row) else row for row in rows])


def verdicts(run: Run) -> Path:
    (found,) = (run.path / "verdicts").glob("*.jsonl")
    return found


def of_the_model(row: Row) -> bool:
    return row["control"] is None


def failed(run: Run) -> set[str]:
    return set(alarms(audit_records(run.path)))


def test_a_clean_run_has_no_alarm_and_no_certificate_of_causality(run: Run) -> None:
    certificate = audit_records(run.path)
    assert not alarms(certificate)
    assert (certificate.causality, certificate.share, certificate.questions) == ("not run", None, ())
    assert certificate.findings[-1].status == "not run"


def test_lost_verdicts_are_found(run: Run) -> None:
    edit(verdicts(run), lambda rows: rows[:-3])
    found = alarms(audit_records(run.path))["verdicts"]
    assert found.figures["faults"] == 3
    assert "has no verdict" in found.found


def test_flipped_verdicts_are_found(run: Run) -> None:
    each(verdicts(run), lambda row: {**row, "correct": True}, only=lambda row: row["correct"] is False)
    assert "verdicts" in failed(run)


def test_a_file_of_verdicts_that_is_gone_is_found(run: Run) -> None:
    verdicts(run).unlink()
    assert "verdicts" in failed(run)


def test_verdicts_of_questions_that_were_never_asked_are_found(run: Run) -> None:
    edit(verdicts(run), lambda rows: [*rows, {**rows[0], "question_id": "made-up"}])
    assert "verdicts" in failed(run)


def test_a_changed_summary_is_found(run: Run) -> None:
    path = run.path / "summary.json"
    path.write_text(json.dumps([{**row, "accuracy": 0.99} for row in json.loads(path.read_text())]))
    assert "accuracy is 0.99" in alarms(audit_records(run.path))["summary"].found


def test_predictions_that_were_changed_after_scoring_are_found(run: Run) -> None:
    each(run.path / "predictions.jsonl", lambda row: {**row, "prediction": "Yes"}, only=of_the_model)
    assert {"verdicts", "summary"} <= failed(run)


def test_predictions_that_were_changed_and_scored_again_are_found_with_the_model(run: Run) -> None:
    golds = {
        row["question"]["question_id"]: row["question"]["answer"]
        for row in map(json.loads, (run.path / "plan.jsonl").read_text().splitlines())
    }
    flipped = {"Yes": "No", "No": "Yes"}
    each(
        run.path / "predictions.jsonl",
        lambda row: {**row, "prediction": flipped[golds[row["question_id"]]]},
        only=of_the_model,
    )
    score_run_folder(run.path)
    assert "repeated" in alarms(run.audit())


def test_lost_predictions_are_found(run: Run) -> None:
    edit(run.path / "predictions.jsonl", lambda rows: rows[1:])
    assert "rows and plan" in failed(run)


def test_a_prediction_that_is_there_twice_is_found(run: Run) -> None:
    edit(run.path / "predictions.jsonl", lambda rows: [*rows, rows[0]])
    assert "rows and plan" in failed(run)


def test_a_row_moved_to_another_stream_is_found(run: Run) -> None:
    each(run.path / "predictions.jsonl", lambda row: {**row, "stream_id": "s0", "source_id": "source-s0"})
    assert "rows and plan" in failed(run)


def test_rows_of_another_run_are_found(run: Run) -> None:
    each(run.path / "predictions.jsonl", lambda row: {**row, "run_id": "other"}, only=of_the_model)
    assert "hashes" in failed(run)


def test_a_plan_whose_questions_were_changed_is_found(run: Run) -> None:
    def easier(row: Row) -> Row:
        return {**row, "question": {**row["question"], "text": "Is it bright, say yes?"}}

    each(run.path / "plan.jsonl", easier)
    assert "hashes" in failed(run)


def test_settings_that_were_changed_in_the_manifest_are_found(run: Run) -> None:
    path = run.path / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["model"]["checkpoint"] = "a-better-one"
    path.write_text(json.dumps(manifest))
    assert "hashes" in failed(run)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("checkpoint", {"id": "a-better-one", "revision": None, "hash": None, "weights_bytes": None}),
        ("seed", 77),
        ("clock", "wall"),
    ],
)
def test_what_the_manifest_says_beside_its_specs_must_be_theirs(run: Run, name: str, value: object) -> None:
    path = run.path / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    assert f"the manifest's {name} is" in alarms(audit_records(run.path))["hashes"].found


def test_an_error_that_was_made_to_look_like_an_answer_is_found(run: Run) -> None:
    bare = {"ask_lag_ns": None, "ttft_ns": None, "answer_latency_ns": None, "restore_ns": None}
    each(
        run.path / "predictions.jsonl",
        lambda row: {**row, **bare, "prediction": "Yes"},
        only=lambda row: of_the_model(row) and row["question_id"] == "s1-0",
    )
    assert "traces of answers" in failed(run)


def test_a_frame_from_the_future_is_found_in_its_row(run: Run) -> None:
    each(
        run.path / "predictions.jsonl",
        lambda row: {**row, "last_frame_time": 7, "frames_seen": 8},
        only=lambda row: of_the_model(row) and row["question_id"] == "s2-1",
    )
    found = alarms(audit_records(run.path))["timeline"]
    assert "was asked at 4.5 and had seen the frame of 7" in found.found


def test_a_frame_too_few_is_found_in_its_row(run: Run) -> None:
    each(
        run.path / "predictions.jsonl",
        lambda row: {**row, "frames_seen": row["frames_seen"] - 1},
        only=lambda row: of_the_model(row) and row["question_id"] == "s2-1",
    )
    assert "timeline" in failed(run)


def test_a_blind_arm_that_has_seen_something_is_found(run: Run) -> None:
    each(
        run.path / "predictions.jsonl",
        lambda row: {**row, "frames_seen": 3, "last_frame_time": 2},
        only=lambda row: row["control"] == "blind",
    )
    assert "timeline" in failed(run)


def test_a_stream_that_was_watched_beyond_its_last_question_is_found(run: Run) -> None:
    each(run.path / "streams.jsonl", lambda row: {**row, "frames": row["frames"] + 1}, only=of_the_model)
    assert "streams watched" in failed(run)


def test_a_row_copied_from_another_question_is_found_by_its_times(run: Run) -> None:
    taken = {"prediction": "Yes", "ttft_ns": 40_123_456, "answer_latency_ns": 81_234_567, "restore_ns": 12_345}
    each(
        run.path / "predictions.jsonl",
        lambda row: {**row, **taken},
        only=lambda row: of_the_model(row) and row["question_id"] in ("s0-0", "s3-1"),
    )
    assert "copied rows" in failed(run)


def test_what_was_said_in_no_planned_stream_is_found(run: Run) -> None:
    said = {"suite": "made-up", "config": "bright", "stream_id": "s99", "control": None, "time": 1, "said_at_ns": 1}
    edit(run.path / "utterances.jsonl", lambda rows: [*rows, {**said, "text": "bright"}])
    assert "utterances" in failed(run)


def test_answers_that_cannot_be_read_and_errors_are_counted(run: Run) -> None:
    fault = {"kind": "RuntimeError", "message": "torn"}
    gone = {"prediction": None, "status": "error", "error": fault, "answer_latency_ns": None}
    each(run.path / "predictions.jsonl", lambda row: {**row, **gone}, only=of_the_model)
    score_run_folder(run.path)
    found = alarms(audit_records(run.path))["errors"]
    assert "36 of 36 questions have an error (mostly RuntimeError)" in found.found


def test_a_run_most_of_whose_answers_cannot_be_read_fails(run: Run) -> None:
    each(
        run.path / "predictions.jsonl", lambda row: {**row, "prediction": f"Hm {row['question_id']}"}, only=of_the_model
    )
    score_run_folder(run.path)
    assert "unparsed answers" in failed(run)


def test_a_judge_that_misreads_plain_answers_is_found(run: Run) -> None:
    def judged(row: Row) -> Row:
        wrong = row["question_id"].endswith("-1")
        return {**row, "by": "openai:judge", "correct": row["correct"] is not wrong}

    each(verdicts(run), judged, only=of_the_model)
    found = alarms(audit_records(run.path))["judge against rules"]
    assert (found.figures["n"], found.figures["judge"]) == (36, "openai:judge")
    assert found.figures["equal"] == 24


def test_a_judge_of_another_scoring_is_looked_at_too(run: Run) -> None:
    rows = [json.loads(line) for line in verdicts(run).read_text().splitlines()]
    judged = [{**row, "by": "hf:judge", "correct": not row["correct"]} for row in rows if of_the_model(row)]
    (run.path / "verdicts" / "0123456789abcdef.jsonl").write_text("".join(json.dumps(row) + "\n" for row in judged))
    assert alarms(audit_records(run.path))["judge against rules"].figures["equal"] == 0


def test_a_certificate_is_void_once_the_answers_are_others(run: Run) -> None:
    audit_records(run.path)
    certificate = read_certificate(run.path)
    assert certificate is not None
    assert not void_for(certificate, run.path)
    score_run_folder(run.path)
    assert not void_for(certificate, run.path), "scoring changes no answer"
    each(run.path / "predictions.jsonl", lambda row: {**row, "prediction": "Yes"})
    assert void_for(certificate, run.path) == ["predictions.jsonl"]
