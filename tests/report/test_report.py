"""The report of several runs in every form."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from PIL import Image
from rich.console import Console
from scored import a_summary_row

from vstreamqa.errors import UserError
from vstreamqa.report.ages import AgeRow
from vstreamqa.report.demand import WINDOWS, DemandRow
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.reported import Reported
from vstreamqa.report.table import render_terminal, report_page
from vstreamqa.reporting import read_report, refuse_inside, render, write_plot

META = TableMeta(
    model="flash",
    options={"memory": "official"},
    task_hash="task",
    model_hash="first",
    scoring_hash="scoring",
    clock="logical",
    seed=7,
    hardware="two cores",
    demo_notice="a tiny checkpoint",
)
EVIL = "<script>alert('x')</script>"


def an_age_row(age: int, **fields: object) -> AgeRow:
    plain = AgeRow(
        suite="mini",
        config="horizon",
        category=None,
        control=None,
        age=age,
        unit="second",
        given=True,
        n_expected=192,
        accuracy=0.5,
        interval=(0.41, 0.59),
        interval_method="cluster-robust t",
        clusters=12,
    )
    return msgspec.structs.replace(plain, **fields)


def a_run(label: str = "model", accuracy: float = 0.75, **fields: object) -> Reported:
    shapes = [(None, None), (None, "Colour"), ("constant", None), ("blind", None)]
    ages = [
        an_age_row(age, control=control, category=category, accuracy=accuracy if control is None else 0.25)
        for control, category in shapes
        for age in (0, 1800)
    ]
    demand = [
        DemandRow(
            suite="mini",
            config="horizon",
            unit="second",
            window=window,
            n_expected=192,
            n_evidence=192,
            within=1.0 if window is None else 0.125,
            ceiling=0.375,
        )
        for window in WINDOWS
    ]
    plain = Reported(label=label, summary=[a_summary_row(config="horizon")], ages=ages, demand=demand, meta=META)
    return replace(plain, **fields)  # type: ignore[arg-type]


TWO = [a_run("flash memory=official"), a_run("flash memory=repaired", 0.875)]


def printed(runs: list[Reported]) -> str:
    file = io.StringIO()
    render_terminal(report_page(runs), Console(file=file, width=160))
    return file.getvalue()


def test_ages_are_columns_and_arms_lines() -> None:
    lines = [line.split() for line in printed([a_run()]).splitlines()]
    at = lines.index(["mini/horizon:", "accuracy", "by", "age"])
    assert lines[at + 1] == ["age", "in", "seconds", "0", "1800"]
    assert lines[at + 3] == ["model", "75.0", "75.0"]
    assert lines[at + 4] == ["[41.0,", "59.0]", "[41.0,", "59.0]"]
    assert ["floor:", "constant", "25.0", "25.0"] in lines
    assert ["questions", "192", "192"] in lines
    assert ["mini/horizon,", "Colour:", "accuracy", "by", "age"] in lines


def test_a_kind_has_a_table_of_its_own_only_where_every_age_was_asked() -> None:
    derived = [msgspec.structs.replace(row, given=False) for row in a_run().ages]
    text = printed([a_run(ages=derived)])
    assert "mini/horizon, Colour" not in text
    assert "questions whose answer is no have age 0 where the suite gives none" in text
    assert "whose answer is no" not in printed([a_run()])


def test_the_memory_demand_is_printed_with_its_ceiling() -> None:
    lines = [line.split() for line in printed(TWO).splitlines()]
    assert ["mini/horizon", "(seconds)", *["12.5"] * 8, "100.0"] in lines
    assert lines.count(["ceiling", *["37.5"] * 9]) == 1


def test_as_many_questions_with_other_evidence_have_a_line_of_their_own() -> None:
    one = a_run("one")
    nearer = [msgspec.structs.replace(row, within=0.5 if row.window else 1.0) for row in one.demand]
    lines = [line.split() for line in printed([one, a_run("other", demand=nearer)]).splitlines()]
    for share in ("12.5", "50.0"):
        assert ["mini/horizon", "(seconds)", *[share] * 8, "100.0"] in lines


def test_without_evidence_a_report_is_what_eval_prints() -> None:
    text = printed([a_run(ages=[], demand=[])])
    assert "age" not in text
    assert "memory demand" not in text


def test_several_runs_stand_side_by_side_and_what_no_model_answers_once() -> None:
    text = printed(TWO)
    for part in ("flash memory=official   57.3", "floor: constant", "floor: blind (flash memory=repaired)"):
        assert part in text
    ages = text[text.index("mini/horizon: accuracy by age") : text.index("mini/horizon, Colour")]
    assert ages.count("floor: constant") == 1
    assert "87.5" in ages
    assert "flash memory=repaired: hashes: task task" in text
    assert text.count("a tiny checkpoint") == 1
    assert "MIXED" not in text


def other_task(label: str) -> Reported:
    return a_run(label, 0.5, meta=replace(META, task_hash="another"), task={"clock": "wall", "context": "stream"})


def first_task(label: str) -> Reported:
    return a_run(label, task={"clock": "logical", "context": "stream"}, scoring={"rule": "strict"})


def test_runs_of_different_tasks_have_a_table_each_titled_with_what_differs() -> None:
    runs = [first_task("one"), other_task("other"), first_task("third")]
    text = printed([replace(run, scoring={"rule": "strict"}) for run in runs])
    lines = text.splitlines()
    assert "NOT COMPARABLE: these runs differ in task" in lines[1]
    first = text[text.index("table 1 of 2") : text.index("table 2 of 2 (")]
    assert "task.clock=logical" in " ".join(first.split())
    assert "task.clock=wall" in " ".join(text[text.index("table 2 of 2 (") :].split())
    assert re.search(r"\none +57\.3.*\n *third +57\.3", first)
    assert "other" not in first
    assert "task.context" not in text
    ages = [line for line in lines if "accuracy by age" in line and line.startswith("table")]
    assert ages[0].startswith("table 1 of 2, mini/horizon: accuracy by age")


def test_runs_of_different_scorings_have_a_table_each_even_without_their_specs() -> None:
    text = printed([a_run("one"), a_run("other", meta=replace(META, scoring_hash="another"))])
    assert "NOT COMPARABLE: these runs differ in scoring" in text
    assert "scoring.hash=another" in " ".join(text.split())


def test_a_title_names_a_few_fields_and_the_notes_all() -> None:
    specs = [{"a": at, "b": at, "c": at, "d": at, "e": at} for at in (1, 2)]
    metas = [META, replace(META, task_hash="another")]
    runs = [a_run(str(at), meta=metas[at], task=specs[at]) for at in (0, 1)]
    text = printed(runs)
    assert "and 2 more)" in " ".join(text.split())
    assert "\ntask.e=1\n" in text


def test_mixed_on_request_runs_share_a_table_under_the_fields_that_differ() -> None:
    runs = [first_task("one"), replace(other_task("other"), scoring={"rule": "strict"})]
    file = io.StringIO()
    render_terminal(report_page(runs, mixed=True), Console(file=file, width=160))
    text = file.getvalue()
    lines = text.splitlines()
    assert lines[1:3] == ["MIXED: these runs differ in task:", "task.clock: logical (one); wall (other)"]
    assert re.search(r"\none +57\.3.*\n *other +57\.3", text)
    for name in ("one", "other"):
        assert f"floor: constant ({name})" in text


def test_a_plot_has_panels_of_their_own_for_runs_that_share_no_table(tmp_path: Path) -> None:
    runs = [first_task("one"), other_task("other")]
    write_plot(runs, tmp_path / "apart.svg")
    write_plot(runs, tmp_path / "mixed.svg", mixed=True)
    texts = {
        name: [element.text or "" for element in ElementTree.parse(tmp_path / f"{name}.svg").getroot().iter()]
        for name in ("apart", "mixed")
    }
    assert sum(text.startswith("table 2 of 2, mini/horizon") for text in texts["apart"]) == 1
    assert not any(text.startswith("table") for text in texts["mixed"])


def test_json_and_csv_hold_the_ages() -> None:
    one = json.loads(render([a_run()], "json"))
    assert [row["age"] for row in one["ages"]] == [0, 1800] * 4
    assert one["memory_demand"][0]["ceiling"] == 0.375
    several = json.loads(render(TWO, "json"))
    assert [run["label"] for run in several["runs"]] == ["flash memory=official", "flash memory=repaired"]
    rows = list(csv.DictReader(io.StringIO(render(TWO, "csv-ages"))))
    assert len(rows) == 16
    assert (rows[1]["age"], rows[1]["interval_low"], rows[1]["category"]) == ("1800", "0.41", "")
    assert [row["run"] for row in rows] == ["flash memory=official"] * 8 + ["flash memory=repaired"] * 8
    assert [row["run"] for row in csv.DictReader(io.StringIO(render(TWO, "csv")))] == [run.label for run in TWO]
    for form in ("csv", "csv-ages"):
        assert render([a_run()], form).startswith("model,suite,")
    assert "age" not in render(TWO, "csv").splitlines()[0].split(",")


def test_markdown_keeps_a_figure_in_one_line() -> None:
    assert "| **flash memory=official** | 75.0 [41.0, 59.0] | 75.0 [41.0, 59.0] |" in render(TWO, "markdown")


def test_html_stands_alone_and_holds_tables_plot_and_hashes() -> None:
    text = render(TWO, "html")
    for part in (
        "flash memory=repaired",
        "memory demand",
        "75.0\n[41.0, 59.0]",
        "task task, model first",
        "data:image/svg",
    ):
        assert part in text
    assert not re.search(r"<script|<link|https?://", text)
    assert not re.findall(r"(?:src|href)=\"(?!data:|#)", text)


def test_whatever_a_name_or_a_model_says_is_text_in_html() -> None:
    evil = a_run(EVIL, meta=replace(META, model=EVIL, notes=(EVIL,)), faults=(EVIL,))
    text = render([evil, a_run()], "html")
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 4


def test_without_ages_html_has_no_plot() -> None:
    assert "data:image" not in render([a_run(ages=[], demand=[])], "html")


def test_a_plot_is_written_as_its_name_ends(tmp_path: Path) -> None:
    write_plot(TWO, tmp_path / "plot.png")
    with Image.open(tmp_path / "plot.png") as picture:
        assert picture.width > 600
    write_plot(TWO, tmp_path / "plot.svg")
    drawing = ElementTree.parse(tmp_path / "plot.svg").getroot()
    texts = {element.text for element in drawing.iter() if element.text}
    for part in ("accuracy (%)", "age of the evidence (seconds)", "flash memory=repaired", "floor: constant", "1800"):
        assert part in texts
    with pytest.raises(UserError, match=r"plot.gif: a plot is written as .png or .svg"):
        write_plot(TWO, tmp_path / "plot.gif")
    with pytest.raises(UserError, match="no question of these runs has evidence times"):
        write_plot([a_run(ages=[])], tmp_path / "plot.png")
    with pytest.raises(UserError, match="cannot be written"):
        write_plot(TWO, tmp_path / "nowhere" / "plot.png")


def test_nothing_is_written_into_a_run_that_is_reported(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "link").symlink_to("run")
    folders = [tmp_path / "other", tmp_path / "run"]
    for inside in ("run", "run/manifest.json", "run/deep/plot.png", "link/report.html", "other/../run/x.csv"):
        with pytest.raises(UserError, match=r"^--out .*: lies in the run folder .*run; name a file outside of it$"):
            refuse_inside("--out", tmp_path / inside, folders)
    refuse_inside("--out", tmp_path / "run.html", folders)


def test_a_run_beside_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "link").symlink_to("run")
    with pytest.raises(UserError, match="run: this run is named twice; name every run folder once"):
        read_report([tmp_path / "run", tmp_path / "run"])
    with pytest.raises(UserError, match=r"link: this run is named twice, as .*run; name every run folder once"):
        read_report([tmp_path / "run", tmp_path / "link"])


def test_a_run_that_is_not_finished_says_so_before_anything_else() -> None:
    begun = replace(META, planned=1728, missing=1628)
    alone = printed([a_run(meta=begun)])
    line = "100 of 1,728 questions, counted per arm, have an answer or an error; the others count as wrong"
    assert alone.splitlines()[0] == f"NOT FINISHED: {line}"
    beside = printed([a_run("one"), a_run("two", meta=begun)])
    assert beside.splitlines()[0] == f"NOT FINISHED: two: {line}"
    assert re.search(r"two \(not finished\) +57\.3", beside)
    assert "one (not finished)" not in beside


def test_figures_that_do_not_exist_can_be_drawn_beside_others_and_alone() -> None:
    nothing = [msgspec.structs.replace(row, accuracy=None, interval=None) for row in a_run().ages]
    for runs in ([a_run(ages=nothing)], [a_run("one"), a_run("two", ages=nothing)]):
        assert "data:image/svg" in render(runs, "html")
    assert ["model", "-", "-"] in [line.split() for line in printed([a_run(ages=nothing)]).splitlines()]


def test_without_ages_there_is_no_csv_of_them() -> None:
    with pytest.raises(UserError, match="--format csv-ages: no question of these runs has evidence times"):
        render([a_run(ages=[])], "csv-ages")


@pytest.mark.parametrize("start", "=+-@")
def test_no_name_is_a_formula_to_a_spreadsheet(start: str) -> None:
    name = f"{start}1+1"
    evil = a_run(name, summary=[a_summary_row(config=name, category=name, accuracy=0.5)])
    first, _ = csv.DictReader(io.StringIO(render([evil, a_run("other")], "csv")))
    assert [first[column] for column in ("run", "config", "category")] == [f"'{name}"] * 3
    assert first["accuracy"] == "0.5"


def test_no_name_steers_the_terminal_or_fills_it() -> None:
    evil, long = "a\x1b[2J\nb\u202e", "kind " + "x" * 300
    rows = [a_summary_row(config=evil), a_summary_row(config=evil, category=evil), a_summary_row(category=long)]
    ages = [an_age_row(0, config=evil), an_age_row(0, config=evil, category=long)]
    runs = [a_run(f"{evil}{at}", summary=rows, ages=ages, meta=replace(META, model=evil)) for at in (1, 2)]
    text = printed(runs)
    assert not set("\x1b\u202e") & set(text + render(runs, "markdown"))
    assert r"a\x1b[2J\nb\u202e" in text
    assert " kind xxx" in text
    assert "x" * 60 not in text.replace("mini/horizon, ", "").split("accuracy by age")[0]
    assert "data:image/svg" in render(runs, "html")


def test_what_no_model_answers_is_taken_from_the_run_that_came_furthest_with_it() -> None:
    begun = [msgspec.structs.replace(row, accuracy=None, interval=None) for row in a_run().ages]
    lines = [line.split() for line in printed([a_run("one", ages=begun), a_run("two")]).splitlines()]
    assert ["one", "-", "-"] in lines
    assert ["floor:", "constant", "25.0", "25.0"] in lines
