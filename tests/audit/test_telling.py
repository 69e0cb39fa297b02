"""What is said of a run's audit under its table."""

from __future__ import annotations

from pathlib import Path

import pytest
from audited import Run, make_run

from vstreamqa.audit.run import audit_records
from vstreamqa.audit.telling import audit_note
from vstreamqa.report.table import report_page
from vstreamqa.reporting import read_report, render, results_json, results_page
from vstreamqa.results import read_results


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "run")


def notes(run: Run) -> list[str]:
    lines = results_page(read_results(run.path)).foot
    assert [line for line in report_page(read_report([run.path])).foot if "audit" in line] == [
        line for line in lines if "audit" in line
    ], "score and report say the same"
    return [line for line in lines if "audit" in line]


def test_of_a_run_that_was_never_audited_nothing_is_said(run: Run) -> None:
    assert notes(run) == []


def test_what_an_audit_came_to_stands_under_the_table(run: Run) -> None:
    certificate = run.audit()
    said = f"audit: causality passed ({len(certificate.questions)} questions asked again, certificate of "
    assert notes(run) == [f"note: {said}{certificate.created_at})"]
    assert said in render(read_report([run.path]), "html")
    assert said in results_json(read_results(run.path))


def test_an_audit_of_the_records_alone_leaves_causality_open(run: Run) -> None:
    audit_records(run.path)
    assert "audit: causality open, of the records alone" in notes(run)[0]


def test_what_failed_is_named(run: Run) -> None:
    (run.path / "summary.json").write_text("[]")
    run.audit()
    assert notes(run)[0].endswith("; FAILED: summary")
    (run.path / "summary.json").unlink()
    assert notes(run)[0].endswith("; FAILED: summary, before it was scored as it is now")


def test_an_audit_of_other_predictions_is_void(run: Run) -> None:
    run.audit()
    path = run.path / "predictions.jsonl"
    path.write_text(path.read_text().replace('"Yes"', '"No"', 1))
    assert notes(run) == [
        f"note: audit: VOID: predictions.jsonl has changed since; audit again: vstreamqa audit {run.path}"
    ]


def test_a_damaged_certificate_is_said_in_one_line(run: Run) -> None:
    for content in (b"{", b"\xff\xfe", b"[]", b'{"run_id": 3}'):
        (run.path / "audit.json").write_bytes(content)
        (note,) = notes(run)
        assert "not a certificate" in note
        assert "\n" not in note


def test_a_file_of_predictions_has_no_certificate(tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text("{}\n")
    assert audit_note(tmp_path / "answers.jsonl") is None
