from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from board import CONTROLS, a_board_folder, a_manifest, a_plan, a_run, a_submission, tampered
from judges import FunctionJudge

from vstreamqa.cli.main import run as program
from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.leaderboard.board import Board, ranked, read_board
from vstreamqa.leaderboard.building import build, leaderboard_folder
from vstreamqa.leaderboard.checking import problems
from vstreamqa.leaderboard.exporting import render_csv, render_json
from vstreamqa.leaderboard.line import Line
from vstreamqa.leaderboard.markdown import anchor, escape, linked, render_markdown
from vstreamqa.leaderboard.plots import plots
from vstreamqa.leaderboard.submitted import NO_JUDGE
from vstreamqa.results import score_run_folder
from vstreamqa.schema import NOT_STATED
from vstreamqa.verdicts import Scoring

SCRIPT = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published figures with two runs of one task, one of them called a script."""
    root = tmp_path_factory.mktemp("board")
    board = a_board_folder(root / "board")
    a_submission(board, a_run(root / "good", wrong_every=10), "good")
    a_submission(board, a_run(root / "bad", wrong_every=2), "bad", title=SCRIPT, by="us", link="https://example.org/x")
    return board


@pytest.fixture(scope="module")
def board(folder: Path) -> Board:
    return read_board(folder)


def a_line(name: str, low: float | None, high: float | None, *, unit: str = "%") -> Line:
    return Line(
        id=name,
        suite="s",
        config="c",
        group="g",
        model=name,
        origin="submitted",
        metric="accuracy",
        unit=unit,
        shown="",
        low=low,
        high=high,
        kind="k",
        source="s",
    )


def test_lines_whose_intervals_overlap_share_a_rank_and_are_marked() -> None:
    lines = ranked([a_line("a", 80, 90), a_line("b", 85, 95), a_line("c", 10, 20), a_line("d", None, None)])
    assert [(one.rank, one.tied) for one in lines] == [(1, True), (1, True), (3, False), (None, False)]


def test_a_judge_that_was_never_asked_is_not_named(folder: Path, tmp_path: Path) -> None:
    run = a_run(tmp_path / "run")
    score_run_folder(run, Scoring(judge=FunctionJudge(name="openai:fake")))
    a_submission(folder, run, "judged")
    lines = [line for line in read_board(folder).lines if line.submission == "judged"]
    (folder / "submissions" / "judged.json").unlink()
    assert lines
    assert {line.judge for line in lines} == {NO_JUDGE}
    assert all("no judge: by rules alone" in line.group for line in lines)


@pytest.mark.parametrize(
    ("heading", "place"),
    [("VStream-QA / RVS-Ego", "vstream-qa--rvs-ego"), ("VS-Ego (called x)", "vs-ego-called-x"), ("a_b, c", "a_b-c")],
)
def test_the_list_of_tables_leads_to_their_headings(heading: str, place: str) -> None:
    assert anchor(heading) == place


def test_where_less_is_better_the_lowest_interval_is_first() -> None:
    lines = ranked([a_line("a", 5, 6, unit="s"), a_line("b", 1, 2, unit="s")])
    assert [one.rank for one in lines] == [2, 1]


def test_a_single_line_has_no_rank() -> None:
    assert ranked([a_line("a", 5, 6)])[0].rank is None


def test_a_table_holds_one_judge_and_one_task(board: Board) -> None:
    for view in board.views:
        for table in view.tables:
            assert len({(line.suite.lower(), line.config.lower(), line.metric, line.unit) for line in table.lines}) == 1
            assert len({line.judge for line in table.lines if line.metric == "accuracy"}) <= 1


def test_every_published_figure_stands_in_exactly_one_table(board: Board) -> None:
    lines = [line for line in board.lines if line.origin == "published"]
    assert sum(1 + (line.score is not None) for line in lines) == 1059
    assert len({line.id for line in lines}) == len(lines)


def test_figures_of_unknown_judges_are_said_not_to_be_a_ranking(board: Board) -> None:
    notes = {table.title: table.note for view in board.views for table in view.tables}
    assert "no ranking" in (notes["Published: accuracy (%), judge: not stated"] or "")
    assert notes["Published: accuracy (%), judge: gpt-3.5-turbo-0613"] is None


def test_a_line_says_what_is_not_stated_and_marks_what_is_doubtful(board: Board) -> None:
    by_id = {line.id: line for line in board.lines}
    claim = next(
        line
        for line in board.lines
        if line.id.startswith("flash-vstream-2024") and (line.config, line.shown) == ("RVS-Ego", "57.3")
    )
    assert claim.hardware is None
    assert "disputed" in claim.marks
    assert by_id[claim.again[0].line].shown == "52.28"
    assert any("secondary" in line.marks for line in board.lines)
    assert any("floor" in line.marks for line in board.lines)


def test_a_submitted_run_has_interval_floors_categories_and_its_command(board: Board) -> None:
    line = next(line for line in board.lines if line.id.startswith("good-"))
    assert line.low is not None
    assert dict(line.floors) == {"constant": "0.0", "blind": "0.0"}
    assert [name for name, *_ in line.parts] == ["even", "odd"]
    assert line.command == "vstreamqa eval --model watcher"
    assert line.rank == 1


def test_a_submission_that_does_not_pass_its_check_stops_the_build(tmp_path: Path) -> None:
    folder = a_board_folder(tmp_path / "board")
    path = a_submission(folder, a_run(tmp_path / "run"))
    tampered(path, lambda content: content["summary"][0].update(accuracy=1.0))
    with pytest.raises(UserError, match=r"watcher\.json: summary, mini/rvs-ego, model: accuracy: 1, but the rows give"):
        build(folder, tmp_path / "out")


def test_the_same_folder_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    first, second = (
        {path.relative_to(out): path.read_bytes() for path in build(folder, out)} for out in twice(tmp_path)
    )
    assert first == second
    assert {"LEADERBOARD.md", "leaderboard.csv", "leaderboard.json", "site/index.html"} <= set(map(str, first))


def twice(path: Path) -> tuple[Path, Path]:
    return path / "a", path / "b"


def test_what_is_committed_is_what_is_built(tmp_path: Path) -> None:
    folder = leaderboard_folder()
    names = {path.relative_to(tmp_path) for path in build(folder, tmp_path)}
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes(), f"{name}: run `make leaderboard`"
    there = {path.relative_to(folder) for path in (folder / "site").rglob("*") if path.is_file()}
    assert there <= names, "the page has a file that is no longer built: remove it"


def test_a_changed_package_of_the_page_is_refused(tmp_path: Path) -> None:
    folder = a_board_folder(tmp_path / "board")
    (folder / "site" / "vendor" / "vega.min.js").write_text("alert(1)")
    with pytest.raises(UserError, match=r"vega\.min\.js: not the file that vendor\.json pins"):
        build(folder, tmp_path / "out")


def test_a_submission_that_is_gone_is_gone_from_the_page(tmp_path: Path) -> None:
    folder = a_board_folder(tmp_path / "board")
    path = a_submission(folder, a_run(tmp_path / "run"))
    build(folder, folder)
    path.unlink()
    build(folder, folder)
    assert not list((folder / "site" / "submissions").glob("*.json"))


def test_names_are_text_in_every_form(folder: Path, board: Board, tmp_path: Path) -> None:
    build(folder, tmp_path)
    for name in ("LEADERBOARD.md", "site/data.js", "site/index.html"):
        assert "<script>alert" not in (tmp_path / name).read_text()
    assert "&lt;script&gt;alert('x')&lt;/script&gt;" in render_markdown(board)
    assert any(line["model"] == SCRIPT for line in csv.DictReader(io.StringIO(render_csv(board))))


def test_the_page_runs_no_script_but_its_own_files_and_all_of_them_are_there(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path)
    page = (tmp_path / "site" / "index.html").read_text()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    parts = {name: values for name, *values in (part.split() for part in policy.split(";"))}
    assert parts["default-src"] == ["'none'"]
    assert parts["script-src"] == ["'self'", "file:"]
    assert all(re.search(r'\bsrc="', tag) for tag in re.findall(r"<script[^>]*>", page))
    assert not re.search(r"\son\w+=", page)
    wanted = set(re.findall(r'(?:src|href)="([^"#:]+)"', page))
    assert {"data.js", "app.js", "vendor/vega.min.js"} <= wanted
    assert [name for name in sorted(wanted) if not (tmp_path / "site" / name).is_file()] == []


def test_markdown_shows_what_is_written_and_links_figures_to_their_source(board: Board) -> None:
    assert escape("a|b *c* [d](e) `f` <b> &") == "a\\|b \\*c\\* \\[d\\](e) \\`f\\` &lt;b&gt; &amp;"
    assert linked("5", "https://a.org/(x)|") == "[5](https://a.org/%28x%29%7C)"
    text = render_markdown(board)
    assert "[57.3](https://arxiv.org/abs/2406.08085)" in text
    assert "probably answered without video" in text
    assert "re-run: 52.28 %" in text
    assert NOT_STATED in text


def test_csv_has_one_line_per_figure_and_no_formulas(board: Board) -> None:
    rows = list(csv.DictReader(io.StringIO(render_csv(board))))
    assert len(rows) == len(board.lines)
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_json_says_null_by_leaving_out_and_is_read_back(board: Board) -> None:
    document = json.loads(render_json(board))
    assert document["version"] == 1
    assert len(document["views"]) == len(board.views)


def test_plots_are_drawn_where_there_are_figures(board: Board) -> None:
    titles = {
        f"{view.suite}/{view.config}": {plot.title for plot in plots(view, board.submissions)} for view in board.views
    }
    assert "What the judge's version does to the same predictions" in titles["judge drift/MSVD-QA"]
    assert "Accuracy against time to first token" in titles["streaming multiple choice/StreamingBench real-time"]
    assert {"Accuracy against accelerator memory", "Claimed, and got again by others"} <= titles["VStream-QA/RVS-Ego"]
    assert {"By category", "Memory over stream time", "Latency over stream time"} <= titles["mini/rvs-ego"]


def test_a_plot_holds_one_judge_and_says_which(board: Board) -> None:
    (view,) = [view for view in board.views if (view.suite, view.config) == ("VStream-QA", "RVS-Ego")]
    found = [plot for plot in plots(view, board.submissions) if plot.title == "Accuracy against accelerator memory"]
    assert len(found) > 1
    for plot in found:
        (table,) = [table for table in view.tables if plot.note.startswith(f"{table.title}.")]
        drawn = {point["model"] for point in plot.spec["data"]["values"]}
        assert drawn <= {line.model for line in table.lines}


def test_memory_from_elsewhere_in_a_source_says_what_it_was_measured_on(board: Board) -> None:
    found = [line for line in board.lines if line.config == "RVS-Movie" and line.model == "LLaVA-OV-7B + ReKV internal"]
    (of,) = {line.memory_of for line in found if line.memory is not None}
    assert of is not None
    assert of.startswith("peak GPU memory; RVS-Ego 1 h; ")


def test_runs_of_two_tasks_are_never_in_one_table(tmp_path: Path) -> None:
    folder = a_board_folder(tmp_path / "board")
    a_submission(folder, a_run(tmp_path / "one"), "one")
    task = {**a_manifest(20).task, "context": "window"}
    manifest = msgspec.structs.replace(a_manifest(20), task=task, task_hash=spec_hash(task))
    a_submission(folder, a_run(tmp_path / "two", manifest=manifest), "two")
    (view,) = [view for view in read_board(folder).views if view.suite == "mini"]
    assert [len(table.lines) for table in view.tables] == [1, 1]


def test_the_gold_is_no_floor(tmp_path: Path) -> None:
    folder = a_board_folder(tmp_path / "board")
    a_submission(folder, a_run(tmp_path / "run", plan=a_plan(controls=(*CONTROLS, "oracle"))))
    line = next(line for line in read_board(folder).lines if line.origin == "submitted")
    assert [name for name, _ in line.floors] == ["constant", "blind"]
    assert dict(line.facts)["control: oracle (the gold, not a submission)"] == "0.0"


def test_the_leaderboard_is_built_by_one_command(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert program(["leaderboard", "build"]) == 0
    assert "open leaderboard/site/index.html" in capfd.readouterr().out
    assert (workplace / "leaderboard" / "LEADERBOARD.md").is_file()


def test_the_folder_of_the_place_where_it_runs_comes_before_the_projects(
    workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    a_submission(a_board_folder(workplace / "leaderboard"), a_run(workplace / "run"))
    assert program(["leaderboard", "build"]) == 0
    assert "of leaderboard;" in capfd.readouterr().out
    assert (workplace / "leaderboard" / "site" / "submissions" / "watcher.json").is_file()
    assert program(["leaderboard", "check"]) == 0
    assert "1 submission: nothing wrong" in capfd.readouterr().out


def test_submissions_alone_are_checked_but_make_no_leaderboard(
    workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    a_submission(workplace / "leaderboard", a_run(workplace / "run"))
    assert program(["leaderboard", "check"]) == 0
    assert program(["leaderboard", "build"]) == 2
    assert "leaderboard/published: no published rows; name a leaderboard folder" in capfd.readouterr().err


def test_nothing_on_the_way_to_the_page_needs_a_model(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from vstreamqa.leaderboard.building import build, leaderboard_folder;"
        f"build(leaderboard_folder(), Path({str(tmp_path)!r}));"
        "print([name for name in ('torch', 'transformers', 'av') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_suites_own_figure_is_computed_again_and_has_a_table_of_its_own(tmp_path: Path) -> None:
    folder = a_board_folder(tmp_path / "board")
    run = a_run(tmp_path / "run", plan=a_plan(suite="vstream-qa"), manifest=a_manifest(20, suite="vstream-qa"))
    path = a_submission(folder, run)
    (view,) = [view for view in read_board(folder).views if view.config == "RVS-Ego" and view.suite == "VStream-QA"]
    own = {line.metric: line for line in view.lines if line.origin == "submitted"}
    official = [name for name in own if name.endswith(", official")]
    assert official
    assert own["accuracy"].group != own[official[0]].group
    assert [name for name, _ in own[official[0]].floors] == ["constant", "blind"]

    def lift(content: dict[str, Any]) -> None:
        content["summary"][0]["averages"][0]["value"] = 0.99

    (found,) = problems(tampered(path, lift))
    assert "averages: " in found
