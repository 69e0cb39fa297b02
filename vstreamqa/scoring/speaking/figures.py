"""All figures of speaking unasked for a set of questions under one arm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vstreamqa.schema import Speaking, Unit
from vstreamqa.scoring.speaking.alarms import listening_time, per_minute
from vstreamqa.scoring.speaking.content import right_content
from vstreamqa.scoring.speaking.delay import delay_quantile
from vstreamqa.scoring.speaking.listened import Listened
from vstreamqa.scoring.speaking.matching import Matched, Window, match
from vstreamqa.scoring.speaking.repetition import repetitions
from vstreamqa.scoring.speaking.timing import F1, Tally, f1, precision, recall
from vstreamqa.scoring.spec import ScoringSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is kept of one question; its utterances, of which there may be one a frame, are not."""

    tally: Tally
    answered: bool
    unit: Unit
    pairs: Sequence[Matched]
    right: int | None
    repeated: int
    time: int | None


def speaking_figures(questions: Iterable[Listened], spec: ScoringSpec) -> Speaking | None:
    """Return the figures of questions that were listened for together, None if there is none.

    Content is only compared where every question is closed: an open text needs a judge. Questions of one config have
    one unit, that of the first.
    """
    heard = [_take(one, spec) for one in questions]
    if not heard:
        return None
    timing = [one.tally for one in heard]
    pairs = [pair for one in heard for pair in one.pairs]
    events, said = sum(tally.events for tally in timing), sum(tally.said for tally in timing)
    right = _right(heard)
    together, joint = f1(timing), None if right is None else f1(_with_hits(timing, right))
    return Speaking(
        unit=heard[0].unit,
        n_questions=len(heard),
        n_answered=sum(one.answered for one in heard),
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
        false_alarms_per_minute=per_minute(said - len(pairs), [one.time for one in heard]),
        delay_p50=delay_quantile(pairs, 0.50, heard[0].unit),
        delay_p90=delay_quantile(pairs, 0.90, heard[0].unit),
        content_accuracy=sum(right) / len(pairs) if right is not None and pairs else None,
        joint_f1=None if joint is None else joint.value,
        joint_f1_interval=_bounds(joint),
        repetition_rate=sum(one.repeated for one in heard) / said if said else None,
    )


def _take(one: Listened, spec: ScoringSpec) -> _Question:
    pairs = match(one, Window.of(spec, one.unit))
    return _Question(
        tally=Tally(source_id=one.source_id, events=len(one.events), said=len(one.said), hits=len(pairs)),
        answered=one.answered,
        unit=one.unit,
        pairs=pairs,
        right=sum(map(right_content, pairs)) if one.closed else None,
        repeated=repetitions(one),
        time=listening_time(one),
    )


def _right(heard: Iterable[_Question]) -> list[int] | None:
    """Return how many matches of each question have the right content, None where a rule cannot tell."""
    counts = [one.right for one in heard]
    known = [count for count in counts if count is not None]
    return known if len(known) == len(counts) else None


def _with_hits(tallies: Sequence[Tally], hits: Sequence[int]) -> list[Tally]:
    return [
        Tally(source_id=one.source_id, events=one.events, said=one.said, hits=hit)
        for one, hit in zip(tallies, hits, strict=True)
    ]


def _bounds(of: F1 | None) -> tuple[float, float] | None:
    return None if of is None or of.interval is None else (of.interval.low, of.interval.high)


def _method(of: F1 | None) -> str | None:
    return None if of is None or of.interval is None else of.interval.method
