"""How old the evidence of a question is when it is asked, and whether the last stretch of a stream still holds it.

Defined here once, for the questions, the controls and the tables alike.
"""

from __future__ import annotations

from vstreamqa.schema import Question, Unit, Value, to_position, to_value

AGES: tuple[int, ...] = (0, 5, 15, 30, 60, 120, 300, 600, 1800)
"""The ladder of ages, in seconds or in ranks."""


def age_of(question: Question, unit: Unit) -> Value | None:
    """Return how old the evidence is when a question is asked, in the stream's unit; None if nobody knows.

    That is the age which the question carries, if it does, and otherwise the time from the end of its evidence to the
    question: 0 for evidence that goes on until then, or beyond.
    """
    if question.age is not None:
        return question.age
    if question.evidence is None:
        return None
    return to_value(max(to_position(question.time, unit) - to_position(question.evidence[1], unit), 0), unit)


def rung_of(question: Question, unit: Unit) -> int | None:
    """Return the highest rung of the ladder that an age reaches: 5 for everything from 5 to just below 15."""
    age = age_of(question, unit)
    return None if age is None else max(rung for rung in AGES if rung <= age)


def lies_within(question: Question, unit: Unit, length: int | None) -> bool:
    """Say whether all of the evidence up to the question lies in the last seconds, or among the last ranks.

    The last k are what the control `recent-window:k` shows: everything later than k before the question. Without
    evidence the answer is no.

    Args:
        question: the question.
        unit: what its times count.
        length: how many seconds or ranks; None for all there are.
    """
    if question.evidence is None:
        return False
    first, asked = to_position(question.evidence[0], unit), to_position(question.time, unit)
    return length is None or first > asked - to_position(length, unit)
