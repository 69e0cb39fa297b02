"""What a judge adds to a table, and the suite's own figures under it."""

from __future__ import annotations

import csv
import io
import json

import pytest
from rich.console import Console
from scored import a_summary_row

from vstreamqa.errors import UserError
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.reported import Reported
from vstreamqa.report.table import render_csv, render_terminal, run_page
from vstreamqa.reporting import render
from vstreamqa.schema import Average, SummaryRow

META = TableMeta(
    model="flash",
    options={},
    task_hash="task",
    model_hash="model",
    scoring_hash="scoring",
    clock="logical",
    seed=0,
    hardware="two cores",
)
AVERAGES = (
    Average(name="yes / judged", value=0.61, n=190, official=True, note="rows without a verdict are left out"),
    Average(name="yes / all", value=0.58, n=200),
    Average(name="delay", value=1.234, n=20, unit="s"),
    Average(name="recall", value=None, n=0),
)


def judged(**fields: object) -> SummaryRow:
    return a_summary_row(**{"score": 3.456, "judge_error_share": 0.015, "calibrated": False, **fields})


def lines(*rows: SummaryRow) -> list[list[str]]:
    file = io.StringIO()
    render_terminal(run_page(list(rows), META), Console(file=file, width=200))
    return [line.split() for line in file.getvalue().splitlines()]


def row_of(label: str, *rows: SummaryRow) -> list[str]:
    return next(line for line in lines(*rows) if line[:1] == [label])


def test_without_a_judge_a_table_has_no_column_of_one() -> None:
    text = " ".join(word for line in lines(a_summary_row()) for word in line)
    assert "corrected" not in text
    assert "judge" not in text


def test_a_judge_without_a_card_is_uncalibrated() -> None:
    assert row_of("model", judged())[4:10] == ["57.3", "[51.0,", "63.6]", "uncalibrated", "3.46", "1.5"]


def test_a_judge_with_a_card_has_a_corrected_accuracy_with_its_interval() -> None:
    cells = row_of("model", judged(calibrated=True, corrected=0.6, corrected_interval=(0.5, 0.7)))
    assert cells[7:12] == ["60.0", "[50.0,", "70.0]", "3.46", "1.5"]


def test_what_the_judge_adds_is_explained() -> None:
    text = " ".join(word for line in lines(judged()) for word in line)
    assert "uncalibrated: the judge has no card (`vstreamqa judge-card`)" in text
    assert "score: mean of the judge's scores" in text


def test_an_official_rule_is_not_said_to_count_everything() -> None:
    page = run_page([a_summary_row()], META, rule="native")
    assert not any("count as wrong" in line for line in page.legend)
    assert page.legend[0].startswith("accuracy by the rule native")


def test_lines_that_no_judge_decided_are_not_called_uncalibrated() -> None:
    rows = (judged(), a_summary_row(category="Order"), judged(control="blind", accuracy=None, interval=None))
    assert row_of("Order", *rows)[7:10] == ["-", "-", "-"]
    blind = next(line for line in lines(*rows) if line[:2] == ["floor:", "blind"])
    assert blind[5:9] == ["-", "-", "3.46", "1.5"]


def test_a_judge_whose_card_allows_no_correction_is_not_called_uncalibrated() -> None:
    assert row_of("model", judged(calibrated=True))[7:9] == ["-", "3.46"]


def test_the_suites_own_figures_stand_under_its_table_and_the_official_one_is_marked() -> None:
    floor = a_summary_row(control="blind", averages=(Average(name="yes / all", value=0.2, n=150),))
    found = lines(a_summary_row(averages=AVERAGES), floor)
    assert ["mini/rvs-ego:", "figures", "of", "the", "suite"] in found
    assert ["yes", "/", "judged", "(official),", "%", "190", "61.00", "-"] in found
    assert ["yes", "/", "all,", "%", "200", "58.00", "20.00", "(n", "150)"] in found
    assert ["delay,", "s", "20", "1.23", "-"] in found
    assert ["recall,", "%", "0", "-", "-"] in found
    assert ["yes", "/", "judged:", "rows", "without", "a", "verdict", "are", "left", "out"] in found


def reported(*rows: SummaryRow) -> list[Reported]:
    return [Reported(label="model", summary=rows, ages=(), demand=(), meta=META)]


def test_every_format_holds_the_suites_own_figures() -> None:
    runs = reported(a_summary_row(averages=AVERAGES), a_summary_row(control="blind", averages=AVERAGES[:1]))
    rows = list(csv.DictReader(io.StringIO(render(runs, "csv-averages"))))
    assert [(row["control"], row["name"], row["value"], row["official"]) for row in rows][3:] == [
        ("", "recall", "", "False"),
        ("blind", "yes / judged", "0.61", "True"),
    ]
    assert (rows[2]["unit"], rows[0]["scoring_hash"]) == ("s", "scoring")
    averages = json.loads(render(runs, "json"))["summary"][0]["averages"]
    assert averages[0] == {
        "name": "yes / judged",
        "value": 0.61,
        "n": 190,
        "official": True,
        "unit": "share",
        "note": "rows without a verdict are left out",
    }
    for form in ("markdown", "latex", "html"):
        assert "yes / judged (official)" in render(runs, form)


def test_without_figures_of_the_suite_there_is_no_csv_of_them() -> None:
    with pytest.raises(UserError, match="--format csv-averages: the suites of these runs have no figures of their own"):
        render(reported(a_summary_row()), "csv-averages")
    with pytest.raises(UserError, match="--format csv-arms: none of these runs is of RVS"):
        render(reported(a_summary_row()), "csv-arms")


def test_csv_has_the_corrected_accuracy_as_fields() -> None:
    text = render_csv([judged(corrected=0.6, corrected_interval=(0.5, 0.7))], META)
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["score"], row["judge_error_share"]) == ("3.456", "0.015")
    assert (row["corrected"], row["corrected_interval_low"], row["corrected_interval_high"]) == ("0.6", "0.5", "0.7")
