"""Runs made of a file of answers: the audit does not take what a file cannot tell for a fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from audited import alarms
from foreign_files import choice_row, csv_file, flash_row, json_lines

from vstreamqa.audit.again import Elsewhere
from vstreamqa.audit.run import audit_again, audit_records
from vstreamqa.rescoring import ScoreRequest, rescore


def kept(path: Path, out: Path) -> Path:
    rescore(ScoreRequest(path=path, out=out))
    return out


@pytest.fixture
def run(tmp_path: Path) -> Path:
    rows = [flash_row(f"v{number}_0", question=f"Is it {number}?", answer="Yes.", pred="yes") for number in range(3)]
    return kept(json_lines(tmp_path / "pred.json", rows), tmp_path / "run")


def test_a_file_that_is_as_it_was_raises_no_alarm(run: Path) -> None:
    certificate = audit_records(run)
    assert not alarms(certificate)
    checks = {finding.check: finding.status for finding in certificate.findings}
    assert checks["replay"] == checks["causality"] == "not run"
    assert [checks[name] for name in ("hashes", "rows and plan", "verdicts", "summary")] == ["ok"] * 4


def test_a_file_of_choices_raises_no_alarm_either(tmp_path: Path) -> None:
    rows = [choice_row(), choice_row(question="Which one?", pred_answer="A) red")]
    assert not alarms(audit_records(kept(csv_file(tmp_path / "r.csv", rows), tmp_path / "run")))


def test_a_question_that_was_changed_is_found(run: Path) -> None:
    lines = [json.loads(line) for line in (run / "plan.jsonl").read_text().splitlines()]
    lines[0]["question"]["text"] = "Is it not?"
    (run / "plan.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "hashes" in alarms(audit_records(run))


def test_there_is_no_model_to_ask_again(run: Path) -> None:
    assert audit_again(run, Elsewhere()).causality == "not run"
