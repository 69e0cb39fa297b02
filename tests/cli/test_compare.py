"""`vstreamqa compare` as its user meets it, on run folders that are written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes import make_manifest
from scored import a_plan_row, a_question, an_answer

from vstreamqa.cli.main import run
from vstreamqa.results import score_run_folder
from vstreamqa.runs.folder import RunFolder
from vstreamqa.scoring.judge.base import Case, Identity, Opinion
from vstreamqa.scoring.spec import ScoringSpec
from vstreamqa.verdicts import Scoring

MODEL = {"checkpoint": "c", "options": {}, "fps": 1.0, "dtype": "float32", "decoding": {"max_new_tokens": 8}}
HARDWARE = {"cpu": "c", "cores": 2, "memory_bytes": 1 << 30, "device": "cpu"}


def a_task(questions: int) -> dict[str, Any]:
    suite = {"suite": "mini", "config": "rvs-ego", "data": "d", "questions": questions}
    return {"suites": [suite], "clock": "logical"}


def a_run(path: Path, said: Mapping[str | None, str], *, model: str = "m", questions: int = 6, hash: str = "t") -> None:
    """Write a run of one question a letter, y or n, where "Yes" is right; two questions a video."""
    length = len(next(iter(said.values())))
    plan = [
        a_plan_row(
            a_question(f"q{n}", format="yes_no", answer="Yes", source_id=f"v{n // 2}", text=f"Is it so, {n}?"),
            controls=tuple(said),
        )
        for n in range(length)
    ]
    scoring = ScoringSpec()
    manifest = msgspec.structs.replace(
        make_manifest(),
        task=a_task(questions),
        task_hash=hash,
        model={"model": model, **MODEL},
        scoring=msgspec.to_builtins(scoring),
        scoring_hash=scoring.hash,
        hardware=HARDWARE,
    )
    with RunFolder(path, manifest, plan) as folder:
        for control, letters in said.items():
            for n, letter in enumerate(letters):
                text = {"y": "Yes", "n": "No"}[letter]
                folder.append(an_answer(text, question_id=f"q{n}", source_id=f"v{n // 2}", control=control))


class IdleJudge:
    """A judge for runs that leave nothing to it."""

    identity = Identity(name="openai:m", revision=None, rubric="r", temperature=0.0)

    def check(self) -> None:
        """Nothing to see."""

    def close(self) -> None:
        """Nothing to let go of."""

    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        assert not cases
        return iter(())


@pytest.fixture
def two(workplace: Path) -> Path:
    """Two runs of the same task, `one` better in every video."""
    a_run(workplace / "one", {None: "yyyyyy", "blind": "ynynyn"}, model="strong")
    a_run(workplace / "two", {None: "ynynyn", "blind": "nnnnny"}, model="weak")
    return workplace


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


def figures(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run([*arguments, "--format", "json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_two_runs_are_compared_on_the_same_questions(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "one", "two"]) == 0
    text = capsys.readouterr().out
    for part in ("mini/rvs-ego: A and B on the same questions", "A: strong", "B: weak", "only A right: 3 questions"):
        assert part in text
    assert "Is it so, 1? | gold: Yes | A: Yes | B: No" in text
    row = figures(["compare", "one", "two"], capsys)["rows"][0]
    assert (row["n"], row["clusters"], row["accuracy_a"], row["accuracy_b"]) == (6, 3, 1.0, 0.5)
    assert (row["difference"], row["p_value"], row["only_a_right"], row["only_b_right"]) == (0.5, 0.25, 3, 0)


def test_one_arm_of_each_is_compared(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = figures(["compare", "one", "two", "--control", "blind"], capsys)
    assert (document["a"]["label"], document["b"]["label"]) == ("strong, floor: blind", "weak, floor: blind")
    assert document["rows"][0]["difference"] == pytest.approx(2 / 6)


def test_a_model_is_compared_with_its_own_floor(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = figures(["compare", "one", "one", "--control-b", "blind"], capsys)
    assert (document["a"]["label"], document["b"]["label"]) == ("model", "floor: blind")
    assert document["rows"][0]["difference"] == 0.5
    turned = figures(["compare", "one", "one", "--control", "blind", "--control-b", "model"], capsys)
    assert turned["rows"][0]["difference"] == -0.5


def test_another_task_is_refused_and_the_fields_named(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_run(two / "short", {None: "nyny"}, questions=4, hash="u")
    error = refused(["compare", "one", "short"], capsys)
    assert "one and short differ in task: task.suites[mini/rvs-ego].questions is 6 in A, 4 in B; --mixed" in error
    document = figures(["compare", "one", "short", "--mixed"], capsys)
    assert "task.suites[mini/rvs-ego].questions is 6 in A, 4 in B" in document["differing"]
    row = document["rows"][0]
    assert (row["n"], row["n_only_in_a"], row["n_only_in_b"], row["difference"]) == (4, 2, 0, 0.5)
    assert run(["compare", "one", "short", "--mixed"]) == 0
    text = capsys.readouterr().out
    assert text.index("MIXED: A and B differ in task or scoring") < text.index("mini/rvs-ego: A and B")
    assert "not compared: 2 questions asked in A only" in text


def test_a_task_that_differs_in_its_hash_alone_is_refused_too(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_run(two / "other", {None: "yyyyyy"}, hash="u")
    assert "differ in task: task.hash is t in A, u in B" in refused(["compare", "one", "other"], capsys)


def test_another_scoring_is_refused(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score_run_folder(two / "two", Scoring(judge=IdleJudge()))
    error = refused(["compare", "one", "two"], capsys)
    assert "one and two differ in scoring: scoring.judge is none in A, openai:m in B" in error
    assert (
        "scoring.judge is none in A, openai:m in B"
        in figures(["compare", "one", "two", "--mixed"], capsys)["differing"]
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["one", "nowhere"], "nowhere: not a run folder"),
        (["one", "one"], "one: compared with itself; name another run, or another arm of it with --control-b"),
        (["one", "./two/../one"], "compared with itself"),
        (["one", "two", "--control", "blnd"], "one: has no arm 'blnd'; did you mean 'blind'?"),
        (["one", "two", "--control-b", "window"], "two: has no arm 'window'; known: blind, model"),
        (["one", "two", "--format", "jsn"], "--format jsn: unknown; did you mean 'json'?"),
        (["one", "two", "--format", "json", "--out", "two/x.json"], "--out two/x.json: lies in the run folder two"),
        (["one", "two", "--out", "x.md"], "--out x.md: a table is printed; add --format markdown"),
    ],
)
def test_mistakes(arguments: list[str], message: str, two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in refused(["compare", *arguments], capsys)


def test_runs_without_a_question_in_common_are_refused(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_run(two / "none", {None: "y"}, hash="u")
    plan = two / "none" / "plan.jsonl"
    plan.write_text(plan.read_text().replace("Is it so", "Was it so"))
    assert "one and none have no question in common" in refused(["compare", "one", "none", "--mixed"], capsys)


def test_a_run_that_is_not_finished_says_so_first(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = two / "two" / "predictions.jsonl"
    rows.write_bytes(b"\n".join(rows.read_bytes().split(b"\n")[1:]))
    assert run(["compare", "one", "two"]) == 0
    text = capsys.readouterr().out
    assert "NOT FINISHED: B: 1 of 12 questions, counted per arm, have no row yet; those are left out here" in text
    assert "not compared: 1 questions without a row yet in A or B" in text


@pytest.mark.parametrize("form", ["markdown", "csv", "csv-changed", "latex", "json"])
def test_every_form_is_written_to_a_file(form: str, two: Path) -> None:
    assert run(["compare", "one", "two", "--format", form, "--out", "out"]) == 0
    text = (two / "out").read_text()
    assert "Is it so, 1?" in text or form == "csv"
    assert "strong" in text
