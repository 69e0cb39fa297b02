from __future__ import annotations

from pathlib import Path

import pytest
from commands import make_clip, make_questions

import vstreamqa
from vstreamqa.errors import UserError
from vstreamqa.results import Results
from vstreamqa.runs.folder import RunFolder, RunReader
from vstreamqa.runs.lines import rewrite_lines
from vstreamqa.schema import UtteranceRecord


def evaluate(folder: Path, answers: list[str]) -> Results:
    rows = [{"question": f"Is it so, {i}?", "time": 1, "answer": answer} for i, answer in enumerate(answers)]
    return vstreamqa.evaluate(
        "flash-vstream",
        checkpoint="demo",
        video=make_clip(folder),
        questions=make_questions(folder, rows),
        controls=("oracle",),
        floors="none",
        out=folder / "run",
    )


def test_yes_and_no_are_given_with_and_without_the_content_after_them(workplace: Path) -> None:
    results = evaluate(workplace, ["Yes", "No, a barcode"])
    assert any(note.startswith("of 2 yes/no questions 1 have content") for note in results.meta.notes)
    oracle = next(row for row in results.summary if row.control == "oracle" and row.category is None)
    assert oracle.accuracy == 1.0


def test_scoring_again_gives_the_same_files(workplace: Path) -> None:
    results = evaluate(workplace, ["Yes", "No"])
    files = [workplace / "run" / "summary.json", *(workplace / "run" / "verdicts").iterdir()]
    before = [path.read_bytes() for path in files]
    again = vstreamqa.score(workplace / "run")
    assert [path.read_bytes() for path in files] == before
    assert again.verdicts == results.verdicts


def test_a_run_that_lost_rows_says_that_it_is_not_finished(workplace: Path) -> None:
    evaluate(workplace, ["Yes", "No"])
    predictions = workplace / "run" / "predictions.jsonl"
    predictions.write_bytes(b"\n".join(predictions.read_bytes().split(b"\n")[1:]))
    results = vstreamqa.score(workplace / "run")
    assert (results.missing, results.exit_code) == (1, 1)
    assert any("1 planned questions have no row" in note for note in results.meta.notes)


def test_what_was_never_said_in_the_run_is_refused(workplace: Path) -> None:
    evaluate(workplace, ["Yes"])
    said = UtteranceRecord(
        suite="own", config="gone", stream_id="s", control=None, time=1, said_at_ns=1, text="oh", question_id=None
    )
    rewrite_lines(workplace / "run" / "utterances.jsonl", [said])
    with pytest.raises(UserError, match=r"utterances\.jsonl, line 1: stream 's' of own/gone is not in the plan"):
        vstreamqa.score(workplace / "run")


@pytest.mark.parametrize("model", ["flash-vstream", "videollm-online"])
def test_a_random_checkpoint_says_that_its_answers_are_noise(model: str, workplace: Path) -> None:
    results = vstreamqa.evaluate(
        model,
        checkpoint="random",
        preset="demo",
        video=make_clip(workplace),
        questions=make_questions(workplace, [{"question": "Is it so?", "time": 1}]),
        floors="none",
    )
    assert results.manifest.demo
    assert results.meta.demo_notice == "DEMO: the checkpoint is tiny and random (untrained); its answers are noise."
    assert results.meta.options["checkpoint"] == f"{model}-tiny-random"


def test_plain_strings_do_for_paths_and_for_one_name(workplace: Path) -> None:
    results = vstreamqa.evaluate(
        "flash-vstream", suites="mini/vs-movie", limit=1, floors="none", controls="last-frame", out="here"
    )
    assert results.path == Path("here")
    assert {row.control for row in results.summary} == {None, "last-frame"}
    with pytest.raises(UserError, match="no argument 'sed'; did you mean 'seed'"):
        vstreamqa.evaluate("flash-vstream", sed=3)


def test_going_on_with_more_arms_says_what_is_left_out(workplace: Path) -> None:
    first = evaluate(workplace, ["Yes", "No"])
    assert not any("left out" in note for note in first.meta.notes)
    rows = workplace / "questions.json"
    again = vstreamqa.evaluate(
        "flash-vstream", checkpoint="demo", video=workplace / "clip.mp4", questions=rows, floors="all", out=first.path
    )
    assert sum("left out" in note for note in again.meta.notes) == 2, "window and swapped"


def test_scoring_keeps_off_a_run_that_is_being_written(workplace: Path) -> None:
    results = evaluate(workplace, ["Yes", "No"])
    plan = RunReader(results.path).plan()
    with RunFolder(results.path, results.manifest, plan), pytest.raises(UserError, match="another process"):
        vstreamqa.score(results.path)
