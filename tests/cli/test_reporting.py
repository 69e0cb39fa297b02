"""`vstreamqa report` on runs as they lie on disk."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from kept_runs import keep_run
from scored import a_plan_row, a_question, an_answer

from vstreamqa.cli.main import run

ARMS = (None, "blind", "recent-window:10", "window")


def keep(path: Path, controls: tuple[str | None, ...] = ARMS, **fields: str) -> Path:
    plan = [
        a_plan_row(
            a_question(f"{video}{at}", source_id=video, stream_id=video, text=text, answer="red", evidence=(0, 5)),
            controls=controls,
        )
        for video in "vwx"
        for at, text in enumerate(("What is it?", "What is it in the video?"))
    ]
    answers = [
        an_answer(
            "red" if control in (None, "window") and question != "w1" else "blue",
            question_id=question,
            control=control,
        )
        for control in controls
        for question in (row.question.question_id for row in plan)
    ]
    return keep_run(path, plan, answers, **fields)


def printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(["report", *arguments]) == 0
    return capsys.readouterr().out


def test_the_three_arms_stand_in_every_format(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(workplace / "run")
    for form in ("table", "markdown", "latex", "html"):
        text = printed(["run", "--format", form], capsys)
        for part in ("mini/rvs-ego: RVS arms", "recent-window:10", "prefix - recent-window:10", "+83.3"):
            assert part in text, form
    rows = list(csv.DictReader(io.StringIO(printed(["run", "--format", "csv-arms"], capsys))))
    assert [(row["control"], row["questions"], row["figure"], row["n"]) for row in rows] == [
        *((name, which, "accuracy", n) for name in ("", "recent-window:10", "window") for which, n in SETS),
        *(("recent-window:10", which, "difference", n) for which, n in SETS),
    ]
    assert float(rows[-2]["value"]) == pytest.approx(5 / 6)
    assert rows[-2]["test"]
    document = json.loads(printed(["run", "--format", "json"], capsys))
    assert document["rvs_arms"][0]["findings"][0]["difference"] == pytest.approx(5 / 6)
    assert document["scoring"]["rule"] == "strict"


SETS = (("all", "6"), ("without scope words", "3"))


def test_score_prints_the_arms_too_and_how_to_add_what_was_not_run(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(workplace / "run", (None,), command="vstreamqa eval --model fake --out run")
    assert run(["score", "run"]) == 0
    out = capsys.readouterr().out
    assert "mini/rvs-ego: RVS arms" in out
    assert (
        "the same run goes on with: vstreamqa eval --model fake --out run "
        "--control recent-window:60 --control window\n" in out
    )
    assert run(["score", "run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rvs_arms"][0]["arms"][2]["accuracy"] is None


@pytest.mark.parametrize("form", ["table", "markdown", "latex", "html"])
def test_runs_of_two_tasks_share_a_table_only_on_request(
    form: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(workplace / "one", model="first")
    keep(workplace / "two", model="second", clock="wall")
    apart = printed(["one", "two", "--format", form], capsys)
    assert "NOT COMPARABLE: these runs differ in task" in apart
    assert "table 2 of 2" in apart
    mixed = printed(["one", "two", "--format", form, "--mixed"], capsys)
    assert "MIXED: these runs differ in task:" in mixed
    assert "task.clock: logical (first); wall (second)" in mixed
    assert "table 2 of 2" not in mixed


def test_csv_and_json_carry_hashes_and_floors_of_every_run(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(workplace / "one", model="first")
    keep(workplace / "two", model="second", clock="wall")
    rows = list(csv.DictReader(io.StringIO(printed(["one", "two", "--format", "csv"], capsys))))
    assert len({row["task_hash"] for row in rows}) == 2
    assert [row["control"] for row in rows if row["run"] == "first"] == ["", "blind", "recent-window:10", "window"]
    document = json.loads(printed(["one", "two", "--format", "json"], capsys))
    assert [one["meta"]["task_hash"] for one in document["runs"]] == list(dict.fromkeys(r["task_hash"] for r in rows))
    assert [one["task"]["clock"] for one in document["runs"]] == ["logical", "wall"]
