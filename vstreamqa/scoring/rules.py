"""Which rule reads which question, and what becomes of rows without an answer or without a gold.

The rule's name stands in `Verdict.by`:

- `strict/choice`, `strict/polarity`, `strict/count`, `strict/match`: the rule that read the prediction.
- `strict/missing`, `strict/failed`: there is no prediction, or its status is `error`; judged wrong.
- `strict/empty`: nothing was said; unparsed.
- `strict/open`: an open answer, which needs a judge; unjudged.
- `strict/no-gold`: the question has no gold, so nothing can be right or wrong; unjudged.
- `strict/proactive`: events are matched in time, not answer by answer; unjudged.
"""

from __future__ import annotations

from vstreamqa.letters import letter_of
from vstreamqa.schema import Prediction, Question, Verdict
from vstreamqa.scoring.extraction import read_choice, read_count
from vstreamqa.scoring.golds import accepted_answers, gold_counts, gold_option
from vstreamqa.scoring.match import by_match
from vstreamqa.scoring.polarity import by_polarity, polar_golds
from vstreamqa.scoring.ruling import Ruling, judged, unjudged, unparsed

MISSING = "strict/missing"
"""The rule of a planned row for which there is no prediction."""


def score_row(
    question: Question, prediction: Prediction | None, *, suite: str, config: str, control: str | None, closed: bool
) -> Verdict:
    """Score one planned question under one control by the strict rule.

    Args:
        question: the question with its gold.
        prediction: what was answered, or None if there is no row, which counts as wrong.
        suite: name of the suite.
        config: name of the config.
        control: name of the control, None for the model itself.
        closed: the suite's open questions have closed answers.

    Raises:
        UserError: the gold contradicts the question's format.
    """
    ruling = _rule(question, prediction, closed=closed)
    return as_verdict(ruling, question, suite=suite, config=config, control=control)


def as_verdict(ruling: Ruling, question: Question, *, suite: str, config: str, control: str | None) -> Verdict:
    """Write a rule's word on one planned question down as a verdict."""
    return Verdict(
        suite=suite,
        config=config,
        question_id=question.question_id,
        control=control,
        correct=ruling.correct,
        score=None,
        status=ruling.status,
        by=ruling.by,
        extracted=ruling.extracted,
    )


def _rule(question: Question, prediction: Prediction | None, *, closed: bool) -> Ruling:
    if not has_gold(question):
        return unjudged("strict/no-gold")
    if prediction is None:
        return judged(MISSING, False)
    if prediction.status == "error":
        return judged("strict/failed", False)
    if question.format == "proactive":
        return unjudged("strict/proactive")
    if not (prediction.prediction or "").strip():
        return unparsed("strict/empty")
    return _rule_answer(question, prediction.prediction or "", closed=closed)


def has_gold(question: Question) -> bool:
    """Say whether a question has a gold of its format, so that an answer can be right or wrong."""
    if question.format == "proactive":
        return question.spans is not None
    if question.format == "choice":
        return gold_option(question) is not None
    if question.format == "count":
        return bool(gold_counts(question))
    return bool(accepted_answers(question))


def _rule_answer(question: Question, answer: str, *, closed: bool) -> Ruling:
    if question.format == "choice":
        return _by_choice(question, answer)
    if question.format == "count":
        return _by_count(question, answer)
    golds = polar_golds(accepted_answers(question))
    if golds is not None:
        return by_polarity(golds, answer)
    if closed:
        return by_match(accepted_answers(question), answer)
    return unjudged("strict/open")


def _by_choice(question: Question, answer: str) -> Ruling:
    said = read_choice(answer, question.options or ())
    if said is None:
        return unparsed("strict/choice")
    return judged("strict/choice", said == gold_option(question), letter_of(said))


def _by_count(question: Question, answer: str) -> Ruling:
    said = read_count(answer)
    if said is None:
        return unparsed("strict/count")
    return judged("strict/count", said in gold_counts(question), str(said))
