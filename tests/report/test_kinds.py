"""Accuracy by kind of answer."""

from __future__ import annotations

import io

import msgspec
from rich.console import Console
from scored import a_plan_row, a_question, a_summary_row, an_answer

from vstreamqa.report.kinds import KindRow, kind_rows
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.table import render_terminal, run_page
from vstreamqa.schema import PlanRow, Verdict
from vstreamqa.scoring.score import score_run

GOLDS = {"a": "Yes.", "b": "no", "c": "Yes, a mobile phone", "d": "No, a cup.", "e": "A red ball."}
SAID = {"a": "Yes", "b": "Yes", "c": "Yes, a mobile phone.", "d": "No, a plate", "e": "red"}


def a_plan(**fields: object) -> list[PlanRow]:
    return [
        a_plan_row(
            a_question(name, source_id=name, stream_id=name, answer=gold, **fields),
            suite="vstream-qa",
            controls=(None, "constant"),
        )
        for name, gold in GOLDS.items()
    ]


def verdicts(plan: list[PlanRow]) -> list[Verdict]:
    given = [an_answer(text, question_id=name, suite="vstream-qa") for name, text in SAID.items()]
    floor = [an_answer("Yes", question_id=name, suite="vstream-qa", control="constant") for name in GOLDS]
    return score_run(plan, [*given, *floor])


def rows(*, strict: bool = True) -> dict[tuple[str | None, str], KindRow]:
    plan = a_plan()
    return {(row.control, row.kind): row for row in kind_rows(plan, verdicts(plan), strict=strict)}


def test_bare_golds_golds_with_content_and_open_ones_have_their_own_accuracies() -> None:
    figures = {kind: (row.accuracy, row.n_expected) for (control, kind), row in rows().items() if control is None}
    assert figures == {
        "yes/no": (0.5, 2),
        "yes/no and more": (None, 2),
        "yes/no and more, polarity alone": (1.0, 2),
        "open": (None, 1),
    }
    assert rows()["constant", "yes/no"].accuracy == 0.5


def test_once_judged_content_counts() -> None:
    plan = a_plan()
    judged = [
        msgspec.structs.replace(one, correct=False, status="judged", by="hf:judge") if one.status == "unjudged" else one
        for one in verdicts(plan)
    ]
    found = {(row.control, row.kind): row.accuracy for row in kind_rows(plan, judged)}
    assert found[None, "yes/no and more"] == 0.5
    assert found[None, "yes/no and more, polarity alone"] == 1.0
    assert found[None, "open"] == 0.0


def test_polarity_has_no_figure_where_the_rule_does_not_read_it() -> None:
    assert (None, "yes/no and more, polarity alone") not in rows(strict=False)


def test_a_config_that_has_categories_says_itself_what_is_asked() -> None:
    plan = a_plan(category="Scene Summary")
    assert kind_rows(plan, verdicts(plan)) == []


def test_other_suites_have_no_such_table() -> None:
    plan = [a_plan_row(a_question(answer="Yes"), suite="own")]
    assert kind_rows(plan, score_run(plan, [an_answer("Yes", suite="own")])) == []


def test_the_kinds_are_columns() -> None:
    meta = TableMeta(
        model="m",
        options={},
        task_hash="t",
        model_hash="m",
        scoring_hash="s",
        clock="logical",
        seed=0,
        hardware="h",
    )
    file = io.StringIO()
    page = run_page([a_summary_row(suite="vstream-qa")], meta, kinds=list(rows().values()))
    render_terminal(page, Console(file=file, width=160))
    lines = [line.split() for line in file.getvalue().splitlines()]
    assert ["vstream-qa/rvs-ego:", "accuracy", "by", "answer", "kind"] in lines
    assert ["model", "50.0", "-", "100.0", "-"] in lines
    assert ["questions", "2", "2", "2", "1"] in lines
