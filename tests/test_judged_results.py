from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from commands import make_clip, make_questions
from judges import FunctionJudge, lenient

import vstreamqa
from vstreamqa.results import Results, read_results, score_run_folder
from vstreamqa.scoring.judge.base import Case, Opinion
from vstreamqa.scoring.spec import ScoringSpec
from vstreamqa.verdicts import Scoring

ROWS = [
    {"question": "What does she do?", "time": 1, "answer": "cooks"},
    {"question": "Is she there?", "time": 1, "answer": "Yes"},
    {"question": "What is on the table?", "time": 2, "answer": "a red bowl"},
]


@pytest.fixture
def run(workplace: Path) -> Path:
    vstreamqa.evaluate(
        "flash-vstream",
        checkpoint="demo",
        video=make_clip(workplace),
        questions=make_questions(workplace, ROWS),
        controls=("oracle",),
        floors="none",
        judge="rules",
        out=workplace / "run",
    )
    return workplace / "run"


def oracle_line(results: Results) -> tuple[float | None, float | None, float | None]:
    (row,) = [row for row in results.summary if row.control == "oracle" and row.category is None]
    return row.accuracy, row.score, row.judge_error_share


def fail_on_bowl(case: Case) -> Opinion:
    return Opinion(correct=None, error="refused") if "table" in case.question else lenient(case)


def test_without_a_judge_open_answers_leave_no_overall_figure(run: Path) -> None:
    results = read_results(run)
    assert oracle_line(results) == (None, None, None)
    assert results.unjudged == 4
    assert results.exit_code == 0


def test_a_judge_is_asked_what_rules_leave_open_and_nothing_else(run: Path) -> None:
    judge = FunctionJudge()
    results = score_run_folder(run, Scoring(judge=judge))
    assert {case.question for case in judge.asked} == {"What does she do?", "What is on the table?"}
    assert oracle_line(results) == (1.0, 5.0, 0.0)
    by = {verdict.question_id: verdict.by for verdict in results.verdicts if verdict.control == "oracle"}
    assert sorted(by.values()) == ["strict/polarity", "test:lenient", "test:lenient"]


def test_the_verdicts_stand_under_the_hash_of_how_they_were_made(run: Path) -> None:
    results = score_run_folder(run, Scoring(judge=FunctionJudge()))
    spec = json.loads((run / "verdicts" / f"{results.manifest.scoring_hash}.json").read_text())
    assert (spec["judge"], spec["judge_revision"], spec["rubric"]) == ("test:lenient", "1", "r" * 16)
    manifest = json.loads((run / "manifest.json").read_text())
    assert manifest["scoring"] == spec
    assert len(list((run / "verdicts").glob("*.jsonl"))) == 2, "those of the rules alone are kept too"


def test_the_same_run_judged_twice_gives_identical_files(run: Path) -> None:
    def files() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}

    score_run_folder(run, Scoring(judge=FunctionJudge()))
    first = files()
    score_run_folder(run, Scoring(judge=FunctionJudge()))
    assert files() == first


def test_a_report_keeps_what_the_judge_said_and_asks_nobody(run: Path) -> None:
    judged = score_run_folder(run, Scoring(judge=FunctionJudge()))
    assert read_results(run).summary == judged.summary
    assert vstreamqa.score(run).summary == judged.summary


def test_rules_named_as_the_judge_take_it_back(run: Path) -> None:
    score_run_folder(run, Scoring(judge=FunctionJudge()))
    assert oracle_line(vstreamqa.score(run, judge="rules")) == (None, None, None)


def test_a_judge_that_fails_on_a_row_leaves_it_open_and_says_so(run: Path) -> None:
    results = score_run_folder(run, Scoring(judge=FunctionJudge(fail_on_bowl)))
    assert oracle_line(results) == (None, None, 0.5)
    assert [verdict.raw for verdict in results.misjudged] == ["refused", "refused"]
    assert results.exit_code == 1
    assert any("no verdict on 2 of 4 answers (50.0%)" in note for note in results.meta.notes)


def test_a_run_scored_by_an_older_rule_is_not_called_after_it_but_keeps_what_the_judge_said(run: Path) -> None:
    judged = score_run_folder(run, Scoring(judge=FunctionJudge()))
    older = msgspec.convert({**judged.manifest.scoring, "version": 1}, ScoringSpec)
    for kind in (".json", ".jsonl"):
        (run / "verdicts" / f"{judged.manifest.scoring_hash}{kind}").rename(run / "verdicts" / f"{older.hash}{kind}")
    manifest = msgspec.structs.replace(judged.manifest, scoring=msgspec.to_builtins(older), scoring_hash=older.hash)
    (run / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    again = vstreamqa.score(run)
    assert again.manifest.scoring_hash == judged.manifest.scoring_hash
    assert again.verdicts == judged.verdicts
    assert (run / "verdicts" / f"{judged.manifest.scoring_hash}.jsonl").is_file()


def test_verdicts_that_are_gone_are_asked_for(run: Path) -> None:
    results = score_run_folder(run, Scoring(judge=FunctionJudge()))
    (run / "verdicts" / f"{results.manifest.scoring_hash}.json").unlink()
    with pytest.raises(vstreamqa.errors.UserError, match=r"judge it again: vstreamqa score .* --judge test:lenient"):
        read_results(run)
