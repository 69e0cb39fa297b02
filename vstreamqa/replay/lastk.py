"""What a perfect observer answers who has only the last stretch of a stream: the control `oracle:K`.

Where the whole evidence lies in that stretch it gives the gold. Otherwise it knows nothing, and infers nothing from
what it does not see: it gives the fixed answer that is right most often among such questions of the same category and
format in the config. How often it is right is the most that an observer of that kind can reach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vstreamqa.evidence import lies_within
from vstreamqa.replay.controls import oracle_answer
from vstreamqa.schema import Question, Unit

Asked = tuple[Question, Unit]
"""A question, and what its times count."""


def last_k_answers(asked: Sequence[Asked], length: int | None) -> dict[str, str]:
    """Return the answer to every question, by its id.

    Args:
        asked: every planned question of a config, each with a gold: the fixed answers depend on all of them.
        length: how many seconds or ranks are kept; None for everything.
    """
    golds = {question.question_id: gold for question, _ in asked if (gold := oracle_answer(question)) is not None}
    unknown = [question for question, unit in asked if not lies_within(question, unit, length)]
    fixed = _fixed_answers(unknown, golds)
    return golds | {question.question_id: fixed[_group(question)] for question in unknown}


def _fixed_answers(unknown: Sequence[Question], golds: dict[str, str]) -> dict[tuple[str | None, str], str]:
    counts: dict[tuple[str | None, str], Counter[str]] = {}
    for question in unknown:
        counts.setdefault(_group(question), Counter())[golds[question.question_id]] += 1
    # Of equally frequent ones the first by name, so that the order of the questions decides nothing.
    return {group: min(answers, key=lambda gold: (-answers[gold], gold)) for group, answers in counts.items()}


def _group(question: Question) -> tuple[str | None, str]:
    return question.category, question.format
