from __future__ import annotations

import pytest
from scored import a_question

from vstreamqa.evidence import age_of, lies_within, rung_of


@pytest.mark.parametrize(
    ("time", "evidence", "age", "rung"),
    [
        (20, (2, 9.5), 10.5, 5),
        (20, (2, 20), 0, 0),
        (20, (2, 31), 0, 0),
        (14.5, (2, 9.5), 5, 5),
        (4000, (0, 1), 3999, 1800),
    ],
)
def test_the_age_is_from_the_end_of_the_evidence_to_the_question(
    time: float, evidence: tuple[float, float], age: float, rung: int
) -> None:
    question = a_question(time=time, evidence=evidence)
    assert (age_of(question, "second"), rung_of(question, "second")) == (age, rung)


def test_an_age_that_is_given_counts_and_none_is_made_up() -> None:
    given = a_question(time=90, evidence=(0, 90), age=60)
    assert (age_of(given, "second"), rung_of(given, "second")) == (60, 60)
    assert (age_of(a_question(), "second"), rung_of(a_question(), "second")) == (None, None)


def test_the_last_seconds_are_those_that_a_recent_window_shows() -> None:
    question = a_question(time=20, evidence=(12, 15))
    assert not lies_within(question, "second", 8)
    assert lies_within(question, "second", 9)
    assert lies_within(question, "second", None)
    # Of keyframes up to 20 the last nine are 12 to 20.
    assert not lies_within(question, "keyframe", 8)
    assert lies_within(question, "keyframe", 9)
    assert not lies_within(a_question(), "second", None)
