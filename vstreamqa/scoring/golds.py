"""The gold of a question, in the form the rules compare with."""

from __future__ import annotations

from vstreamqa.errors import UserError
from vstreamqa.schema import Question
from vstreamqa.scoring.extraction import read_choice, read_count


def accepted_answers(question: Question) -> tuple[str, ...]:
    """Return the texts that are accepted as answers: `answer`, then `answers`; empty if there is no gold."""
    given = ((question.answer,) if question.answer is not None else ()) + (question.answers or ())
    return tuple(dict.fromkeys(text for text in given if text.strip()))


def gold_option(question: Question) -> int | None:
    """Return the index of a choice's right option, or None if there is no gold.

    `answer_index` decides where there is one; a letter or an option's text in `answer` is read by the strict rule.

    Raises:
        UserError: the gold names no option.
    """
    options = question.options or ()
    if question.answer_index is not None:
        if not 0 <= question.answer_index < len(options):
            raise UserError(
                f"question {question.question_id!r}: answer_index {question.answer_index} names none of its "
                f"{len(options)} options; correct the annotation"
            )
        return question.answer_index
    if not question.answer:
        return None
    index = read_choice(question.answer, options)
    if index is None:
        raise UserError(
            f"question {question.question_id!r}: answer {question.answer!r} does not name one of its options; "
            "give its answer_index"
        )
    return index


def gold_counts(question: Question) -> frozenset[int]:
    """Return the accepted numbers of a count, empty if there is no gold.

    Raises:
        UserError: an accepted answer is not one whole number.
    """
    numbers = {text: read_count(text) for text in accepted_answers(question)}
    for text, number in numbers.items():
        if number is None:
            raise UserError(
                f"question {question.question_id!r}: answer {text!r} of a count is not one whole number; "
                "correct the annotation"
            )
    return frozenset(number for number in numbers.values() if number is not None)
