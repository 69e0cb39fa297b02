"""The three arms of RVS."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from rich.console import Console
from scored import a_plan_row, a_question, a_summary_row, an_answer

from vstreamqa.report.meta import TableMeta
from vstreamqa.report.rvs import RvsArms, rvs_arms
from vstreamqa.report.table import render_json, render_terminal, run_page
from vstreamqa.schema import PlanRow, Prediction
from vstreamqa.scoring.paired import paired_difference
from vstreamqa.scoring.score import score_run

COMMAND = "vstreamqa eval --model flash-vstream --suite mini/rvs-ego --fresh --out 'my run'"
META = TableMeta(
    model="flash",
    options={},
    task_hash="t",
    model_hash="m",
    scoring_hash="s",
    clock="logical",
    seed=0,
    hardware="two cores",
)
VIDEOS = ("v", "w", "x")
RIGHT = {
    None: {"v": (True, True), "w": (True, False), "x": (True, True)},
    "recent-window:10": {"v": (True, False), "w": (False, False), "x": (False, False)},
    "window": {"v": (True, True), "w": (True, True), "x": (True, True)},
}
"""Arm to video to whether its two answers are right; the second question of each names the clip."""


def a_plan(controls: Sequence[str | None] = tuple(RIGHT), *, config: str = "rvs-ego") -> list[PlanRow]:
    texts = ("What is it?", "What is it in the clip?")
    return [
        a_plan_row(
            a_question(f"{video}{at}", source_id=video, stream_id=video, text=text, answer="red", evidence=(0, 5)),
            controls=controls,
            config=config,
        )
        for video in VIDEOS
        for at, text in enumerate(texts)
    ]


def answers(controls: Sequence[str | None] = tuple(RIGHT)) -> list[Prediction]:
    return [
        an_answer("red" if right else "blue", question_id=f"{video}{at}", control=control)
        for control in controls
        for video in VIDEOS
        for at, right in enumerate(RIGHT[control][video])
    ]


def found(
    plan: Sequence[PlanRow] | None = None, given: Sequence[Prediction] | None = None, command: str = COMMAND
) -> RvsArms:
    plan = a_plan() if plan is None else plan
    (one,) = rvs_arms(plan, score_run(plan, answers() if given is None else given), command)
    return one


def test_every_arm_stands_on_all_questions_and_on_those_that_do_not_name_the_clip() -> None:
    figures = {(arm.control, arm.questions): (arm.accuracy, arm.n_expected, arm.clusters) for arm in found().arms}
    assert figures == {
        (None, "all"): (5 / 6, 6, 3),
        (None, "without scope words"): (1.0, 3, 3),
        ("recent-window:10", "all"): (1 / 6, 6, 3),
        ("recent-window:10", "without scope words"): (1 / 3, 3, 3),
        ("window", "all"): (1.0, 6, 3),
        ("window", "without scope words"): (1.0, 3, 3),
    }


def test_the_finding_is_the_model_minus_the_recent_window_on_the_same_questions() -> None:
    whole, subset = found().findings
    paired = paired_difference(
        [True, True, True, False, True, True],
        [True, False, False, False, False, False],
        ["v", "v", "w", "w", "x", "x"],
    )
    assert paired.interval is not None
    assert (whole.control, whole.n) == ("recent-window:10", 6)
    assert whole.difference == pytest.approx(4 / 6)
    assert whole.interval == (paired.interval.low, paired.interval.high)
    assert (whole.p_value, whole.minimal_detectable) == (paired.p_value, paired.minimal_detectable)
    assert (subset.questions, subset.n) == ("without scope words", 3)
    assert subset.difference == pytest.approx(2 / 3)


def test_arms_that_were_not_run_have_no_figure_and_the_command_that_adds_them() -> None:
    one = found(a_plan((None,)), answers((None,)))
    missing = [arm for arm in one.arms if arm.control is not None]
    assert [arm.control for arm in missing[::2]] == ["recent-window:60", "window"]
    assert {arm.accuracy for arm in missing} == {None}
    assert {finding.difference for finding in one.findings} == {None}
    assert one.remarks == (
        "not run: recent-window:60, window; the same run goes on with: vstreamqa eval --model flash-vstream "
        "--suite mini/rvs-ego --out 'my run' --control recent-window:60 --control window",
    )


@pytest.mark.parametrize("command", ["vstreamqa score answers.jsonl", "pytest -q", "vstreamqa eval 'torn"])
def test_what_no_eval_command_made_says_which_controls_to_run(command: str) -> None:
    (remark,) = found(a_plan((None, "window")), answers((None, "window")), command).remarks
    assert remark == "not run: recent-window:60; evaluate the model with --control recent-window:60 to have them"


def test_an_arm_that_the_questions_cannot_have_says_why() -> None:
    plan = [
        a_plan_row(a_question("v0", source_id="v", stream_id="v", answer="red"), controls=(None, "recent-window:10"))
    ]
    given = [an_answer("red", question_id="v0", control=control) for control in (None, "recent-window:10")]
    assert found(plan, given).remarks == ("window cannot be run: 1 of 1 questions have no evidence window, e.g. 'v0'",)


def test_an_arm_that_has_not_answered_everything_has_no_figure_nor_a_difference() -> None:
    one = found(given=answers()[:-7])
    accuracies = {arm.control: arm.accuracy for arm in one.arms if arm.questions == "all"}
    assert accuracies == {None: 5 / 6, "recent-window:10": None, "window": None}
    assert one.findings[0].difference is None


def test_unjudged_answers_leave_neither_accuracy_nor_difference() -> None:
    plan = [
        a_plan_row(
            a_question(video, source_id=video, stream_id=video, answer="A red ball.", evidence=(0, 5)),
            suite="vstream-qa",
            controls=(None, "recent-window:60"),
        )
        for video in VIDEOS
    ]
    given = [
        an_answer("red", question_id=video, control=control, suite="vstream-qa")
        for control in (None, "recent-window:60")
        for video in VIDEOS
    ]
    one = found(plan, given)
    assert {arm.accuracy for arm in one.arms} == {None}
    assert {(finding.difference, finding.n) for finding in one.findings} == {(None, 0)}


def test_only_configs_of_rvs_have_arms() -> None:
    plan = a_plan((None,), config="vs-ego")
    assert rvs_arms(plan, (), COMMAND) == []
    other = [a_plan_row(row.question, suite="own", config="rvs-ego") for row in plan]
    assert rvs_arms(other, (), COMMAND) == []


def printed(one: RvsArms) -> list[str]:
    file = io.StringIO()
    render_terminal(run_page([a_summary_row()], META, rvs=[one]), Console(file=file, width=160))
    return file.getvalue().splitlines()


def test_the_arms_stand_under_the_table_of_a_run() -> None:
    lines = [" ".join(line.split()) for line in printed(found())]
    at = lines.index("mini/rvs-ego: RVS arms")
    table = lines[at + 4 : at + 11]
    firsts = ["prefix", "recent-window:10", "window", "prefix", "p", "detectable", "questions"]
    assert [line.partition(" ")[0] for line in table] == firsts
    assert table[0].startswith("prefix (the model) 83.3 [")
    assert table[3].startswith("prefix - recent-window:10 +66.7 [")
    assert table[6] == "questions 6 3"
    assert any(line.startswith("differences: paired, cluster-robust t") for line in lines)
    assert "3 videos allow no p below 0.250, whatever the answers" in lines
    assert any(line.startswith("without scope words: questions that do not name the clip") for line in lines)


def test_an_arm_that_was_not_run_is_a_dash() -> None:
    lines = [" ".join(line.split()) for line in printed(found(a_plan((None,)), answers((None,))))]
    assert "recent-window:60 - -" in lines
    assert "window (ceiling, a control) - -" in lines


def test_json_holds_the_arms() -> None:
    text = render_json([a_summary_row()], META, rvs=[found()])
    assert '"rvs_arms"' in text
    assert '"minimal_detectable"' in text
