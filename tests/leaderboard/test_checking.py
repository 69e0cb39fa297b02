from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from board import CONTROLS, a_manifest, a_plan, a_run, a_submission, tampered

from vstreamqa.audit.certificate import Certificate, answer_hashes
from vstreamqa.audit.finding import Finding
from vstreamqa.cli.main import run as run_program
from vstreamqa.errors import UserError
from vstreamqa.leaderboard.checking import problems, read_submission
from vstreamqa.leaderboard.packing import Label, pack, portable
from vstreamqa.leaderboard.remarks import Remarks
from vstreamqa.leaderboard.submitted import submitted_lines
from vstreamqa.runs.folder import write_audit
from vstreamqa.schema import NOT_STATED, Span

NOTHING_SAID = Remarks(warnings={}, again={}, claimed={}, splits=())


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_run(tmp_path_factory.mktemp("finished") / "run")


@pytest.fixture
def packed(tmp_path: Path, finished: Path) -> Path:
    return a_submission(tmp_path / "board", finished)


def program(*arguments: str) -> int:
    return run_program(list(arguments))


def arm(content: dict[str, Any], control: str | None = None) -> dict[str, Any]:
    found = next(one for one in content["rows"][0]["arms"] if one["control"] == control)
    assert isinstance(found, dict)
    return found


def line(content: dict[str, Any], control: str | None = None) -> dict[str, Any]:
    found = next(one for one in content["summary"] if one["control"] == control and one["category"] is None)
    assert isinstance(found, dict)
    return found


def test_a_packed_run_has_nothing_wrong_with_it_even_beside_the_run(packed: Path, finished: Path) -> None:
    assert problems(packed) == []
    assert problems(packed, finished) == []


def test_it_carries_no_question_no_answer_and_no_folder_of_a_machine(tmp_path: Path) -> None:
    command = "vstreamqa eval --model watcher --out /home/me/run --data=/data --limit 5"
    manifest = msgspec.structs.replace(a_manifest(20, command=command), request={"out": "/home/me/run"})
    run = a_run(tmp_path / "run", manifest=manifest)
    text = a_submission(tmp_path / "board", run).read_text()
    assert "What is it?" not in text
    assert '"Yes"' not in text
    assert "/home/me" not in text
    assert "vstreamqa eval --model watcher --limit 5" in text


def test_a_command_keeps_its_quotes(tmp_path: Path) -> None:
    assert portable("vstreamqa eval --set 'a=b c' --out x") == "vstreamqa eval --set 'a=b c'"


def lift_accuracy(content: dict[str, Any]) -> None:
    line(content)["accuracy"] = 0.99


def impossible_accuracy(content: dict[str, Any]) -> None:
    line(content)["accuracy"] = 140


def turn_verdicts(content: dict[str, Any]) -> None:
    arm(content)["verdicts"] = "+" * len(content["rows"][0]["questions"])


def turn_interval(content: dict[str, Any]) -> None:
    line(content)["interval"] = [0.9, 0.1]


def lower_a_floor(content: dict[str, Any]) -> None:
    line(content, "constant")["accuracy"] = 0.5


def drop_a_question(content: dict[str, Any]) -> None:
    content["rows"][0]["questions"].pop()


def forget_blind(content: dict[str, Any]) -> None:
    content["rows"][0]["arms"] = [one for one in content["rows"][0]["arms"] if one["control"] != "blind"]
    content["summary"] = [one for one in content["summary"] if one["control"] != "blind"]


def mix_judges(content: dict[str, Any]) -> None:
    content["rows"][0]["deciders"].append("openai:one")
    arm(content)["by"] = "1" + arm(content)["by"][1:]


def another_task(content: dict[str, Any]) -> None:
    content["manifest"]["task"]["context"] = "window"


def another_model(content: dict[str, Any]) -> None:
    content["manifest"]["model"]["options"]["memory"] = 4


def another_scoring(content: dict[str, Any]) -> None:
    content["manifest"]["scoring"]["window_after"] = 9


def no_number(content: dict[str, Any]) -> None:
    content["manifest"]["model"]["model"] = 5


def unasked(content: dict[str, Any]) -> None:
    arm(content)["answered"] = "-" + arm(content)["answered"][1:]


def unjudged(content: dict[str, Any]) -> None:
    arm(content)["verdicts"] = "?" + arm(content)["verdicts"][1:]


def strange_code(content: dict[str, Any]) -> None:
    arm(content)["verdicts"] = "z" + arm(content)["verdicts"][1:]


def negative_time(content: dict[str, Any]) -> None:
    line(content)["ttft_p50_ns"] = -5


def forget_predictions(content: dict[str, Any]) -> None:
    del content["files"]["predictions.jsonl"]


def ask_nothing(content: dict[str, Any]) -> None:
    content["manifest"]["task"]["suites"] = []


def no_line(content: dict[str, Any]) -> None:
    content["summary"].pop()


def a_line_of_nobody(content: dict[str, Any]) -> None:
    content["summary"].append({**line(content), "control": "oracle"})


def strange_hardware(content: dict[str, Any]) -> None:
    content["manifest"]["hardware"]["gpus"] = [{"name": "H100"}]


def an_average_of_ones_own(content: dict[str, Any]) -> None:
    line(content)["averages"] = [{"name": "mean", "value": 0.9, "n": 3}]


def a_course_of_nothing(content: dict[str, Any]) -> None:
    content["courses"][0]["config"] = "other"


def an_audit_that_is_not_here(content: dict[str, Any]) -> None:
    content["manifest"]["audit"] = "audit.json"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (strange_hardware, "manifest.hardware.gpus: [{'name': 'H100'}] is no list of texts"),
        (an_average_of_ones_own, "summary, mini/rvs-ego, model: averages: [mean 0.9], but the rows give []"),
        (a_course_of_nothing, "courses: mini/other is no config of the submission"),
        (an_audit_that_is_not_here, "certificate: the manifest names an audit if and only if"),
        (lift_accuracy, "watcher.json: summary, mini/rvs-ego, model: accuracy: 0.99, but the rows give 0.75"),
        (impossible_accuracy, "summary, mini/rvs-ego, model: accuracy: 140.0 lies outside 0 to 1"),
        (turn_verdicts, "summary, mini/rvs-ego, model: accuracy: 0.75, but the rows give 1"),
        (turn_interval, "summary, mini/rvs-ego, model: interval: [0.9, 0.1] is no interval within 0 to 1"),
        (lower_a_floor, "summary, mini/rvs-ego, constant: accuracy: 0.5, but the rows give 0"),
        (drop_a_question, "rows: mini/rvs-ego has 19 questions, manifest.task says 20"),
        (forget_blind, "rows, mini/rvs-ego: the floor 'blind' was not run"),
        (mix_judges, "rows, mini/rvs-ego: deciders: 'openai:one' decided, but manifest.scoring names no judge"),
        (another_task, "manifest.task_hash: "),
        (another_model, "manifest.model_hash: "),
        (another_scoring, "manifest.scoring_hash: "),
        (no_number, "manifest.model.model: 5 is no text"),
        (unasked, "rows, mini/rvs-ego, model: 1 planned rows were never asked; finish the run"),
        (unjudged, "rows, mini/rvs-ego, model: 1 answers have no verdict"),
        (strange_code, "rows, mini/rvs-ego, model: verdicts: 'z' means nothing"),
        (forget_predictions, "files: 'predictions.jsonl' is missing"),
        (ask_nothing, "manifest.task.suites: empty"),
        (negative_time, "summary, mini/rvs-ego, model: ttft_p50_ns: -5 is negative"),
        (no_line, "summary, mini/rvs-ego, odd, blind: the line is missing"),
        (a_line_of_nobody, "summary, mini/rvs-ego, oracle: no row of the submission belongs to this line"),
    ],
)
def test_a_tampered_submission_is_refused_with_the_reason(
    change: Callable[[dict[str, Any]], object], message: str, packed: Path
) -> None:
    found = problems(tampered(packed, change))
    assert any(message in one for one in found), found
    assert all(one.startswith(str(packed)) for one in found)


def test_an_edit_that_forgets_the_digest_is_seen_by_it_alone(packed: Path) -> None:
    (found,) = problems(tampered(packed, lambda content: content.update(by="somebody else"), signed=False))
    assert "digest: it is not that of the content" in found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.pop("files"), "missing required field `files`"),
        (lambda content: content.update(version=2), "version: 2, this vstreamqa reads 1"),
        (lambda content: content.update(title=7), "`$.title`"),
        (lambda content: content.update(extra=1), "unknown field `extra`"),
        (lambda content: content.update(link="javascript:alert(1)"), "`$.link`"),
        (lambda content: content.update(name="../x"), "`$.name`"),
        (
            lambda content: content["courses"][0]["latency"][0].update(ttft_p50_ns=-1),
            "`$.courses[0].latency[0].ttft_p50",
        ),
        (lambda content: content["manifest"].pop("clock"), "missing required field `clock`"),
    ],
)
def test_another_schema_is_refused_with_the_field(
    change: Callable[[dict[str, Any]], object], message: str, packed: Path
) -> None:
    (found,) = problems(tampered(packed, change))
    assert message in found
    assert found.startswith(str(packed))


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{")
    (found,) = problems(path)
    assert found.startswith(str(path))


def test_predictions_that_were_changed_afterwards_do_not_fit_the_submission(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run")
    path = a_submission(tmp_path / "board", run)
    predictions = run / "predictions.jsonl"
    predictions.write_bytes(predictions.read_bytes().replace(b'"prediction":"No"', b'"prediction":"Yes"', 1))
    found = problems(path, run)
    assert any("files.predictions.jsonl: not the SHA-256" in one for one in found)
    assert any(": rows: not what" in one for one in found)


def test_an_unfinished_run_is_not_added(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = a_run(tmp_path / "run", leave_out=3)
    board = tmp_path / "board"
    assert program("leaderboard", "add", str(run), "--name", "watcher", "--folder", str(board)) == 1
    assert "3 planned rows were never asked" in capfd.readouterr().err
    assert not (board / "submissions" / "watcher.json").exists()


def test_a_run_without_floors_is_not_added(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan = a_plan(controls=(None,))
    run = a_run(tmp_path / "run", plan=plan)
    assert program("leaderboard", "add", str(run), "--name", "w", "--folder", str(tmp_path / "board")) == 1
    assert "the floor 'constant' was not run" in capfd.readouterr().err


def test_a_submission_is_not_overwritten_by_accident(finished: Path, packed: Path) -> None:
    board = str(packed.parents[1])
    before = packed.read_bytes()
    add = ("leaderboard", "add", str(finished), "--name", "watcher", "--folder", board)
    assert program(*add) == 2
    assert packed.read_bytes() == before
    assert program(*add, "--replace") == 0


def test_check_says_what_it_looked_at(packed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert program("leaderboard", "check", str(packed)) == 0
    assert "1 submission: nothing wrong" in capfd.readouterr().out
    assert program("leaderboard", "check", str(tampered(packed, lift_accuracy))) == 1


def test_a_submission_that_is_not_there_is_a_users_mistake(tmp_path: Path) -> None:
    assert program("leaderboard", "check", str(tmp_path / "none.json")) == 2


def test_answers_that_were_read_from_a_file_cannot_be_submitted(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run", manifest=msgspec.structs.replace(a_manifest(20), clock=NOT_STATED))
    with pytest.raises(UserError, match="answers read from a file cannot be submitted"):
        pack(run, Label(name="good"))


def a_certificate(run: Path, **fields: Any) -> Certificate:
    given: dict[str, Any] = {
        "created_at": "now",
        "run_id": "r",
        "causality": "passed",
        "share": 0.05,
        "seed": 0,
        "questions": (),
        "files": answer_hashes(run),
        "scored": {},
        "versions": {},
        "hardware": {},
        "findings": (Finding(check="chance", status="failed", found="5 of 9", means="guessed"),),
    }
    return Certificate(**given | fields)


def test_the_certificate_of_an_audit_goes_with_the_submission(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run")
    write_audit(run, a_certificate(run))
    path = a_submission(tmp_path / "board", run)
    assert problems(path, run) == []
    (line_of_it,) = submitted_lines(read_submission(path), NOTHING_SAID)
    facts = dict(line_of_it.facts)
    assert facts["audit"] == "causality passed (5.0 % of the questions asked again); findings: 1 failed"
    assert facts["audit: chance, failed"] == "run: 5 of 9; guessed"
    assert "audit failed" in line_of_it.marks


def test_the_certificate_of_another_run_is_refused(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run")
    write_audit(run, a_certificate(run, run_id="other", files={"plan.jsonl": "0"}))
    with pytest.raises(UserError, match=r"has changed since it was audited; audit it again"):
        pack(run, Label(name="w"))
    write_audit(run, a_certificate(run, run_id="other"))
    found = problems(a_submission(tmp_path / "board", run))
    assert any("certificate.run_id: other, but the run is r" in one for one in found)


def test_a_certificate_that_is_gone_is_missed(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run", manifest=msgspec.structs.replace(a_manifest(20), audit="audit.json"))
    with pytest.raises(UserError, match=r"names the audit 'audit\.json', which is not there"):
        pack(run, Label(name="w"))


def test_what_was_said_unasked_is_counted_again(tmp_path: Path) -> None:
    plan = [
        msgspec.structs.replace(
            row,
            question=msgspec.structs.replace(
                row.question, format="proactive", answer=None, spans=(Span(start=2, end=4, text="a"),)
            ),
        )
        for row in a_plan(each=1, controls=CONTROLS[:2])
    ]
    run = a_run(tmp_path / "run", plan=plan, manifest=a_manifest(len(plan)))
    path = a_submission(tmp_path / "board", run)
    assert problems(path) == []

    def invent(content: dict[str, Any]) -> None:
        line(content)["speaking"]["f1"] = 0.9

    assert any("speaking.f1: 0.9, but the rows give 0" in one for one in problems(tampered(path, invent)))


def test_a_link_that_is_no_https_address_is_refused_by_its_option(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--link ftp://x: give an https address"):
        pack(a_run(tmp_path / "run"), Label(name="good", link="ftp://x"))
