from __future__ import annotations

import csv
import io
import json

import msgspec
import pytest
from rich.console import Console
from scored import a_summary_row

from vstreamqa.report.table import TableMeta, render_csv, render_json, render_markdown, render_terminal, run_page
from vstreamqa.schema import SummaryRow

META = TableMeta(
    model="flash",
    options={"fps": 1.0, "dtype": "float32"},
    task_hash="taskhash",
    model_hash="modelhash",
    scoring_hash="scoringhash",
    clock="logical",
    seed=7,
    hardware="two cores",
    demo_notice="a tiny checkpoint on a made-up world",
    notes=("floor 'window' left out",),
    errors=2,
)
LATENCY = {"ttft_p50_ns": 12_345_678, "ttft_p95_ns": 123_456_789, "answer_latency_p50_ns": 1_234_567_890}
SUMMARY = [
    a_summary_row(frames_per_second=45.26, host_rss_peak_bytes=3 << 30, **LATENCY),
    a_summary_row(category="Order | Judging [bold](Y/N)", accuracy=0.25),
    a_summary_row(control="constant", accuracy=0.5, interval_method="cluster Clopper-Pearson"),
    a_summary_row(control="constant", category="Order | Judging [bold](Y/N)", accuracy=0.125),
    a_summary_row(control="window", accuracy=0.9),
]


def terminal(summary: list[SummaryRow], *, width: int = 120, meta: TableMeta = META) -> str:
    file = io.StringIO()
    render_terminal(run_page(summary, meta), Console(file=file, width=width))
    return file.getvalue()


def first_words(text: str) -> list[str]:
    return [line.split("  ")[0].strip() for line in text.splitlines() if line.strip()]


def test_the_model_stands_above_its_categories_and_these_above_its_floors() -> None:
    words = first_words(terminal(SUMMARY, width=160))
    wanted = ["model", "Order | Judging [bold](Y/N)", "floor: constant", "control: window (ceiling, not a submission)"]
    assert [word for word in words if word in wanted] == wanted
    assert "12.5 [" not in terminal(SUMMARY)


@pytest.mark.parametrize("render", [terminal, lambda summary: render_markdown(run_page(summary, META))])
def test_a_table_states_its_figures_and_how_they_were_made(render: object) -> None:
    assert callable(render)
    text = render(SUMMARY)
    for part in (
        "57.3 [51.0, 63.6]",
        "12 / 123",
        "1,235 / -",
        "45.3 frames/s",
        "host 3,072 MiB",
        "cluster-robust t (10 videos); cluster Clopper-Pearson (10 videos)",
        "errors: 2 rows failed and count as wrong",
        "clock: logical; seed: 7; hardware: two cores",
        "fps=1.0, dtype=float32",
        "task taskhash, model modelhash, scoring scoringhash",
        "note: floor 'window' left out",
        "first piece of its answer",
        "a tiny checkpoint on a made-up world",
    ):
        assert part in text


def test_nothing_but_text_leaves_for_a_pipe() -> None:
    assert "\x1b" not in terminal(SUMMARY)


@pytest.mark.parametrize("width", [20, 80, 120])
def test_no_figure_and_no_name_is_cut_off(width: int) -> None:
    text = terminal(SUMMARY, width=width)
    assert "…" not in text
    for whole in ("57.3 [51.0, 63.6]", "1,235 / -", "submission)", "scoringhash", "accuracy %", "unparsed"):
        assert whole in text


def test_a_table_of_the_usual_categories_fits_120_columns() -> None:
    latency = {**LATENCY, "answer_latency_p95_ns": 2_234_567_890}
    categories = (None, "Whether Something Happened(Y/N)")
    table = terminal([a_summary_row(category=name, **latency) for name in categories]).splitlines()
    assert any(line.startswith(" Whether Something Happened(Y/N) ") for line in table)
    assert max(len(line) for line in table if "57.3" in line) <= 120


def test_unjudged_answers_are_counted_and_leave_no_accuracy() -> None:
    row = a_summary_row(accuracy=None, interval=None, interval_method=None, n_scored=50, judged_share=0.25)
    text = terminal([row])
    assert "model: 150 of 200 answers need a judge or a gold answer; no overall accuracy (25.0 % judged)" in text
    assert "95 % intervals" not in text


def test_a_single_video_has_no_interval_and_the_table_says_so() -> None:
    row = a_summary_row(interval=None, interval_method=None, clusters=1)
    assert "95 % intervals: none from a single video" in terminal([row])


def test_several_configs_are_first_shown_side_by_side() -> None:
    rows = [msgspec.structs.replace(row, config=config) for config in ("rvs-ego", "vs-ego") for row in SUMMARY]
    lines = [line.split() for line in terminal(rows).splitlines()]
    assert lines[lines.index(["overview"]) + 4] == ["mini/vs-ego", "57.3", "[51.0,", "63.6]", "50.0", "90.0"]
    assert "overview" not in terminal(SUMMARY)


def test_a_run_without_failures_or_demo_says_no_more_than_that() -> None:
    text = terminal(
        SUMMARY,
        meta=TableMeta(
            model="m",
            options={},
            task_hash="t",
            model_hash="m",
            scoring_hash="s",
            clock="logical",
            seed=0,
            hardware="h",
        ),
    )
    assert "errors: no row failed" in text
    assert "made-up world" not in text
    assert "note:" not in text


def test_markdown_keeps_columns_whatever_a_name_holds() -> None:
    rows = [line for line in render_markdown(run_page(SUMMARY, META)).splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {9}
    assert "Order \\| Judging \\[bold\\](Y/N)" in render_markdown(run_page(SUMMARY, META))


def test_json_holds_the_summary_as_it_is() -> None:
    document = json.loads(render_json(SUMMARY, META))
    assert msgspec.convert(document["summary"], list[SummaryRow]) == SUMMARY
    assert document["meta"]["task_hash"] == "taskhash"
    assert document["meta"]["options"] == {"fps": 1.0, "dtype": "float32"}


def test_csv_has_a_cell_for_every_field_and_none_for_what_does_not_exist() -> None:
    first, second, third, *_ = csv.DictReader(io.StringIO(render_csv(SUMMARY, META)))
    assert (first["accuracy"], first["interval_low"], first["interval_high"]) == ("0.5731", "0.51", "0.6364")
    assert (first["ttft_p50_ns"], first["rtfx"], first["category"]) == ("12345678", "", "")
    assert (second["category"], third["control"]) == ("Order | Judging [bold](Y/N)", "constant")
    assert (first["model"], first["scoring_hash"]) == ("flash", "scoringhash")
