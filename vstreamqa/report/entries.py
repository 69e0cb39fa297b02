"""Planned questions with what became of them, arm by arm: what every figure of correctness is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vstreamqa.keys import prediction_key, row_key, verdict_key
from vstreamqa.schema import PlanRow, Prediction, Verdict
from vstreamqa.scoring.native.row import MISSING as NATIVE_MISSING
from vstreamqa.scoring.rules import MISSING
from vstreamqa.scoring.statistics import Interval, accuracy_interval, by_source

_MISSING = frozenset({MISSING, NATIVE_MISSING})


@dataclass(frozen=True, slots=True)
class Entry:
    """One planned question under one control, with what became of it."""

    row: PlanRow
    control: str | None
    prediction: Prediction | None
    verdict: Verdict | None

    @property
    def left_out(self) -> bool:
        """Whether a suite's own rule takes the row out of the denominator; the strict rule never does."""
        return self.verdict is not None and self.verdict.status == "unparsed" and self.verdict.correct is None


@dataclass(frozen=True, slots=True)
class Correctness:
    """Accuracy with its interval; neither exists while any row is unjudged."""

    accuracy: float | None
    interval: Interval | None
    clusters: int


def arms(
    plan: Iterable[PlanRow], predictions: Iterable[Prediction], verdicts: Iterable[Verdict]
) -> dict[tuple[str, str, str | None], list[Entry]]:
    """Return the entries of every (suite, config, control), in the order in which the plan has them."""
    answers = {prediction_key(prediction): prediction for prediction in predictions}
    rulings = {verdict_key(verdict): verdict for verdict in verdicts}
    by_config: dict[tuple[str, str], dict[str | None, list[Entry]]] = {}
    for row in plan:
        for control in row.controls:
            key = row_key(row, control)
            entry = Entry(row, control, answers.get(key), rulings.get(key))
            by_config.setdefault((row.suite, row.config), {}).setdefault(control, []).append(entry)
    return {(*config, control): entries for config, some in by_config.items() for control, entries in some.items()}


def categories(entries: Iterable[Entry]) -> list[str]:
    """Return the categories that there are, by name."""
    return sorted({name for entry in entries if (name := entry.row.question.category) is not None})


def was_asked(entry: Entry) -> bool:
    """Say whether a question has an answer or an error: until then it counts as wrong, and says nothing."""
    return entry.verdict is not None and entry.verdict.by not in _MISSING


def is_open(entry: Entry) -> bool:
    """Say whether it is not known if an answer is right: nobody has judged it."""
    return not entry.left_out and (entry.verdict is None or entry.verdict.correct is None)


def is_right(entry: Entry) -> bool:
    """Say whether an answer was found right."""
    return entry.verdict is not None and entry.verdict.correct is True


def correctness(entries: Sequence[Entry]) -> Correctness:
    """Return how right an arm was on some questions, if on any; the videos are its clusters."""
    counted = [entry for entry in entries if not entry.left_out]
    sources = [entry.row.question.source_id for entry in counted]
    if not counted or any(map(is_open, counted)):
        return Correctness(None, None, len(set(sources)))
    clusters = by_source([is_right(entry) for entry in counted], sources)
    return Correctness(clusters.accuracy, accuracy_interval(clusters), len(clusters))
