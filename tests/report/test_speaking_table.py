"""Proactive questions in summary, tables and files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import msgspec
import pytest
from rich.console import Console
from scored import a_plan_row, a_question, an_answer

from vstreamqa.report.reported import Reported
from vstreamqa.report.summary import summarise
from vstreamqa.report.table import (
    TableMeta,
    render_csv,
    render_json,
    render_markdown,
    render_terminal,
    report_page,
    run_page,
)
from vstreamqa.schema import PlanRow, Prediction, Span, SummaryRow, UtteranceRecord
from vstreamqa.scoring.score import score_run

META = TableMeta(
    model="talker",
    options={},
    task_hash="t",
    model_hash="m",
    scoring_hash="s",
    clock="logical",
    seed=0,
    hardware="h",
)
SPANS = (Span(start=2, end=4, text="The redball is running."), Span(start=6, end=8, text="The bluebox is waving."))


def told(source: str) -> PlanRow:
    question = a_question(f"told-{source}", stream_id=source, source_id=source, format="proactive", time=0, spans=SPANS)
    return a_plan_row(question, config="narration", controls=(None, "constant"))


def said(source: str, time: float, text: str) -> UtteranceRecord:
    return UtteranceRecord(
        suite="mini",
        config="narration",
        stream_id=source,
        control=None,
        time=time,
        said_at_ns=1,
        text=text,
        question_id=f"told-{source}",
    )


PLAN = [told("v"), told("w")]
ANSWERS = [
    an_answer("ok", config="narration", question_id=f"told-{source}", stream_id=source, source_id=source)
    for source in "vw"
]
SAID = [said("v", 2.5, "the redball is running"), said("v", 9.5, "hello"), said("w", 6, "The bluebox is running.")]


def summary(
    plan: Sequence[PlanRow] = PLAN, predictions: Sequence[Prediction] = ANSWERS, fps: float | None = 2.0
) -> list[SummaryRow]:
    return summarise(plan, predictions, score_run(plan, predictions), [], utterances=SAID, fps=fps)


def terminal(rows: list[SummaryRow], width: int = 200) -> str:
    file = io.StringIO()
    render_terminal(run_page(rows, META), Console(file=file, width=width))
    return file.getvalue()


def test_a_model_stands_above_what_trivial_policies_come_to() -> None:
    rows = summary()
    assert [row.control for row in rows] == [None, "constant", "silent", "always", "every:4"]
    own, constant, silent, always, every = (row.speaking for row in rows)
    assert own is not None
    assert (own.n_events, own.n_utterances, own.n_matched, own.joint_f1) == (4, 3, 2, 2 / 7)
    assert own.f1 == 4 / 7
    assert constant is not None
    assert (constant.n_utterances, constant.n_missed) == (0, 4), "it has no rows, so all is missed"
    assert silent is not None
    assert (silent.f1, silent.precision) == (0.0, None)
    assert always is not None
    assert (always.n_utterances, always.recall) == (2 * 20, 1.0)
    assert every is not None
    assert (every.n_utterances, every.n_matched) == (2 * 2, 4)


def test_without_the_frame_rate_there_is_no_policy_that_speaks_at_every_frame() -> None:
    assert [row.control for row in summary(fps=None)] == [None, "constant"]


def test_proactive_questions_leave_the_accuracy_to_the_others() -> None:
    asked = [a_plan_row(a_question(f"asked-{n}", answer="red", source_id="v"), config="narration") for n in range(2)]
    answers = [an_answer(text, question_id=f"asked-{n}", config="narration") for n, text in enumerate(("red", "blue"))]
    (overall, *_) = summary([*PLAN, *asked], [*ANSWERS, *answers])
    assert (overall.n_expected, overall.n_answered, overall.n_scored, overall.accuracy) == (4, 4, 4, 0.5)
    assert overall.speaking is not None
    assert overall.speaking.n_questions == 2
    text = terminal(summary([*PLAN, *asked], [*ANSWERS, *answers]))
    assert "mini/narration: speaking unasked" in text
    lines = [line.split() for line in text.splitlines()]
    assert ["model", "2", "2", "2", "50.0"] in [line[:5] for line in lines], "two were asked for an answer"


@pytest.mark.parametrize("render", [terminal, lambda rows: render_markdown(run_page(rows, META))])
def test_the_table_of_a_config_that_is_only_listened_to_has_no_accuracy(render: object) -> None:
    assert callable(render)
    text = render(summary())
    for part in ("57.1 [", "+0.0 / +0.5", "floor: every:4", "delays in s", "false: utterances"):
        assert part in text
    assert "of the questions asked" not in text
    assert "need a judge" not in text
    assert "overview" not in text
    assert "confidence interval over source videos" in text


def test_the_table_of_usual_figures_fits_120_columns() -> None:
    usual = {"f1": 0.321, "f1_interval": (0.27, 0.372), "false_alarms_per_minute": 112.7, "n_utterances": 1440}
    rows = [
        msgspec.structs.replace(row, speaking=msgspec.structs.replace(row.speaking, **usual))
        for row in summary()
        if row.speaking is not None
    ]
    table = [line for line in terminal(rows, width=120).splitlines() if "32.1 [27.0, 37.2]" in line]
    assert len(table) == 5
    assert max(map(len, table)) <= 120


def test_files_hold_every_figure_and_none_for_what_does_not_exist() -> None:
    rows = summary()
    first, _, silent, *_ = csv.DictReader(io.StringIO(render_csv(rows, META)))
    assert (first["speaking_n_events"], first["speaking_unit"], first["accuracy"]) == ("4", "second", "")
    assert float(first["speaking_f1_interval_low"]) < 4 / 7 < float(first["speaking_f1_interval_high"])
    assert (silent["control"], silent["speaking_precision"], silent["speaking_f1"]) == ("silent", "", "0.0")
    document = json.loads(render_json(rows, META))
    assert document["summary"][0]["speaking"]["f1"] == 4 / 7
    assert document["summary"][0]["speaking"]["delay_p90"] == 0.5


def test_an_overview_has_the_f1_of_what_was_only_listened_to() -> None:
    asked = [a_plan_row(a_question(f"asked-{n}", answer="red"), controls=(None, "constant")) for n in range(2)]
    rows = summary([*asked, *PLAN], [*ANSWERS, an_answer("red", question_id="asked-0")])
    lines = [line.split() for line in terminal(rows).splitlines()]
    at = lines.index(["overview"])
    assert lines[at + 1] == ["accuracy", "%", "model", "constant"]
    assert lines[at + 3][0] == "mini/rvs-ego"
    assert lines[at + 4][:4] == ["mini/narration:", "F1", "%", "57.1"]
    assert lines[at + 4][-1] == "0.0"
    file = io.StringIO()
    runs = [Reported(label=label, summary=rows, ages=[], demand=[], meta=META) for label in ("one", "two")]
    render_terminal(report_page(runs), Console(file=file, width=200))
    lines = [line.split() for line in file.getvalue().splitlines()]
    at = lines.index(["runs"])
    assert lines[at + 1] == ["accuracy", "%", "mini/rvs-ego", "mini/narration:", "F1", "%"]
    assert "57.1" in lines[at + 3]
    assert "57.1" in lines[at + 4]
