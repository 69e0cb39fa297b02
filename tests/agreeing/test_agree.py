from __future__ import annotations

import json
from pathlib import Path

import pytest
from scored_runs import QUESTIONS, make_scored_run

from vstreamqa.agreeing import agree, render
from vstreamqa.agreeing.raters import rater_names
from vstreamqa.errors import UserError
from vstreamqa.scoring.spec import ScoringSpec

YES, NO = True, False
A = [YES] * 6 + [NO] * 6
B = [YES] * 4 + [NO] * 6 + [YES] * 2


def test_two_judges_of_one_run_are_compared(tmp_path: Path) -> None:
    found = agree([make_scored_run(tmp_path, {"openai:a": A, "openai:b": B})])
    (one,) = found.comparisons
    assert (one.first, one.second) in {("openai:a", "openai:b"), ("openai:b", "openai:a")}
    whole = one.groups[0].agreement
    assert (whole.both_right, whole.only_first, whole.only_second, whole.both_wrong) == (4, 2, 2, 4)
    assert whole.kappa == pytest.approx(1 / 3)
    assert whole.clusters == 6
    assert [group.name for group in one.groups] == ["all answers", "mini/rvs-ego: action", "mini/rvs-ego: scene"]
    assert [group.agreement.n for group in one.groups] == [12, 6, 6]
    assert not found.rankings


def test_what_rules_decide_for_both_says_nothing_of_judges(tmp_path: Path) -> None:
    run = make_scored_run(tmp_path, {"openai:a": A, "openai:b": B}, by_rule=QUESTIONS[:4])
    (one,) = agree([run]).comparisons
    assert (one.groups[0].agreement.n, one.ruled) == (8, 4)


def test_answers_without_a_verdict_are_counted_apart(tmp_path: Path) -> None:
    run = make_scored_run(tmp_path, {"openai:a": [None, *A[1:]], "openai:b": [*B[:-1], None]})
    (one,) = agree([run]).comparisons
    assert (one.groups[0].agreement.n, one.missing) == (10, 2)


def test_the_same_answers_judged_in_two_folders_are_one_run(tmp_path: Path) -> None:
    first = make_scored_run(tmp_path / "one", {"openai:a": A})
    second = make_scored_run(tmp_path / "two", {"openai:b": B})
    (one,) = agree([first, second]).comparisons
    assert {one.first, one.second} == {"openai:a", "openai:b"}
    assert one.groups[0].agreement.n == 12


def test_a_judge_that_was_asked_twice_is_compared_with_itself(tmp_path: Path) -> None:
    first = make_scored_run(tmp_path / "one", {"openai:a": A})
    second = make_scored_run(tmp_path / "two", {"openai:a": B})
    (one,) = agree([first, second]).comparisons
    assert (one.first, one.second) == ("openai:a", "openai:a, two")


def test_models_are_ranked_by_every_judge(tmp_path: Path) -> None:
    runs = [
        make_scored_run(
            tmp_path / name,
            {"openai:a": [YES] * by_a + [NO] * (12 - by_a), "openai:b": [YES] * by_b + [NO] * (12 - by_b)},
            model=name,
            said=f"said by {name}",
        )
        for name, by_a, by_b in (("x", 9, 6), ("y", 6, 9), ("z", 3, 3))
    ]
    found = agree(runs)
    (ranking,) = found.rankings
    assert ranking.runs == ("x", "y", "z")
    assert ranking.accuracies == {"openai:a": (0.75, 0.5, 0.25), "openai:b": (0.5, 0.75, 0.25)}
    ((_, _, tau),) = ranking.tau
    assert tau == pytest.approx(1 / 3)
    assert ranking.moved == (("openai:a", "openai:b", "x", "y"),)
    (one,) = found.comparisons
    assert one.groups[0].agreement.n == 36
    assert [group.name for group in one.groups if group.level == "run"] == ["x", "y", "z"]
    text = render(found, "markdown")
    assert "75.0 (1)" in text
    assert "openai:a puts x above y, openai:b below it" in text


def test_runs_that_planned_other_questions_are_not_ranked(tmp_path: Path) -> None:
    both = {"openai:a": A, "openai:b": B}
    first = make_scored_run(tmp_path / "one", both, model="x")
    short = {name: verdicts[:10] for name, verdicts in both.items()}
    second = make_scored_run(tmp_path / "two", short, model="y", questions=QUESTIONS[:10])
    found = agree([first, second])
    assert not found.rankings
    assert found.notes == ["mini/rvs-ego: not ranked, the runs did not plan the same questions"]


def test_models_without_a_verdict_on_everything_are_not_ranked(tmp_path: Path) -> None:
    first = make_scored_run(tmp_path / "one", {"openai:a": A, "openai:b": B}, model="x")
    second = make_scored_run(tmp_path / "two", {"openai:a": A, "openai:b": [None, *B[1:]]}, model="y", said="other")
    found = agree([first, second])
    assert not found.rankings
    assert "fewer than two raters" in found.notes[0]


def test_scorings_of_one_judge_are_told_apart_by_what_differs() -> None:
    specs = {
        "1": ScoringSpec(judge="openai:a", rubric="x", temperature=0.0),
        "2": ScoringSpec(judge="openai:a", rubric="y", temperature=0.0),
        "3": ScoringSpec(),
        "4": ScoringSpec(rule="native"),
        "5": None,
    }
    assert rater_names(specs) == {
        "1": "openai:a (rubric x)",
        "2": "openai:a (rubric y)",
        "3": "rules (strict)",
        "4": "rules (native)",
        "5": "scoring 5",
    }


def test_verdicts_without_their_spec_are_named_by_their_hash(tmp_path: Path) -> None:
    (one,) = agree([make_scored_run(tmp_path, {"openai:a": A, "openai:b": B}, specs=False)]).comparisons
    assert {one.first, one.second} == {f"scoring {ScoringSpec(judge=name).hash}" for name in ("openai:a", "openai:b")}


def labels(folder: Path, text: str) -> Path:
    path = folder / "labels.csv"
    path.write_text(text)
    return path


def test_a_judge_is_compared_with_people(tmp_path: Path) -> None:
    run = make_scored_run(tmp_path / "run", {"openai:a": A})
    file = labels(tmp_path, "question_id,correct,remark\nq0,1,fine\nq1,no,\nq2, YES ,\nq11,0,\nq5,,later\n")
    found = agree([run], labels=file)
    (one,) = found.comparisons
    whole = one.groups[0].agreement
    assert (one.first, one.second) == ("openai:a", "labels")
    assert (whole.both_right, whole.only_first, whole.only_second, whole.both_wrong) == (2, 1, 0, 1)
    assert found.notes == [f"{file}: 1 lines have no label yet"]


def test_people_are_compared_with_what_rules_decided_apart(tmp_path: Path) -> None:
    run = make_scored_run(tmp_path / "run", {"openai:a": A}, by_rule=QUESTIONS[:4])
    rows = "".join(f"{name},1\n" for name in QUESTIONS[:8])
    (one,) = agree([run], labels=labels(tmp_path, f"question_id,correct\n{rows}")).comparisons
    found = {group.name: group.agreement.n for group in one.groups if group.level in ("all", "decider")}
    assert found == {"all answers": 8, "decided by a judge": 4, "decided by a rule": 4}


def test_labels_say_which_run_they_mean(tmp_path: Path) -> None:
    runs = [make_scored_run(tmp_path / name, {"openai:a": A}, model=name, said=name) for name in ("x", "y")]
    file = labels(tmp_path, "question_id,correct,run\nq0,0,x\nq0,1,y\n")
    (one,) = agree(runs, labels=file).comparisons
    assert one.groups[0].agreement.n == 2
    assert [group.name for group in one.groups if group.level == "run"] == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question_id,right\nq0,1\n", "no column 'correct'"),
        ("id,correct\nq0,1\n", "no column 'question_id'"),
        ("", "no column 'question_id'"),
        ("question_id,correct\n", "holds no label"),
        ("question_id,correct\nq0,\n", "holds no label"),
        ("question_id,correct\nq0,maybe\n", "line 2: correct is 'maybe'"),
        ("question_id,correct\n,1\n", "line 2: has no question_id"),
        ("question_id,correct\nq99,1\n", "line 2: question 'q99' was not asked"),
        ("question_id,correct,config\nq0,1,rvs-movie\n", "line 2: question 'q0' was not asked"),
        ("question_id,correct\nq0,1\nq0,0\n", "line 3: question 'q0' has a label already"),
    ],
)
def test_a_mistaken_label_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    run = make_scored_run(tmp_path / "run", {"openai:a": A})
    with pytest.raises(UserError, match=message):
        agree([run], labels=labels(tmp_path, text))


def test_a_label_that_could_mean_two_answers_is_refused(tmp_path: Path) -> None:
    runs = [make_scored_run(tmp_path / name, {"openai:a": A}, model=name, said=name) for name in ("x", "y")]
    with pytest.raises(UserError, match="'q0' is there 2 times"):
        agree(runs, labels=labels(tmp_path, "question_id,correct\nq0,1\n"))


def test_one_scoring_alone_cannot_be_compared(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"only one scoring is there \(openai:a\)"):
        agree([make_scored_run(tmp_path, {"openai:a": A})])


def test_a_run_without_verdicts_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="vstreamqa score"):
        agree([make_scored_run(tmp_path, {})])


def test_a_run_named_twice_is_refused(tmp_path: Path) -> None:
    run = make_scored_run(tmp_path, {"openai:a": A, "openai:b": B})
    with pytest.raises(UserError, match="named twice"):
        agree([run, run])


def test_an_arm_that_no_run_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--control blind"):
        agree([make_scored_run(tmp_path, {"openai:a": A, "openai:b": B})], control="blind")


def test_verdicts_on_what_was_not_planned_are_refused(tmp_path: Path) -> None:
    run = make_scored_run(tmp_path, {"openai:a": A, "openai:b": B})
    lines = (run / "plan.jsonl").read_text().splitlines(keepends=True)
    (run / "plan.jsonl").write_text("".join(lines[:-1]))
    with pytest.raises(UserError, match="'q11' is not in the run's plan"):
        agree([run])


def test_the_document_has_every_figure(tmp_path: Path) -> None:
    found = json.loads(render(agree([make_scored_run(tmp_path, {"openai:a": A, "openai:b": B})]), "json"))
    whole = found["comparisons"][0]["groups"][0]["agreement"]
    assert (whole["n"], whole["both_right"]) == (12, 4)
    assert whole["kappa_interval"]["low"] <= whole["kappa"] <= whole["kappa_interval"]["high"]
