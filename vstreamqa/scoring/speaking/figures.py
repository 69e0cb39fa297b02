"""All figures of speaking unasked for a set of questions under one arm."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.schema import Speaking
from vstreamqa.scoring.speaking.alarms import per_minute
from vstreamqa.scoring.speaking.content import right_content
from vstreamqa.scoring.speaking.delay import delay_quantile
from vstreamqa.scoring.speaking.listened import Listened
from vstreamqa.scoring.speaking.matching import Matched, Window, match
from vstreamqa.scoring.speaking.repetition import repetition_rate
from vstreamqa.scoring.speaking.timing import F1, Tally, f1, precision, recall
from vstreamqa.scoring.spec import ScoringSpec


def speaking_figures(questions: Sequence[Listened], spec: ScoringSpec) -> Speaking | None:
    """Return the figures of questions that were listened for together, None if there is none.

    Content is only compared where every question is closed: an open text needs a judge.
    """
    if not questions:
        return None
    unit = questions[0].unit
    matched = [match(one, Window.of(spec, one.unit)) for one in questions]
    pairs = [pair for found in matched for pair in found]
    timing = _tallies(questions, [len(found) for found in matched])
    together, joint = f1(timing), None
    right = [sum(map(right_content, found)) for found in matched] if all(one.closed for one in questions) else None
    if right is not None:
        joint = f1(_tallies(questions, right))
    events, said = sum(one.events for one in timing), sum(one.said for one in timing)
    return Speaking(
        unit=unit,
        n_events=events,
        n_utterances=said,
        n_matched=len(pairs),
        n_missed=events - len(pairs),
        n_false_alarms=said - len(pairs),
        precision=precision(timing),
        recall=recall(timing),
        f1=None if together is None else together.value,
        f1_interval=_bounds(together),
        f1_interval_method=_method(together),
        clusters=0 if together is None else together.clusters,
        false_alarms_per_minute=per_minute(said - len(pairs), questions),
        delay_p50=delay_quantile(pairs, 0.50, unit),
        delay_p90=delay_quantile(pairs, 0.90, unit),
        content_accuracy=_share(right, pairs),
        joint_f1=None if joint is None else joint.value,
        joint_f1_interval=_bounds(joint),
        repetition_rate=repetition_rate(questions),
    )


def _tallies(questions: Sequence[Listened], hits: Sequence[int]) -> list[Tally]:
    return [
        Tally(source_id=one.source_id, events=len(one.events), said=len(one.said), hits=hit)
        for one, hit in zip(questions, hits, strict=True)
    ]


def _share(right: Sequence[int] | None, pairs: Sequence[Matched]) -> float | None:
    return None if right is None or not pairs else sum(right) / len(pairs)


def _bounds(of: F1 | None) -> tuple[float, float] | None:
    return None if of is None or of.interval is None else (of.interval.low, of.interval.high)


def _method(of: F1 | None) -> str | None:
    return None if of is None or of.interval is None else of.interval.method
