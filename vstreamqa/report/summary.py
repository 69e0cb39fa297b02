"""The lines of the table: figures of every config, category and arm (`summary.json`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from vstreamqa.report.costs import Memory, Watching, answering, memory_peaks, watching
from vstreamqa.report.entries import Entry, arms, categories, correctness
from vstreamqa.schema import PlanRow, Prediction, StreamRecord, SummaryRow, Verdict


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
    for (suite, config, control), entries in arms(plan, predictions, verdicts).items():
        own = [
            record for record in streams if (record.suite, record.config, record.control) == (suite, config, control)
        ]
        lines.append(_line(entries, None, own))
        lines.extend(
            _line([entry for entry in entries if entry.row.question.category == category], category, None)
            for category in categories(entries)
        )
    return lines


def _line(entries: Sequence[Entry], category: str | None, streams: Sequence[StreamRecord] | None) -> SummaryRow:
    first = entries[0]
    answered = [entry.prediction for entry in entries if entry.prediction and entry.prediction.status == "answered"]
    statuses = [entry.verdict.status if entry.verdict else "unjudged" for entry in entries]
    scored = sum(entry.verdict is not None and entry.verdict.correct is not None for entry in entries)
    found = correctness(entries)
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
        accuracy=found.accuracy,
        interval=(found.interval.low, found.interval.high) if found.interval else None,
        interval_method=found.interval.method if found.interval else None,
        clusters=found.clusters,
        score=None,
        unparsed_share=statuses.count("unparsed") / len(entries),
        judged_share=scored / len(entries),
        averaging="micro",
        **asdict(answering(answered)),
        **asdict(watched),
        **asdict(memory),
    )
