"""What was said under one proactive question, beside what was to be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vstreamqa.keys import prediction_key, row_key
from vstreamqa.schema import PlanRow, Prediction, RowKey, Unit, UtteranceRecord, to_position


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """A text at a position: an event and how it is told, or an utterance."""

    position: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """One proactive question under one arm; positions on the source axis.

    Attributes:
        source_id: the source video, the cluster of statistics.
        unit: what positions count.
        start: when the question was put.
        end: the stream's end, until when it was listened for.
        events: what was to be said, each at the start of its span, in time order.
        said: what was said, in time order; nothing where the question has no row or failed.
        closed: the events' texts can be compared with what is said by a rule.
    """

    source_id: str
    unit: Unit
    start: int
    end: int
    events: tuple[Remark, ...]
    said: tuple[Remark, ...]
    closed: bool


def listened(
    plan: Iterable[PlanRow],
    predictions: Iterable[Prediction],
    utterances: Iterable[UtteranceRecord],
    control: str | None,
) -> list[Listened]:
    """Return what was said under every planned proactive question of one arm, in the plan's order.

    A question without gold spans can be neither met nor missed and is left out: `is_gold` says which those are. What
    was said before the question, or under none, is no answer to it.
    """
    answered = {prediction_key(row) for row in predictions if row.status == "answered"}
    spoken = _by_question(utterances)
    return [
        _listened(row, spoken.get(key, ()) if key in answered else ())
        for row in plan
        if control in row.controls and is_gold(row)
        for key in [row_key(row, control)]
    ]


def is_gold(row: PlanRow) -> bool:
    """Say whether a row is a proactive question that says when something is to be said."""
    return row.question.format == "proactive" and row.question.spans is not None


def _by_question(utterances: Iterable[UtteranceRecord]) -> Mapping[RowKey, Sequence[UtteranceRecord]]:
    found: dict[RowKey, list[UtteranceRecord]] = {}
    for row in utterances:
        if row.question_id is not None:
            found.setdefault((row.suite, row.config, row.question_id, row.control), []).append(row)
    return found


def _listened(row: PlanRow, spoken: Sequence[UtteranceRecord]) -> Listened:
    unit = row.stream.unit
    events = [Remark(to_position(span.start, unit), span.text) for span in row.question.spans or ()]
    # What has no text cannot be heard. Order among equal positions is that of speaking.
    said = [Remark(to_position(one.time, unit), one.text) for one in spoken if one.text.strip()]
    return Listened(
        source_id=row.question.source_id,
        unit=unit,
        start=to_position(row.question.time, unit),
        end=to_position(row.stream.end, unit),
        events=tuple(sorted(events, key=lambda event: event.position)),
        said=tuple(sorted(said, key=lambda remark: remark.position)),
        closed=row.closed,
    )
