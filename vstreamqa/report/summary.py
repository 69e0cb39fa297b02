"""The lines of the table: figures of every config, category and arm (`summary.json`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from vstreamqa.keys import prediction_key, row_key, verdict_key
from vstreamqa.report.costs import Memory, Watching, answering, memory_peaks, watching
from vstreamqa.schema import PlanRow, Prediction, StreamRecord, SummaryRow, Verdict
from vstreamqa.scoring.statistics import Interval, accuracy_interval, by_source


@dataclass(frozen=True, slots=True)
class _Entry:
    """One planned question under one control, with what became of it."""

    row: PlanRow
    control: str | None
    prediction: Prediction | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class _Correctness:
    accuracy: float | None
    interval: Interval | None
    clusters: int


def summarise(
    plan: Sequence[PlanRow],
    predictions: Sequence[Prediction],
    verdicts: Sequence[Verdict],
    streams: Sequence[StreamRecord],
) -> list[SummaryRow]:
    """Make the summary of a run.

    For every config and arm there is a line of the whole config (`category` None), followed by one per category.
    Configs and arms come in the order in which the plan has them, categories by name. A planned question without a
    verdict counts as unjudged. Memory and watching figures belong to a whole arm, so category lines have none.
    """
    lines = []
    for (suite, config, control), entries in _arms(plan, predictions, verdicts).items():
        own = [
            record for record in streams if (record.suite, record.config, record.control) == (suite, config, control)
        ]
        lines.append(_line(entries, None, own))
        lines.extend(
            _line([entry for entry in entries if entry.row.question.category == category], category, None)
            for category in _categories(entries)
        )
    return lines


def _arms(
    plan: Iterable[PlanRow], predictions: Iterable[Prediction], verdicts: Iterable[Verdict]
) -> dict[tuple[str, str, str | None], list[_Entry]]:
    answers = {prediction_key(prediction): prediction for prediction in predictions}
    rulings = {verdict_key(verdict): verdict for verdict in verdicts}
    by_config: dict[tuple[str, str], dict[str | None, list[_Entry]]] = {}
    for row in plan:
        for control in row.controls:
            key = row_key(row, control)
            entry = _Entry(row, control, answers.get(key), rulings.get(key))
            by_config.setdefault((row.suite, row.config), {}).setdefault(control, []).append(entry)
    return {(*config, control): entries for config, arms in by_config.items() for control, entries in arms.items()}


def _categories(entries: Iterable[_Entry]) -> list[str]:
    return sorted({name for entry in entries if (name := entry.row.question.category) is not None})


def _line(entries: Sequence[_Entry], category: str | None, streams: Sequence[StreamRecord] | None) -> SummaryRow:
    first = entries[0]
    answered = [entry.prediction for entry in entries if entry.prediction and entry.prediction.status == "answered"]
    statuses = [entry.verdict.status if entry.verdict else "unjudged" for entry in entries]
    scored = sum(entry.verdict is not None and entry.verdict.correct is not None for entry in entries)
    correctness = _correctness(entries)
    watched = Watching() if streams is None else watching(streams)
    memory = Memory() if streams is None else memory_peaks(answered, streams)
    return SummaryRow(
        suite=first.row.suite,
        config=first.row.config,
        category=category,
        control=first.control,
        n_expected=len(entries),
        n_answered=len(answered),
        n_scored=scored,
        n_whole=first.row.whole,
        accuracy=correctness.accuracy,
        interval=(correctness.interval.low, correctness.interval.high) if correctness.interval else None,
        interval_method=correctness.interval.method if correctness.interval else None,
        clusters=correctness.clusters,
        score=None,
        unparsed_share=statuses.count("unparsed") / len(entries),
        judged_share=scored / len(entries),
        averaging="micro",
        **asdict(answering(answered)),
        **asdict(watched),
        **asdict(memory),
    )


def _correctness(entries: Sequence[_Entry]) -> _Correctness:
    """Return accuracy and interval; neither exists while any row is unjudged."""
    sources = [entry.row.question.source_id for entry in entries]
    correct = [entry.verdict.correct for entry in entries if entry.verdict and entry.verdict.correct is not None]
    if len(correct) < len(entries):
        return _Correctness(None, None, len(set(sources)))
    clusters = by_source(correct, sources)
    return _Correctness(clusters.accuracy, accuracy_interval(clusters), len(clusters))
