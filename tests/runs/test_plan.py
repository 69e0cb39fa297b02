from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from fakes import make_question, make_stream

from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.runs.plan import Plan, Selection, make_plan, planned_keys, task_spec, with_controls
from vstreamqa.schema import RowKey
from vstreamqa.suites.base import SuiteConfig

CONFIG = SuiteConfig(
    suite="suite",
    config="config",
    root=Path(),
    streams=(make_stream("s"), make_stream("t")),
    questions=(
        make_question("late", 9, stream_id="s"),
        make_question("other", 1, stream_id="t"),
        make_question("early", 1, stream_id="s", evidence=(0, 1)),
    ),
    data_hash="d",
)


def ids(plan: Plan) -> list[str]:
    return [row.question.question_id for row in plan.rows]


def test_a_plan_holds_every_question_stream_by_stream() -> None:
    plan = make_plan([CONFIG], Selection(controls=("last-frame",), floors=("blind",)))
    assert ids(plan) == ["late", "early", "other"]
    assert {row.controls for row in plan.rows} == {(None, "blind", "last-frame")}
    assert len(planned_keys(plan.rows)) == 9


def test_limits_hold_for_each_config() -> None:
    assert ids(make_plan([CONFIG], Selection(limit=2))) == ["late", "early"]
    assert ids(make_plan([CONFIG], Selection(limit_streams=1))) == ["late", "early"]


def test_a_floor_that_cannot_be_is_left_out_aloud_and_a_control_that_cannot_be_is_refused() -> None:
    plan = make_plan([CONFIG], Selection(floors=("window", "blind")))
    assert plan.rows[0].controls == (None, "blind")
    assert plan.notes == [
        "suite/config: floor 'window' left out: 2 of 3 questions have no evidence window, e.g. 'late'"
    ]
    with pytest.raises(UserError, match="--control window: suite/config cannot have it: 2 of 3"):
        make_plan([CONFIG], Selection(controls=("window",)))
    with pytest.raises(UserError, match="two source videos"):
        make_plan([CONFIG], Selection(controls=("swapped",), limit_streams=1))


def test_dialogues_are_refused_by_name() -> None:
    question = msgspec.structs.replace(CONFIG.questions[0], dialogue_id="d", history="own")
    config = replace(CONFIG, questions=(question,))
    with pytest.raises(UserError, match="suite/config, question 'late'"):
        make_plan([config], Selection())


def test_a_proactive_question_has_the_controls_that_show_a_whole_stream_and_the_others_keep_theirs() -> None:
    late, other, early = CONFIG.questions
    told = msgspec.structs.replace(late, format="proactive", spans=())
    plan = make_plan(
        [replace(CONFIG, questions=(told, other, early))],
        Selection(floors=("constant", "blind"), controls=("swapped",)),
    )
    assert [row.controls for row in plan.rows] == [
        (None, "constant", "swapped"),
        (None, "constant", "blind", "swapped"),
        (None, "constant", "blind", "swapped"),
    ]
    assert [note.partition(": a pro")[0] for note in plan.notes] == ["suite/config: floor 'blind' left out"]
    with pytest.raises(UserError, match="--control shuffled: suite/config cannot have it: a proactive question"):
        make_plan([replace(CONFIG, questions=(told,))], Selection(controls=("shuffled",)))


def test_nothing_to_ask_is_a_mistake() -> None:
    with pytest.raises(UserError, match="no question"):
        make_plan([], Selection())


def test_going_on_never_takes_arms_out_of_a_plan() -> None:
    rows = make_plan([CONFIG], Selection(floors=("blind",))).rows
    earlier: dict[RowKey, tuple[str | None, ...]] = {("suite", "config", "late", None): (None, "shuffled")}
    assert with_controls(rows, earlier)[0].controls == (None, "blind", "shuffled")
    assert with_controls(rows, earlier)[1].controls == (None, "blind")


def test_the_task_depends_on_what_is_asked_and_not_on_the_controls() -> None:
    def task(selection: Selection, prompt: str = "own") -> str:
        return spec_hash(
            task_spec(make_plan([CONFIG], selection).rows, [CONFIG], prompt={"id": prompt}, clock="logical")
        )

    assert task(Selection()) == task(Selection(floors=("blind",)))
    assert len({task(Selection()), task(Selection(limit=1)), task(Selection(), "other")}) == 3
