from __future__ import annotations

from scored import a_failure, a_plan_row, a_question, an_answer

from vstreamqa.schema import NANOSECONDS, Span, UtteranceRecord
from vstreamqa.scoring.speaking.listened import Remark, heard, listened

SPANS = (Span(start=7.5, end=9, text="second"), Span(start=6, end=9, text="first"))
ROW = a_plan_row(a_question(format="proactive", time=5, spans=SPANS), controls=(None, "constant"))


def said(time: float, text: str, *, question_id: str | None = "q", control: str | None = None) -> UtteranceRecord:
    return UtteranceRecord(
        suite="mini",
        config="rvs-ego",
        stream_id="s",
        control=control,
        time=time,
        said_at_ns=1,
        text=text,
        question_id=question_id,
    )


def test_events_are_the_starts_of_spans_and_everything_is_in_time_order() -> None:
    (one,) = listened([ROW], heard([an_answer("ok")], [said(8, "b"), said(6.5, "a")]), None)
    assert [event.text for event in one.events] == ["first", "second"]
    assert one.events[1].position == 7_500_000_000
    assert one.said == (Remark(6_500_000_000, "a"), Remark(8 * NANOSECONDS, "b"))
    assert (one.origin, one.start, one.end) == (0, 5 * NANOSECONDS, 10 * NANOSECONDS)


def test_only_what_was_said_under_the_question_by_the_same_arm_counts() -> None:
    utterances = [
        said(6, "mine"),
        said(6, "before", question_id=None),
        said(6, "Yes", control="constant"),
        said(7, " "),
    ]
    found = heard([an_answer("ok"), an_answer("Yes", control="constant")], utterances)
    assert [[remark.text for remark in listened([ROW], found, arm)[0].said] for arm in (None, "constant")] == [
        ["mine"],
        ["Yes"],
    ]
    assert listened([ROW], found, "oracle") == []


def test_a_question_that_failed_or_is_missing_was_heard_to_say_nothing() -> None:
    for predictions in ([a_failure()], []):
        (one,) = listened([ROW], heard(predictions, [said(6, "early")]), None)
        assert (one.said, one.answered) == ((), False)


def test_questions_that_are_no_proactive_ones_or_have_no_gold_are_left_out() -> None:
    others = [a_plan_row(a_question()), a_plan_row(a_question(format="proactive"))]
    assert listened(others, {}, None) == []
